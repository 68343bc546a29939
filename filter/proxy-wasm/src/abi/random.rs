//! Random bytes.

use core::mem;
use levee_core::Entropy;
use std::cell::RefCell;

/// So many nonces are fetched at once: to ask the host for each would cost a challenge as much as half of its signature.
const NONCES: usize = 32;

type Nonce = [u8; 16];

thread_local! {
    static RESERVE: RefCell<Reserve> = const { RefCell::new(Reserve::empty()) };
}

/// Random bytes that the host has given and nobody has seen.
struct Reserve {
    nonces: [Nonce; NONCES],
    /// How many of them, from the front, are still there.
    left: usize,
}

impl Reserve {
    const fn empty() -> Self {
        Self {
            nonces: [[0; 16]; NONCES],
            left: 0,
        }
    }

    fn draw(&mut self) -> Option<Nonce> {
        if self.left == 0 && fill(self.nonces.as_flattened_mut()) {
            self.left = NONCES;
        }
        let last = self.left.checked_sub(1)?;
        self.left = last;
        // What is given out does not stay.
        self.nonces.get_mut(last).map(mem::take)
    }
}

/// Random bytes from the host.
pub(crate) struct HostEntropy;

impl Entropy for HostEntropy {
    fn draw(&mut self) -> Option<Nonce> {
        RESERVE.with(|reserve| reserve.try_borrow_mut().ok()?.draw())
    }
}

/// WASI preview 1, which hosts of Proxy-Wasm provide.
#[cfg(target_arch = "wasm32")]
fn fill(bytes: &mut [u8]) -> bool {
    #[link(wasm_import_module = "wasi_snapshot_preview1")]
    unsafe extern "C" {
        fn random_get(buffer: *mut u8, length: usize) -> u32;
    }
    // SAFETY: the host writes `length` bytes into a live slice of that length.
    unsafe { random_get(bytes.as_mut_ptr(), bytes.len()) == 0 }
}

/// Outside of a host there are none, and no challenge is made.
#[cfg(not(target_arch = "wasm32"))]
fn fill(_: &mut [u8]) -> bool {
    false
}
