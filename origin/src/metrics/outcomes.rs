//! Counters of one thing, by what has become of it.

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family},
};

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Labels {
    outcome: &'static str,
}

/// Counts things by their outcome.
#[derive(Clone, Debug)]
pub(crate) struct Outcomes(Family<Labels, Counter>);

impl Outcomes {
    /// All outcomes are there from the start, so that the first of a kind is seen as an increase.
    pub(super) fn of(names: impl IntoIterator<Item = &'static str>) -> Self {
        let family = Family::<Labels, Counter>::default();
        for outcome in names {
            drop(family.get_or_create(&Labels { outcome }));
        }
        Self(family)
    }

    pub(crate) fn count(&self, outcome: &'static str) {
        self.0.get_or_create(&Labels { outcome }).inc();
    }

    /// The counters, to be given a name.
    pub(super) fn family(&self) -> Family<Labels, Counter> {
        self.0.clone()
    }
}
