//! What Levee takes of an Envoy before the first request: time to start, and memory.

use std::time::Instant;

use levee_testing::{Envoy, EnvoyOptions};
use serde::Serialize;
use tempfile::TempDir;

use super::{Options, chain::Chain, config};
use crate::{
    levee::configuration::{LITTLE_ROOM, ROOM},
    statistics::median,
};

/// Starts of each configuration.
const STARTS: usize = 5;

/// What Levee takes of an Envoy with one worker.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Footprint {
    /// Seconds that Envoy starts later than without.
    pub start_seconds: f64,
    /// Resident memory that it takes, with next to no room in its ledger, in mebibytes.
    pub memory_mib: f64,
    /// What it takes more for each client that its ledger has room for, in bytes.
    pub bytes_per_client: f64,
}

/// Seconds to start, and resident bytes then.
struct Started {
    seconds: f64,
    bytes: f64,
}

/// Starts Envoys without Levee, with it, and with it and room for many clients.
///
/// # Errors
/// When Envoy does not start.
pub fn measure(options: &Options<'_>) -> anyhow::Result<Footprint> {
    let (mut without, mut with, mut with_room) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..STARTS {
        without.push(start(options, Chain::Router)?);
        with.push(start(options, Chain::LittleRoom)?);
        with_room.push(start(options, Chain::Clearance)?);
    }
    let seconds = |starts: &[Started]| middle(starts, |start| start.seconds);
    let bytes = |starts: &[Started]| middle(starts, |start| start.bytes);
    let clients = 2.0 * (ROOM - LITTLE_ROOM) as f64;
    Ok(Footprint {
        start_seconds: seconds(&with) - seconds(&without),
        memory_mib: (bytes(&with) - bytes(&without)) / f64::from(1 << 20),
        bytes_per_client: (bytes(&with_room) - bytes(&with)) / clients,
    })
}

fn start(options: &Options<'_>, chain: Chain) -> anyhow::Result<Started> {
    let folder = TempDir::with_prefix("levee-bench-")?;
    let began = Instant::now();
    let envoy = Envoy::start(EnvoyOptions {
        binary: options.binary,
        config: &config::of(&[chain], options.module)?,
        working_dir: folder.path(),
        workers: 1,
    })?;
    Ok(Started {
        seconds: began.elapsed().as_secs_f64(),
        bytes: envoy.program().resident_bytes()? as f64,
    })
}

fn middle(starts: &[Started], of: impl Fn(&Started) -> f64) -> f64 {
    let values: Vec<f64> = starts.iter().map(of).collect();
    median(&values).unwrap_or_default()
}
