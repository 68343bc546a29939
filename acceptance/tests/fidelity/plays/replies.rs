//! Replies of the filter's own.

use crate::{
    message::Message,
    play::{Play, probe},
};

fn full() -> Message {
    Message::request("POST", "/full")
        .with_pieces(&["abc"])
        .with_trailer("x-t", "2")
}

fn full_response() -> Message {
    Message::response(200)
        .with("x-two", "2")
        .with_pieces(&["def", "ghi"])
        .with_trailer("x-t", "3")
}

/// What is seen of the reply, and of what else is about.
const LOOKS: &str = "
    response_headers: pairs response_headers
    response_headers: pairs request_headers
    response_headers: property response.code
    response_body: body response_body 0 100
    log: pairs response_headers
    log: property response.code
    log: property response.code_details
    log: property response.flags";

fn replies(name: &'static str, script: &str) -> Play {
    probe(name, &format!("{script}\n{LOOKS}"))
}

/// A reply with this status to a request.
fn of_status(name: &'static str, status: &str) -> Play {
    replies(name, &format!("request_headers: reply {status} d body -1 x-a=1")).get()
}

/// So many headers of one name, which the map joins.
fn many(count: usize) -> String {
    vec!["via=a"; count].join(" ")
}

pub(super) fn plays() -> Vec<Play> {
    vec![
        replies("reply_headers", "request_headers: reply 403 why no -1 x-a=1 x-a=2 Set-Cookie=a=1 set-cookie=b=2")
            .get(),
        replies("reply_and_pause", "request_headers: reply 403 why no -1\nrequest_headers: return pause").get(),
        replies("reply_body", "request_body: reply 403 why no -1").send(full()),
        replies("reply_body_late", "request_body#2: reply 403 why no -1").send(full()),
        replies("reply_trailers", "request_trailers: reply 403 why no -1").send(full()),
        replies("reply_response_headers", "response_headers#1: reply 403 why no -1 x-a=1")
            .send(full())
            .origin(full_response()),
        replies("reply_response_body", "response_body#1: reply 403 why no -1")
            .send(full())
            .origin(full_response()),
        replies(
            "reply_response_body_held",
            "response_headers: return pause\nresponse_body#1: reply 403 why no -1",
        )
        .give_up(full(), 300)
        .origin(full_response()),
        replies("reply_response_trailers", "response_trailers: reply 403 why no -1")
            .send(full())
            .origin(full_response()),
        replies("reply_create", "context_create: reply 403 why no -1").get(),
        probe(
            "reply_outside",
            "configure: reply 403 why no -1
             configure: tick_period 30
             tick#1: reply 403 why no -1
             tick#2: tick_period 0",
        )
        .pass(300),
        replies("reply_twice", "request_headers: reply 403 why no -1\nrequest_headers: reply 404 other not -1").get(),
        replies(
            "reply_twice_in_two",
            "request_headers: reply 403 why no -1\nresponse_headers#1: reply 404 other not -1",
        )
        .get(),
        replies(
            "reply_twice_in_own",
            "request_headers: reply 403 why no -1\nresponse_body#1: reply 404 other not -1",
        )
        .get(),
        replies(
            "reply_changed",
            "request_headers: reply 403 why no -1
             response_headers: replace response_headers :status 418
             response_headers: add response_headers x-seen 1
             response_headers: remove response_headers content-length
             response_body: set_body response_body 0 100 other",
        )
        .get(),
        replies(
            "reply_paused",
            "request_headers: reply 403 why no -1\nresponse_headers: return pause",
        )
        .give_up(Message::get("/"), 300),
        replies("reply_no_body", "request_headers: reply 403 why \"\" -1 content-type=text/html").get(),
        replies(
            "reply_own_headers",
            "request_headers: reply 200 why body -1 content-type=text/html content-length=99 date=x server=me :path=/x :status=201",
        )
        .get(),
        replies("reply_empty_headers", "request_headers: reply 200 why body -1 x-empty= =nameless").get(),
        replies("reply_details_with_blanks", "request_headers: reply 200 why\\snot body -1").get(),
        replies("reply_no_details", "request_headers: reply 200 \"\" body -1").get(),
        replies("reply_binary", "request_headers: reply 200 d \\xff\\0\\x01 -1 x-bytes=\\xff\\xfe").get(),
        replies("reply_head", "request_headers: reply 200 d body -1").send(Message::request("HEAD", "/")),
        replies("reply_grpc_status", "request_headers: reply 200 d body 7").get(),
        replies("reply_grpc_request", "request_headers: reply 403 d body 7")
            .send(Message::post("/s/m", "abc").with("content-type", "application/grpc")),
        replies("reply_grpc_request_without", "request_headers: reply 403 d body -1 x-a=1")
            .send(Message::post("/s/m", "abc").with("content-type", "application/grpc")),
        of_status("reply_100", "100"),
        of_status("reply_101", "101"),
        of_status("reply_199", "199"),
        of_status("reply_200", "200"),
        of_status("reply_204", "204"),
        of_status("reply_304", "304"),
        of_status("reply_599", "599"),
        of_status("reply_600", "600"),
        of_status("reply_999", "999"),
        of_status("reply_1000", "1000"),
        of_status("reply_0", "0"),
        of_status("reply_negative", "-1"),
        replies("reply_most_headers", &format!("request_headers: reply 200 d body -1 {}", many(1_024))).get(),
        replies("reply_too_many_headers", &format!("request_headers: reply 200 d body -1 {}", many(1_025))).get(),
        replies(
            "reply_then_continue",
            "request_headers: reply 403 why no -1\nrequest_headers: continue_stream request",
        )
        .get(),
        replies(
            "continue_then_reply",
            "request_headers: continue_stream request
             request_headers: reply 403 why no -1
             request_headers: return pause",
        )
        .get(),
        replies(
            "reply_then_close",
            "request_headers: reply 403 why no -1\nrequest_headers: close_stream request",
        )
        .get(),
    ]
}
