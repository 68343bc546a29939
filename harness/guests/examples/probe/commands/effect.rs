//! What the module does without the host.

use crate::probe::{Answer, Arguments, Odd, trace};

/// What the callback is to return.
pub(crate) fn result(arguments: &mut Arguments<'_>) -> Result<u32, Odd> {
    arguments.named(&["continue", "pause"])
}

pub(crate) fn trap(text: &str) -> ! {
    trace::command(text, "");
    std::process::abort()
}

pub(crate) fn endless(text: &str) -> ! {
    trace::command(text, "");
    loop {
        std::hint::spin_loop();
    }
}

/// Makes the memory larger by so many pages of 64 KiB.
pub(crate) fn grow(arguments: &mut Arguments<'_>) -> Result<Answer, Odd> {
    let pages = arguments.number()?;
    Ok(Answer::word(if memory_grow(pages) {
        "granted"
    } else {
        "refused"
    }))
}

#[cfg(target_arch = "wasm32")]
fn memory_grow(pages: u32) -> bool {
    core::arch::wasm32::memory_grow(0, pages as usize) != usize::MAX
}

/// Elsewhere there is no such memory.
#[cfg(not(target_arch = "wasm32"))]
fn memory_grow(_: u32) -> bool {
    false
}
