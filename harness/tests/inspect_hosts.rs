//! What is said of hosts, and that it is true of the one that can be asked.

mod support;

use levee_harness::inspect::{Inspection, Verdict, hosts::Host};
use support::filter;

#[test]
fn hosts_differ_in_what_they_lack() {
    let grpc = r#"(import "env" "proxy_grpc_cancel" (func (param i32) (result i32)))"#;
    let size = r#"(import "env" "proxy_get_header_map_size" (func (param i32 i32) (result i32)))"#;
    let link =
        r#"(import "wasi_snapshot_preview1" "path_symlink" (func (param i32 i32 i32 i32 i32) (result i32)))"#;
    let old = r#"(import "env" "proxy_continue_request" (func (result i32)))"#;
    let is = |body: &str, host: &str, verdict: Verdict, finding: &str| {
        let inspection = Inspection::of(&filter(body)).expect("a module");
        let compatibility = inspection.on(Host::with_id(host).expect("a host"));
        let findings: Vec<String> = compatibility.findings.iter().map(ToString::to_string).collect();
        assert_eq!(compatibility.verdict, verdict, "{host}: {findings:?}");
        assert!(
            findings.iter().any(|known| known == finding),
            "{host}: {findings:?}"
        );
    };
    is(
        grpc,
        "ngx_wasm_module",
        Verdict::Partly,
        "traps on proxy_grpc_cancel",
    );
    is(
        grpc,
        "apisix",
        Verdict::Partly,
        "does nothing on proxy_grpc_cancel",
    );
    is(
        grpc,
        "google",
        Verdict::Partly,
        "says that it does not support proxy_grpc_cancel",
    );
    is(
        size,
        "ngx_wasm_module",
        Verdict::Refused,
        "does not have proxy_get_header_map_size",
    );
    is(
        link,
        "envoy",
        Verdict::Refused,
        "has another type than specified for path_symlink",
    );
    is(
        old,
        "envoy",
        Verdict::Refused,
        "does not have proxy_continue_request",
    );
    is("", "mosn", Verdict::Refused, "does not take ABI 0.2.1");
    is(
        "(memory 300)",
        "google",
        Verdict::Refused,
        "gives 16 MiB of memory, and the module starts with 18",
    );
}

#[test]
fn what_is_said_of_this_program_is_what_it_does() {
    let envoy_and_levee = [
        ("sign-extension", "(func (result i32) i32.const 1 i32.extend8_s)"),
        (
            "bulk-memory",
            "(func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0)))",
        ),
        ("simd128", "(func (drop (v128.const i32x4 0 0 0 0)))"),
        ("tail-call", "(func $f return_call $f)"),
        ("multi-value", "(func (result i32 i32) i32.const 1 i32.const 1)"),
        ("reference-types", "(func (drop (ref.null func)))"),
        (
            "relaxed-simd",
            "(func (param v128) (result v128) (i8x16.relaxed_swizzle (local.get 0) (local.get 0)))",
        ),
        ("multi-memory", "(memory 1)"),
        ("memory64", "(memory i64 1)"),
        (
            "extended-const",
            "(global i32 (i32.add (i32.const 1) (i32.const 1)))",
        ),
        ("threads", "(memory 1 1 shared)"),
        ("threads", "(func atomic.fence)"),
        (
            "function-references",
            "(type $f (func)) (func (param (ref $f)) (call_ref $f (local.get 0)))",
        ),
        ("gc", "(func (drop (ref.i31 (i32.const 1))))"),
        ("gc-types", "(type (struct))"),
        ("gc-types", "(func (drop (ref.null extern)))"),
        ("gc-types", "(func (local externref) (drop (ref.null func)))"),
        ("exception-handling", "(func (try_table))"),
        ("exception-handling", "(tag)"),
        ("legacy-exception-handling", "(func try catch_all end)"),
        (
            "wide-arithmetic",
            "(func (param i64) (result i64 i64) local.get 0 local.get 0 i64.mul_wide_u)",
        ),
        ("custom-page-sizes", "(memory 1 (pagesize 1))"),
    ];
    for (proposal, body) in envoy_and_levee {
        let module = filter(body);
        let inspection = Inspection::of(&module).expect("a module");
        let proposals: Vec<&str> = inspection
            .proposals
            .iter()
            .map(|proposal| proposal.name)
            .collect();
        assert!(proposals.contains(&proposal), "{body} needs {proposals:?}");
        let is_refused = levee_harness::Module::from_bytes(&module).is_err();
        let verdict = inspection.on(Host::with_id("levee").expect("a host")).verdict;
        assert_eq!(verdict == Verdict::Refused, is_refused, "{body}");
    }
    for body in [
        r#"(import "env" "memory" (memory 1))"#,
        r#"(import "env" "global" (global i32))"#,
        r#"(import "env" "proxy_nonsense" (func))"#,
        r#"(import "env" "proxy_log" (func (param i32 i32 i32) (result i32)))"#,
        r#"(import "wasi_unstable" "path_symlink" (func (param i32 i32 i32 i32 i32) (result i32)))"#,
    ] {
        let module = filter(body);
        let verdict = Inspection::of(&module)
            .expect("a module")
            .on(Host::with_id("levee").expect("a host"))
            .verdict;
        let is_refused = levee_harness::Module::from_bytes(&module).is_err();
        assert_eq!(verdict == Verdict::Refused, is_refused, "{body}");
    }
}
