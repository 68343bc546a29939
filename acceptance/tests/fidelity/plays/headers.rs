//! Header maps.

use crate::{
    message::Message,
    play::{Play, probe},
};

pub(super) fn plays() -> Vec<Play> {
    vec![
        probe("nothing", "").get(),
        probe("nothing_post", "").send(Message::post("/", "abc")),
        probe("nothing_pieces", "").send(Message::request("POST", "/p").with_pieces(&["abc", "defg"]).with_trailer("x-t", "1")),
        probe(
            "headers_read",
            "request_headers: get request_headers X-One
             request_headers: get request_headers x-one
             request_headers: get request_headers x-none
             request_headers: get request_headers x-bytes
             request_headers: get request_headers x-empty
             request_headers: get request_headers \"\"
             request_headers: get request_headers :path
             request_headers: get request_headers :authority
             request_headers: get request_headers host
             request_headers: get response_headers :status
             request_headers: get 8 x
             request_headers: get 4 x
             request_headers: get 6 x
             request_headers: pairs request_headers
             request_headers: pairs response_headers
             request_headers: pairs 8
             request_headers: pairs request_trailers
             request_headers: size request_headers
             request_headers: size response_headers
             request_headers: size 9",
        )
        .send(
            Message::get("/?q=1")
                .with("X-One", "1")
                .with("x-one", "2")
                .with("x-bytes", b"a\xffb")
                .with("x-empty", ""),
        ),
    ]
}
