//! The host's metrics.

use super::{check, imports};

/// `proxy_metric_type_t`.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Counter = 0,
    Gauge = 1,
    Histogram = 2,
}

/// What the host calls a metric from now on; `None` when it does not take it.
pub(crate) fn define(kind: Kind, name: &str) -> Option<u32> {
    let mut id = 0;
    // SAFETY: the host reads the name from a live slice, and writes a live local once.
    let status = unsafe { imports::proxy_define_metric(kind as u32, name.as_ptr(), name.len(), &raw mut id) };
    check(status).is_ok().then_some(id)
}

/// Adds to a counter; true when it was added. The host refuses to add nothing.
pub(crate) fn increment(id: u32, value: u64) -> bool {
    // SAFETY: numbers only.
    let add = |value| check(unsafe { imports::proxy_increment_metric(id, value) }).is_ok();
    value == 0 || i64::try_from(value).is_ok_and(add)
}

/// Sets a gauge, or adds a value to a histogram. What the host does not take is lost, and comes again.
pub(crate) fn record(id: u32, value: u64) {
    // SAFETY: numbers only.
    let _ = unsafe { imports::proxy_record_metric(id, value) };
}

/// How a counter or a gauge stands, over all VMs.
pub(crate) fn get(id: u32) -> Option<u64> {
    let mut value = 0;
    // SAFETY: the host writes a live local once.
    let status = unsafe { imports::proxy_get_metric(id, &raw mut value) };
    check(status).is_ok().then_some(value)
}
