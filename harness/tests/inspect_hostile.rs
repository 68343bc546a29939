//! No file, however broken, makes the inspection of modules panic, hang or eat memory.

mod support;

use std::time::{Duration, Instant};

use levee_harness::inspect::{CallsHost, InspectError, Inspection, MAX_BYTES};
use proptest::prelude::*;

/// Longest time that any file of these tests may take; most take microseconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// Modules to break: small ones, that together have every section and custom sections.
fn modules() -> Vec<Vec<u8>> {
    let everything = r#"(module $named
        (type $f (func (param i32) (result i32)))
        (import "env" "proxy_log" (func $log (param i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
        (memory (export "memory") 1)
        (table 2 funcref)
        (global (mut i32) (i32.const 1))
        (func $start (drop (call $log (i32.const 0) (i32.const 0) (i32.const 0))))
        (func $malloc (export "malloc") (type $f) local.get 0)
        (func (export "proxy_abi_version_0_2_1"))
        (start $start)
        (elem (i32.const 0) $malloc)
        (data (i32.const 0) "/proxy-wasm-0.2.5/src")
        (@custom "target_features" "\01+\08sign-ext")
        (@producers (language "Rust" "") (processed-by "rustc" "1.95")))"#;
    let everything = wat::parse_str(everything).expect("a module");
    ["panics", "echoes_headers", "shared_counter"]
        .map(support::guest)
        .into_iter()
        .chain([everything])
        .collect()
}

/// A module with one section.
fn with_section(id: u8, contents: &[u8]) -> Vec<u8> {
    let mut module = b"\0asm\x01\0\0\0".to_vec();
    module.push(id);
    module.extend(number(contents.len()));
    module.extend(contents);
    module
}

/// A number as WebAssembly writes it.
fn number(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let byte = (number & 0x7f) as u8;
        number >>= 7;
        if number == 0 {
            bytes.push(byte);
            return bytes;
        }
        bytes.push(byte | 0x80);
    }
}

#[track_caller]
fn is_quick(bytes: &[u8]) -> Result<Inspection, InspectError> {
    let begin = Instant::now();
    let inspection = Inspection::of(bytes);
    assert!(begin.elapsed() < PATIENCE, "it took {:?}", begin.elapsed());
    inspection
}

#[test]
fn a_module_that_is_cut_off_anywhere_is_broken() {
    for module in modules() {
        for end in 0..module.len() {
            // Cut between two sections, it may still be a module.
            drop(Inspection::of(&module[..end]));
        }
        Inspection::of(&module).expect("the whole is a module");
    }
}

#[test]
fn a_file_that_is_too_large_is_not_looked_into() {
    let mut bytes = b"\0asm\x01\0\0\0".to_vec();
    bytes.resize(MAX_BYTES + 1, 0);
    assert!(matches!(is_quick(&bytes), Err(InspectError::TooLarge { .. })));
}

#[test]
fn a_million_of_anything_is_no_burden() {
    let million = number(1_000_000);
    // Imports, each `"" ""` of a function of type 0.
    let types = with_section(1, b"\x01\x60\0\0");
    let imports = [&number(100_000)[..], &b"\0\0\0\0".repeat(100_000)].concat();
    let module = [&types[..], &with_section(2, &imports)[8..]].concat();
    let error = is_quick(&module).expect_err("too many");
    assert!(matches!(error, InspectError::TooManyImports), "{error}");

    // Exports, as many as validators allow of a type with parameters.
    let wide = [&b"\x01\x60"[..], &number(8), &[0x7f; 8], b"\0"].concat();
    let mut exports = number(50_000);
    for export in 0..50_000 {
        let name = format!("proxy_{export}");
        exports.extend(number(name.len()));
        exports.extend(name.as_bytes());
        exports.extend(b"\0\0");
    }
    let module = [
        &with_section(1, &wide)[..],
        &with_section(3, b"\x01\0")[8..],
        &with_section(7, &exports)[8..],
        &with_section(10, b"\x01\x02\0\x0b")[8..],
    ]
    .concat();
    let inspection = is_quick(&module).expect("a module");
    assert_eq!(inspection.exports.count, 50_000);
    assert!(inspection.exports.unwanted.len() <= 1000);

    // Functions.
    let functions = [&million[..], &[0; 1_000_000]].concat();
    let bodies = [&million[..], &b"\x02\0\x0b".repeat(1_000_000)].concat();
    let module = [
        &types[..],
        &with_section(3, &functions)[8..],
        &with_section(10, &bodies)[8..],
    ]
    .concat();
    let inspection = is_quick(&module).expect("a module");
    assert_eq!(inspection.sizes.functions, 1_000_000);
    assert_eq!(inspection.sizes.largest_functions.len(), 10);

    // Custom sections.
    let module = [&b"\0asm\x01\0\0\0"[..], &b"\0\x02\x01a".repeat(1_000_000)].concat();
    is_quick(&module).expect("a module");
}

#[test]
fn imports_that_are_alike_are_compared_in_time() {
    let mut imports = number(1000);
    for import in 0..1000 {
        let name = format!("proxy_get_header_map_value_and_so_on_and_so_on_{import}");
        imports.extend(b"\x03env");
        imports.extend(number(name.len()));
        imports.extend(name.as_bytes());
        imports.extend(b"\0\0");
    }
    let module = [
        &with_section(1, b"\x01\x60\0\0")[..],
        &with_section(2, &imports)[8..],
    ]
    .concat();
    assert_eq!(is_quick(&module).expect("a module").imports.len(), 1000);
}

#[test]
fn names_and_producers_that_lie_about_their_length_are_left_out() {
    for (name, contents) in [
        ("name", &b"\x01\xff\xff\xff\xff\x0f"[..]),
        ("name", b"\x01\x05\xff\xff\xff\xff\x0f"),
        ("producers", b"\xff\xff\xff\xff\x0f"),
        ("producers", b"\x01\x08language\xff\xff\xff\xff\x0f"),
        ("target_features", b"\xff\xff\xff\xff\x0f"),
        ("target_features", b"\x01+\xff\xff\xff\xff\x0f"),
    ] {
        let section = [&number(name.len())[..], name.as_bytes(), contents].concat();
        let inspection = is_quick(&with_section(0, &section)).expect("a module");
        assert!(inspection.origin.languages.is_empty());
        assert!(!inspection.sizes.has_names);
    }
}

#[test]
fn a_start_function_that_calls_a_chain_of_functions_is_followed_to_its_end() {
    let length = 200_000;
    let functions = [&number(length)[..], &vec![0; length]].concat();
    let mut bodies = number(length);
    for function in 1..=length {
        let call = [&b"\0\x10"[..], &number(function % length), b"\x0b"].concat();
        bodies.extend(number(call.len()));
        bodies.extend(call);
    }
    let module = [
        &with_section(1, b"\x01\x60\0\0")[..],
        &with_section(3, &functions)[8..],
        &with_section(8, b"\0")[8..],
        &with_section(10, &bodies)[8..],
    ]
    .concat();
    let start = is_quick(&module).expect("a module").start_function;
    assert_eq!(start.map(|start| start.calls_host), Some(CallsHost::No));
}

#[test]
fn data_that_often_begins_like_an_sdk_is_searched_once() {
    for text in [&b"\\proxy-wasm-"[..], b"/proxy-wasm-", b"~\0l\0i\0b\0/\0"] {
        let text = text.repeat((8 << 20) / text.len());
        let data = [&b"\x01\x01"[..], &number(text.len()), &text].concat();
        is_quick(&with_section(11, &data)).expect("a module");
    }
}

proptest! {
    #[test]
    fn changed_bytes_change_what_is_said_but_never_end_it(
        module in 0usize..4,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut bytes = modules().swap_remove(module);
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if let Ok(inspection) = Inspection::of(&bytes) {
            serde_json::to_string(&inspection).expect("it can be written");
        }
    }

    #[test]
    fn noise_is_no_module(noise in prop::collection::vec(any::<u8>(), 0..256)) {
        let module = [&b"\0asm\x01\0\0\0"[..], &noise].concat();
        drop(Inspection::of(&noise));
        drop(Inspection::of(&module));
    }
}
