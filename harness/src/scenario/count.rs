//! How many there are to be.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

use super::written::{Written, written_type};

/// A number, or bounds for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Count {
    at_least: Option<i64>,
    at_most: Option<i64>,
}

/// Bounds of a number, both included. At least one of these.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FullCount {
    /// The smallest number that will do.
    at_least: Option<i64>,
    /// The largest number that will do.
    at_most: Option<i64>,
}

impl Count {
    pub(crate) fn holds(self, number: i64) -> bool {
        self.at_least.is_none_or(|least| number >= least) && self.at_most.is_none_or(|most| number <= most)
    }
}

impl Written for Count {
    type Full = FullCount;
    const EXPECTED: &'static str = "a whole number, or a map with at_least, at_most or both";

    fn from_text(text: &str) -> Result<Self, String> {
        let number: i64 = text
            .replace('_', "")
            .parse()
            .map_err(|_| format!("\"{text}\" is no number: expected {}", Self::EXPECTED))?;
        Ok(Self {
            at_least: Some(number),
            at_most: Some(number),
        })
    }

    fn from_full(full: FullCount) -> Result<Self, String> {
        let FullCount { at_least, at_most } = full;
        match (at_least, at_most) {
            (None, None) => Err("at_least or at_most is missing".to_owned()),
            (Some(least), Some(most)) if least > most => {
                Err(format!("no number is at least {least} and at most {most}"))
            }
            _ => Ok(Self { at_least, at_most }),
        }
    }
}

written_type!(Count, FullCount, { "type": "integer" });

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.at_least, self.at_most) {
            (Some(least), Some(most)) if least == most => write!(f, "{least}"),
            (Some(least), Some(most)) => write!(f, "{least} to {most}"),
            (Some(least), None) => write!(f, "at least {least}"),
            (None, Some(most)) => write!(f, "at most {most}"),
            (None, None) => f.write_str("any number"),
        }
    }
}
