//! SHA-256 (FIPS 180-4) cut down to what an attempt needs.
//!
//! An attempt hashes one block: the seed, the index, a 64-bit number, and padding. While a solver counts upwards, only
//! the number's low half, message word 10, changes. So everything that does not follow from that word is computed once
//! in a [`Block`]: the first ten rounds, eleventh but for one addition, the message words 16, 18, 20 and 22, and the
//! constant terms of the other words of the schedule. Of the digest only the first word is computed.

mod lanes;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd128;

pub use lanes::Lanes;

use levee_core::puzzle::SEED_LENGTH;

/// The vector that is fastest on this target.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub type Fastest = core::arch::wasm32::v128;
/// The vector that is fastest on this target.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub type Fastest = u32;

/// Rounds of SHA-256, and words of its message schedule.
const ROUNDS: usize = 64;

/// The message word that holds the low half of the number.
const LOW_WORD: usize = 10;

/// The length of the message in bits: seed, index and number.
const MESSAGE_BITS: u32 = 44 * 8;

const INITIAL_STATE: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

#[rustfmt::skip]
const ROUND_CONSTANTS: [u32; ROUNDS] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
    0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
    0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
    0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
    0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
    0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
    0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
];

/// Which words of the message schedule depend on the low half of the number.
#[expect(
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, which refuses an index out of range"
)]
const VARIES: [bool; ROUNDS] = {
    let mut varies = [false; ROUNDS];
    varies[LOW_WORD] = true;
    let mut t = 16;
    while t < ROUNDS {
        varies[t] = varies[t - 16] || varies[t - 15] || varies[t - 7] || varies[t - 2];
        t += 1;
    }
    varies
};

/// All attempts at one sub-puzzle whose numbers share their high half, up to what differs between them.
#[derive(Clone, Debug)]
pub struct Block {
    /// The state after round 10, were word 10 zero: the word itself is yet to be added to `a` and `e`.
    state: [u32; 8],
    /// For a word of the schedule that varies, the sum of its terms that do not; for one that does not vary, its sum
    /// with the round constant, which is all that a round asks for.
    fixed: [u32; ROUNDS],
}

impl Block {
    /// The block of the sub-puzzle `index` of the puzzle with this `seed`, for numbers with the high half `high`.
    #[must_use]
    #[expect(
        clippy::arithmetic_side_effects,
        clippy::indexing_slicing,
        reason = "loops over constant ranges within arrays of constant length"
    )]
    pub fn new(seed: &[u8; SEED_LENGTH], index: u16, high: u32) -> Self {
        let mut words = [0; ROUNDS];
        for (word, bytes) in words.iter_mut().zip(seed.as_chunks::<4>().0) {
            *word = u32::from_be_bytes(*bytes);
        }
        words[8] = u32::from(index);
        words[9] = high;
        words[11] = 0x8000_0000;
        words[15] = MESSAGE_BITS;
        for t in 16..ROUNDS {
            let terms = [
                (t - 16, words[t - 16]),
                (t - 15, small_sigma_0(words[t - 15])),
                (t - 7, words[t - 7]),
                (t - 2, small_sigma_1(words[t - 2])),
            ];
            words[t] = terms
                .into_iter()
                .filter(|(t, _)| !VARIES[*t])
                .fold(0, |sum, (_, term)| sum.wrapping_add(term));
        }
        let mut state = INITIAL_STATE;
        for t in 0..=LOW_WORD {
            state = round(state, ROUND_CONSTANTS[t].wrapping_add(words[t]));
        }
        let mut fixed = words;
        for t in (0..ROUNDS).filter(|t| !VARIES[*t]) {
            fixed[t] = words[t].wrapping_add(ROUND_CONSTANTS[t]);
        }
        Self { state, fixed }
    }

    /// The first word of the digests of the attempts whose numbers have these low halves.
    #[inline(always)]
    #[must_use]
    pub fn first_word<L: Lanes>(&self, low: L) -> L {
        let mut state = self.state.map(L::splat);
        let [a, _, _, _, e, ..] = &mut state;
        *a = a.add(low);
        *e = e.add(low);
        // The last sixteen words of the schedule, as a ring.
        let mut words = [low; 16];
        macro_rules! rounds {
            ($($t:literal)*) => {
                $( state = round(state, self.round_input::<$t, L>(&mut words)); )*
            };
        }
        rounds! {
            11 12 13 14 15
            16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31
            32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47
            48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63
        }
        let ([a, ..], [initial, ..]) = (state, INITIAL_STATE);
        a.add(L::splat(initial))
    }

    /// What round `T` adds: the word `T` of the schedule, which replaces the word `T - 16` in the ring `words`, and
    /// the round constant.
    #[inline(always)]
    #[expect(
        clippy::arithmetic_side_effects,
        clippy::indexing_slicing,
        reason = "indexes are constants: T is below 64, and at least 17 where the word varies"
    )]
    fn round_input<const T: usize, L: Lanes>(&self, words: &mut [L; 16]) -> L {
        let fixed = L::splat(self.fixed[T]);
        if !VARIES[T] {
            return fixed;
        }
        let mut word = fixed;
        if VARIES[T - 16] {
            word = word.add(words[(T - 16) % 16]);
        }
        if VARIES[T - 15] {
            word = word.add(small_sigma_0(words[(T - 15) % 16]));
        }
        if VARIES[T - 7] {
            word = word.add(words[(T - 7) % 16]);
        }
        if VARIES[T - 2] {
            word = word.add(small_sigma_1(words[(T - 2) % 16]));
        }
        words[T % 16] = word;
        word.add(L::splat(ROUND_CONSTANTS[T]))
    }

    /// Tries the numbers whose low halves begin at `low`, in `groups` groups of as many as `L` has lanes, and says
    /// which group, counted from zero, is the first to hold a digest whose first word is at most `limit`.
    #[must_use]
    pub fn first_group_at_most<L: Lanes>(&self, limit: u32, low: u32, groups: u32) -> Option<u32> {
        (0..groups).find(|group| {
            let low = L::counting_from(low.wrapping_add(group.wrapping_mul(L::COUNT)));
            self.first_word(low).any_at_most(limit)
        })
    }
}

/// One round of the compression function; `input` is the sum of the round's message word and constant.
#[inline(always)]
fn round<L: Lanes>([a, b, c, d, e, f, g, h]: [L; 8], input: L) -> [L; 8] {
    // Constant terms first: in the rounds where `h` does not vary either, their sum need not be computed every time.
    let t1 = h.add(input).add(e.select(f, g)).add(big_sigma_1(e));
    // Where `a` and `b` agree they are the majority, elsewhere `c` is.
    let majority = a.xor(b).select(c, b);
    let t2 = big_sigma_0(a).add(majority);
    [t1.add(t2), a, b, c, d.add(t1), e, f, g]
}

#[inline(always)]
fn big_sigma_0<L: Lanes>(x: L) -> L {
    x.rotate_right::<2>()
        .xor(x.rotate_right::<13>())
        .xor(x.rotate_right::<22>())
}

#[inline(always)]
fn big_sigma_1<L: Lanes>(x: L) -> L {
    x.rotate_right::<6>()
        .xor(x.rotate_right::<11>())
        .xor(x.rotate_right::<25>())
}

#[inline(always)]
fn small_sigma_0<L: Lanes>(x: L) -> L {
    x.rotate_right::<7>()
        .xor(x.rotate_right::<18>())
        .xor(x.shift_right::<3>())
}

#[inline(always)]
fn small_sigma_1<L: Lanes>(x: L) -> L {
    x.rotate_right::<17>()
        .xor(x.rotate_right::<19>())
        .xor(x.shift_right::<10>())
}
