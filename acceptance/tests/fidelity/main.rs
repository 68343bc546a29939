//! Proof of the harness's fidelity: the same plays in the harness's profile of Envoy and in real Envoy, compared in all that
//! can be seen from outside.

mod differences;
mod grpc;
mod in_envoy;
mod in_harness;
mod known;
mod message;
mod needs_envoy;
mod observation;
mod play;
mod plays;
mod services;
mod site;
mod wire;

use std::time::Duration;

/// How long a client waits for a response.
const PATIENCE: Duration = Duration::from_secs(2);

/// The authority that all requests are for.
const AUTHORITY: &str = "play.example";
