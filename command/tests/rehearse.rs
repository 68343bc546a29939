//! `levee rehearse`: what it sends where, and what it writes.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output};
use std::sync::mpsc::{Receiver, Sender, channel};

use serde_json::Value;

/// Six people within half a second, and twenty requests of a flood.
const SCENARIO: &str = r"
title: { en: Half a second, vi: Nửa giây }
begins: 2024-03-11T06:00
lasts: 1 s
people:
  - name: patients
    count: 6
    arrive: [[0 s, 1], [500 ms, 1]]
    errand: [{ get: / }, { post: /book, form: { department: cardiology } }]
    think: [0 s, 0 s]
floods:
  - name: flood
    from: 100 ms
    until: 300 ms
    requests: 20
    sources: { networks: [198.18.0.0/15], count: 20 }
    keep_alive: 1
bounds:
  patients_served: 100
";

/// A request as a site saw it.
struct Seen {
    from: IpAddr,
    head: String,
}

/// A site that answers every request with a page that has this status; what it has seen is told.
fn site(status: &'static str, seen: &Sender<Seen>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let seen = seen.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let seen = seen.clone();
            std::thread::spawn(move || answer(stream.expect("a connection"), status, &seen));
        }
    });
    address
}

fn answer(mut stream: TcpStream, status: &str, seen: &Sender<Seen>) {
    let from = stream.peer_addr().expect("a peer").ip();
    let mut lines = BufReader::new(stream.try_clone().expect("a handle")).lines();
    let mut head = String::new();
    while let Some(Ok(line)) = lines
        .next()
        .filter(|line| line.as_ref().is_ok_and(|line| !line.is_empty()))
    {
        head += &(line + "\n");
    }
    let page = "<h1>A page</h1>";
    // A connection that sends nothing is a look whether anybody answers.
    if !head.is_empty() && seen.send(Seen { from, head }).is_ok() {
        let length = page.len();
        let answer = format!(
            "HTTP/1.1 {status}\r\ncontent-type: text/html\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{page}"
        );
        // The client may have gone.
        let _ = stream.write_all(answer.as_bytes());
    }
}

fn rehearse(folder: &Path, url: &str, more: &[&str]) -> Output {
    std::fs::write(folder.join("scenario.yaml"), SCENARIO).expect("written");
    Command::new(env!("CARGO_BIN_EXE_levee"))
        .current_dir(folder)
        .args(["rehearse", url, "scenario.yaml", "--json", "-"])
        .args(more)
        .output()
        .expect("levee runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn seen_of(requests: &Receiver<Seen>) -> Vec<Seen> {
    requests.try_iter().collect()
}

#[test]
fn every_visit_has_a_line_and_everybody_an_address() {
    let folder = tempfile::tempdir().expect("folder");
    let (seen, requests) = channel();
    let address = site("200 OK", &seen);
    let output = rehearse(
        folder.path(),
        &format!("http://{address}"),
        &["--visits", "visits.jsonl"],
    );
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let findings: Value = serde_json::from_slice(&output.stdout).expect("JSON alone on standard output");
    assert_eq!(findings["patients_served"], 6);
    assert_eq!(findings["flood_requests"], 20);
    let flood = findings["series"]["flood"].as_array().expect("a series");
    assert_eq!(flood.iter().filter_map(Value::as_u64).sum::<u64>(), 20);

    let visits = std::fs::read_to_string(folder.path().join("visits.jsonl")).expect("written");
    let visits: Vec<Value> = visits
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect();
    assert_eq!(visits.len(), 6);
    for visit in &visits {
        assert_eq!(visit["kind"], "person");
        assert_eq!(visit["served"], true);
        assert_eq!(visit["form"], "department=cardiology");
        assert_eq!(visit["page"], "<h1>A page</h1>");
        assert!(visit["came"].as_f64() <= visit["left"].as_f64(), "{visit}");
    }

    let requests = seen_of(&requests);
    assert_eq!(requests.len(), 6 * 2 + 20);
    let mut addresses: Vec<_> = requests.iter().map(|request| request.from).collect();
    addresses.sort();
    addresses.dedup();
    assert_eq!(addresses.len(), 6 + 20);
    assert!(addresses.iter().all(IpAddr::is_loopback));
}

#[test]
fn clients_are_divided_among_doors_and_tell_an_edge_who_they_are() {
    let folder = tempfile::tempdir().expect("folder");
    let (seen, front) = channel();
    let (other, side) = channel();
    let (first, second) = (site("200 OK", &seen), site("200 OK", &other));
    let output = rehearse(
        folder.path(),
        &format!("http://{first}"),
        &["--behind-edge", "--door", &second.port().to_string()],
    );
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let (front, side) = (seen_of(&front), seen_of(&side));
    assert!(
        front.len() > 5 && side.len() > 5,
        "{} and {}",
        front.len(),
        side.len()
    );
    assert_eq!(front.len() + side.len(), 6 * 2 + 20);
    for request in front.iter().chain(&side) {
        let told = format!("cf-connecting-ip: {}\n", request.from);
        assert!(request.head.contains(&told), "{}", request.head);
    }
}

#[test]
fn a_missed_promise_is_exit_code_1_and_why_is_told_of_each_visit() {
    let folder = tempfile::tempdir().expect("folder");
    let (seen, _requests) = channel();
    let address = site("410 Gone", &seen);
    let scenario = "give_up_after: 1 s";
    let patient = SCENARIO.replace("think:", &format!("{scenario}\n    think:"));
    std::fs::write(folder.path().join("impatient.yaml"), patient).expect("written");
    let output = Command::new(env!("CARGO_BIN_EXE_levee"))
        .current_dir(folder.path())
        .args(["rehearse", &format!("http://{address}"), "impatient.yaml"])
        .args(["--json", "-", "--visits", "visits.jsonl"])
        .output()
        .expect("levee runs");
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let visits = std::fs::read_to_string(folder.path().join("visits.jsonl")).expect("written");
    assert_eq!(visits.lines().count(), 6);
    assert_eq!(visits.matches("not served within 1 s").count(), 6, "{visits}");
}

#[test]
fn what_cannot_be_played_is_told_and_sends_nothing() {
    let folder = tempfile::tempdir().expect("folder");
    let (seen, requests) = channel();
    let address = site("200 OK", &seen);
    let url = format!("http://{address}");
    let doors = ["--door", "1"].repeat(16);
    for (url, more, told) in [
        ("http://203.0.113.7:80", &[][..], "127.0.0.0/8"),
        ("http://example.com", &[][..], "127.0.0.0/8"),
        ("https://127.0.0.1:1", &[][..], "http://127.0.0.1:8000"),
        (&url, &["--door", "0"][..], "--door"),
        (&url, &doors[..], "15 times at most"),
        (
            &url,
            &["--visits", "nowhere/visits.jsonl"][..],
            "nowhere/visits.jsonl",
        ),
        (&url, &["--config", "nowhere.json"][..], "nowhere.json"),
    ] {
        let output = rehearse(folder.path(), url, more);
        assert_eq!(output.status.code(), Some(2), "{url} {more:?}");
        let stderr = text(&output.stderr);
        assert!(stderr.contains(told), "{url} {more:?}: {stderr}");
    }
    assert_eq!(seen_of(&requests).len(), 0);
}
