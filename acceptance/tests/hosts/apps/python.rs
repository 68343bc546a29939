//! The client in Python, which knows of Levee what stands in `docs/protocol.md`.

use super::{assert_received, body, closed_site, full_site};
use crate::over_sockets::{Edge, Start, serve};
use levee_testing::tools;
use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

/// By name, as whoever runs the scripts by hand does.
const PYTHON: &str = "python3";

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/client")
        .join(name)
}

/// Runs a script; returns what it wrote to standard output and to standard error.
fn run(script: &Path, arguments: &[&str]) -> (Vec<u8>, String) {
    let output = Command::new(PYTHON)
        // Nothing is written beside the sources.
        .arg("-B")
        .arg(script)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("{PYTHON}: {error}"));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{}: {said}", output.status);
    (output.stdout, said)
}

fn send(site: &dyn Edge, method: &str, target: &str, body: &[u8]) -> (Vec<u8>, String) {
    let mut file = tempfile::NamedTempFile::new().unwrap_or_else(|error| panic!("{error}"));
    file.write_all(body).unwrap_or_else(|error| panic!("{error}"));
    let url = format!("http://{}{target}", site.address());
    let path = file.path().to_string_lossy().into_owned();
    let mut arguments = vec!["--method", method, "--header", "x-app: booking 1.0", &url];
    if !body.is_empty() {
        arguments.extend(["--data", &path]);
    }
    run(&script("levee_client.py"), &arguments)
}

#[test]
fn what_the_protocol_page_says_of_puzzles_holds() {
    let page = tools::root().join("docs/protocol.md");
    let (said, _) = run(&script("check_protocol.py"), &[&page.to_string_lossy()]);
    assert_eq!(
        String::from_utf8_lossy(&said).trim_end(),
        "4 vectors and the example hold"
    );
}

#[test]
fn the_protocol_page_has_the_vectors_of_the_solver() {
    let read = |path: &str| {
        std::fs::read_to_string(tools::root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    };
    let vectors = read("filter/solver/js/vectors.json");
    assert!(
        read("docs/protocol.md").contains(vectors.trim_end()),
        "docs/protocol.md should have under \"Test vectors\":\n{vectors}"
    );
}

#[test]
fn requests_arrive_as_they_were_meant() {
    get_and_post(serve);
}

#[test]
fn whoever_has_to_wait_in_line_waits_and_is_let_in() {
    waits_in_line(serve);
}

/// Each a run of its own.
pub(crate) fn get_and_post(start: Start) {
    let site = closed_site(start);
    for (method, body) in [("GET", Vec::new()), ("POST", body())] {
        let (received, said) = send(&*site, method, "/numbers?day=1", &body);
        assert_received(&received, &format!("{method} /numbers?day=1"), &body);
        assert_eq!(said, "clearance_required\n");
    }
}

/// With a body, which is kept all the while.
pub(crate) fn waits_in_line(start: Start) {
    let site = full_site(start);
    let (received, said) = send(&*site, "POST", "/numbers", &body());
    assert_received(&received, "POST /numbers", &body());
    assert!(said.starts_with("clearance_required\nin_line\n"), "{said}");
}
