//! Apps at a site behind Envoy.

use super::workers::edge;
use crate::apps::{python, rust};

#[test]
fn requests_of_the_client_in_rust_arrive_as_they_were_meant() {
    rust::get_and_post(edge);
}

#[test]
fn the_client_in_rust_waits_in_line_and_is_let_in() {
    rust::waits_in_line(edge);
}

#[test]
fn a_large_body_of_the_client_in_rust_arrives_whole() {
    rust::large_body(edge);
}

#[test]
fn requests_of_the_client_in_python_arrive_as_they_were_meant() {
    python::get_and_post(edge);
}

#[test]
fn the_client_in_python_waits_in_line_and_is_let_in() {
    python::waits_in_line(edge);
}
