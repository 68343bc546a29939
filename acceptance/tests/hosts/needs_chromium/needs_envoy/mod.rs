//! Through real Envoy.

mod pictures;

journeys!(crate::stage::Host::Envoy);
