//! A changed configuration, by Envoy's own means: a listener that it reads from a file (LDS).

use super::{InEnvoy, address, cluster, launch, listener};
use crate::echo;
use levee_behaviour::{
    Message, Site,
    client::{challenge_in, earn, work_of},
    configuration::{KEY_ID, OTHER_SECRET, SECRET, WORK, closed, narrow, with},
};
use levee_testing::EnvoyConfig;
use serde_json::{Value, json};
use std::{fs, path::PathBuf, time::Duration};
use tempfile::TempDir;

/// An Envoy whose listener stands in a file.
struct Reloadable {
    site: InEnvoy,
    directory: TempDir,
    version: u32,
}

impl Reloadable {
    fn start(configuration: &Value) -> Self {
        let directory = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
        write(&directory, 0, configuration);
        let origin = echo::start().unwrap_or_else(|error| panic!("{error}"));
        let bootstrap = json!({
            "node": { "id": "edge", "cluster": "edge" },
            "admin": { "address": address(0) },
            "static_resources": { "clusters": [cluster(origin)] },
            "dynamic_resources": { "lds_config": { "path_config_source": { "path": file(&directory) } } },
        });
        let config = EnvoyConfig::parse(&bootstrap.to_string()).unwrap_or_else(|error| panic!("{error}"));
        let site = InEnvoy(launch(&config, 2).unwrap_or_else(|error| panic!("{error}")));
        Self {
            site,
            directory,
            version: 0,
        }
    }

    /// Puts another configuration in place, and returns when Envoy has taken or refused it.
    fn change(&mut self, configuration: &Value) -> bool {
        let count = |site: &InEnvoy, name: &str| {
            let told = site.0.ask("/stats?filter=listener_manager.lds.update_");
            told.lines()
                .find_map(|line| {
                    line.strip_prefix(&format!("listener_manager.lds.{name}: "))?
                        .parse::<u64>()
                        .ok()
                })
                .unwrap_or_default()
        };
        let seen = |site: &InEnvoy| (count(site, "update_success"), count(site, "update_rejected"));
        let before = seen(&self.site);
        self.version += 1;
        write(&self.directory, self.version, configuration);
        for _ in 0..1_000 {
            let (taken, refused) = seen(&self.site);
            if taken > before.0 {
                return true;
            }
            if refused > before.1 {
                return false;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("Envoy has not looked at it: {}", self.site.0.program().log())
    }
}

fn file(directory: &TempDir) -> PathBuf {
    directory.path().join("listeners.json")
}

/// Envoy watches for a file that is moved into place.
fn write(directory: &TempDir, version: u32, configuration: &Value) {
    let mut resource = listener(configuration);
    resource["@type"] = json!("type.googleapis.com/envoy.config.listener.v3.Listener");
    let text = json!({ "version_info": version.to_string(), "resources": [resource] }).to_string();
    let written = directory.path().join("listeners.json.new");
    fs::write(&written, text)
        .and_then(|()| fs::rename(&written, file(directory)))
        .unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn a_changed_configuration_takes_effect_and_clearances_and_quotas_stay() {
    let mut envoy = Reloadable::start(&closed());
    let clearance = earn(&mut envoy.site, &Message::get("/"));
    let message = Message::get("/").cleared(&clearance);
    let statuses = |envoy: &mut Reloadable| [(); 3].map(|()| envoy.site.send(&message).status);
    assert_eq!(statuses(&mut envoy), [200; 3]);
    assert_eq!(statuses(&mut envoy), [429; 3]);
    // Two more than before; three are used up.
    let wider = json!({ "quota": { "limit": 5, "window_seconds": 3600, "burst": 5 } });
    let changed = with(
        with(closed(), "clearance", wider),
        "price",
        json!({ "floor": 2 * WORK, "ceiling": 8 * WORK }),
    );
    assert!(envoy.change(&changed));
    let asked = envoy.site.send(&Message::get("/"));
    assert_eq!(work_of(&challenge_in(&asked)), 2 * WORK);
    // In time, not in units: what was used of three an hour is most of an hour, of five as well.
    let after = statuses(&mut envoy);
    assert_eq!(after[1..], [429; 2], "{after:?}");
}

#[test]
fn keys_are_rotated_without_asking_anybody_again() {
    let mut envoy = Reloadable::start(&closed());
    let clearance = earn(&mut envoy.site, &Message::get("/"));
    let rotated = json!([
        { "id": 9, "secret": OTHER_SECRET },
        { "id": KEY_ID, "secret": SECRET },
    ]);
    assert!(envoy.change(&with(closed(), "keys", rotated)));
    assert!(
        envoy
            .site
            .send(&Message::get("/").cleared(&clearance))
            .was_forwarded()
    );
}

#[test]
fn an_invalid_configuration_is_refused_with_all_its_problems_and_the_old_one_goes_on() {
    let mut envoy = Reloadable::start(&closed());
    let clearance = earn(&mut envoy.site, &Message::get("/"));
    let invalid = json!({ "keys": [], "capacity": { "requests_per_second": 0 }, "free_lain": 1 });
    assert!(!envoy.change(&invalid));
    let log = envoy.site.0.program().log();
    for problem in [
        "keys: there is no key",
        "capacity.requests_per_second: 0",
        "free_lain: unknown field",
    ] {
        assert!(log.contains(problem), "{problem} is not in {log}");
    }
    let answer = envoy.site.send(&Message::get("/").cleared(&clearance));
    assert!(answer.was_forwarded(), "{answer:?}");
    assert!(
        envoy.change(&with(closed(), "mode", json!("observe"))),
        "the next good one is taken"
    );
    assert!(envoy.site.send(&Message::get("/")).was_forwarded());
}

#[test]
fn the_line_is_kept_over_a_reload() {
    let mut envoy = Reloadable::start(&narrow());
    let clearances: Vec<String> = (0..14)
        .map(|_| earn(&mut envoy.site, &Message::get("/")))
        .collect();
    let ask = |envoy: &mut Reloadable| -> Vec<u16> {
        clearances
            .iter()
            .map(|clearance| envoy.site.send(&Message::get("/").cleared(clearance)).status)
            .collect()
    };
    let before = ask(&mut envoy);
    assert!(before.contains(&503), "{before:?}");
    assert!(envoy.change(&with(narrow(), "rate_limit_fields", json!("never"))));
    let newcomer = earn(&mut envoy.site, &Message::get("/"));
    let answer = envoy.site.send(&Message::get("/").cleared(&newcomer));
    assert_eq!(answer.reason(), "in_line", "{answer:?}");
}
