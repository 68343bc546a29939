//! The order in which VMs touch what they share.

use crate::log::VmRole;

/// Decides when a VM may go on.
///
/// VMs in threads of their own run as the machine pleases, and what their guests do to shared data falls together in any
/// order. With an order of its own a driver can have the same history in every run, such as that of virtual times: `pass`
/// returns once no other VM can come to an earlier moment any more. Then
/// [`HostBuilder::clock_of`](crate::HostBuilder::clock_of) gives each VM its own time, and
/// [`HostBuilder::entropy_of`](crate::HostBuilder::entropy_of) its own randomness.
///
/// A turn lasts until the same VM's next one: everything that it touches in between belongs to it. A VM that has nothing more
/// to do has to be left out, or the others wait for it forever; how it leaves is between the driver and its order.
pub trait Turns: Send + Sync {
    /// Waits until it is this VM's turn. Called each time before it touches anything that VMs share and whose order a guest
    /// could tell: shared data, queues and their notices, gauges, and counters where the guest can read metrics.
    fn pass(&self, vm: VmRole);
}
