//! The guests of `levee-guests` in the wasmtime host: what a reader of each would expect of it there.

mod broken;
mod calls;
mod messages;
mod needs_assemblyscript;
mod probe;
mod profiles;
mod time;
mod workers;
mod worlds;

use levee_harness::{Host, HostBuilder, LogLine, Metering, Module, Request, Response};
use levee_testing::tools;
use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

/// A host for the guest of that name, not started yet.
fn host(name: &str) -> HostBuilder {
    Host::builder().loaded(module(name))
}

/// The same with its work counted.
fn metered(name: &str) -> HostBuilder {
    Host::builder().module(path(name)).metering(Metering::Fuel)
}

fn path(name: &str) -> PathBuf {
    tools::path(tools::GUESTS).join(format!("{name}.wasm"))
}

/// The guest of that name, compiled once for all tests.
fn module(name: &str) -> Module {
    static MODULES: Mutex<BTreeMap<String, Module>> = Mutex::new(BTreeMap::new());
    let mut modules = MODULES.lock().unwrap_or_else(PoisonError::into_inner);
    let load = || Module::from_file(path(name)).unwrap_or_else(|error| panic!("{error}"));
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
