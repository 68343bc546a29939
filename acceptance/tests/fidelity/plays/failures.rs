//! Traps, and ABI 0.1.0.

use crate::{
    message::Message,
    play::{Play, Policy, probe},
};
use std::time::Duration;

fn full() -> Message {
    Message::request("POST", "/full")
        .with_pieces(&["abc"])
        .with_trailer("x-t", "2")
}

fn full_response() -> Message {
    Message::response(200)
        .with("x-two", "2")
        .with_pieces(&["def"])
        .with_trailer("x-t", "3")
}

/// The filter traps in this callback of the first request; what do it and the next ones get?
fn trap(name: &'static str, policy: Policy, callback: &str) -> Play {
    probe(name, &format!("{callback}: trap"))
        .policy(policy)
        .send(full())
        .send(full())
        .origin(full_response())
}

pub(super) fn plays() -> Vec<Play> {
    let reload = Policy::Reload(Duration::from_millis(200));
    vec![
        trap("trap_request_headers", Policy::Closed, "request_headers#1"),
        trap("trap_request_body", Policy::Closed, "request_body#1"),
        trap("trap_request_trailers", Policy::Closed, "request_trailers#1"),
        trap("trap_response_headers", Policy::Closed, "response_headers#1"),
        trap("trap_response_body", Policy::Closed, "response_body#1"),
        trap("trap_response_trailers", Policy::Closed, "response_trailers#1"),
        trap("trap_log", Policy::Closed, "log#1"),
        trap("trap_done", Policy::Closed, "done#1"),
        trap("trap_delete", Policy::Closed, "delete#1"),
        trap("trap_context_create", Policy::Closed, "context_create#1"),
        trap("trap_open_request_headers", Policy::Open, "request_headers#1"),
        trap("trap_open_response_headers", Policy::Open, "response_headers#1"),
        trap("trap_open_log", Policy::Open, "log#1"),
        trap("trap_open_context_create", Policy::Open, "context_create#1"),
        trap("trap_reload_request_headers", reload, "request_headers#1"),
        trap("trap_reload_response_body", reload, "response_body#1"),
        trap("trap_reload_log", reload, "log#1"),
        probe("trap_reload_again", "request_headers: trap")
            .policy(reload)
            .get()
            .get()
            .get()
            .pass(500)
            .get(),
        probe("trap_tick", "request_headers: tick_period 60\ntick: trap")
            .get()
            .pass(200)
            .get(),
        probe(
            "trap_tick_while_held",
            "request_headers: tick_period 60\nrequest_headers: return pause\ntick: trap",
        )
        .give_up(Message::get("/"), 500)
        .get(),
        probe(
            "trap_call_response",
            "request_headers: http_call service 1000 \"\" :path=/ok :method=GET :authority=a
             request_headers: return pause
             http_call_response: trap",
        )
        .give_up(Message::get("/"), 500)
        .get(),
        probe(
            "trap_after_reply",
            "request_headers: reply 403 d no -1\nrequest_headers: trap",
        )
        .get()
        .get(),
        probe(
            "trap_in_own_reply",
            "request_headers: reply 403 d no -1\nresponse_headers: trap",
        )
        .get()
        .get(),
        probe(
            "old_headers",
            "vm_start: get_configuration
             configure: get_configuration
             request_headers: get_configuration
             request_headers: get request_headers x-none
             request_headers: get request_headers x-one
             request_headers: get response_headers x-one
             request_headers: get request_trailers x-one
             request_headers: pairs request_headers
             request_headers: clear_route_cache
             configure: clear_route_cache
             log: get response_headers x-none
             log: get request_trailers x-none",
        )
        .in_01()
        .vm_configured("vm_start: get_configuration")
        .send(full().with("x-one", "1"))
        .origin(full_response()),
        probe(
            "old_pauses",
            "request_headers: return pause
             request_headers: tick_period 60
             tick: effective http
             tick: continue_request
             tick: tick_period 0",
        )
        .in_01()
        .send(full())
        .origin(full_response()),
        probe(
            "old_pauses_response",
            "response_headers: return pause
             request_headers: tick_period 60
             tick#3: effective http
             tick#3: continue_response
             tick#3: tick_period 0",
        )
        .in_01()
        .send(full())
        .origin(full_response()),
        probe("old_replies", "request_headers: reply 403 d no -1 x-a=1")
            .in_01()
            .get(),
        probe(
            "old_holds_bodies",
            "request_body: return pause\nrequest_body: body request_body 0 10",
        )
        .in_01()
        .send(full()),
    ]
}
