//! What a module offers its host.

use serde::{Serialize, Serializer};

use super::abi::{EXPORTS, ExportGroup, VERSION_MARK, WantedExport, announced_by};
use super::imports::closest;
use super::read::{Facts, Item, announces_version};
use super::signature::Signature;
use crate::module::AbiVersion;

/// An export that hosts look for.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Export {
    /// Its name.
    pub name: &'static str,
    /// What it is about.
    pub group: ExportGroup,
    /// Its type; none if it is no function.
    pub signature: Option<Signature>,
    /// The type it must have, if it has another.
    pub expected: Option<Signature>,
}

/// An export that looks as if a host were to look for it, but none does.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct UnwantedExport {
    /// Its name.
    pub name: String,
    /// What its author may have meant.
    pub suggestion: Option<&'static str>,
}

/// What a module offers its host.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Exports {
    /// The ABI versions it announces, as it names them, for example `0.2.1`; hosts go by the first one they know.
    pub abi_versions: Vec<String>,
    /// The first announced version that is known.
    #[serde(serialize_with = "as_text")]
    pub abi: Option<AbiVersion>,
    /// What hosts look for, in the order of [`EXPORTS`].
    pub wanted: Vec<Export>,
    /// What begins with `proxy_` and no host looks for.
    pub unwanted: Vec<UnwantedExport>,
    /// Whether its memory is exported as `memory`, as hosts need it.
    pub memory: bool,
    /// Exports in all.
    pub count: u32,
}

/// How a module is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Start {
    /// `_initialize`, and then `main` or `__main_void` if there is one.
    Reactor {
        /// Which of the two.
        main: Option<&'static str>,
    },
    /// `_start`.
    Command,
    /// Nothing runs before the first context.
    None,
}

fn as_text<S: Serializer>(abi: &Option<AbiVersion>, serializer: S) -> Result<S::Ok, S::Error> {
    abi.map(|abi| abi.to_string()).serialize(serializer)
}

impl Exports {
    pub(super) fn of(facts: &Facts<'_>) -> Self {
        let versions = facts
            .exports
            .iter()
            .filter(|export| announces_version(export.name));
        let abi = versions.clone().find_map(|export| announced_by(export.name));
        let version = |name: &str| name.trim_start_matches(VERSION_MARK).replace('_', ".");
        let is_wanted = |name: &str| WantedExport::named(name).is_some();
        let unwanted =
            |name: &&str| name.starts_with("proxy_") && !is_wanted(name) && !announces_version(name);
        let names = facts.exports.iter().map(|export| export.name);
        let mut exports = Self {
            abi_versions: versions.map(|export| version(export.name)).collect(),
            abi,
            wanted: EXPORTS
                .iter()
                .filter_map(|wanted| Export::of(wanted, facts, abi))
                .collect(),
            unwanted: names.filter(unwanted).map(UnwantedExport::of).collect(),
            memory: matches!(facts.export("memory"), Some(Item::Memory)),
            count: facts.export_count,
        };
        if !exports.has("_initialize") {
            // Only reactors have a `main` that hosts look for; of others it is nobody's business.
            exports
                .wanted
                .retain(|export| !matches!(export.name, "main" | "__main_void"));
        }
        exports
    }

    /// Whether hosts find an export of that name.
    pub fn has(&self, name: &str) -> bool {
        self.wanted.iter().any(|export| export.name == name)
    }

    /// Whether the host has a way to get memory for what it hands over.
    pub fn has_allocator(&self) -> bool {
        self.has("malloc") || self.has("proxy_on_memory_allocate")
    }

    /// How the module is started.
    pub fn start(&self) -> Start {
        if self.has("_initialize") {
            let main = ["main", "__main_void"].into_iter().find(|main| self.has(main));
            Start::Reactor { main }
        } else if self.has("_start") {
            Start::Command
        } else {
            Start::None
        }
    }
}

impl Export {
    fn of(wanted: &'static WantedExport, facts: &Facts<'_>, abi: Option<AbiVersion>) -> Option<Self> {
        let signature = match facts.export(wanted.name)? {
            Item::Function(signature) => Some(signature.clone()),
            _ => None,
        };
        let expected = wanted.signature_in(abi);
        Some(Self {
            name: wanted.name,
            group: wanted.group,
            expected: (signature.as_ref() != Some(expected)).then(|| expected.clone()),
            signature,
        })
    }
}

impl UnwantedExport {
    fn of(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            suggestion: closest(name, EXPORTS.iter().map(|export| export.name)),
        }
    }
}
