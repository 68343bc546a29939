//! Money, in whole dong.

use std::fmt;

/// An amount of Vietnamese dong, the currency's smallest unit; at most [`Dong::MAX`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dong(u64);

impl Dong {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// The largest amount that a VietQR code can carry: thirteen digits (EMVCo merchant-presented QR, data object 54).
    pub const MAX: Self = Self(9_999_999_999_999);

    /// This many dong; `None` when it is more than [`Dong::MAX`].
    #[must_use]
    pub fn new(amount: u64) -> Option<Self> {
        (amount <= Self::MAX.0).then_some(Self(amount))
    }

    /// The amount.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }

    /// What is left of it after `other` has been taken away, nothing when that is more.
    #[must_use]
    pub fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

/// With points between the thousands, as it is written in Vietnam: `50.000`.
impl fmt::Display for Dong {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                formatter.write_str(".")?;
            }
            write!(formatter, "{digit}")?;
        }
        Ok(())
    }
}
