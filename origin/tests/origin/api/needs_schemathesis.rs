//! Schemathesis sends what the document allows and what it does not, follows its links, and compares every answer with it.

use std::{path::Path, process::Stdio};

use jiff::Timestamp;
use levee_testing::tools;
use serde_json::Value;
use tokio::process::Command;

use crate::support::{Program, WebClient, program};

/// Cases for each operation, in each phase.
const EXAMPLES: &str = "40";

/// The same cases each time; those that fail are repeated with `st run ... --seed`.
const SEED: &str = "20260303";

/// What a schema cannot say of the cases: see there.
const HOOKS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/origin/api/schemathesis_hooks.py"
);

#[tokio::test]
async fn the_interface_is_as_its_document_says() {
    let schemathesis = tools::path(tools::SCHEMATHESIS);
    let directory = tempfile::tempdir().unwrap();
    let mut command = program(directory.path().join("tickets.db"));
    // Room for all that it books: a full queue would refuse what is tried.
    command.args([
        "--capacity",
        "100000",
        "--fee",
        "50000",
        "--pay-to",
        "970436:0123456789",
    ]);
    let origin = Program::start(command).await;
    let client = WebClient::new(origin.address());
    let document = directory.path().join("openapi.json");
    std::fs::write(&document, todays_document(&client).await.to_string()).unwrap();

    let output = run(
        &schemathesis,
        &document,
        &format!("http://{}", origin.address()),
        directory.path(),
    )
    .await;
    assert!(
        output.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    origin.terminate();
    origin.ends_well().await;
}

/// The document with what is true today only: which days can be booked, and which year is the last that somebody can have
/// been born in. With that, all that it allows must be taken.
async fn todays_document(client: &WebClient) -> Value {
    let mut document = client.get("/api/openapi.json").await.unwrap().json();
    let mut days = client.get("/api/departments").await.unwrap().json()["days"].take();
    // Its sessions may close while the test runs.
    days.as_array_mut().unwrap().remove(0);
    let booking = &mut document["components"]["schemas"]["NewTicket"]["properties"];
    let today = Timestamp::now().in_tz("Asia/Ho_Chi_Minh").unwrap();
    booking["birth_year"]["maximum"] = today.year().into();
    booking["day"]["enum"] = days;
    document
}

async fn run(schemathesis: &Path, document: &Path, url: &str, directory: &Path) -> std::process::Output {
    let mut command = Command::new(schemathesis);
    command
        .arg("run")
        .arg(document)
        .args(["--url", url])
        .args(["--checks", "all", "--mode", "all"])
        .args(["--phases", "examples,coverage,fuzzing,stateful"])
        .args([
            "--max-examples",
            EXAMPLES,
            "--seed",
            SEED,
            "--generation-database",
            "none",
        ])
        .args(["--request-timeout", "30", "--no-color", "--continue-on-failure"])
        .env("SCHEMATHESIS_HOOKS", HOOKS)
        // Nothing leaves the machine, whatever proxy its user has.
        .env("NO_PROXY", "*")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .current_dir(directory)
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command.output().await.unwrap()
}
