//! What one sees while it runs.

use super::tally::{PhaseTally, Tallies};
use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use std::time::Duration;
use tokio::time::Instant;

/// How often the display is brought up to date.
pub(crate) const INTERVAL: Duration = Duration::from_millis(250);

/// A bar of time with the counts under it. Draws nothing when standard error is no terminal.
pub(crate) struct Progress {
    bar: ProgressBar,
    started: Instant,
}

impl Progress {
    /// A display for an incident of about this length; what the last patients need is not known before.
    pub(crate) fn start(length: Duration) -> Self {
        let bar = ProgressBar::new(length.as_secs());
        // The template is part of the program; were it wrong, the default style would do.
        if let Ok(style) = ProgressStyle::with_template("{prefix:14} {bar:40} {pos:>3}/{len} s\n{msg}") {
            bar.set_style(style);
        }
        Self {
            bar,
            started: Instant::now(),
        }
    }

    /// Shows the present counts.
    pub(crate) fn show(&self, tallies: &Tallies) {
        if let Some(phase) = tallies.running() {
            self.bar.set_prefix(phase.phase.title());
            self.bar.set_message(message(phase));
        }
        self.bar.set_position(self.started.elapsed().as_secs());
    }

    /// Takes the display away.
    pub(crate) fn finish(self) {
        self.bar.finish_and_clear();
    }
}

fn message(phase: &PhaseTally) -> String {
    let verdicts: Vec<_> = phase
        .flood
        .by_verdict()
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(verdict, count)| format!(" · {verdict} {}", HumanCount(count)))
        .collect();
    let minted = match phase.flood.minted() {
        0 => String::new(),
        minted => format!(" · clearances {}", HumanCount(minted)),
    };
    let crowd = &phase.crowd;
    let gave_up = match crowd.failed() {
        0 => String::new(),
        failed => format!(", {failed} gave up"),
    };
    format!(
        "flood: {} sent{}{minted}\npatients: {} came, {} have a number{gave_up}",
        HumanCount(phase.flood.sent()),
        verdicts.concat(),
        crowd.arrived(),
        crowd.served(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::{phase::Phase, verdict::Verdict};

    #[test]
    fn the_message_counts_the_phase_that_runs_and_leaves_out_what_did_not_happen() {
        let phase = PhaseTally::new(Phase::SolvingBotnet);
        for _ in 0..2 {
            phase.flood.count_sent();
            phase.flood.count_verdict(Verdict::InLine);
        }
        phase.flood.count_minted();
        phase.crowd.count_arrival();
        phase.crowd.count_end(true);
        assert_eq!(
            message(&phase),
            "flood: 2 sent · in_line 2 · clearances 1\npatients: 1 came, 1 have a number"
        );
    }
}
