//! Clearances that were found right lately, so that a client's MAC is not computed again for each image of a page.
//!
//! A token is as good as its bytes: what is remembered is the text, whole, and what it says. Whether it is in force is
//! asked each time. There is room for a fixed number, each in the one place that its MAC leads to, whatever was there before;
//! nothing gets in that was not verified, so it takes as many clearances as places to make it of no use, and then it
//! costs next to nothing.

use crate::clearance::{self, Clearance};
use core::{cell::RefCell, fmt};

/// How many are remembered, in 150 KB. A page is fetched with its images within seconds; those who do so at the same
/// time are fewer.
const PLACES: usize = 1_024;

/// Characters of a clearance's text.
const LENGTH: usize = clearance::LENGTH.div_ceil(3).saturating_mul(4);

/// What is remembered. Of one filter, hence of one set of keys.
#[derive(Clone, Default)]
pub(super) struct Known(RefCell<Vec<Option<Entry>>>);

#[derive(Clone, Copy)]
struct Entry {
    text: [u8; LENGTH],
    clearance: Clearance,
}

impl Known {
    /// What the token with this text says, if it is remembered and in force at `now` (seconds since the Unix epoch).
    pub(super) fn find(&self, text: &[u8], now: u64) -> Option<Clearance> {
        let text = text.try_into().ok()?;
        let places = self.0.try_borrow().ok()?;
        let Entry {
            text: known,
            clearance,
        } = places.get(place(text))?.as_ref()?;
        (is_same(known, text) && clearance.is_in_force(now).is_ok()).then_some(*clearance)
    }

    /// Remembers that the token with this text was verified and says this.
    pub(super) fn remember(&self, text: &[u8], clearance: &Clearance) {
        let (Ok(text), Ok(mut places)) = (text.try_into(), self.0.try_borrow_mut()) else {
            return;
        };
        if places.is_empty() {
            places.resize(PLACES, None);
        }
        if let Some(at) = places.get_mut(place(text)) {
            *at = Some(Entry {
                text: *text,
                clearance: *clearance,
            });
        }
    }
}

/// Where a token is remembered: by the end of its MAC, which is as good as random.
fn place(text: &[u8; LENGTH]) -> usize {
    let end = text.last_chunk::<4>().copied().unwrap_or_default();
    // Six bits a character; those that stand side by side in ASCII differ in the lower ones.
    end.into_iter()
        .fold(0_usize, |place, c| (place << 5) ^ usize::from(c))
        .rem_euclid(PLACES)
}

/// Compares in the same time wherever they differ, so that nobody can feel their way to what is remembered.
fn is_same(one: &[u8; LENGTH], other: &[u8; LENGTH]) -> bool {
    const { assert!(LENGTH.is_multiple_of(8), "no character is left out") };
    let (one, _) = one.as_chunks::<8>();
    let (other, _) = other.as_chunks::<8>();
    let difference = one.iter().zip(other).fold(0, |all, (one, other)| {
        all | (u64::from_ne_bytes(*one) ^ u64::from_ne_bytes(*other))
    });
    core::hint::black_box(difference) == 0
}

/// Without the tokens.
impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Known(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clearance::Lane;

    const CLEARANCE: Clearance = Clearance {
        lane: Lane::Work,
        issued_at: 1_000,
        expires_at: 2_000,
        work: 1,
        id: [7; 16],
    };

    #[test]
    fn a_clearance_is_known_by_its_whole_text_while_it_is_in_force() {
        let known = Known::default();
        let text = [b'a'; LENGTH];
        assert_eq!(known.find(&text, 1_500), None);
        known.remember(&text, &CLEARANCE);
        assert_eq!(known.find(&text, 1_500), Some(CLEARANCE));
        for now in [900, 2_000] {
            assert_eq!(known.find(&text, now), None, "{now}");
        }
        for at in 0..LENGTH {
            let mut other = text;
            other[at] ^= 1;
            assert_eq!(known.find(&other, 1_500), None, "{at}");
        }
        for length in [0, LENGTH - 1] {
            assert_eq!(known.find(&text[..length], 1_500), None);
        }
        assert_eq!(known.find(&[b'a'; LENGTH + 1], 1_500), None);
    }

    #[test]
    fn however_many_there_are_each_is_told_from_the_others() {
        let known = Known::default();
        let of = |n: u64| {
            let mut text = [b'_'; LENGTH];
            text[LENGTH - 8..].copy_from_slice(format!("{n:08x}").as_bytes());
            let clearance = Clearance { work: n, ..CLEARANCE };
            (text, clearance)
        };
        for n in 0..10_000 {
            let (text, clearance) = of(n);
            known.remember(&text, &clearance);
            assert_eq!(known.find(&text, 1_500), Some(clearance));
        }
        let found: Vec<Clearance> = (0..10_000)
            .filter_map(|n| {
                let (text, clearance) = of(n);
                known
                    .find(&text, 1_500)
                    .inspect(|found| assert_eq!(*found, clearance))
            })
            .collect();
        assert!((100..=PLACES).contains(&found.len()), "{}", found.len());
    }
}
