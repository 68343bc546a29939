//! One pass over a module: is it valid, and what is in it.
//!
//! Everything that is kept is bounded, whatever a hostile file says: lists by [`MAX_IMPORTS`] and [`MAX_EXPORTS`],
//! and the rest by wasmparser's own limits, which are those of browsers.

use std::ops::Range;

use wasmparser::{
    CustomSectionReader, ExternalKind, FuncValidatorAllocations, MemoryType, Parser, Payload, TableType,
    TypeRef, ValidPayload, Validator, WasmFeatures,
    types::{CoreTypeId, TypesRef},
};

use super::InspectError;
use super::abi::{VERSION_MARK, WantedExport};
use super::features::Proposals;
use super::reach::{Bodies, CallsHost};
use super::signature::Signature;
use super::sizes::Largest;

/// Largest file that is looked at.
pub const MAX_BYTES: usize = 64 << 20;

/// Most imports of a module; all that a host can offer are fewer than 200.
const MAX_IMPORTS: usize = 1000;

/// Most exports that are kept: those that hosts look for, and others that begin like them.
const MAX_EXPORTS: usize = 1000;

/// Most sections that are kept.
const MAX_SECTIONS: usize = 1000;

/// What is imported or exported.
#[derive(Clone, Debug)]
pub(super) enum Item {
    Function(Signature),
    Memory,
    Table,
    Global,
    Tag,
}

pub(super) struct RawImport<'a> {
    pub(super) module: &'a str,
    pub(super) name: &'a str,
    pub(super) item: Item,
}

pub(super) struct RawExport<'a> {
    pub(super) name: &'a str,
    pub(super) item: Item,
}

pub(super) struct RawSection<'a> {
    /// The standard name, or that of a custom section.
    pub(super) name: &'a str,
    pub(super) custom: bool,
    /// Bytes without the section's header.
    pub(super) bytes: usize,
}

/// What is in a module.
#[derive(Default)]
pub(super) struct Facts<'a> {
    pub(super) imports: Vec<RawImport<'a>>,
    pub(super) exports: Vec<RawExport<'a>>,
    /// Exports in all.
    pub(super) export_count: u32,
    pub(super) sections: Vec<RawSection<'a>>,
    pub(super) custom: Vec<CustomSectionReader<'a>>,
    /// The data section.
    pub(super) data: &'a [u8],
    pub(super) memories: Vec<MemoryType>,
    pub(super) tables: Vec<TableType>,
    pub(super) imported_functions: u32,
    pub(super) defined_functions: u32,
    pub(super) start_function: Option<u32>,
    /// The bodies of its own functions, if it has a start function.
    bodies: Vec<Range<usize>>,
    /// Whether the start function may call the host.
    pub(super) start_calls_host: Option<CallsHost>,
    pub(super) largest: Largest,
    pub(super) proposals: Proposals,
}

/// Imports and exports before the types are known.
#[derive(Default)]
struct Unresolved<'a> {
    imports: Vec<(&'a str, &'a str, TypeRef)>,
    exports: Vec<(&'a str, ExternalKind, u32)>,
}

impl<'a> Facts<'a> {
    /// Reads a module, and validates it with every proposal that exists allowed.
    pub(super) fn read(bytes: &'a [u8], largest: usize) -> Result<Self, InspectError> {
        if bytes.len() > MAX_BYTES {
            return Err(InspectError::TooLarge { bytes: bytes.len() });
        }
        if !Parser::is_core_wasm(bytes) {
            return Err(InspectError::not_a_module(bytes));
        }
        let mut facts = Self {
            largest: Largest::new(largest),
            ..Self::default()
        };
        let mut unresolved = Unresolved::default();
        let mut validator = Validator::new_with_features(WasmFeatures::all());
        let mut allocations = FuncValidatorAllocations::default();
        for payload in Parser::new(0).parse_all(bytes) {
            let payload = payload?;
            match validator.payload(&payload)? {
                ValidPayload::Func(function, body) => {
                    let index = function.index;
                    let mut function = function.into_validator(std::mem::take(&mut allocations));
                    function.validate(&body)?;
                    allocations = function.into_allocations();
                    facts.body(index, &body)?;
                }
                ValidPayload::End(types) => facts.resolve(&unresolved, types.as_ref())?,
                ValidPayload::Ok | ValidPayload::Parser(_) => {
                    facts.section(&payload, bytes, &mut unresolved)?;
                }
            }
        }
        facts.proposals.add_of_types(bytes);
        if let Some(start) = facts.start_function {
            let bodies = Bodies {
                module: bytes,
                imported: facts.imported_functions,
                ranges: std::mem::take(&mut facts.bodies),
            };
            facts.start_calls_host = Some(bodies.calls_host(start)?);
        }
        Ok(facts)
    }

    fn body(&mut self, index: u32, body: &wasmparser::FunctionBody<'_>) -> Result<(), InspectError> {
        self.largest.offer(index, body.range().len());
        if self.start_function.is_some() {
            self.bodies.push(body.range());
        }
        let mut operators = body.get_operators_reader()?;
        while !operators.eof() {
            self.proposals.add_of_operator(&operators.read()?);
        }
        Ok(())
    }

    fn section(
        &mut self,
        payload: &Payload<'a>,
        bytes: &'a [u8],
        unresolved: &mut Unresolved<'a>,
    ) -> Result<(), InspectError> {
        if let Some(section) = RawSection::of(payload)
            && self.sections.len() < MAX_SECTIONS
        {
            self.sections.push(section);
        }
        match payload {
            Payload::ImportSection(section) => {
                for import in section.clone().into_imports() {
                    let import = import?;
                    if unresolved.imports.len() == MAX_IMPORTS {
                        return Err(InspectError::TooManyImports);
                    }
                    unresolved.imports.push((import.module, import.name, import.ty));
                    match import.ty {
                        TypeRef::Func(_) | TypeRef::FuncExact(_) => self.imported_functions += 1,
                        TypeRef::Memory(memory) => self.memories.push(memory),
                        TypeRef::Table(table) => self.tables.push(table),
                        TypeRef::Global(_) | TypeRef::Tag(_) => {}
                    }
                }
            }
            Payload::FunctionSection(section) => self.defined_functions = section.count(),
            Payload::TableSection(section) => {
                for table in section.clone() {
                    self.tables.push(table?.ty);
                }
            }
            Payload::MemorySection(section) => {
                for memory in section.clone() {
                    self.memories.push(memory?);
                }
            }
            Payload::ExportSection(section) => {
                self.export_count = section.count();
                for export in section.clone() {
                    let export = export?;
                    if is_interesting(export.name) && unresolved.exports.len() < MAX_EXPORTS {
                        unresolved.exports.push((export.name, export.kind, export.index));
                    }
                }
            }
            Payload::StartSection { func, .. } => self.start_function = Some(*func),
            Payload::DataSection(section) => self.data = bytes.get(section.range()).unwrap_or_default(),
            Payload::CustomSection(section) if self.custom.len() < MAX_SECTIONS => {
                self.custom.push(section.clone());
            }
            _ => {}
        }
        Ok(())
    }

    fn resolve(&mut self, unresolved: &Unresolved<'a>, types: TypesRef<'_>) -> Result<(), InspectError> {
        let function = |id: CoreTypeId| match &types[id].composite_type.inner {
            wasmparser::CompositeInnerType::Func(ty) => Some(Item::Function(Signature::read(ty))),
            _ => None,
        };
        for &(module, name, ty) in &unresolved.imports {
            let item = match ty {
                TypeRef::Func(index) | TypeRef::FuncExact(index) => {
                    function(types.core_type_at_in_module(index)).ok_or(InspectError::Inconsistent)?
                }
                TypeRef::Memory(_) => Item::Memory,
                TypeRef::Table(_) => Item::Table,
                TypeRef::Global(_) => Item::Global,
                TypeRef::Tag(_) => Item::Tag,
            };
            self.imports.push(RawImport { module, name, item });
        }
        for &(name, kind, index) in &unresolved.exports {
            let item = match kind {
                ExternalKind::Func | ExternalKind::FuncExact => {
                    function(types.core_function_at(index)).ok_or(InspectError::Inconsistent)?
                }
                ExternalKind::Memory => Item::Memory,
                ExternalKind::Table => Item::Table,
                ExternalKind::Global => Item::Global,
                ExternalKind::Tag => Item::Tag,
            };
            self.exports.push(RawExport { name, item });
        }
        Ok(())
    }

    /// The custom section of a name.
    pub(super) fn custom(&self, name: &str) -> Option<&CustomSectionReader<'a>> {
        self.custom.iter().find(|section| section.name() == name)
    }

    /// What is exported under a name.
    pub(super) fn export(&self, name: &str) -> Option<&Item> {
        let found = self.exports.iter().find(|export| export.name == name);
        found.map(|export| &export.item)
    }
}

/// Whether a host could look for an export of that name, or its author believes so.
fn is_interesting(name: &str) -> bool {
    name.starts_with("proxy_") || name == "memory" || WantedExport::named(name).is_some()
}

impl<'a> RawSection<'a> {
    fn of(payload: &Payload<'a>) -> Option<Self> {
        let (name, range) = match payload {
            Payload::CustomSection(section) => {
                return Some(Self {
                    name: section.name(),
                    custom: true,
                    bytes: section.data().len(),
                });
            }
            Payload::TypeSection(section) => ("type", section.range()),
            Payload::ImportSection(section) => ("import", section.range()),
            Payload::FunctionSection(section) => ("function", section.range()),
            Payload::TableSection(section) => ("table", section.range()),
            Payload::MemorySection(section) => ("memory", section.range()),
            Payload::TagSection(section) => ("tag", section.range()),
            Payload::GlobalSection(section) => ("global", section.range()),
            Payload::ExportSection(section) => ("export", section.range()),
            Payload::StartSection { range, .. } => ("start", range.clone()),
            Payload::ElementSection(section) => ("element", section.range()),
            Payload::DataCountSection { range, .. } => ("data count", range.clone()),
            Payload::CodeSectionStart { range, .. } => ("code", range.clone()),
            Payload::DataSection(section) => ("data", section.range()),
            _ => return None,
        };
        Some(Self {
            name,
            custom: false,
            bytes: range.len(),
        })
    }
}

/// Whether an export announces an ABI version.
pub(super) fn announces_version(name: &str) -> bool {
    name.starts_with(VERSION_MARK)
}
