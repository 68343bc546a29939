//! What a module was made with.
//!
//! Sources: WebAssembly/tool-conventions, `ProducersSection.md` and `Linking.md` (section `target_features`); that the
//! Rust SDK's version stands in the paths of its panics, that Go writes the modules it links into the data, and what
//! the SDKs call their functions, was read in modules made with them and in the SDKs' sources.

use serde::Serialize;
use wasmparser::{BinaryReader, CustomSectionReader, ProducersSectionReader};

use super::abi::HOST_MODULE;
use super::read::Facts;
use super::sizes::function_names;

/// Most entries that are taken from a section.
const MAX_ENTRIES: usize = 64;

/// Longest name or version that is taken from a section.
const MAX_TEXT: usize = 120;

/// What a module was made with, as far as it tells.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Origin {
    /// The languages it was written in.
    pub languages: Vec<Tool>,
    /// The SDK for Proxy-Wasm.
    pub sdk: Option<Tool>,
    /// Compilers and what else has worked on it.
    pub tools: Vec<Tool>,
    /// The features of WebAssembly that its compiler was allowed to use.
    pub target_features: Vec<String>,
}

/// A language or a program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Its version, if that is known.
    pub version: Option<String>,
}

/// How an SDK is recognised.
struct Sdk {
    /// The language it is for.
    language: &'static str,
    name: &'static str,
    /// What is in the name of one of its functions.
    functions: &'static [&'static str],
    /// What is in the data of modules made with it.
    data: &'static [&'static [u8]],
}

static SDKS: &[Sdk] = &[
    // Before Rust's, for its texts contain what Rust's are recognised by.
    Sdk {
        language: "Go",
        name: "proxy-wasm-go-sdk",
        functions: &["/proxy-wasm-go-sdk/"],
        data: &[b"/proxy-wasm-go-sdk"],
    },
    Sdk {
        language: "Rust",
        name: "proxy-wasm-rust-sdk",
        functions: &["10proxy_wasm", "proxy_wasm::dispatcher", "proxy_wasm::hostcalls"],
        data: &[b"/proxy-wasm-", b"\\proxy-wasm-"],
    },
    Sdk {
        language: "AssemblyScript",
        name: "proxy-runtime",
        functions: &["/proxy-runtime/"],
        // Strings are UTF-16 there.
        data: &[b"/\0p\0r\0o\0x\0y\0-\0r\0u\0n\0t\0i\0m\0e\0/\0"],
    },
    Sdk {
        language: "C++",
        name: "proxy-wasm-cpp-sdk",
        functions: &["RegisterContextFactory", "getContextBase("],
        data: &[],
    },
];

/// `~lib/` in UTF-16, with which the paths of its standard library begin in messages.
const ASSEMBLYSCRIPT_LIBRARY: &[u8] = b"~\0l\0i\0b\0/\0";

impl Origin {
    pub(super) fn of(facts: &Facts<'_>) -> Self {
        let mut origin = Self::default();
        origin.read_producers(facts);
        origin.read_target_features(facts);
        if let Some(sdk) = sdk(facts) {
            if !origin.is_in(sdk.language) {
                origin.languages.push(Tool::new(sdk.language, ""));
            }
            origin.sdk = Some(Tool::new(sdk.name, &version(sdk, facts.data).unwrap_or_default()));
        }
        let standard_library = after(facts.data, ASSEMBLYSCRIPT_LIBRARY).is_some();
        for (language, is_certain) in [
            ("Rust", origin.has("rustc")),
            ("AssemblyScript", standard_library),
        ] {
            if is_certain && !origin.is_in(language) {
                origin.languages.push(Tool::new(language, ""));
            }
        }
        let emscripten = |name: &str| name.starts_with("emscripten_");
        let mut imports = facts.imports.iter();
        if imports.any(|import| import.module == HOST_MODULE && emscripten(import.name)) {
            origin.tools.push(Tool::new("Emscripten", ""));
        }
        let bindgen = |name: &str| name.starts_with("__wbg_") || name.starts_with("__wbindgen_");
        if facts.imports.iter().any(|import| bindgen(import.name)) && !origin.has("wasm-bindgen") {
            origin.tools.push(Tool::new("wasm-bindgen (for JavaScript)", ""));
        }
        origin
    }

    fn is_in(&self, language: &str) -> bool {
        self.languages.iter().any(|known| known.name == language)
    }

    fn has(&self, tool: &str) -> bool {
        self.tools.iter().any(|known| known.name == tool)
    }

    /// The section is no part of the module proper: as much of it is taken as can be read.
    fn read_producers(&mut self, facts: &Facts<'_>) {
        let data = facts.custom("producers").map(CustomSectionReader::data);
        let reader = data.and_then(|data| ProducersSectionReader::new(BinaryReader::new(data, 0)).ok());
        for field in reader
            .into_iter()
            .flatten()
            .map_while(Result::ok)
            .take(MAX_ENTRIES)
        {
            let list = match field.name {
                "language" => &mut self.languages,
                _ => &mut self.tools,
            };
            let values = field.values.into_iter().map_while(Result::ok);
            list.extend(
                values
                    .take(MAX_ENTRIES)
                    .map(|value| Tool::new(value.name, value.version)),
            );
        }
    }

    fn read_target_features(&mut self, facts: &Facts<'_>) {
        let Some(section) = facts.custom("target_features") else {
            return;
        };
        let mut reader = BinaryReader::new(section.data(), 0);
        let count = reader.read_var_u32().unwrap_or(0);
        for _ in 0..count.min(MAX_ENTRIES as u32) {
            let (Ok(prefix), Ok(name)) = (reader.read_u8(), reader.read_string()) else {
                return;
            };
            if prefix == b'+' {
                self.target_features.push(shorten(name));
            }
        }
    }
}

impl Tool {
    fn new(name: &str, version: &str) -> Self {
        Self {
            name: shorten(name),
            version: (!version.is_empty()).then(|| shorten(version)),
        }
    }
}

fn shorten(text: &str) -> String {
    text.chars().take(MAX_TEXT).collect()
}

/// The SDK that a module was made with: by the names of its functions if there are any, or else by its data.
fn sdk(facts: &Facts<'_>) -> Option<&'static Sdk> {
    let mut found = None;
    function_names(facts, |_, name| {
        if found.is_none() {
            let is_of = |sdk: &&Sdk| sdk.functions.iter().any(|part| name.contains(part));
            found = SDKS.iter().find(is_of);
        }
    });
    let in_data = |sdk: &&Sdk| sdk.data.iter().any(|text| after(facts.data, text).is_some());
    found.or_else(|| SDKS.iter().find(in_data))
}

/// What follows the first occurrence of a text.
fn after<'a>(data: &'a [u8], text: &[u8]) -> Option<&'a [u8]> {
    let place = data.windows(text.len()).position(|window| window == text)?;
    data.get(place + text.len()..)
}

/// The SDK's version, from what follows its name: in Rust `/proxy-wasm-0.2.5/src`, in Go
/// `/proxy-wasm-go-sdk<TAB>v0.24.0<TAB>`.
fn version(sdk: &Sdk, data: &[u8]) -> Option<String> {
    sdk.data.iter().find_map(|text| {
        let mut rest = data;
        while let Some(next) = after(rest, text) {
            rest = next;
            let version = version_at(rest);
            if version.is_some() {
                return version;
            }
        }
        None
    })
}

/// The version with which a text begins.
fn version_at(text: &[u8]) -> Option<String> {
    let text = text.strip_prefix(b"\t").unwrap_or(text);
    let text = text.strip_prefix(b"v").unwrap_or(text);
    let mut beginning = text.iter().take(MAX_TEXT);
    let end = beginning.position(|byte| matches!(byte, b'/' | b'\\' | b'\t' | b'\n'))?;
    let version = std::str::from_utf8(text.get(..end)?).ok()?;
    let looks_right = version.starts_with(|c: char| c.is_ascii_digit()) && version.contains('.');
    looks_right.then(|| version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{SDKS, version};

    #[test]
    fn the_version_is_read_where_each_toolchain_leaves_it() {
        let [go, rust, ..] = SDKS else { panic!("two SDKs") };
        let is =
            |sdk, data: &[u8], expected: Option<&str>| assert_eq!(version(sdk, data).as_deref(), expected);
        is(
            rust,
            b"index.crates.io/proxy-wasm-0.2.5/src/hostcalls.rs",
            Some("0.2.5"),
        );
        is(
            rust,
            b"/proxy-wasm-filter/src /proxy-wasm-0.2.4/src",
            Some("0.2.4"),
        );
        is(rust, b"nothing of the kind", None);
        is(
            go,
            b"dep\tgithub.com/tetratelabs/proxy-wasm-go-sdk\tv0.24.0\th1:",
            Some("0.24.0"),
        );
        is(
            go,
            b"github.com/proxy-wasm/proxy-wasm-go-sdk/proxywasm.(*x)",
            None,
        );
    }
}
