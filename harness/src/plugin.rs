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
}

/// What one VM may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Linear memory in bytes; beyond it `memory.grow` fails, which a Rust guest turns into a trap.
    pub memory_bytes: usize,
    /// Longest run of one callback; beyond it the guest is ended.
    pub callback_time: Duration,
    /// Most body bytes of one direction that are held while the guest pauses. A longer request is answered with 413.
    pub buffer_bytes: usize,
}

impl Default for Limits {
    /// 256 MiB of memory, one second a callback, and Envoy's 1 MiB of buffer.
    fn default() -> Self {
        Self {
            memory_bytes: 256 << 20,
            callback_time: Duration::from_secs(1),
            buffer_bytes: 1 << 20,
        }
    }
}
