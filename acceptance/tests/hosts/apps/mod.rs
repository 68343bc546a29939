//! Apps at a site behind the filter: the client in Rust, the one in Python that was written from
//! `docs/protocol.md`, and the command `levee solve`. Each asks and is refused, and its request arrives as it
//! was meant.

mod command;
pub(crate) mod python;
pub(crate) mod rust;

use crate::over_sockets::{Edge, Start};
use levee_behaviour::{
    Message,
    client::earn,
    configuration::{closed, narrow},
};

/// Makes a test of what each client does, at the sites that `$start` starts.
macro_rules! suite {
    ($start:ident) => {
        #[test]
        fn requests_of_the_client_in_rust_arrive_as_they_were_meant() {
            $crate::apps::rust::get_and_post($start);
        }

        #[test]
        fn the_client_in_rust_waits_in_line_and_is_let_in() {
            $crate::apps::rust::waits_in_line($start);
        }

        #[test]
        fn a_large_body_of_the_client_in_rust_arrives_whole() {
            $crate::apps::rust::large_body($start);
        }

        #[test]
        fn requests_of_the_client_in_python_arrive_as_they_were_meant() {
            $crate::apps::python::get_and_post($start);
        }

        #[test]
        fn the_client_in_python_waits_in_line_and_is_let_in() {
            $crate::apps::python::waits_in_line($start);
        }
    };
}

pub(crate) use suite;

/// What an app sends: of every byte there is, and more than one packet.
fn body() -> Vec<u8> {
    (0..50_000_u32).map(|n| n.wrapping_mul(31) as u8).collect()
}

/// Fails unless the origin received this request, which is what it answers with.
fn assert_received(received: &[u8], request_line: &str, body: &[u8]) {
    let head = String::from_utf8_lossy(received);
    assert!(
        head.starts_with(&format!("{request_line} HTTP/1.1\r\n")),
        "{head}"
    );
    assert!(
        head.to_ascii_lowercase().contains("\r\nx-app: booking 1.0\r\n"),
        "{head}"
    );
    assert!(received.ends_with(body), "another body: {head}");
    let end = received.windows(4).position(|four| four == b"\r\n\r\n");
    assert_eq!(
        end.map(|end| received.len() - end - 4),
        Some(body.len()),
        "{head}"
    );
}

/// A site that forwards nothing without a clearance.
fn closed_site(start: Start) -> Box<dyn Edge> {
    start(1, &closed())
}

/// A site where the next to come has to wait in line, behind somebody.
fn full_site(start: Start) -> Box<dyn Edge> {
    let mut site = start(1, &narrow());
    let must_wait = (0..20).any(|_| {
        let clearance = earn(&mut *site, &Message::get("/"));
        !site.send(&Message::get("/").cleared(&clearance)).was_forwarded()
    });
    assert!(must_wait, "nobody has to wait");
    site
}
