//! What there is to know about a module without running it.
//!
//! ```
//! use levee_harness::inspect::{Inspection, Verdict, hosts::Host};
//!
//! # let module = wat::parse_str(include_str!("../../guests/echoes_headers.wat"))?;
//! let inspection = Inspection::of(&module)?;
//! assert_eq!(inspection.exports.abi_versions, ["0.2.1"]);
//! let envoy = Host::with_id("envoy").expect("a host that is known");
//! assert_eq!(inspection.on(envoy).verdict, Verdict::Fits);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Inspection`] says what the module exports, imports and weighs; [`Inspection::on`] what of that a host lacks, after
//! the knowledge in [`hosts`]; [`hints`] what an author may want to know besides. Nothing of a module is executed, and
//! a hostile one is refused: time and memory are bounded by its size, and its size by [`MAX_BYTES`].

pub mod abi;
mod compatibility;
mod exports;
mod features;
pub mod hints;
pub mod hosts;
mod imports;
mod origin;
mod problems;
mod reach;
mod read;
mod signature;
mod sizes;
mod wasi;

use serde::Serialize;

pub use self::compatibility::{Compatibility, Effect, Finding, Verdict};
pub use self::exports::{Export, Exports, Start, UnwantedExport};
pub use self::features::Proposal;
pub use self::imports::{Import, ImportKind};
pub use self::origin::{Origin, Tool};
pub use self::problems::Problem;
pub use self::reach::CallsHost;
pub use self::read::MAX_BYTES;
pub use self::signature::Signature;
pub use self::sizes::{LargeFunction, Memory, Section, Sizes, Table};

use self::hints::Hint;
use self::hosts::{HOSTS, Host};
use self::read::Facts;

/// Large functions that are listed unless more or fewer are asked for.
pub const LARGE_FUNCTIONS: usize = 10;

/// Why nothing can be said about a module.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InspectError {
    /// The file is larger than [`MAX_BYTES`].
    #[error("the file has {} MiB; modules of up to {} MiB are inspected", bytes >> 20, MAX_BYTES >> 20)]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// It is something else.
    #[error(
        "this is {found}, but a filter is a WebAssembly module: it begins with the bytes \\0asm 01 00 00 00"
    )]
    NotAModule {
        /// What it looks like.
        found: &'static str,
    },
    /// No runtime would take it.
    #[error("the module is broken: {0}")]
    Invalid(#[from] wasmparser::Error),
    /// It asks for more than any host can give.
    #[error("the module has more than 1000 imports; hosts offer fewer than 200 functions")]
    TooManyImports,
    /// A function is of a type that is none; wasmparser does not let that happen.
    #[error("the module's function types contradict each other")]
    Inconsistent,
}

impl InspectError {
    fn not_a_module(bytes: &[u8]) -> Self {
        let found = match bytes {
            [] => "an empty file",
            [b'\0', b'a', b's', b'm', 0x0d, ..] => "a WebAssembly component",
            [b'\0', b'a', b's', b'm', ..] => "WebAssembly of a version that is not 1",
            [0x1f, 0x8b, ..] => "a gzip archive",
            [b'(', ..] | [b';', b';', ..] => "the text format of WebAssembly",
            _ => "no WebAssembly",
        };
        Self::NotAModule { found }
    }
}

/// What there is to know about a module without running it.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Inspection {
    /// What it was made with.
    pub origin: Origin,
    /// What it offers its host.
    pub exports: Exports,
    /// How it is started.
    pub start: Start,
    /// Whether it has a start function, which runs even before that.
    pub start_function: Option<StartFunction>,
    /// What it asks its host for, in its order.
    pub imports: Vec<Import>,
    /// Proposals beyond WebAssembly 1.0 that it needs, oldest first.
    pub proposals: Vec<Proposal>,
    /// How large it is, and what makes it so.
    pub sizes: Sizes,
    /// What is wrong with it, whatever the host.
    pub problems: Vec<Problem>,
    /// How it fares on every known host.
    pub hosts: Vec<Compatibility>,
    /// What its author may want to know.
    pub hints: Vec<Hint>,
}

/// A function that runs when the module is instantiated.
#[derive(Clone, Copy, Debug, Serialize)]
#[non_exhaustive]
pub struct StartFunction {
    /// Its number, imported functions counted first.
    pub index: u32,
    /// Whether it may call the host.
    pub calls_host: CallsHost,
}

impl Inspection {
    /// Looks into a module.
    ///
    /// # Errors
    /// When it is no WebAssembly module, is broken, or larger than anything that is inspected.
    pub fn of(bytes: &[u8]) -> Result<Self, InspectError> {
        Self::with_large_functions(bytes, LARGE_FUNCTIONS)
    }

    /// Looks into a module, and lists that many of its largest functions.
    ///
    /// # Errors
    /// When it is no WebAssembly module, is broken, or larger than anything that is inspected.
    pub fn with_large_functions(bytes: &[u8], large_functions: usize) -> Result<Self, InspectError> {
        let facts = Facts::read(bytes, large_functions)?;
        let exports = Exports::of(&facts);
        let mut inspection = Self {
            origin: Origin::of(&facts),
            start: exports.start(),
            exports,
            start_function: facts
                .start_function
                .zip(facts.start_calls_host)
                .map(|(index, calls_host)| StartFunction { index, calls_host }),
            imports: Import::list(&facts),
            proposals: facts.proposals.list(),
            sizes: Sizes::of(bytes, &facts),
            problems: Vec::new(),
            hosts: Vec::new(),
            hints: Vec::new(),
        };
        inspection.problems = Problem::list(&inspection);
        inspection.hosts = HOSTS.iter().map(|host| inspection.on(host)).collect();
        inspection.hints = hints::of(&inspection);
        Ok(inspection)
    }

    /// How the module fares on a host.
    pub fn on(&self, host: &'static Host) -> Compatibility {
        Compatibility::of(self, host)
    }
}
