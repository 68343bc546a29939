//! The command `levee solve`.

use super::{assert_received, body, closed_site, full_site};
use crate::over_sockets::{Edge, serve};
use levee_behaviour::{
    Message,
    configuration::{closed, free_lane, with},
};
use levee_testing::tools;
use serde_json::json;
use std::{
    io::Write as _,
    process::{Command, Output, Stdio},
};

/// Runs `levee solve` for `/numbers?day=1` of the site, with this on standard input.
fn solve(site: &dyn Edge, arguments: &[&str], input: &[u8]) -> Output {
    let url = format!("http://{}/numbers?day=1", site.address());
    let mut child = Command::new(tools::path(tools::LEVEE))
        .args(["solve", &url])
        .args(arguments)
        .env("NO_PROXY", "*")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{error}"));
    if let Some(mut stdin) = child.stdin.take() {
        // Who does not read it has ended already.
        let _ = stdin.write_all(input);
    }
    child.wait_with_output().unwrap_or_else(|error| panic!("{error}"))
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

const APP: [&str; 2] = ["--header", "x-app: booking 1.0"];

#[test]
fn it_prints_what_the_site_answers_and_tells_what_it_cost() {
    let site = closed_site(serve);
    let output = solve(&*site, &APP, &[]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_received(&output.stdout, "GET /numbers?day=1", &[]);
    for part in [
        "solving a challenge of 256 hashes (clearance_required)",
        "solved a challenge of 256 hashes in ",
        " hashes/s",
        "the site granted a clearance",
    ] {
        assert!(
            said(&output).contains(part),
            "{part:?} is not in {}",
            said(&output)
        );
    }
}

#[test]
fn a_body_from_standard_input_arrives_after_waiting_in_line() {
    let site = full_site(serve);
    let output = solve(&*site, &[&APP[..], &["--data", "@-"]].concat(), &body());
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_received(&output.stdout, "POST /numbers?day=1", &body());
    assert!(
        said(&output).contains("waiting in line at place "),
        "{}",
        said(&output)
    );
}

#[test]
fn a_clearance_can_be_printed_for_other_programs_and_used_again() {
    let mut site = closed_site(serve);
    let output = solve(&*site, &["--clearance-only"], &[]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let clearance = String::from_utf8_lossy(&output.stdout).trim_end().to_owned();
    assert!(site.send(&Message::get("/").cleared(&clearance)).was_forwarded());
    let again = solve(&*site, &["--clearance", &clearance], &[]);
    assert_eq!((again.status.code(), said(&again)), (Some(0), String::new()));
}

#[test]
fn its_exit_code_says_why_there_is_no_answer() {
    let site = closed_site(serve);
    let code = |site: &dyn Edge, arguments: &[&str], part: &str| {
        let output = solve(site, arguments, &[]);
        assert!(
            said(&output).contains(part),
            "{part:?} is not in {}",
            said(&output)
        );
        output.status.code()
    };
    assert_eq!(
        code(&*site, &["--header", "no colon"], "accept-language: vi"),
        Some(2)
    );
    assert_eq!(
        code(&*site, &["--data", "@/nowhere/body"], "/nowhere/body"),
        Some(1)
    );
    assert_eq!(code(&*site, &["--max-work", "255"], "(--max-work)"), Some(3));
    let full = full_site(serve);
    assert_eq!(code(&*full, &["--max-wait", "0"], "(--max-wait)"), Some(3));
    let shut = serve(
        1,
        &with(closed(), "rules", json!([{ "name": "site", "access": "refuse" }])),
    );
    assert_eq!(code(&*shut, &[], "403"), Some(4));
    let open = serve(1, &free_lane(100, 100));
    assert_eq!(code(&*open, &["--clearance-only"], "no clearance"), Some(5));
    let gone = site.address().to_string();
    drop(site);
    for (url, part, code) in [
        (format!("http://{gone}/"), gone.as_str(), Some(1)),
        ("/path".to_owned(), "https://booking.example/path", Some(2)),
        (
            "ftp://booking.example/".to_owned(),
            "https://booking.example/path",
            Some(2),
        ),
    ] {
        let output = Command::new(tools::path(tools::LEVEE))
            .args(["solve", &url])
            .env("NO_PROXY", "*")
            .output()
            .unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(output.status.code(), code, "{output:?}");
        assert!(said(&output).contains(part), "{output:?}");
    }
}
