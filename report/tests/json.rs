//! JSON.

mod sample;

use levee_report::{Findings, Series, Verdict, json};

const FIGURES: [&str; 10] = [
    "requests",
    "wall_seconds",
    "patients",
    "patients_served",
    "payments",
    "payments_served",
    "flood_at_origin",
    "free_lane_allowance",
    "challenges_to_people_quiet",
    "peak_memory_bytes",
];

#[test]
fn figures_stand_at_the_top_and_in_every_baseline() {
    let value = json::value(&sample::incident()).unwrap();
    let runs = [
        &value,
        &value["baselines"]["no_filter"],
        &value["baselines"]["challenge_all"],
    ];
    for run in runs {
        for figure in FIGURES {
            assert!(run[figure].is_number(), "{figure}");
        }
    }
    assert_eq!(value["flood_at_origin"], 1_234);
    assert_eq!(value["baselines"]["no_filter"]["flood_at_origin"], 6_250_000);
}

#[test]
fn it_is_small_and_can_be_read_again() {
    let value = json::value(&sample::incident()).unwrap();
    assert!(serde_json::to_string_pretty(&value).unwrap().len() < 1_000_000);
    let mut findings: Findings = serde_json::from_value(value).unwrap();
    assert!(findings.run.series.len() <= 500);
    let whole = sample::incident();
    findings.run.series = whole.run.series.clone();
    findings.baselines = whole.baselines.clone();
    assert_eq!(findings, whole);
}

#[test]
fn condensed_series_lose_no_request_and_no_patient() {
    let series = sample::incident().run.series;
    let condensed = series.condensed(7);
    assert_eq!(condensed.len(), 7);
    let sum = |series: &Series| series.verdicts[&Verdict::Challenge].iter().sum::<u64>();
    assert_eq!(sum(&condensed), sum(&series));
    assert_eq!(condensed.patients_served.last(), series.patients_served.last());
    assert_eq!(condensed.work_asked.iter().max(), series.work_asked.iter().max());
    assert_eq!(series.condensed(series.len()), series);
    assert!(Series::default().condensed(0).is_empty());
}
