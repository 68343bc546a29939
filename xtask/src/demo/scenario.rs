//! A phase as a scenario of `levee rehearse`.

use super::{
    phase::{Attack, Neighbours, Phase},
    settings::{FEE, PAYMENT_PATH, PROVIDER},
};
use serde_json::{Value, json};
use std::time::Duration;

/// The address of the bot, which patients behind the same carrier have, too.
const BOT: &str = "203.0.113.66";

/// The address that a carrier gives to several patients; no bot has it.
const CARRIER: &str = "192.0.2.10";

/// Where ever new addresses come from.
const MANY: &str = "198.18.0.0/15";

/// Where the machines of the botnet are.
const BOTNET: &str = "198.51.100.0/24";

/// Machines of the botnet, each at an address of its own.
const BOTS: u32 = 64;

/// Hashes a second of all bots together. A real botnet has more; the machine that this runs on has to carry the filter and the
/// patients, too.
const BOTNET_HASHES_PER_SECOND: u32 = 3_000_000;

/// Requests of the botnet a second, at most: four times what the origin can carry.
const BOTNET_RATE: u32 = 240;

/// The part of a flood from many addresses that goes on from the bot's.
const BOTS_PART: u32 = 16;

/// Hashes a second of an old phone whose browser has no WebAssembly, hence runs the plain JavaScript solver.
///
/// An ordinary one is ten times as fast or more, so what the demonstration reports is the slow end.
const PHONE_HASHES_PER_SECOND: u32 = 150_000;

/// How long a patient tries before giving up. In the surge the line alone may take more than half a minute.
const PATIENCE: Duration = Duration::from_secs(90);

/// How much longer than its attack a phase may take: the last patients are waited for.
const TAIL: Duration = Duration::from_secs(30);

/// The scenario of a phase in an incident of so many seconds, with floods of so many requests a second. It is JSON, hence YAML.
pub(crate) fn of(phase: Phase, incident_seconds: u16, rate: u32) -> Value {
    let duration = phase.duration(incident_seconds);
    json!({
        "title": { "en": phase.title(), "vi": phase.title() },
        "begins": "2024-03-11T06:00",
        "lasts": span(duration + TAIL),
        // Another one for each phase: nobody comes twice.
        "seed": 1 + phase as u64,
        "work_scale": 1,
        "people": [{
            "name": "patients",
            "count": phase.patients(incident_seconds),
            "arrive": [[span(Duration::ZERO), 1], [span(duration), 1]],
            "errand": [{ "get": "/" }, { "post": "/book" }],
            "think": [span(Duration::ZERO), span(Duration::ZERO)],
            "devices": [{ "share": 1, "hashes_per_second": PHONE_HASHES_PER_SECOND }],
            "behind_nat": nat(phase.neighbours()),
            "give_up_after": span(PATIENCE)
        }],
        "call_backs": [{
            "name": "payment",
            "count": phase.payments(incident_seconds),
            "arrive": [[span(Duration::ZERO), 1], [span(duration), 1]],
            "path": PAYMENT_PATH,
            "addresses": [PROVIDER],
            // A provider would try again; here it must not have to.
            "tries": 1,
            "pays": { "amount": FEE, "purpose": ".ticket .code" }
        }],
        "floods": floods(phase, duration, rate),
        "bounds": { "patients_served": 100 }
    })
}

fn nat(neighbours: Neighbours) -> Value {
    match neighbours {
        Neighbours::MostlyTheBot => json!({ "share": 5.0 / 6.0, "addresses": [BOT] }),
        Neighbours::SomeOfACarrier => json!({ "share": 1.0 / 6.0, "addresses": [CARRIER] }),
    }
}

fn floods(phase: Phase, duration: Duration, rate: u32) -> Vec<Value> {
    let requests = |rate: u32| (u64::from(rate) * duration.as_millis() as u64 / 1_000).max(1);
    let flood = |name: &str, requests: u64, sources: Value, keep_alive: u32, more: Value| {
        let mut flood = json!({
            "name": name,
            "from": span(Duration::ZERO),
            "until": span(duration),
            "requests": requests,
            "sources": sources,
            "keep_alive": keep_alive,
            "shape": { "user_agents": [phase.flood_user_agent()] }
        });
        if let (Some(flood), Some(more)) = (flood.as_object_mut(), more.as_object()) {
            flood.extend(more.clone());
        }
        flood
    };
    let bot = json!({ "networks": [format!("{BOT}/32")] });
    match phase.attack() {
        Attack::None => Vec::new(),
        Attack::OneAddress => vec![flood("one address", requests(rate), bot, 1_000, json!({}))],
        Attack::ManyAddresses => {
            let (here, there) = (requests(rate / BOTS_PART), requests(rate - rate / BOTS_PART));
            // One request each.
            let many = json!({ "networks": [MANY], "count": there });
            vec![
                flood("many addresses", there, many, 1, json!({})),
                flood("the bot goes on", here, bot, 1_000, json!({})),
            ]
        }
        Attack::SolvingBotnet => {
            let bots = json!({ "networks": [BOTNET], "count": BOTS });
            let solves = json!({ "solves": { "hashes_per_second": BOTNET_HASHES_PER_SECOND } });
            let rate = rate.min(BOTNET_RATE);
            vec![flood("solving botnet", requests(rate), bots, 1_000, solves)]
        }
    }
}

/// As scenarios write it.
fn span(time: Duration) -> String {
    format!("{} ms", time.as_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_has_the_rate_for_the_time_of_its_phase() {
        let scenario = of(Phase::OneAddress, 60, 2_083);
        assert_eq!(scenario["floods"][0]["requests"], 12 * 2_083);
        assert_eq!(scenario["floods"][0]["until"], "12000 ms");
        let many = of(Phase::ManyAddresses, 60, 1_600);
        let requests = [0, 1].map(|nth| many["floods"][nth]["requests"].as_u64().unwrap());
        assert_eq!(requests, [12 * 1_500, 12 * 100]);
        assert_eq!(many["floods"][0]["sources"]["count"], 12 * 1_500);
        assert_eq!(
            of(Phase::SolvingBotnet, 60, 2_083)["floods"][0]["requests"],
            17 * 240
        );
    }

    #[test]
    fn every_flood_names_its_phase_and_quiet_phases_have_none() {
        for phase in Phase::ALL {
            let scenario = of(phase, 20, 2_083);
            let floods = scenario["floods"].as_array().unwrap();
            assert_eq!(floods.is_empty(), phase.attack() == Attack::None);
            for flood in floods {
                assert_eq!(flood["shape"]["user_agents"], json!([phase.flood_user_agent()]));
            }
        }
    }
}
