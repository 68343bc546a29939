//! One per request: asks the core and has carried out what it decides.

use crate::{
    head::Head,
    isolate::Isolate,
    journey::Journey,
    runtime,
    sources::{self, RuntimeEntropy},
    upkeep,
};
use levee_core::{Action, Decision, Forward, Ports, response::Response, time::Timestamp};
use std::{panic::UnwindSafe, rc::Rc};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use worker::{Context, Env, js_sys::JsString, web_sys::Request};

/// A request that is being decided.
#[wasm_bindgen]
pub struct Exchange {
    isolate: Rc<Isolate>,
    request: Request,
    head: Head,
    env: Env,
    context: Context,
    began: Timestamp,
    journey: Journey,
}

/// A panic ends the exchange that it happens in, and leaves the isolate as it was or with a change half made, each of which is a
/// state that it can be in.
impl UnwindSafe for Exchange {}

impl Exchange {
    /// That of this request; `None` when the isolate cannot work, why having been told once: a flood is not answered with a
    /// flood of lines.
    pub(crate) fn new(request: Request, head: String, env: Env, context: Context) -> Option<Self> {
        Some(Self {
            isolate: Isolate::of(&env)?,
            head: Head::new(head),
            request,
            env,
            context,
            began: sources::now(),
            journey: Journey::default(),
        })
    }

    /// Decides, on what is known, and carries out what was decided, or first asks the object that has to be asked.
    ///
    /// # Errors
    /// When nothing could be decided or carried out. The request is refused then, never let through.
    pub(crate) fn go_on(mut self) -> Result<JsValue, JsValue> {
        let isolate = Rc::clone(&self.isolate);
        let headers = self.head.headers();
        let request = self.head.request(&headers);
        let decision = self.journey.step(&isolate, |ledger| {
            let ports = Ports {
                now: self.began,
                ledger,
                entropy: &mut RuntimeEntropy,
            };
            isolate.filter.decide(&request, ports)
        });
        let decision = decision.ok_or_else(in_use)?;
        match self.journey.question() {
            Some((home, asks)) => Ok(runtime::ask(&self.env.clone(), &home, &asks, self).into()),
            None => self.carry_out(&decision),
        }
    }

    fn carry_out(&self, decision: &Decision<'_>) -> Result<JsValue, JsValue> {
        self.isolate.note(decision, self.began);
        let answer = match &decision.action {
            Action::Forward(changes) => self.forward(changes, &decision.field()),
            Action::Respond(response) => respond(response),
        };
        upkeep::schedule(&self.isolate, &self.env, &self.context);
        answer
    }

    fn forward(&self, changes: &Forward, verdict: &str) -> Result<JsValue, JsValue> {
        let (request, remove, client) = (&self.request, names(&changes.remove), &changes.client);
        let is_watched = self.isolate.policy().capacity.is_some();
        let promise = if is_watched || !changes.answer.is_empty() {
            let added = changes.answer.iter().map(|(name, value)| (*name, value.as_str()));
            let added = runtime::lines(added);
            runtime::forward_and_watch(request, &remove, client, verdict, &added, is_watched)
        } else {
            runtime::forward(request, &remove, client, verdict)
        };
        Ok(promise?.into())
    }
}

#[wasm_bindgen]
impl Exchange {
    /// Goes on with what the object has answered.
    pub fn learn(mut self, replies: &str) -> Result<JsValue, JsValue> {
        let isolate = Rc::clone(&self.isolate);
        self.journey.learn(&isolate, replies).ok_or_else(in_use)?;
        self.go_on()
    }

    /// Goes on without an answer, for which this is why.
    pub fn fail(mut self, reason: &str) -> Result<JsValue, JsValue> {
        let isolate = Rc::clone(&self.isolate);
        self.journey.fail(&isolate, reason).ok_or_else(in_use)?;
        self.go_on()
    }
}

/// Cannot be: nothing waits while it uses the isolate's memory.
fn in_use() -> JsValue {
    JsString::from("the isolate's memory is in use").into()
}

/// Names of headers, a line each.
fn names(names: &[Vec<u8>]) -> String {
    let names: Vec<_> = names
        .iter()
        .filter_map(|name| str::from_utf8(name).ok())
        .collect();
    names.join("\n")
}

fn respond(response: &Response) -> Result<JsValue, JsValue> {
    let headers = response.headers.iter().map(|(name, value)| (&**name, &**value));
    Ok(runtime::respond(response.status, &runtime::lines(headers), &response.body)?.into())
}
