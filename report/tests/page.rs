//! The page of HTML: what it says.

mod reading;
mod sample;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use levee_report::{Bound, Findings, html};
use reading::{all, parse, text};
use scraper::{ElementRef, Html};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};

const HOSTILE: &str =
    "</pre></title><script>alert(\"1\")</script><img src=x onerror='alert(2)'> {{ 1 }} {name} & \u{202e}";

#[test]
fn every_kind_of_findings_makes_a_page_of_modest_size() {
    // What is written here is for looking at: open it in a browser.
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    for (name, findings) in samples() {
        let page = html::page(&findings);
        assert!(page.len() < 500_000, "{name} is {} bytes", page.len());
        std::fs::write(folder.join(format!("report-{name}.html")), page).unwrap();
    }
}

#[test]
fn what_others_wrote_is_text_and_nothing_else() {
    let mut findings = sample::failed();
    findings.scenario = HOSTILE.to_owned();
    findings.title = sample::text(HOSTILE, HOSTILE);
    findings.about = sample::text(HOSTILE, HOSTILE);
    findings.target = Some(HOSTILE.to_owned());
    findings.begins = HOSTILE.to_owned();
    findings.configuration = HOSTILE.to_owned();
    findings.scenario_text = HOSTILE.to_owned();
    findings.attacks[0].title = sample::text(HOSTILE, HOSTILE);
    findings.bounds[0].advice = Some(sample::text(HOSTILE, HOSTILE));
    let run = findings.run.clone();
    findings.baselines.insert(HOSTILE.to_owned(), run);

    let page = parse(&findings);

    assert_eq!(all(&page, "script").len(), 1);
    assert!(all(&page, "img, iframe, object, link, form").is_empty());
    let on_event = |element: &ElementRef<'_>| element.value().attrs().any(|(name, _)| name.starts_with("on"));
    assert!(!all(&page, "*").iter().any(on_event));
    let written: Vec<String> = all(&page, "pre").iter().map(|pre| pre.text().collect()).collect();
    assert_eq!(written, [HOSTILE; 4]);
    assert!(text(&page, "article[lang=en] .about").contains(HOSTILE));
    assert!(text(&page, "article[lang=en] tr.advice").contains(HOSTILE));
}

#[test]
fn attacks_are_called_by_their_names_in_each_language() {
    let page = parse(&sample::incident());
    assert!(text(&page, "article[lang=en]").contains("morning flood: "));
    let vietnamese = text(&page, "article[lang=vi]");
    assert!(vietnamese.contains("đợt lũ buổi sáng: ") && !vietnamese.contains("morning flood"));
}

#[test]
fn the_page_asks_for_nothing_from_elsewhere() {
    for (name, findings) in samples() {
        let written = html::page(&findings);
        for foreign in ["http:", "https:", "//www", "@import", "url(", "xlink"] {
            assert!(!written.contains(foreign), "{name} has {foreign}");
        }
        let page = Html::parse_document(&written);
        assert!(all(&page, "[src], [style], link, base").is_empty());
        for link in all(&page, "[href]") {
            assert!(link.attr("href").unwrap().starts_with('#'));
        }
    }
}

#[test]
fn the_policy_allows_the_style_and_the_script_of_the_page_and_nothing_else() {
    let page = parse(&sample::incident());
    let policy = all(&page, "meta[http-equiv=Content-Security-Policy]")[0]
        .attr("content")
        .unwrap();
    let hash = |selector| BASE64_STANDARD.encode(Sha256::digest(text(&page, selector)));
    assert_eq!(
        policy,
        format!(
            "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'",
            hash("style"),
            hash("script")
        )
    );
}

#[test]
fn both_languages_say_as_much() {
    for (name, findings) in samples() {
        let page = parse(&findings);
        let count = |language: &str| -> BTreeMap<String, usize> {
            let mut count = BTreeMap::new();
            for element in all(&page, &format!("article[lang={language}] *")) {
                // Labels beside axes are only there where there is room for them.
                if !matches!(element.value().name(), "text" | "polyline") {
                    *count.entry(element.value().name().to_owned()).or_default() += 1;
                }
            }
            count
        };
        assert_eq!(count("vi"), count("en"), "{name}");
        for article in all(&page, "article") {
            let mut written: String = article.text().collect();
            written = written.replace(&findings.configuration, "");
            assert!(!written.contains('{'), "{name}: a place was not filled in");
        }
    }
}

#[test]
fn a_missed_promise_stands_with_what_to_change() {
    let page = parse(&sample::failed());
    assert!(text(&page, "article[lang=en] h1").starts_with("Not held: 312 of 400 patients"));
    let missed = all(&page, "article[lang=en] .promises tr.missed");
    assert_eq!(missed.len(), 2);
    let first: String = missed[0].text().collect();
    for said in ["Patients served", "at least 99%", "78%", "✗ missed"] {
        assert!(first.contains(said), "{first}");
    }
    let advice = text(&page, "article[lang=vi] .promises tr.advice");
    assert!(advice.contains("Giảm price.ceiling"), "{advice}");
}

#[test]
fn a_promise_that_was_kept_is_not_told_what_to_change() {
    let mut findings = sample::incident();
    findings.bounds[0].advice = Some(sample::text("Change something.", "Hãy thay đổi."));
    let page = parse(&findings);
    assert!(all(&page, ".advice").is_empty());
}

#[test]
fn what_was_seen_is_not_rounded_in_favour_of_the_promise() {
    let mut findings = sample::incident();
    findings.bounds = vec![
        sample::judged(Bound::PatientsServed, 99.0, 98.996, None),
        sample::judged(Bound::DelayP95, 30.0, 30.004, None),
        sample::judged(Bound::FloodAtOrigin, 100.0, 99.5, None),
    ];
    let page = parse(&findings);
    let seen: Vec<String> = all(&page, "article[lang=en] .promises td:nth-of-type(2)")
        .iter()
        .map(|cell| cell.text().collect())
        .collect();
    assert_eq!(seen, ["98.99%", "30.01\u{a0}s", "99.5%"]);
}

#[test]
fn every_promise_has_a_name_of_its_own_in_every_language() {
    let bounds = [
        Bound::PatientsServed,
        Bound::PaymentsServed,
        Bound::AppErrandsServed,
        Bound::FloodAtOrigin,
        Bound::ChallengesToPeopleQuiet,
        Bound::DelayP95,
        Bound::OriginPeak,
        Bound::PatientsUnchallenged,
    ];
    let mut findings = sample::incident();
    findings.bounds = bounds.map(|bound| sample::judged(bound, 1.0, 1.0, None)).into();
    let page = parse(&findings);
    let names: BTreeSet<String> = all(&page, ".promises tbody th")
        .iter()
        .map(|th| th.text().collect())
        .collect();
    assert_eq!(names.len(), 2 * bounds.len());
}

#[test]
fn nothing_recorded_is_said_and_nobody_is_no_share() {
    let page = parse(&sample::nothing());
    assert!(all(&page, "figure").is_empty());
    assert!(text(&page, "article[lang=en] .chart").contains("Nothing was recorded."));

    let mut findings = sample::nothing();
    findings.run.figures.patients = 0;
    let page = parse(&findings);
    assert_eq!(
        text(&page, "article[lang=en] h1"),
        "Nothing was promised: no patient came; nothing attacked."
    );
    assert!(!text(&page, "article[lang=en] .cards").contains('%'));
}

#[test]
fn a_rehearsal_compares_nothing_and_says_what_is_not_known() {
    let page = parse(&sample::rehearsal());
    assert!(all(&page, ".comparison").is_empty());
    let manner = text(&page, "article[lang=en] .manner");
    for said in [
        "Rehearsal",
        "booking.example:8443",
        "Most memoryunknown",
        "All of it was really done.",
    ] {
        assert!(manner.contains(said), "{manner}");
    }
}

#[test]
fn baselines_stand_from_nothing_to_something_with_levee_last() {
    let page = parse(&sample::incident());
    let names: Vec<String> = all(&page, "article[lang=en] .comparison thead th")
        .iter()
        .map(|th| th.text().collect())
        .collect();
    assert_eq!(
        names,
        [
            "Figure",
            "No filter",
            "A rate limit for each address",
            "A challenge for everybody",
            "Levee"
        ]
    );
}

#[test]
fn numbers_are_written_as_the_language_writes_them() {
    let page = parse(&sample::incident());
    assert!(text(&page, "article[lang=vi] h1").contains("6.250.000 yêu cầu tấn công"));
    assert!(text(&page, "article[lang=en] h1").contains("6,250,000 requests attacked"));
    assert!(text(&page, "article[lang=vi] .comparison").contains("4,2\u{a0}giây"));
    assert!(text(&page, "article[lang=en] .comparison").contains("4.2\u{a0}s"));
}

fn samples() -> [(&'static str, Findings); 4] {
    [
        ("incident", sample::incident()),
        ("rehearsal", sample::rehearsal()),
        ("failed", sample::failed()),
        ("nothing", sample::nothing()),
    ]
}
