//! Contexts: on whose behalf the guest acts.

use super::call::Call;
use super::status::{Answer, Status};
use crate::vm::ROOT;

pub(crate) fn set_effective_context(call: &mut Call<'_>, id: u32) -> Answer {
    let state = call.state();
    // 0 names the one that the callback is for.
    let id = if id == 0 { state.called } else { id };
    if id != ROOT && !state.streams.contains_key(&id) {
        return Err(Status::BadArgument.into());
    }
    state.current = id;
    Ok(())
}

/// The guest has finished with a stream for which `proxy_on_done` said "not yet".
pub(crate) fn done(call: &mut Call<'_>) -> Answer {
    call.offered(call.profile().rare_functions_are_offered)?;
    let can_wait = call.profile().done_can_wait;
    match call.state().stream().filter(|_| can_wait) {
        Some(stream) if !stream.done => {
            stream.done = true;
            Ok(())
        }
        _ => Err(Status::NotFound.into()),
    }
}
