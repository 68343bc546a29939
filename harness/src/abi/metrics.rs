//! Metrics. An id's lowest two bits are its kind, as in Envoy.

use std::sync::Arc;

use super::call::Call;
use super::status::{Answer, Status};
use crate::log::LogLevel;
use crate::shared::{MetricKind, Stat};

/// Most ids that one VM may hold; every `define` makes a new one.
const MAX_IDS: usize = 65_536;

pub(crate) fn define(call: &mut Call<'_>, kind: u32, name: u32, name_len: u32, out_id: u32) -> Answer {
    let kind = MetricKind::from_abi(kind).ok_or(Status::BadArgument)?;
    let name = call.read(name, name_len)?;
    let name = String::from_utf8_lossy(&name).into_owned();
    if call.state().metrics.len() >= MAX_IDS {
        call.log(
            LogLevel::Error,
            &format!("this VM has defined {MAX_IDS} metrics already; define each one once"),
        );
        return Err(Status::InternalFailure.into());
    }
    let state = call.state();
    let stat = match state.shared().metrics.define(name, kind) {
        Ok(stat) => stat,
        Err(full) => return Err(call.full(&full)),
    };
    let id = (super::call::size(state.metrics.len() + 1) << 2) | kind as u32;
    state.metrics.insert(id, stat);
    call.write_u32(out_id, id)
}

pub(crate) fn increment(call: &mut Call<'_>, id: u32, offset: i64) -> Answer {
    has_value(id)?;
    let stat = stat(call, id)?;
    match stat.kind() {
        MetricKind::Counter if offset <= 0 => Err(Status::BadArgument.into()),
        MetricKind::Histogram => Err(Status::BadArgument.into()),
        MetricKind::Counter | MetricKind::Gauge => {
            wait_for_turn(call, stat.kind());
            stat.add(offset);
            Ok(())
        }
    }
}

pub(crate) fn record(call: &mut Call<'_>, id: u32, value: i64) -> Answer {
    let stat = stat(call, id)?;
    wait_for_turn(call, stat.kind());
    stat.record(value);
    Ok(())
}

pub(crate) fn get(call: &mut Call<'_>, id: u32, out_value: u32) -> Answer {
    has_value(id)?;
    let stat = stat(call, id)?;
    call.state().wait_for_turn();
    call.write_u64(out_value, stat.value().cast_unsigned())
}

/// Whether an id would name a counter or a gauge.
fn has_value(id: u32) -> Answer {
    match MetricKind::from_abi(id & 3) {
        Some(MetricKind::Counter | MetricKind::Gauge) => Ok(()),
        _ => Err(Status::BadArgument.into()),
    }
}

/// Waits for the VM's turn, unless the moment makes no difference: a sum is the same in whichever order it is added up, as
/// long as no guest looks before the end.
fn wait_for_turn(call: &mut Call<'_>, kind: MetricKind) {
    let state = call.state();
    let matters = match kind {
        MetricKind::Counter => state.reads_metrics,
        MetricKind::Gauge => true,
        MetricKind::Histogram => false,
    };
    if matters {
        state.wait_for_turn();
    }
}

fn stat(call: &mut Call<'_>, id: u32) -> Answer<Arc<Stat>> {
    let stat = call.state().metrics.get(&id).cloned();
    stat.ok_or_else(|| call.misuse(Status::NotFound, "there is no metric of that id"))
}
