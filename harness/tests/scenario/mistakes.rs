//! Files that make no sense: every message says where, what, and what would be right.

use crate::support::{levee_test, scenario_file};

/// The message about a file, without the file's name, and the exit code.
fn problem(yaml: &str) -> String {
    let (_folder, path) = scenario_file(yaml);
    let ran = levee_test(&[&path]);
    assert_eq!(ran.code, 2, "{yaml}\n{}{}", ran.out, ran.err);
    assert_eq!(ran.out, "");
    ran.err
        .replace(&path, "FILE")
        .trim_start_matches("error: ")
        .trim_end()
        .to_owned()
}

/// The message about a file with one scenario of these steps.
fn step_problem(steps: &str) -> String {
    problem(&format!("scenarios:\n  - name: a\n    steps:\n{steps}"))
}

macro_rules! mistakes {
    ($($name:ident: $step:literal => $message:literal;)*) => {
        $(#[test]
        fn $name() {
            assert_eq!(step_problem($step), $message);
        })*
    };
}

mistakes! {
    a_key_of_a_step_that_is_not_known: "      - request: /\n        expcet: {}" => "?";
    a_key_of_an_expectation_that_is_not_known: "      - request: /\n        expect: { stauts: 200 }" => "?";
    a_key_of_a_request_that_is_not_known: "      - request: { pth: / }" => "?";
    a_request_that_is_none: "      - request: get /" => "?";
    a_status_out_of_range: "      - request: /\n        expect: { status: 20 }" => "?";
    a_duration_without_a_unit: "      - wait: 5" => "?";
    a_size_with_another_unit: "      - request: /\n        budget: { memory: 5 MegaByte }" => "?";
    a_number_that_is_none: "      - request: /\n        metrics: { a: many }" => "?";
    bounds_that_no_number_meets: "      - request: /\n        metrics: { a: { at_least: 2, at_most: 1 } }" => "?";
    a_regular_expression_that_is_none: "      - request: /\n        expect: { body: { matches: '(' } }" => "?";
    a_matcher_that_asks_for_nothing: "      - request: /\n        expect: { body: {} }" => "?";
    hexadecimal_digits_that_are_none: "      - request: { body: { hex: 0g } }" => "?";
    base64_that_is_none: "      - request: { body: { base64: '*' } }" => "?";
    bytes_written_in_two_ways: "      - request: { body: { hex: '00', size: 2 } }" => "?";
    a_number_whose_spelling_would_be_lost: "      - request: { headers: { x-version: 1.10 } }" => "?";
    an_address_that_is_none: "      - request: { from: 192.0.2 }" => "?";
    an_ending_that_is_none: "      - request: /\n        expect: { outcome: held }" => "?";
    a_step_in_which_nothing_happens: "      - name: nothing" => "?";
    a_step_in_which_two_things_happen: "      - request: /\n        wait: 1s" => "?";
    an_expectation_of_no_request: "      - wait: 1s\n        expect: { status: 200 }" => "?";
    a_worker_that_is_not_there: "      - request: { worker: 1 }" => "?";
    something_that_was_never_saved: "      - request: { path: '/${a}' }" => "?";
    a_brace_that_is_not_closed: "      - request: { path: '/${a' }" => "?";
    an_outcome_that_is_none: "      - request: /\n        outcomes: { ok: 1 }" => "?";
    a_response_of_a_connection_that_was_cut: "      - request: /\n        expect: { outcome: reset, status: 200 }" => "?";
    no_repetition: "      - request: /\n        repeat: 0" => "?";
    a_pace_at_once: "      - request: /\n        at_once: true\n        every: 1s" => "?";
    text_where_a_truth_belongs: "      - request: /\n        at_once: yes" => "?";
    a_key_that_is_there_twice: "      - request: /\n        request: /b" => "?";
}

#[test]
fn all_problems_of_a_file_are_told_at_once() {
    assert_eq!(
        problem(
            "workers: 100
profile: envoy
profiles: [strict]
scenarios:
  - name: a
    steps: [{ request: { worker: 100 } }]
  - name: a
    seed: 1
    seeds: 1..=2
"
        ),
        "?"
    );
}

#[test]
fn a_profile_that_is_not_known() {
    assert_eq!(problem("profile: enovy\nscenarios: []"), "?");
}

#[test]
fn a_switch_that_is_not_known() {
    assert_eq!(
        problem("profile: { base: ngx, switches: { own_reply: true } }\nscenarios: []"),
        "?"
    );
}

#[test]
fn a_service_of_no_kind() {
    assert_eq!(problem("services: { auth: { htp: 200 } }\nscenarios: []"), "?");
}

#[test]
fn yaml_that_is_none() {
    assert_eq!(problem("scenarios: [\n  - {"), "?");
}

#[test]
fn a_file_without_scenarios() {
    assert_eq!(problem("workers: 1"), "?");
    assert_eq!(problem("scenarios: []"), "?");
}

#[test]
fn a_file_that_is_not_there() {
    let ran = levee_test(&["nowhere.yaml"]);
    assert_eq!(ran.code, 2);
    assert_eq!(ran.err, "?");
}

#[test]
fn a_scenario_without_a_module() {
    let steps = "scenarios:\n  - name: a\n    steps: [{ request: / }]";
    assert_eq!(problem(steps), "?");
}

#[test]
fn a_module_that_is_not_there() {
    let steps = "module: none.wasm\nscenarios:\n  - name: a\n    steps: [{ request: / }]";
    let problem = problem(steps);
    assert!(problem.starts_with("cannot read the module /"), "{problem}");
}

#[test]
fn a_text_that_no_name_contains() {
    let ran = levee_test(&["passes.yaml", "--filter", "no such thing"]);
    assert_eq!((ran.code, ran.err.as_str()), (2, "?"));
}

#[test]
fn a_profile_of_the_command_line_that_is_not_known() {
    let ran = levee_test(&["passes.yaml", "--profile", "nginx"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.err
            .contains("there is no profile \"nginx\": it must be envoy, strict or ngx"),
        "{}",
        ran.err
    );
}
