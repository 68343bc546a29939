//! What an operator sees of a running proxy, and how it is ended.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::origin::{echo, nobody, origin};
use crate::proxy::{PATIENCE, Proxy, admin};

#[test]
fn a_trap_closes_that_worker_and_shows_in_the_statistics() {
    let address = nobody();
    let proxy = Proxy::start(
        "panics",
        echo(),
        &["--workers", "1", "--admin", &address.to_string()],
    );
    assert!(proxy.get("").starts_with("HTTP/1.1 200 "));
    assert!(proxy.get("X-Panic: 1\r\n").starts_with("HTTP/1.1 503 "));
    assert!(proxy.get("").starts_with("HTTP/1.1 503 "));

    let stats = admin(address, "/stats");
    assert!(stats.contains("\nwasm.vm_traps: 1\n"), "{stats}");
    assert!(stats.contains("\nhttp.downstream_rq_5xx: 2\n"), "{stats}");
    assert!(admin(address, "/ready").starts_with("HTTP/1.1 503 "));
}

#[test]
fn workers_share_data_and_the_guests_metrics_are_in_the_statistics() {
    let address = nobody();
    let proxy = Proxy::start(
        "shared_counter",
        echo(),
        &["--workers", "3", "--admin", &address.to_string()],
    );
    for _ in 0..6 {
        assert!(proxy.get("").starts_with("HTTP/1.1 200 "));
    }
    let stats = admin(address, "/stats");
    assert!(stats.contains("\nwasmcustom.requests: 6\n"), "{stats}");
    assert!(stats.contains("\nwasm.worker_2.memory_size: 65536\n"), "{stats}");
}

#[test]
fn sigterm_ends_it_after_the_exchanges_under_way() {
    let (arrived, wait) = std::sync::mpsc::channel();
    let (go, may_go) = std::sync::mpsc::channel::<()>();
    let slow = origin(move |_| {
        arrived.send(()).expect("the test waits");
        may_go.recv().expect("the test says when");
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nlate".to_vec()
    });
    let mut proxy = Proxy::start("sets_header", slow, &[]);
    let mut client = proxy.connect();
    client
        .write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        .expect("sent");
    wait.recv_timeout(PATIENCE).expect("the origin has the request");

    proxy.signal("TERM");
    // It accepts no more: that is how the outside sees that it is draining.
    while TcpStream::connect(proxy.address).is_ok() {
        std::thread::yield_now();
    }
    go.send(()).expect("the origin waits");
    let mut answer = String::new();
    client.read_to_string(&mut answer).expect("an answer");
    assert!(answer.ends_with("late"), "{answer}");
    assert!(proxy.process.wait().expect("ends").success());
}

#[test]
fn the_filter_is_taken_leave_of_in_every_vm_when_the_proxy_ends() {
    let mut proxy = Proxy::start("takes_leave", echo(), &["--workers", "2"]);
    assert!(proxy.get("").starts_with("HTTP/1.1 200 "));
    proxy.signal("TERM");
    assert!(proxy.process.wait().expect("ends").success());
    // Its thread is the last to end.
    proxy.log.wait_for("root deleted plugin=\"guest\" vm=\"main\"");
    assert_eq!(proxy.log.count("root done"), 3);
    assert_eq!(proxy.log.count("root deleted"), 3);
}

#[test]
fn requests_that_are_held_are_cut_off_when_the_drain_timeout_is_over() {
    let mut proxy = Proxy::start("waits_at_gate", echo(), &["--drain-timeout", "0"]);
    let mut client = proxy.connect();
    client
        .write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        .expect("sent");
    proxy.log.wait_for("held");
    proxy.signal("TERM");
    assert!(proxy.process.wait().expect("ends").success());
    let mut answer = String::new();
    client.read_to_string(&mut answer).expect("closed");
    assert_eq!(answer, "");
}
