//! `levee rehearse`.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::Args;
use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use levee_loopback::{MOST_DOORS, Target};
use levee_rehearsal::live::{PaymentKey, Rehearsal, Visit, Watch};
use tokio_util::sync::CancellationToken;

use crate::{
    replay::{factor, settings},
    told::{self, Told},
};

const EXAMPLES: &str = "Examples:
  levee rehearse http://127.0.0.1:8000 --config levee.json --out report
  levee rehearse http://127.0.0.1:8000 my-minute.yaml
  levee replay --print rehearsal > my-minute.yaml
  levee rehearse http://127.0.0.1:8787 --behind-edge --door 8788

Everybody comes from an address of 127.0.0.0/8: 127.b.c.d stands for a.b.c.d of the scenario, and one address for each IPv6 /64.
So the call-backs of a configuration under rehearsal are to be allowed from there, too. Nothing is ever sent elsewhere.
With --config it is known how much of a flood may reach the site. Whether a request has reached it is told from the answer.
Exit code 0 if everything that the scenario promises was kept, 1 if not, 2 if it could not be played.";

/// How often the display is drawn anew.
const INTERVAL: Duration = Duration::from_millis(200);

/// Arguments of `levee rehearse`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// What is rehearsed against: a proxy on this machine.
    #[arg(value_name = "URL", value_parser = target)]
    url: Target,
    /// A scenario: a YAML file, or the name of one that comes with Levee.
    #[arg(value_name = "SCENARIO", default_value = "rehearsal")]
    scenario: String,
    /// The configuration of the filter that runs there.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    told: Told,
    /// So many times the requests of all floods, as in 0.5.
    #[arg(long, value_name = "FACTOR", value_parser = factor)]
    floods: Option<f64>,
    /// Write a line of JSON to this file for each visit that is over: who came and left when, whether they were served, what they met,
    /// the form that they sent last and the page that they saw last.
    #[arg(long, value_name = "FILE")]
    visits: Option<PathBuf>,
    /// The key that the payment provider signs its reports with, as the site knows it: whsec_ and base64, in the file's first line.
    #[arg(long, value_name = "FILE")]
    payment_key_file: Option<PathBuf>,
    /// Another port of the same address that leads to the same site, 15 at most; clients are divided among them.
    #[arg(long = "door", value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    doors: Vec<u16>,
    /// Clients tell their address in cf-connecting-ip, as Cloudflare's edge would: for a Worker in workerd.
    #[arg(long)]
    behind_edge: bool,
}

impl Arguments {
    fn target(&self) -> anyhow::Result<Target> {
        anyhow::ensure!(
            self.doors.len() < MOST_DOORS,
            "--door can be given {} times at most",
            MOST_DOORS - 1
        );
        let target = self.url.with_doors(&self.doors);
        Ok(if self.behind_edge {
            target.behind_edge()
        } else {
            target
        })
    }
}

/// Plays the scenario on real sockets, and tells what was found.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let (name, scenario, text) = told::scenario(&arguments.scenario)?;
    let rehearsal = Rehearsal {
        name,
        scenario: match arguments.floods {
            Some(factor) => scenario.with_floods_scaled(factor),
            None => scenario,
        },
        text,
        target: arguments.target()?,
        settings: match &arguments.config {
            Some(_) => Some(settings(arguments.config.as_ref())?),
            None => None,
        },
        payment_key: arguments
            .payment_key_file
            .as_deref()
            .map(payment_key)
            .transpose()?,
    };
    rehearsal.check()?;
    std::net::TcpStream::connect_timeout(&arguments.url.socket_address(), Duration::from_secs(2))
        .with_context(|| format!("nothing answers at {}", arguments.url.socket_address()))?;
    let mut watch = Watch::default();
    let visits = match &arguments.visits {
        Some(path) => {
            let told = || format!("cannot write {}", path.display());
            let file = File::create(path).with_context(told)?;
            let (visits, over) = channel();
            watch.visits = Some(visits);
            Some((std::thread::spawn(move || write_visits(file, &over)), told))
        }
        None => None,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let findings = runtime.block_on(play(&rehearsal, watch))?;
    // Those who are still there are not waited for, and the last who holds the other end of the channel has to go.
    drop(runtime);
    if let Some((writing, told)) = visits {
        let written = writing
            .join()
            .map_err(|_| anyhow::anyhow!("the thread that writes visits broke off"))?;
        written.with_context(told)?;
    }
    arguments.told.tell(&findings)
}

fn payment_key(file: &Path) -> anyhow::Result<PaymentKey> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let line = text.lines().next().unwrap_or_default();
    line.parse()
        .with_context(|| format!("{}, line 1", file.display()))
}

fn write_visits(file: File, over: &Receiver<Visit>) -> io::Result<()> {
    let mut file = BufWriter::new(file);
    for visit in over {
        serde_json::to_writer(&mut file, &visit)?;
        file.write_all(b"\n")?;
    }
    file.flush()
}

async fn play(rehearsal: &Rehearsal, watch: Watch) -> anyhow::Result<levee_report::Findings> {
    let stop = CancellationToken::new();
    tokio::spawn({
        let stop = stop.clone();
        async move {
            // Without a handler Ctrl-C still ends the program, only without a report.
            if tokio::signal::ctrl_c().await.is_ok() {
                stop.cancel();
            }
        }
    });
    let requests = watch.requests.clone();
    let bar = ProgressBar::new(rehearsal.scenario.lasts.0.as_secs());
    let style = ProgressStyle::with_template("{bar:30} {pos} of {len} s  {msg}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let began = Instant::now();
    let mut looks = tokio::time::interval(INTERVAL);
    let mut playing = std::pin::pin!(rehearsal.play(watch, stop));
    let findings = loop {
        tokio::select! {
            findings = &mut playing => break findings,
            _ = looks.tick() => {
                bar.set_position(began.elapsed().as_secs());
                bar.set_message(format!("{} requests", HumanCount(requests.load(Ordering::Relaxed))));
            }
        }
    };
    bar.finish_and_clear();
    Ok(findings?)
}

/// A URL of this machine.
fn target(url: &str) -> Result<Target, String> {
    let wrong = || format!("{url} is no URL like http://127.0.0.1:8000");
    let uri: http::Uri = url.parse().map_err(|_| wrong())?;
    if uri.scheme_str() != Some("http") || !matches!(uri.path(), "" | "/") {
        return Err(wrong());
    }
    let host = match uri.host() {
        Some("localhost") => IpAddr::V4(Ipv4Addr::LOCALHOST),
        Some(host) => host.parse().map_err(|_| {
            format!("{host} is no address of this machine: load is only ever sent within 127.0.0.0/8")
        })?,
        None => return Err(wrong()),
    };
    let address = SocketAddr::new(host, uri.port_u16().unwrap_or(80));
    Target::try_from(address).map_err(|error| error.to_string())
}
