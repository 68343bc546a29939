//! The shared key-value store, with Envoy's compare-and-swap.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::Full;
use crate::profile::Profile;

/// Most keys. Envoy has no bound; this one is far above what a sane filter needs.
const MAX_KEYS: usize = 1 << 20;
/// Most bytes in keys and values together.
const MAX_BYTES: usize = 256 << 20;

/// The version of a value; 0 never occurs, and stands for "whatever it is" when given to [`SharedData::set`].
pub(crate) type Cas = u32;

/// What came of a `set`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum SetOutcome {
    Stored,
    Mismatch,
}

#[derive(Debug, Default)]
struct Store {
    entries: HashMap<Vec<u8>, (Vec<u8>, Cas)>,
    bytes: usize,
    last_cas: Cas,
}

/// Key-value pairs that every VM reads and writes. A key stays for ever, as in Envoy.
#[derive(Debug, Default)]
pub(crate) struct SharedData(Mutex<Store>);

impl SharedData {
    /// The value and its version.
    pub(crate) fn get(&self, key: &[u8]) -> Option<(Vec<u8>, Cas)> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entries
            .get(key)
            .cloned()
    }

    /// Stores when `cas` is the key's version. What 0 and a missing key come to is up to the profile.
    pub(crate) fn set(
        &self,
        key: &[u8],
        value: &[u8],
        cas: Cas,
        profile: &Profile,
    ) -> Result<SetOutcome, Full> {
        let mut store = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let existing = store.entries.get(key);
        let matches = match existing {
            Some((_, version)) => cas == *version || cas == 0 && profile.version_zero_overwrites,
            None => cas == 0 || profile.missing_key_takes_any_version,
        };
        if !matches {
            return Ok(SetOutcome::Mismatch);
        }
        let freed = existing.map_or(0, |(old, _)| key.len() + old.len());
        let bytes = store.bytes - freed + key.len() + value.len();
        if existing.is_none() && store.entries.len() >= MAX_KEYS {
            return Err(Full {
                what: "the shared data store",
                bound: MAX_KEYS,
                unit: "keys",
            });
        }
        if bytes > MAX_BYTES {
            return Err(Full {
                what: "the shared data store",
                bound: MAX_BYTES,
                unit: "bytes",
            });
        }
        // One counter for all keys, which skips 0 when it wraps.
        let version = store.last_cas.checked_add(1).unwrap_or(1);
        store.last_cas = version;
        store.bytes = bytes;
        store.entries.insert(key.to_vec(), (value.to_vec(), version));
        Ok(SetOutcome::Stored)
    }

    /// Number of keys, and bytes in keys and values together.
    pub(crate) fn size(&self) -> (usize, usize) {
        let store = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (store.entries.len(), store.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cas_zero_is_unconditional_and_a_missing_key_takes_any_cas() {
        let data = SharedData::default();
        assert_eq!(
            data.set(b"a", b"1", 77, &Profile::envoy()).expect("room"),
            SetOutcome::Stored
        );
        assert_eq!(
            data.set(b"a", b"2", 0, &Profile::envoy()).expect("room"),
            SetOutcome::Stored
        );
        let (value, cas) = data.get(b"a").expect("present");
        assert_eq!((value.as_slice(), cas), (&b"2"[..], 2));
    }

    #[test]
    fn to_the_letter_a_missing_key_has_no_version_to_match() {
        let data = SharedData::default();
        assert_eq!(
            data.set(b"a", b"1", 77, &Profile::strict()).expect("room"),
            SetOutcome::Mismatch
        );
        assert_eq!(
            data.set(b"a", b"1", 0, &Profile::strict()).expect("room"),
            SetOutcome::Stored
        );
    }

    #[test]
    fn where_zero_does_not_overwrite_it_inserts_only() {
        let data = SharedData::default();
        assert_eq!(
            data.set(b"a", b"1", 0, &Profile::ngx()).expect("room"),
            SetOutcome::Stored
        );
        assert_eq!(
            data.set(b"a", b"2", 0, &Profile::ngx()).expect("room"),
            SetOutcome::Mismatch
        );
    }

    #[test]
    fn a_stale_cas_is_a_mismatch_and_changes_nothing() {
        let data = SharedData::default();
        data.set(b"a", b"1", 0, &Profile::envoy()).expect("room");
        let (_, stale) = data.get(b"a").expect("present");
        data.set(b"a", b"2", stale, &Profile::envoy()).expect("room");
        assert_eq!(
            data.set(b"a", b"3", stale, &Profile::envoy()).expect("room"),
            SetOutcome::Mismatch
        );
        assert_eq!(data.get(b"a").expect("present").0, b"2");
    }

    #[test]
    fn versions_are_counted_over_all_keys_and_skip_zero() {
        let data = SharedData::default();
        data.0.lock().expect("lock").last_cas = u32::MAX - 1;
        for key in [b"a", b"b"] {
            data.set(key, b"", 0, &Profile::envoy()).expect("room");
        }
        assert_eq!(data.get(b"a").expect("present").1, u32::MAX);
        assert_eq!(data.get(b"b").expect("present").1, 1);
    }
}
