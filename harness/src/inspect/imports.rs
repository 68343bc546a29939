//! What a module asks its host for.

use serde::Serialize;

use super::abi::{FUNCTIONS, FunctionGroup, HOST_MODULE, HostFunction};
use super::read::{Facts, Item, RawImport};
use super::signature::Signature;
use super::wasi;

/// How alike two names must be for one to be suggested for the other, from 0 to 1.
const ALIKE: f64 = 0.75;

/// Longest name that is compared with others.
const MAX_COMPARED: usize = 80;

/// What an import is, as far as any host is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImportKind {
    /// A function of Proxy-Wasm, or one that toolchains expect in `env`.
    HostFunction,
    /// A function of WASI preview 1.
    Wasi,
    /// A function that neither has.
    UnknownFunction,
    /// A memory.
    Memory,
    /// A table.
    Table,
    /// A global.
    Global,
    /// A tag of exceptions.
    Tag,
}

/// Something that a module imports.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Import {
    /// The module it is imported from: `env`, or WASI's.
    pub module: String,
    /// Its name there.
    pub name: String,
    /// What it is.
    pub kind: ImportKind,
    /// What it is for, if it is a host function.
    pub group: Option<FunctionGroup>,
    /// Its type, if it is a function.
    pub signature: Option<Signature>,
    /// The type it must have, if it has another.
    pub expected: Option<Signature>,
    /// What its author may have meant, as `module.name`, if nobody knows it.
    pub suggestion: Option<String>,
}

impl Import {
    /// All imports of a module, in its order.
    pub(super) fn list(facts: &Facts<'_>) -> Vec<Self> {
        facts.imports.iter().map(Self::of).collect()
    }

    fn of(import: &RawImport<'_>) -> Self {
        let is_wasi = wasi::MODULES.contains(&import.module);
        let host_function = HostFunction::named(import.name).filter(|_| import.module == HOST_MODULE);
        let expected = match host_function {
            Some(function) => Some(function.signature.clone()),
            None if is_wasi => wasi::signature(import.name),
            None => None,
        };
        let (kind, signature) = match &import.item {
            Item::Function(signature) => {
                let kind = match host_function {
                    Some(_) => ImportKind::HostFunction,
                    None if expected.is_some() => ImportKind::Wasi,
                    None => ImportKind::UnknownFunction,
                };
                (kind, Some(signature.clone()))
            }
            Item::Memory => (ImportKind::Memory, None),
            Item::Table => (ImportKind::Table, None),
            Item::Global => (ImportKind::Global, None),
            Item::Tag => (ImportKind::Tag, None),
        };
        Self {
            module: import.module.to_owned(),
            name: import.name.to_owned(),
            kind,
            group: host_function.map(|function| function.group),
            expected: expected.filter(|expected| signature.as_ref() != Some(expected)),
            signature,
            suggestion: (kind == ImportKind::UnknownFunction)
                .then(|| suggestion(import.module, import.name))
                .flatten(),
        }
    }

    /// `module.name`.
    pub fn path(&self) -> String {
        format!("{}.{}", self.module, self.name)
    }
}

/// The known import that one that nobody knows may have been meant to be.
fn suggestion(module: &str, name: &str) -> Option<String> {
    let host = FUNCTIONS.iter().map(|function| (HOST_MODULE, function.name));
    let wasi = wasi::FUNCTIONS.iter().map(|(name, _)| (wasi::MODULES[0], *name));
    // Who names a module of WASI means it; elsewhere the function of the host comes first.
    let known = if wasi::MODULES.contains(&module) {
        wasi.chain(host).collect::<Vec<_>>()
    } else {
        host.chain(wasi).collect()
    };
    let best = closest(name, known.iter().map(|(_, known)| *known))?;
    let (module, _) = known.iter().find(|(_, known)| *known == best)?;
    Some(format!("{module}.{best}"))
}

/// The name that is most like another, if any is.
pub(super) fn closest(name: &str, known: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    if name.len() > MAX_COMPARED {
        return None;
    }
    known
        .map(|known| (strsim::normalized_damerau_levenshtein(name, known), known))
        .filter(|(alike, _)| *alike >= ALIKE)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::suggestion;

    #[test]
    fn a_slip_of_the_pen_is_corrected_and_a_different_word_is_not() {
        let is = |module, name, expected: Option<&str>| {
            assert_eq!(suggestion(module, name).as_deref(), expected, "{module}.{name}");
        };
        is(
            "env",
            "proxy_get_header_map_vaule",
            Some("env.proxy_get_header_map_value"),
        );
        is("env", "proxy_logg", Some("env.proxy_log"));
        is("proxy", "proxy_log", Some("env.proxy_log"));
        is("env", "fd_write", Some("wasi_snapshot_preview1.fd_write"));
        is(
            "wasi_snapshot_preview1",
            "random_gett",
            Some("wasi_snapshot_preview1.random_get"),
        );
        is("env", "abort", None);
        is("env", "", None);
        is("env", &"proxy_log".repeat(1000), None);
    }
}
