//! Reading JSON strictly, and telling everything that is wrong with it at once.

use serde::de::{DeserializeOwned, DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_path_to_error::Segment;
use std::fmt;

/// Something that is wrong with a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where, as in `rules[2].match.path`; empty for the configuration as a whole.
    pub path: String,
    /// What is wrong, and what would be right.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.path, self.message)
        }
    }
}

/// Collects problems. Of several at one place, the first counts: the others would follow from it.
#[derive(Debug, Default)]
pub(super) struct Problems(Vec<Problem>);

impl Problems {
    pub(super) fn add(&mut self, path: impl Into<String>, message: impl Into<String>) {
        let path = path.into();
        if !self.0.iter().any(|known| known.path == path) {
            self.0.push(Problem {
                path,
                message: message.into(),
            });
        }
    }

    /// Whether something inside of `path` is wrong.
    pub(super) fn any_below(&self, path: &str) -> bool {
        self.0.iter().any(|known| {
            known
                .path
                .strip_prefix(path)
                .is_some_and(|rest| rest.starts_with(['.', '[']))
        })
    }

    /// Whether `path` or something inside of it is wrong.
    pub(super) fn any_at_or_below(&self, path: &str) -> bool {
        self.0.iter().any(|known| known.path == path) || self.any_below(path)
    }

    pub(super) fn into_result<T>(self, value: Option<T>) -> Result<T, Vec<Problem>> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(self.0),
        }
    }
}

/// The JSON value in `text`. Keys that are repeated in one object are problems; of such, the last is in the value.
pub(super) fn parse(text: &[u8], problems: &mut Problems) -> Option<Value> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let repeated = RepeatedKeys {
        path: String::new(),
        problems,
    };
    if let Err(error) = repeated
        .deserialize(&mut deserializer)
        .and_then(|()| deserializer.end())
    {
        problems.add("", format!("not JSON: {error}"));
        return None;
    }
    serde_json::from_slice(text).ok()
}

/// Reads a `T` out of `value`, which stands at `base`. Every part that does not fit is told and then struck out, as if
/// it had not been written, so that the rest is still read and its problems are told too.
pub(super) fn read<T: DeserializeOwned + Default>(
    mut value: Value,
    base: &str,
    problems: &mut Problems,
) -> T {
    loop {
        let error = match serde_path_to_error::deserialize::<_, T>(&value) {
            Ok(read) => return read,
            Err(error) => error,
        };
        let segments: Vec<Segment> = error.path().iter().cloned().collect();
        let path = join(base, &segments);
        // What is missing because it was just struck out has been told already.
        if !problems.any_below(&path) {
            problems.add(path, error.inner().to_string());
        }
        if !strike_out(&mut value, &segments) {
            return T::default();
        }
    }
}

/// Where `segments` lead from `base`.
fn join(base: &str, segments: &[Segment]) -> String {
    segments
        .iter()
        .fold(base.to_owned(), |path, segment| match segment {
            Segment::Seq { index } => format!("{path}[{index}]"),
            Segment::Map { key: name } | Segment::Enum { variant: name } if path.is_empty() => name.clone(),
            Segment::Map { key: name } | Segment::Enum { variant: name } => format!("{path}.{name}"),
            Segment::Unknown => path,
        })
}

/// Removes what `segments` lead to, or the nearest thing around it that can be removed. False when that is everything.
fn strike_out(value: &mut Value, segments: &[Segment]) -> bool {
    let Some((first, rest)) = segments.split_first() else {
        return false;
    };
    match (value, first) {
        (Value::Object(object), Segment::Map { key: name } | Segment::Enum { variant: name }) => {
            object.get_mut(name).is_some_and(|inner| strike_out(inner, rest)) || object.remove(name).is_some()
        }
        // An element is never removed: those behind it would be told under a wrong index.
        (Value::Array(array), Segment::Seq { index }) => {
            array.get_mut(*index).is_some_and(|inner| strike_out(inner, rest))
        }
        _ => false,
    }
}

/// Walks through a JSON document and tells every key that an object has more than once.
struct RepeatedKeys<'p> {
    path: String,
    problems: &'p mut Problems,
}

impl<'de> DeserializeSeed<'de> for RepeatedKeys<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for RepeatedKeys<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        for index in 0_usize.. {
            let element = RepeatedKeys {
                path: format!("{}[{index}]", self.path),
                problems: self.problems,
            };
            if elements.next_element_seed(element)?.is_none() {
                break;
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let mut seen = std::collections::BTreeSet::new();
        while let Some(key) = entries.next_key::<String>()? {
            let path = if self.path.is_empty() {
                key.clone()
            } else {
                format!("{}.{key}", self.path)
            };
            entries.next_value_seed(RepeatedKeys {
                path: path.clone(),
                problems: self.problems,
            })?;
            if !seen.insert(key) {
                self.problems.add(path, "the key is repeated; write it once");
            }
        }
        Ok(())
    }
}
