//! What one sees while it runs.

use super::{incident::Tallies, verdict::Verdict};
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
    /// A display for an incident of this length.
    pub(crate) fn start(seconds: u16) -> Self {
        let bar = ProgressBar::new(seconds.into());
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
        let running = tallies.phases.iter().rfind(|phase| phase.flood.sent() > 0);
        let prefix = running.map_or("", |phase| phase.origins.name());
        self.bar.set_prefix(prefix.replace('_', " "));
        self.bar.set_position(self.started.elapsed().as_secs());
        self.bar.set_message(message(tallies));
    }

    /// Takes the display away.
    pub(crate) fn finish(self) {
        self.bar.finish_and_clear();
    }
}

fn message(tallies: &Tallies) -> String {
    let count = |verdict: Verdict| -> u64 {
        tallies
            .phases
            .iter()
            .filter_map(|phase| phase.flood.by_verdict().get(&verdict).copied())
            .sum()
    };
    let sent: u64 = tallies.phases.iter().map(|phase| phase.flood.sent()).sum();
    let verdicts: Vec<_> = Verdict::ALL
        .into_iter()
        .map(|verdict| (verdict, count(verdict)))
        .filter(|(_, count)| *count > 0)
        .map(|(verdict, count)| format!("{verdict} {}", HumanCount(count)))
        .collect();
    let crowd = &tallies.crowd;
    let gave_up = match crowd.failed() {
        0 => String::new(),
        failed => format!(", {failed} gave up"),
    };
    format!(
        "flood: {} sent · {}\npatients: {} came, {} have a number{gave_up}",
        HumanCount(sent),
        verdicts.join(" · "),
        crowd.arrived(),
        crowd.served(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_counts_over_all_phases_and_leaves_out_what_did_not_happen() {
        let tallies = Tallies::default();
        for phase in &tallies.phases {
            phase.flood.count_sent();
            phase.flood.count_verdict(Verdict::Challenge);
        }
        tallies.crowd.count_arrival();
        tallies.crowd.count_end(true);
        assert_eq!(
            message(&tallies),
            "flood: 2 sent · challenge 2\npatients: 1 came, 1 have a number"
        );
    }
}
