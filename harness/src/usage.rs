//! What a guest has cost so far.

use std::ops::{AddAssign, Sub};

/// Counters of one VM since its start. The difference of two is what happened between.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Usage {
    /// Callbacks of the guest, `malloc` not counted.
    pub callbacks: u64,
    /// Calls of the guest into the host, WASI included.
    pub host_calls: u64,
    /// Calls of the guest's `malloc` or `proxy_on_memory_allocate`: how often the host has handed it bytes. What a guest
    /// allocates by itself cannot be seen from outside.
    pub guest_allocations: u64,
    /// Bytes that the host has handed the guest in these.
    pub guest_allocated_bytes: u64,
    /// Work in units of fuel; 0 unless it is counted ([`Metering::Fuel`](crate::Metering::Fuel)).
    pub fuel: u64,
}

impl Sub for Usage {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        Self {
            callbacks: self.callbacks.saturating_sub(earlier.callbacks),
            host_calls: self.host_calls.saturating_sub(earlier.host_calls),
            guest_allocations: self.guest_allocations.saturating_sub(earlier.guest_allocations),
            guest_allocated_bytes: self
                .guest_allocated_bytes
                .saturating_sub(earlier.guest_allocated_bytes),
            fuel: self.fuel.saturating_sub(earlier.fuel),
        }
    }
}

impl AddAssign for Usage {
    fn add_assign(&mut self, more: Self) {
        self.callbacks += more.callbacks;
        self.host_calls += more.host_calls;
        self.guest_allocations += more.guest_allocations;
        self.guest_allocated_bytes += more.guest_allocated_bytes;
        self.fuel += more.fuel;
    }
}
