//! The guests of `levee-guests` in the wasmtime host: what a reader of each would expect of it there.

mod broken;
mod calls;
mod messages;
mod probe;
mod profiles;
mod time;
mod workers;
mod worlds;

use levee_harness::{Host, HostBuilder, LogLine, Module, Request, Response};
use levee_testing::tools;
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

/// A host for the guest of that name, not started yet.
fn host(name: &str) -> HostBuilder {
    Host::builder().loaded(module(name))
}

/// The guest of that name, compiled once for all tests.
fn module(name: &str) -> Module {
    static MODULES: Mutex<BTreeMap<String, Module>> = Mutex::new(BTreeMap::new());
    let mut modules = MODULES.lock().unwrap_or_else(PoisonError::into_inner);
    let load = || {
        let path = tools::path(tools::GUESTS).join(format!("{name}.wasm"));
        Module::from_file(path).unwrap_or_else(|error| panic!("{error}"))
    };
    modules.entry(name.to_owned()).or_insert_with(load).clone()
}

fn start(builder: HostBuilder) -> Host {
    builder.start().unwrap_or_else(|error| panic!("{error}"))
}

/// An origin that is content with everything.
fn ok(_: &Request) -> Response {
    Response::new(200).body("origin")
}

fn messages(log: &[LogLine]) -> Vec<&str> {
    log.iter().map(|line| line.message.as_str()).collect()
}
