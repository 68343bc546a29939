//! Lines of the log.

use std::fmt;

const INFO: u32 = 2;

#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "env"))]
unsafe extern "C" {
    fn proxy_log(level: u32, message: *const u8, size: usize) -> u32;
}

/// A callback, and what the host says with it.
pub(crate) fn callback(name: &str, context: &str, details: &[&dyn fmt::Display]) {
    let mut line = format!("> {name} {context}");
    for detail in details {
        line.push_str(&format!(" {detail}"));
    }
    write(INFO, line);
}

/// A command that was carried out.
pub(crate) fn command(text: &str, answer: impl fmt::Display) {
    write(INFO, format!("= {text}{answer}"));
}

/// Part of a script that makes no sense.
pub(crate) fn unknown(text: &str) {
    write(INFO, format!("! unknown: {text}"));
}

/// Any bytes; the host's answer.
pub(crate) fn write(level: u32, message: impl AsRef<[u8]>) -> u32 {
    let message = message.as_ref();
    // SAFETY: the host reads as many bytes from a live slice.
    unsafe { proxy_log(level, message.as_ptr(), message.len()) }
}
