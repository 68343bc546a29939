//! Contexts, which the log names by their kind.

use std::collections::BTreeMap;

/// What a context is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Root,
    Http,
    Tcp,
}

/// The contexts that there are.
#[derive(Debug, Default)]
pub(crate) struct Contexts {
    /// What a context of a stream is for shows in its first callback but its creation.
    kinds: BTreeMap<u32, Option<Kind>>,
    root: Option<u32>,
    http: Option<u32>,
    tcp: Option<u32>,
}

impl Contexts {
    pub(crate) fn create(&mut self, context: u32, parent: u32) {
        if parent == 0 {
            self.note(context, Kind::Root);
        } else {
            self.kinds.insert(context, None);
        }
    }

    /// The context has had a callback that only this kind has.
    pub(crate) fn note(&mut self, context: u32, kind: Kind) {
        self.kinds.insert(context, Some(kind));
        let last = match kind {
            Kind::Root => &mut self.root,
            Kind::Http => &mut self.http,
            Kind::Tcp => &mut self.tcp,
        };
        *last = Some(context);
    }

    /// Its number stays known to `effective`: what a host says of a context that is gone is worth knowing.
    pub(crate) fn delete(&mut self, context: u32) {
        self.kinds.remove(&context);
    }

    pub(crate) fn name(&self, context: u32) -> &'static str {
        match self.kinds.get(&context) {
            Some(Some(Kind::Root)) => "root",
            Some(Some(Kind::Http)) => "http",
            Some(Some(Kind::Tcp)) => "tcp",
            Some(None) => "stream",
            None => "unknown",
        }
    }

    /// The last context of a kind.
    pub(crate) fn last(&self, kind: &str) -> Option<u32> {
        match kind {
            "root" => self.root,
            "http" => self.http,
            "tcp" => self.tcp,
            _ => None,
        }
    }
}
