//! What an author may want to know about a module that is not wrong.

use serde::Serialize;

use super::{CallsHost, Inspection, Start, StartFunction};
use crate::module::AbiVersion;

/// Memory at the start from which on it is worth a word: every worker of a proxy has a VM.
const MUCH_MEMORY: u64 = 16 << 20;

/// Debug information from which on it is worth a word.
const MUCH_DEBUG: usize = 16 << 10;

/// How much a hint matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// It may do harm.
    Warning,
    /// It is good to know.
    Note,
}

/// Something that an author may want to know.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Hint {
    /// How much it matters.
    pub weight: Weight,
    /// What it is, and what can be done.
    pub text: String,
}

/// What an author may want to know about a module, what matters most first.
pub(super) fn of(inspection: &Inspection) -> Vec<Hint> {
    let mut hints = Vec::new();
    of_start(inspection, &mut hints);
    of_exports(inspection, &mut hints);
    of_imports(inspection, &mut hints);
    of_sizes(inspection, &mut hints);
    hints.sort_by_key(|hint| hint.weight);
    hints
}

fn warn(hints: &mut Vec<Hint>, text: impl Into<String>) {
    hints.push(Hint {
        weight: Weight::Warning,
        text: text.into(),
    });
}

fn note(hints: &mut Vec<Hint>, text: impl Into<String>) {
    hints.push(Hint {
        weight: Weight::Note,
        text: text.into(),
    });
}

fn of_start(inspection: &Inspection, hints: &mut Vec<Hint>) {
    match inspection.start_function {
        Some(StartFunction {
            calls_host: CallsHost::Can,
            ..
        }) => warn(
            hints,
            "its start function can call the host, before the host is ready: Envoy 1.40 crashes if it does, the whole \
             proxy; do it in _initialize, or better in proxy_on_vm_start",
        ),
        Some(StartFunction {
            calls_host: CallsHost::Unclear,
            ..
        }) => warn(
            hints,
            "it has a start function, which runs even before _initialize, and calls what cannot be foreseen: if that \
             calls the host, Envoy 1.40 crashes, the whole proxy",
        ),
        Some(StartFunction {
            calls_host: CallsHost::No,
            ..
        }) => note(
            hints,
            "it has a start function, which runs even before _initialize; it does not call the host",
        ),
        None => {}
    }
    if inspection.exports.has("_initialize") && inspection.exports.has("_start") {
        note(
            hints,
            "it exports _initialize and _start: Envoy calls the first, wasm-nginx-module the second",
        );
    }
    if inspection.start == Start::None && inspection.start_function.is_none() {
        note(
            hints,
            "it exports neither _initialize nor _start: nothing of it runs before its first context",
        );
    }
}

fn of_exports(inspection: &Inspection, hints: &mut Vec<Hint>) {
    let exports = &inspection.exports;
    for export in &exports.unwanted {
        let meant = export
            .suggestion
            .map_or(String::new(), |name| format!("; is {name} meant?"));
        let name: String = export.name.chars().take(80).collect();
        warn(
            hints,
            format!("it exports {name}, which no host looks for{meant}"),
        );
    }
    if exports.abi_versions.len() > 1 {
        let versions = exports.abi_versions.join(", ");
        warn(
            hints,
            format!(
                "it announces several versions of the ABI ({versions}): hosts go by the first, APISIX by the last"
            ),
        );
    }
    if exports.abi == Some(AbiVersion::V0_1_0) {
        note(
            hints,
            "it is of ABI 0.1.0, of early 2020: header callbacks are not told whether a body follows",
        );
    }
    if exports.has("malloc") && !exports.has("proxy_on_memory_allocate") {
        note(
            hints,
            "it exports malloc for what it is handed; ABI 0.2.1 deprecates that in favour of proxy_on_memory_allocate",
        );
    }
}

fn of_imports(inspection: &Inspection, hints: &mut Vec<Hint>) {
    let imports = |name: &str| inspection.imports.iter().any(|import| import.name == name);
    if imports("clock_time_get") {
        note(
            hints,
            "it asks WASI for the time: the host answers, and may freeze it during a callback",
        );
    }
    if imports("proxy_get_current_time_nanoseconds") {
        note(
            hints,
            "proxy_get_current_time_nanoseconds is deprecated in ABI 0.2.1 in favour of WASI's clock_time_get",
        );
    }
    if imports("fd_write") {
        note(
            hints,
            "what it prints goes to the host's log: standard output as info, standard error as error",
        );
    }
}

fn of_sizes(inspection: &Inspection, hints: &mut Vec<Hint>) {
    let sizes = &inspection.sizes;
    if !sizes.has_names && sizes.functions > 0 {
        let is_of = |language: &str| {
            inspection
                .origin
                .languages
                .iter()
                .any(|known| known.name == language)
        };
        let how = if is_of("Rust") {
            ", with strip = \"debuginfo\" in Cargo.toml"
        } else if is_of("AssemblyScript") {
            ", with asc --debug"
        } else {
            ""
        };
        warn(
            hints,
            format!("its functions have no names: traps are told as numbers; keep the name section{how}"),
        );
    }
    if sizes.debug_bytes >= MUCH_DEBUG {
        let percent = sizes.debug_bytes * 100 / sizes.bytes.max(1);
        warn(
            hints,
            format!(
                "{percent} % of the file is debug information, which no host reads: strip it, but keep the names"
            ),
        );
    }
    for memory in &sizes.memories {
        if memory.maximum_bytes.is_none() {
            note(
                hints,
                "its memory has no maximum: only the host bounds it, Envoy 1.40 at 1 GiB for each worker",
            );
        }
        if memory.initial_bytes > MUCH_MEMORY {
            let mib = memory.initial_bytes >> 20;
            warn(
                hints,
                format!("it starts with {mib} MiB of memory, in every worker of the proxy"),
            );
        }
    }
}
