//! A ticket, and the code by which its holder finds it again.

use std::fmt;

use jiff::{Timestamp, civil::Date};

use crate::department::Department;

/// Crockford's base 32: no I, L, O or U, so that a code can be read aloud and typed from paper.
const ALPHABET: &[u8; CODE_ALPHABET_LENGTH] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CODE_ALPHABET_LENGTH: usize = 32;

/// Symbols of a code, five bits each: 80 bits.
const CODE_LENGTH: usize = 16;

/// A place in a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// What its holder shows; whoever knows it can see the ticket.
    pub code: TicketCode,
    /// Whose queue it is.
    pub department: Department,
    /// The day of the examination.
    pub day: Date,
    /// The place in that department's queue of that day, counted from 1.
    pub number: u32,
    /// When it was booked.
    pub created_at: Timestamp,
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
        let mut code = [0; CODE_LENGTH];
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
        (length == CODE_LENGTH).then_some(Self(code))
    }
}

impl fmt::Display for TicketCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (group, symbols) in self.0.chunks(4).enumerate() {
            if group > 0 {
                formatter.write_str("-")?;
            }
            for symbol in symbols {
                write!(formatter, "{}", char::from(*symbol))?;
            }
        }
        Ok(())
    }
}

/// Does not show the code: it opens the ticket, so it must not end up in a log.
impl fmt::Debug for TicketCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TicketCode(..)")
    }
}
