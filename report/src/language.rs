//! The languages of a report, and how each writes numbers.

use crate::Text;

/// A language that reports are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Vietnamese.
    Vi,
    /// English.
    En,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Vi, Self::En];

    /// Its tag of BCP 47, as in the HTML attribute `lang`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Vi => "vi",
            Self::En => "en",
        }
    }

    /// A whole number, its digits in groups of three.
    #[must_use]
    pub fn number(self, number: u64) -> String {
        self.group(&number.to_string())
    }

    /// A number with at most so many decimals; those that say nothing are left out. What is not finite is a dash.
    #[must_use]
    pub fn decimal(self, number: f64, decimals: usize) -> String {
        if !number.is_finite() {
            return "–".to_owned();
        }
        let digits = format!("{:.decimals$}", number.abs());
        let (whole, part) = digits.split_once('.').unwrap_or((&digits, ""));
        let part = part.trim_end_matches('0');
        let mut text = self.group(whole);
        if !part.is_empty() {
            text.push(self.decimal_mark());
            text.push_str(part);
        }
        if number < 0.0 && text.contains(|digit: char| matches!(digit, '1'..='9')) {
            text.insert(0, '-');
        }
        text
    }

    /// A part of a whole in per cent, rounded down so that nothing short of all reads as 100%. `None` of nothing.
    #[must_use]
    pub fn share(self, part: u64, whole: u64) -> Option<String> {
        let per_mille = u128::from(part) * 1000 / u128::from((whole > 0).then_some(whole)?);
        Some(format!("{}%", self.decimal(per_mille as f64 / 10.0, 1)))
    }

    /// A number beside an axis: short from a million on.
    #[must_use]
    pub fn tick(self, number: f64) -> String {
        if number >= 1e6 {
            let unit = match self {
                Self::Vi => "\u{a0}tr",
                Self::En => "M",
            };
            return format!("{}{unit}", self.decimal(number / 1e6, 1));
        }
        self.decimal(number, 2)
    }

    /// A measured time in seconds.
    #[must_use]
    pub fn seconds(self, seconds: f64) -> String {
        let decimals = if seconds < 10.0 { 1 } else { 0 };
        format!("{}\u{a0}{}", self.decimal(seconds, decimals), self.second())
    }

    /// A length of time in hours, minutes and seconds.
    #[must_use]
    pub fn duration(self, seconds: f64) -> String {
        let (s, min, h) = self.units();
        if seconds < 60.0 {
            return self.seconds(seconds);
        }
        let whole = seconds.round() as u64;
        [(whole / 3600, h), (whole / 60 % 60, min), (whole % 60, s)]
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, unit)| format!("{}\u{a0}{unit}", self.number(count)))
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// A size in the largest unit that leaves something before the decimal mark.
    #[must_use]
    pub fn bytes(self, bytes: u64) -> String {
        const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
        let mut size = bytes as f64;
        let mut unit = "B";
        for larger in UNITS {
            if size < 1024.0 {
                break;
            }
            size /= 1024.0;
            unit = larger;
        }
        format!(
            "{}\u{a0}{unit}",
            self.decimal(size, if size < 10.0 { 1 } else { 0 })
        )
    }

    /// The unit of measured times.
    pub(crate) const fn second(self) -> &'static str {
        self.units().0
    }

    /// Second, minute and hour.
    const fn units(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Vi => ("giây", "phút", "giờ"),
            Self::En => ("s", "min", "h"),
        }
    }

    const fn decimal_mark(self) -> char {
        match self {
            Self::Vi => ',',
            Self::En => '.',
        }
    }

    fn group(self, digits: &str) -> String {
        let mark = match self {
            Self::Vi => '.',
            Self::En => ',',
        };
        let mut text = String::new();
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                text.push(mark);
            }
            text.push(digit);
        }
        text
    }
}

impl Text {
    /// What it says in a language.
    #[must_use]
    pub fn of(&self, language: Language) -> &str {
        match language {
            Language::Vi => &self.vi,
            Language::En => &self.en,
        }
    }

    /// The same thing said in every language.
    pub(crate) fn each(say: impl Fn(Language) -> String) -> Self {
        Self {
            en: say(Language::En),
            vi: say(Language::Vi),
        }
    }
}
