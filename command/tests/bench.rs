//! `levee bench`: what it reports.

#[path = "../../harness/tests/support/mod.rs"]
mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use support::guest;

/// A filter that does nothing, without an SDK.
const NOOP: &str = r#"(module
    (memory (export "memory") 1)
    (func (export "proxy_abi_version_0_2_1"))
    (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32) i32.const 0))"#;

fn write(folder: &Path, name: &str, module: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, module).expect("written");
    path
}

fn bench(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_levee"))
        .arg("bench")
        .args(arguments)
        .output()
        .expect("levee runs")
}

fn json(output: &Output) -> Value {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).expect("JSON alone on standard output")
}

fn figure(report: &Value, key: &str) -> f64 {
    report[key]
        .as_f64()
        .unwrap_or_else(|| panic!("{key} is missing in {report:#}"))
}

#[test]
fn the_figures_of_an_exchange_are_exact() {
    let folder = tempfile::tempdir().expect("folder");
    let module = write(folder.path(), "sets_header.wasm", &guest("sets_header"));
    let report = json(&bench(&[
        module.to_str().expect("UTF-8"),
        "--exchanges",
        "1000",
        "--rounds",
        "2",
        "--json",
        "-",
    ]));
    assert!(figure(&report, "exchanges_per_second") > 0.0);
    assert_eq!(report["rounds"].as_array().map(Vec::len), Some(2));
    assert_eq!(figure(&report, "exchanges"), 1000.0);
    assert_eq!(figure(&report, "traps"), 0.0);
    assert_eq!(figure(&report["shares"], "forwarded"), 1.0);
    assert!(figure(&report, "memory_bytes") >= 65_536.0);
    assert_eq!(figure(&report, "guest_allocations"), 0.0);
    let calls = report["host_calls_by_function"].as_array().expect("a list");
    let sum: f64 = calls.iter().map(|calls| figure(calls, "calls")).sum();
    assert!(
        calls
            .iter()
            .any(|calls| calls["function"] == "proxy_replace_header_map_value"),
        "{calls:?}"
    );
    assert!((sum - figure(&report, "host_calls")).abs() < 1e-9);
    assert!(figure(&report, "fuel_per_exchange") >= 1.0);
}

#[test]
fn a_filter_that_does_nothing_calls_nothing() {
    let folder = tempfile::tempdir().expect("folder");
    let module = write(folder.path(), "noop.wasm", &wat::parse_str(NOOP).expect("valid"));
    let report = json(&bench(&[
        module.to_str().expect("UTF-8"),
        "--exchanges",
        "500",
        "--json",
        "-",
    ]));
    assert_eq!(figure(&report, "host_calls"), 0.0);
    assert_eq!(figure(&report, "callbacks"), 1.0);
}

#[test]
fn what_the_filter_answers_itself_is_refused() {
    let folder = tempfile::tempdir().expect("folder");
    let module = write(folder.path(), "local_reply.wasm", &guest("local_reply"));
    let report = json(&bench(&[
        module.to_str().expect("UTF-8"),
        "--exchanges",
        "100",
        "--json",
        "-",
    ]));
    assert_eq!(figure(&report["shares"], "refused"), 1.0);
}

#[test]
fn two_filters_are_compared_side_by_side_on_several_workers() {
    let folder = tempfile::tempdir().expect("folder");
    let one = write(folder.path(), "one.wasm", &guest("sets_header"));
    let other = write(folder.path(), "other.wasm", &wat::parse_str(NOOP).expect("valid"));
    let file = folder.path().join("bench.json");
    let output = bench(&[
        one.to_str().expect("UTF-8"),
        "--against",
        other.to_str().expect("UTF-8"),
        "--workers",
        "2",
        "--exchanges",
        "1000",
        "--clients",
        "7",
        "--body",
        "20000",
        "--json",
        file.to_str().expect("UTF-8"),
    ]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let shown = String::from_utf8_lossy(&output.stdout);
    for word in [
        "one",
        "other",
        "ratio",
        "exchanges a second",
        "proxy_replace_header_map_value",
    ] {
        assert!(shown.contains(word), "{word} in\n{shown}");
    }
    let report: Value = serde_json::from_slice(&std::fs::read(&file).expect("written")).expect("JSON");
    assert_eq!(report["workers"], 2);
    assert!(figure(&report, "ratio") > 0.0);
    assert_eq!(report["against"]["module"], "other");
}

#[test]
fn a_trap_is_told_by_the_exit_code() {
    let folder = tempfile::tempdir().expect("folder");
    let module = write(folder.path(), "panics.wasm", &guest("panics"));
    let request = folder.path().join("request.http");
    std::fs::write(
        &request,
        "GET / HTTP/1.1\r\nhost: booking.example\r\nx-panic: 1\r\n\r\n",
    )
    .expect("written");
    let output = bench(&[
        module.to_str().expect("UTF-8"),
        "--request",
        request.to_str().expect("UTF-8"),
        "--exchanges",
        "10",
    ]);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_request_file_that_is_no_request_is_refused_with_what_would_be_right() {
    let folder = tempfile::tempdir().expect("folder");
    let module = write(folder.path(), "noop.wasm", &wat::parse_str(NOOP).expect("valid"));
    let request = folder.path().join("request.http");
    std::fs::write(&request, "hello\r\n\r\n").expect("written");
    let output = bench(&[
        module.to_str().expect("UTF-8"),
        "--request",
        request.to_str().expect("UTF-8"),
    ]);
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        error.contains("request.http") && error.contains("GET /path HTTP/1.1"),
        "{error}"
    );
}
