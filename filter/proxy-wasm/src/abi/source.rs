//! Where a request comes from.

use super::{check, imports, memory::Handed};

/// A property's path: its parts with zero bytes between them.
const SOURCE_ADDRESS: &[u8] = b"source\0address";

/// The address at the other end of the connection, as the host writes it; `None` where it cannot tell.
pub(crate) fn address() -> Option<Vec<u8>> {
    let mut handed = Handed::nothing();
    // SAFETY: the host reads the path from a live slice, and writes each of the two locals once.
    let status = unsafe {
        imports::proxy_get_property(
            SOURCE_ADDRESS.as_ptr(),
            SOURCE_ADDRESS.len(),
            &raw mut handed.data,
            &raw mut handed.size,
        )
    };
    check(status).ok()?;
    // SAFETY: this is what the host has just allocated and filled.
    Some(unsafe { handed.into_bytes() })
}
