//! What users rely on, of the worker that is shipped.

use crate::{echo, wire};
use levee_behaviour::{Answer, Message, Site};
use levee_core::time::Timestamp;
use levee_testing::{StartError, Workerd, WorkerdOptions, tools};
use serde_json::Value;
use std::{net::SocketAddr, path::Path, time::Duration};

levee_behaviour::suite!(start);

/// The worker, and which of its isolates is spoken to.
pub(super) struct InWorkerd {
    workerd: Workerd,
    isolate: usize,
}

fn start(configuration: &Value) -> InWorkerd {
    let workerd = launch(configuration, 1, None).unwrap_or_else(|error| panic!("{error}"));
    InWorkerd::new(workerd)
}

/// With so many isolates, before an origin that answers with what it received.
pub(super) fn launch(
    configuration: &Value,
    isolates: usize,
    storage: Option<&Path>,
) -> Result<Workerd, StartError> {
    let origin = echo::start().unwrap_or_else(|error| panic!("{error}"));
    // The keys are a secret of their own, as they should be.
    let mut configuration = configuration.clone();
    let keys = configuration
        .as_object_mut()
        .and_then(|members| members.remove("keys"))
        .unwrap_or_default();
    Workerd::start(WorkerdOptions {
        binary: &tools::path(tools::WORKERD),
        bundle: &tools::path(tools::WORKER),
        bindings: &[
            ("LEVEE_CONFIG", &configuration.to_string()),
            ("LEVEE_KEYS", &keys.to_string()),
        ],
        origin,
        isolates,
        storage,
        certificate: None,
    })
}

/// The message as Cloudflare's edge hands it on, which tells whom it comes from.
pub(super) fn through_the_edge(message: &Message) -> Message {
    message.clone().with("cf-connecting-ip", message.peer.to_string())
}

impl InWorkerd {
    pub(super) const fn new(workerd: Workerd) -> Self {
        Self { workerd, isolate: 0 }
    }

    pub(super) fn address(&self) -> SocketAddr {
        let address = self.workerd.addresses().get(self.isolate);
        *address.unwrap_or_else(|| panic!("there is no isolate {}", self.isolate))
    }

    /// Speaks to another isolate from now on.
    pub(super) const fn go_to(&mut self, isolate: usize) {
        self.isolate = isolate;
    }

    pub(super) const fn workerd(&mut self) -> &mut Workerd {
        &mut self.workerd
    }
}

impl Site for InWorkerd {
    fn send(&mut self, message: &Message) -> Answer {
        match wire::exchange(self.address(), &through_the_edge(message)) {
            Ok(answer) => answer,
            Err(error) => panic!("{error}: {message:?}\n{}", self.workerd.program().log()),
        }
    }

    fn now(&self) -> Timestamp {
        wire::now()
    }

    fn pass(&mut self, time: Duration) {
        std::thread::sleep(time);
    }
}
