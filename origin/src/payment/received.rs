//! Money that has come, as the payment provider reports it.

use jiff::Timestamp;

use crate::{money::Dong, ticket::TicketCode};

/// The longest purpose that is kept, in characters.
pub const PURPOSE_LIMIT: usize = 512;

/// A payment that the provider says has been made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The provider's name of it: the same each time it is reported.
    pub transaction: TransactionId,
    /// How much.
    pub amount: Dong,
    /// What the payer's bank says it is for, as it came; at most [`PURPOSE_LIMIT`] characters.
    pub purpose: String,
    /// When it was paid.
    pub paid_at: Timestamp,
}

impl Received {
    /// The ticket that the purpose names. Banks put words and references before and after what the payer wrote.
    #[must_use]
    pub fn ticket(&self) -> Option<TicketCode> {
        self.purpose
            .split(|symbol: char| !symbol.is_ascii_alphanumeric() && symbol != '-')
            .find_map(TicketCode::parse)
    }
}

/// The provider's name of a payment: 1 to 64 visible ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TransactionId(String);

impl TransactionId {
    /// Reads one. `None` when it is empty, too long, or holds anything but visible ASCII.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        ((1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()))
            .then(|| Self(text.to_owned()))
    }

    /// Its characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
