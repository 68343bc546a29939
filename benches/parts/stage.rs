//! The module in the embedded host, in one situation: its clock moves with the requests, and nothing else does.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use levee_harness::{
    Clock, Exchange, Host, ManualClock, Module, Outcome, Request, Response, SeededEntropy, Usage, Vm,
};

use crate::situation::{START, Situation, WARM_UP};

/// A worker that all clients are known to, and the requests that are to come.
pub(crate) struct Stage {
    pub(crate) host: Host,
    pub(crate) requests: Requests,
}

/// The requests of a situation. Each sets the clock to its time.
pub(crate) struct Requests {
    situation: Situation,
    sent: u64,
    clock: Arc<ManualClock>,
}

/// What exchanges have cost, all together.
#[derive(Clone, Debug)]
pub(crate) struct Cost {
    /// Callbacks, bytes handed over and fuel.
    pub(crate) usage: Usage,
    /// Calls of each host function that was called.
    pub(crate) host_calls: BTreeMap<&'static str, u64>,
}

impl Stage {
    /// Starts the module as `situation` has it, and sends what comes before anything is measured.
    pub(crate) fn start(situation: Situation, module: &Module) -> Self {
        let clock = Arc::new(ManualClock::at(Duration::from_secs(START)));
        let host = Host::builder()
            .loaded(module.clone())
            .configuration(situation.configuration.to_string())
            .clock(Arc::clone(&clock) as Arc<dyn Clock>)
            .entropy(Arc::new(SeededEntropy::new(1)))
            .start()
            .unwrap_or_else(|error| panic!("{}: {error}", situation.name));
        let mut stage = Self {
            host,
            requests: Requests {
                situation,
                sent: 0,
                clock,
            },
        };
        for _ in 0..WARM_UP {
            stage.exchange();
        }
        stage
    }

    /// What `count` exchanges cost, each of which must be the one that the situation is there for.
    pub(crate) fn measure(&mut self, count: u32) -> Cost {
        let before = self.cost();
        for _ in 0..count {
            let exchange = self.exchange();
            self.requests.situation.check(&exchange);
        }
        let mut cost = self.cost();
        cost.usage = cost.usage - before.usage;
        for (function, calls) in &mut cost.host_calls {
            *calls -= before.host_calls.get(function).copied().unwrap_or_default();
        }
        cost.host_calls.retain(|_, calls| *calls > 0);
        cost
    }

    /// What the worker has cost since it was started.
    fn cost(&mut self) -> Cost {
        let worker = self.host.worker(0);
        Cost {
            usage: worker.usage(),
            host_calls: worker.host_calls().collect(),
        }
    }

    fn exchange(&mut self) -> Exchange {
        let request = self.requests.next();
        exchange(self.host.worker(0), request)
    }
}

impl Requests {
    /// The next request; it is its time now.
    pub(crate) fn next(&mut self) -> Request {
        let step = self.situation.step;
        if self.sent > 0 {
            self.clock.advance(step);
        }
        let message = (self.situation.message)(self.sent, self.clock.now().as_secs());
        self.sent += 1;
        let mut request = Request::new(&message.method, &message.target)
            .host(&message.authority)
            .scheme(message.scheme)
            .source((message.peer, 40_000).into());
        for (name, value) in &message.headers {
            request.headers.append(name, value);
        }
        request
    }
}

/// Takes a request through the module; the origin answers it with a few headers.
pub(crate) fn exchange(worker: &mut Vm, request: Request) -> Exchange {
    worker.exchange(request, |_| {
        Response::new(200)
            .header("content-type", "text/html; charset=utf-8")
            .header("cache-control", "no-store")
            .header("server", "origin")
            .header("vary", "accept-encoding")
    })
}

impl Situation {
    /// That it came to what the situation is there for.
    fn check(&self, exchange: &Exchange) {
        let Outcome::Response(response) = &exchange.outcome else {
            panic!("{}: there is no answer: {exchange:#?}", self.name)
        };
        assert_eq!(response.status, self.status, "{}: {exchange:#?}", self.name);
        if let Some(forwarded) = &exchange.forwarded {
            let verdict = forwarded.headers.get("levee-verdict").unwrap_or_default();
            let reason = format!("reason={}", self.reason);
            assert!(
                String::from_utf8_lossy(verdict).contains(&reason),
                "{}: {exchange:#?}",
                self.name
            );
        }
    }
}
