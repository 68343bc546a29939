//! What a process logs, as it comes.

use std::io::{BufRead, BufReader, Read};
use std::sync::{Arc, Condvar, Mutex};

use crate::proxy::PATIENCE;

/// All lines so far.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<(Mutex<Vec<String>>, Condvar)>);

impl Log {
    /// Collects lines on a thread of its own, and shows them when the test fails.
    pub(crate) fn of(source: impl Read + Send + 'static) -> Self {
        let log = Self::default();
        let collected = log.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(source).lines() {
                let line = line.expect("text");
                eprintln!("{line}");
                let (lines, more) = &*collected.0;
                lines.lock().expect("no panic").push(line);
                more.notify_all();
            }
        });
        log
    }

    /// Waits until a line has that in it.
    pub(crate) fn wait_for(&self, text: &str) {
        let (lines, more) = &*self.0;
        let absent = |lines: &mut Vec<String>| !lines.iter().any(|line| line.contains(text));
        let lines = lines.lock().expect("no panic");
        let (lines, timeout) = more
            .wait_timeout_while(lines, PATIENCE, absent)
            .expect("no panic");
        assert!(!timeout.timed_out(), "\"{text}\" is not in {lines:#?}");
    }

    /// How many lines have that in them.
    pub(crate) fn count(&self, text: &str) -> usize {
        let (lines, _) = &*self.0;
        let lines = lines.lock().expect("no panic");
        lines.iter().filter(|line| line.contains(text)).count()
    }
}
