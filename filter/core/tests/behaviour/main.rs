//! The behaviour that users rely on, with the core alone: no host, and a clock that stands still.

mod at_a_distance;
mod at_hand;

use levee_behaviour::{Answer, Message, Site};
use levee_core::{Action, Assets, Decision, Entropy, Filter, Header, Policy, Request, time::Timestamp};
use serde_json::Value;
use std::{net::IpAddr, time::Duration};

/// Where the state lives that decisions depend on.
trait State {
    fn new(policy: &Policy) -> Self;

    fn decide<'f>(
        &mut self,
        filter: &'f Filter,
        request: &Request<'_>,
        now: Timestamp,
        entropy: &mut Counter,
    ) -> Decision<'f>;
}

/// The core and an origin that is not there.
struct Core<S> {
    filter: Filter,
    state: S,
    entropy: Counter,
    now: Timestamp,
}

/// Bytes that are never the same twice; tests need no more.
struct Counter(u128);

impl Entropy for Counter {
    fn draw(&mut self) -> Option<[u8; 16]> {
        self.0 += 1;
        Some(self.0.to_be_bytes())
    }
}

fn start<S: State>(configuration: &Value) -> Core<S> {
    let policy = match Policy::from_json(configuration.to_string().as_bytes()) {
        Ok(policy) => policy,
        Err(problems) => panic!("{problems:#?}"),
    };
    Core {
        state: S::new(&policy),
        filter: Filter::new(
            policy,
            Assets {
                solver: b"self.onmessage = () => {};",
                client: b"self.levee = {};",
            },
        ),
        entropy: Counter(0),
        now: Timestamp::from_seconds(1_790_000_000),
    }
}

impl<S: State> Site for Core<S> {
    fn send(&mut self, message: &Message) -> Answer {
        let mut headers = vec![
            (b":method".to_vec(), message.method.clone().into_bytes()),
            (b":path".to_vec(), message.target.clone()),
            (b":authority".to_vec(), message.authority.clone().into_bytes()),
            (b":scheme".to_vec(), message.scheme.as_bytes().to_vec()),
        ];
        headers.extend(
            message
                .headers
                .iter()
                .map(|(name, value)| (name.to_ascii_lowercase(), value.clone())),
        );
        let views: Vec<Header<'_>> = headers
            .iter()
            .map(|(name, value)| (&name[..], &value[..]))
            .collect();
        let request = Request::new(&views, Some(IpAddr::V4(message.peer)));
        let decision = self
            .state
            .decide(&self.filter, &request, self.now, &mut self.entropy);
        let verdict = decision.field();
        match decision.action {
            Action::Forward(changes) => {
                headers.retain(|(name, _)| !changes.remove.contains(name));
                for (name, value) in [("levee-client", changes.client), ("levee-verdict", verdict)] {
                    headers.retain(|(its_name, _)| its_name != name.as_bytes());
                    headers.push((name.as_bytes().to_vec(), value.into_bytes()));
                }
                let headers_of_answer = changes.answer.into_iter();
                Answer {
                    status: 200,
                    headers: headers_of_answer
                        .map(|(name, value)| (name.to_owned(), value.into_bytes()))
                        .collect(),
                    body: Vec::new(),
                    at_origin: Some(headers),
                }
            }
            Action::Respond(response) => Answer {
                status: response.status,
                headers: response
                    .headers
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value.into_owned().into_bytes()))
                    .collect(),
                body: response.body.into_owned(),
                at_origin: None,
            },
        }
    }

    fn now(&self) -> Timestamp {
        self.now
    }

    fn pass(&mut self, time: Duration) {
        let nanos = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.now = self.now.saturating_add(nanos);
    }
}
