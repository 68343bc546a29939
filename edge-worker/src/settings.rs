//! What the worker is configured with: its variables and secrets.

use levee_core::Policy;
use serde_json::Value;
use std::num::NonZeroU16;
use wasm_bindgen::JsValue;
use worker::{
    Env,
    js_sys::{JSON, Reflect},
};

/// The variable with the configuration: JSON as text, or as an object.
const CONFIGURATION: &str = "LEVEE_CONFIG";

/// The secret with the keys, a JSON array as `keys` has it. Beside the configuration, so that this can be read by everybody.
const KEYS: &str = "LEVEE_KEYS";

/// The variable with the number of Durable Objects that keep the quotas of clearances.
const SHARDS: &str = "LEVEE_SHARDS";

/// Enough for some thousands of requests with clearances a second.
const SHARDS_BY_DEFAULT: NonZeroU16 = match NonZeroU16::new(16) {
    Some(shards) => shards,
    None => NonZeroU16::MIN,
};

/// The most that make sense for one site.
const MOST_SHARDS: u16 = 1_024;

/// A configuration that can be worked with.
pub(crate) struct Settings {
    pub(crate) policy: Policy,
    pub(crate) shards: NonZeroU16,
}

impl Settings {
    /// Reads everything.
    ///
    /// # Errors
    ///
    /// All that is wrong, a line each.
    pub(crate) fn read(env: &Env) -> Result<Self, Vec<String>> {
        let shards = shards(env).map_err(|problem| vec![problem])?;
        let configuration = configuration(env).map_err(|problem| vec![problem])?;
        let text = serde_json::to_vec(&configuration).unwrap_or_default();
        match Policy::from_json(&text) {
            Ok(policy) => Ok(Self { policy, shards }),
            Err(problems) => Err(problems.iter().map(ToString::to_string).collect()),
        }
    }
}

fn configuration(env: &Env) -> Result<Value, String> {
    let Some(text) = variable(env, CONFIGURATION) else {
        return Err(format!(
            "{CONFIGURATION}: missing; expected the configuration as JSON, at least {{}}"
        ));
    };
    let mut configuration: Value =
        serde_json::from_str(&text).map_err(|error| format!("{CONFIGURATION}: {error}"))?;
    let Some(keys) = variable(env, KEYS) else {
        return Ok(configuration);
    };
    // The error would quote what is wrong, and that is a secret.
    let keys: Value = serde_json::from_str(&keys).map_err(|_| {
        format!("{KEYS}: not JSON; expected an array as in [{{\"id\": 1, \"secret\": \"...\"}}]")
    })?;
    let Some(members) = configuration.as_object_mut() else {
        return Err(format!("{CONFIGURATION}: expected an object"));
    };
    if members.insert("keys".to_owned(), keys).is_some() {
        return Err(format!(
            "keys: given in {CONFIGURATION} and in the secret {KEYS}; expected in the secret alone"
        ));
    }
    Ok(configuration)
}

fn shards(env: &Env) -> Result<NonZeroU16, String> {
    let Some(text) = variable(env, SHARDS) else {
        return Ok(SHARDS_BY_DEFAULT);
    };
    text.trim()
        .parse()
        .ok()
        .filter(|shards: &NonZeroU16| shards.get() <= MOST_SHARDS)
        .ok_or_else(|| format!("{SHARDS}: {text:?}; expected a number from 1 to {MOST_SHARDS}"))
}

/// A variable or a secret, which are the same to a worker; one that is an object, as its JSON.
fn variable(env: &Env, name: &str) -> Option<String> {
    let value = Reflect::get(env, &JsValue::from_str(name)).ok()?;
    if value.is_undefined() || value.is_null() {
        return None;
    }
    let text = value.as_string();
    text.or_else(|| JSON::stringify(&value).ok().map(String::from))
}
