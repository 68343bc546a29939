//! A ticket, and the code by which its holder finds it again.

use std::fmt;

use jiff::Timestamp;

use crate::{money::Dong, queue::Queue};

/// Crockford's base 32: no I, L, O or U, so that a code can be read aloud and typed from paper.
const ALPHABET: &[u8; CODE_ALPHABET_LENGTH] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CODE_ALPHABET_LENGTH: usize = 32;

/// Symbols of a code, five bits each: 80 bits.
pub const CODE_LENGTH: usize = 16;

/// Symbols of a short code: 40 bits.
const SHORT_CODE_LENGTH: usize = 8;

/// A place in a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// What its holder shows; whoever knows it can see the ticket.
    pub code: TicketCode,
    /// Whose queue it is in.
    pub queue: Queue,
    /// The place in that queue, counted from 1.
    pub number: u32,
    /// When it was booked.
    pub created_at: Timestamp,
    /// What has become of it.
    pub state: State,
    /// What the examination costs, as it was said at the booking; zero when there is nothing to pay.
    pub fee: Dong,
    /// What has been paid for it, all payments together.
    pub paid: Dong,
}

/// What has become of a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It waits to be called.
    Booked,
    /// Its number was called.
    Called {
        /// When, the last time.
        at: Timestamp,
    },
    /// Its holder gave it back; somebody else may have the place, nobody the number.
    Cancelled {
        /// When.
        at: Timestamp,
    },
}

/// A ticket, and how far its queue has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The ticket.
    pub ticket: Ticket,
    /// How many of smaller numbers still wait to be called.
    pub ahead: u32,
    /// The number that was called last in its queue.
    pub now_serving: Option<u32>,
}

/// The secret name of a ticket: 80 random bits, so that knowing one says nothing about another.
///
/// It is written as four groups of four symbols of Crockford's base 32. Parsing forgives what a person does with
/// it: lower case, spaces, missing or other hyphens, `O` for `0`, `I` or `L` for `1`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TicketCode([u8; CODE_LENGTH]);

impl TicketCode {
    /// A new code from the operating system's random source, by way of a generator seeded from it.
    #[must_use]
    pub fn random() -> Self {
        let bits: [u8; CODE_LENGTH] = rand::random();
        Self(bits.map(|byte| ALPHABET[usize::from(byte) % CODE_ALPHABET_LENGTH]))
    }

    /// Reads a code as a person or a link wrote it. `None` when it cannot be one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        read_symbols(text).map(Self)
    }

    /// The code without hyphens: what a bank transfer names as its purpose.
    #[must_use]
    pub fn symbols(&self) -> String {
        self.0.iter().copied().map(char::from).collect()
    }

    /// The first half of it.
    #[must_use]
    pub fn short(&self) -> ShortCode {
        let mut short = [0; SHORT_CODE_LENGTH];
        short.copy_from_slice(&self.0[..SHORT_CODE_LENGTH]);
        ShortCode(short)
    }
}

/// The first half of a ticket's code, 40 bits: with the telephone number of the booking, enough to find the ticket.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ShortCode([u8; SHORT_CODE_LENGTH]);

impl ShortCode {
    /// Reads it with the same leniency as a whole code. `None` when it cannot be one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        read_symbols(text).map(Self)
    }
}

impl fmt::Display for TicketCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_groups(&self.0, formatter)
    }
}

impl fmt::Display for ShortCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_groups(&self.0, formatter)
    }
}

fn read_symbols<const LENGTH: usize>(text: &str) -> Option<[u8; LENGTH]> {
    let mut code = [0; LENGTH];
    let mut length = 0;
    for symbol in text.chars() {
        let symbol = match symbol.to_ascii_uppercase() {
            '-' | '\u{2010}'..='\u{2015}' | ' ' | '\u{a0}' => continue,
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        let symbol = u8::try_from(symbol).ok().filter(|byte| ALPHABET.contains(byte))?;
        *code.get_mut(length)? = symbol;
        length += 1;
    }
    (length == LENGTH).then_some(code)
}

fn write_groups(symbols: &[u8], formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (group, symbols) in symbols.chunks(4).enumerate() {
        if group > 0 {
            formatter.write_str("-")?;
        }
        for symbol in symbols {
            write!(formatter, "{}", char::from(*symbol))?;
        }
    }
    Ok(())
}

/// Does not show the code: it opens the ticket, so it must not end up in a log.
impl fmt::Debug for TicketCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TicketCode(..)")
    }
}

/// Does not show it either.
impl fmt::Debug for ShortCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ShortCode(..)")
    }
}
