//! How far a replay is, on the terminal.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use levee_rehearsal::{
    replay::{Part, Watch},
    scenario::Scenario,
};

/// How often it is looked at.
const INTERVAL: Duration = Duration::from_millis(200);

/// A bar for each part of a replay, one after the other.
pub(crate) struct Progress {
    length: Duration,
    running: Option<Running>,
}

/// A thread that looks again and again; it ends with this.
struct Running {
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Progress {
    pub(crate) const fn new(scenario: &Scenario) -> Self {
        Self {
            length: scenario.lasts.0,
            running: None,
        }
    }

    /// Begins with a part; an earlier one is over.
    pub(crate) fn begin(&mut self, part: Part, watch: &Arc<Watch>) {
        self.finish();
        let name = match part {
            Part::Filter => "with the filter",
            Part::Baseline("no_filter") => "without a filter",
            Part::Baseline("address_limit") => "with a limit for each address",
            Part::Baseline(_) => "with a challenge for everybody",
        };
        let bar = ProgressBar::new(self.length.as_secs());
        let style = ProgressStyle::with_template("{prefix:>30} {bar:30} {percent:>3} %  {msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_prefix(name);
        self.running = Some(Running::start(bar, Arc::clone(watch)));
    }

    /// The last part is over.
    pub(crate) fn finish(&mut self) {
        self.running = None;
    }
}

impl Running {
    fn start(bar: ProgressBar, watch: Arc<Watch>) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let thread = std::thread::spawn({
            let over = Arc::clone(&over);
            move || {
                while !over.load(Ordering::Relaxed) {
                    let reached = watch.reached();
                    bar.set_position(reached.as_secs());
                    bar.set_message(format!("{} requests", HumanCount(watch.requests())));
                    std::thread::park_timeout(INTERVAL);
                }
                bar.finish_and_clear();
            }
        });
        Self {
            over,
            thread: Some(thread),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // It only draws; if it broke off there is nothing to be done about it.
            let _ = thread.join();
        }
    }
}
