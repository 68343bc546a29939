//! The settings of a client.

use super::{Client, Event, Observer};
use crate::Limits;
use core::{num::NonZero, time::Duration};
use std::{collections::HashMap, sync::Mutex, thread};
use ureq::Agent;

/// How long a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long the head of an answer may take.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);

/// Makes a [`Client`].
#[derive(Default)]
pub struct ClientBuilder {
    agent: Option<Agent>,
    limits: Limits,
    threads: Option<NonZero<usize>>,
    observer: Option<Observer>,
}

impl ClientBuilder {
    /// How far the client goes for one request.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The threads that solve; if not said, as many as the machine has processors.
    #[must_use]
    pub fn threads(mut self, threads: NonZero<usize>) -> Self {
        self.threads = Some(threads);
        self
    }

    /// The agent that sends, with its timeouts, its proxy and the authorities that it trusts. If not said,
    /// one that waits ten seconds for a connection and a minute for an answer. Statuses are never errors and
    /// redirects never followed, whatever it says of them.
    #[must_use]
    pub fn agent(mut self, agent: Agent) -> Self {
        self.agent = Some(agent);
        self
    }

    /// Who is told what the client does, on the thread that sends.
    #[must_use]
    pub fn observer(mut self, observer: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        self.observer = Some(Box::new(observer));
        self
    }

    /// The client.
    #[must_use]
    pub fn build(self) -> Client {
        Client {
            agent: self.agent.unwrap_or_else(|| {
                Agent::config_builder()
                    .timeout_connect(Some(CONNECT_TIMEOUT))
                    .timeout_recv_response(Some(ANSWER_TIMEOUT))
                    .build()
                    .into()
            }),
            limits: self.limits,
            threads: self
                .threads
                .or_else(|| thread::available_parallelism().ok())
                .unwrap_or(NonZero::<usize>::MIN),
            observer: self.observer.unwrap_or_else(|| Box::new(|_| {})),
            sessions: Mutex::new(HashMap::new()),
        }
    }
}

impl core::fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("limits", &self.limits)
            .field("threads", &self.threads)
            .finish_non_exhaustive()
    }
}
