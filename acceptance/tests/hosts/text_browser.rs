//! A browser for the terminal, as people use it with a braille line: it knows cookies and forms, and no scripts.

use crate::stage::{Host, Stage, closed};
use levee_testing::tools;
use serde_json::json;
use std::{path::Path, process::Command, thread, time::Duration};

/// How long it has to wait: more than a second visit takes, of which Envoy leaves a client of HTTP/1.0 waiting for the end of
/// its connection for one.
const WAIT: Duration = Duration::from_secs(5);

/// What w3m shows of the site; what it keeps, it keeps in `home`.
fn shown(stage: &Stage, home: &Path) -> String {
    let added = stage
        .added_in_front()
        .map(|(name, value)| ["-header".to_owned(), format!("{name}: {value}")]);
    let output = Command::new(tools::path(tools::W3M))
        .args([
            "-o",
            "use_cookie=1",
            "-o",
            "accept_cookie=1",
            "-o",
            "accept_language=en",
        ])
        .args(added.into_iter().flatten())
        .args(["-dump", &format!("http://{}/?lang=en", stage.address())])
        .env("HOME", home)
        .env("LC_ALL", "C.UTF-8")
        .output()
        .unwrap_or_else(|error| panic!("{error}"));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The first visit, one that is too early, the turn, and the form.
pub(crate) fn waits_and_sees_the_booking_form(host: Host) {
    let stage = Stage::set(
        host,
        &closed(json!({ "waiting_lane": { "floor_seconds": WAIT.as_secs() } })),
    );
    let home = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    let shown = || shown(&stage, home.path());

    let first = shown();
    assert!(first.contains("You can simply wait"), "{first}");
    assert!(first.contains("Load the page again"), "{first}");
    let early = shown();
    assert!(early.contains("You can simply wait"), "{early}");

    thread::sleep(WAIT);
    let turn = shown();
    assert!(
        turn.contains("It is your turn") && turn.contains("Continue"),
        "{turn}"
    );
    let form = shown();
    assert!(form.contains("Get an examination queue number"), "{form}");
    assert!(form.contains("Internal medicine"), "{form}");
}
