//! JSON as a tree that keeps all that is written, keys that are repeated included.

use super::problem::Problems;
use core::fmt;
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};

/// A JSON value. No other numbers are ever asked for than whole ones that are not negative.
pub(super) enum Value {
    Null,
    Flag(bool),
    Number(u64),
    OtherNumber,
    Text(String),
    List(Vec<Self>),
    Object(Entries),
}

/// What stands in an object, as it is written.
pub(super) type Entries = Vec<(String, Value)>;

impl Value {
    /// The value in `text`. Keys that an object has more than once are problems.
    pub(super) fn parse(text: &[u8], problems: &mut Problems) -> Option<Self> {
        match serde_json::from_slice::<Self>(text) {
            Ok(value) => {
                value.tell_repeated_keys("", problems);
                Some(value)
            }
            Err(error) => {
                problems.add("", format_args!("not JSON: {error}"));
                None
            }
        }
    }

    fn tell_repeated_keys(&self, path: &str, problems: &mut Problems) {
        match self {
            Self::List(values) => {
                for (index, value) in values.iter().enumerate() {
                    value.tell_repeated_keys(&format!("{path}[{index}]"), problems);
                }
            }
            Self::Object(entries) => {
                let mut seen: Vec<&str> = Vec::new();
                for (key, value) in entries {
                    let path = below(path, key);
                    value.tell_repeated_keys(&path, problems);
                    match seen.binary_search(&key.as_str()) {
                        Ok(_) => problems.add(path, "the key is repeated; write it once"),
                        Err(place) => seen.insert(place, key),
                    }
                }
            }
            _ => {}
        }
    }
}

/// Where `key` of the object at `path` is.
pub(super) fn below(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Flag(flag))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Value, E> {
        Ok(Value::OtherNumber)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Value, E> {
        Ok(Value::OtherNumber)
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = elements.next_element()? {
            values.push(value);
        }
        Ok(Value::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut pairs: A) -> Result<Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = pairs.next_entry()? {
            entries.push(entry);
        }
        Ok(Value::Object(entries))
    }
}
