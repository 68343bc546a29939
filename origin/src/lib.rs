//! A hospital's booking app for examination queue numbers.
//!
//! [`Origin`] is the app: its tickets, its clock and its name. [`router`] makes it answer requests, as pages for
//! people and as JSON for programs; [`server::Server`] puts that on a socket. A request goes through
//! [`booking::Draft`], as it came in, and [`booking::Booking`], checked, to a [`ticket::Ticket`] in the
//! [`store::Store`].

mod access_log;
mod api;
mod issuing;
mod security_headers;
mod web;

pub mod booking;
pub mod clock;
pub mod config;
pub mod department;
pub mod desk_access;
pub mod idempotency;
pub mod language;
pub mod live;
pub mod messages;
pub mod metrics;
pub mod money;
pub mod offer;
pub mod payment;
pub mod problem;
pub mod public_url;
pub mod qr;
pub mod queue;
pub mod readiness;
pub mod retention;
pub mod server;
pub mod session;
pub mod shutdown;
pub mod store;
pub mod terms;
pub mod ticket;

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    http::{Method, StatusCode},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};

use jiff::{Span, ToSpan};

use crate::{
    access_log::AccessLog,
    clock::Clock,
    config::Config,
    desk_access::{DeskAccess, InvalidTokenFile},
    live::Live,
    metrics::Metrics,
    payment::{InvalidPayee, KeyFileError, PayRequest, Payee, Secrets},
    problem::Problem,
    public_url::{InvalidPublicUrl, PublicUrl},
    readiness::Readiness,
    store::Store,
    terms::Terms,
    ticket::Ticket,
};

/// The largest body of a request, in bytes.
const BODY_LIMIT: usize = 16 * 1024;

/// How long a request may take from the end of its head to its answer.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// The app. Dropping the last reference answers what waits for the database, closes it and completes the access
/// log.
pub struct Origin {
    hospital: String,
    terms: Terms,
    payee: Option<Payee>,
    payment_secrets: Option<Secrets>,
    retention: Span,
    clock: Clock,
    store: Store,
    access_log: Option<AccessLog>,
    metrics: Metrics,
    readiness: Readiness,
    public_url: Option<PublicUrl>,
    desk: Option<DeskAccess>,
    live: Arc<Live>,
}

type SharedOrigin = Arc<Origin>;

/// The app cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] store::OpenError),
    /// An option cannot be followed.
    #[error(transparent)]
    Terms(#[from] terms::InvalidTerms),
    /// Nobody can be paid so.
    #[error(transparent)]
    Payee(#[from] InvalidPayee),
    /// The payment provider's secrets cannot be used.
    #[error(transparent)]
    PaymentKeys(#[from] KeyFileError),
    /// The app and its metrics cannot both be there.
    #[error(
        "--listen and --metrics-listen are both {0}: give metrics a port of their own, which patients do not reach"
    )]
    SameAddress(SocketAddr),
    /// The address of the pages is none.
    #[error(transparent)]
    PublicUrl(#[from] InvalidPublicUrl),
    /// The desk's token cannot be used.
    #[error(transparent)]
    DeskToken(#[from] InvalidTokenFile),
    /// The access log cannot be used.
    #[error("cannot open the access log {path}: {source}; choose a file that this user may write to")]
    AccessLog {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
}

impl Origin {
    /// Opens the database and the access log that the configuration names.
    ///
    /// # Errors
    /// When one of them cannot be used; the error says what to do about it.
    pub async fn open(config: &Config, clock: Clock) -> Result<Self, OpenError> {
        // Every option is looked at before anything is made.
        if config.metrics_listen == Some(config.listen) && config.listen.port() != 0 {
            return Err(OpenError::SameAddress(config.listen));
        }
        let terms = Terms::of(config)?;
        let payee = config
            .pay_to
            .as_deref()
            .map(|account| Payee::parse(account, &config.pay_name));
        let payee = payee.transpose()?;
        let payment_secrets = config.payment_key_file.as_deref().map(Secrets::read);
        let payment_secrets = payment_secrets.transpose()?;
        let public_url = config.public_url.as_deref().map(PublicUrl::parse).transpose()?;
        let desk = config.desk_token_file.as_deref().map(DeskAccess::open);
        let desk = desk.transpose()?;
        let access_log = config.access_log.as_ref().map(|path| {
            AccessLog::open(path).map_err(|source| OpenError::AccessLog {
                path: path.clone(),
                source,
            })
        });
        let access_log = access_log.transpose()?;
        let store = Store::open(&config.database).await?;
        let metrics = Metrics::of(&store);
        Ok(Self {
            hospital: config.hospital.clone(),
            terms,
            payee,
            payment_secrets,
            retention: i64::from(config.retention_days).days(),
            clock,
            public_url,
            desk,
            live: Arc::new(Live::new(metrics.streams.clone())),
            metrics,
            store,
            access_log,
            readiness: Readiness::default(),
        })
    }

    /// What is counted and measured.
    #[must_use]
    pub fn metrics(&self) -> Metrics {
        self.metrics.clone()
    }

    /// Whether requests should be sent here.
    #[must_use]
    pub fn readiness(&self) -> Readiness {
        self.readiness.clone()
    }

    /// What the holder of a ticket is asked to pay; `None` when there is nothing to pay, or no account to pay into.
    pub(crate) fn pay_request(&self, ticket: &Ticket) -> Option<PayRequest> {
        self.payee.as_ref()?.request(ticket)
    }

    /// What publishes changes to those who watch; to be ended when the app is asked to end.
    #[must_use]
    pub fn live(&self) -> Arc<Live> {
        Arc::clone(&self.live)
    }
}

/// Everything that the app answers. It has to be called within a runtime of Tokio, where it starts to watch the queues.
pub fn router(origin: impl Into<Arc<Origin>>) -> Router {
    let origin = origin.into();
    let access_log = origin.access_log.clone();
    let requests = origin.metrics.requests.clone();
    let call_backs = origin.payment_secrets.clone().map(payment::call_back::routes);
    live::follow(&origin);
    // Each layer is outside the ones above it.
    let router = web::routes(&origin)
        .merge(api::routes())
        .merge(payment::routes::routes())
        .merge(call_backs.unwrap_or_default())
        .merge(readiness::routes())
        .fallback(async || Problem::NotFound)
        .method_not_allowed_fallback(other_method)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn(limit_time))
        .layer(middleware::from_fn_with_state(Arc::clone(&origin), problem::show))
        .layer(middleware::map_response(security_headers::add))
        .layer(middleware::from_fn_with_state(requests, metrics::measure));
    let router = match access_log {
        Some(log) => router.layer(middleware::from_fn_with_state(log, access_log::record)),
        None => router,
    };
    router.with_state(origin)
}

/// What an address answers to a method that it does not know; axum adds which it knows.
async fn other_method(method: Method) -> Response {
    if method == Method::OPTIONS {
        StatusCode::NO_CONTENT.into_response()
    } else {
        Problem::MethodNotAllowed.into_response()
    }
}

async fn limit_time(request: Request, next: Next) -> Response {
    tokio::time::timeout(REQUEST_TIMEOUT, next.run(request))
        .await
        .unwrap_or_else(|_| Problem::TimedOut.into_response())
}
