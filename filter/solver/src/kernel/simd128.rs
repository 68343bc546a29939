//! Four attempts at a time in WebAssembly's 128-bit vectors.

use super::Lanes;
use core::arch::wasm32::{
    u32x4, u32x4_add, u32x4_le, u32x4_shl, u32x4_shr, u32x4_splat, v128, v128_any_true, v128_bitselect,
    v128_or, v128_xor,
};

impl Lanes for v128 {
    const COUNT: u32 = 4;

    #[inline(always)]
    fn splat(word: u32) -> Self {
        u32x4_splat(word)
    }

    #[inline(always)]
    fn counting_from(first: u32) -> Self {
        u32x4_add(u32x4_splat(first), u32x4(0, 1, 2, 3))
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        u32x4_add(self, other)
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        v128_xor(self, other)
    }

    #[inline(always)]
    fn select(self, ones: Self, zeros: Self) -> Self {
        v128_bitselect(ones, zeros, self)
    }

    #[inline(always)]
    fn shift_right<const N: u32>(self) -> Self {
        u32x4_shr(self, N)
    }

    #[inline(always)]
    fn rotate_right<const N: u32>(self) -> Self {
        v128_or(u32x4_shr(self, N), u32x4_shl(self, 32_u32.wrapping_sub(N)))
    }

    #[inline(always)]
    fn any_at_most(self, limit: u32) -> bool {
        v128_any_true(u32x4_le(self, u32x4_splat(limit)))
    }
}
