//! `levee inspect`: what it says of modules.

#[path = "../../harness/tests/support/mod.rs"]
mod support;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;
use support::filter;
use tempfile::TempDir;

/// A module in a file, and what the command says about it.
struct Inspected {
    output: String,
    error: String,
    code: Option<i32>,
}

impl Inspected {
    fn new(module: &[u8], arguments: &[&str]) -> Self {
        let directory = TempDir::new().expect("a directory");
        let path = directory.path().join("filter.wasm");
        std::fs::write(&path, module).expect("written");
        let output = Command::new(env!("CARGO_BIN_EXE_levee"))
            .arg("inspect")
            .arg(&path)
            .args(arguments)
            .output()
            .expect("the command runs");
        Self {
            output: String::from_utf8(output.stdout).expect("text"),
            error: String::from_utf8(output.stderr).expect("text"),
            code: output.status.code(),
        }
    }

    fn wat(body: &str, arguments: &[&str]) -> Self {
        Self::new(&filter(body), arguments)
    }

    /// The report without the places where it breaks lines.
    fn words(&self) -> String {
        let text = self.output.replace('│', " ");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[track_caller]
    fn says(&self, part: &str) -> &Self {
        assert!(
            self.words().contains(part),
            "\"{part}\" is not in:\n{}{}",
            self.output,
            self.error
        );
        self
    }

    #[track_caller]
    fn ends_with(&self, code: i32) -> &Self {
        assert_eq!(self.code, Some(code), "{}{}", self.output, self.error);
        self
    }
}

#[test]
fn a_filter_that_lacks_nothing_is_told_so_and_ends_with_0() {
    let inspected = Inspected::wat(
        r#"(import "env" "proxy_log" (func (param i32 i32 i32) (result i32)))"#,
        &[],
    );
    inspected
        .says("filter.wasm: a filter of Proxy-Wasm ABI 0.2.1")
        .says("memory 64.0 KiB at the start, at most 256.0 KiB")
        .says("allocator proxy_on_memory_allocate")
        .says("Envoy 1.40 (V8) ┆ fits")
        .says("root vm_start, configure")
        .says("logging log")
        .ends_with(0);
    assert!(!inspected.output.contains("Problems"), "{}", inspected.output);
}

#[test]
fn a_filter_without_an_allocator_is_refused_by_envoy_but_not_by_this_program() {
    let module = support::guest("sets_header");
    Inspected::new(&module, &[])
        .says("Envoy 1.40 (V8) ┆ refuses it")
        .ends_with(1);
    Inspected::new(&module, &["--host", "levee"])
        .says("On levee (this program): partly")
        .says("cannot hand anything over: proxy_on_memory_allocate is not exported")
        .ends_with(0);
}

#[test]
fn an_import_of_a_wrong_type_is_told_with_the_right_one() {
    Inspected::wat(
        r#"(import "env" "proxy_log" (func (param i32 i64) (result i32)))"#,
        &[],
    )
    .says("it imports env.proxy_log as (i32, i64) -> i32; its type is (i32, i32, i32) -> i32")
    .ends_with(1);
    Inspected::wat(
        r#"(import "wasi_snapshot_preview1" "proc_exit" (func (param i32) (result i32)))"#,
        &[],
    )
    .says("it imports wasi_snapshot_preview1.proc_exit as (i32) -> i32; its type is (i32)")
    .ends_with(1);
    Inspected::wat(r#"(import "env" "proxy_log" (global i32))"#, &[])
        .says("it imports env.proxy_log, but not as a function")
        .ends_with(1);
}

#[test]
fn an_export_of_a_wrong_type_is_told_with_the_right_one() {
    Inspected::wat(r#"(func (export "proxy_on_tick") (param i32 i32))"#, &[])
        .says("it exports proxy_on_tick as (i32, i32); hosts call it as (i32)")
        .ends_with(1);
    Inspected::wat(
        r#"(func (export "proxy_on_request_headers") (param i32 i32) (result i32) i32.const 0)"#,
        &[],
    )
    .says("it exports proxy_on_request_headers as (i32, i32) -> i32; hosts call it as (i32, i32, i32) -> i32")
    .ends_with(1);
    Inspected::wat(r#"(global (export "malloc") i32 (i32.const 0))"#, &[])
        .says("it exports malloc, but not as a function")
        .ends_with(1);
}

#[test]
fn an_import_that_nobody_knows_is_told_with_what_may_be_meant() {
    Inspected::wat(
        r#"(import "env" "proxy_get_header_map_vaule" (func (param i32)))"#,
        &[],
    )
    .says("it imports env.proxy_get_header_map_vaule, unknown to levee (this program) and Envoy 1.40 (V8)")
    .says("is env.proxy_get_header_map_value meant?")
    .says("traps on env.proxy_get_header_map_vaule")
    .ends_with(1);
    Inspected::new(&support::guest("unknown_import"), &["--host", "levee"]).ends_with(1);
}

#[test]
fn an_export_that_no_host_looks_for_is_told_with_what_may_be_meant() {
    Inspected::wat(
        r#"(func (export "proxy_on_http_request_headers") (param i32 i32 i32) (result i32) i32.const 0)"#,
        &[],
    )
    .says("! it exports proxy_on_http_request_headers, which no host looks for")
    .says("is proxy_on_request_headers meant?")
    .ends_with(0);
}

#[test]
fn a_module_that_is_no_filter_is_told_what_a_filter_has() {
    let module =
        wat::parse_str(r#"(module (func (export "add") (result i32) i32.const 2))"#).expect("a module");
    let inspected = Inspected::new(&module, &[]);
    inspected
        .says("filter.wasm: no Proxy-Wasm filter that any host knows")
        .says("it announces no version of the Proxy-Wasm ABI: a filter exports proxy_abi_version_0_2_1")
        .ends_with(1);
    assert!(!inspected.output.contains("Hosts"), "{}", inspected.output);

    let module = wat::parse_str(r#"(module (func (export "proxy_abi_version_9_0_0")))"#).expect("a module");
    Inspected::new(&module, &[])
        .says("it announces ABI 9.0.0, which no host knows; the newest is 0.2.1")
        .ends_with(1);
}

#[test]
fn what_is_no_module_is_told_what_it_is_instead() {
    let is = |bytes: &[u8], expected: &str| {
        let inspected = Inspected::new(bytes, &[]);
        inspected.ends_with(1);
        assert!(
            inspected.error.contains(expected),
            "\"{expected}\" is not in: {}",
            inspected.error
        );
        assert_eq!(inspected.output, "");
    };
    is(b"", "this is an empty file, but a filter is a WebAssembly module");
    is(b"\x7fELF and so on", "this is no WebAssembly");
    is(b"(module)", "this is the text format of WebAssembly");
    is(b"\x1f\x8b\x08", "this is a gzip archive");
    is(b"\0asm\x0d\0\x01\0", "this is a WebAssembly component");
    is(&filter("")[..40], "the module is broken");
    is(b"\0asm\x01\0\0\0\x7f", "the module is broken");
}

#[test]
fn json_has_everything_for_programs() {
    let body = r#"(import "env" "proxy_log" (func (param i32 i32 i32) (result i32)))
        (import "env" "proxy_lgo" (func))"#;
    let inspected = Inspected::wat(body, &["--json", "-", "--top", "2"]);
    inspected.ends_with(1);
    let json: Value = serde_json::from_str(&inspected.output).expect("JSON and nothing else");
    let is = |pointer: &str, expected: Value| assert_eq!(json.pointer(pointer), Some(&expected), "{pointer}");
    is("/exports/abi", "0.2.1".into());
    is("/exports/abi_versions/0", "0.2.1".into());
    is("/exports/wanted/0/name", "proxy_on_vm_start".into());
    is("/exports/wanted/0/group", "root".into());
    is("/exports/wanted/0/signature", "(i32, i32) -> i32".into());
    is("/exports/wanted/0/expected", Value::Null);
    is("/imports/0/kind", "host-function".into());
    is("/imports/0/group", "logging".into());
    is("/imports/1/kind", "unknown-function".into());
    is("/imports/1/suggestion", "env.proxy_log".into());
    is("/start", "none".into());
    is("/sizes/memories/0/initial_bytes", 65536.into());
    is("/sizes/memories/0/maximum_bytes", 262_144.into());
    is("/sizes/functions", 5.into());
    is("/hosts/1/host", "envoy".into());
    is("/hosts/1/verdict", "refused".into());
    is("/hosts/1/findings/0/effect", "import-missing".into());
    is("/hosts/1/findings/0/names/0", "env.proxy_lgo".into());
    let length = |pointer: &str| json.pointer(pointer).and_then(Value::as_array).map(Vec::len);
    assert_eq!(length("/sizes/largest_functions"), Some(2));
    assert_eq!(length("/problems"), Some(0));
    assert!(json.pointer("/hosts/1/source").is_some_and(Value::is_string));
}

#[test]
fn json_goes_to_a_file_beside_the_report() {
    let directory = TempDir::new().expect("a directory");
    let file: PathBuf = directory.path().join("inspection.json");
    let name = file.to_str().expect("a name");
    Inspected::wat("", &["--json", name])
        .says("a filter of Proxy-Wasm ABI 0.2.1")
        .ends_with(0);
    let json: Value = serde_json::from_slice(&std::fs::read(&file).expect("written")).expect("JSON");
    assert_eq!(json["exports"]["abi"], "0.2.1");
}

#[test]
fn a_report_is_no_wider_than_100_columns_and_obeys_no_name() {
    let long = "x".repeat(3000);
    let body = format!(
        "(import \"env\" \"\\1b]0;evil\\07\" (func))
         (import \"env\" \"{long}\" (func))
         (func $\"\\1b[31mred\" (export \"proxy_on_\\1b[2Jgone\"))
         (func ${long})"
    );
    for arguments in [
        &["--top", "50"][..],
        &["--host", "ngx_wasm_module", "--host", "apisix"],
    ] {
        let inspected = Inspected::wat(&body, arguments);
        inspected.ends_with(1);
        assert!(
            !inspected.output.contains(['\x1b', '\x07']),
            "{:?}",
            inspected.output
        );
        for line in inspected.output.lines() {
            assert!(line.chars().count() <= 100, "{line}");
        }
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let directory = TempDir::new().expect("a directory");
    let path = directory.path().join("filter.wasm");
    std::fs::write(&path, filter("")).expect("written");
    let mut process = Command::new(env!("CARGO_BIN_EXE_levee"))
        .arg("inspect")
        .arg(&path)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    drop(process.stdout.take());
    let output = process.wait_with_output().expect("it ends");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    std::io::stdout().flush().expect("flushed");
}

#[test]
fn a_start_function_is_judged_by_whether_it_can_call_the_host() {
    let start = |body: &str| {
        let log = r#"(import "env" "proxy_log" (func $log (param i32 i32 i32) (result i32)))"#;
        Inspected::wat(&format!("{log} (table 1 funcref) (start $start) {body}"), &[])
    };
    let calls_log = "(func $deep (drop (call $log (i32.const 0) (i32.const 0) (i32.const 0))))";
    start(&format!(
        "(func $start (call $through)) (func $through (call $deep)) {calls_log}"
    ))
    .says("! its start function can call the host, before the host is ready")
    .ends_with(0);
    start("(func $start (call_indirect (i32.const 0)))").says(
        "! it has a start function, which runs even before _initialize, and calls what cannot be foreseen",
    );
    start(&format!("(func $start (call $start)) {calls_log}"))
        .says("- it has a start function, which runs even before _initialize; it does not call the host");
}

#[test]
fn a_module_tells_what_it_was_made_with() {
    let data = |text: &str| Inspected::wat(&format!(r#"(data (i32.const 0) "{text}")"#), &[]);
    let utf_16 = |text: &str| text.chars().map(|c| format!("{c}\\00")).collect::<String>();
    data("/home/me/.cargo/registry/src/proxy-wasm-0.2.4/src/dispatcher.rs")
        .says("made with Rust, proxy-wasm-rust-sdk 0.2.4");
    data("dep\\09github.com/proxy-wasm/proxy-wasm-go-sdk\\09v0.24.0\\09h1:")
        .says("made with Go, proxy-wasm-go-sdk 0.24.0");
    data(&utf_16("~lib/rt.ts")).says("made with AssemblyScript size");
    data(&utf_16("~lib/@solo-io/proxy-runtime/index.ts"))
        .says("made with AssemblyScript, proxy-runtime size");
    Inspected::wat(
        r#"(@producers (processed-by "rustc" "1.95.0 (59807616e 2026-04-14)"))"#,
        &[],
    )
    .says("made with Rust, rustc 1.95.0 size");
    let bindgen = r#"(import "env" "__wbindgen_throw" (func (param i32 i32)))"#;
    Inspected::wat(bindgen, &[])
        .says("made with wasm-bindgen (for JavaScript)")
        .ends_with(1);
}

#[test]
fn many_unknown_imports_are_told_in_one_breath() {
    let imports: String = (0..20)
        .map(|number| format!(r#"(import "js" "f{number}" (func))"#))
        .collect();
    Inspected::wat(&imports, &["--host", "envoy"])
        .says("it imports js.f0, js.f1, js.f2, js.f3, and 16 more, unknown to Envoy 1.40 (V8)")
        .ends_with(1);
}
