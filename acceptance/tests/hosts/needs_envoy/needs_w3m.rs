//! A browser for the terminal, as people use it with a braille line: it knows cookies and forms, and no scripts.

use crate::stage::{Stage, closed};
use levee_testing::tools;
use serde_json::json;
use std::{path::Path, process::Command, thread, time::Duration};

/// What w3m shows of the address; what it keeps, it keeps in `home`.
fn shown(address: &str, home: &Path) -> String {
    let output = Command::new(tools::path(tools::W3M))
        .args([
            "-o",
            "use_cookie=1",
            "-o",
            "accept_cookie=1",
            "-o",
            "accept_language=en",
        ])
        .args(["-dump", address])
        .env("HOME", home)
        .env("LC_ALL", "C.UTF-8")
        .output()
        .unwrap_or_else(|error| panic!("{error}"));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_text_browser_waits_and_sees_the_booking_form() {
    let stage = Stage::set(&closed(json!({ "waiting_lane": { "floor_seconds": 2 } })));
    let home = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    let address = format!("http://{}/?lang=en", stage.address());

    let first = shown(&address, home.path());
    assert!(first.contains("You can simply wait"), "{first}");
    assert!(first.contains("Load the page again"), "{first}");
    let early = shown(&address, home.path());
    assert!(early.contains("You can simply wait"), "{early}");

    thread::sleep(Duration::from_secs(2));
    let turn = shown(&address, home.path());
    assert!(
        turn.contains("It is your turn") && turn.contains("Continue"),
        "{turn}"
    );
    let form = shown(&address, home.path());
    assert!(form.contains("Get an examination queue number"), "{form}");
    assert!(form.contains("Internal medicine"), "{form}");
}
