//! Words of SHA-256, one or several side by side.

/// A vector of 32-bit words, each of which belongs to an attempt of its own.
///
/// The operations are those that SHA-256 is made of; all arithmetic is modulo 2^32 and lane by lane.
pub trait Lanes: Copy {
    /// How many words stand side by side.
    const COUNT: u32;

    /// `word` in every lane.
    fn splat(word: u32) -> Self;

    /// `first`, `first + 1`, and so on, one in each lane.
    fn counting_from(first: u32) -> Self;

    /// The sum.
    #[must_use]
    fn add(self, other: Self) -> Self;

    /// Exclusive or.
    #[must_use]
    fn xor(self, other: Self) -> Self;

    /// For each bit of `self`: that of `ones` where it is set, that of `zeros` where it is not.
    #[must_use]
    fn select(self, ones: Self, zeros: Self) -> Self;

    /// Shifted right by `N` bits, 0 < `N` < 32.
    #[must_use]
    fn shift_right<const N: u32>(self) -> Self;

    /// Rotated right by `N` bits, 0 < `N` < 32.
    #[must_use]
    fn rotate_right<const N: u32>(self) -> Self;

    /// Whether any lane, as an unsigned number, is at most `limit`.
    fn any_at_most(self, limit: u32) -> bool;
}

/// One attempt at a time.
impl Lanes for u32 {
    const COUNT: u32 = 1;

    #[inline(always)]
    fn splat(word: u32) -> Self {
        word
    }

    #[inline(always)]
    fn counting_from(first: u32) -> Self {
        first
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self.wrapping_add(other)
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        self ^ other
    }

    #[inline(always)]
    fn select(self, ones: Self, zeros: Self) -> Self {
        zeros ^ (self & (ones ^ zeros))
    }

    #[inline(always)]
    fn shift_right<const N: u32>(self) -> Self {
        self.wrapping_shr(N)
    }

    #[inline(always)]
    fn rotate_right<const N: u32>(self) -> Self {
        u32::rotate_right(self, N)
    }

    #[inline(always)]
    fn any_at_most(self, limit: u32) -> bool {
        self <= limit
    }
}
