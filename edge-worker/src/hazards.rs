//! Failures on demand, for the tests of what is left after them.
#![expect(clippy::panic, reason = "it is what is wanted")]

use crate::runtime::{forward_and_watch, lines};
use std::{cell::Cell, hint::black_box};
use wasm_bindgen::{JsCast as _, JsValue, prelude::wasm_bindgen};
use worker::{
    Env, SqlStorageValue, State,
    js_sys::{ArrayBuffer, JsString, Promise, WebAssembly::Memory},
    web_sys::{self, Request},
};

/// The request header that says which failure is wanted.
const HEADER: &str = "levee-hazard";

/// What an object is asked that is to fail, before the failure.
pub(crate) const IN_OBJECT: &str = "hazard ";

thread_local! {
    /// How often the object was asked to count, as this instance of the module remembers it.
    static COUNT: Cell<u32> = const { Cell::new(0) };

    /// Whether the next question of a request ends the instance.
    static IS_NEXT: Cell<bool> = const { Cell::new(false) };
}

/// The failure that the request wants.
pub(crate) fn wanted(request: &Request) -> Option<String> {
    request.headers().get(HEADER).ok().flatten()
}

/// Fails as wanted. Four wishes are for no failure: `answer-header` forwards the request and adds the header `levee-hazard` to
/// the origin's answer, `size` asks how large the module's memory is, in bytes, `unwinds` whether a panic unwinds, and
/// `object-count` lets the object count. What begins with `object-` happens there.
pub(crate) fn meet(hazard: &str, request: &Request, env: &Env) -> Result<JsValue, JsValue> {
    match hazard.strip_prefix("object-") {
        Some(hazard) => Ok(meet_there(env, &format!("{IN_OBJECT}{hazard}")).into()),
        None if hazard == "answer-header" => {
            let added = lines([(HEADER, "met")]);
            Ok(forward_and_watch(request, HEADER, "", "", &added, false)?.into())
        }
        None if hazard == "size" => text(&memory_size().to_string()),
        None if hazard == "unwinds" => text(&cfg!(panic = "unwind").to_string()),
        None => fail(hazard),
    }
}

#[wasm_bindgen(inline_js = "
export async function meetThere(env, hazard) {
  return new Response(await env.LEVEE_LEDGER.getByName('hazards').serve(hazard));
}
")]
extern "C" {
    /// What the object answers.
    #[wasm_bindgen(js_name = meetThere)]
    fn meet_there(env: &Env, hazard: &str) -> Promise;
}

fn text(text: &str) -> Result<JsValue, JsValue> {
    Ok(web_sys::Response::new_with_opt_str(Some(text))?.into())
}

fn memory_size() -> u32 {
    wasm_bindgen::memory()
        .dyn_into::<Memory>()
        .ok()
        .and_then(|memory| memory.buffer().dyn_into::<ArrayBuffer>().ok())
        .map_or(0, |buffer| buffer.byte_length())
}

/// Ends the instance, if that was wanted of the next question.
pub(crate) fn meet_question() {
    if IS_NEXT.take() {
        trap();
    }
}

/// Fails as wanted, at once or with the `next` question, or counts: in the instance's memory and in the database, and answers
/// with both.
pub(crate) fn meet_in_object(hazard: &str, state: &State) -> Result<String, JsValue> {
    if hazard == "next" {
        IS_NEXT.set(true);
        return Ok(String::new());
    }
    if hazard != "count" {
        return fail(hazard);
    }
    let remembered = COUNT.get().saturating_add(1);
    COUNT.set(remembered);
    let sql = state.storage().sql();
    sql.exec(
        "CREATE TABLE IF NOT EXISTS hazards (at INTEGER PRIMARY KEY)",
        None,
    )?;
    sql.exec("INSERT INTO hazards DEFAULT VALUES", None)?;
    let mut rows = sql.exec("SELECT count(*) FROM hazards", None)?.raw();
    let stored = match rows.next().transpose()?.as_deref() {
        Some([SqlStorageValue::Integer(stored)]) => *stored,
        _ => 0,
    };
    Ok(format!("remembered {remembered}, stored {stored}"))
}

fn fail<T>(hazard: &str) -> Result<T, JsValue> {
    match hazard {
        "panic" => panic!("as wanted"),
        "trap" => trap(),
        "stack" => use_up_stack(),
        "memory" => use_up_memory(),
        "throw" => {}
        _ => return Err(JsString::from("no such hazard").unchecked_into()),
    }
    Err(JsString::from("as wanted").unchecked_into())
}

fn trap() {
    #[cfg(target_arch = "wasm32")]
    core::arch::wasm32::unreachable();
}

#[expect(unconditional_recursion, reason = "it is what is wanted")]
fn use_up_stack() {
    black_box([0_u8; 1_024]);
    use_up_stack();
    // Something to do afterwards: a call at the end could become a loop.
    black_box(());
}

fn use_up_memory() {
    let mut held = Vec::new();
    loop {
        held.push(vec![1_u8; 1 << 20]);
        black_box(&held);
    }
}
