//! What the log tells, and how a script is read.

use super::{host, logged, messages, ok, start};
use levee_harness::{Plugin, Request, Response};

#[test]
fn every_callback_is_one_line_with_what_the_host_says() {
    let request = Request::post("/x")
        .header("a", "1")
        .body("12345")
        .trailer("t", "1");
    let mut host = start(host("probe"));
    let exchange = host
        .worker(0)
        .exchange(request, |_| Response::new(200).body("ab").body("c"));
    assert_eq!(
        logged(&exchange),
        [
            "> context_create stream",
            "> request_headers http 5 false",
            "> request_body http 5 false",
            "> request_trailers http 1",
            "> response_headers http 1 false",
            "> response_body http 2 false",
            "> response_body http 1 true",
            "> log http",
            "> done http",
            "> delete http",
        ]
    );
}

#[test]
fn a_script_is_carried_out_callback_by_callback() {
    let script = "# Comments and blank lines are passed over.\n\n\
        request_headers: get request_headers :path\n\
        request_headers: add request_headers x-a a\\sb\n\
        request_headers#2: get request_headers x-second\n\
        response_headers: replace 2 x-b \\xff\\0\\n\\\\\n\
        response_headers: get response_headers x-b\n\
        log: get request_headers x-a\n";
    let mut host = start(host("probe").configuration(script));
    let exchange = host
        .worker(0)
        .exchange(Request::get("/x"), |_| Response::new(200));
    assert_eq!(
        logged(&exchange),
        [
            "> context_create stream",
            "> request_headers http 4 true",
            "= get request_headers :path -> 0 \"/x\"",
            "= add request_headers x-a a\\sb -> 0",
            "> response_headers http 1 true",
            "= replace 2 x-b \\xff\\0\\n\\\\ -> 0",
            "= get response_headers x-b -> 0 \"\\xff\\x00\\n\\\\\"",
            "> log http",
            "= get request_headers x-a -> 0 \"a b\"",
            "> done http",
            "> delete http",
        ]
    );
    assert_eq!(exchange.header("x-b"), Some(&b"\xff\0\n\\"[..]));
    let second = host
        .worker(0)
        .exchange(Request::get("/x").header("x-second", "yes"), ok);
    assert!(logged(&second).contains(&"= get request_headers x-second -> 0 \"yes\"".to_owned()));
}

#[test]
fn what_makes_no_sense_is_told_and_passed_over() {
    let script = "nonsense\n\
        no_such_callback: time\n\
        tick#many: time\n\
        request_headers: no_such_command 1\n\
        request_headers:\n\
        request_headers: get request_headers\n\
        request_headers: get no_such_map x\n\
        request_headers: get request_headers \\q\n\
        request_headers: get request_headers \\xf\n\
        request_headers: get request_headers \\xéé\n\
        request_headers: size 4294967296\n\
        request_headers: set_pairs request_headers a\n\
        request_headers: metric_inc unheard_of 1\n\
        request_headers: effective tcp\n\
        request_headers: return\n\
        request_headers: continue_request\n\
        request_headers: time\n";
    let mut host = start(host("probe").configuration(script));
    let log = host.log();
    let at_start = messages(&log);
    for line in ["nonsense", "no_such_callback: time", "tick#many: time"] {
        let times = at_start
            .iter()
            .filter(|told| **told == format!("! unknown: {line}"));
        assert_eq!(times.count(), 3, "once in each VM: {line}");
    }
    let exchange = host.worker(0).exchange(Request::get("/"), ok);
    let told = logged(&exchange);
    let unknown: Vec<_> = told
        .iter()
        .filter_map(|line| line.strip_prefix("! unknown: "))
        .collect();
    let written: Vec<_> = script
        .lines()
        .filter_map(|line| line.strip_prefix("request_headers:"))
        .map(str::trim)
        .collect();
    assert_eq!(unknown, written[..written.len() - 1]);
    assert!(told.contains(&"= time -> 0 nonzero".to_owned()));
    assert_eq!(exchange.status(), 200);
}

#[test]
fn the_vm_configuration_is_a_script_too() {
    let plugin = Plugin {
        vm_configuration: b"vm_start: metric_define counter early\nconfigure: metric_inc early 1".to_vec(),
        configuration: b"configure: metric_get early".to_vec(),
        ..Plugin::default()
    };
    let host = start(host("probe").plugin(plugin));
    let log = host.log();
    assert_eq!(
        messages(&log)[..7],
        [
            "> context_create root",
            "> vm_start root 67",
            "= metric_define counter early -> 0",
            "> configure root 27",
            "= metric_inc early 1 -> 0",
            "= metric_get early -> 0 1",
            "> context_create root",
        ]
    );
}
