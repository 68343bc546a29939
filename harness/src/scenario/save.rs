//! What later steps use of a response.

use super::judge::Judge;
use super::matcher::told;
use super::step::{Save, Step};
use super::text::Saved;
use crate::exchange::{Exchange, Outcome};

/// What the step saves of its last response.
pub(super) fn save(judge: &mut Judge<'_>, step: &Step, last: Option<&Exchange>) -> Saved {
    let mut saved = Saved::new();
    for (name, part) in &step.save {
        let response = last.and_then(|last| match &last.outcome {
            Outcome::Response(response) => Some(response),
            Outcome::Paused(_) | Outcome::Reset => None,
        });
        let Some(response) = response else {
            judge.mismatch(part.place, &format!("save {name}"), &"a response", &"none");
            continue;
        };
        let body = response.body_bytes();
        let source: Vec<&[u8]> = match &part.header {
            Some(header) => response.headers.get_all(header.as_bytes()).collect(),
            None => vec![&body],
        };
        match source.iter().find_map(|value| part.find(value)) {
            Some(value) => {
                saved.insert(name.clone(), value);
            }
            None => judge.mismatch(part.place, &format!("save {name}"), &part.asked(), &told(&source)),
        }
    }
    saved
}

impl Save {
    fn find(&self, value: &[u8]) -> Option<String> {
        if let Some(pointer) = &self.json {
            let json: serde_json::Value = serde_json::from_slice(value).ok()?;
            return json.pointer(pointer).map(|found| match found {
                serde_json::Value::String(text) => text.clone(),
                other => other.to_string(),
            });
        }
        let found = match &self.matches {
            None => value,
            Some(pattern) => {
                let groups = pattern.0.captures(value)?;
                groups.get(1).or_else(|| groups.get(0))?.as_bytes()
            }
        };
        Some(String::from_utf8_lossy(found).into_owned())
    }

    fn asked(&self) -> String {
        let from = self
            .header
            .as_ref()
            .map_or_else(|| "the body".to_owned(), |header| format!("header {header}"));
        match (&self.matches, &self.json) {
            (Some(pattern), _) => format!("{from} matches {pattern}"),
            (None, Some(pointer)) => format!("JSON with {pointer}"),
            (None, None) => from,
        }
    }
}
