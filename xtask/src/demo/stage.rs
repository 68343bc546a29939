//! The programs that the incident is played with: the origin, and a host with the filter in front of it.

use super::settings;
use crate::{build, tools, workspace::Workspace};
use anyhow::Context as _;
use clap::ValueEnum;
use levee_testing::{
    Envoy, EnvoyConfig, EnvoyOptions, Origin, OriginOptions, Payments, Program, Serve, ServeOptions, Worker,
    Workerd, WorkerdOptions,
};
use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

/// The file with the filter's configuration, in the stage's own folder.
const CONFIGURATION: &str = "levee.json";

/// The file with the payment provider's key, there too.
const PAYMENT_KEY: &str = "payment.key";

/// Lines of the host's log that are worth reading when the flood was not held.
const LOG_LINES: usize = 15;

/// What the filter runs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum HostKind {
    /// `levee serve`, the embedded host
    Wasmtime,
    /// Envoy, with the configuration in deploy/envoy/
    Envoy,
    /// workerd, the runtime of Cloudflare Workers, with an isolate for each worker over one set of Durable Objects
    Workerd,
}

impl HostKind {
    /// The name in the report.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Wasmtime => "wasmtime",
            Self::Envoy => "envoy",
            Self::Workerd => "workerd",
        }
    }

    /// Whether clients are told apart by what an edge in front says of them.
    pub(crate) const fn is_behind_edge(self) -> bool {
        matches!(self, Self::Workerd)
    }
}

/// Everything that runs. Ends when dropped.
pub(crate) struct Stage {
    kind: HostKind,
    workers: u32,
    host: Host,
    origin: Origin,
    command: PathBuf,
    reports: PathBuf,
    directory: TempDir,
}

enum Host {
    Wasmtime(Serve),
    Envoy(Envoy),
    Workerd(Workerd),
}

impl Host {
    fn program(&self) -> &Program {
        match self {
            Self::Wasmtime(serve) => serve.program(),
            Self::Envoy(envoy) => envoy.program(),
            Self::Workerd(workerd) => workerd.program(),
        }
    }
}

impl Stage {
    /// Builds and finds all that is needed, and starts it: a fresh database, and a host with so many worker threads,
    /// each with a VM of its own.
    ///
    /// # Errors
    ///
    /// When something cannot be built, found or started; says what, and what its log says.
    pub(crate) fn set(kind: HostKind, workers: u32) -> anyhow::Result<Self> {
        let workspace = Workspace::locate()?;
        let module = build::modules(&workspace)?.module;
        let binaries = build::binaries(&workspace)?;
        let directory = tempfile::Builder::new().prefix("levee-demo-").tempdir()?;
        fs::write(directory.path().join(PAYMENT_KEY), settings::payment_key())?;
        let origin = Origin::start(OriginOptions {
            binary: &binaries.origin,
            directory: directory.path(),
            payments: Some(Payments {
                fee: settings::FEE,
                key_file: &directory.path().join(PAYMENT_KEY),
            }),
            desk_token_file: None,
        })
        .context("starting the origin")?;
        let configuration = settings::filter_configuration();
        fs::write(directory.path().join(CONFIGURATION), &configuration)?;
        let host = match kind {
            HostKind::Wasmtime => Serve::start(ServeOptions {
                binary: &binaries.levee,
                module: &module,
                configuration: &configuration,
                upstream: origin.address(),
                workers,
            })
            .map(Host::Wasmtime)
            .context("starting the filter in `levee serve`")?,
            HostKind::Envoy => {
                let envoy = tools::envoy(&workspace)?;
                start_envoy(&envoy, &workspace, &module, &configuration, &origin, workers).map(Host::Envoy)?
            }
            HostKind::Workerd => {
                let workerd = tools::workerd(&workspace)?;
                let bundle = build::bundle(&workspace, &binaries, build::Variant::Shipped)?;
                start_workerd(&workerd, &bundle, &configuration, &origin, workers).map(Host::Workerd)?
            }
        };
        Ok(Self {
            kind,
            workers,
            host,
            origin,
            command: binaries.levee,
            reports: workspace.levee(),
            directory,
        })
    }

    /// The `levee` command.
    pub(crate) fn command(&self) -> &Path {
        &self.command
    }

    /// Where reports are written.
    pub(crate) fn reports(&self) -> &Path {
        &self.reports
    }

    /// A folder for what is needed meanwhile.
    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// The filter's configuration.
    pub(crate) fn configuration_file(&self) -> PathBuf {
        self.directory.path().join(CONFIGURATION)
    }

    /// The payment provider's key.
    pub(crate) fn payment_key_file(&self) -> PathBuf {
        self.directory.path().join(PAYMENT_KEY)
    }

    /// What the filter runs in.
    pub(crate) const fn kind(&self) -> HostKind {
        self.kind
    }

    /// Worker threads of the host.
    pub(crate) const fn workers(&self) -> u32 {
        self.workers
    }

    /// Where clients go, to the filter: all lead to the same.
    pub(crate) fn doors(&self) -> Vec<SocketAddr> {
        match &self.host {
            Host::Wasmtime(serve) => vec![serve.address()],
            Host::Envoy(envoy) => vec![envoy.address()],
            Host::Workerd(workerd) => workerd.addresses().to_vec(),
        }
    }

    /// The origin behind the filter.
    pub(crate) const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Memory that the host holds now, in bytes; zero when its process is gone.
    pub(crate) fn host_memory(&self) -> u64 {
        self.host.program().resident_bytes().unwrap_or_default()
    }

    /// The end of what the host logged, access log lines left out.
    pub(crate) fn host_log_tail(&self) -> String {
        let log = self.host.program().log();
        let mut lines: Vec<_> = log
            .lines()
            .rev()
            .filter(|line| !line.starts_with('{'))
            .take(LOG_LINES)
            .collect();
        lines.reverse();
        lines.join("\n")
    }
}

fn start_envoy(
    envoy: &PathBuf,
    workspace: &Workspace,
    module: &Path,
    configuration: &str,
    origin: &Origin,
    workers: u32,
) -> anyhow::Result<Envoy> {
    let config = EnvoyConfig::shipped(workspace.root())?
        .with_free_ports()?
        .with_origin(origin.address())?
        .with_module(module)?
        .with_plugin_configuration(configuration)?;
    Envoy::start(EnvoyOptions {
        binary: envoy,
        config: &config,
        working_dir: workspace.root(),
        workers,
    })
    .context("starting the filter in Envoy")
}

fn start_workerd(
    workerd: &Path,
    bundle: &Path,
    configuration: &str,
    origin: &Origin,
    workers: u32,
) -> anyhow::Result<Workerd> {
    Workerd::start(WorkerdOptions {
        binary: workerd,
        workers: &Worker::levee(
            bundle,
            &[("LEVEE_CONFIG", configuration)],
            usize::try_from(workers)?,
        ),
        origin: origin.address(),
        storage: None,
        certificate: None,
    })
    .context("starting the filter in workerd")
}
