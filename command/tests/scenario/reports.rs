//! What machines read.

use quick_junit::TestCaseStatus;

use crate::support::levee_test;

#[test]
fn junit_has_a_test_case_for_each_scenario() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("report.xml");
    let ran = levee_test(&[
        "fails.yaml",
        "passes.yaml",
        "--junit",
        path.to_str().expect("UTF-8"),
    ]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let xml = std::fs::read_to_string(&path).expect("a report");
    let report = quick_junit::Report::deserialize_from_str(&xml).expect("JUnit's XML");
    let [fails, passes] = report.test_suites.as_slice() else {
        panic!("two files: {xml}");
    };
    assert_eq!(
        (fails.name.as_str(), passes.name.as_str()),
        ("fails.yaml", "passes.yaml")
    );
    assert_eq!((fails.tests, fails.failures, fails.skipped), (3, 1, 1));
    assert_eq!((passes.tests, passes.failures), (15, 0));
    let failed = &fails.test_cases[0];
    assert_eq!(failed.name.as_str(), "every client is served [envoy]");
    let TestCaseStatus::NonSuccess {
        message, description, ..
    } = &failed.status
    else {
        panic!("it failed: {xml}");
    };
    assert_eq!(
        message.as_ref().map(quick_junit::XmlString::as_str),
        Some("status: expected 200, but got 429")
    );
    let description = description.as_ref().expect("in full").as_str();
    assert!(
        description.contains("log: info: beyond the quota"),
        "{description}"
    );
}

#[test]
fn json_has_every_mismatch() {
    let ran = levee_test(&["fails.yaml", "--json", "-"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let report: serde_json::Value = serde_json::from_str(&ran.out).expect("nothing but JSON");
    let scenario = &report["files"][0]["scenarios"][0];
    assert_eq!(scenario["name"], "every client is served");
    assert_eq!(scenario["failed_seeds"], serde_json::json!([0]));
    let failure = &scenario["failures"][0];
    assert_eq!(failure["step"], 1);
    assert_eq!(failure["failed_exchanges"], 3);
    assert_eq!(failure["mismatches"][0]["what"], "status");
    assert_eq!(failure["mismatches"][0]["expected"], "200");
    assert_eq!(failure["mismatches"][0]["actual"], "429");
    assert_eq!(
        report["files"][0]["scenarios"][2]["skipped"],
        "waits for a decision"
    );
}

#[test]
fn the_schema_that_editors_use_is_current() {
    let ran = levee_test(&["--schema"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/scenario.schema.json");
    if std::env::var_os("LEVEE_BLESS").is_some() {
        std::fs::write(path, &ran.out).expect("written");
    }
    let committed = std::fs::read_to_string(path).expect("the schema");
    assert!(
        committed == ran.out,
        "docs/scenario.schema.json is not current: levee test --schema > docs/scenario.schema.json"
    );
}
