//! The page of HTML: its charts.

#![allow(clippy::unwrap_used, reason = "the functions below are for tests only")]

mod reading;
mod sample;

use levee_report::{Findings, Series, Verdict, html};
use reading::{all, parse, text};
use scraper::Selector;
use std::collections::BTreeSet;

#[test]
fn columns_of_different_lengths_and_times_that_make_no_sense_do_no_harm() {
    let mut findings = sample::incident();
    findings.run.series.patients_lost.truncate(7);
    findings.run.series.work_asked.clear();
    findings
        .run
        .series
        .verdicts
        .insert(Verdict::Failed, vec![u64::MAX; 3]);
    findings.origin_capacity = f64::NAN;
    for (attack, (from, until)) in [(0, (f64::NAN, 5.0)), (1, (9e300, f64::INFINITY))] {
        findings.attacks[attack].from = from;
        findings.attacks[attack].until = until;
    }
    for seconds in [0.0, -1.0, 1e300, f64::NAN, f64::INFINITY] {
        findings.seconds = seconds;
        assert!(html::page(&findings).ends_with("</html>\n") || html::page(&findings).ends_with("</html>"));
    }
}

#[test]
fn lines_stay_within_their_charts_with_zeros_on_a_logarithmic_scale_too() {
    let mut findings = sample::rehearsal();
    findings.run.series.verdicts.insert(Verdict::Failed, vec![0; 60]);
    findings.run.series.work_asked[30] = Some(0);
    for findings in [findings, sample::incident()] {
        let page = parse(&findings);
        for chart in all(&page, "figure svg") {
            let size: Vec<f64> = numbers(chart.attr("viewbox").or(chart.attr("viewBox")).unwrap());
            for line in chart.select(&Selector::parse("polyline").unwrap()) {
                for point in numbers(line.attr("points").unwrap()).chunks(2) {
                    assert!((0.0..=size[2]).contains(&point[0]), "{point:?}");
                    assert!((0.0..=size[3]).contains(&point[1]), "{point:?}");
                }
            }
        }
    }
}

#[test]
fn a_peak_of_one_step_is_seen_in_a_chart_of_thousands() {
    let mut findings = sample::incident();
    findings.attacks.clear();
    findings.run.series = quiet(4_000);
    findings.run.series.origin[2_017] = 270_000;
    let page = parse(&findings);
    let description = text(&page, "article[lang=en] #origin-en-0-wide-text");
    assert!(description.contains("at most 9,000"), "{description}");
    for line in all(&page, "figure polyline") {
        assert!(line.attr("points").unwrap().split_whitespace().count() <= 300);
    }
}

#[test]
fn a_line_is_not_drawn_where_it_is_zero() {
    let mut findings = sample::rehearsal();
    findings.run.series.origin_flood = vec![0; 60];
    findings.run.series.origin = vec![0; 60];
    findings.run.series.origin[30] = 9;
    let page = parse(&findings);
    let lines = |stroke: &str| -> Vec<usize> {
        all(
            &page,
            &format!("article[lang=en] .chart:nth-of-type(2) svg.wide polyline[stroke=\"{stroke}\"]"),
        )
        .iter()
        .map(|line| line.attr("points").unwrap().split_whitespace().count())
        .collect()
    };
    assert_eq!(lines("#0B6486"), [3], "up from zero and down again");
    assert!(lines("#B01E4A").is_empty());
}

#[test]
fn there_are_no_half_patients() {
    let mut findings = sample::rehearsal();
    findings.run.series.patients_arrived = vec![1; 60];
    let page = parse(&findings);
    let ticks = text(&page, "article[lang=en] .chart:nth-of-type(3) svg.wide text");
    assert!(ticks.contains('1') && !ticks.contains('.'), "{ticks}");
}

#[test]
fn every_colour_of_a_chart_has_another_in_the_dark() {
    let mut findings = sample::incident();
    let len = findings.run.series.len();
    for verdict in Verdict::ALL {
        findings.run.series.verdicts.insert(verdict, vec![1; len]);
    }
    findings.run.series.origin_failed[9] = 1;
    let page = parse(&findings);
    let style = text(&page, "style");
    for attribute in ["stroke", "fill"] {
        for element in all(&page, &format!("svg [{attribute}]")) {
            let color = element.attr(attribute).unwrap();
            let rule = format!("svg [{attribute}=\"{color}\"]");
            assert!(color == "none" || style.contains(&rule), "there is no {rule}");
        }
    }
}

#[test]
fn every_chart_is_described_and_every_name_of_an_element_is_its_own() {
    let page = parse(&sample::incident());
    let ids: Vec<&str> = all(&page, "[id]")
        .iter()
        .map(|element| element.attr("id").unwrap())
        .collect();
    assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len());
    let charts = all(&page, "figure svg");
    assert_eq!(charts.len(), 2 * 4 * (3 + 1));
    for chart in charts {
        assert_eq!(chart.attr("role"), Some("img"));
        for id in chart.attr("aria-labelledby").unwrap().split(' ') {
            assert!(ids.contains(&id), "{id}");
        }
    }
}

#[test]
fn attacks_are_shown_larger_where_they_are_short() {
    let panels =
        |findings: &Findings| all(&parse(findings), "article[lang=en] .chart:first-of-type figure").len();
    let mut findings = sample::incident();
    assert_eq!(panels(&findings), 3);
    // Two that touch share a panel.
    findings.attacks[1].from = 18_000.0;
    findings.attacks[1].until = 19_800.0;
    assert_eq!(panels(&findings), 2);
    // One that takes most of the time is seen well enough.
    findings.attacks.truncate(1);
    findings.attacks[0].until = 90_000.0;
    assert_eq!(panels(&findings), 1);
    // Of many, only the largest.
    findings.attacks = (0..9)
        .map(|index| short_attack(f64::from(index) * 9_000.0))
        .collect();
    assert_eq!(panels(&findings), 5);
    assert!(text(&parse(&findings), "article[lang=en]").contains("Only the 4 largest attacks"));
}

fn short_attack(from: f64) -> levee_report::Attack {
    levee_report::Attack {
        from,
        until: from + 600.0,
        ..sample::incident().attacks[0].clone()
    }
}

fn quiet(steps: usize) -> Series {
    Series {
        step_seconds: 30.0,
        origin: vec![1; steps],
        origin_flood: vec![0; steps],
        origin_failed: vec![0; steps],
        ..Series::default()
    }
}

fn numbers(text: &str) -> Vec<f64> {
    text.split([' ', ','])
        .filter(|number| !number.is_empty())
        .map(|number| number.parse().unwrap())
        .collect()
}
