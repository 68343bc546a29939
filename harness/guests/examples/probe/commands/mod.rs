//! What the script can have done: one module a family of host functions.

pub(crate) mod buffers;
mod callouts;
mod effect;
mod grpc;
mod headers;
mod metrics;
mod properties;
mod shared_data;
mod shared_queues;
mod streams;
mod surroundings;

use super::{Answer, Arguments, Odd, trace};
use crate::version;

/// Takes its arguments, makes its call and says what has come of it.
pub(crate) type Command = fn(&mut Arguments<'_>) -> Result<Answer, Odd>;

/// Carries out commands in order, each with a line in the log. Returns what the callback is to return.
pub(crate) fn carry_out(commands: &[String], usual: u32) -> u32 {
    let mut result = usual;
    for text in commands {
        let mut arguments = Arguments::of(text);
        let done = match arguments.word() {
            Ok("return") => effect::result(&mut arguments).map(|chosen| {
                result = chosen;
                trace::command(text, "");
            }),
            Ok("trap") => effect::trap(text),
            Ok("loop") => effect::endless(text),
            Ok(name) => find(name)
                .and_then(|command| command(&mut arguments))
                .map(|answer| trace::command(text, answer)),
            Err(odd) => Err(odd),
        };
        if done.is_err() {
            trace::unknown(text);
        }
    }
    result
}

fn find(name: &str) -> Result<Command, Odd> {
    Ok(match name {
        "get" => headers::get,
        "pairs" => headers::pairs,
        "size" => headers::size,
        "add" => headers::add,
        "replace" => headers::replace,
        "remove" => headers::remove,
        "set_pairs" => headers::set_pairs,
        "set_pairs_raw" => headers::set_pairs_raw,
        "body" => buffers::body,
        "buffer_status" => buffers::status,
        "set_body" => buffers::set_body,
        "reply" => streams::reply,
        "effective" => streams::effective,
        "done" => streams::done,
        "http_call" => callouts::http_call,
        "status" => callouts::status,
        "foreign" => callouts::foreign,
        "grpc_call" => grpc::call,
        "grpc_stream" => grpc::stream,
        "grpc_send" => grpc::send,
        "grpc_cancel" => grpc::cancel,
        "grpc_close" => grpc::close,
        "data_get" => shared_data::get,
        "data_set" => shared_data::set,
        "queue_register" => shared_queues::register,
        "queue_resolve" => shared_queues::resolve,
        "queue_enqueue" => shared_queues::enqueue,
        "queue_dequeue" => shared_queues::dequeue,
        "metric_define" => metrics::define,
        "metric_inc" => metrics::increment,
        "metric_record" => metrics::record,
        "metric_get" => metrics::get,
        "property" => properties::get,
        "set_property" => properties::set,
        "time" => surroundings::time,
        "tick_period" => surroundings::tick_period,
        "log" => surroundings::log,
        "grow" => effect::grow,
        _ => return version::command(name).ok_or(Odd),
    })
}
