//! The port to a store that all nodes share, and the names of what is kept there.

use super::{Register, Space};
use core::num::NonZeroU32;

/// The name of a slot: short enough for every store to keep it beside its value.
pub type SlotName = [u8; 15];

/// The version of a value, which changes with every change of it.
pub type Version = NonZeroU32;

/// Why a value was not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// Somebody else has changed it meanwhile.
    Conflict,
    /// The store does not work.
    Unavailable,
}

/// A store that all nodes share.
pub trait Store {
    /// The value of a slot and its version; `None` when it has none yet.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    fn get(&mut self, slot: &SlotName) -> Result<Option<(Vec<u8>, Version)>, StoreError>;

    /// Stores `value` if the slot still has this version.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; nothing is stored then.
    fn replace(&mut self, slot: &SlotName, value: &[u8], version: Version) -> Result<(), StoreError>;

    /// Stores `value` if the slot has none.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; nothing is stored then.
    fn insert(&mut self, slot: &SlotName, value: &[u8]) -> Result<(), StoreError>;
}

pub(super) const fn letter(space: Space) -> u8 {
    match space {
        Space::Clearance => b'c',
        Space::Prefix => b'p',
        Space::Budget => b'b',
    }
}

pub(super) fn register_name(register: Register) -> SlotName {
    name(b'r', u64::from(register as u8))
}

/// `levee1`, a letter for what it holds, and a number. The 1 is the version of the layout: another version of the module
/// with another layout must have another.
pub(super) fn name(letter: u8, number: u64) -> SlotName {
    let mut name = *b"levee1-________";
    let tail = core::iter::once(letter).chain(number.to_be_bytes());
    for (to, from) in name.iter_mut().skip(6).zip(tail) {
        *to = from;
    }
    name
}
