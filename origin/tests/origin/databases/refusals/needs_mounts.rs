//! A disk of the test's own, which can be full.

use std::path::Path;

use crate::support::{JSON, Program, WebClient, program};

/// How large the disk is that is going to be full, in KiB.
const DISK: usize = 512;

/// A program whose database is on a disk of its own, and full but for [`DISK`]: it is gone with the program.
fn program_on_a_small_disk(folder: &Path) -> tokio::process::Command {
    let inside = program("tickets.db");
    let mut command = tokio::process::Command::new("unshare");
    command
        .args(["--map-root-user", "--mount", "sh", "-c"])
        .arg(format!(
            "mount -t tmpfs -o size=1g levee \"$0\" && cd \"$0\" && head -c 64M /dev/zero >filler && \
             mount -o remount,size=$((65536 + {DISK}))k \"$0\" && exec \"$@\""
        ))
        .arg(folder)
        .arg(inside.as_std().get_program())
        .args(inside.as_std().get_args())
        .args(["--capacity", "100000"])
        // It is meant to fail.
        .env("RUST_LOG", "off")
        .kill_on_drop(true);
    command
}

#[tokio::test]
async fn a_full_disk_is_told_and_once_there_is_room_again_nothing_has_been_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let origin = Program::start(program_on_a_small_disk(folder.path())).await;
    let client = WebClient::new(origin.address());
    let offer = client.get("/api/departments").await.expect("an answer").json();
    let day = offer["days"][1].as_str().expect("a day").to_owned();
    let body = format!(r#"{{"department":"cardiology","day":"{day}","session":"morning"}}"#);
    let book = async || {
        let request = http::Request::post("/api/tickets").header("content-type", JSON);
        client.send(request, body.clone()).await.expect("an answer")
    };

    let mut told = Vec::new();
    let refused = loop {
        let answer = book().await;
        if answer.status != 201 {
            break answer;
        }
        told.push(answer.issued());
        assert!(told.len() < 20_000, "the disk is not as small as it should be");
    };
    assert!(!told.is_empty());
    assert_eq!(refused.status, 503, "{}", refused.body);
    assert_eq!(refused.json()["type"], "urn:levee-origin:problem:unavailable");
    assert_eq!(book().await.status, 503, "still full");
    for issued in &told {
        let found = client
            .get(&format!("/api/tickets/{}", issued.code))
            .await
            .expect("an answer");
        assert_eq!(found.status, 200, "what was told can still be read");
    }

    // The disk as the program sees it.
    let inside = format!("/proc/{}/root{}/filler", origin.id(), folder.path().display());
    std::fs::remove_file(inside).expect("room is made");
    let next = book().await;
    assert_eq!(next.status, 201, "{}", next.body);
    assert_eq!(
        next.issued().number as usize,
        told.len() + 1,
        "no number was lost to those that were refused"
    );
}
