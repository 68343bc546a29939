//! The course of each phase, second by second, as lines of text.

use super::{PhaseReport, Report};
use indicatif::HumanCount;

/// What values are drawn with, from the least to the greatest.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// What a zero is drawn with.
const ZERO: char = '·';

/// Columns of a line at most; more seconds than that share columns.
const COLUMNS: usize = 80;

impl Report {
    /// What was sent, what reached the origin and what work was asked for, in each second of every phase.
    pub(crate) fn charts(&self) -> String {
        let charts: Vec<_> = self.phases.iter().map(PhaseReport::chart).collect();
        charts.join("\n")
    }
}

impl PhaseReport {
    fn chart(&self) -> String {
        let mut lines = vec![format!("{}, {:.0} s", self.name.title(), self.seconds)];
        let most = |series: &[u64]| series.iter().copied().max().unwrap_or_default();
        if self.flood_sent > 0 {
            lines.push(line(
                "sent",
                &self.flood_rps,
                &format!("up to {} a second", HumanCount(most(&self.flood_rps))),
            ));
        }
        lines.push(line(
            "at the origin",
            &self.origin_rps,
            &format!(
                "up to {} a second, capacity {}",
                HumanCount(most(&self.origin_rps)),
                self.origin_capacity_rps
            ),
        ));
        lines.push(line(
            "work asked",
            &self.work_asked,
            &format!("up to {} hashes", HumanCount(most(&self.work_asked))),
        ));
        lines.join("\n")
    }
}

fn line(what: &str, series: &[u64], remark: &str) -> String {
    format!("  {what:14} {}  {remark}", sparkline(&fit(series)))
}

/// The series in at most [`COLUMNS`] columns, each the greatest of what falls into it.
fn fit(series: &[u64]) -> Vec<u64> {
    let a_column = series.len().div_ceil(COLUMNS).max(1);
    let columns = series.chunks(a_column);
    columns
        .filter_map(|values| values.iter().copied().max())
        .collect()
}

/// A bar for each value, its height by its share of the greatest.
fn sparkline(series: &[u64]) -> String {
    let most = u128::from(series.iter().copied().max().unwrap_or_default().max(1));
    series
        .iter()
        .map(|value| {
            if *value == 0 {
                return ZERO;
            }
            let height = (u128::from(*value) * BARS.len() as u128).div_ceil(most);
            let bar = usize::try_from(height).unwrap_or(BARS.len()).saturating_sub(1);
            BARS.get(bar).copied().unwrap_or(ZERO)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{super::test_support::*, *};

    #[test]
    fn bars_are_as_high_as_their_share_of_the_greatest() {
        assert_eq!(sparkline(&[0, 1, 4, 5, 8]), "·▁▄▅█");
        assert_eq!(sparkline(&[0, 0]), "··");
        assert_eq!(sparkline(&[u64::MAX, 1]), "█▁");
        assert_eq!(sparkline(&[]), "");
    }

    #[test]
    fn a_long_series_keeps_its_peaks() {
        let mut series = vec![1; 200];
        series[100] = 9;
        let fitted = fit(&series);
        assert_eq!((fitted.len(), fitted.iter().max()), (67, Some(&9)));
        assert_eq!(fit(&[3, 1]), [3, 1]);
    }

    #[test]
    fn every_phase_has_its_course_and_only_attacked_ones_what_was_sent() {
        let charts = Story::held().report().charts();
        for title in [
            "quiet, 10 s",
            "one address, 10 s",
            "solving botnet, 10 s",
            "quiet again, 10 s",
        ] {
            assert!(charts.contains(title), "{title} is not in\n{charts}");
        }
        assert_eq!(charts.matches("up to 1,000 a second").count(), 3);
        assert_eq!(charts.matches("capacity 40").count(), 6);
        assert_eq!(charts.matches("up to 32,768 hashes").count(), 6);
    }
}
