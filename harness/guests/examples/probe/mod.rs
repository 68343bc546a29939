//! What both probes share: they know nothing of any SDK, so that what a host does is seen as it is.
//!
//! # The log
//!
//! Every line is of level info.
//!
//! - `> request_headers http 5 true`: a callback, the kind of context it is for (`root`, `http`, `tcp`), and what the host
//!   says with it, but no ids: those differ between hosts.
//! - `= get request_headers :path -> 0 "/x"`: a command as it stands in the script, the status that the host has
//!   answered, and on success what it has given. Tokens and versions are not told, for they differ as well.
//! - `! unknown: ...`: a line of the script, or a command, that makes no sense. It is passed over.
//!
//! # The script
//!
//! One command a line: `CALLBACK: COMMAND ARGUMENTS`, or `CALLBACK#3: ...` for the third time only that this callback runs
//! in this VM. A `#` at the beginning makes a line a comment. Whenever a callback runs, its commands are carried out in
//! order. The plugin configuration is the script; what stands in the VM configuration comes before it, and is all there is
//! in `vm_start`.
//!
//! Callbacks: `context_create` (not of the first root context: the script is not known yet), `vm_start`, `configure`,
//! `tick`, `queue_ready`, `request_headers`, `request_body`, `request_trailers`, `response_headers`, `response_body`,
//! `response_trailers`, `http_call_response`, `grpc_initial_metadata`, `grpc_receive`, `grpc_trailing_metadata`,
//! `grpc_close`, `new_connection`, `downstream_data`, `upstream_data`, `downstream_close`, `upstream_close`,
//! `foreign_function`, `done`, `log`, `delete`.
//!
//! Arguments stand between blanks. `\xNN` is any byte, `\0` a zero, `\n`, `\r` and `\t` what they usually are, `\s` a
//! space, `\\` a backslash, `""` an argument of no bytes. `K=V` ends its name at the first `=`. A MAP is a number or
//! `request_headers`, `request_trailers`, `response_headers`, `response_trailers`, `grpc_initial_metadata`,
//! `grpc_trailing_metadata`, `http_call_headers`, `http_call_trailers`; a BUFFER is a number or `request_body`,
//! `response_body`, `downstream_data`, `upstream_data`, `http_call_body`, `grpc_message`, `vm_configuration`,
//! `plugin_configuration`, `foreign_arguments`; a STREAM is a number or `request`, `response`, `downstream`, `upstream`; a
//! LEVEL is a number or `trace` to `critical`. `-1` as any other number is 4294967295. TOKEN is a number, or `last` for the
//! last one that the host has given out.
//!
//! | command | what is told on success |
//! |---|---|
//! | `get MAP KEY` | the value |
//! | `pairs MAP` | all pairs; `malformed` and the bytes if they cannot be read |
//! | `size MAP` | the number |
//! | `add MAP KEY VALUE`, `replace MAP KEY VALUE`, `remove MAP KEY` | |
//! | `set_pairs MAP K=V ...`, `set_pairs_raw MAP BYTES` | |
//! | `body BUFFER START MAX` | the bytes |
//! | `buffer_status BUFFER` | length and flags |
//! | `set_body BUFFER START LEN DATA` | |
//! | `reply STATUS DETAILS BODY GRPC_STATUS K=V ...` | |
//! | `continue_stream STREAM`, `close_stream STREAM` (ABI 0.2) | |
//! | `continue_request`, `continue_response`, `clear_route_cache` (ABI 0.1) | |
//! | `get_configuration` (ABI 0.1) | the bytes |
//! | `http_call CLUSTER TIMEOUT_MS BODY K=V ...`, trailers behind a `--` | |
//! | `grpc_call CLUSTER SERVICE METHOD TIMEOUT_MS MESSAGE K=V ...` | |
//! | `grpc_stream CLUSTER SERVICE METHOD K=V ...` | |
//! | `grpc_send TOKEN MESSAGE END`, END being `true` or `false` | |
//! | `grpc_cancel TOKEN`, `grpc_close TOKEN` | |
//! | `status` | the number and the message |
//! | `foreign NAME ARGUMENT` | the result |
//! | `data_get KEY` | the value |
//! | `data_set KEY VALUE CAS`, CAS being a number, or `last` for that of the last value that was got | |
//! | `queue_register NAME`, `queue_resolve VM_ID NAME`, `queue_enqueue TOKEN VALUE` | |
//! | `queue_dequeue TOKEN` | the value |
//! | `metric_define KIND NAME`, KIND being a number or `counter`, `gauge`, `histogram` | |
//! | `metric_inc METRIC OFFSET`, `metric_record METRIC VALUE`, METRIC being a number or a name that was defined | |
//! | `metric_get METRIC` | the value |
//! | `property A.B.C` | the value |
//! | `set_property A.B.C VALUE` | |
//! | `effective CONTEXT`, CONTEXT being a number, `root`, or `http` or `tcp` for the last one that had a callback | |
//! | `done`, `tick_period MS`, `log LEVEL TEXT` | |
//! | `time` | `nonzero` or `zero` |
//! | `log_level` (ABI 0.2) | the number |
//! | `return continue`, `return pause`, `return NUMBER` | nothing: it is what the callback returns in the end |
//! | `trap`, `loop` | nothing: told before it happens |
//! | `grow PAGES` | no status: `granted` or `refused` |

mod answer;
mod arguments;
pub(crate) mod callbacks;
pub(crate) mod commands;
mod contexts;
mod memory;
mod pairs;
mod script;
mod state;
mod trace;

pub(crate) use self::{
    answer::Answer,
    arguments::{Arguments, Odd},
    memory::received,
};
