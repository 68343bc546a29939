//! Which language a visitor is spoken to in.

use crate::scan;
use serde::{Deserialize, Serialize};

/// A language that the pages are written in. In configurations it is named by its [code](Language::code).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Vietnamese.
    Vi,
    /// English.
    En,
}

/// How many language ranges of a header are read. Browsers send fewer than ten; what comes after these is ignored.
const MAX_RANGES: usize = 32;

/// A weight in thousandths; RFC 9110 §12.4.2 allows three decimals.
type Weight = u16;

/// There is no heavier one.
const HEAVIEST: Weight = 1_000;

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

    /// The language of ours that a client likes best, by the value of its `Accept-Language` (RFC 9110 §12.5.4).
    ///
    /// Regions count as their language (`en-GB` is English). Of two languages with the same weight the one that is
    /// named first wins. `default` is the answer where the header names none of ours, and where it allows any with
    /// `*`. Whatever is not well-formed is skipped: the header is the client's and may hold anything.
    #[must_use]
    pub fn negotiate(accept_language: &[u8], default: Self) -> Self {
        let mut best: Option<(Self, Weight)> = None;
        let mut refused = [None; Self::ALL.len()];
        let mut any = false;
        for range in scan::split(accept_language, b',').take(MAX_RANGES) {
            let Some((tag, weight)) = parse_range(range) else {
                continue;
            };
            any |= tag == b"*" && weight > 0;
            for (language, refused) in Self::ALL.into_iter().zip(&mut refused) {
                if !language.is_named_by(tag) {
                    continue;
                }
                // Refused where all that names it does.
                *refused = Some(weight == 0 && refused.unwrap_or(true));
                if weight == HEAVIEST {
                    // What comes behind can at most equal it. So it is with nearly all browsers.
                    return language;
                }
                if weight > 0 && best.is_none_or(|(_, so_far)| weight > so_far) {
                    best = Some((language, weight));
                }
            }
        }
        let refuses = |language: Self| {
            let mut of_each = Self::ALL.into_iter().zip(refused);
            of_each.any(|(its, refused)| its == language && refused == Some(true))
        };
        match best {
            Some((language, _)) => language,
            None if any && refuses(default) => {
                let mut all = Self::ALL.into_iter();
                all.find(|language| !refuses(*language)).unwrap_or(default)
            }
            None => default,
        }
    }

    fn is_named_by(self, tag: &[u8]) -> bool {
        let code = self.code().as_bytes();
        tag.split_at_checked(code.len()).is_some_and(|(primary, rest)| {
            primary.eq_ignore_ascii_case(code) && matches!(rest, [] | [b'-', ..])
        })
    }
}

/// A tag and its weight, of `tag [; q=weight]`.
fn parse_range(range: &[u8]) -> Option<(&[u8], Weight)> {
    let (tag, weight) = match range.iter().position(|byte| *byte == b';') {
        None => (range, HEAVIEST),
        Some(at) => {
            let (tag, parameter) = range.split_at_checked(at)?;
            (tag, parse_weight(parameter.get(1..)?.trim_ascii())?)
        }
    };
    let tag = tag.trim_ascii();
    (!tag.is_empty()).then_some((tag, weight))
}

/// The weight of `q=0.8`, by the grammar of RFC 9110 §12.4.2.
fn parse_weight(parameter: &[u8]) -> Option<Weight> {
    let value = parameter
        .strip_prefix(b"q=")
        .or_else(|| parameter.strip_prefix(b"Q="))?;
    let (whole, decimals) = match value {
        [whole] | [whole, b'.'] => (*whole, [b'0'; 3]),
        [whole, b'.', a] => (*whole, [*a, b'0', b'0']),
        [whole, b'.', a, b] => (*whole, [*a, *b, b'0']),
        [whole, b'.', a, b, c] => (*whole, [*a, *b, *c]),
        _ => return None,
    };
    let mut thousandths: Weight = match whole {
        b'0' => 0,
        b'1' => 1,
        _ => return None,
    };
    for digit in decimals {
        let digit = char::from(digit).to_digit(10)?;
        thousandths = thousandths
            .checked_mul(10)?
            .checked_add(Weight::try_from(digit).ok()?)?;
    }
    (thousandths <= HEAVIEST).then_some(thousandths)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_heaviest_language_wins_and_of_equals_the_first() {
        use Language::{En, Vi};
        for (header, expected) in [
            ("vi-VN,vi;q=0.9,en;q=0.8", Vi),
            ("en-GB,en-US;q=0.9,en;q=0.8,vi;q=0.7", En),
            ("en;q=0.5,vi;q=0.5", En),
            ("vi;q=0.5, en ; q=0.501", En),
            ("fr, de;q=0.9, EN;q=0.1", En),
            ("en;q=0, vi;q=0.001", Vi),
            ("en;q=1.000,vi;q=0.999", En),
            ("en-US;q=0.2, vi;q=0.3, en;q=0.4", En),
        ] {
            for default in Language::ALL {
                assert_eq!(
                    Language::negotiate(header.as_bytes(), default),
                    expected,
                    "{header}"
                );
            }
        }
    }

    #[test]
    fn the_default_answers_where_the_header_names_none_of_ours() {
        for header in [
            "",
            "*",
            "fr",
            "zh-Hant, *;q=0.5",
            ",,;q=1",
            "english",
            "en;q=2",
            "en;q=0.1234",
            "en;x=1",
        ] {
            for default in Language::ALL {
                assert_eq!(
                    Language::negotiate(header.as_bytes(), default),
                    default,
                    "{header}"
                );
            }
        }
    }

    #[test]
    fn a_default_that_the_client_refuses_gives_way_to_another_that_it_allows() {
        assert_eq!(Language::negotiate(b"vi;q=0, *", Language::Vi), Language::En);
        assert_eq!(
            Language::negotiate(b"en;q=0, *;q=0.1", Language::En),
            Language::Vi
        );
        assert_eq!(Language::negotiate(b"en;q=0", Language::En), Language::En);
    }

    #[test]
    fn a_language_is_configured_by_its_code() {
        for language in Language::ALL {
            let json = format!("\"{}\"", language.code());
            assert_eq!(serde_json::from_str::<Language>(&json).unwrap(), language);
        }
    }

    #[test]
    fn only_the_beginning_of_an_endless_header_is_read() {
        let header = ["fr"; MAX_RANGES].join(",") + ",en";
        assert_eq!(Language::negotiate(header.as_bytes(), Language::Vi), Language::Vi);
    }

    proptest! {
        #[test]
        fn any_bytes_give_a_language(header: Vec<u8>) {
            prop_assert!(Language::ALL.contains(&Language::negotiate(&header, Language::Vi)));
        }

        #[test]
        fn anything_made_of_the_header_s_own_characters_gives_a_language(header in "[vienVIEN*;=q0-9., \t-]{0,80}") {
            prop_assert!(Language::ALL.contains(&Language::negotiate(header.as_bytes(), Language::En)));
        }
    }
}
