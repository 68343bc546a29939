//! Small Proxy-Wasm filters, each with one purpose, that the harness is tested with. All but one are examples of this package.
//! Each says at its beginning what it shows and what configuration it takes; `cargo xtask build` makes a module of each, in
//! `target/levee/guests`.
//!
//! What the SDKs' own examples show, written for this repository:
//!
//! | guest | shows |
//! |---|---|
//! | `hello_world` | logging, ticks, the clock and randomness |
//! | `http_headers` | headers, and an answer of the filter's own |
//! | `http_body` | a body that is held and changed |
//! | `http_config` | a configuration |
//! | `http_auth_random` | an HTTP call that decides about a request |
//! | `grpc_auth_random` | a gRPC call that does |
//! | `grpc_stream` | a gRPC stream |
//! | `shared_data` | a count that all workers share |
//! | `shared_queue` | a queue from all workers to one |
//! | `metrics` | a counter, a gauge and a histogram |
//! | `ticks` | a limit on requests |
//! | `tcp` | connections without HTTP |
//! | `properties` | what a host knows of a request |
//!
//! Mistakes that are easily made, for a fuzzer to find: `broken_non_utf8`, `broken_leak` and `broken_loop`.
//!
//! `assemblyscript` is in the folder of that name: it adds a header, but is no work of a Rust compiler.
//!
//! `noop` does nothing. `probe` tells what it is called for and calls the host as a script says, so that hosts can be compared
//! call by call; `probe_01` is the same as a module of ABI 0.1.0.
