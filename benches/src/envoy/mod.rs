//! Envoy with one listener for each filter chain that is compared, and what is sent through them.
//!
//! Every route answers by itself (`direct_response`), so that what differs is the chain.

mod chain;
mod config;
mod floor;
pub mod footprint;
pub mod goals;
mod levee;

use std::path::Path;

use anyhow::Context as _;
use http::StatusCode;
use levee_testing::{Envoy, EnvoyOptions};
use tempfile::TempDir;

use self::{chain::Chain, floor::Floor};
use crate::{
    levee::traffic,
    load::Protocol,
    processor,
    subject::Subject,
    traffic::{Browsers, Traffic},
};

/// Clients that requests come from, unless a row is about their number.
const CLIENTS: u32 = 1_000_000;

/// The reference of most rows.
pub const ROUTER: &str = "router";

/// What an Envoy is started with.
#[derive(Clone, Debug)]
pub struct Options<'a> {
    /// The program.
    pub binary: &'a Path,
    /// Levee's module.
    pub module: &'a Path,
}

/// A running Envoy with its subjects' listeners.
pub struct Stage {
    envoy: Envoy,
    _floor: TempDir,
}

impl Stage {
    /// Starts an Envoy with one worker on a processor of its own, and the listeners of all chains.
    ///
    /// # Errors
    /// When Envoy does not start, or cannot be kept on its processor.
    pub fn with_one_worker(options: &Options<'_>) -> anyhow::Result<Self> {
        let stage = Self::start(options, 1)?;
        processor::pin_server(stage.envoy.program().id())?;
        Ok(stage)
    }

    /// Starts an Envoy with two workers on all processors.
    ///
    /// # Errors
    /// When Envoy does not start.
    pub fn with_two_workers(options: &Options<'_>) -> anyhow::Result<Self> {
        Self::start(options, 2)
    }

    fn start(options: &Options<'_>, workers: u32) -> anyhow::Result<Self> {
        let modules = TempDir::with_prefix("levee-bench-")?;
        floor::write_modules(modules.path())?;
        let config = config::of(&Chain::all(), options.module)?;
        let envoy = Envoy::start(EnvoyOptions {
            binary: options.binary,
            config: &config,
            working_dir: modules.path(),
            workers,
        })?;
        Ok(Self {
            envoy,
            _floor: modules,
        })
    }

    /// The rows with one worker.
    ///
    /// # Errors
    /// When a chain has no listener, or the requests of a row cannot be made.
    pub fn rows(&self) -> anyhow::Result<Vec<Subject>> {
        let mut rows = vec![self.row(
            ROUTER,
            "Envoy's router only",
            Chain::Router,
            Browsers::of(CLIENTS),
        )?];
        rows.extend(self.native_rows()?);
        rows.extend(self.levee_rows()?);
        rows.extend(self.growth_rows()?);
        rows.extend(self.http2_rows()?);
        Ok(rows)
    }

    /// The rows with two workers.
    ///
    /// # Errors
    /// As [`Stage::rows`].
    pub fn rows_of_two_workers(&self) -> anyhow::Result<Vec<Subject>> {
        const REFERENCE: &str = "router_2_workers";
        let row = |name, title: &str, chain, traffic| {
            let row = self.subject(name, title, chain, traffic)?;
            Ok::<_, anyhow::Error>(row.beside(REFERENCE))
        };
        Ok(vec![
            row(
                REFERENCE,
                "two workers: router only",
                Chain::Router,
                Box::new(Browsers::of(CLIENTS)),
            )?
            .alone(),
            row(
                "admit_clearance_2_workers",
                "two workers: admit with clearance",
                Chain::Clearance,
                Box::new(traffic::cleared(Browsers::of(CLIENTS))),
            )?,
            row(
                "admit_free_lane_2_workers",
                "two workers: admit in the free lane",
                Chain::FreeLane,
                Box::new(Browsers::of(CLIENTS)),
            )?,
            row(
                "refuse_quota_2_workers",
                "two workers: refuse by quota",
                Chain::Quota,
                Box::new(traffic::cleared(Browsers::of(traffic::OVER_QUOTA))),
            )?
            .expecting(StatusCode::TOO_MANY_REQUESTS),
        ])
    }

    fn native_rows(&self) -> anyhow::Result<Vec<Subject>> {
        let million = || Browsers::of(CLIENTS);
        Ok(vec![
            self.row(
                "local_ratelimit",
                "native local_ratelimit, one bucket for all",
                Chain::LocalRateLimit,
                million(),
            )?,
            self.row(
                "local_ratelimit_per_client",
                "native local_ratelimit per client",
                Chain::LocalRateLimitPerClient,
                million(),
            )?,
            self.row("lua", "native Lua that reads 4 headers", Chain::Lua, million())?,
            self.row(
                "wasm_noop",
                "empty wasm module",
                Chain::Floor(Floor::Nothing),
                million(),
            )?,
            self.row(
                "wasm_callbacks",
                "wasm module with Levee's callbacks, all empty",
                Chain::Floor(Floor::Callbacks),
                million(),
            )?,
            self.row(
                "wasm_headers",
                "wasm module that reads all headers",
                Chain::Floor(Floor::Headers),
                million(),
            )?,
            self.row(
                "wasm_two_fields",
                "the same, and adds two",
                Chain::Floor(Floor::TwoFields),
                million(),
            )?,
            self.row(
                "wasm_shared_data",
                "the same, and changes shared data",
                Chain::Floor(Floor::SharedData),
                million(),
            )?,
            self.row(
                "wasm_reply",
                "the same, and refuses: 9 fields, 2.9 KB",
                Chain::Floor(Floor::Reply),
                million(),
            )?
            .expecting(StatusCode::TOO_MANY_REQUESTS),
        ])
    }

    fn levee_rows(&self) -> anyhow::Result<Vec<Subject>> {
        let million = || Browsers::of(CLIENTS);
        Ok(vec![
            self.row(
                "admit_clearance",
                "Levee: admit with clearance",
                Chain::Clearance,
                traffic::cleared(million()),
            )?,
            self.row(
                "admit_capacity",
                "Levee: admit with clearance, origin's capacity watched",
                Chain::Capacity,
                traffic::cleared(million()),
            )?,
            self.row(
                "admit_free_lane",
                "Levee: admit in the free lane",
                Chain::FreeLane,
                million(),
            )?,
            self.row(
                "refuse_quota",
                "Levee: refuse by quota",
                Chain::Quota,
                traffic::cleared(Browsers::of(traffic::OVER_QUOTA)),
            )?
            .expecting(StatusCode::TOO_MANY_REQUESTS),
            self.row(
                "challenge_page",
                "Levee: serve the challenge page",
                Chain::Clearance,
                million(),
            )?
            .expecting(StatusCode::FORBIDDEN),
            self.row(
                "redeem",
                "Levee: redeem a solution of 32 sub-puzzles",
                Chain::Clearance,
                traffic::solutions(million()),
            )?,
            self.row(
                "observe",
                "Levee: observe what would be admitted",
                Chain::Observe,
                traffic::cleared(million()),
            )?,
            self.row(
                "observe_refusal",
                "Levee: observe what would be refused by quota",
                Chain::ObserveQuota,
                traffic::cleared(Browsers::of(traffic::OVER_QUOTA)),
            )?,
            self.row(
                "observe_challenge",
                "Levee: observe what would be challenged",
                Chain::Observe,
                million(),
            )?,
            self.row(
                "open",
                "Levee: a rule that asks for nothing",
                Chain::Open,
                million(),
            )?,
        ])
    }

    fn growth_rows(&self) -> anyhow::Result<Vec<Subject>> {
        let million = || Browsers::of(CLIENTS);
        let mut rows = vec![
            self.row(
                "admit_clearance_1k",
                "Levee: admit with clearance, 1,000 clients",
                Chain::Clearance,
                traffic::cleared(Browsers::of(1_000)),
            )?,
            self.row(
                "rules_10",
                "Levee: the last of 10 rules",
                Chain::Rules10,
                traffic::cleared(million()),
            )?,
            self.row(
                "rules_1000",
                "Levee: the last of 1,000 rules",
                Chain::Rules1000,
                traffic::cleared(million()),
            )?,
        ];
        for (reference, name, length) in [
            ("router_cookie_2k", "admit_cookie_2k", 2 << 10),
            ("router_cookie_8k", "admit_cookie_8k", 8 << 10),
        ] {
            let kilobytes = length >> 10;
            let router = self.row(
                reference,
                &format!("router only, {kilobytes} KiB of cookies"),
                Chain::Router,
                million().cookies(length),
            )?;
            rows.push(router.alone());
            let levee = self.row(
                name,
                &format!("Levee: admit with clearance, {kilobytes} KiB of cookies"),
                Chain::Clearance,
                traffic::cleared(million().cookies(length)),
            )?;
            rows.push(levee.beside(reference));
        }
        Ok(rows)
    }

    fn http2_rows(&self) -> anyhow::Result<Vec<Subject>> {
        const REFERENCE: &str = "router_h2c";
        let million = || Browsers::of(CLIENTS);
        let router = self.row(REFERENCE, "HTTP/2: router only", Chain::Router, million())?;
        let rows = vec![
            router.alone(),
            self.row(
                "admit_clearance_h2c",
                "HTTP/2: admit with clearance",
                Chain::Clearance,
                traffic::cleared(million()),
            )?
            .beside(REFERENCE),
            self.row(
                "admit_free_lane_h2c",
                "HTTP/2: admit in the free lane",
                Chain::FreeLane,
                million(),
            )?
            .beside(REFERENCE),
            self.row(
                "refuse_quota_h2c",
                "HTTP/2: refuse by quota",
                Chain::Quota,
                traffic::cleared(Browsers::of(traffic::OVER_QUOTA)),
            )?
            .beside(REFERENCE)
            .expecting(StatusCode::TOO_MANY_REQUESTS),
            self.row(
                "challenge_page_h2c",
                "HTTP/2: serve the challenge page",
                Chain::Clearance,
                million(),
            )?
            .beside(REFERENCE)
            .expecting(StatusCode::FORBIDDEN),
        ];
        Ok(rows.into_iter().map(|row| row.over(Protocol::Http2)).collect())
    }

    /// A row that is told against the router.
    fn row(
        &self,
        name: &'static str,
        title: &str,
        chain: Chain,
        traffic: impl Traffic + 'static,
    ) -> anyhow::Result<Subject> {
        let subject = self.subject(name, title, chain, Box::new(traffic))?;
        Ok(if name == ROUTER {
            subject
        } else {
            subject.beside(ROUTER)
        })
    }

    fn subject(
        &self,
        name: &'static str,
        title: &str,
        chain: Chain,
        traffic: Box<dyn Traffic>,
    ) -> anyhow::Result<Subject> {
        let listener = chain.name();
        Ok(Subject {
            name,
            title: title.to_owned(),
            reference: None,
            process: self.envoy.program().id(),
            address: self
                .envoy
                .listener(listener)
                .with_context(|| format!("Envoy has no listener {listener}"))?,
            protocol: Protocol::Http1,
            traffic,
            expected: StatusCode::OK,
            ahead: 0,
        })
    }
}
