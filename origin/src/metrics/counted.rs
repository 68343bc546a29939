//! Gauges of things that come and go.

use prometheus_client::metrics::gauge::Gauge;

/// One of the things that a gauge counts, until it is dropped.
#[derive(Debug)]
pub(crate) struct Counted(Gauge);

impl Counted {
    /// One more on this gauge.
    pub(crate) fn on(gauge: Gauge) -> Self {
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dec();
    }
}
