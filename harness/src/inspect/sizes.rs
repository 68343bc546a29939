//! How large a module is, and what makes it so.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};
use serde::Serialize;
use wasmparser::{BinaryReader, CustomSectionReader, KnownCustom, Name, NameSectionReader};

use super::read::Facts;

/// Bytes of a page of memory.
const PAGE: u64 = 64 << 10;

/// Longest name that is translated back from what a compiler made of it.
const MAX_NAME: usize = 4 << 10;

/// How large a module is, and what makes it so.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Sizes {
    /// The file.
    pub bytes: usize,
    /// The file, compressed as a server would send it.
    pub gzip_bytes: usize,
    /// Its sections, largest first; custom sections of one name together.
    pub sections: Vec<Section>,
    /// Functions that the module has itself.
    pub functions: u32,
    /// The functions with the largest bodies, largest first.
    pub largest_functions: Vec<LargeFunction>,
    /// Whether functions have names, which traps are told with.
    pub has_names: bool,
    /// Bytes that `strip = "debuginfo"` would save.
    pub debug_bytes: usize,
    /// Bytes that removing all custom sections would save, names and debug information among them.
    pub custom_bytes: usize,
    /// The memories, imported ones first; a filter has one.
    pub memories: Vec<Memory>,
    /// The tables, imported ones first.
    pub tables: Vec<Table>,
}

/// A part of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Section {
    /// `code`, `data` and so on, or the name of a custom section.
    pub name: String,
    /// Whether it is a custom section, which a runtime does not need.
    pub custom: bool,
    /// Its contents.
    pub bytes: usize,
}

/// A function whose body is large.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LargeFunction {
    /// Its number, imported functions counted first.
    pub index: u32,
    /// Its name as in the source, if the module has names.
    pub name: Option<String>,
    /// Its body.
    pub bytes: usize,
}

/// A memory of a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Memory {
    /// What a VM starts with.
    pub initial_bytes: u64,
    /// What it may grow to; none: as far as the host lets it.
    pub maximum_bytes: Option<u64>,
}

/// A table of a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Table {
    /// Elements at the start.
    pub initial: u64,
    /// Most elements; none: as many as the host lets it have.
    pub maximum: Option<u64>,
}

/// The largest function bodies so far.
#[derive(Default)]
pub(super) struct Largest {
    most: usize,
    /// Size and number; the smallest of the largest is on top.
    bodies: BinaryHeap<Reverse<(usize, Reverse<u32>)>>,
}

impl Largest {
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            bodies: BinaryHeap::new(),
        }
    }

    pub(super) fn offer(&mut self, index: u32, bytes: usize) {
        self.bodies.push(Reverse((bytes, Reverse(index))));
        if self.bodies.len() > self.most {
            self.bodies.pop();
        }
    }

    fn list(&self) -> Vec<LargeFunction> {
        let mut bodies: Vec<_> = self.bodies.iter().map(|body| body.0).collect();
        bodies.sort_by_key(|&body| Reverse(body));
        let function = |(bytes, Reverse(index))| LargeFunction {
            index,
            name: None,
            bytes,
        };
        bodies.into_iter().map(function).collect()
    }
}

impl Sizes {
    pub(super) fn of(bytes: &[u8], facts: &Facts<'_>) -> Self {
        let custom = facts.sections.iter().filter(|section| section.custom);
        let is_debug = |name: &str| name.starts_with(".debug_") || name.starts_with("reloc..debug_");
        let pages = |memory: &wasmparser::MemoryType| memory.page_size_log2.map_or(PAGE, |log2| 1 << log2);
        let mut sizes = Self {
            bytes: bytes.len(),
            gzip_bytes: gzip_len(bytes),
            sections: sections(facts),
            functions: facts.defined_functions,
            largest_functions: facts.largest.list(),
            has_names: false,
            debug_bytes: custom.clone().filter(|s| is_debug(s.name)).map(|s| s.bytes).sum(),
            custom_bytes: custom.map(|section| section.bytes).sum(),
            memories: facts
                .memories
                .iter()
                .map(|memory| Memory {
                    initial_bytes: memory.initial.saturating_mul(pages(memory)),
                    maximum_bytes: memory
                        .maximum
                        .map(|maximum| maximum.saturating_mul(pages(memory))),
                })
                .collect(),
            tables: facts
                .tables
                .iter()
                .map(|table| Table {
                    initial: table.initial,
                    maximum: table.maximum,
                })
                .collect(),
        };
        function_names(facts, |index, name| {
            sizes.has_names = true;
            let large = sizes
                .largest_functions
                .iter_mut()
                .find(|large| large.index == index);
            if let Some(large) = large
                && large.name.is_none()
            {
                large.name = Some(readable(name));
            }
        });
        sizes
    }
}

fn sections(facts: &Facts<'_>) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for section in &facts.sections {
        let same = |known: &&mut Section| known.name == section.name && known.custom == section.custom;
        match sections.iter_mut().find(same) {
            Some(known) => known.bytes += section.bytes,
            None => sections.push(Section {
                name: section.name.to_owned(),
                custom: section.custom,
                bytes: section.bytes,
            }),
        }
    }
    sections.sort_by_key(|section| Reverse(section.bytes));
    sections
}

/// Calls a function with every name of the name section, as far as it can be read: a broken one makes no module invalid.
pub(super) fn function_names(facts: &Facts<'_>, mut each: impl FnMut(u32, &str)) {
    let Some(KnownCustom::Name(_)) = facts.custom("name").map(CustomSectionReader::as_known) else {
        return;
    };
    let data = facts.custom("name").map_or(&[][..], |section| section.data());
    for subsection in NameSectionReader::new(BinaryReader::new(data, 0)) {
        match subsection {
            Ok(Name::Function(names)) => {
                for naming in names {
                    let Ok(naming) = naming else { return };
                    each(naming.index, naming.name);
                }
            }
            Ok(_) => {}
            Err(_) => return,
        }
    }
}

/// A name as it is in the source, for the languages whose translation is known.
fn readable(name: &str) -> String {
    if name.len() > MAX_NAME {
        return name.chars().take(MAX_NAME).collect();
    }
    // What is repeated in a mangled name is spelt out in the readable one.
    let readable = format!("{:#}", rustc_demangle::demangle(name));
    readable.chars().take(MAX_NAME).collect()
}

fn gzip_len(bytes: &[u8]) -> usize {
    let mut encoder = GzEncoder::new(Count(0), Compression::default());
    // Counting cannot fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().map_or(0, |count| count.0)
}

/// Counts what is written to it.
struct Count(usize);

impl std::io::Write for Count {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
