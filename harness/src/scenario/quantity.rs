//! Durations and sizes with their units, and how they are shown.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::written::spelled_type;

/// A duration such as `20ms`, `1.5s` or `1h30m`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Time(pub(crate) Duration);

/// Units in nanoseconds, longest first.
const TIME_UNITS: [(&str, u64); 7] = [
    ("d", 86_400_000_000_000),
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
];

impl FromStr for Time {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "\"{text}\" is no duration: it is a number with d, h, m, s, ms, us or ns, such as 20ms, 1.5s or 1h30m"
            )
        };
        let mut rest = text.trim();
        let mut total = 0_f64;
        if rest.is_empty() {
            return Err(wrong());
        }
        while !rest.is_empty() {
            let (number, unit, after) = leading_quantity(rest).ok_or_else(wrong)?;
            let (_, nanoseconds) = TIME_UNITS
                .iter()
                .find(|(name, _)| *name == unit)
                .ok_or_else(wrong)?;
            #[allow(clippy::cast_precision_loss, reason = "the units are far below 2^53")]
            {
                total += number * *nanoseconds as f64;
            }
            rest = after;
        }
        if total > 3.0e18 {
            return Err(format!("\"{text}\" is too long: at most 30000d"));
        }
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "within 0..=3e18, as was just checked"
        )]
        Ok(Self(Duration::from_nanos(total.round() as u64)))
    }
}

spelled_type!(Time, "20ms");

/// Number, unit, and what follows.
fn leading_quantity(text: &str) -> Option<(f64, &str, &str)> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '_')?;
    let (number, rest) = text.split_at(digits);
    let letters = rest
        .find(|c: char| !c.is_ascii_alphabetic())
        .unwrap_or(rest.len());
    let (unit, after) = rest.split_at(letters);
    Some((number.replace('_', "").parse().ok()?, unit, after))
}

/// A duration in the largest units that leave nothing over: `20ms`, `1h30m`.
pub(crate) struct ShownTime(pub(crate) Duration);

impl fmt::Display for ShownTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut left = self.0.as_nanos();
        if left == 0 {
            return f.write_str("0s");
        }
        for (unit, nanoseconds) in TIME_UNITS {
            let count = left / u128::from(nanoseconds);
            if count > 0 {
                write!(f, "{count}{unit}")?;
                left %= u128::from(nanoseconds);
            }
        }
        Ok(())
    }
}

/// A number of bytes such as `512`, `64KiB` or `1MiB`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Size(pub(crate) u64);

const SIZE_UNITS: [(&str, u64); 8] = [
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("kB", 1_000),
    ("KB", 1_000),
    ("B", 1),
];

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "\"{text}\" is no size: it is a number of bytes, or one with KiB, MiB, GiB, kB, MB or GB, such as 64KiB"
            )
        };
        let text_ = text.trim();
        let digits = text_
            .find(|c: char| !c.is_ascii_digit() && c != '_')
            .unwrap_or(text_.len());
        let (number, unit) = text_.split_at(digits);
        let number: u64 = number.replace('_', "").parse().map_err(|_| wrong())?;
        let factor = match unit.trim() {
            "" => 1,
            unit => {
                SIZE_UNITS
                    .iter()
                    .find(|(name, _)| *name == unit)
                    .ok_or_else(wrong)?
                    .1
            }
        };
        number.checked_mul(factor).map(Self).ok_or_else(wrong)
    }
}

spelled_type!(Size, "64KiB");

/// Bytes in the largest binary unit that leaves nothing over: `64KiB`, `1000B`.
pub(crate) struct ShownSize(pub(crate) u64);

impl fmt::Display for ShownSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, factor) = SIZE_UNITS[..3]
            .iter()
            .find(|(_, factor)| self.0 > 0 && self.0.is_multiple_of(*factor))
            .unwrap_or(&("B", 1));
        write!(f, "{}{unit}", self.0 / factor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_with_their_units() {
        for (text, milliseconds) in [
            ("20ms", 20),
            ("1.5s", 1500),
            ("1h30m", 5_400_000),
            ("0s", 0),
            ("2d", 172_800_000),
        ] {
            assert_eq!(
                text.parse(),
                Ok(Time(Duration::from_millis(milliseconds))),
                "{text}"
            );
        }
    }

    #[test]
    fn a_duration_without_a_unit_is_refused() {
        for text in ["5", "", "ms", "1x", "1h30"] {
            let problem = text.parse::<Time>().expect_err(text);
            assert!(problem.contains("such as 20ms"), "{problem}");
        }
    }

    #[test]
    fn durations_are_shown_as_they_are_read() {
        for text in ["20ms", "1s500ms", "1h30m", "0s", "1d1ns"] {
            let Time(time) = text.parse().expect("a duration");
            assert_eq!(ShownTime(time).to_string(), text);
        }
    }

    #[test]
    fn sizes_are_read_with_their_units() {
        for (text, bytes) in [
            ("512", 512),
            ("64KiB", 65_536),
            ("1 MiB", 1 << 20),
            ("10kB", 10_000),
            ("1_000", 1000),
        ] {
            assert_eq!(text.parse(), Ok(Size(bytes)), "{text}");
        }
        assert!("64K".parse::<Size>().is_err());
        assert!("99999999999GiB".parse::<Size>().is_err());
        assert_eq!(ShownSize(65_536).to_string(), "64KiB");
        assert_eq!(ShownSize(1000).to_string(), "1000B");
        assert_eq!(ShownSize(0).to_string(), "0B");
    }
}
