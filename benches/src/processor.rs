//! Processor time of a process, and the processors that it may use.
//!
//! Linux only: the time is what the scheduler has accounted to each thread, in nanoseconds
//! (`/proc/PID/task/TID/schedstat`, Documentation/scheduler/sched-stats.rst), which an accounting by ticks is too coarse for.

use std::{fs, io, process::Command, time::Duration};

/// Processors that a session divides: the first is the load's, the second the server's.
const LOAD: u32 = 0;
const SERVER: u32 = 1;

/// The time that all threads of a process have spent on a processor, kernel included.
///
/// # Errors
/// When the process is gone, or `/proc` tells something else than Linux does.
pub fn time_of(process: u32) -> io::Result<Duration> {
    let mut nanos: u64 = 0;
    for task in fs::read_dir(format!("/proc/{process}/task"))? {
        match fs::read_to_string(task?.path().join("schedstat")) {
            Ok(text) => nanos += on_processor(&text)?,
            // A thread that ended in the meantime.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Duration::from_nanos(nanos))
}

/// The first of three numbers: nanoseconds on a processor.
fn on_processor(schedstat: &str) -> io::Result<u64> {
    schedstat
        .split_whitespace()
        .next()
        .and_then(|number| number.parse().ok())
        .ok_or_else(|| io::Error::other(format!("no schedstat of Linux: {schedstat:?}")))
}

/// Keeps all threads of a running process on the processor that is the server's.
///
/// # Errors
/// When it cannot be done: `taskset` is missing, or there is only one processor.
pub fn pin_server(process: u32) -> io::Result<()> {
    pin(&["--all-tasks"], SERVER, process)
}

/// Keeps the calling program's first thread, which is to be the one that sends the load, on the other processor.
///
/// # Errors
/// As [`pin_server`].
pub fn pin_load() -> io::Result<()> {
    pin(&[], LOAD, std::process::id())
}

fn pin(options: &[&str], processor: u32, process: u32) -> io::Result<()> {
    let output = Command::new("taskset")
        .args(options)
        .args([
            "--cpu-list",
            "--pid",
            &processor.to_string(),
            &process.to_string(),
        ])
        .output()
        .map_err(|error| io::Error::other(format!("cannot run taskset, of util-linux: {error}")))?;
    if output.status.success() {
        return Ok(());
    }
    Err(io::Error::other(format!(
        "cannot keep process {process} on processor {processor} (two are needed): {}",
        String::from_utf8_lossy(&output.stderr).trim()
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use levee_testing::Program;

    #[test]
    fn the_first_number_is_the_time_on_a_processor() {
        assert_eq!(on_processor("1042 7 3\n").unwrap(), 1042);
        assert!(on_processor("").is_err());
        assert!(on_processor("none").is_err());
    }

    #[test]
    fn what_a_process_works_is_seen() {
        let mut busy = Program::spawn(Command::new("sh").args(["-c", "while :; do :; done"])).unwrap();
        let before = time_of(busy.id()).unwrap();
        busy.wait_until(|busy| (time_of(busy.id()).ok()? > before).then_some(()))
            .unwrap();
    }

    #[test]
    fn a_process_that_is_not_there_is_an_error() {
        assert!(time_of(u32::MAX).is_err());
    }
}
