//! The table of the terminal.

mod sample;

use levee_report::{headline, table};

#[test]
fn the_headline_comes_first_then_the_runs_then_the_promises() {
    let findings = sample::failed();
    let text = table::text(&findings);
    assert!(text.starts_with(&headline(&findings).en));
    let row = |label: &str| text.lines().find(|line| line.contains(label)).unwrap();
    assert!(row("Levee").contains("No filter"), "{text}");
    let flood = row("│ Flood at the origin");
    assert!(
        flood.contains("181,400") && flood.contains("6,250,000"),
        "{flood}"
    );
    assert!(flood.chars().count() <= 110, "{flood}");
    let promise = text
        .find("MISSED  Patients served: 78%, at least 99% promised")
        .unwrap();
    let advice = text.find("Lower price.ceiling").unwrap();
    assert!(text.find("│").unwrap() < promise && promise < advice, "{text}");
    assert!(text.contains("kept    Challenges to people while nothing attacks: 0, at most 0 promised"));
}

#[test]
fn without_baselines_there_is_one_column() {
    let text = table::text(&sample::rehearsal());
    assert!(text.contains("40 of 40") && !text.contains("No filter"), "{text}");
}

#[test]
fn a_terminal_is_not_told_what_to_do() {
    let mut findings = sample::failed();
    findings.bounds[0].advice = Some(sample::text("\u{1b}[2J\u{7}wiped", ""));
    let run = findings.run.clone();
    findings.baselines.insert("\u{1b}]0;owned".to_owned(), run);
    assert!(!table::text(&findings).contains(['\u{1b}', '\u{7}']));
}
