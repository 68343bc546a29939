//! workerd, the runtime of Cloudflare Workers, with the workers that are compared, and what is sent to them.
//!
//! All of them run in one process, each in an isolate with a socket of its own: they share one event loop, one state of the
//! runtime and one layout of memory, which differ between processes, and a worker that nobody asks costs nothing.

mod contender;
mod goals;
mod origin;
mod traffic;

pub use goals::goals;

use std::{fs, path::Path};

use anyhow::Context as _;
use http::StatusCode;
use levee_testing::{Worker, Workerd, WorkerdOptions};
use tempfile::TempDir;

use self::{contender::Contender, origin::Origin, traffic::ThroughEdge};
use crate::{
    levee::traffic::{OVER_QUOTA, cleared, solutions},
    load::Protocol,
    processor,
    subject::Subject,
    traffic::{Browsers, Traffic},
};

/// Clients that requests come from, unless a row is about their number.
const CLIENTS: u32 = 1_000_000;

/// The reference of most rows: a worker that forwards everything.
pub const PASS_THROUGH: &str = "pass_through";

/// The reference of a refusal beside one that nothing was decided for.
const REFUSAL: &str = "js_refuse";

/// What a workerd is started with.
#[derive(Clone, Debug)]
pub struct Options<'a> {
    /// The program.
    pub binary: &'a Path,
    /// The folder with the modules of Levee's worker.
    pub bundle: &'a Path,
}

/// A running workerd with the sockets of all subjects, and the origin behind it.
pub struct Stage {
    workerd: Workerd,
    _origin: Origin,
}

impl Stage {
    /// Starts a workerd on a processor of its own. Its origin runs where the calling thread does.
    ///
    /// # Errors
    /// When one of them does not start, or cannot be kept on its processor.
    pub fn start(options: &Options<'_>) -> anyhow::Result<Self> {
        let origin = Origin::start()?;
        let scripts = TempDir::with_prefix("levee-bench-")?;
        let workerd = start_workerd(options, scripts.path(), &origin)?;
        processor::pin_server(workerd.program().id())?;
        Ok(Self {
            workerd,
            _origin: origin,
        })
    }

    /// All rows.
    ///
    /// # Errors
    /// When a worker has no socket.
    pub fn rows(&self) -> anyhow::Result<Vec<Subject>> {
        let mut rows = self.peer_rows()?;
        rows.extend(self.forwarding_rows()?);
        rows.extend(self.answering_rows()?);
        Ok(rows)
    }

    /// Workers in JavaScript.
    fn peer_rows(&self) -> anyhow::Result<Vec<Subject>> {
        let million = || Browsers::of(CLIENTS);
        Ok(vec![
            self.row(
                PASS_THROUGH,
                "JavaScript: forward everything",
                Contender::PassThrough,
                million(),
            )?
            .alone(),
            self.row(
                "js_limiter_admit",
                "JavaScript: admit by a limiter in a Durable Object",
                Contender::Limiter,
                million(),
            )?,
            self.row(
                "js_limiter_refuse",
                "JavaScript: refuse by a limiter in a Durable Object",
                Contender::EmptyLimiter,
                million(),
            )?
            .expecting(StatusCode::TOO_MANY_REQUESTS),
            self.row(
                REFUSAL,
                "JavaScript: refuse everything",
                Contender::Refusal,
                million(),
            )?
            .expecting(StatusCode::TOO_MANY_REQUESTS),
        ])
    }

    /// Levee where the origin answers.
    fn forwarding_rows(&self) -> anyhow::Result<Vec<Subject>> {
        let million = || Browsers::of(CLIENTS);
        Ok(vec![
            self.row(
                "admit_clearance",
                "Levee: admit with clearance",
                Contender::Clearance,
                cleared(million()),
            )?,
            self.row(
                "admit_clearance_1k",
                "Levee: admit with clearance, 1,000 clients",
                Contender::Clearance,
                cleared(Browsers::of(1_000)),
            )?,
            self.row(
                "admit_clearance_alone",
                "Levee: admit with clearance, without Durable Objects",
                Contender::Alone,
                cleared(million()),
            )?,
            self.row(
                "admit_free_lane",
                "Levee: admit in the free lane, without Durable Objects",
                Contender::FreeLane,
                million(),
            )?,
            self.row(
                "observe",
                "Levee: observe what would be admitted",
                Contender::Observe,
                cleared(million()),
            )?,
            self.row(
                "observe_challenge",
                "Levee: observe what would be challenged",
                Contender::Observe,
                million(),
            )?,
            self.row(
                "open",
                "Levee: a rule that asks for nothing",
                Contender::Open,
                million(),
            )?,
        ])
    }

    /// Levee where it answers itself.
    fn answering_rows(&self) -> anyhow::Result<Vec<Subject>> {
        let refusal = |name, title: &str| {
            let over_quota = cleared(Browsers::of(OVER_QUOTA));
            let row = self.row(name, title, Contender::Quota, over_quota)?;
            Ok::<_, anyhow::Error>(row.expecting(StatusCode::TOO_MANY_REQUESTS))
        };
        Ok(vec![
            refusal("refuse_quota", "Levee: refuse by quota")?,
            refusal(
                "refuse_quota_beside_js",
                "Levee: the same beside JavaScript that refuses everything",
            )?
            .beside(REFUSAL),
            self.row(
                "challenge_page",
                "Levee: serve the challenge page",
                Contender::Clearance,
                Browsers::of(CLIENTS),
            )?
            .expecting(StatusCode::FORBIDDEN),
            self.row(
                "redeem",
                "Levee: redeem a solution of 32 sub-puzzles",
                Contender::Clearance,
                solutions(Browsers::of(CLIENTS)),
            )?,
        ])
    }

    /// A row that is told against the worker that forwards everything.
    fn row(
        &self,
        name: &'static str,
        title: &str,
        contender: Contender,
        traffic: impl Traffic + 'static,
    ) -> anyhow::Result<Subject> {
        let address = contender
            .position()
            .and_then(|position| self.workerd.addresses().get(position));
        Ok(Subject {
            name,
            title: title.to_owned(),
            reference: Some(PASS_THROUGH),
            process: self.workerd.program().id(),
            address: *address.with_context(|| format!("workerd has no worker {}", contender.name()))?,
            protocol: Protocol::Http1,
            traffic: Box::new(ThroughEdge(traffic)),
            expected: StatusCode::OK,
            ahead: 0,
        })
    }
}

/// Starts all contenders; those that are a script are first written to a folder of their own in `scripts`.
fn start_workerd(options: &Options<'_>, scripts: &Path, origin: &Origin) -> anyhow::Result<Workerd> {
    let folders = Contender::ALL.map(|contender| scripts.join(contender.name()));
    let variables = Contender::ALL.map(Contender::variables);
    let bindings = variables.each_ref().map(|variables| {
        let bindings = variables.iter().map(|(name, value)| (*name, value.as_str()));
        bindings.collect::<Vec<_>>()
    });
    let mut workers = Vec::new();
    for ((contender, folder), bindings) in Contender::ALL.into_iter().zip(&folders).zip(&bindings) {
        if let Some(script) = contender.script() {
            fs::create_dir(folder)?;
            fs::write(folder.join("index.js"), script)?;
        }
        workers.push(Worker {
            name: contender.name().to_owned(),
            bundle: contender.script().map_or(options.bundle, |_| folder),
            bindings,
            objects: contender.objects(),
        });
    }
    Ok(Workerd::start(WorkerdOptions {
        binary: options.binary,
        workers: &workers,
        origin: origin.address(),
        storage: None,
        certificate: None,
    })?)
}
