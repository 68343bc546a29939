//! Random bytes.

use levee_core::Entropy;

/// Random bytes from the host.
pub(crate) struct HostEntropy;

impl Entropy for HostEntropy {
    fn draw(&mut self) -> Option<[u8; 16]> {
        let mut bytes = [0; 16];
        fill(&mut bytes).then_some(bytes)
    }
}

/// WASI preview 1, which hosts of Proxy-Wasm provide.
#[cfg(target_arch = "wasm32")]
fn fill(bytes: &mut [u8; 16]) -> bool {
    #[link(wasm_import_module = "wasi_snapshot_preview1")]
    unsafe extern "C" {
        fn random_get(buffer: *mut u8, length: usize) -> u32;
    }
    // SAFETY: the host writes `length` bytes into a live array of that length.
    unsafe { random_get(bytes.as_mut_ptr(), bytes.len()) == 0 }
}

/// Outside of a host there are none, and no challenge is made.
#[cfg(not(target_arch = "wasm32"))]
fn fill(_: &mut [u8; 16]) -> bool {
    false
}
