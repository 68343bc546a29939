//! Money that has come, as the payment provider reports it.

use std::fmt;

use jiff::Timestamp;

use crate::{
    money::Dong,
    ticket::{CODE_LENGTH, TicketCode},
};

/// The longest purpose that is kept, in characters.
pub const PURPOSE_LIMIT: usize = 512;

/// How many codes of one purpose are looked for.
pub const CANDIDATES: usize = 64;

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
    /// The tickets that the purpose may name, at most [`CANDIDATES`], the likeliest first. Banks put words and references
    /// before and after what the payer wrote, some of them as long as a code, and leave out what separates them; only
    /// the database knows which of these is a ticket.
    #[must_use]
    pub fn candidates(&self) -> Vec<TicketCode> {
        let words: Vec<&str> = self
            .purpose
            .split(|symbol: char| !symbol.is_ascii_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        let whole = words.iter().map(|word| (*word).to_owned());
        // As a ticket shows it: four groups of four.
        let grouped = words.windows(4).map(<[&str]>::concat);
        let within = words.iter().flat_map(|word| {
            let ends = CODE_LENGTH..=word.len();
            ends.filter_map(|end| word.get(end - CODE_LENGTH..end).map(str::to_owned))
        });
        let mut candidates: Vec<TicketCode> = Vec::new();
        for code in whole
            .chain(grouped)
            .chain(within)
            .filter_map(|text| TicketCode::parse(&text))
        {
            if !candidates.contains(&code) {
                candidates.push(code);
            }
        }
        candidates.truncate(CANDIDATES);
        candidates
    }
}

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
