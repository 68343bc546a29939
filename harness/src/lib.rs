//! A host for Proxy-Wasm filters (ABI 0.2.1) on wasmtime that behaves like Envoy.
//!
//! ```
//! use levee_harness::{Host, Request, Response};
//!
//! # let module = wat::parse_str(include_str!("../guests/sets_header.wat"))?;
//! let mut host = Host::builder().module_bytes(module).configuration("{}").workers(2).start()?;
//!
//! let exchange = host.worker(0).exchange(
//!     Request::get("/booking").header("accept", "text/html").source("[2001:db8::1]:40000".parse()?),
//!     |forwarded| {
//!         assert_eq!(forwarded.headers.get("x-guest"), Some(&b"was here"[..]));
//!         Response::new(200).body("number 12")
//!     },
//! );
//!
//! assert_eq!(exchange.status(), 200);
//! assert_eq!(exchange.text(), "number 12");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Host`] starts the guest as Envoy does: a canary VM that is dropped again, one VM for the main thread, one for each
//! worker, with shared data, queues and metrics between them. [`Vm::exchange`] takes a whole request through one of them
//! without a socket; [`Vm::on_headers`] and its neighbours are the single steps, on which also [`serve`] is built.
//! Time and randomness are ports ([`Clock`], [`Entropy`]).
//!
//! # Where it follows Envoy
//!
//! - `_initialize`, `main` and `_start` may only log and use WASI; anything else traps.
//! - A local response takes effect after the callback, whatever that returns; the guest sees it go by in
//!   `proxy_on_response_headers`; then come `proxy_on_log`, `proxy_on_done`, `proxy_on_delete`.
//! - After the headers have gone on, their map is gone: reading one value is `BadArgument`, all pairs are an empty list.
//! - Pausing in a headers callback holds the body too.
//! - Shared data compares and swaps with one counter for all keys, and a missing key takes any version.
//! - A trap is the end of that VM: 503 from then on.
//!
//! # Where it differs, on purpose
//!
//! - A pointer outside the guest's memory is a trap; Envoy answers `InvalidMemoryAccess`, which the Rust SDK cannot express.
//! - A second local response for one request is ignored with a warning; Envoy may leave the client hanging.
//! - Memory, time, shared data, queues and metrics are bounded; reaching a bound is `InternalFailure`, or a trap for the
//!   first two, with the bound in the log.
//! - Repeated headers stay repeated; Envoy joins some of them with commas when they are added.
//! - HTTP and gRPC calls are refused as calls to an unknown cluster.

mod abi;
mod callout;
mod clock;
mod entropy;
mod exchange;
mod headers;
mod host;
mod log;
mod message;
mod module;
mod passage;
mod plugin;
mod profile;
pub mod serve;
mod shared;
mod stream;
mod turnstile;
mod usage;
mod vm;
mod world;

pub use self::abi::{Direction, LocalReply};
pub use self::callout::{Callout, CalloutId, GrpcCall, HttpCall};
pub use self::clock::{Clock, ManualClock, SystemClock};
pub use self::entropy::{Entropy, SeededEntropy, SystemEntropy};
pub use self::exchange::{Exchange, Outcome};
pub use self::headers::Headers;
pub use self::host::{Host, HostBuilder, HostStats, StartError};
pub use self::log::{CapturedLog, LogLevel, LogLine, LogSink, TracingLog, VmRole};
pub use self::message::{Request, Response};
pub use self::module::{AbiVersion, LoadError, Metering, Module};
pub use self::passage::{Passage, Progress};
pub use self::plugin::{FailurePolicy, Limits, Plugin};
pub use self::profile::{Profile, Switch, UnknownProfile, UnknownSwitch};
pub use self::stream::{Flow, StreamId, StreamInfo};
pub use self::usage::Usage;
pub use self::vm::{GuestTrap, Peer, Vm, VmStats};
pub use self::world::{
    Answer, ExchangeId, GrpcAnswer, GrpcService, HttpService, Origin, RateLimitService, World, WorldBuilder,
};
