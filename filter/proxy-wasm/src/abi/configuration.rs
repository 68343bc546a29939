//! What the filter is configured with.

use super::{Status, check, imports, memory::Handed};

/// `proxy_buffer_type_t`.
const PLUGIN_CONFIGURATION: u32 = 7;

/// The plugin configuration, of `size` bytes; empty where there is none.
pub(crate) fn text(size: usize) -> Result<Vec<u8>, Status> {
    let mut handed = Handed::nothing();
    // SAFETY: both pointers are to live locals that the host writes once.
    let status = unsafe {
        imports::proxy_get_buffer_bytes(
            PLUGIN_CONFIGURATION,
            0,
            size,
            &raw mut handed.data,
            &raw mut handed.size,
        )
    };
    match check(status) {
        // SAFETY: this is what the host has just allocated and filled.
        Ok(()) => Ok(unsafe { handed.into_bytes() }),
        Err(Status::NOT_FOUND) => Ok(Vec::new()),
        Err(status) => Err(status),
    }
}
