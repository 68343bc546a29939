//! The figures as a table, for somebody who has just been woken up.

use super::{
    report::{PhaseReport, Report},
    verdict::Verdict,
};
use comfy_table::{CellAlignment, Table, presets::UTF8_FULL_CONDENSED};
use indicatif::{HumanBytes, HumanCount};

/// Reasons why patients gave up that are told one by one.
const REASONS_TOLD: usize = 5;

/// What it is, the figure, and a remark on it.
type Row = [String; 3];

impl Report {
    /// The figures, what they are of, and a remark on each.
    pub(crate) fn table(&self) -> Table {
        let mut table = Table::new();
        table
            .load_style(UTF8_FULL_CONDENSED)
            .add_rows(self.flood_rows())
            .add_rows(self.patient_rows())
            .add_rows(self.filter_rows());
        if let Some(figures) = table.column_mut(1) {
            figures.set_cell_alignment(CellAlignment::Right);
        }
        table
    }

    fn flood_rows(&self) -> Vec<Row> {
        let mut rows = vec![row("Flood", count(self.flood_sent), "requests sent")];
        rows.extend(self.phases.iter().map(phase_row));
        rows.extend(self.flood_by_verdict.iter().map(|(verdict, requests)| {
            row(
                in_words(*verdict),
                count(*requests),
                self.share_of_flood(*requests),
            )
        }));
        let allowed = format!("the free lane allows {}", HumanCount(self.free_lane_allowance));
        rows.push(row("  reached the origin", count(self.flood_at_origin), allowed));
        rows
    }

    fn patient_rows(&self) -> Vec<Row> {
        let faults = format!("{} missing, {} double", self.numbers_missing, self.numbers_double);
        let mut rows = vec![
            row("Patients", count(self.patients), "came while the flood went on"),
            row("  with a number", count(self.patients_served), ""),
            row("  numbers in the database", count(self.numbers_issued), faults),
            row(
                "  time to a number, p50",
                seconds(self.patient_ms_p50),
                "on an old phone",
            ),
            row(
                "  time to a number, p99",
                seconds(self.patient_ms_p99),
                "on an old phone",
            ),
        ];
        let reasons = self.patients_gave_up.iter().take(REASONS_TOLD);
        rows.extend(reasons.map(|(why, patients)| row("  gave up", count(*patients), why.as_str())));
        rows
    }

    fn filter_rows(&self) -> [Row; 1] {
        let memory = HumanBytes(self.filter_rss_bytes).to_string();
        [row(
            "Filter's memory",
            memory,
            format!("at most, all of {}", self.host),
        )]
    }

    fn share_of_flood(&self, requests: u64) -> String {
        if self.flood_sent == 0 {
            return String::new();
        }
        format!("{:.1} %", requests as f64 * 100.0 / self.flood_sent as f64)
    }
}

fn row(what: &str, figure: String, remark: impl Into<String>) -> Row {
    [what.to_owned(), figure, remark.into()]
}

fn phase_row(phase: &PhaseReport) -> Row {
    let from = if phase.addresses == 1 {
        "one address".to_owned()
    } else {
        format!("{} addresses", HumanCount(phase.addresses))
    };
    let rate = phase.flood_sent as f64 / phase.seconds.max(f64::MIN_POSITIVE);
    row(
        &format!("  from {from}"),
        count(phase.flood_sent),
        format!("{rate:.0} a second"),
    )
}

fn count(count: u64) -> String {
    HumanCount(count).to_string()
}

fn seconds(milliseconds: Option<u64>) -> String {
    milliseconds.map_or_else(|| "-".to_owned(), |ms| format!("{:.1} s", ms as f64 / 1e3))
}

/// What a verdict is called in front of people.
const fn in_words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Forwarded => "  let through",
        Verdict::Challenge => "  asked for work",
        Verdict::OverQuota => "  over quota",
        Verdict::Refused => "  refused otherwise",
        Verdict::Failed => "  failed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_tells_what_came_through_and_why_patients_gave_up() {
        let phase = PhaseReport {
            name: "one_address",
            seconds: 2.0,
            addresses: 1,
            flood_sent: 4_000,
            flood_by_verdict: [(Verdict::Challenge, 4_000)].into(),
        };
        let report = Report {
            host: "envoy",
            seconds: 2.0,
            flood_sent: 4_000,
            flood_by_verdict: phase.flood_by_verdict.clone(),
            flood_at_origin: 80,
            free_lane_allowance: 81,
            patients: 2,
            patients_served: 1,
            numbers_issued: 1,
            numbers_missing: 0,
            numbers_double: 0,
            patient_ms_p50: Some(940),
            patient_ms_p99: None,
            filter_rss_bytes: 64 << 20,
            phases: vec![phase],
            patients_gave_up: [("/book: answered 500".to_owned(), 1)].into(),
        };
        let table = report.table().to_string();
        for part in [
            "from one address",
            "2000 a second",
            "100.0 %",
            "the free lane allows 81",
            "0.9 s",
            "/book: answered 500",
            "64.00 MiB",
        ] {
            assert!(table.contains(part), "{part} is not in\n{table}");
        }
    }
}
