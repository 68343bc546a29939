//! A slow device.

use super::play;
use crate::stage::{Host, Stage, closed};
use levee_testing::{CpuGroup, tools};
use serde_json::json;
use std::{fs, os::unix::fs::PermissionsExt as _};

/// At the price of a quiet day.
pub(super) fn a_device_with_a_sixth_of_a_core_gets_through(host: Host) {
    let stage = Stage::set(host, &closed(json!({ "price": {} })));
    let group = CpuGroup::below(&tools::path(tools::CPU_GROUPS)).unwrap_or_else(|error| panic!("{error}"));
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    let program = folder.path().join("browser");
    let script = format!(
        "#!/bin/sh\necho $$ > '{}'\nexec '{}' \"$@\"\n",
        group.members().display(),
        tools::path(tools::CHROMIUM).display()
    );
    fs::write(&program, script)
        .and_then(|()| fs::set_permissions(&program, fs::Permissions::from_mode(0o755)))
        .unwrap_or_else(|error| panic!("{error}"));
    let (quota, limit) = group.limit_to_one_in(6);
    let options = json!({ "program": program, "quota": quota, "limit": limit });
    let told = play(&stage, "slow-device", &options);
    println!("a sixth of a core: {told}");
    assert_eq!(told["number"], "1", "{told}");
    assert!(group.was_held_back(), "the limit had no effect: {told}");
}
