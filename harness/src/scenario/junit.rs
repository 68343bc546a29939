//! A report as JUnit's XML, which most build servers show.

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use super::report::{Failure, FileReport, Played, Report};

impl Report {
    /// The report as JUnit's XML: a test suite for each file, a test case for each scenario and profile.
    #[must_use]
    pub fn to_junit(&self) -> String {
        let mut report = quick_junit::Report::new("levee test");
        for file in &self.files {
            let mut suite = TestSuite::new(file.path.display().to_string());
            suite.add_test_cases(file.scenarios.iter().map(|played| test_case(file, played)));
            suite.set_time(file.scenarios.iter().map(|played| played.took).sum());
            report.add_test_suite(suite);
        }
        // Nothing but writing to memory can fail here.
        report.to_string().unwrap_or_default()
    }
}

fn test_case(file: &FileReport, played: &Played) -> TestCase {
    let status = if let Some(reason) = &played.skipped {
        let mut status = TestCaseStatus::skipped();
        status.set_message(reason.as_str());
        status
    } else if played.passed() {
        TestCaseStatus::success()
    } else {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        let first = played
            .failures
            .first()
            .and_then(|failure| failure.mismatches.first());
        if let Some(first) = first {
            status.set_message(format!(
                "{}: expected {}, but got {}",
                first.what, first.expected, first.actual
            ));
        }
        status.set_type("expectation");
        status.set_description(description(file, played));
        status
    };
    let mut case = TestCase::new(format!("{} [{}]", played.name, played.profile), status);
    case.set_classname(file.path.display().to_string());
    case.set_time(played.took);
    case
}

fn description(file: &FileReport, played: &Played) -> String {
    let seed = played.failed_seeds.first().copied().unwrap_or_default();
    let mut lines = vec![format!(
        "seed {seed}, {} of {} seeds fail",
        played.failed_seeds.len(),
        played.seeds.len()
    )];
    for Failure {
        place,
        step,
        happened,
        mismatches,
        log,
        ..
    } in &played.failures
    {
        lines.push(format!("{}:{place} step {step}: {happened}", file.path.display()));
        for mismatch in mismatches {
            lines.push(format!("  {}", mismatch.what));
            lines.push(format!("    expected {}", mismatch.expected));
            lines.push(format!("    actual   {}", mismatch.actual));
        }
        lines.extend(log.iter().map(|line| format!("  log: {line}")));
    }
    lines.join("\n")
}
