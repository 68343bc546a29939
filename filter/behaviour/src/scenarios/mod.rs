//! The scenarios, by what they are about. Each takes a function that starts a site with a configuration.

pub mod admission;
pub mod answers;
pub mod endpoints;
pub mod exclusions;
pub mod forwarding;
pub mod hostile;
pub mod line;
pub mod observation;
pub mod price;
pub mod quotas;
pub mod reasons;
pub mod redemption;
pub mod tokens;
pub mod waiting_lane;

use crate::Site;
use serde_json::Value;

/// Starts a site with a configuration.
pub type Start<'a> = &'a dyn Fn(&Value) -> Box<dyn Site>;
