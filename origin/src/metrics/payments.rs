//! What becomes of the payment provider's call-backs.

use prometheus_client::registry::Registry;

use super::outcomes::Outcomes;

/// What has become of a call-back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PaymentOutcome {
    /// It was recorded, for a ticket.
    Recorded,
    /// It was recorded, and nobody knows what for.
    Unmatched,
    /// It had been recorded before.
    Repeated,
    /// Another of the same name had been recorded before.
    Contradicted,
    /// It was not signed by the provider, or too long ago.
    Unverified,
    /// It was signed and is no payment, or it did not arrive whole.
    Unreadable,
    /// The database did not take it: the provider will send it again.
    NotRecorded,
}

impl PaymentOutcome {
    const ALL: [Self; 7] = [
        Self::Recorded,
        Self::Unmatched,
        Self::Repeated,
        Self::Contradicted,
        Self::Unverified,
        Self::Unreadable,
        Self::NotRecorded,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Unmatched => "unmatched",
            Self::Repeated => "repeated",
            Self::Contradicted => "contradicted",
            Self::Unverified => "unverified",
            Self::Unreadable => "unreadable",
            Self::NotRecorded => "not_recorded",
        }
    }
}

/// Counts call-backs.
#[derive(Clone, Debug)]
pub(crate) struct Payments(Outcomes);

impl Default for Payments {
    fn default() -> Self {
        Self(Outcomes::of(PaymentOutcome::ALL.map(PaymentOutcome::name)))
    }
}

impl Payments {
    pub(crate) fn count(&self, outcome: PaymentOutcome) {
        self.0.count(outcome.name());
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "payment_callbacks",
            "Call-backs of the payment provider, by what has become of them",
            self.0.family(),
        );
    }
}
