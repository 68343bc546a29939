//! What came of each step, and what was left out.

use std::{fmt, time::Duration};

use comfy_table::{CellAlignment, Table, presets::UTF8_FULL_CONDENSED};

use super::{setting::LeftOut, step::Outcome};

/// The steps so far. Its `Display` form ends with the line `N passed, N failed, N skipped`.
#[derive(Debug, Default)]
pub(super) struct Report {
    steps: Vec<(&'static str, Outcome, Duration)>,
    left_out: Vec<LeftOut>,
}

impl Report {
    pub(super) fn add(&mut self, name: &'static str, outcome: Outcome, took: Duration) {
        self.steps.push((name, outcome, took));
    }

    pub(super) fn leave_out(&mut self, tests: Vec<LeftOut>) {
        self.left_out = tests;
    }

    /// Whether the step called `name` has run and failed.
    pub(super) fn has_failed(&self, name: &str) -> bool {
        self.steps
            .iter()
            .any(|(step, outcome, _)| *step == name && matches!(outcome, Outcome::Failed(_)))
    }

    /// Whether nothing failed; what was skipped counts as no failure.
    pub(super) fn is_success(&self) -> bool {
        self.count(|outcome| matches!(outcome, Outcome::Failed(_))) == 0
    }

    fn count(&self, which: impl Fn(&Outcome) -> bool) -> usize {
        self.steps.iter().filter(|(_, outcome, _)| which(outcome)).count()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new();
        table
            .load_style(UTF8_FULL_CONDENSED)
            .set_header(["step", "result", "seconds"]);
        for (name, outcome, took) in &self.steps {
            let result = match outcome {
                Outcome::Passed => "passed".to_owned(),
                Outcome::Failed(_) => "FAILED".to_owned(),
                Outcome::Skipped(why) => format!("SKIPPED: {why}"),
            };
            table.add_row([(*name).to_owned(), result, format!("{:.1}", took.as_secs_f64())]);
        }
        if let Some(seconds) = table.column_mut(2) {
            seconds.set_cell_alignment(CellAlignment::Right);
        }
        writeln!(f, "{table}")?;
        for LeftOut { tool, tests } in &self.left_out {
            writeln!(f, "NOT RUN, because {tool} is missing:")?;
            for test in tests {
                writeln!(f, "  {test}")?;
            }
        }
        write!(
            f,
            "{} passed, {} failed, {} skipped",
            self.count(|outcome| matches!(outcome, Outcome::Passed)),
            self.count(|outcome| matches!(outcome, Outcome::Failed(_))),
            self.count(|outcome| matches!(outcome, Outcome::Skipped(_))),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let mut report = Report::default();
        report.add("build", Outcome::Passed, Duration::from_secs(2));
        report.add(
            "demo",
            Outcome::Skipped("envoy is missing".to_owned()),
            Duration::ZERO,
        );
        report
    }

    #[test]
    fn the_last_line_counts_every_step() {
        let mut report = report();
        report.add(
            "lint",
            Outcome::Failed("a warning".to_owned()),
            Duration::from_secs(1),
        );
        assert_eq!(
            report.to_string().lines().last(),
            Some("1 passed, 1 failed, 1 skipped")
        );
        assert!(!report.is_success());
    }

    #[test]
    fn what_was_left_out_is_named() {
        let mut report = report();
        report.leave_out(vec![LeftOut {
            tool: "envoy",
            tests: vec!["needs_envoy::a_test".to_owned()],
        }]);
        let text = report.to_string();
        assert!(
            text.contains("envoy is missing:\n  needs_envoy::a_test\n"),
            "{text}"
        );
        assert!(report.is_success());
    }

    #[test]
    fn only_a_step_that_ran_and_failed_has_failed() {
        let mut report = report();
        report.add(
            "lint",
            Outcome::Failed("a warning".to_owned()),
            Duration::from_secs(1),
        );
        assert!(report.has_failed("lint"));
        assert!(!report.has_failed("build") && !report.has_failed("demo") && !report.has_failed("docs"));
    }
}
