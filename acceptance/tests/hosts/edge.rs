//! The worker that is shipped, set up as its operator would, and what Cloudflare's edge does in front of it.

use levee_behaviour::Message;
use levee_testing::{Certificate, StartError, Worker, Workerd, WorkerdOptions, tools};
use serde_json::Value;
use std::{net::SocketAddr, path::Path};

/// The header in which the edge tells whom a request comes from.
pub(crate) const CLIENT: &str = "cf-connecting-ip";

/// What differs between the edges of tests.
#[derive(Clone, Copy)]
pub(crate) struct Setup<'a> {
    pub(crate) isolates: usize,
    pub(crate) storage: Option<&'a Path>,
    pub(crate) certificate: Option<Certificate<'a>>,
}

impl Setup<'_> {
    /// One isolate that speaks http and stores nothing for others.
    pub(crate) const PLAIN: Self = Self {
        isolates: 1,
        storage: None,
        certificate: None,
    };

    /// Starts it before this origin, with this configuration of the filter.
    pub(crate) fn start(self, configuration: &Value, origin: SocketAddr) -> Result<Workerd, StartError> {
        // The keys are a secret of their own, as they should be.
        let mut configuration = configuration.clone();
        let keys = configuration
            .as_object_mut()
            .and_then(|members| members.remove("keys"))
            .unwrap_or_default();
        Workerd::start(WorkerdOptions {
            binary: &tools::path(tools::WORKERD),
            workers: &Worker::levee(
                &tools::path(tools::WORKER),
                &[
                    ("LEVEE_CONFIG", &configuration.to_string()),
                    ("LEVEE_KEYS", &keys.to_string()),
                ],
                self.isolates,
            ),
            origin,
            storage: self.storage,
            certificate: self.certificate,
        })
    }
}

/// The message as Cloudflare's edge hands it on.
pub(crate) fn through_the_edge(message: &Message) -> Message {
    message.clone().with(CLIENT, message.peer.to_string())
}
