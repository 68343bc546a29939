//! `levee fuzz`: filters with a mistake are found out, with the requests that show it; a filter without passes.

#[path = "../../harness/tests/support/mod.rs"]
mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use levee_harness::{Host, Request};
use support::{guest, ok};

/// Traps when the user agent is not ASCII.
const TRAPS_ON_NON_ASCII: &str = r#"(module
    (import "env" "proxy_get_header_map_value" (func $get (param i32 i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 4)
    (data (i32.const 16) "user-agent")
    (global $next (mut i32) (i32.const 1024))
    (func (export "malloc") (param $size i32) (result i32) (i32.const 1024))
    (func (export "proxy_abi_version_0_2_1"))
    (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
        (local $at i32) (local $end i32)
        (if (call $get (i32.const 0) (i32.const 16) (i32.const 10) (i32.const 0) (i32.const 4))
            (then (return (i32.const 0))))
        (local.set $at (i32.load (i32.const 0)))
        (local.set $end (i32.add (local.get $at) (i32.load (i32.const 4))))
        (block $done
            (loop $next
                (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
                (call $reject (i32.load8_u (local.get $at)))
                (local.set $at (i32.add (local.get $at) (i32.const 1)))
                (br $next)))
        (i32.const 0))
    (func $reject (param $byte i32)
        (if (i32.ge_u (local.get $byte) (i32.const 0x80)) (then unreachable))))"#;

/// Stands still at an empty segment of a cookie.
const LOOPS_ON_EMPTY_SEGMENT: &str = r#"(module
    (import "env" "proxy_get_header_map_value" (func $get (param i32 i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 4)
    (data (i32.const 16) "cookie")
    (func (export "malloc") (param $size i32) (result i32) (i32.const 1024))
    (func (export "proxy_abi_version_0_2_1"))
    (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
        (local $at i32) (local $end i32)
        (if (call $get (i32.const 0) (i32.const 16) (i32.const 6) (i32.const 0) (i32.const 4))
            (then (return (i32.const 0))))
        (local.set $at (i32.load (i32.const 0)))
        (local.set $end (i32.sub (i32.add (local.get $at) (i32.load (i32.const 4))) (i32.const 1)))
        (block $done
            (loop $next
                (br_if $done (i32.ge_s (local.get $at) (local.get $end)))
                (br_if $next (i32.eq (i32.load16_u (local.get $at)) (i32.const 0x3b3b)))
                (local.set $at (i32.add (local.get $at) (i32.const 1)))
                (br $next)))
        (i32.const 0)))"#;

/// Keeps a key in the shared data for each path.
const KEEPS_EVERY_PATH: &str = r#"(module
    (import "env" "proxy_get_header_map_value" (func $get (param i32 i32 i32 i32 i32) (result i32)))
    (import "env" "proxy_set_shared_data" (func $set (param i32 i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 4)
    (data (i32.const 16) ":path")
    (func (export "malloc") (param $size i32) (result i32) (i32.const 1024))
    (func (export "proxy_abi_version_0_2_1"))
    (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
        (drop (call $get (i32.const 0) (i32.const 16) (i32.const 5) (i32.const 0) (i32.const 4)))
        (drop (call $set (i32.load (i32.const 0)) (i32.load (i32.const 4)) (i32.const 16) (i32.const 1) (i32.const 0)))
        (i32.const 0)))"#;

/// Pauses requests that have a header `x-wait`, and never lets them go.
const HOLDS_FOR_EVER: &str = r#"(module
    (import "env" "proxy_get_header_map_value" (func $get (param i32 i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 4)
    (data (i32.const 16) "x-wait")
    (func (export "malloc") (param $size i32) (result i32) (i32.const 1024))
    (func (export "proxy_abi_version_0_2_1"))
    (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
        (i32.eqz (call $get (i32.const 0) (i32.const 16) (i32.const 6) (i32.const 0) (i32.const 4)))))"#;

/// Adds a response header with a line feed when the path begins with a percent sign behind the slash.
const SPLITS_RESPONSES: &str = r#"(module
    (import "env" "proxy_get_header_map_value" (func $get (param i32 i32 i32 i32 i32) (result i32)))
    (import "env" "proxy_add_header_map_value" (func $add (param i32 i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 4)
    (data (i32.const 16) ":path")
    (data (i32.const 32) "x-seen")
    (data (i32.const 48) "a\nb")
    (global $odd (mut i32) (i32.const 0))
    (func (export "malloc") (param $size i32) (result i32) (i32.const 1024))
    (func (export "proxy_abi_version_0_2_1"))
    (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
        (drop (call $get (i32.const 0) (i32.const 16) (i32.const 5) (i32.const 0) (i32.const 4)))
        (global.set $odd (i32.eq (i32.load16_u (i32.load (i32.const 0))) (i32.const 0x252f)))
        (i32.const 0))
    (func (export "proxy_on_response_headers") (param i32 i32 i32) (result i32)
        (if (global.get $odd)
            (then (drop (call $add (i32.const 2) (i32.const 32) (i32.const 6) (i32.const 48) (i32.const 3)))))
        (i32.const 0)))"#;

fn write(folder: &Path, wat: &str) -> PathBuf {
    let path = folder.join("filter.wasm");
    std::fs::write(&path, wat::parse_str(wat).expect("valid")).expect("written");
    path
}

fn fuzz(module: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_levee"))
        .arg("fuzz")
        .arg(module)
        .args(["--soak", "4000"])
        .args(more)
        .output()
        .expect("levee runs")
}

/// What is shown of a filter that is found out.
fn found(wat: &str, more: &[&str]) -> String {
    let folder = tempfile::tempdir().expect("folder");
    let output = fuzz(&write(folder.path(), wat), more);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(
        output.status.code(),
        Some(1),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    text
}

fn requests(text: &str) -> usize {
    text.lines()
        .filter(|line| line.trim_start().starts_with("- request:"))
        .count()
}

#[test]
fn a_trap_is_found_shrunk_to_one_request_with_one_byte_and_shown_with_its_functions() {
    for seed in ["1", "2"] {
        let text = found(TRAPS_ON_NON_ASCII, &["--seed", seed]);
        assert!(
            text.contains("trap in proxy_on_request_headers") && text.contains("reject"),
            "{text}"
        );
        assert_eq!(requests(&text), 1, "{text}");
        assert!(text.contains(r#""user-agent": { hex: "ff" }"#), "{text}");
        assert!(text.contains(r"-H $'user-agent: \xff'"), "{text}");
        assert!(text.contains(&format!("--seed {seed}")), "{text}");
    }
}

#[test]
fn the_shown_request_does_what_was_found() {
    let mut host = Host::builder()
        .module_bytes(wat::parse_str(TRAPS_ON_NON_ASCII).expect("valid"))
        .start()
        .expect("starts");
    assert!(
        host.worker(0)
            .exchange(Request::get("/").header("user-agent", "a"), ok)
            .failure
            .is_none()
    );
    let trapped = host
        .worker(0)
        .exchange(Request::get("/").header("user-agent", b"\xff"), ok);
    assert!(trapped.failure.is_some());
}

#[test]
fn a_callback_that_never_ends_is_found_by_its_fuel() {
    let text = found(LOOPS_ON_EMPTY_SEGMENT, &["--fuel", "1000000"]);
    assert!(text.contains("fuel") && requests(&text) == 1, "{text}");
    assert!(text.contains(r#""cookie": ";;""#), "{text}");
}

#[test]
fn what_is_kept_of_every_path_is_found() {
    let text = found(KEEPS_EVERY_PATH, &[]);
    assert!(
        text.contains("the keys of the shared data grow without an end")
            && text.contains("differ in the path"),
        "{text}"
    );
}

#[test]
fn an_exchange_that_is_held_for_ever_is_found() {
    let text = found(HOLDS_FOR_EVER, &[]);
    assert!(
        text.contains("the request is paused for ever") && text.contains("\"x-wait\""),
        "{text}"
    );
    assert_eq!(requests(&text), 1, "{text}");
}

#[test]
fn a_response_that_is_no_http_is_found() {
    let text = found(SPLITS_RESPONSES, &[]);
    assert!(
        text.contains("no valid HTTP") && text.contains(r"x-seen: a\nb"),
        "{text}"
    );
    assert!(text.contains(r#"path: "/%""#), "{text}");
}

#[test]
fn in_a_filter_without_a_mistake_nothing_is_found() {
    let folder = tempfile::tempdir().expect("folder");
    let module = folder.path().join("filter.wasm");
    for (name, profile) in [
        ("sets_header", "envoy"),
        ("echoes_headers", "strict"),
        ("shared_counter", "ngx"),
    ] {
        std::fs::write(&module, guest(name)).expect("written");
        let output = fuzz(
            &module,
            &["--cases", "200", "--profile", profile, "--workers", "3"],
        );
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success(),
            "{name}: {text}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        assert!(text.contains("nothing found: 200 cases"), "{text}");
    }
}

#[test]
fn a_filter_that_does_not_start_is_told_apart_from_one_that_is_found_out() {
    let folder = tempfile::tempdir().expect("folder");
    let output = fuzz(&write(folder.path(), "(module)"), &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("proxy_abi_version_0_2_1"));
}
