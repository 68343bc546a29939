//! Header fields as files write them: a map from names to a value, or to a list of values for repeated fields.

use std::borrow::Cow;
use std::fmt;
use std::path::Path;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

use super::payload::Payload;
use super::text::Saved;
use super::written::OneOrMany;
use crate::headers::Headers;

/// Fields in the order in which they are written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(pub(crate) Vec<(String, OneOrMany<Payload>)>);

impl Fields {
    pub(crate) fn headers(&self, folder: &Path, saved: &Saved) -> Result<Headers, String> {
        let mut headers = Headers::new();
        for (name, values) in &self.0 {
            for value in &values.0 {
                headers.append(name, value.bytes(folder, saved)?);
            }
        }
        Ok(headers)
    }

    /// The names that it wants to be saved.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .flat_map(|(_, values)| values.0.iter().flat_map(Payload::names))
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map from the names of fields to their values")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Fields(fields))
    }
}

impl JsonSchema for Fields {
    fn schema_name() -> Cow<'static, str> {
        "Fields".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let values = generator.subschema_for::<OneOrMany<Payload>>();
        json_schema!({ "type": "object", "additionalProperties": values })
    }
}
