//! Metrics.

use crate::probe::{Answer, Arguments, Odd, state};

#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "env"))]
unsafe extern "C" {
    fn proxy_define_metric(kind: u32, name: *const u8, name_size: usize, id: *mut u32) -> u32;
    fn proxy_increment_metric(id: u32, offset: i64) -> u32;
    fn proxy_record_metric(id: u32, value: i64) -> u32;
    fn proxy_get_metric(id: u32, value: *mut i64) -> u32;
}

pub(crate) fn define(arguments: &mut Arguments<'_>) -> Result<Answer, Odd> {
    let kind = arguments.named(&["counter", "gauge", "histogram"])?;
    let name = arguments.bytes()?;
    let mut id = 0;
    // SAFETY: the host reads from a live slice and writes one number into a live local.
    let status = unsafe { proxy_define_metric(kind, name.as_ptr(), name.len(), &raw mut id) };
    if status == 0 {
        state::with(|state| state.metrics.insert(name, id));
    }
    Ok(Answer::status(status))
}

pub(crate) fn increment(arguments: &mut Arguments<'_>) -> Result<Answer, Odd> {
    let (id, offset) = (id(arguments)?, arguments.signed()?);
    // SAFETY: no pointers are passed.
    Ok(Answer::status(unsafe { proxy_increment_metric(id, offset) }))
}

pub(crate) fn record(arguments: &mut Arguments<'_>) -> Result<Answer, Odd> {
    let (id, value) = (id(arguments)?, arguments.signed()?);
    // SAFETY: no pointers are passed.
    Ok(Answer::status(unsafe { proxy_record_metric(id, value) }))
}

pub(crate) fn get(arguments: &mut Arguments<'_>) -> Result<Answer, Odd> {
    let id = id(arguments)?;
    let mut value = 0;
    // SAFETY: the host writes one number into a live local.
    let status = unsafe { proxy_get_metric(id, &raw mut value) };
    Ok(Answer::with(status, value))
}

fn id(arguments: &mut Arguments<'_>) -> Result<u32, Odd> {
    let name = arguments.clone().bytes()?;
    match state::with(|state| state.metrics.get(&name).copied()) {
        Some(id) => {
            arguments.word()?;
            Ok(id)
        }
        None => arguments.number(),
    }
}
