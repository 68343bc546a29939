//! The data objects of a payment's QR code: identifier, length, value (EMV QR Code Specification for Payment Systems,
//! Merchant-Presented Mode, version 1.0, section 3).

use std::fmt::Write;

use crc::{CRC_16_IBM_3740, Crc};

/// The check sum of a payload: polynomial 0x1021, initial value 0xFFFF, neither reflected nor inverted, which catalogues
/// call CRC-16/IBM-3740 and most descriptions of these codes CRC-16/CCITT-FALSE.
const CHECKSUM: Crc<u16> = Crc::<u16>::new(&CRC_16_IBM_3740);

/// The object that says what format the payload has: always the first.
const FORMAT: u8 = 0;
/// The object with the check sum: always the last, and its own four digits are not summed.
const CRC: u8 = 63;

/// The version of the format that exists.
const FORMAT_VERSION: &str = "01";

/// Characters of an object's identifier and length.
const HEAD_LENGTH: usize = 4;

/// A text is no sequence of data objects, or no payload of them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// It ends inside an object, or goes on after the last one.
    #[error("the object at character {at} is cut off")]
    Truncated {
        /// The place of the object, counted from 0.
        at: usize,
    },
    /// An identifier or a length is not two digits, or a length is 00.
    #[error(
        "the object at character {at} must begin with two digits of identifier and two of length, 01 to 99"
    )]
    Head {
        /// The place of the object, counted from 0.
        at: usize,
    },
    /// An object comes twice.
    #[error("object {0:02} comes twice")]
    Duplicate(u8),
    /// The payload does not begin with object 00 with the value 01.
    #[error("a payload begins with 000201")]
    Format,
    /// The payload does not end with an object 63 of four capital hexadecimal digits.
    #[error("a payload ends with 6304 and four capital hexadecimal digits")]
    NoChecksum,
    /// The check sum is of another payload.
    #[error("the check sum is wrong: the payload was damaged")]
    Checksum,
}

/// Data objects beside each other, of a payload or of a template inside one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objects<'a>(Vec<(u8, &'a str)>);

impl<'a> Objects<'a> {
    /// Reads a whole payload, and compares its check sum.
    ///
    /// # Errors
    /// When it is no sequence of objects, does not begin and end as it must, or was damaged.
    pub fn of_payload(payload: &'a str) -> Result<Self, Malformed> {
        let objects = Self::of_template(payload)?;
        if objects.0.first() != Some(&(FORMAT, FORMAT_VERSION)) {
            return Err(Malformed::Format);
        }
        let stated = match objects.0.last() {
            Some((CRC, stated)) if stated.len() == 4 => *stated,
            _ => return Err(Malformed::NoChecksum),
        };
        let digits = stated
            .bytes()
            .all(|digit| matches!(digit, b'0'..=b'9' | b'A'..=b'F'));
        if !digits {
            return Err(Malformed::NoChecksum);
        }
        let summed = payload.strip_suffix(stated).unwrap_or(payload);
        if checksum(summed) == stated {
            Ok(objects)
        } else {
            Err(Malformed::Checksum)
        }
    }

    /// Reads the objects of a template: the value of an object that holds others. Lengths count characters.
    ///
    /// # Errors
    /// When it is no sequence of objects.
    pub fn of_template(text: &'a str) -> Result<Self, Malformed> {
        let mut objects = Vec::new();
        let mut rest = text;
        let mut at = 0;
        while !rest.is_empty() {
            let (head, after) = split_at_character(rest, HEAD_LENGTH).ok_or(Malformed::Truncated { at })?;
            let (id, length) = read_head(head).ok_or(Malformed::Head { at })?;
            let (value, after) = split_at_character(after, length).ok_or(Malformed::Truncated { at })?;
            if objects.iter().any(|(other, _)| *other == id) {
                return Err(Malformed::Duplicate(id));
            }
            objects.push((id, value));
            rest = after;
            at += HEAD_LENGTH + length;
        }
        Ok(Self(objects))
    }

    /// The value of the object with this identifier.
    #[must_use]
    pub fn get(&self, id: u8) -> Option<&'a str> {
        self.0
            .iter()
            .find_map(|(other, value)| (*other == id).then_some(*value))
    }
}

/// Puts objects together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Writer(String);

impl Writer {
    /// Begins a payload.
    pub(crate) fn payload() -> Self {
        Self::default().object(FORMAT, FORMAT_VERSION)
    }

    /// Adds an object of 1 to 99 ASCII characters; whoever calls has checked that.
    #[must_use]
    pub(crate) fn object(mut self, id: u8, value: &str) -> Self {
        debug_assert!(value.is_ascii() && (1..=99).contains(&value.len()));
        let _ = write!(self.0, "{id:02}{:02}{value}", value.len());
        self
    }

    /// Adds an object that holds others.
    #[must_use]
    pub(crate) fn template(self, id: u8, objects: &Self) -> Self {
        self.object(id, &objects.0)
    }

    /// Ends a payload with its check sum.
    pub(crate) fn finish(mut self) -> String {
        let _ = write!(self.0, "{CRC:02}04");
        let sum = checksum(&self.0);
        self.0 + &sum
    }
}

fn checksum(text: &str) -> String {
    format!("{:04X}", CHECKSUM.checksum(text.as_bytes()))
}

fn read_head(head: &str) -> Option<(u8, usize)> {
    // `parse` would take a sign.
    let (id, length) = head
        .bytes()
        .all(|digit| digit.is_ascii_digit())
        .then(|| head.split_at(2))?;
    let length = length.parse().ok().filter(|length| *length > 0)?;
    Some((id.parse().ok()?, length))
}

/// Splits after this many characters. `None` when there are fewer.
fn split_at_character(text: &str, count: usize) -> Option<(&str, &str)> {
    match text.char_indices().nth(count) {
        Some((index, _)) => Some(text.split_at(index)),
        None => (text.chars().count() == count).then_some((text, "")),
    }
}
