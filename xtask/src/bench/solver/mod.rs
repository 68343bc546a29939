//! `cargo xtask bench solver`: the browser's solver, each kind of it, beside other proof-of-work solvers.
//!
//! A script for Node.js, `browser/bench.mjs`, runs every [`variant`] in one page of Chromium, in a [`session`] that tells
//! what it measured. The [`report`] compares it, with the [`statistics`](levee_benches::statistics), and holds it against the [`goal`]s.

mod goal;
mod report;
mod session;
mod table;
mod variant;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};

use self::{
    report::Report,
    session::{Plan, Step},
    variant::{Peer, Variant},
};
use crate::{tools::Component, workspace::Workspace};

/// Sub-puzzles of a challenge, as the filter asks them unless it is told otherwise.
const SUB_PUZZLES: u16 = 32;

/// Milliseconds of work before each turn, after which engines have swapped in their best code.
const WARM_UP: u32 = 300;

/// Measure the browser's solver in Chromium, beside other proof-of-work solvers.
///
/// Every variant takes a turn in each round, in an order drawn anew, alone in a dedicated worker of one page; figures are
/// medians of the rounds, ratios are medians of the ratios within a round. Then the solver, as a browser starts it, solves
/// challenges one after the other, to tell how far apart their times are. Every solution is checked. The peers come from
/// npm, at pinned versions, and go under target/tools.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Rounds, in each of which every variant takes a turn
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=100))]
    rounds: u32,

    /// Length of a turn in milliseconds, after a warm-up
    #[arg(long, value_name = "MS", default_value_t = 700, value_parser = clap::value_parser!(u32).range(50..=10_000))]
    turn: u32,

    /// Challenges to solve
    #[arg(long, value_name = "N", default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    challenges: u32,

    /// Hashes that a challenge asks for; the default is the floor of the price, if it is not configured
    #[arg(long, value_name = "HASHES", default_value_t = 1 << 19, value_parser = clap::value_parser!(u64).range(1..=1 << 32))]
    work: u64,

    /// A peer to leave out; may be repeated
    #[arg(long, value_enum, value_name = "PEER")]
    without: Vec<Peer>,

    /// Also write the result to this file, as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// Measures the solver.
///
/// # Errors
///
/// When the set-up is incomplete, when a variant cannot be run or gives a wrong solution, when the result cannot be written.
pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let workspace = Workspace::locate()?;
    let peers: Vec<_> = Peer::ALL
        .into_iter()
        .filter(|peer| !args.without.contains(peer))
        .collect();
    let chromium = Component::Chromium.require(&workspace)?.location;
    let playwright = Component::Playwright.require(&workspace)?.location;
    let packages = install(&peers, &workspace)?;
    let variants = Variant::all(&peers);
    let plan = Plan {
        playwright,
        chromium,
        solver: levee_solver::SCRIPT,
        packages: packages.join("node_modules"),
        variants: variants.iter().map(|variant| variant.id()).collect(),
        rounds: args.rounds,
        milliseconds: args.turn,
        warm_up_milliseconds: WARM_UP,
        challenges: args.challenges,
        work: args.work,
        sub_puzzles: SUB_PUZZLES,
    };
    let measured = watch(&plan, &workspace.root().join("xtask/src/bench/solver/browser"))?;
    let report = Report::new(&variants, &plan, &args.without, &measured)?;
    println!("{report}");
    if let Some(path) = &args.json {
        let json = serde_json::to_string_pretty(&report)?;
        std::fs::write(path, json + "\n").with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Installs the peers' packages, where they are missing; returns the folder that they are in.
fn install(peers: &[Peer], workspace: &Workspace) -> anyhow::Result<PathBuf> {
    let folder = workspace.tools().join("solver-peers");
    for peer in peers {
        let missing = peer.package().filter(|package| !package.is_in(&folder));
        if let Some(package) = missing {
            eprintln!("Installing {} ...", package.name);
            package
                .install(&folder)
                .with_context(|| format!("cannot install a peer; --without {} leaves it out", peer.id()))?;
        }
    }
    Ok(folder)
}

/// Runs the session with a display of how far it is. Draws nothing when standard error is no terminal.
fn watch(plan: &Plan, scripts: &Path) -> anyhow::Result<session::Measured> {
    let bar = ProgressBar::no_length();
    // The template is part of the program; were it wrong, the default style would do.
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos:>3}/{len}  {elapsed}  {msg}") {
        bar.set_style(style);
    }
    let measured = session::run(plan, scripts, |Step { done, total, what }| {
        bar.set_length(total);
        bar.set_position(done);
        bar.set_message(what);
    });
    bar.finish_and_clear();
    measured
}
