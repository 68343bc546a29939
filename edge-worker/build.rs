//! Bounds the memory of the module.

use std::env;

/// The most memory the module may have, in bytes. An isolate is ended, with all its requests, when it has more than 128 MB;
/// at this bound only the request that wants more fails, and the next one finds a fresh instance.
const MAX_MEMORY: u32 = 96 << 20;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if env::var_os("CARGO_CFG_TARGET_ARCH").is_some_and(|arch| arch == "wasm32") {
        println!("cargo::rustc-link-arg-cdylib=--max-memory={MAX_MEMORY}");
    }
}
