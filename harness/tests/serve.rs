//! `levee serve` and `levee check` on real sockets and processes.

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use tempfile::TempDir;

/// Longest time that a test waits for something that is sure to come.
const PATIENCE: Duration = Duration::from_secs(60);

/// A guest and its configuration as files.
struct Files {
    directory: TempDir,
}

impl Files {
    fn new(guest: &str, configuration: &str) -> Self {
        let directory = TempDir::new().expect("a directory");
        std::fs::write(directory.path().join("guest.wasm"), support::guest(guest)).expect("written");
        std::fs::write(directory.path().join("config.json"), configuration).expect("written");
        Self { directory }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn command(&self, subcommand: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_levee"));
        command
            .arg(subcommand)
            .arg("--module")
            .arg(self.path("guest.wasm"));
        command.arg("--config").arg(self.path("config.json"));
        command
    }
}

/// A running `levee serve`; it is ended when the test is over.
struct Proxy {
    process: Child,
    address: SocketAddr,
    _files: Files,
}

impl Proxy {
    fn start(guest: &str, upstream: SocketAddr, arguments: &[&str]) -> Self {
        let files = Files::new(guest, "");
        let mut process = files
            .command("serve")
            .args([
                "--listen",
                "127.0.0.1:0",
                "--upstream",
                &format!("http://{upstream}"),
            ])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the command starts");
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("piped"))
            .read_line(&mut line)
            .expect("a line");
        let address = line
            .trim_end()
            .strip_prefix("listening on http://")
            .expect(&line)
            .parse()
            .expect("an address");
        Self {
            process,
            address,
            _files: files,
        }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("the proxy accepts");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        stream
    }

    /// Sends bytes on a connection of their own, and returns all that comes back until it closes.
    fn send(&self, request: &[u8]) -> String {
        let mut stream = self.connect();
        stream.write_all(request).expect("sent");
        let mut response = Vec::new();
        stream.read_to_end(&mut response).expect("an answer");
        String::from_utf8_lossy(&response).into_owned()
    }

    fn get(&self, extra: &str) -> String {
        self.send(
            format!("GET /a?b HTTP/1.1\r\nHost: clinic.example\r\nConnection: close\r\n{extra}\r\n")
                .as_bytes(),
        )
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // It may have ended already, as a test wants it to.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// An origin on a thread of its own: one request a connection, the answer made from the raw request.
fn origin(answer: impl Fn(&[u8]) -> Vec<u8> + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let request = read_request(&mut stream);
            // The proxy may be gone already.
            let _ = stream.write_all(&answer(&request));
        }
    });
    address
}

fn read_request(stream: &mut TcpStream) -> Vec<u8> {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).expect("readable") == 1 {
        request.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&request).to_ascii_lowercase();
    if let Some(length) = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
    {
        let mut body = vec![0; length.parse().expect("a number")];
        stream.read_exact(&mut body).expect("a body");
        request.extend(body);
    } else if head.contains("transfer-encoding: chunked") {
        while !request.ends_with(b"0\r\n\r\n") && stream.read(&mut byte).expect("readable") == 1 {
            request.push(byte[0]);
        }
    }
    request
}

/// An origin that answers with the request it got.
fn echo() -> SocketAddr {
    origin(|request| {
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            request.len()
        );
        [head.as_bytes(), request].concat()
    })
}

/// An address at which nothing listens, and that no other test can be given: each has a host of its own.
fn nobody() -> SocketAddr {
    static HOSTS: AtomicU8 = AtomicU8::new(1);
    let host = Ipv4Addr::new(127, 77, 0, HOSTS.fetch_add(1, Ordering::Relaxed));
    TcpListener::bind((host, 0))
        .expect("a port")
        .local_addr()
        .expect("an address")
}

#[test]
fn a_request_goes_through_the_filter_to_the_origin_and_back() {
    let proxy = Proxy::start("sets_header", echo(), &["--workers", "2"]);
    let answer = proxy
        .get("X-Guest: forged\r\nX-Forwarded-For: 9.9.9.9\r\nX-Envoy-Internal: true\r\nTE: trailers\r\n");
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert!(answer.contains("GET /a?b HTTP/1.1"), "{answer}");
    assert!(answer.contains("host: clinic.example"), "{answer}");
    assert_eq!(
        answer.matches("x-guest: was here").count(),
        2,
        "in the request and in the response: {answer}"
    );
    assert!(answer.contains("x-forwarded-for: 9.9.9.9,127.0.0.1"), "{answer}");
    assert!(answer.contains("x-request-id: "), "{answer}");
    assert!(
        !answer.contains("forged") && !answer.contains("x-envoy-internal") && !answer.contains("\r\nte: "),
        "{answer}"
    );
}

#[test]
fn header_values_that_are_not_utf_8_pass_unchanged() {
    let proxy = Proxy::start("sets_header", echo(), &[]);
    let mut stream = proxy.connect();
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Raw: \xff\xfe\xc3(\r\n\r\n")
        .expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    let expected = b"x-raw: \xff\xfe\xc3(\r\n";
    assert!(
        answer.windows(expected.len()).any(|window| window == expected),
        "{}",
        answer.escape_ascii()
    );
}

#[test]
fn a_local_reply_is_sent_without_asking_the_origin() {
    let proxy = Proxy::start("local_reply", nobody(), &[]);
    let answer = proxy.get("");
    assert!(answer.starts_with("HTTP/1.1 403 Forbidden"), "{answer}");
    assert!(
        answer.contains("x-why: because") && answer.contains("x-seen: yes"),
        "{answer}"
    );
    assert!(
        answer.contains("content-length: 2") && answer.ends_with("\r\n\r\nno"),
        "{answer}"
    );
}

#[test]
fn an_origin_that_is_down_is_503() {
    let proxy = Proxy::start("sets_header", nobody(), &[]);
    let answer = proxy.get("");
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    assert!(
        answer.contains("x-guest: was here"),
        "the filter sees the host's replies too: {answer}"
    );
}

#[test]
fn a_trap_closes_that_worker_and_shows_in_the_statistics() {
    let admin = nobody();
    let proxy = Proxy::start(
        "panics",
        echo(),
        &["--workers", "1", "--admin", &admin.to_string()],
    );
    assert!(proxy.get("").starts_with("HTTP/1.1 200 "));
    assert!(proxy.get("X-Panic: 1\r\n").starts_with("HTTP/1.1 503 "));
    assert!(proxy.get("").starts_with("HTTP/1.1 503 "));

    let ask = |path: &str| {
        let mut stream = TcpStream::connect(admin).expect("the admin address accepts");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        )
        .expect("sent");
        let mut text = String::new();
        stream.read_to_string(&mut text).expect("an answer");
        text
    };
    let stats = ask("/stats");
    assert!(stats.contains("\nwasm.vm_traps: 1\n"), "{stats}");
    assert!(stats.contains("\nhttp.downstream_rq_5xx: 2\n"), "{stats}");
    assert!(ask("/ready").starts_with("HTTP/1.1 503 "));
}

#[test]
fn workers_share_data_and_the_guests_metrics_are_in_the_statistics() {
    let admin = nobody();
    let proxy = Proxy::start(
        "shared_counter",
        echo(),
        &["--workers", "3", "--admin", &admin.to_string()],
    );
    for _ in 0..6 {
        assert!(proxy.get("").starts_with("HTTP/1.1 200 "));
    }
    let mut stream = TcpStream::connect(admin).expect("the admin address accepts");
    stream
        .write_all(b"GET /stats HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        .expect("sent");
    let mut stats = String::new();
    stream.read_to_string(&mut stats).expect("an answer");
    assert!(stats.contains("\nwasmcustom.requests: 6\n"), "{stats}");
    assert!(stats.contains("\nwasm.worker_2.memory_size: 65536\n"), "{stats}");
}

#[test]
fn a_connection_is_kept_for_the_next_request() {
    let proxy = Proxy::start("local_reply", nobody(), &[]);
    let mut stream = proxy.connect();
    for _ in 0..3 {
        stream
            .write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            .expect("sent");
        let mut answer = Vec::new();
        let mut byte = [0];
        while !answer.ends_with(b"\r\n\r\nno") {
            assert_eq!(
                stream.read(&mut byte).expect("readable"),
                1,
                "{}",
                answer.escape_ascii()
            );
            answer.push(byte[0]);
        }
    }
}

#[test]
fn a_body_streams_through_a_filter_that_does_not_look_at_it() {
    let proxy = Proxy::start("sets_header", echo(), &[]);
    let body = "x".repeat(3 << 20);
    let request = format!(
        "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = proxy.send(request.as_bytes());
    assert!(answer.ends_with(&body), "{} bytes came back", answer.len());
}

#[test]
fn a_held_body_goes_on_in_one_piece_and_an_overlong_one_is_413() {
    let proxy = Proxy::start("buffers_body", echo(), &[]);
    let chunked = "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
    let answer = proxy.send(format!("{chunked}3\r\none\r\n4\r\n two\r\n0\r\n\r\n").as_bytes());
    assert!(answer.contains("8\r\none two!\r\n"), "{answer}");

    // The buffer holds 16 such pieces.
    let mut stream = proxy.connect();
    stream.write_all(chunked.as_bytes()).expect("sent");
    let piece = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
    for _ in 0..17 {
        stream.write_all(piece.as_bytes()).expect("sent");
    }
    let mut head = [0; 12];
    stream.read_exact(&mut head).expect("an answer");
    assert_eq!(&head, b"HTTP/1.1 413");
}

#[test]
fn what_envoy_would_not_take_is_refused() {
    let proxy = Proxy::start("sets_header", echo(), &[]);
    let many: String = (0..101).map(|number| format!("X-{number}: v\r\n")).collect();
    assert!(
        proxy.get(&many).starts_with("HTTP/1.1 431 "),
        "more than 100 headers"
    );
    let large = format!("Cookie: {}\r\n", "c".repeat(61 << 10));
    assert!(
        proxy.get(&large).starts_with("HTTP/1.1 431 "),
        "more than 60 KiB of headers"
    );
    assert!(
        proxy
            .send(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
            .starts_with("HTTP/1.1 400 "),
        "no host"
    );
    assert!(
        proxy
            .send(b"\x16\x03\x01 nonsense\r\n\r\n")
            .starts_with("HTTP/1.1 400 "),
        "no HTTP"
    );

    let roomy = Proxy::start(
        "sets_header",
        echo(),
        &["--max-headers", "2000", "--max-header-kib", "100"],
    );
    assert!(roomy.get(&many).starts_with("HTTP/1.1 200 "));
    assert!(roomy.get(&large).starts_with("HTTP/1.1 200 "));
}

#[test]
fn a_held_request_goes_on_at_the_next_tick() {
    let proxy = Proxy::start("pauses_until_tick", echo(), &["--workers", "1"]);
    assert!(proxy.get("").starts_with("HTTP/1.1 200 "));
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

    let killed = Command::new("kill")
        .arg("-TERM")
        .arg(proxy.process.id().to_string())
        .status()
        .expect("kill runs");
    assert!(killed.success());
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
fn serve_does_not_start_with_a_configuration_that_the_filter_refuses() {
    let files = Files::new("refuses_configuration", "{}");
    let output = files
        .command("serve")
        .args(["--listen", "127.0.0.1:0", "--upstream", "http://127.0.0.1:1"])
        .output()
        .expect("runs");
    refused(&output);
}

#[test]
fn check_accepts_and_refuses_as_the_filter_does() {
    let good = Files::new("refuses_configuration", "")
        .command("check")
        .output()
        .expect("runs");
    assert!(good.status.success(), "{}", String::from_utf8_lossy(&good.stderr));
    let bad = Files::new("refuses_configuration", "{}")
        .command("check")
        .output()
        .expect("runs");
    refused(&bad);
}

fn refused(output: &Output) {
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{text}");
    for problem in [
        "rules[0].path: must begin with \"/\"",
        "secret: is missing",
        "the guest refused its configuration",
    ] {
        assert!(text.contains(problem), "{text}");
    }
}

#[test]
fn wrong_arguments_say_what_would_be_right() {
    let serve = |upstream: &str| {
        let files = Files::new("loops", "");
        let output = files
            .command("serve")
            .args(["--listen", "127.0.0.1:0", "--upstream", upstream])
            .output();
        let output = output.expect("runs");
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(serve("https://127.0.0.1:1").contains("http://127.0.0.1:8000"));
    assert!(serve("nonsense").contains("http://127.0.0.1:8000"));

    let files = Files::new("loops", "");
    std::fs::remove_file(files.path("config.json")).expect("removed");
    let output = files.command("check").output().expect("runs");
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot read the configuration"));
}
