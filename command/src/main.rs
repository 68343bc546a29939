//! The `levee` command: hosts a Proxy-Wasm filter without Envoy, and gets through Levee as an app does.

mod bench;
mod check;
mod compiled;
mod completions;
mod filter;
mod fuzz;
mod guest;
mod inspect;
mod output;
mod profiles;
mod rehearse;
mod replay;
mod serve;
mod solve;
mod test;
mod told;

use std::{io::IsTerminal as _, process::ExitCode};

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

/// Hosts and tests any Proxy-Wasm filter as Envoy would, without Envoy; and asks a site behind Levee as an app would.
#[derive(Debug, Parser)]
#[command(name = "levee", version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// What to log to standard error, in the syntax of tracing's EnvFilter; `guest` is the filter's own log.
    #[arg(long, global = true, value_name = "FILTER", default_value = "info")]
    log: String,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve an origin through a filter: a reverse proxy.
    Serve(serve::Arguments),
    /// Start a filter with a configuration, and say whether it takes it.
    Check(check::Arguments),
    /// Tell what there is to know about a filter, and on which hosts it runs, without running it.
    Inspect(inspect::Arguments),
    /// Play scenarios of a filter that are written as YAML, in virtual time.
    Test(test::Arguments),
    /// Measure how fast a filter is, and what an exchange costs.
    Bench(bench::Arguments),
    /// Send hostile requests through a filter, and say what they break.
    Fuzz(fuzz::Arguments),
    /// Play a day with a flood against Levee in virtual time, and report what became of everybody.
    Replay(replay::Arguments),
    /// Play a short day with a flood on real sockets, against a proxy on this machine.
    Rehearse(rehearse::Arguments),
    /// List how hosts differ: the switches of the profiles.
    Profiles(profiles::Arguments),
    /// Ask for a URL as an app would: solve, wait in line, and repeat the request.
    Solve(solve::Arguments),
    /// Print a script that completes this command's arguments in a shell.
    Completions(completions::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let filter = match EnvFilter::try_new(&arguments.log) {
        Ok(filter) => filter,
        Err(error) => {
            eprintln!(
                "error: --log \"{}\" is no filter: {error}; for example: info,guest=debug",
                arguments.log
            );
            return ExitCode::from(2);
        }
    };
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    let result = match arguments.command {
        Command::Serve(arguments) => serve::run(&arguments).map(|()| ExitCode::SUCCESS),
        Command::Check(arguments) => check::run(&arguments).map(|()| ExitCode::SUCCESS),
        Command::Inspect(arguments) => inspect::run(&arguments),
        Command::Test(arguments) => test::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Fuzz(arguments) => Ok(fuzz::run(&arguments)),
        Command::Replay(arguments) => return ended(replay::run(&arguments), 2),
        Command::Rehearse(arguments) => return ended(rehearse::run(&arguments), 2),
        Command::Profiles(arguments) => {
            profiles::run(&arguments);
            Ok(ExitCode::SUCCESS)
        }
        Command::Solve(arguments) => solve::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments).map(|()| ExitCode::SUCCESS),
    };
    ended(result, 1)
}

/// How it ends; `broken` is the code for what could not be done.
fn ended(result: anyhow::Result<ExitCode>, broken: u8) -> ExitCode {
    result.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::from(broken)
    })
}
