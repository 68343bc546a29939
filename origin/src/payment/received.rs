//! Money that has come, as the payment provider reports it.

use std::fmt;

use jiff::Timestamp;

use crate::{money::Dong, ticket::TicketCode};

/// The longest purpose that is kept, in characters.
pub const PURPOSE_LIMIT: usize = 512;

/// A payment that the provider says has been made.
#[derive(Clone, PartialEq, Eq)]
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
    /// What in the purpose could be a ticket's code, the likeliest first.
    ///
    /// Banks put words and references before and after what the payer wrote, and some of their references look like a
    /// code (`FT` and fourteen digits): only the tickets that exist tell which it is.
    pub fn ticket_codes(&self) -> impl Iterator<Item = TicketCode> {
        let words: Vec<&str> = self
            .purpose
            .split(|symbol: char| !symbol.is_ascii_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        let whole: Vec<_> = words.iter().filter_map(|word| TicketCode::parse(word)).collect();
        let in_groups: Vec<_> = words
            .windows(CODE_GROUPS)
            .filter(|groups| groups.iter().all(|group| group.len() == CODE_GROUP_LENGTH))
            .filter_map(|groups| TicketCode::parse(&groups.concat()))
            .collect();
        whole.into_iter().chain(in_groups)
    }
}

/// How a code is written on a ticket: in four groups of four.
const CODE_GROUPS: usize = 4;
const CODE_GROUP_LENGTH: usize = 4;

/// Does not show the purpose: it may name the payer, and opens the ticket.
impl fmt::Debug for Received {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Received")
            .field("transaction", &self.transaction)
            .field("amount", &self.amount)
            .field("paid_at", &self.paid_at)
            .finish_non_exhaustive()
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
