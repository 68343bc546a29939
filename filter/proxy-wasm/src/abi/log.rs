//! The host's log.

use super::imports;

/// `proxy_log_level_t`.
#[derive(Clone, Copy)]
pub(crate) enum Level {
    Info = 2,
    Error = 4,
    Critical = 5,
}

/// Writes a line. What the host does not take is lost: there is nobody else to tell.
pub(crate) fn write(level: Level, line: &str) {
    // SAFETY: the host reads from a live slice of that length.
    let _ = unsafe { imports::proxy_log(level as u32, line.as_ptr(), line.len()) };
}

/// Writes a line of information.
pub(crate) fn info(line: &str) {
    write(Level::Info, line);
}

/// Writes what is wrong.
pub(crate) fn error(line: &str) {
    write(Level::Error, line);
}
