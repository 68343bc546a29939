//! What is wrong with a module, whatever the host.

use std::fmt;

use serde::Serialize;

use super::{Inspection, Signature};

/// Something that is wrong with a module, whatever the host.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
#[non_exhaustive]
pub enum Problem {
    /// It announces no version of the ABI.
    NotProxyWasm,
    /// It announces only versions that nobody knows.
    UnknownAbi {
        /// Those.
        versions: Vec<String>,
    },
    /// An import has a type that no host gives it.
    WrongImport {
        /// As `module.name`.
        import: String,
        /// The type it has; none if it is no function.
        found: Option<Signature>,
        /// The type it must have.
        expected: Signature,
    },
    /// An export has a type with which no host calls it.
    WrongExport {
        /// Its name.
        export: &'static str,
        /// The type it has; none if it is no function.
        found: Option<Signature>,
        /// The type it must have.
        expected: Signature,
    },
    /// No host can reach its memory.
    NoMemory,
}

impl Problem {
    pub(super) fn list(inspection: &Inspection) -> Vec<Self> {
        let mut problems = Vec::new();
        let exports = &inspection.exports;
        match exports.abi {
            None if exports.abi_versions.is_empty() => problems.push(Self::NotProxyWasm),
            None => problems.push(Self::UnknownAbi {
                versions: exports.abi_versions.clone(),
            }),
            Some(_) if !exports.memory => problems.push(Self::NoMemory),
            Some(_) => {}
        }
        problems.extend(inspection.imports.iter().filter_map(|import| {
            Some(Self::WrongImport {
                import: import.path(),
                found: import.signature.clone(),
                expected: import.expected.clone()?,
            })
        }));
        problems.extend(exports.wanted.iter().filter_map(|export| {
            Some(Self::WrongExport {
                export: export.name,
                found: export.signature.clone(),
                expected: export.expected.clone()?,
            })
        }));
        problems
    }
}

/// As a sentence that also says what would be right.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotProxyWasm => f.write_str(
                "it announces no version of the Proxy-Wasm ABI: a filter exports proxy_abi_version_0_2_1, \
                 which the SDKs do for it",
            ),
            Self::UnknownAbi { versions } => {
                let versions = versions.join(", ");
                write!(f, "it announces ABI {versions}, which no host knows; the newest is 0.2.1")
            }
            Self::WrongImport {
                import,
                found: Some(found),
                expected,
            } => write!(f, "it imports {import} as {found}; its type is {expected}"),
            Self::WrongImport { import, expected, .. } => {
                write!(f, "it imports {import}, but not as a function; its type is {expected}")
            }
            Self::WrongExport {
                export,
                found: Some(found),
                expected,
            } => write!(f, "it exports {export} as {found}; hosts call it as {expected}"),
            Self::WrongExport { export, expected, .. } => {
                write!(f, "it exports {export}, but not as a function; hosts call it as {expected}")
            }
            Self::NoMemory => f.write_str(
                "it exports no memory: hosts exchange everything with a filter through the memory that it exports \
                 as \"memory\"",
            ),
        }
    }
}
