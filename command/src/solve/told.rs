//! What the person at the terminal is told of what happens.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use indicatif::{HumanCount, ProgressBar};
use levee_client::{Pause, Place, http::Event};

/// How often what moves on a terminal moves.
const TICK: Duration = Duration::from_millis(100);

/// Tells it on standard error: what goes on in a line that changes, if that is a terminal, and what is done
/// in a line that stays.
#[derive(Debug)]
pub(super) struct Told {
    bar: ProgressBar,
    /// Of the challenge that is being solved, in hashes.
    work: AtomicU64,
}

impl Told {
    pub(super) fn new() -> Self {
        Self {
            bar: ProgressBar::new_spinner(),
            work: AtomicU64::new(0),
        }
    }

    pub(super) fn tell(&self, event: &Event) {
        match event {
            Event::Challenged(challenge) => {
                let (work, reason) = (challenge.work(), challenge.reason());
                self.work.store(work, Ordering::Relaxed);
                self.goes_on(format!(
                    "solving a challenge of {} hashes ({reason})",
                    HumanCount(work)
                ));
            }
            Event::Solved(time) => {
                let work = self.work.load(Ordering::Relaxed);
                let rate = work as f64 / time.as_secs_f64().max(f64::EPSILON);
                self.is_done(&format!(
                    "solved a challenge of {} hashes in {:.2} s, {} hashes/s",
                    HumanCount(work),
                    time.as_secs_f64(),
                    HumanCount(rate as u64)
                ));
            }
            Event::Cleared(_) => self.is_done("the site granted a clearance"),
            Event::Waiting(pause) => self.goes_on(waiting(pause)),
            _ => {}
        }
    }

    /// Where nothing moves, what goes on is told as a line, too.
    fn goes_on(&self, what: String) {
        if self.bar.is_hidden() {
            eprintln!("{what}");
        } else {
            self.bar.enable_steady_tick(TICK);
            self.bar.set_message(what);
        }
    }

    fn is_done(&self, what: &str) {
        self.bar.suspend(|| eprintln!("{what}"));
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

fn waiting(pause: &Pause) -> String {
    let seconds = pause.time.as_secs_f64();
    match pause.place {
        Some(Place { place: 0, .. }) => format!("it is our turn; asking again in {seconds:.1} s"),
        Some(Place { place, expected }) => format!(
            "waiting in line at place {place}, about {} s; asking again in {seconds:.1} s",
            expected.as_secs()
        ),
        None => format!("told to wait ({}); asking again in {seconds:.1} s", pause.reason),
    }
}
