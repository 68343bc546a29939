//! What becomes of requests while the filter is replaced.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};

use crate::origin::{connections, echo, lasting_echo, nobody, read_request};
use crate::proxy::{PATIENCE, Proxy, admin};
use crate::support;

/// A guest that leaves another mark than it usually does.
fn marked(guest: &str, mark: &str) -> Vec<u8> {
    assert_eq!(mark.len(), "was here".len(), "the guest knows how long it is");
    let text = support::guest_text(guest);
    assert!(text.contains("was here"), "{text}");
    wat::parse_str(text.replace("was here", mark)).expect("a module")
}

/// Sends a request on a connection that is kept, and reads the whole answer.
fn ask(stream: &mut TcpStream) -> String {
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        .expect("sent");
    let mut answer = Vec::new();
    let mut byte = [0];
    while !answer.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).expect("an answer");
        answer.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&answer).into_owned();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.expect("a length").parse().expect("a number")];
    stream.read_exact(&mut body).expect("a body");
    head + &String::from_utf8_lossy(&body)
}

/// Which generation has left its mark in the request and in the response.
fn generation(answer: &str) -> u64 {
    let marks: Vec<u64> = answer
        .split("x-guest: number ")
        .skip(1)
        .map(|rest| rest[..1].parse().expect("a number"))
        .collect();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(
        marks.len() == 2 && marks[0] == marks[1],
        "the mark of one filter in both directions: {answer}"
    );
    marks[0]
}

/// Waits until a line is in the statistics.
fn wait_for_stat(address: SocketAddr, line: &str) {
    let started = std::time::Instant::now();
    loop {
        let stats = admin(address, "/stats");
        if stats.contains(&format!("\n{line}\n")) {
            return;
        }
        assert!(started.elapsed() < PATIENCE, "\"{line}\" is not in {stats}");
        std::thread::yield_now();
    }
}

#[test]
fn no_request_fails_and_after_the_reload_all_go_through_the_new_filter() {
    const LAST: u64 = 4;
    const CLIENTS: usize = 4;
    /// Far more than there is time for while a filter is being replaced.
    const MOST_REQUESTS: usize = 20_000;

    let proxy = Proxy::start("sets_header", lasting_echo(), &["--workers", "2", "--watch"]);
    let announced = AtomicU64::new(0);
    let replace = |number: u64| {
        let module = marked("sets_header", &format!("number {number}"));
        proxy.files.replace("guest.wasm", module);
        proxy.log.wait_for(&format!("reloaded: generation {number}"));
        announced.store(number, Ordering::SeqCst);
    };
    replace(2);
    std::thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                let mut stream = proxy.connect();
                let mut last_ones = 0;
                for _ in 0..MOST_REQUESTS {
                    let at_least = announced.load(Ordering::SeqCst);
                    let answered = generation(&ask(&mut stream));
                    assert!(
                        (at_least..=LAST).contains(&answered),
                        "generation {at_least} was announced, and {answered} has answered"
                    );
                    last_ones += usize::from(at_least == LAST);
                    if last_ones == 100 {
                        return;
                    }
                }
            });
        }
        (3..=LAST).for_each(replace);
    });
}

#[test]
fn a_request_that_is_held_ends_on_the_vm_on_which_it_began() {
    let address = nobody();
    let proxy = Proxy::start(
        "waits_at_gate",
        lasting_echo(),
        &["--workers", "1", "--watch", "--admin", &address.to_string()],
    );
    let mut held = proxy.connect();
    held.write_all(b"GET /held HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        .expect("sent");
    proxy.log.wait_for("held");
    proxy.files.replace("guest.wasm", support::guest("opens_gate"));
    proxy.log.wait_for("reloaded: generation 2");
    wait_for_stat(address, "wasm.generation: 2");
    wait_for_stat(address, "wasm.active: 3");

    // What the new one stores, the old one sees: its ticks go on while it has something to do.
    let answer = proxy.get("");
    assert!(
        answer.starts_with("HTTP/1.1 200 ") && !answer.contains("x-passed"),
        "{answer}"
    );
    let mut answer = String::new();
    held.read_to_string(&mut answer).expect("an answer");
    assert!(
        answer.starts_with("HTTP/1.1 200 ") && answer.contains("x-passed"),
        "{answer}"
    );
    wait_for_stat(address, "wasm.active: 2");
}

#[test]
fn a_body_that_streams_ends_on_the_vm_on_which_it_began() {
    let (go, may_go) = mpsc::channel::<()>();
    let may_go = Arc::new(Mutex::new(may_go));
    let origin = connections(move |mut stream| {
        let request = read_request(&mut stream);
        let write = |stream: &mut TcpStream, text: &[u8]| stream.write_all(text).expect("sent");
        write(&mut stream, b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nfirst");
        if request.starts_with(b"GET /slow ") {
            let may_go = may_go.lock().expect("no panic");
            may_go.recv().expect("the test says when");
            write(&mut stream, b"second");
        }
    });
    let proxy = Proxy::start("replaces_pieces", origin, &["--workers", "1", "--watch"]);
    let mut slow = proxy.connect();
    slow.write_all(b"GET /slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        .expect("sent");
    let mut answer = Vec::new();
    let mut byte = [0];
    while !answer.ends_with(b"was here") {
        slow.read_exact(&mut byte).expect("the first piece");
        answer.push(byte[0]);
    }
    let next = marked("replaces_pieces", "is newer");
    proxy.files.replace("guest.wasm", next);
    proxy.log.wait_for("reloaded: generation 2");
    let other = proxy.get("");
    assert!(
        other.contains("is newer") && !other.contains("was here"),
        "{other}"
    );
    go.send(()).expect("the origin waits");
    let mut rest = String::new();
    slow.read_to_string(&mut rest).expect("the rest");
    assert!(rest.contains("was here") && !rest.contains("is newer"), "{rest}");
}

#[test]
fn what_vms_share_and_count_goes_on_with_the_next_generation() {
    let address = nobody();
    let proxy = Proxy::start(
        "shared_counter",
        echo(),
        &["--workers", "2", "--admin", &address.to_string()],
    );
    for generation in 2..=3 {
        for _ in 0..4 {
            assert!(proxy.get("").starts_with("HTTP/1.1 200 "));
        }
        proxy.signal("HUP");
        proxy.log.wait_for(&format!("reloaded: generation {generation}"));
    }
    assert!(proxy.get("").starts_with("HTTP/1.1 200 "));
    let stats = admin(address, "/stats");
    for line in [
        "wasmcustom.requests: 9",
        "wasm.shared_data.keys: 1",
        "wasm.reloads: 2",
    ] {
        assert!(stats.contains(&format!("\n{line}\n")), "{line} is not in {stats}");
    }
}

#[test]
fn a_reload_brings_a_failed_worker_back() {
    let address = nobody();
    let proxy = Proxy::start(
        "panics",
        echo(),
        &["--workers", "1", "--admin", &address.to_string()],
    );
    assert!(proxy.get("X-Panic: 1\r\n").starts_with("HTTP/1.1 503 "));
    assert!(admin(address, "/ready").starts_with("HTTP/1.1 503 "));
    proxy.signal("HUP");
    proxy.log.wait_for("reloaded: generation 2");
    assert!(proxy.get("").starts_with("HTTP/1.1 200 "));
    assert!(admin(address, "/ready").starts_with("HTTP/1.1 200 "));
}

#[test]
fn the_filter_is_taken_leave_of_when_its_last_exchange_has_ended() {
    let proxy = Proxy::start("takes_leave", echo(), &["--workers", "1"]);
    proxy.files.replace("config.json", "not ready to go");
    proxy.signal("HUP");
    proxy.log.wait_for("reloaded: generation 2");
    // Nothing was under way: both VMs of the first generation have gone before that.
    assert_eq!(
        (proxy.log.count("root done"), proxy.log.count("root deleted")),
        (2, 2)
    );
    proxy.signal("HUP");
    proxy.log.wait_for("reloaded: generation 3");
    assert_eq!(
        (proxy.log.count("root done"), proxy.log.count("root deleted")),
        (4, 2)
    );
}
