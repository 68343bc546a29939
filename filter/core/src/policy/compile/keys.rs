//! Keys and secrets.

use super::Compiler;
use crate::{
    policy::{problem::Problems, settings::KeySettings, strict, value::Value},
    token::{Keyring, Secret, SigningKey},
};
use base64::{
    Engine as _,
    alphabet::URL_SAFE,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

impl Compiler<'_> {
    pub(super) fn keyring(&mut self, values: Option<Value>) -> Option<Keyring> {
        let values = match values {
            Some(Value::List(values)) => values,
            None => Vec::new(),
            Some(_) => {
                // Without a word of what was given instead, for it may be a secret.
                self.problems.add(
                    "keys",
                    "expected a list, as in [{\"id\": 1, \"secret\": \"...\"}]",
                );
                return None;
            }
        };
        if values.is_empty() {
            self.problems.add(
                "keys",
                "there is no key; expected at least one, as in [{\"id\": 1, \"secret\": \"...\"}] with 32 or more random \
                 bytes in base64url",
            );
        }
        let mut keys: Vec<SigningKey> = Vec::new();
        for (index, value) in values.into_iter().enumerate() {
            let path = format!("keys[{index}]");
            let settings = self.key_settings(value, &path);
            let secret = self.secret(&format!("{path}.secret"), settings.secret);
            let Some(id) = settings.id else {
                self.problems.add(
                    format_args!("{path}.id"),
                    "missing; expected a number from 0 to 255",
                );
                continue;
            };
            if keys.iter().any(|key| key.id() == id) {
                self.problems.add(
                    format_args!("{path}.id"),
                    format_args!("{id} names an earlier key already; expected ids that differ"),
                );
            }
            if let Some(secret) = secret {
                keys.push(SigningKey::new(id, &secret));
            }
        }
        let mut keys = keys.into_iter();
        Some(Keyring::new(keys.next()?, keys.collect()))
    }

    /// What is wrong is told without a word of it, for it may be a secret in the wrong place.
    fn key_settings(&mut self, value: Value, path: &str) -> KeySettings {
        let mut problems = Problems::default();
        let settings = strict::read(value, path, &mut problems);
        let [id, secret] = [format!("{path}.id"), format!("{path}.secret")];
        for problem in problems.into_inner() {
            if problem.path == id {
                self.problems.add(&id, "expected a number from 0 to 255");
            } else if problem.path == secret {
                self.problems
                    .add(&secret, "expected text: 32 or more random bytes in base64url");
            } else {
                self.problems
                    .add(path, "expected {\"id\": 1, \"secret\": \"...\"} and nothing else");
            }
        }
        settings
    }

    fn secret(&mut self, path: &str, text: Option<String>) -> Option<Secret> {
        const LENIENT: GeneralPurposeConfig =
            GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
        let Some(text) = text else {
            self.problems
                .add(path, "missing; expected 32 or more random bytes in base64url");
            return None;
        };
        let Ok(bytes) = GeneralPurpose::new(&URL_SAFE, LENIENT).decode(text) else {
            self.problems.add(path, "not base64url (A-Z, a-z, 0-9, - and _)");
            return None;
        };
        match Secret::new(bytes) {
            Ok(secret) => Some(secret),
            Err(error) => {
                self.problems.add(path, error);
                None
            }
        }
    }
}
