//! Files in which all is as expected.

use crate::support::{levee_test, scenario_file};

#[test]
fn a_quota_holds_on_every_profile() {
    let ran = levee_test(&["passes.yaml"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("12 passed, 3 skipped"), "{}", ran.out);
}

#[test]
fn services_answer_in_virtual_time() {
    let ran = levee_test(&["services.yaml"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
}

#[test]
fn what_a_response_says_is_used_in_later_requests() {
    let ran = levee_test(&["sessions.yaml"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
}

#[test]
fn one_scenario_is_picked_by_its_name_and_profile() {
    let ran = levee_test(&["passes.yaml", "--filter", "hour is over", "--profile", "ngx"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert_eq!(
        ran.out,
        "passes.yaml\n  ✓ beyond the quota clients are refused until the hour is over  (ngx)\n\n1 passed; 6 exchanges\n"
    );
}

#[test]
fn the_order_of_reports_is_that_of_the_files_whatever_the_jobs() {
    let files = ["services.yaml", "passes.yaml", "races.yaml", "fails.yaml"];
    let with = |jobs: &str| levee_test(&[files.as_slice(), &["--jobs", jobs]].concat()).out;
    let one = with("1");
    assert!(one.starts_with("services.yaml\n"), "{one}");
    assert_eq!(one, with("5"));
}

#[test]
fn the_module_of_the_command_line_goes_before_the_files() {
    let (_folder, path) = scenario_file(
        "module: nowhere.wasm\nscenarios:\n  - name: a\n    steps:\n      - request: /\n        expect: { headers: { x-guest: present } }\n",
    );
    let ran = levee_test(&[&path, "--module", "../../../../harness/guests/sets_header.wat"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
}
