//! What is said of hosts, and that it is true of the one that can be asked.

mod support;

use levee_harness::inspect::{
    Inspection, Verdict,
    abi::{EXPORTS, ExportGroup, FUNCTIONS},
    hosts::Host,
};
use levee_harness::{AbiVersion, Module};
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
        let is_refused = Module::from_bytes(&module).is_err();
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
        let is_refused = Module::from_bytes(&module).is_err();
        assert_eq!(verdict == Verdict::Refused, is_refused, "{body}");
    }
}

/// A host that knows a function refuses a module that imports it with a wrong type; one that does not, cannot tell.
#[test]
fn the_functions_that_this_program_is_said_to_have_are_those_it_has() {
    let levee = Host::with_id("levee").expect("a host");
    for version in [AbiVersion::V0_1_0, AbiVersion::V0_2_0, AbiVersion::V0_2_1] {
        let mark = version.to_string().replace('.', "_");
        for function in FUNCTIONS {
            let name = function.name;
            let module = format!(
                r#"(module (import "env" "{name}" (func (param f64))) (func (export "proxy_abi_version_{mark}")))"#
            );
            let is_refused = Module::from_bytes(&wat::parse_str(module).expect("a module")).is_err();
            assert_eq!(
                is_refused,
                levee.knows("env", name, Some(version)),
                "{name} in {version}"
            );
        }
    }
}

/// The same with exports.
#[test]
fn the_exports_that_this_program_is_said_to_look_for_are_those_it_looks_for() {
    let levee = Host::with_id("levee").expect("a host");
    // What starts a module is run if it has the right type, and else not missed.
    for export in EXPORTS.iter().filter(|export| export.group != ExportGroup::Start) {
        let name = export.name;
        let module = format!(
            r#"(module (func (export "{name}") (param f64)) (func (export "proxy_abi_version_0_2_1")))"#
        );
        let module = wat::parse_str(module).expect("a module");
        let is_refused = levee_harness::Host::builder()
            .module_bytes(module)
            .start()
            .is_err();
        assert_eq!(is_refused, levee.looks_for(name), "{name}");
    }
}
