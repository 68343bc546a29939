//! Somebody who wants something, and asks until there is an answer.

use std::time::Duration;

use http::{Request, request::Builder};
use jiff::Timestamp;
use tokio::sync::mpsc::UnboundedSender;

use super::FEE;
use crate::{
    call_back::sign,
    support::{Issued, JSON, Queue, WebClient},
};

const DEPARTMENTS: [&str; 3] = ["cardiology", "paediatrics", "obstetrics"];
const SESSIONS: [&str; 2] = ["morning", "afternoon"];

/// What somebody wants, under a name by which it can be wished again.
#[derive(Clone)]
pub(super) enum Wish {
    /// A number of the queue, under this idempotency key.
    Number { queue: Queue, key: String },
    /// That a payment for this ticket's code is recorded, under this name.
    Payment { code: String, transaction: String },
}

/// What came of a wish.
#[derive(Clone)]
pub(super) enum Answer {
    Booked(Issued),
    Full,
    Recorded,
}

/// Somebody who books and pays, and books and pays, and asks again for what was not answered.
pub(super) struct Visitor {
    index: usize,
    wishes: usize,
    unanswered: Option<Wish>,
    to_be_paid: Option<String>,
}

impl Visitor {
    pub(super) fn several(number: usize) -> Vec<Self> {
        let visitor = |index| Self {
            index,
            wishes: 0,
            unanswered: None,
            to_be_paid: None,
        };
        (0..number).map(visitor).collect()
    }

    /// Asks until the program, or whoever listens, is gone.
    pub(super) async fn visit(
        mut self,
        client: WebClient,
        days: Vec<String>,
        tell: UnboundedSender<(Wish, Answer)>,
    ) -> Self {
        loop {
            let wish = self.wish(&days);
            match wish.ask(&client).await {
                Some(answer) => {
                    if tell.send((wish, answer.clone())).is_err() {
                        // As good as unanswered: nobody has noted it.
                        return self;
                    }
                    self.unanswered = None;
                    self.to_be_paid = match answer {
                        Answer::Booked(issued) => Some(issued.code),
                        Answer::Full | Answer::Recorded => None,
                    };
                }
                None if client.get("/api/departments").await.is_err() => return self,
                // The program lives, its database does not: ask again, as the answer's Retry-After says, only sooner.
                None => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    }

    /// What was not answered, or else something new.
    fn wish(&mut self, days: &[String]) -> Wish {
        if let Some(unanswered) = &self.unanswered {
            return unanswered.clone();
        }
        let name = format!("visitor-{}-wish-{}", self.index, self.wishes);
        let turn = self.index + self.wishes / 2;
        self.wishes += 1;
        let wish = match self.to_be_paid.take() {
            Some(code) => Wish::Payment {
                code,
                transaction: name,
            },
            None => Wish::Number {
                queue: (
                    DEPARTMENTS[turn % DEPARTMENTS.len()].to_owned(),
                    days[turn / DEPARTMENTS.len() % days.len()].clone(),
                    SESSIONS[turn / (DEPARTMENTS.len() * days.len()) % SESSIONS.len()].to_owned(),
                ),
                key: name,
            },
        };
        self.unanswered = Some(wish.clone());
        wish
    }

    pub(super) fn unanswered(self) -> Option<Wish> {
        self.unanswered
    }
}

impl Wish {
    /// `None` when there was no answer, or one that says to ask again.
    pub(super) async fn ask(&self, client: &WebClient) -> Option<Answer> {
        let (request, body) = match self {
            Self::Number { queue, key } => booking(queue, key),
            Self::Payment { code, transaction } => call_back(code, transaction),
        };
        let request = request.header("content-type", JSON);
        let answer = client.send(request, body).await.ok()?;
        match (self, answer.status.as_u16()) {
            (Self::Number { .. }, 201) => Some(Answer::Booked(answer.issued())),
            (Self::Number { .. }, 409) => Some(Answer::Full),
            (Self::Payment { .. }, 204) => Some(Answer::Recorded),
            (_, 503) => None,
            (_, status) => panic!("{status}: {}", answer.body),
        }
    }
}

fn booking((department, day, session): &Queue, key: &str) -> (Builder, String) {
    (
        Request::post("/api/tickets").header("idempotency-key", key),
        format!(r#"{{"department":"{department}","day":"{day}","session":"{session}"}}"#),
    )
}

fn call_back(code: &str, transaction: &str) -> (Builder, String) {
    let body = format!(
        r#"{{"transaction":"{transaction}","amount":{FEE},"purpose":"{code}","paid_at":"2026-03-02T17:29:00Z"}}"#
    );
    let timestamp = Timestamp::now().as_second().to_string();
    let signature = sign(transaction, &timestamp, body.as_bytes());
    let request = Request::post("/payment/callback")
        .header("webhook-id", transaction)
        .header("webhook-timestamp", timestamp)
        .header("webhook-signature", signature);
    (request, body)
}
