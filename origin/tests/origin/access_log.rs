//! The access log counts every request and names nobody.

use std::{path::Path, time::Duration};

use http::Request;

use crate::support::{JSON, Program, WebClient, program};

fn lines(path: &Path) -> Vec<serde_json::Value> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[tokio::test]
async fn each_request_is_a_line_with_no_code_query_or_body_in_it() {
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("access.jsonl");
    let mut command = program(directory.path().join("tickets.db"));
    command.arg("--access-log").arg(&log);
    let origin = Program::start(command).await;
    let client = WebClient::new(origin.address());

    let offer = client.get("/api/departments").await.unwrap().json();
    let issued = client
        .book_by_page("cardiology", offer["days"][0].as_str().unwrap())
        .await
        .unwrap();
    let agent = format!("a \"quoted\"\\agent\n{}", "é".repeat(300)).replace('\n', "\t");
    let request = Request::get("/nothing?phone=0912345678").header("user-agent", agent.as_bytes());
    client.send(request, "").await.unwrap();
    client
        .send(Request::post("/api/tickets").header("content-type", JSON), "{")
        .await
        .unwrap();
    // A slash too many: the address of no route, with a code in it all the same.
    client.get(&format!("/ticket/{}/", issued.code)).await.unwrap();
    origin.terminate();
    origin.ends_well().await;

    let lines = lines(&log);
    let seen: Vec<_> = lines
        .iter()
        .map(|line| {
            let text = |name: &str| line[name].as_str().unwrap().to_owned();
            (text("method"), text("path"), line["status"].as_u64().unwrap())
        })
        .collect();
    let expected = [
        ("GET", "/api/departments", 200),
        ("POST", "/book", 303),
        ("GET", "/ticket/{code}", 200),
        ("GET", "/nothing", 404),
        ("POST", "/api/tickets", 400),
        ("GET", "/ticket/{code}/", 404),
    ];
    assert_eq!(
        seen,
        expected.map(|(method, path, status)| (method.to_owned(), path.to_owned(), status))
    );
    for line in &lines {
        let mut names: Vec<_> = line.as_object().unwrap().keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(
            names,
            ["duration_ms", "method", "path", "status", "ts", "user_agent"]
        );
        line["ts"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
        assert!(line["duration_ms"].as_f64().unwrap() >= 0.0);
    }
    let kept = lines[3]["user_agent"].as_str().unwrap();
    assert!(
        kept.starts_with("a \"quoted\"\\agent\t") && kept.chars().count() == 256,
        "{kept}"
    );
    let text = std::fs::read_to_string(&log).unwrap();
    assert!(
        !text.contains(&issued.code) && !text.contains("0912345678"),
        "{text}"
    );
}

#[tokio::test]
async fn a_line_reaches_the_file_while_the_program_runs() {
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("access.jsonl");
    let mut command = program(directory.path().join("tickets.db"));
    command.arg("--access-log").arg(&log);
    let origin = Program::start(command).await;
    WebClient::new(origin.address()).get("/healthz").await.unwrap();

    // Nothing else happens that could bring the line out; the bound is only there to fail rather than hang.
    let appears = async {
        while lines(&log).is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), appears)
        .await
        .unwrap();
    origin.kill().await;
    assert_eq!(lines(&log)[0]["path"], "/healthz");
}
