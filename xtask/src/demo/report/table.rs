//! The figures as a table, for somebody who has just been woken up: a column for each phase, and one for the whole.

use super::{PhaseReport, Report};
use crate::demo::verdict::Verdict;
use comfy_table::{CellAlignment, Table, presets::UTF8_FULL_CONDENSED};
use indicatif::{HumanBytes, HumanCount};

/// Reasons why patients gave up that are told one by one.
const REASONS_TOLD: usize = 5;

/// What stands where there is nothing to tell.
const NOTHING: &str = "-";

impl Report {
    /// The figures of every phase and of the whole.
    pub(crate) fn table(&self) -> Table {
        let mut table = Table::new();
        let heads = self
            .phases
            .iter()
            .map(|phase| phase.name.title().replace(' ', "\n"));
        table
            .load_style(UTF8_FULL_CONDENSED)
            .set_header(row(self.host_and_workers(), heads, "all"))
            .add_rows(self.flood_rows())
            .add_rows(self.patient_rows())
            .add_rows(self.line_rows())
            .add_rows(self.origin_rows());
        for column in table.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        table
    }

    /// Why patients gave up, each reason with how many; empty when nobody did.
    pub(crate) fn reasons(&self) -> Vec<String> {
        let reasons = self.patients_gave_up.iter().take(REASONS_TOLD);
        reasons
            .map(|(why, patients)| format!("{patients} gave up: {why}"))
            .collect()
    }

    fn host_and_workers(&self) -> String {
        let plural = if self.workers == 1 { "" } else { "s" };
        format!("{}, {} worker{plural}", self.host, self.workers)
    }

    fn flood_rows(&self) -> Vec<Vec<String>> {
        let mut rows = vec![
            self.row("Attack: addresses", |phase| count(phase.addresses), NOTHING),
            self.row(
                "  requests sent",
                |phase| count(phase.flood_sent),
                count(self.flood_sent),
            ),
        ];
        rows.extend(self.flood_by_verdict.iter().map(|(verdict, all)| {
            let of_phase = |phase: &PhaseReport| {
                let requests = phase.flood_by_verdict.get(verdict).copied();
                count(requests.unwrap_or_default())
            };
            self.row(in_words(*verdict), of_phase, count(*all))
        }));
        let minted = self.phases.iter().map(|phase| phase.clearances_minted).sum();
        rows.extend([
            self.row(
                "  clearances worked for",
                |phase| count(phase.clearances_minted),
                count(minted),
            ),
            self.row(
                "  reached the origin",
                |phase| count(phase.flood_at_origin),
                count(self.flood_at_origin),
            ),
            self.row(
                "    and may",
                |phase| count(phase.flood_allowance),
                count(self.flood_allowance),
            ),
        ]);
        rows
    }

    fn patient_rows(&self) -> Vec<Vec<String>> {
        let challenges = self.phases.iter().map(|phase| phase.challenges_to_people).sum();
        let failed = self.phases.iter().map(|phase| phase.people_failed).sum();
        let faults = |missing, double| {
            if (missing, double) == (0, 0) {
                NOTHING.to_owned()
            } else {
                format!("{missing}/{double}")
            }
        };
        vec![
            self.row(
                "Patients",
                |phase| phase.patients.to_string(),
                self.patients.to_string(),
            ),
            self.row(
                "  with a number",
                |phase| phase.patients_served.to_string(),
                self.patients_served.to_string(),
            ),
            self.row(
                "  requests failed",
                |phase| count(phase.people_failed),
                count(failed),
            ),
            self.row(
                "  numbers missing/double",
                |phase| faults(phase.numbers_missing, phase.numbers_double),
                faults(self.numbers_missing, self.numbers_double),
            ),
            self.row(
                "  time to a number, p50",
                |phase| seconds(phase.patient_ms_p50),
                seconds(self.patient_ms_p50),
            ),
            self.row(
                "  time to a number, p99",
                |phase| seconds(phase.patient_ms_p99),
                seconds(self.patient_ms_p99),
            ),
            self.row(
                "  challenges met",
                |phase| count(phase.challenges_to_people),
                count(challenges),
            ),
            self.row(
                "Payments reported",
                |phase| count(phase.payments),
                count(self.payments),
            ),
            self.row(
                "  taken at once",
                |phase| count(phase.payments_served),
                count(self.payments_served),
            ),
        ]
    }

    fn line_rows(&self) -> Vec<Vec<String>> {
        let when_waited = |phase: &PhaseReport, figure: String| {
            if phase.waited_in_line == 0 {
                NOTHING.to_owned()
            } else {
                figure
            }
        };
        let order = |phase: &PhaseReport| if phase.served_in_order { "yes" } else { "no" };
        let waited = self.phases.iter().map(|phase| phase.waited_in_line).sum();
        let longest = self.phases.iter().map(|phase| phase.longest_wait_ms).max();
        vec![
            self.row(
                "Waited in line",
                |phase| count(phase.waited_in_line),
                count(waited),
            ),
            self.row(
                "  longest wait",
                |phase| when_waited(phase, seconds(Some(phase.longest_wait_ms))),
                seconds(longest.filter(|_| waited > 0)),
            ),
            self.row(
                "  served in order",
                |phase| when_waited(phase, order(phase).to_owned()),
                NOTHING,
            ),
            self.row(
                "  overtaken by, at most",
                |phase| when_waited(phase, seconds(Some(phase.longest_overtaking_ms))),
                NOTHING,
            ),
        ]
    }

    fn origin_rows(&self) -> Vec<Vec<String>> {
        let most = self.phases.iter().map(|phase| phase.origin_rps_max).max();
        vec![
            self.row(
                "Origin: most in a second",
                |phase| count(phase.origin_rps_max),
                most.map_or_else(|| NOTHING.to_owned(), count),
            ),
            self.row(
                "Filter's memory, at most",
                |phase| HumanBytes(phase.filter_rss_bytes).to_string(),
                HumanBytes(self.filter_rss_bytes).to_string(),
            ),
        ]
    }

    /// A figure of every phase and of the whole.
    fn row(
        &self,
        what: &str,
        figure: impl Fn(&PhaseReport) -> String,
        of_all: impl Into<String>,
    ) -> Vec<String> {
        row(what.to_owned(), self.phases.iter().map(figure), of_all)
    }
}

fn row(what: String, of_phases: impl Iterator<Item = String>, of_all: impl Into<String>) -> Vec<String> {
    std::iter::once(what)
        .chain(of_phases)
        .chain([of_all.into()])
        .collect()
}

fn count(count: u64) -> String {
    if count == 0 {
        NOTHING.to_owned()
    } else {
        HumanCount(count).to_string()
    }
}

fn seconds(milliseconds: Option<u64>) -> String {
    milliseconds.map_or_else(|| NOTHING.to_owned(), |ms| format!("{:.1} s", ms as f64 / 1e3))
}

/// What a verdict is called in front of people.
const fn in_words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Forwarded => "  let through",
        Verdict::Served => "  redeemed a solution",
        Verdict::Challenge => "  asked for work",
        Verdict::OverQuota => "  over quota",
        Verdict::InLine => "  told to wait in line",
        Verdict::Refused => "  refused otherwise",
        Verdict::Failed => "  failed",
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_support::*;
    use crate::demo::phase::Phase;

    #[test]
    fn the_table_has_a_column_for_each_phase_and_one_for_the_whole() {
        let table = Story::held().report().table().to_string();
        let line = |what: &str| -> Vec<String> {
            let line = table.lines().find(|line| line.contains(what)).unwrap();
            let cells = line.split(['│', '┆']).map(|cell| cell.trim().to_owned());
            cells.filter(|cell| !cell.is_empty()).collect()
        };
        assert_eq!(
            line("requests sent"),
            ["requests sent", "-", "1,000", "1,000", "1,000", "-", "-", "3,000"]
        );
        assert_eq!(
            line("and may"),
            ["and may", "-", "240", "240", "440", "-", "-", "920"]
        );
        assert_eq!(
            line("Waited in line"),
            ["Waited in line", "-", "-", "-", "-", "2", "-", "2"]
        );
        assert_eq!(
            line("longest wait"),
            ["longest wait", "-", "-", "-", "-", "5.0 s", "-", "5.0 s"]
        );
        assert!(table.contains("wasmtime, 2 workers"), "{table}");
    }

    #[test]
    fn why_patients_gave_up_is_told() {
        let mut story = Story::held();
        assert!(Story::held().report().reasons().is_empty());
        story.of(Phase::Surge).visits.push(gave_up());
        let reasons = story.report().reasons();
        assert_eq!(reasons, ["1 gave up: /: answered with 500"]);
    }
}
