//! What a filter can do that crashes Envoy.

use crate::play::{Play, probe};

pub(crate) fn plays() -> Vec<Play> {
    vec![
        // Each reply is logged, which replies.
        probe("crash_reply_log", "log: reply 403 why no -1").get(),
        probe("crash_reply_done", "done: reply 403 why no -1").get(),
        probe("crash_reply_delete", "delete: reply 403 why no -1").get(),
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
