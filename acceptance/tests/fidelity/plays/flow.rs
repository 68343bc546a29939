//! Going on, holding, closing; contexts; the order of callbacks.

use crate::{
    message::Message,
    play::{Play, Reaction, probe},
};
use std::time::Duration;

fn full() -> Message {
    Message::request("POST", "/full")
        .with_pieces(&["abc", "def"])
        .with_trailer("x-t", "2")
}

fn full_response() -> Message {
    Message::response(200)
        .with("x-two", "2")
        .with_pieces(&["def", "ghi"])
        .with_trailer("x-t", "3")
}

/// A tick that lets go what is held.
fn ticking(script: &str) -> String {
    format!("request_headers: tick_period 200\n{script}")
}

fn returns(name: &'static str, callback: &str, result: &str) -> Play {
    probe(name, &format!("{callback}: return {result}"))
        .give_up(full(), 400)
        .origin(full_response())
}

pub(super) fn plays() -> Vec<Play> {
    vec![
        returns("return_request_headers_1", "request_headers", "1"),
        returns("return_request_headers_2", "request_headers", "2"),
        returns("return_request_headers_3", "request_headers", "3"),
        returns("return_request_headers_4", "request_headers", "4"),
        returns("return_request_headers_5", "request_headers", "5"),
        returns("return_request_headers_99", "request_headers", "99"),
        returns("return_response_headers_1", "response_headers", "1"),
        returns("return_response_headers_2", "response_headers", "2"),
        returns("return_response_headers_3", "response_headers", "3"),
        returns("return_response_headers_99", "response_headers", "99"),
        returns("return_request_body_1", "request_body", "1"),
        returns("return_request_body_2", "request_body", "2"),
        returns("return_request_body_3", "request_body", "3"),
        returns("return_request_body_99", "request_body", "99"),
        returns("return_request_trailers_1", "request_trailers", "1"),
        returns("return_request_trailers_2", "request_trailers", "2"),
        returns("return_response_body_1", "response_body", "1"),
        returns("return_response_body_2", "response_body", "2"),
        returns("return_response_trailers_1", "response_trailers", "1"),
        probe(
            "tick_continues_request",
            &ticking(
                "request_headers: return pause
                 tick: effective http
                 tick: get request_headers :path
                 tick: continue_stream request
                 tick: get request_headers :path
                 tick: pairs request_headers
                 tick: tick_period 0",
            ),
        )
        .send(full()),
        probe(
            "tick_continues_body",
            &ticking(
                "request_body: return pause
                 request_trailers: return pause
                 tick#2: effective http
                 tick#2: body request_body 0 100
                 tick#2: continue_stream request
                 tick#2: tick_period 0",
            ),
        )
        .send(full()),
        probe(
            "tick_continues_response",
            &ticking(
                "response_headers: return pause
                 tick#3: effective http
                 tick#3: get response_headers :status
                 tick#3: get request_headers :path
                 tick#3: continue_stream response
                 tick#3: get response_headers :status
                 tick#3: tick_period 0",
            ),
        )
        .send(full())
        .origin(full_response()),
        probe(
            "tick_replies",
            &ticking(
                "request_headers: return pause
                 tick: effective http
                 tick: reply 418 d tea -1
                 tick: tick_period 0",
            ),
        )
        .send(full()),
        probe(
            "tick_closes",
            &ticking(
                "request_headers: return pause
                 tick: effective http
                 tick: close_stream request
                 tick: tick_period 0",
            ),
        )
        .send(full()),
        probe(
            "continue_at_once",
            "request_headers: continue_stream request\nrequest_headers: get request_headers :path",
        )
        .send(full()),
        probe(
            "continue_and_pause",
            "request_headers: continue_stream request\nrequest_headers: return pause",
        )
        .give_up(full(), 400),
        probe(
            "continue_other_way",
            "request_headers: continue_stream downstream
             request_headers: continue_stream upstream
             request_headers: continue_stream 4
             request_headers: close_stream downstream
             request_headers: close_stream upstream
             request_headers: close_stream 9",
        )
        .send(full()),
        probe("close_request", "request_headers: close_stream request").send(full()),
        probe("close_request_from_body", "request_body: close_stream request").send(full()),
        probe("close_response", "response_headers: close_stream response").send(full()),
        probe("close_response_body", "response_body: close_stream response")
            .send(full())
            .origin(full_response()),
        probe("client_gone_while_held", "request_headers: return pause").give_up(Message::get("/"), 200),
        probe("client_gone_while_body_held", "request_body: return pause")
            .give_up(Message::request("POST", "/").with_pieces(&["abc"]), 300),
        probe(
            "client_gone_at_origin",
            "log: property response.flags\nlog: property response.code_details",
        )
        .give_up(Message::get("/"), 200)
        .origin_does(Reaction::After(
            Duration::from_millis(800),
            Box::new(Reaction::Answer(Message::response(200))),
        )),
        probe(
            "client_gone_response_held",
            "response_headers: return pause\nlog: pairs response_headers\nlog: pairs request_headers",
        )
        .give_up(Message::get("/"), 300),
        probe(
            "origin_resets",
            "response_headers: pairs response_headers\nlog: property response.code_details",
        )
        .get()
        .origin_does(Reaction::Reset),
        probe(
            "done_later",
            "request_headers: tick_period 80
             done: return 0
             tick#3: effective http
             tick#3: done
             tick#3: done
             tick#3: tick_period 0",
        )
        .get()
        .pass(400),
        probe(
            "done_at_once",
            "done: done
             done: return 0
             log: done
             delete: done
             request_headers: done",
        )
        .get(),
        probe(
            "done_of_roots",
            "configure: done
             request_headers: effective root
             request_headers: done",
        )
        .get(),
        probe(
            "effective",
            "request_headers: effective root
             request_headers: get request_headers :path
             request_headers: effective http
             request_headers: get request_headers :path
             request_headers: effective 0
             request_headers: effective 999999
             request_headers: get request_headers :path
             configure: effective root
             configure: effective 999999
             log: effective root
             delete: effective http
             context_create: effective root",
        )
        .get()
        .get(),
        probe(
            "ticks_from_a_stream",
            "request_headers: tick_period 50
             tick#1: tick_period 90
             tick#3: tick_period 0",
        )
        .get()
        .pass(600),
        probe(
            "time_and_levels",
            "vm_start: time
             configure: time
             configure: log_level
             request_headers: time
             request_headers: log_level
             request_headers: log trace hidden
             request_headers: log debug hidden
             request_headers: log info told
             request_headers: log warn told
             request_headers: log error told
             request_headers: log critical told
             request_headers: log 6 what
             request_headers: log -1 what
             request_headers: log info \"\"
             request_headers: log info bytes\\xff",
        )
        .vm_configured("vm_start: time\nvm_start: log_level")
        .get(),
    ]
}
