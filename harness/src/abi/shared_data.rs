//! `proxy_get_shared_data` and `proxy_set_shared_data`.

use super::call::Call;
use super::status::{Answer, Status};
use crate::shared::SetOutcome;

pub(crate) fn get(
    call: &mut Call<'_>,
    key: u32,
    key_len: u32,
    out: u32,
    out_len: u32,
    out_cas: u32,
) -> Answer {
    let key = call.read(key, key_len)?;
    let (value, cas) = call.state().shared().data.get(&key).ok_or(Status::NotFound)?;
    call.give(out, out_len, &value)?;
    call.write_u32(out_cas, cas)
}

pub(crate) fn set(
    call: &mut Call<'_>,
    key: u32,
    key_len: u32,
    value: u32,
    value_len: u32,
    cas: u32,
) -> Answer {
    let key = call.read(key, key_len)?;
    let (value, state) = call.bytes_and_state(value, value_len)?;
    match state.shared().data.set(&key, value, cas, state.profile()) {
        Ok(SetOutcome::Stored) => Ok(()),
        Ok(SetOutcome::Mismatch) => Err(Status::CasMismatch.into()),
        Err(full) => Err(call.full(&full)),
    }
}
