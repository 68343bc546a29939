//! What a guest is told about itself, and the bounds it runs within.

use std::time::Duration;

/// A filter as an operator configures it: Envoy's `PluginConfig`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plugin {
    /// Name in logs, and the property `plugin_name`.
    pub name: String,
    /// Property `plugin_root_id`.
    pub root_id: String,
    /// Property `plugin_vm_id`.
    pub vm_id: String,
    /// Handed to the guest in `proxy_on_vm_start`.
    pub vm_configuration: Vec<u8>,
    /// Handed to the guest in `proxy_on_configure`.
    pub configuration: Vec<u8>,
    /// What becomes of requests when the guest has trapped.
    pub failure_policy: FailurePolicy,
}

/// What becomes of requests when a VM's guest has trapped (Envoy's `failure_policy`).
///
/// Whatever it is, the request in which the guest trapped and those under way in that VM are answered with 503.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FailurePolicy {
    /// Every later request of that VM is answered with 503.
    #[default]
    Closed,
    /// Later requests of that VM skip the guest.
    Open,
    /// The next request starts the VM anew, all its state lost. It does so at most once in `base_interval`, lengthened at
    /// random by up to a half; until then requests are answered with 503.
    Reload {
        /// Envoy's default is one second.
        base_interval: Duration,
    },
}

/// What one VM may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Linear memory in bytes; beyond it `memory.grow` fails, which a Rust guest turns into a trap.
    pub memory_bytes: usize,
    /// Longest run of one callback; beyond it the guest is ended.
    pub callback_time: Duration,
    /// Most fuel of one callback; beyond it the guest is ended. Only where work is counted
    /// ([`Metering::Fuel`](crate::Metering::Fuel)).
    pub callback_fuel: u64,
    /// Most body bytes of one direction that are held while the guest pauses. A longer request is answered with 413.
    pub buffer_bytes: usize,
}

impl Default for Limits {
    /// 256 MiB of memory, one second or a billion units of fuel a callback, and Envoy's 1 MiB of buffer.
    fn default() -> Self {
        Self {
            memory_bytes: 256 << 20,
            callback_time: Duration::from_secs(1),
            callback_fuel: 1_000_000_000,
            buffer_bytes: 1 << 20,
        }
    }
}
