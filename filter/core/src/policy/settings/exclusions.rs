//! Exclusions as they are written.

use super::PathSettings;
use crate::policy::{
    strict::{Object, Settings},
    value::Value,
};

/// The kinds of an excluded path. It has no wildcards: what an exclusion opens should be seen at a glance.
const PATHS: [&str; 2] = ["exact", "prefix"];

/// What is never challenged, in front of all rules.
pub(in crate::policy) struct ExclusionSettings {
    pub(in crate::policy) certificates: bool,
    pub(in crate::policy) robots: bool,
    pub(in crate::policy) favicon: bool,
    /// The health check, if there is one.
    pub(in crate::policy) health: Option<HealthSettings>,
    /// Each a [`CallBackSettings`].
    pub(in crate::policy) call_backs: Vec<Value>,
}

impl Settings for ExclusionSettings {
    fn read(object: &mut Object<'_>) -> Self {
        Self {
            certificates: object.flag("certificates", true),
            robots: object.flag("robots", true),
            favicon: object.flag("favicon", true),
            health: health(object),
            call_backs: object.list("call_backs"),
        }
    }
}

fn health(object: &mut Object<'_>) -> Option<HealthSettings> {
    let key = "health";
    let value = match object.optional_value(key) {
        None | Some(Value::Flag(true)) => Value::Object(Vec::new()),
        Some(Value::Flag(false)) => return None,
        Some(value @ Value::Object(_)) => value,
        Some(_) => {
            object.problem(
                key,
                "expected true, false, or where it is and who checks, as in {\"path\": {\"exact\": \"/healthz\"}, \
                 \"clients\": [\"192.0.2.0/24\"]}",
            );
            return None;
        }
    };
    Some(object.section_of(key, value))
}

/// The health check.
pub(in crate::policy) struct HealthSettings {
    pub(in crate::policy) path: Option<PathSettings>,
    pub(in crate::policy) clients: Vec<String>,
}

impl Settings for HealthSettings {
    fn read(object: &mut Object<'_>) -> Self {
        Self {
            path: object.path(&PATHS),
            clients: object.texts("clients"),
        }
    }
}

/// What another site calls when something has happened there, such as a payment.
pub(in crate::policy) struct CallBackSettings {
    pub(in crate::policy) name: Option<String>,
    pub(in crate::policy) path: Option<PathSettings>,
    pub(in crate::policy) methods: Option<Vec<String>>,
    pub(in crate::policy) clients: Vec<String>,
}

impl Settings for CallBackSettings {
    fn read(object: &mut Object<'_>) -> Self {
        Self {
            name: object.optional_text("name"),
            path: object.path(&PATHS),
            methods: object.optional_texts("methods"),
            clients: object.texts("clients"),
        }
    }
}
