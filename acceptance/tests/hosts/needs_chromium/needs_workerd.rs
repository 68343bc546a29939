//! Through the edge worker in real workerd.

journeys!(crate::stage::Host::Workerd);
