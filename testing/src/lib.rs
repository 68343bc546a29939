//! The real programs, for tests and for the demonstration.
//!
//! Each guard starts one process, returns when it answers, keeps what it wrote and ends it when dropped:
//! [`Envoy`], [`Workerd`], [`Serve`] (`levee serve`) and [`Origin`] (the booking app). [`Program`] is what they share.
//! [`EnvoyConfig`] is the configuration under `deploy/envoy/` with only its addresses changed, so that what is
//! tested is what an operator copies; [`WranglerConfig`] is the one under `deploy/cloudflare/`. [`tools`] tells where the programs are.
//!
//! Ports are chosen by the kernel and read back from the process that owns them; nothing is retried.

mod cpu_group;
mod envoy;
mod envoy_config;
mod origin;
mod program;
mod serve;
pub mod tools;
mod workerd;
mod workerd_config;
mod wrangler_config;

pub use cpu_group::CpuGroup;
pub use envoy::{Envoy, EnvoyOptions};
pub use envoy_config::{EnvoyConfig, EnvoyConfigError};
pub use origin::{Origin, OriginOptions, Payments};
pub use program::{Program, StartError};
pub use serve::{Serve, ServeOptions};
pub use workerd::{Certificate, Objects, Worker, Workerd, WorkerdOptions};
pub use wrangler_config::{WranglerConfig, WranglerConfigError};
