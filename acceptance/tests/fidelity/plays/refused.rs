//! Starts that do not succeed.

use crate::play::{Play, probe};

pub(crate) fn plays() -> Vec<Play> {
    let vm = |name, script| probe(name, "").vm_configured(script);
    vec![
        probe("refused_configuration", "configure: return 0"),
        vm("refused_vm_configuration", "vm_start: return 0"),
        probe("refused_trap_in_configure", "configure: trap"),
        vm("refused_trap_in_vm_start", "vm_start: trap"),
        Play::of("refused_by_the_sdk", "http_config").configured("no header"),
    ]
}
