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
    a_key_of_a_step_that_is_not_known: "      - request: /\n        expcet: {}" =>
        "FILE:5:9: scenarios[0].steps[0].expcet: there is no key \"expcet\" here (did you mean \
         \"expect\"?): the keys are name, request, requests, wait, repeat, every, at_once, expect, outcomes, \
         save, metrics, shared_data, log and budget";
    a_key_of_an_expectation_that_is_not_known: "      - request: /\n        expect: { stauts: 200 }" =>
        "FILE:5:19: scenarios[0].steps[0].expect.stauts: there is no key \"stauts\" here (did you mean \
         \"status\"?): the keys are status, headers, body, trailers, forwarded, outcome, within, log, trap \
         and budget";
    a_key_of_a_request_that_is_not_known: "      - request: { pth: / }" =>
        "FILE:4:20: scenarios[0].steps[0].request.pth: there is no key \"pth\" here (did you mean \
         \"path\"?): the keys are method, path, authority, scheme, headers, body, trailers, from, worker and \
         patience";
    a_request_that_is_none: "      - request: get /" =>
        "FILE:4:18: scenarios[0].steps[0].request: \"get /\" is no request: expected /path, METHOD /path, \
         or a map with method, path, headers, body, from, worker, ...";
    a_status_out_of_range: "      - request: /\n        expect: { status: 20 }" =>
        "FILE:5:27: scenarios[0].steps[0].expect.status: \"20\" is no status: expected a status from 100 to \
         999, or a list of them";
    a_duration_without_a_unit: "      - wait: 5" =>
        "FILE:4:15: scenarios[0].steps[0].wait: \"5\" is no duration: it is a number with d, h, m, s, ms, \
         us or ns, such as 20ms, 1.5s or 1h30m";
    a_size_with_another_unit: "      - request: /\n        budget: { memory: 5 MegaByte }" =>
        "FILE:5:27: scenarios[0].steps[0].budget.memory: \"5 MegaByte\" is no size: it is a number of \
         bytes, or one with KiB, MiB, GiB, kB, MB or GB, such as 64KiB";
    a_number_that_is_none: "      - request: /\n        metrics: { a: many }" =>
        "FILE:5:23: scenarios[0].steps[0].metrics.a: \"many\" is no number: expected a whole number, or a \
         map with at_least, at_most or both";
    bounds_that_no_number_meets: "      - request: /\n        metrics: { a: { at_least: 2, at_most: 1 } }" =>
        "FILE:5:23: scenarios[0].steps[0].metrics.a: no number is at least 2 and at most 1";
    a_regular_expression_that_is_none: "      - request: /\n        expect: { body: { matches: '(' } }" =>
        "FILE:5:36: scenarios[0].steps[0].expect.body.matches: \"(\" is no regular expression: unclosed \
         group";
    a_matcher_that_asks_for_nothing: "      - request: /\n        expect: { body: {} }" =>
        "FILE:5:25: scenarios[0].steps[0].expect.body: nothing is asked for: expected a text, absent, \
         present, a list of texts, or a map with equals, contains, excludes, matches, json or hex";
    hexadecimal_digits_that_are_none: "      - request: { body: { hex: 0g } }" =>
        "FILE:4:26: scenarios[0].steps[0].request.body: \"0g\" is not hexadecimal: it must be pairs of 0-9 \
         and a-f, such as 0aff";
    base64_that_is_none: "      - request: { body: { base64: '*' } }" =>
        "FILE:4:26: scenarios[0].steps[0].request.body: \"*\" is no Base64: Invalid symbol 42, offset 0.";
    bytes_written_in_two_ways: "      - request: { body: { hex: '00', size: 2 } }" =>
        "FILE:4:26: scenarios[0].steps[0].request.body: exactly one key belongs here: expected a text, or a \
         map with one of hex, base64, json, file and size";
    a_number_whose_spelling_would_be_lost: "      - request: { headers: { x-version: 1.10 } }" =>
        "FILE:4:42: scenarios[0].steps[0].request.headers.x-version: the number 1.1 has to be in quotes \
         here, so that it stays as it is spelled";
    an_address_that_is_none: "      - request: { from: 192.0.2 }" =>
        "FILE:4:26: scenarios[0].steps[0].request.from: \"192.0.2\" is no address: it must be one such as \
         192.0.2.7, 192.0.2.7:40000, 2001:db8::7, each or each_ipv6";
    an_ending_that_is_none: "      - request: /\n        expect: { outcome: held }" =>
        "FILE:5:28: scenarios[0].steps[0].expect.outcome: there is no \"held\" here: it must be response, \
         paused or reset";
    a_step_in_which_nothing_happens: "      - name: nothing" =>
        "FILE:4:9: scenarios[0].steps[0]: nothing happens: expected request, requests, wait, or something \
         that is to be true";
    a_step_in_which_two_things_happen: "      - request: /\n        wait: 1s" =>
        "FILE:4:9: scenarios[0].steps[0]: request, requests and wait exclude each other: write a step for \
         each";
    an_expectation_of_no_request: "      - wait: 1s\n        expect: { status: 200 }" =>
        "FILE:5:17: scenarios[0].steps[0]: expect needs a request or requests in the same step";
    a_worker_that_is_not_there: "      - request: { worker: 1 }" =>
        "FILE:4:18: scenarios[0].steps[0]: there is no worker 1: there are 1, from 0; `workers` says how \
         many";
    something_that_was_never_saved: "      - request: { path: '/${a}' }" =>
        "FILE:4:18: scenarios[0].steps[0]: no step before has saved ${a}; write $${ for the two characters";
    a_brace_that_is_not_closed: "      - request: { path: '/${a' }" =>
        "FILE:4:26: scenarios[0].steps[0].request.path: \"/${a\" has ${ without a name and }: write ${name} \
         for what a step has saved, or $${ for the two characters";
    an_outcome_that_is_none: "      - request: /\n        outcomes: { ok: 1 }" =>
        "FILE:5:19: scenarios[0].steps[0]: there is no outcome \"ok\": it must be a status, paused or reset";
    a_response_of_a_connection_that_was_cut: "      - request: /\n        expect: { outcome: reset, status: 200 }" =>
        "FILE:5:28: scenarios[0].steps[0]: without a response there is no status, header, body or trailer \
         to expect";
    no_repetition: "      - request: /\n        repeat: 0" =>
        "FILE:5:17: scenarios[0].steps[0]: repeat must be at least 1";
    a_pace_at_once: "      - request: /\n        at_once: true\n        every: 1s" =>
        "FILE:6:16: scenarios[0].steps[0]: every and at_once exclude each other";
    text_where_a_truth_belongs: "      - request: /\n        at_once: yes" =>
        "FILE:5:18: scenarios[0].steps[0].at_once: this is neither true nor false";
    a_key_that_is_there_twice: "      - request: /\n        request: /b" =>
        "FILE:5:9: scenarios[0].steps[0]: the key \"request\" is there twice";
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
        "FILE:1:10: 100 workers are out of range: it must be 1 to 64\nFILE:2:10: profile and profiles exclude each other\nFILE:6:24: scenarios[0].steps[0]: there is no worker 100: there are 100, from 0; `workers` says how many\nFILE:7:5: scenarios[1]: there is another scenario with the name \"a\"\nFILE:7:5: scenarios[1]: there is nothing to play: steps is missing, or refused\nFILE:8:11: scenarios[1]: seed and seeds exclude each other"
    );
}

#[test]
fn a_profile_that_is_not_known() {
    assert_eq!(
        problem("profile: enovy\nscenarios: []"),
        "FILE:1:10: profile: there is no profile \"enovy\": it must be envoy, strict or ngx"
    );
}

#[test]
fn a_switch_that_is_not_known() {
    assert_eq!(
        problem("profile: { base: ngx, switches: { own_reply: true } }\nscenarios: []"),
        "FILE:1:10: profile: there is no switch \"own_reply\"; `levee profiles` lists them"
    );
}

#[test]
fn a_service_of_no_kind() {
    assert_eq!(
        problem("services: { auth: { htp: 200 } }\nscenarios: []"),
        "FILE:1:21: services.auth: there is no \"htp\" here (did you mean \"http\"?): it must be http, grpc or rate_limit"
    );
}

#[test]
fn yaml_that_is_none() {
    assert_eq!(
        problem("scenarios: [\n  - {"),
        "FILE:2:3: scenarios: \"-\" is only valid inside a block"
    );
}

#[test]
fn a_file_without_scenarios() {
    assert_eq!(
        problem("workers: 1"),
        "FILE:1:1: the key \"scenarios\" is missing"
    );
    assert_eq!(
        problem("scenarios: []"),
        "FILE: scenarios is empty: there is nothing to play"
    );
}

#[test]
fn a_file_that_is_not_there() {
    let ran = levee_test(&["nowhere.yaml"]);
    assert_eq!(ran.code, 2);
    assert_eq!(
        ran.err,
        "error: nowhere.yaml: cannot read it: No such file or directory (os error 2)\n"
    );
}

#[test]
fn a_scenario_without_a_module() {
    let steps = "scenarios:\n  - name: a\n    steps: [{ request: / }]";
    assert_eq!(
        problem(steps),
        "FILE:2:5: there is no module: name one with `module:` in the file, or with --module"
    );
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
    assert_eq!(
        (ran.code, ran.err.as_str()),
        (2, "error: no scenario has \"no such thing\" in its name\n")
    );
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
