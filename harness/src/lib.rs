//! A host for Proxy-Wasm filters on wasmtime that behaves like Envoy, or like other hosts.
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
//! worker, with shared data, queues and metrics between them. [`Vm::exchange`] takes a whole request through one of them.
//!
//! [`World`] adds all that surrounds a filter, in virtual time: clients, an origin, services that the filter calls over HTTP
//! and gRPC, hours that pass at once, and workers whose races are drawn from a seed. [`scenario`]
//! reads what is to happen in one from YAML.
//!
//! [`Passage`] and the steps of [`Vm`] below it ([`Vm::on_headers`], [`Vm::take_callouts`], ...) know no time and no socket:
//! on them worlds are built, and [`serve`]. [`mod@bench`] measures a filter, and [`fuzz`] sends it what it should stand. Time and randomness are ports ([`Clock`], [`Entropy`]).
//!
//! # What is served
//!
//! All 39 host functions of ABI 0.2.1 and the four that only 0.1.0 has; modules of 0.1.0, 0.2.0 and 0.2.1; WASI as far as
//! Proxy-Wasm names it, the rest of it as functions that answer "not supported"; `malloc` and `proxy_on_memory_allocate`;
//! HTTP exchanges, TCP connections, ticks, shared queues, HTTP and gRPC calls, and foreign functions that do not need Envoy
//! itself.
//!
//! Hosts differ, and a [`Profile`] has a switch for each difference: [`Profile::envoy`], which a differential test compares
//! with the real one, [`Profile::strict`], the specification to the letter, and [`Profile::ngx`].
//!
//! # What is bounded
//!
//! | | bound | beyond it |
//! |---|---|---|
//! | linear memory, table elements | [`Limits::memory_bytes`], a million | growing fails |
//! | one callback | [`Limits::callback_time`], or [`Limits::callback_fuel`] | a trap |
//! | a body that is held | [`Limits::buffer_bytes`] | 413, or 500 for a response |
//! | shared data | 2^20 keys, 256 MiB | `InternalFailure` |
//! | shared queues | 1024, 64 MiB in all | `InternalFailure` |
//! | metrics | 16,384 names, 65,536 ids a VM | `InternalFailure` |
//! | filter state of a stream | 1 MiB | `InternalFailure` |
//! | calls under way, messages not sent yet | 10,000 a VM | `InternalFailure` |
//! | contexts kept after their end (`proxy_on_done` said no) | 10,000 a VM | they are deleted |
//! | a log message, `fd_write`, `random_get` | 64 KiB | cut off; `EINVAL` for the last |
//! | serialised pairs from the guest | 1 MiB, 1024 pairs | as the profile says |
//!
//! # Where it differs from every host, on purpose
//!
//! A pointer outside the guest's memory is a trap; Envoy answers `InvalidMemoryAccess`, which the Rust SDK cannot express.
//! `docs/harness.md` lists what the differential test knows of.

mod abi;
pub mod bench;
mod callout;
mod clock;
mod entropy;
mod exchange;
pub mod fuzz;
mod headers;
mod host;
pub mod inspect;
mod log;
mod message;
mod module;
mod passage;
mod plugin;
mod profile;
pub mod scenario;
pub mod serve;
mod shared;
mod stream;
mod turns;
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
pub use self::log::{CapturedLog, LogLevel, LogLine, LogSink, NoLog, TracingLog, VmRole};
pub use self::message::{Request, Response};
pub use self::module::{AbiVersion, LoadError, Metering, Module};
pub use self::passage::{Passage, Progress};
pub use self::plugin::{FailurePolicy, Limits, Plugin};
pub use self::profile::{Profile, Switch, UnknownProfile, UnknownSwitch};
pub use self::stream::{Flow, StreamId, StreamInfo};
pub use self::turns::Turns;
pub use self::usage::Usage;
pub use self::vm::{GuestTrap, Peer, Vm, VmStats};
pub use self::world::{
    Answer, ExchangeId, GrpcAnswer, GrpcService, HttpService, Origin, RateLimitService, World, WorldBuilder,
};
