//! What a play is: a filter with its configuration, what a client does, and how the origin answers.

use crate::message::Message;
use std::time::Duration;

/// What becomes of requests after a trap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Policy {
    Closed,
    Open,
    /// At most once in so long.
    Reload(Duration),
}

/// Something that a client does, one after the other.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Sends a request and waits for the response.
    Send(Message),
    /// Sends a request, waits so long, and hangs up.
    GiveUp(Message, Duration),
    /// Waits.
    Pass(Duration),
}

/// What the origin does with a request.
#[derive(Clone, Debug)]
pub(crate) enum Reaction {
    Answer(Message),
    /// Cuts the connection off.
    Reset,
    /// So much later.
    After(Duration, Box<Reaction>),
}

/// A play, to be played in both hosts.
#[derive(Clone, Debug)]
pub(crate) struct Play {
    pub(crate) name: &'static str,
    /// The module.
    pub(crate) guest: &'static str,
    pub(crate) configuration: String,
    pub(crate) vm_configuration: String,
    pub(crate) policy: Policy,
    /// Most body bytes that are held.
    pub(crate) buffer: usize,
    pub(crate) steps: Vec<Step>,
    /// To each request in turn; the last one to all further ones.
    pub(crate) origin: Vec<Reaction>,
}

/// A play of the tracing guest with this script.
pub(crate) fn probe(name: &'static str, script: &str) -> Play {
    Play::of(name, "probe").configured(script)
}

impl Play {
    pub(crate) fn of(name: &'static str, guest: &'static str) -> Self {
        Self {
            name,
            guest,
            configuration: String::new(),
            vm_configuration: String::new(),
            policy: Policy::Closed,
            buffer: 1 << 20,
            steps: Vec::new(),
            origin: vec![Reaction::Answer(
                Message::response(200)
                    .with("x-origin", "1")
                    .with_body("from the origin"),
            )],
        }
    }

    /// The same for ABI 0.1.0.
    pub(crate) fn in_01(mut self) -> Self {
        self.guest = "probe_01";
        self
    }

    pub(crate) fn configured(mut self, configuration: &str) -> Self {
        self.configuration = configuration.to_owned();
        self
    }

    pub(crate) fn vm_configured(mut self, configuration: &str) -> Self {
        self.vm_configuration = configuration.to_owned();
        self
    }

    pub(crate) fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    pub(crate) fn buffer(mut self, bytes: usize) -> Self {
        self.buffer = bytes;
        self
    }

    pub(crate) fn send(mut self, request: Message) -> Self {
        self.steps.push(Step::Send(request));
        self
    }

    /// `GET /`.
    pub(crate) fn get(self) -> Self {
        self.send(Message::get("/"))
    }

    pub(crate) fn give_up(mut self, request: Message, milliseconds: u64) -> Self {
        self.steps
            .push(Step::GiveUp(request, Duration::from_millis(milliseconds)));
        self
    }

    pub(crate) fn pass(mut self, milliseconds: u64) -> Self {
        self.steps.push(Step::Pass(Duration::from_millis(milliseconds)));
        self
    }

    /// The origin answers so, to every request.
    pub(crate) fn origin(self, response: Message) -> Self {
        self.origin_does(Reaction::Answer(response))
    }

    pub(crate) fn origin_does(mut self, reaction: Reaction) -> Self {
        self.origin = vec![reaction];
        self
    }

    /// What the origin does with its request of that number, from 0.
    pub(crate) fn reaction(&self, number: usize) -> Option<&Reaction> {
        self.origin.get(number).or(self.origin.last())
    }
}
