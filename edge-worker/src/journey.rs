//! The way to the objects that keep the ledger, and back.

use crate::{
    isolate::Isolate,
    sources::{self, RuntimeEntropy},
};
use futures_util::future::{Either, select};
use levee_core::{
    Decision, Ports, Request,
    ledger::{
        Ledger,
        remote::{Attempt, Question, Reply, Transcript},
    },
    time::Timestamp,
};
use std::{fmt, pin::pin, time::Duration};
use worker::{Delay, Env, Method, RequestInit, console_error};

/// The binding of the objects' namespace.
const NAMESPACE: &str = "LEVEE_LEDGER";

/// Objects answer within milliseconds; a client that waits longer than this is better served by what the isolate knows.
const PATIENCE: Duration = Duration::from_secs(2);

/// Why nothing was learned from an object.
enum Failure {
    /// The runtime's error.
    Runtime(worker::Error),
    /// It answered with something else.
    Nonsense,
    /// It did not answer in time.
    Late,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Runtime(error) => error.fmt(f),
            Self::Nonsense => f.write_str("it answers what nobody asked"),
            Self::Late => write!(f, "nothing came within {} s", PATIENCE.as_secs()),
        }
    }
}

impl From<worker::Error> for Failure {
    fn from(error: worker::Error) -> Self {
        Self::Runtime(error)
    }
}

/// What a request came to. `None` when the isolate's memory is in use, which cannot be between two waits.
pub(crate) async fn decide<'i>(
    isolate: &'i Isolate,
    env: &Env,
    request: &Request<'_>,
    now: Timestamp,
) -> Option<Decision<'i>> {
    settle(isolate, env, |ledger| {
        let ports = Ports {
            now,
            ledger,
            entropy: &mut RuntimeEntropy,
        };
        isolate.filter.decide(request, ports)
    })
    .await
}

/// Tells all isolates how the origin answered this one.
pub(crate) async fn report(isolate: &Isolate, env: &Env) {
    let (answers, now) = (isolate.take_answers(), sources::now());
    settle(isolate, env, |ledger| isolate.filter.report(answers, ledger, now)).await;
}

/// Runs `step` until everything that it asked of the ledger has been answered.
async fn settle<T>(isolate: &Isolate, env: &Env, mut step: impl FnMut(&mut dyn Ledger) -> T) -> Option<T> {
    let mut transcript = Transcript::new();
    loop {
        let (outcome, question) = {
            let mut node = isolate.node.try_borrow_mut().ok()?;
            let outcome = step(&mut Attempt::new(&mut node, &mut transcript));
            (outcome, node.question(&mut transcript, sources::now()))
        };
        let Some(question) = question else {
            return Some(outcome);
        };
        let answer = ask(env, &question).await;
        let mut node = isolate.node.try_borrow_mut().ok()?;
        let (home, now) = (question.home, sources::now());
        match answer {
            Ok(replies) => node.learn(&mut transcript, home, &replies, now),
            Err(failure) => {
                console_error!("the ledger's {home} does not answer: {failure}");
                node.fail(&mut transcript, home, now);
            }
        }
    }
}

async fn ask(env: &Env, question: &Question) -> Result<Vec<Reply>, Failure> {
    let answer = pin!(fetch(env, question));
    let patience = pin!(Delay::from(PATIENCE));
    match select(answer, patience).await {
        Either::Left((answer, _)) => answer,
        Either::Right(_) => Err(Failure::Late),
    }
}

async fn fetch(env: &Env, question: &Question) -> Result<Vec<Reply>, Failure> {
    let body = serde_json::to_string(&question.asks).map_err(|_| Failure::Nonsense)?;
    let mut init = RequestInit::new();
    init.with_method(Method::Post).with_body(Some(body.into()));
    // The host is a formality; the object is found by its name.
    let request = worker::Request::new_with_init("https://ledger/", &init)?;
    let object = env
        .durable_object(NAMESPACE)?
        .get_by_name(&question.home.to_string())?;
    let mut response = object.fetch_with_request(request).await?;
    if response.status_code() != 200 {
        return Err(Failure::Nonsense);
    }
    serde_json::from_str(&response.text().await?).map_err(|_| Failure::Nonsense)
}
