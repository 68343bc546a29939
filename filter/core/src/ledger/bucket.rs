//! A slot of the shared ledger: a few entries side by side, so that a store with a fixed number of keys has room for
//! many times as many clients.
//!
//! ```text
//! 0      4            12     16
//! tag    arrival      tag    arrival   ...
//! ```
//!
//! Numbers are little-endian. The tag is the half of the keyed hash that did not choose the slot; an arrival of 0 is an
//! empty entry, and one in the past is as good as empty.

use crate::time::Timestamp;

/// Entries of a slot.
pub(super) const WAYS: usize = 16;

/// Bytes of an entry.
const ENTRY_LENGTH: usize = 12;

/// Bytes of a slot.
pub(super) const LENGTH: usize = WAYS * ENTRY_LENGTH;

/// The entries of a slot, in the bytes that the store keeps.
pub(super) struct Bucket<'b>(&'b mut Vec<u8>);

impl<'b> Bucket<'b> {
    /// The entries in `bytes`. Bytes that are no bucket become an empty one.
    pub(super) fn of(bytes: &'b mut Vec<u8>) -> Self {
        if bytes.len() != LENGTH {
            bytes.clear();
            bytes.resize(LENGTH, 0);
        }
        Self(bytes)
    }

    /// The arrival under `tag`.
    pub(super) fn find(&self, tag: u32) -> Option<Timestamp> {
        self.0
            .chunks_exact(ENTRY_LENGTH)
            .map(parse)
            .find(|(its_tag, arrival)| *its_tag == tag && *arrival > Timestamp::default())
            .map(|(_, arrival)| arrival)
    }

    /// Puts `arrival` under `tag`: in the entry that has it, else in the place of the one that is closest to its end,
    /// because with that the least is forgotten. True when that one was still in force at `now`.
    pub(super) fn put(&mut self, tag: u32, arrival: Timestamp, now: Timestamp) -> bool {
        let is_own = |entry: &[u8]| {
            let (its_tag, its_arrival) = parse(entry);
            its_tag == tag && its_arrival > Timestamp::default()
        };
        let chosen = self
            .0
            .chunks_exact_mut(ENTRY_LENGTH)
            .min_by_key(|entry| (!is_own(entry), parse(entry).1));
        let Some(entry) = chosen else { return false };
        let evicts = !is_own(entry) && parse(entry).1 > now;
        let bytes = tag
            .to_le_bytes()
            .into_iter()
            .chain(arrival.as_nanos().to_le_bytes());
        for (to, from) in entry.iter_mut().zip(bytes) {
            *to = from;
        }
        evicts
    }
}

fn parse(entry: &[u8]) -> (u32, Timestamp) {
    let Some((tag, rest)) = entry.split_first_chunk::<4>() else {
        return (0, Timestamp::default());
    };
    let arrival = rest
        .first_chunk::<8>()
        .map_or(0, |bytes| u64::from_le_bytes(*bytes));
    (u32::from_le_bytes(*tag), Timestamp::from_nanos(arrival))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(100);

    #[test]
    fn a_bucket_keeps_as_many_entries_as_it_has_ways_and_forgets_the_least() {
        let mut bytes = Vec::new();
        let mut bucket = Bucket::of(&mut bytes);
        for tag in 0..u32::try_from(WAYS).unwrap() {
            assert!(!bucket.put(tag, Timestamp::from_seconds(200 + u64::from(tag)), NOW));
        }
        assert!(
            bucket.put(99, Timestamp::from_seconds(500), NOW),
            "one in force had to go"
        );
        assert_eq!(bucket.find(0), None, "the one that was closest to its end");
        assert_eq!(bucket.find(1), Some(Timestamp::from_seconds(201)));
        assert_eq!(bucket.find(99), Some(Timestamp::from_seconds(500)));
    }

    #[test]
    fn an_entry_of_the_past_makes_room_before_one_in_force() {
        let mut bytes = Vec::new();
        let mut bucket = Bucket::of(&mut bytes);
        for tag in 0..16 {
            bucket.put(tag, Timestamp::from_seconds(if tag == 7 { 99 } else { 101 }), NOW);
        }
        assert!(!bucket.put(50, Timestamp::from_seconds(101), NOW));
        assert_eq!(bucket.find(7), None);
    }

    #[test]
    fn bytes_that_are_no_bucket_become_an_empty_one() {
        for mut bytes in [vec![], vec![1; 5], vec![255; LENGTH + 1]] {
            assert_eq!(Bucket::of(&mut bytes).find(u32::MAX), None);
            assert_eq!(bytes.len(), LENGTH);
        }
    }
}
