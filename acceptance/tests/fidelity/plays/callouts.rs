//! Calls to other services over HTTP.

use crate::{
    message::Message,
    play::{Play, Reaction, probe},
};
use std::time::Duration;

/// Looks at an answer.
const LOOKS: &str = "
    http_call_response: pairs http_call_headers
    http_call_response: get http_call_headers :status
    http_call_response: size http_call_headers
    http_call_response: pairs http_call_trailers
    http_call_response: body http_call_body 0 1000
    http_call_response: buffer_status http_call_body
    http_call_response: status
    http_call_response: effective http
    http_call_response: get request_headers :path
    http_call_response: continue_stream request";

const TO: &str = ":method=GET :authority=service.example";

/// Holds a request while this call is under way.
fn held(name: &'static str, call: &str) -> Play {
    probe(
        name,
        &format!("request_headers: {call}\nrequest_headers: return pause\n{LOOKS}"),
    )
    .get()
}

/// Makes a call and does not wait for it.
fn aside(name: &'static str, callback: &str, call: &str) -> Play {
    probe(
        name,
        &format!("{callback}: {call}\nhttp_call_response: pairs http_call_headers\nhttp_call_response: effective http"),
    )
    .send(Message::get("/").with("x-one", "1"))
    .pass(900)
}

pub(super) fn plays() -> Vec<Play> {
    vec![
        held("call_ok", &format!("http_call service 1000 \"\" :path=/ok {TO}")),
        held(
            "call_404",
            &format!("http_call service 1000 \"\" :path=/404 {TO}"),
        ),
        held(
            "call_204",
            &format!("http_call service 1000 \"\" :path=/204 {TO}"),
        ),
        held(
            "call_trailers",
            &format!("http_call service 1000 \"\" :path=/trailers {TO}"),
        ),
        held(
            "call_echo",
            "http_call service 1000 hello :path=/echo :method=POST :authority=service.example X-One=1 x-one=2 x-bytes=\\xff",
        ),
        held(
            "call_echo_empty",
            &format!("http_call service 1000 \"\" :path=/echo {TO}"),
        ),
        held(
            "call_slow",
            &format!("http_call service 200 \"\" :path=/slow {TO}"),
        ),
        held(
            "call_slow_in_time",
            &format!("http_call service 1500 \"\" :path=/slow {TO}"),
        ),
        held(
            "call_no_timeout",
            &format!("http_call service 0 \"\" :path=/slow {TO}"),
        ),
        held(
            "call_reset",
            &format!("http_call service 1000 \"\" :path=/reset {TO}"),
        ),
        held("call_closed", &format!("http_call closed 1000 \"\" :path=/ {TO}")),
        held("call_no_host", &format!("http_call empty 1000 \"\" :path=/ {TO}")),
        held(
            "call_twice",
            &format!(
                "http_call service 1000 \"\" :path=/404 {TO}
             request_headers: http_call service 1000 \"\" :path=/404 {TO}"
            ),
        )
        // The origin's answer comes after both.
        .origin_does(Reaction::After(
            Duration::from_millis(300),
            Box::new(Reaction::Answer(Message::response(200))),
        )),
        probe(
            "call_refused",
            &format!(
                "request_headers: http_call none 1000 \"\" :path=/ {TO}
                 request_headers: http_call service 1000 \"\" {TO}
                 request_headers: http_call service 1000 \"\" :path=/ :method=GET
                 request_headers: http_call service 1000 \"\" :path=/ :authority=a
                 request_headers: http_call service 1000 \"\"
                 request_headers: http_call service -1 \"\" :path=/ {TO}
                 request_headers: http_call \"\" 1000 \"\" :path=/ {TO}
                 request_headers: status"
            ),
        )
        .get(),
        aside(
            "call_aside",
            "request_headers",
            &format!("http_call service 1000 \"\" :path=/slow {TO}"),
        ),
        aside(
            "call_from_log",
            "log",
            &format!("http_call service 1000 \"\" :path=/ok {TO}"),
        ),
        aside(
            "call_from_done",
            "done",
            &format!("http_call service 1000 \"\" :path=/ok {TO}"),
        ),
        aside(
            "call_from_delete",
            "delete",
            &format!("http_call service 1000 \"\" :path=/ok {TO}"),
        ),
        aside(
            "call_from_create",
            "context_create",
            &format!("http_call service 1000 \"\" :path=/slow {TO}"),
        ),
        probe(
            "call_from_response",
            &format!(
                "response_headers: http_call service 1000 \"\" :path=/ok {TO}
                 response_headers: return pause
                 http_call_response: effective http
                 http_call_response: get response_headers :status
                 http_call_response: add response_headers x-called 1
                 http_call_response: get request_headers :path
                 http_call_response: continue_stream response"
            ),
        )
        .get(),
        probe(
            "call_replies",
            &format!(
                "request_headers: http_call service 1000 \"\" :path=/ok {TO}
                 request_headers: return pause
                 http_call_response: effective http
                 http_call_response: reply 403 no no -1"
            ),
        )
        .get(),
        probe(
            "call_replies_without_effective",
            &format!(
                "request_headers: http_call service 1000 \"\" :path=/ok {TO}
                 request_headers: return pause
                 http_call_response: reply 403 no no -1"
            ),
        )
        .give_up(Message::get("/"), 400),
        probe(
            "call_answered_too_late",
            &format!(
                "request_headers: http_call service 2000 \"\" :path=/slow {TO}
                 request_headers: return pause
                 http_call_response: pairs http_call_headers
                 http_call_response: effective http
                 http_call_response: get request_headers :path
                 http_call_response: continue_stream request"
            ),
        )
        .give_up(Message::get("/"), 200)
        .pass(800),
        probe(
            "call_from_tick",
            &format!(
                "request_headers: tick_period 200
                 tick#1: http_call service 1000 \"\" :path=/ok {TO}
                 tick#1: tick_period 0
                 http_call_response: body http_call_body 0 100"
            ),
        )
        .get()
        .pass(700),
        probe(
            "call_from_call",
            &format!(
                "request_headers: http_call service 1000 \"\" :path=/ok {TO}
                 request_headers: return pause
                 http_call_response#1: http_call service 1000 \"\" :path=/404 {TO}
                 http_call_response#1: set_body http_call_body 0 1 x
                 http_call_response#1: add http_call_headers x 1
                 http_call_response#2: pairs http_call_headers
                 http_call_response#2: effective http
                 http_call_response#2: continue_stream request"
            ),
        )
        .get(),
    ]
}
