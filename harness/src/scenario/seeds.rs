//! From what chance is drawn, when everything is played several times.

use super::written::{Nothing, Written, written_type};

/// Seeds, in the order in which they are played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seeds(pub(crate) Vec<u64>);

/// Most seeds of one scenario.
const MOST: usize = 100_000;

impl Written for Seeds {
    type Full = Nothing;
    const EXPECTED: &'static str = "a range such as 1..=50, or a list of numbers";

    fn from_text(text: &str) -> Result<Self, String> {
        let wrong = || format!("\"{text}\" are no seeds: expected {}", Self::EXPECTED);
        let number = |text: &str| text.trim().parse::<u64>().map_err(|_| wrong());
        let Some((first, last)) = text.split_once("..=") else {
            return Ok(Self(vec![number(text)?]));
        };
        let (first, last) = (number(first)?, number(last)?);
        if first > last {
            return Err(format!(
                "there is no seed in {text}: the first is larger than the last"
            ));
        }
        if last - first >= MOST as u64 {
            return Err(format!("{text} are too many seeds: at most {MOST}"));
        }
        Ok(Self((first..=last).collect()))
    }

    fn from_list(list: Vec<String>) -> Result<Self, String> {
        if list.is_empty() {
            return Err("there is no seed in the list".to_owned());
        }
        let seeds: Result<_, _> = list
            .iter()
            .map(|text| {
                text.parse()
                    .map_err(|_| format!("\"{text}\" is no seed: it must be a whole number from 0"))
            })
            .collect();
        seeds.map(Self)
    }

    fn from_full(_: Nothing) -> Result<Self, String> {
        Err(format!("a map does not belong here: expected {}", Self::EXPECTED))
    }
}

written_type!(
    Seeds;
    { "type": "string", "pattern": "^[0-9]+\\.\\.=[0-9]+$", "examples": ["1..=50"] },
    { "type": "integer", "minimum": 0 },
    { "type": "array", "items": { "type": "integer", "minimum": 0 } }
);
