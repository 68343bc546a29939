//! What a filter can do that crashes Envoy.

use crate::play::{Play, probe};

pub(crate) fn plays() -> Vec<Play> {
    vec![
        // Each reply is logged, which replies. In `done` and `delete` it also ends badly, but not each time.
        probe("crash_reply_log", "log: reply 403 why no -1").get(),
        // The call ends before it has begun.
        probe(
            "crash_grpc_no_host",
            "request_headers: grpc_call empty s.S m 300 ping",
        )
        .get(),
        // There is no response to be continued.
        probe(
            "crash_continue_response",
            "request_headers: continue_stream response",
        )
        .get(),
    ]
}
