//! Shared queues. Notifications are delivered after the callback, on the VM that registered the queue last.

use super::call::Call;
use super::status::{Answer, Status};
use crate::vm::ROOT;

pub(crate) fn register(call: &mut Call<'_>, name: u32, name_len: u32, out_id: u32) -> Answer {
    let name = call.read(name, name_len)?;
    let state = call.state();
    state.owns_queues = true;
    match state.shared().queues.register(&name, state.role, ROOT) {
        Ok(id) => call.write_u32(out_id, id),
        Err(full) => Err(call.full(&full)),
    }
}

pub(crate) fn resolve(
    call: &mut Call<'_>,
    vm_id: u32,
    vm_id_len: u32,
    name: u32,
    name_len: u32,
    out_id: u32,
) -> Answer {
    call.offered(call.profile().rare_functions_are_offered)?;
    let vm_id = call.read(vm_id, vm_id_len)?;
    let name = call.read(name, name_len)?;
    let state = call.state();
    if !vm_id.is_empty() && vm_id != state.ports.plugin.vm_id.as_bytes() {
        return Err(Status::NotFound.into());
    }
    let id = state.shared().queues.resolve(&name).ok_or(Status::NotFound)?;
    call.write_u32(out_id, id)
}

pub(crate) fn enqueue(call: &mut Call<'_>, id: u32, value: u32, value_len: u32) -> Answer {
    let value = call.read(value, value_len)?;
    match call.state().shared().queues.enqueue(id, value) {
        Ok(true) => Ok(()),
        Ok(false) => Err(Status::NotFound.into()),
        Err(full) => Err(call.full(&full)),
    }
}

pub(crate) fn dequeue(call: &mut Call<'_>, id: u32, out: u32, out_len: u32) -> Answer {
    let entry = call.state().shared().queues.dequeue(id).ok_or(Status::NotFound)?;
    call.give(out, out_len, &entry.ok_or(Status::Empty)?)
}
