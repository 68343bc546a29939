//! Where the programs and files are that tests run: `cargo xtask test` finds or builds each and tells in the
//! environment.

use std::{
    env,
    path::{Path, PathBuf},
};

/// The repository's root.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// The filter as a Proxy-Wasm module.
pub const WASM: &str = "LEVEE_WASM";
/// The folder with the modules of the edge worker.
pub const WORKER: &str = "LEVEE_WORKER";
/// The same for a worker that fails on demand.
pub const WORKER_HAZARDS: &str = "LEVEE_WORKER_HAZARDS";
/// The folder with the modules of the guests, small filters that the harness is tested with.
pub const GUESTS: &str = "LEVEE_GUESTS";
/// The program `levee`.
pub const LEVEE: &str = "LEVEE_BIN";
/// The program `levee-origin`.
pub const ORIGIN: &str = "LEVEE_ORIGIN_BIN";
/// The program `envoy`.
pub const ENVOY: &str = "LEVEE_ENVOY";
/// The program `workerd`.
pub const WORKERD: &str = "LEVEE_WORKERD";
/// The browser.
pub const CHROMIUM: &str = "LEVEE_CHROMIUM";
/// The folder `node_modules` that holds `playwright-core` and `axe-core`.
pub const NODE_MODULES: &str = "LEVEE_NODE_MODULES";
/// The control group below which others may be made that limit processor time.
pub const CPU_GROUPS: &str = "LEVEE_CPU_GROUPS";
/// The text browser.
pub const W3M: &str = "LEVEE_W3M";
/// The folder with the programs of PostgreSQL, `initdb` and `postgres` among them.
pub const POSTGRES: &str = "LEVEE_POSTGRES";

/// The program `schemathesis`, which tests an interface by its OpenAPI document.
pub const SCHEMATHESIS: &str = "LEVEE_SCHEMATHESIS";

/// The path in the environment variable `name`, one of the constants of this module.
///
/// # Panics
/// When the variable is not set or nothing is there: a test must not pass because its subject is missing.
#[must_use]
pub fn path(name: &str) -> PathBuf {
    let Some(value) = env::var_os(name) else {
        panic!(
            "{name} is not set: run the tests with `cargo xtask test`, which builds and finds what they need"
        );
    };
    let path = PathBuf::from(value);
    assert!(
        path.exists(),
        "{name} names {}, which does not exist: run `cargo xtask test`",
        path.display()
    );
    path
}
