//! What hosts of Proxy-Wasm filters offer.
//!
//! Only what a source says, or an experiment has shown, counts as known; [`Host::source`] names it. Where a host's
//! documentation rules something out without saying what happens, it is [`Support::RuledOut`], and where no source
//! says anything, [`Support::Untold`].

mod known;

pub use self::known::HOSTS;

use super::abi::{HOST_MODULE, HostFunction};
use super::wasi;
use crate::module::AbiVersion;

/// What becomes of something that a module imports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// It does what it is for.
    Working,
    /// It says that it succeeded, and does nothing.
    Ignored,
    /// It answers with an error.
    Failing,
    /// A module may import it; calling it ends the VM.
    Trapping,
    /// A module that imports it is refused.
    Missing,
    /// The host has it with a type that the specification does not give it: a correct module is refused.
    OtherType,
    /// The host's documentation says that it is not supported; what happens is not known.
    RuledOut,
    /// No source says anything about it.
    Untold,
}

/// What a host wants of a module that is to be handed anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allocator {
    /// `malloc` or `proxy_on_memory_allocate`; a module with neither is refused.
    Required,
    /// Either; without one, only what has to be handed over fails.
    Wanted,
    /// `malloc`; without it, what has to be handed over fails.
    MallocWanted,
}

/// Whether the functions of a host depend on the version of the ABI that a module announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ByVersion {
    /// They do not.
    No,
    /// What newer versions have dropped is only there for older ones.
    Dropped,
    /// A version has its functions, and no other ones.
    Exactly,
}

/// Names, as lists of them with spaces between.
type Names = &'static [&'static str];

fn contains(names: Names, name: &str) -> bool {
    names
        .iter()
        .flat_map(|list| list.split_whitespace())
        .any(|known| known == name)
}

/// A program or a service that runs filters.
#[derive(Debug)]
pub struct Host {
    /// What it is called on the command line.
    pub id: &'static str,
    /// Its name, and the version that the rest is about.
    pub name: &'static str,
    /// Where the knowledge is from.
    pub source: &'static str,
    /// The versions of the ABI that it takes; none: no source says.
    pub abi_versions: &'static [AbiVersion],
    /// Whether it takes a module that announces none, as if it were of the newest.
    pub takes_unversioned: bool,
    /// What it wants for handing things over.
    pub allocator: Allocator,
    /// Memory that a VM may have, if that is fixed.
    pub memory_limit: Option<u64>,
    /// What works, but not as the specification has it: a function, and how it differs.
    pub remarks: &'static [(&'static str, &'static str)],
    /// Other exports without which a module is refused.
    required_exports: Names,
    /// Exports that it never looks for, of those that others do.
    uncalled_exports: Names,
    /// Proposals that its runtime does not have; none: that depends on how it is built, or no source says.
    lacking_proposals: Option<Names>,
    /// Whether the functions that are there depend on the version that a module announces.
    by_version: ByVersion,
    /// What differs from [`Support::Working`], and in which version of the ABI, if not in all.
    functions: &'static [(Support, Option<AbiVersion>, Names)],
    /// Functions of the ABI that it does not know.
    lacking_functions: Names,
    /// Functions beside those of the ABI.
    extra_functions: Names,
    /// What becomes of functions that it does not know.
    unknown: Support,
    /// What becomes of imported memories and tables.
    memory: Support,
    /// The modules under which it offers WASI.
    wasi_modules: &'static [&'static str],
    /// What differs from the next.
    wasi: &'static [(Support, Names)],
    /// What becomes of the other WASI functions.
    wasi_others: Support,
}

impl Host {
    /// The host of that name on the command line.
    pub fn with_id(id: &str) -> Option<&'static Self> {
        HOSTS.iter().find(|host| host.id == id)
    }

    /// Whether it has a function that a module of an ABI version imports, be it only to refuse its service.
    pub fn knows(&self, module: &str, name: &str, version: Option<AbiVersion>) -> bool {
        if wasi::is_of(module, name) {
            return self.wasi(module, name) != Support::Missing;
        }
        let is_there = |function: &HostFunction| {
            version.is_none_or(|version| match self.by_version {
                ByVersion::No => true,
                ByVersion::Dropped => version <= function.until,
                ByVersion::Exactly => function.is_in(version),
            })
        };
        let function = HostFunction::named(name).filter(|_| !contains(self.lacking_functions, name));
        let has = function.is_some_and(is_there);
        module == HOST_MODULE && (has || contains(self.extra_functions, name))
    }

    /// What becomes of a function that a module of an ABI version imports.
    pub fn function(&self, module: &str, name: &str, version: Option<AbiVersion>) -> Support {
        if wasi::is_of(module, name) {
            return self.wasi(module, name);
        }
        if !self.knows(module, name, version) {
            return self.unknown;
        }
        let holds = |(_, only_in, names): &&(Support, Option<AbiVersion>, Names)| {
            contains(names, name) && (only_in.is_none() || *only_in == version)
        };
        let deviation = self.functions.iter().find(holds);
        deviation.map_or(Support::Working, |(support, _, _)| *support)
    }

    fn wasi(&self, module: &str, name: &str) -> Support {
        if !self.wasi_modules.contains(&module) {
            return Support::Untold;
        }
        let deviation = self.wasi.iter().find(|(_, names)| contains(names, name));
        deviation.map_or(self.wasi_others, |(support, _)| *support)
    }

    /// What becomes of a module that imports a memory or a table.
    pub fn memory(&self) -> Support {
        self.memory
    }

    /// Whether the host looks for an export.
    pub fn looks_for(&self, export: &str) -> bool {
        !contains(self.uncalled_exports, export)
    }

    /// Exports without which it refuses a module, apart from the allocator.
    pub fn required_exports(&self) -> impl Iterator<Item = &'static str> {
        self.required_exports
            .iter()
            .flat_map(|list| list.split_whitespace())
    }

    /// Whether its runtime is known not to have a proposal, by the name that [`Proposal`](super::Proposal) has.
    pub fn lacks(&self, proposal: &str) -> bool {
        self.lacking_proposals
            .is_some_and(|lacking| contains(lacking, proposal))
    }

    /// How a function differs here from what the specification says.
    pub fn remark(&self, function: &str) -> Option<&'static str> {
        let remark = self.remarks.iter().find(|(of, _)| *of == function);
        remark.map(|(_, remark)| *remark)
    }
}

#[cfg(test)]
mod tests {
    use super::{HOSTS, Host, Names};
    use crate::inspect::abi::{HostFunction, WantedExport};
    use crate::inspect::features::is_proposal;
    use crate::inspect::wasi;

    fn each(names: Names) -> impl Iterator<Item = &'static str> {
        names.iter().flat_map(|list| list.split_whitespace())
    }

    #[test]
    fn every_name_in_the_knowledge_about_hosts_is_one_that_exists() {
        for host in HOSTS {
            let what = |name: &str| format!("{}: {name}", host.id);
            let lacking = each(host.lacking_functions);
            for name in host
                .functions
                .iter()
                .flat_map(|(_, _, names)| each(names))
                .chain(lacking)
            {
                assert!(HostFunction::named(name).is_some(), "{}", what(name));
            }
            for name in host.wasi.iter().flat_map(|(_, names)| each(names)) {
                assert!(wasi::signature(name).is_some(), "{}", what(name));
            }
            for (name, _) in host.remarks {
                let exists = HostFunction::named(name).is_some() || wasi::signature(name).is_some();
                assert!(exists, "{}", what(name));
            }
            for name in each(host.uncalled_exports).chain(each(host.required_exports)) {
                assert!(WantedExport::named(name).is_some(), "{}", what(name));
            }
            for name in host.lacking_proposals.into_iter().flat_map(each) {
                assert!(is_proposal(name), "{}", what(name));
            }
        }
    }

    #[test]
    fn hosts_are_found_by_what_they_are_called() {
        for host in HOSTS {
            assert_eq!(Host::with_id(host.id).map(|found| found.name), Some(host.name));
        }
        assert!(Host::with_id("apache").is_none());
    }
}
