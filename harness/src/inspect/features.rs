//! Which proposals beyond WebAssembly 1.0 a module needs of the runtime that is to load it.

use serde::Serialize;
use wasmparser::{BlockType, Operator, Parser, ValidPayload, Validator, WasmFeatures};

/// A proposal, by the name under which it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Proposal {
    /// For example `bulk-memory`.
    pub name: &'static str,
}

/// The proposals, as wasmparser calls them and as people do; in the order in which they came into being.
static PROPOSALS: &[(&str, &str, WasmFeatures)] = &[
    ("mutable_global", "mutable-globals", WasmFeatures::MUTABLE_GLOBAL),
    ("sign_extension", "sign-extension", WasmFeatures::SIGN_EXTENSION),
    (
        "saturating_float_to_int",
        "nontrapping-fptoint",
        WasmFeatures::SATURATING_FLOAT_TO_INT,
    ),
    ("multi_value", "multi-value", WasmFeatures::MULTI_VALUE),
    ("bulk_memory", "bulk-memory", WasmFeatures::BULK_MEMORY),
    (
        "reference_types",
        "reference-types",
        WasmFeatures::REFERENCE_TYPES,
    ),
    ("simd", "simd128", WasmFeatures::SIMD),
    ("tail_call", "tail-call", WasmFeatures::TAIL_CALL),
    ("extended_const", "extended-const", WasmFeatures::EXTENDED_CONST),
    ("multi_memory", "multi-memory", WasmFeatures::MULTI_MEMORY),
    ("memory64", "memory64", WasmFeatures::MEMORY64),
    ("threads", "threads", WasmFeatures::THREADS),
    ("relaxed_simd", "relaxed-simd", WasmFeatures::RELAXED_SIMD),
    (
        "function_references",
        "function-references",
        WasmFeatures::FUNCTION_REFERENCES,
    ),
    ("gc", "gc", WasmFeatures::GC),
    ("exceptions", "exception-handling", WasmFeatures::EXCEPTIONS),
    (
        "legacy_exceptions",
        "legacy-exception-handling",
        WasmFeatures::LEGACY_EXCEPTIONS,
    ),
    (
        "wide_arithmetic",
        "wide-arithmetic",
        WasmFeatures::WIDE_ARITHMETIC,
    ),
    (
        "custom_page_sizes",
        "custom-page-sizes",
        WasmFeatures::CUSTOM_PAGE_SIZES,
    ),
    (
        "stack_switching",
        "stack-switching",
        WasmFeatures::STACK_SWITCHING,
    ),
    (
        "shared_everything_threads",
        "shared-everything-threads",
        WasmFeatures::SHARED_EVERYTHING_THREADS,
    ),
    ("memory_control", "memory-control", WasmFeatures::MEMORY_CONTROL),
    (
        "custom_descriptors",
        "custom-descriptors",
        WasmFeatures::CUSTOM_DESCRIPTORS,
    ),
    (
        "compact_imports",
        "compact-imports",
        WasmFeatures::COMPACT_IMPORTS,
    ),
    (GC_TYPES, "gc-types", WasmFeatures::GC_TYPES),
];

/// No proposal of its own: the values that need a garbage collector, `externref` among them. Runtimes may lack it though
/// they have the proposals that such values are from.
const GC_TYPES: &str = "gc_types";

/// Proposals that a module was found to need: a bit for each of [`PROPOSALS`].
#[derive(Clone, Copy, Default)]
pub(super) struct Proposals(u32);

impl Proposals {
    /// Notes the proposal that an instruction is of.
    pub(super) fn add_of_operator(&mut self, operator: &Operator<'_>) {
        let proposal = match operator {
            Operator::Block { blockty } | Operator::Loop { blockty } | Operator::If { blockty }
                if matches!(blockty, BlockType::FuncType(_)) =>
            {
                "multi_value"
            }
            operator => proposal_of(operator),
        };
        if proposal != "mvp" {
            self.add(proposal);
        }
    }

    fn add(&mut self, proposal: &str) {
        self.0 |= bit(proposal);
    }

    fn has(self, proposal: &str) -> bool {
        self.0 & bit(proposal) != 0
    }

    /// Notes the proposals without which everything but the functions' bodies would be invalid, and what types in bodies
    /// need that no instruction tells.
    pub(super) fn add_of_types(&mut self, bytes: &[u8]) {
        for (key, _, feature) in PROPOSALS {
            if !is_valid_outside_of_bodies(bytes, WasmFeatures::all().difference(*feature)) {
                self.add(key);
            }
        }
        let has_references = ["reference_types", "function_references", "gc"]
            .iter()
            .any(|key| self.has(key));
        if has_references && !is_valid(bytes, WasmFeatures::all().difference(WasmFeatures::GC_TYPES)) {
            self.add(GC_TYPES);
        }
    }

    /// The proposals, oldest first.
    pub(super) fn list(self) -> Vec<Proposal> {
        let needed = |(place, (_, name, _)): (usize, &(&str, &'static str, WasmFeatures))| {
            (self.0 >> place & 1 == 1).then_some(Proposal { name })
        };
        PROPOSALS.iter().enumerate().filter_map(needed).collect()
    }
}

fn bit(proposal: &str) -> u32 {
    let place = PROPOSALS.iter().position(|(key, _, _)| *key == proposal);
    place.map_or(0, |place| 1 << place)
}

fn is_valid(bytes: &[u8], features: WasmFeatures) -> bool {
    Validator::new_with_features(features).validate_all(bytes).is_ok()
}

fn is_valid_outside_of_bodies(bytes: &[u8], features: WasmFeatures) -> bool {
    let mut validator = Validator::new_with_features(features);
    let mut parser = Parser::new(0);
    parser.set_features(features);
    parser.parse_all(bytes).all(|payload| {
        payload.is_ok_and(|payload| {
            matches!(
                validator.payload(&payload),
                Ok(ValidPayload::Ok | ValidPayload::Func(..) | ValidPayload::End(_))
            )
        })
    })
}

macro_rules! proposal_of {
    ($(@$proposal:ident $operator:ident $({ $($argument:ident: $ty:ty),* })? => $visit:ident ($($annotation:tt)*))*) => {
        fn proposal_of(operator: &Operator<'_>) -> &'static str {
            match operator {
                $(Operator::$operator { .. } => stringify!($proposal),)*
                // The enumeration is open: what a later version adds is of a proposal that is not named here.
                _ => "mvp",
            }
        }
    };
}
wasmparser::for_each_operator!(proposal_of);

/// Whether there is a proposal of that name.
#[cfg(test)]
pub(super) fn is_proposal(name: &str) -> bool {
    PROPOSALS.iter().any(|(_, known, _)| *known == name)
}
