//! What a text is to be: a header's values, a body, lines of a log.

use std::fmt;
use std::str::FromStr;

use regex::bytes::Regex;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::payload::{from_hex, to_hex};
use super::shown::shown;
use super::text::{Saved, Text};
use super::written::{OneOrMany, Written, spelled_type, written_type};

/// Judges a list of values: those of a header, the lines of a log, or a body as the only one, none if it is empty.
#[derive(Clone, Debug)]
pub(crate) enum Matcher {
    /// There is no value.
    Absent,
    /// There is some value.
    Present,
    /// These are all values, in this order.
    All(Vec<Text>),
    /// All that is asked for is found.
    Found(Box<FullMatcher>),
}

/// What values are to be like. All of these have to hold.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct FullMatcher {
    /// The only value is this text.
    equals: Option<Text>,
    /// Some value contains this text, or each of these texts.
    contains: Option<OneOrMany<Text>>,
    /// No value contains this text, or any of these texts.
    excludes: Option<OneOrMany<Text>>,
    /// Some value matches this regular expression, or each of these; `^` and `$` anchor it.
    matches: Option<OneOrMany<Pattern>>,
    /// The only value is this JSON. Of objects, only the fields that are written here count.
    json: Option<Value>,
    /// The only value is these bytes, in hexadecimal digits.
    hex: Option<String>,
    #[serde(skip)]
    bytes: Option<Vec<u8>>,
}

/// A regular expression.
#[derive(Clone, Debug)]
pub(crate) struct Pattern(pub(crate) Regex);

impl FromStr for Pattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Regex::new(text).map(Self).map_err(|error| {
            let reason = error.to_string();
            let reason = reason.lines().last().unwrap_or_default();
            format!(
                "\"{text}\" is no regular expression: {}",
                reason.trim_start_matches("error: ")
            )
        })
    }
}

spelled_type!(Pattern, "^[0-9]+$");

impl Written for Matcher {
    type Full = FullMatcher;
    const EXPECTED: &'static str = "a text, absent, present, a list of texts, or a map with equals, contains, excludes, \
                                    matches, json or hex";

    fn from_text(text: &str) -> Result<Self, String> {
        match text {
            "absent" => Ok(Self::Absent),
            "present" => Ok(Self::Present),
            text => Ok(Self::All(vec![text.parse()?])),
        }
    }

    fn from_list(list: Vec<String>) -> Result<Self, String> {
        let texts: Result<_, _> = list.iter().map(|text| text.parse()).collect();
        texts.map(Self::All)
    }

    fn from_full(mut full: FullMatcher) -> Result<Self, String> {
        full.bytes = full.hex.as_deref().map(from_hex).transpose()?;
        if matches!(
            full,
            FullMatcher {
                equals: None,
                contains: None,
                excludes: None,
                matches: None,
                json: None,
                hex: None,
                ..
            }
        ) {
            return Err(format!("nothing is asked for: expected {}", Self::EXPECTED));
        }
        Ok(Self::Found(Box::new(full)))
    }
}

written_type!(
    Matcher,
    FullMatcher,
    { "type": ["string", "number", "boolean"] },
    { "type": "array", "items": { "type": ["string", "number", "boolean"] } }
);

impl Matcher {
    /// Whether the values are as they are to be.
    pub(crate) fn holds(&self, values: &[&[u8]], saved: &Saved) -> bool {
        match self {
            Self::Absent => values.is_empty(),
            Self::Present => !values.is_empty(),
            Self::All(texts) => all_are(texts, values, saved),
            Self::Found(full) => full.holds(values, saved),
        }
    }

    /// What was asked for, in words.
    pub(crate) fn asked(&self, saved: &Saved) -> String {
        match self {
            Self::Absent => "absent".to_owned(),
            Self::Present => "present".to_owned(),
            Self::All(texts) => list(texts.iter().map(|text| shown(text.fill(saved).as_bytes()))),
            Self::Found(full) => full.asked(saved),
        }
    }

    /// What is there, in words, in the way in which it was asked for.
    pub(crate) fn answered(&self, values: &[&[u8]]) -> String {
        match self {
            Self::Found(full) if full.bytes.is_some() => {
                list(values.iter().map(|value| format!("bytes {}", to_hex(value))))
            }
            _ => told(values),
        }
    }

    /// The names that it wants to be saved.
    pub(crate) fn names(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        match self {
            Self::Absent | Self::Present => Box::new(std::iter::empty()),
            Self::All(texts) => Box::new(texts.iter().flat_map(Text::names)),
            Self::Found(full) => {
                let lists = [&full.contains, &full.excludes].into_iter().flatten();
                let texts = full.equals.iter().chain(lists.flat_map(|list| &list.0));
                Box::new(texts.flat_map(Text::names))
            }
        }
    }
}

fn all_are(texts: &[Text], values: &[&[u8]], saved: &Saved) -> bool {
    // An empty body is no value.
    let same = texts.len() == values.len()
        && texts
            .iter()
            .zip(values)
            .all(|(text, value)| text.fill(saved).as_bytes() == *value);
    same || values.is_empty() && matches!(texts, [text] if text.fill(saved).is_empty())
}

impl FullMatcher {
    fn holds(&self, values: &[&[u8]], saved: &Saved) -> bool {
        let contained = |text: &Text| {
            let text = text.fill(saved);
            values.iter().any(|value| contains(value, text.as_bytes()))
        };
        self.equals.as_ref().is_none_or(|text| all_are(std::slice::from_ref(text), values, saved))
            && self.contains.iter().flat_map(|list| &list.0).all(contained)
            && !self.excludes.iter().flat_map(|list| &list.0).any(contained)
            && self.matches.iter().flat_map(|list| &list.0).all(|Pattern(pattern)| values.iter().any(|value| pattern.is_match(value)))
            && self.json.as_ref().is_none_or(|json| {
                matches!(values, [value] if serde_json::from_slice(value).is_ok_and(|actual| is_part(json, &actual)))
            })
            && self.bytes.as_ref().is_none_or(|bytes| values == [bytes.as_slice()])
    }

    fn asked(&self, saved: &Saved) -> String {
        let texts = |word: &'static str, texts: &Option<OneOrMany<Text>>| {
            let texts: Vec<String> = texts
                .iter()
                .flat_map(|list| &list.0)
                .map(|text| format!("{word} {}", shown(text.fill(saved).as_bytes())))
                .collect();
            texts
        };
        let mut all = Vec::new();
        all.extend(
            self.equals
                .as_ref()
                .map(|text| shown(text.fill(saved).as_bytes())),
        );
        all.extend(texts("contains", &self.contains));
        all.extend(texts("excludes", &self.excludes));
        let patterns = self.matches.iter().flat_map(|list| &list.0);
        all.extend(patterns.map(|Pattern(pattern)| format!("matches {pattern}")));
        all.extend(self.json.as_ref().map(|json| format!("JSON with {json}")));
        all.extend(
            self.bytes
                .as_ref()
                .map(|bytes| format!("bytes {}", to_hex(bytes))),
        );
        all.join(", ")
    }
}

/// Whether all that the expected JSON has is in the actual one.
fn is_part(expected: &Value, actual: &Value) -> bool {
    match (expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => expected
            .iter()
            .all(|(key, value)| actual.get(key).is_some_and(|actual| is_part(value, actual))),
        (Value::Array(expected), Value::Array(actual)) => {
            expected.len() == actual.len()
                && expected
                    .iter()
                    .zip(actual)
                    .all(|(expected, actual)| is_part(expected, actual))
        }
        _ => expected == actual,
    }
}

pub(crate) fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    needle.is_empty() || haystack.windows(needle.len()).any(|window| window == needle)
}

/// Values in words: `absent`, one, or several.
pub(crate) fn told(values: &[&[u8]]) -> String {
    list(values.iter().map(|value| shown(value)))
}

fn list(values: impl ExactSizeIterator<Item = String>) -> String {
    match values.len() {
        0 => "absent".to_owned(),
        _ => values.collect::<Vec<_>>().join("\n"),
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(yaml: &str, values: &[&str]) -> bool {
        let matcher: Matcher = serde_saphyr::from_str(yaml).expect("a matcher");
        let values: Vec<&[u8]> = values.iter().map(|value| value.as_bytes()).collect();
        matcher.holds(&values, &Saved::new())
    }

    #[test]
    fn a_text_is_the_only_value() {
        assert!(holds("yes and no", &["yes and no"]));
        assert!(!holds("yes", &["yes", "yes"]));
        assert!(holds("[a=1, b=2]", &["a=1", "b=2"]));
        assert!(!holds("[a=1, b=2]", &["b=2", "a=1"]));
        assert!(holds("12", &["12"]));
        assert!(holds("\"\"", &[]), "an empty body has no value");
    }

    #[test]
    fn absence_and_presence_have_words() {
        assert!(holds("absent", &[]) && !holds("absent", &["absent"]));
        assert!(holds("present", &[""]) && !holds("present", &[]));
        assert!(holds("equals: absent", &["absent"]));
    }

    #[test]
    fn all_that_is_asked_for_has_to_be_found() {
        assert!(holds("{ contains: [a, b] }", &["xa", "by"]));
        assert!(!holds("{ contains: [a, b] }", &["xa"]));
        assert!(!holds("{ contains: a, excludes: b }", &["ab"]));
        assert!(holds("{ matches: '^[0-9]+$' }", &["x", "12"]));
        assert!(holds("{ hex: '00 41' }", &["\0A"]) && !holds("{ hex: '00' }", &[]));
    }

    #[test]
    fn of_json_only_what_is_written_counts() {
        assert!(holds("{ json: { a: 1 } }", &[r#"{"a": 1, "b": 2}"#]));
        assert!(!holds("{ json: { a: 1 } }", &[r#"{"a": "1"}"#]));
        assert!(holds("{ json: [{ a: 1 }] }", &[r#"[{"a": 1, "b": 2}]"#]));
        assert!(!holds("{ json: [1] }", &["[1, 2]"]));
        assert!(!holds("{ json: {} }", &["no JSON"]));
    }
}
