//! `levee solve`.

mod told;

use std::{
    fs,
    io::{self, Read as _, Write as _},
    num::NonZero,
    process::ExitCode,
    sync::atomic::AtomicBool,
    time::Duration,
};

use anyhow::Context as _;
use clap::Args;
use levee_client::{
    Clearance, GiveUp, Limits,
    http::{Agent, Body, Client, Error},
};

use self::told::Told;

const EXAMPLES: &str = "Examples:
  levee solve https://booking.example/api/departments
  levee solve https://booking.example/api/numbers --header 'content-type: application/json' --data @order.json
  curl --header \"levee-clearance: $(levee solve --clearance-only https://booking.example/)\" https://booking.example/

The answer's body goes to standard output, what happens on the way to standard error. Redirects are not followed.
Do not send \"accept: text/html\": Levee answers that with a page for people, which this command does not read.

Exit codes:
  0  the site answered with a status below 400 (with --clearance-only: a clearance was printed)
  1  the site could not be reached, or its answer not be read or written
  2  the arguments are wrong
  3  the site refuses, and the limits (--max-work, --max-wait) or this command's version allow no more
  4  the site answered with a status of 400 or above; its body is printed
  5  with --clearance-only: the site asks for no clearance at present";

/// The site refuses, and there is nothing more to try.
const GAVE_UP: u8 = 3;

/// The site's answer is an error.
const ERROR_STATUS: u8 = 4;

/// There is no clearance to print.
const NO_CLEARANCE: u8 = 5;

/// The most challenges that are solved for one request.
const ROUNDS: u32 = 3;

/// Arguments of `levee solve`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// What to ask for: http://... or https://...
    #[arg(value_name = "URL", value_parser = url)]
    url: http::Uri,
    /// The method; if not given, GET, or POST with --data.
    #[arg(long, value_name = "METHOD")]
    method: Option<http::Method>,
    /// A request header; may be repeated.
    #[arg(long = "header", value_name = "NAME: VALUE", value_parser = header)]
    headers: Vec<(http::HeaderName, http::HeaderValue)>,
    /// The request's body: a text, @FILE, or @- for standard input.
    #[arg(long, value_name = "TEXT|@FILE")]
    data: Option<String>,
    /// A clearance of an earlier run, to begin with.
    #[arg(long, value_name = "TOKEN", value_parser = clearance)]
    clearance: Option<Clearance>,
    /// Print only the clearance, once there is one, and do not repeat the request.
    #[arg(long)]
    clearance_only: bool,
    /// Threads that solve; if not given, one for each processor.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Most hashes that a challenge may ask for.
    #[arg(long, value_name = "HASHES", default_value_t = Limits::default().work)]
    max_work: u64,
    /// Most seconds to wait, in line and for quotas, all waits together.
    #[arg(long, value_name = "SECONDS", default_value_t = Limits::default().wait.as_secs())]
    max_wait: u64,
    /// Seconds until the head of each answer must be there.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    timeout: u32,
    /// Print the head of the answer to standard error, too.
    #[arg(long)]
    verbose: bool,
}

fn url(text: &str) -> Result<http::Uri, String> {
    text.parse::<http::Uri>()
        .ok()
        .filter(|url| matches!(url.scheme_str(), Some("http" | "https")) && url.host().is_some())
        .ok_or_else(|| "it names no site; expected an address like https://booking.example/path".to_owned())
}

fn header(text: &str) -> Result<(http::HeaderName, http::HeaderValue), String> {
    let expected = |what: &str| format!("{what}; expected a header such as \"accept-language: vi\"");
    let (name, value) = text.split_once(':').ok_or_else(|| expected("it has no colon"))?;
    let name = name.trim().parse().map_err(|_| expected("its name is no name"))?;
    let value = value
        .trim()
        .parse()
        .map_err(|_| expected("its value is no value"))?;
    Ok((name, value))
}

fn clearance(text: &str) -> Result<Clearance, String> {
    // Until when it is good only the site knows, and need not be known here.
    Clearance::new(text, u64::MAX)
        .ok_or_else(|| "it is no clearance; expected what --clearance-only prints".to_owned())
}

impl Arguments {
    fn request(&self) -> anyhow::Result<http::Request<Vec<u8>>> {
        let body = match self.data.as_deref() {
            None => Vec::new(),
            Some(data) => body(data)?,
        };
        let method = self.method.clone().unwrap_or(if self.data.is_some() {
            http::Method::POST
        } else {
            http::Method::GET
        });
        let mut request = http::Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = self.url.clone();
        for (name, value) in &self.headers {
            request.headers_mut().append(name, value.clone());
        }
        Ok(request)
    }

    fn client(&self) -> Result<Client, Error> {
        let agent: Agent = Agent::config_builder()
            .user_agent(concat!("levee/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(Duration::from_secs(10)))
            .timeout_recv_response(Some(Duration::from_secs(self.timeout.into())))
            .build()
            .into();
        let told = Told::new();
        let mut builder = Client::builder()
            .agent(agent)
            .limits(Limits {
                rounds: ROUNDS,
                wait: Duration::from_secs(self.max_wait),
                work: self.max_work,
            })
            .observer(move |event| told.tell(event));
        if let Some(threads) = self.threads.and_then(|n| NonZero::new(usize::from(n))) {
            builder = builder.threads(threads);
        }
        let client = builder.build();
        if let Some(clearance) = &self.clearance {
            client.resume(&self.url, clearance.clone())?;
        }
        Ok(client)
    }
}

fn body(data: &str) -> anyhow::Result<Vec<u8>> {
    match data.strip_prefix('@') {
        None => Ok(data.as_bytes().to_vec()),
        Some("-") => {
            let mut bytes = Vec::new();
            io::stdin()
                .read_to_end(&mut bytes)
                .context("cannot read standard input")?;
            Ok(bytes)
        }
        Some(path) => fs::read(path).with_context(|| format!("cannot read the body {path}")),
    }
}

/// Asks for the URL as an app would.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let request = arguments.request()?;
    let outcome = arguments.client().and_then(|client| {
        if arguments.clearance_only {
            client
                .earn(&AtomicBool::new(false), &request)
                .map(Outcome::Clearance)
        } else {
            client
                .send(&request)
                .map(|answer| Outcome::Answer(Box::new(answer)))
        }
    });
    match outcome {
        Ok(Outcome::Answer(answer)) => print(*answer, arguments.verbose),
        Ok(Outcome::Clearance(Some(clearance))) => {
            println!("{}", clearance.text());
            Ok(ExitCode::SUCCESS)
        }
        Ok(Outcome::Clearance(None)) => {
            eprintln!("the site asks for no clearance at present");
            Ok(ExitCode::from(NO_CLEARANCE))
        }
        Err(Error::GiveUp(error)) => {
            let option = match error {
                GiveUp::TooMuchWork { .. } => " (--max-work)",
                GiveUp::TooLongAWait { .. } => " (--max-wait)",
                _ => "",
            };
            eprintln!("error: {error}{option}");
            Ok(ExitCode::from(GAVE_UP))
        }
        Err(error) => Err(error.into()),
    }
}

enum Outcome {
    Answer(Box<http::Response<Body>>),
    Clearance(Option<Clearance>),
}

fn print(answer: http::Response<Body>, with_head: bool) -> anyhow::Result<ExitCode> {
    let (head, body) = answer.into_parts();
    let is_error = head.status.is_client_error() || head.status.is_server_error();
    if with_head {
        eprintln!("{:?} {}", head.version, head.status);
        for (name, value) in &head.headers {
            eprintln!("{name}: {}", String::from_utf8_lossy(value.as_bytes()));
        }
    } else if is_error {
        eprintln!("the site answered with status {}", head.status);
    }
    let mut out = io::stdout().lock();
    io::copy(&mut body.into_reader(), &mut out).context("cannot read or print the answer")?;
    out.flush().context("cannot print the answer")?;
    Ok(if is_error {
        ExitCode::from(ERROR_STATUS)
    } else {
        ExitCode::SUCCESS
    })
}
