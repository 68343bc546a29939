//! How a module fares on a host.

use std::fmt;

use serde::Serialize;

use super::abi::{FunctionGroup, HostFunction};
use super::hosts::{Allocator, Host, Support};
use super::imports::ImportKind;
use super::{Import, Inspection};

/// Most names that a finding is told with.
const MAX_NAMES: usize = 40;

/// Most names and groups of names that it is told with in short.
const MAX_NAMES_IN_SHORT: usize = 8;

/// What stands in place of a version if there is none.
const NO_VERSION: &str = "none";

/// How a module fares on a host, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Nothing is known that the host lacks.
    Fits,
    /// The host loads it, but something that it imports does not work there.
    Partly,
    /// The host does not load it.
    Refused,
}

/// How a module fares on a host.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Compatibility {
    /// The host, as [`Host::id`].
    pub host: &'static str,
    /// Its name and version.
    pub name: &'static str,
    /// Where the knowledge about it is from.
    pub source: &'static str,
    /// The whole in a word.
    pub verdict: Verdict,
    /// What is behind it, gravest first.
    pub findings: Vec<Finding>,
}

/// What a finding means for a module; gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// The host takes other versions of the ABI.
    AbiRefused,
    /// The host does not have what is imported.
    ImportMissing,
    /// The host has it with another type.
    ImportMistyped,
    /// The host wants an export that is not there.
    ExportMissing,
    /// The module starts with more memory than the host gives.
    MemoryExceeded,
    /// The host's runtime does not have a proposal that the module needs.
    ProposalMissing,
    /// Calling it ends the VM.
    Traps,
    /// Calling it gives an error.
    Fails,
    /// Calling it does nothing.
    Ignored,
    /// The host's documentation rules it out.
    RuledOut,
    /// The module cannot be handed anything: it exports no allocator that the host looks for.
    NothingHandedOver,
    /// It works, but not as the specification has it.
    Differs,
    /// The host never calls it.
    NeverCalled,
}

impl Effect {
    /// Whether a host does not load a module because of it.
    pub fn refuses(self) -> bool {
        self <= Self::ProposalMissing
    }

    fn verdict(self) -> Verdict {
        match self {
            effect if effect.refuses() => Verdict::Refused,
            Self::Differs | Self::NeverCalled => Verdict::Fits,
            _ => Verdict::Partly,
        }
    }
}

/// Something that a host has not, or has otherwise.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// What it means.
    pub effect: Effect,
    /// What it is about: functions, exports, versions, proposals.
    pub names: Vec<String>,
    /// How it differs, if it does.
    pub remark: Option<&'static str>,
}

impl Compatibility {
    pub(super) fn of(inspection: &Inspection, host: &'static Host) -> Self {
        let mut findings = Vec::new();
        let mut find = |effect, names: Vec<String>| {
            if !names.is_empty() {
                findings.push(Finding {
                    effect,
                    names,
                    remark: None,
                });
            }
        };
        find(Effect::AbiRefused, refused_abi(inspection, host));
        for (support, effect) in [
            (Support::Missing, Effect::ImportMissing),
            (Support::OtherType, Effect::ImportMistyped),
            (Support::Trapping, Effect::Traps),
            (Support::Failing, Effect::Fails),
            (Support::Ignored, Effect::Ignored),
            (Support::RuledOut, Effect::RuledOut),
        ] {
            let imports = inspection.imports.iter();
            let found = imports.filter(|import| support_of(import, inspection, host) == support);
            let mut names: Vec<String> = found.map(shown).collect();
            names.sort_by_key(|name| HostFunction::place(name));
            find(effect, names);
        }
        find(Effect::ExportMissing, missing_exports(inspection, host));
        find(Effect::MemoryExceeded, exceeded_memory(inspection, host));
        let proposals = inspection.proposals.iter().map(|proposal| proposal.name);
        find(
            Effect::ProposalMissing,
            proposals
                .filter(|name| host.lacks(name))
                .map(str::to_owned)
                .collect(),
        );
        find(Effect::NothingHandedOver, wanted_allocator(inspection, host));
        let exports = inspection.exports.wanted.iter().map(|export| export.name);
        find(
            Effect::NeverCalled,
            exports
                .filter(|name| !host.looks_for(name))
                .map(str::to_owned)
                .collect(),
        );
        findings.extend(inspection.imports.iter().filter_map(|import| {
            Some(Finding {
                effect: Effect::Differs,
                names: vec![shown(import)],
                remark: Some(host.remark(&import.name)?),
            })
        }));
        findings.sort_by_key(|finding| finding.effect);
        Self {
            host: host.id,
            name: host.name,
            source: host.source,
            verdict: findings
                .iter()
                .map(|finding| finding.effect.verdict())
                .max()
                .unwrap_or(Verdict::Fits),
            findings,
        }
    }
}

/// An import as it is told: host functions by their name, others with their module.
fn shown(import: &Import) -> String {
    match import.kind {
        ImportKind::HostFunction | ImportKind::Wasi => import.name.clone(),
        _ => import.path(),
    }
}

fn support_of(import: &Import, inspection: &Inspection, host: &Host) -> Support {
    match import.kind {
        ImportKind::HostFunction | ImportKind::Wasi | ImportKind::UnknownFunction => {
            host.function(&import.module, &import.name, inspection.exports.abi)
        }
        ImportKind::Memory | ImportKind::Table => host.memory(),
        ImportKind::Global | ImportKind::Tag => Support::Missing,
    }
}

/// The version that a host does not take.
fn refused_abi(inspection: &Inspection, host: &Host) -> Vec<String> {
    let Some(abi) = inspection.exports.abi else {
        return if host.takes_unversioned {
            Vec::new()
        } else {
            vec![NO_VERSION.to_owned()]
        };
    };
    let is_taken = host.abi_versions.is_empty() || host.abi_versions.contains(&abi);
    if is_taken {
        Vec::new()
    } else {
        vec![abi.to_string()]
    }
}

fn missing_exports(inspection: &Inspection, host: &Host) -> Vec<String> {
    let has_allocator = inspection.exports.has_allocator() || host.allocator != Allocator::Required;
    let allocator = (!has_allocator).then(|| "proxy_on_memory_allocate".to_owned());
    let required = host
        .required_exports()
        .filter(|name| !inspection.exports.has(name));
    allocator.into_iter().chain(required.map(str::to_owned)).collect()
}

fn wanted_allocator(inspection: &Inspection, host: &Host) -> Vec<String> {
    let wanted = match host.allocator {
        Allocator::MallocWanted if !inspection.exports.has("malloc") => "malloc",
        Allocator::Wanted if !inspection.exports.has_allocator() => "proxy_on_memory_allocate",
        _ => return Vec::new(),
    };
    vec![wanted.to_owned()]
}

fn exceeded_memory(inspection: &Inspection, host: &Host) -> Vec<String> {
    let limit = host.memory_limit.unwrap_or(u64::MAX);
    let memories = inspection
        .sizes
        .memories
        .iter()
        .map(|memory| memory.initial_bytes);
    let exceeding = memories.filter(|bytes| *bytes > limit);
    exceeding
        .map(|bytes| {
            format!(
                "{} MiB of memory, and the module starts with {}",
                limit >> 20,
                bytes >> 20
            )
        })
        .collect()
}

impl Finding {
    /// As its [`Display`](fmt::Display), but with functions of one group told as the group, without `proxy_`, and fewer
    /// of them.
    pub fn in_short(&self) -> String {
        let mut groups: Vec<(Option<FunctionGroup>, Vec<&str>)> = Vec::new();
        for name in &self.names {
            let group = HostFunction::named(name).map(|function| function.group);
            match groups
                .iter_mut()
                .find(|(known, _)| group.is_some() && *known == group)
            {
                Some((_, names)) => names.push(name),
                None => groups.push((group, vec![name])),
            }
        }
        let names = groups
            .into_iter()
            .map(|(group, names)| match (group, names.as_slice()) {
                (Some(group), [_, _, ..]) => format!("{group} ({})", names.len()),
                (Some(_), [name]) => name.trim_start_matches("proxy_").to_owned(),
                _ => names.concat(),
            });
        self.sentence(&listed(names.collect(), MAX_NAMES_IN_SHORT))
    }

    /// A sentence about the host.
    fn sentence(&self, names: &str) -> String {
        match self.effect {
            Effect::AbiRefused if names == NO_VERSION => {
                "refuses modules that announce no version of the ABI".to_owned()
            }
            Effect::AbiRefused => format!("does not take ABI {names}"),
            Effect::ImportMissing => format!("does not have {names}"),
            Effect::ImportMistyped => format!("has another type than specified for {names}"),
            Effect::ExportMissing => format!("refuses modules that do not export {names}"),
            Effect::MemoryExceeded => format!("gives {names}"),
            Effect::ProposalMissing => format!("cannot run {names}"),
            Effect::Traps => format!("traps on {names}"),
            Effect::Fails => format!("answers with an error: {names}"),
            Effect::Ignored => format!("does nothing on {names}"),
            Effect::RuledOut => format!("says that it does not support {names}"),
            Effect::NothingHandedOver => format!("cannot hand anything over: {names} is not exported"),
            Effect::Differs => format!("{names}: {}", self.remark.unwrap_or_default()),
            Effect::NeverCalled => format!("never calls {names}"),
        }
    }
}

/// As a sentence about the host, for example `does not have proxy_get_log_level`.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence(&listed(self.names.clone(), MAX_NAMES)))
    }
}

fn listed(mut names: Vec<String>, most: usize) -> String {
    let more = names.len().saturating_sub(most);
    names.truncate(most);
    let names = names.join(", ");
    if more > 0 {
        format!("{names} and {more} more")
    } else {
        names
    }
}
