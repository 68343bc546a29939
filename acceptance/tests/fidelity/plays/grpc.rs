//! gRPC calls and streams.

use crate::{
    message::Message,
    play::{Play, Reaction, probe},
};
use std::time::Duration;

const LOOKS: &str = "
    grpc_initial_metadata: pairs grpc_initial_metadata
    grpc_initial_metadata: get grpc_initial_metadata x-initial
    grpc_initial_metadata: size grpc_initial_metadata
    grpc_receive: body grpc_message 0 100
    grpc_receive: buffer_status grpc_message
    grpc_receive: status
    grpc_trailing_metadata: pairs grpc_trailing_metadata
    grpc_trailing_metadata: get grpc_trailing_metadata x-trailing
    grpc_close: status
    grpc_close: pairs grpc_trailing_metadata";

/// Goes on when the call is over, either way.
const GOES_ON: &str = "
    grpc_receive: effective http
    grpc_receive: continue_stream request
    grpc_close: effective http
    grpc_close: continue_stream request";

fn call(name: &'static str, cluster: &str, timeout: &str) -> Play {
    probe(
        name,
        &format!(
            "request_headers: grpc_call {cluster} s.S m {timeout} ping x-md=1
             request_headers: return pause
             {LOOKS}{GOES_ON}"
        ),
    )
    .get()
}

fn stream(name: &'static str, script: &str) -> Play {
    // The stream's events come first.
    let answer = Reaction::Answer(Message::response(200));
    let play = probe(name, &format!("{script}{LOOKS}")).get();
    play.origin_does(Reaction::After(Duration::from_millis(300), Box::new(answer)))
}

pub(super) fn plays() -> Vec<Play> {
    vec![
        call("grpc_call_ok", "grpc_ok", "1000"),
        call("grpc_call_metadata", "grpc_metadata", "1000"),
        call("grpc_call_refused", "grpc_refuses", "1000"),
        call("grpc_call_slow", "grpc_slow", "200"),
        call("grpc_call_slow_in_time", "grpc_slow", "1500"),
        call("grpc_call_closed", "closed", "1000"),
        probe(
            "grpc_call_proto",
            &format!(
                "request_headers: grpc_call \\x0a\\x09\\x0a\\x07grpc_ok s.S m 1000 ping
                 request_headers: return pause
                 {LOOKS}{GOES_ON}"
            ),
        )
        .get(),
        probe(
            "grpc_misused",
            "request_headers: grpc_call none s.S m 1000 ping
             request_headers: grpc_stream none s.S m
             request_headers: grpc_send 1 x true
             request_headers: grpc_send 2 x true
             request_headers: grpc_send 999 x true
             request_headers: grpc_send 1000 x true
             request_headers: grpc_cancel 1
             request_headers: grpc_cancel 2
             request_headers: grpc_cancel 999
             request_headers: grpc_close 1
             request_headers: grpc_close 2
             request_headers: grpc_close 1000
             request_headers: status",
        )
        .get(),
        probe(
            "grpc_call_cancelled",
            &format!(
                "request_headers: grpc_call grpc_slow s.S m 1000 ping
                 request_headers: grpc_cancel last
                 request_headers: grpc_cancel last
                 request_headers: grpc_send last x true{LOOKS}"
            ),
        )
        .get()
        .pass(800),
        probe(
            "grpc_call_closed_by_filter",
            &format!(
                "request_headers: grpc_call grpc_slow s.S m 1000 ping
                 request_headers: grpc_close last{LOOKS}"
            ),
        )
        .get()
        .pass(800),
        stream(
            "grpc_stream_messages",
            "request_headers: grpc_stream grpc_ok s.S m x-md=1
             request_headers: grpc_send last one false
             request_headers: grpc_send last two false
             grpc_receive#2: grpc_send last three true",
        ),
        stream(
            "grpc_stream_ended_at_once",
            "request_headers: grpc_stream grpc_metadata s.S m
             request_headers: grpc_send last one true
             request_headers: grpc_send last two false",
        ),
        stream(
            "grpc_stream_closed",
            "request_headers: grpc_stream grpc_ok s.S m
             request_headers: grpc_send last one false
             grpc_receive#1: grpc_close last
             grpc_receive#1: grpc_send last two false
             grpc_close: grpc_close last",
        ),
        stream(
            "grpc_stream_cancelled",
            "request_headers: grpc_stream grpc_ok s.S m
             request_headers: grpc_send last one false
             grpc_receive#1: grpc_cancel last
             grpc_receive#1: grpc_cancel last
             grpc_receive#1: grpc_send last two false",
        ),
        stream(
            "grpc_stream_refused",
            "request_headers: grpc_stream grpc_refuses s.S m
             request_headers: grpc_send last one false
             grpc_close: grpc_send last two false",
        ),
        stream(
            "grpc_stream_unreachable",
            "request_headers: grpc_stream closed s.S m",
        ),
        probe(
            "grpc_stream_outlives",
            &format!(
                "request_headers: grpc_stream grpc_slow s.S m
                 request_headers: grpc_send last one true{LOOKS}"
            ),
        )
        .send(Message::get("/"))
        .pass(800),
    ]
}
