//! What users rely on, of the worker that is shipped.

use crate::{
    echo,
    edge::{Setup, through_the_edge},
    over_sockets::Edge,
    wire,
};
use levee_behaviour::{Answer, Message, Site};
use levee_core::time::Timestamp;
use levee_testing::{StartError, Workerd};
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

/// One isolate, which is all that a client meets.
pub(super) fn edge(_: u32, configuration: &Value) -> Box<dyn Edge> {
    Box::new(start(configuration))
}

/// With so many isolates, before an origin that answers with what it received.
pub(super) fn launch(
    configuration: &Value,
    isolates: usize,
    storage: Option<&Path>,
) -> Result<Workerd, StartError> {
    let origin = echo::start().unwrap_or_else(|error| panic!("{error}"));
    let setup = Setup {
        isolates,
        storage,
        ..Setup::PLAIN
    };
    setup.start(configuration, origin)
}

impl InWorkerd {
    pub(super) const fn new(workerd: Workerd) -> Self {
        Self { workerd, isolate: 0 }
    }

    /// Speaks to another isolate from now on.
    pub(super) const fn go_to(&mut self, isolate: usize) {
        self.isolate = isolate;
    }

    pub(super) const fn workerd(&mut self) -> &mut Workerd {
        &mut self.workerd
    }
}

impl Edge for InWorkerd {
    fn address(&self) -> SocketAddr {
        let address = self.workerd.addresses().get(self.isolate);
        *address.unwrap_or_else(|| panic!("there is no isolate {}", self.isolate))
    }

    /// It has no workers.
    fn assert_all_workers_had_connections(&self, _: u32) {}
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
