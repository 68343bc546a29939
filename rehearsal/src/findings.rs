//! What is told of a scenario, however it was played.

use crate::{judge, scenario::Scenario, settings::Settings};
use levee_report::{Attack, Baselines, Findings, Method, Run, Text};

/// The findings of a run, with its promises judged: of no workers, at no address, with all of the work and without baselines,
/// unless whoever played says otherwise.
pub(crate) fn findings(
    method: Method,
    name: &str,
    scenario: &Scenario,
    text: &str,
    settings: Option<&Settings>,
    run: Run,
) -> Findings {
    Findings {
        scenario: name.to_owned(),
        title: scenario.title.clone(),
        about: scenario.about.clone(),
        method,
        seed: scenario.seed,
        workers: 0,
        target: None,
        begins: scenario.begins.to_string(),
        seconds: scenario.lasts.0.as_secs_f64(),
        origin_capacity: scenario.origin.capacity(),
        work_scale: 1,
        attacks: attacks(scenario),
        configuration: settings.map(Settings::shown).unwrap_or_default(),
        scenario_text: text.to_owned(),
        bounds: judge::judge(scenario, &run.figures),
        run,
        baselines: Baselines::new(),
    }
}

/// When a scenario's floods attack.
fn attacks(scenario: &Scenario) -> Vec<Attack> {
    scenario
        .floods
        .iter()
        .map(|flood| {
            let (from, until) = scenario.attack(flood);
            Attack {
                name: flood.name.clone(),
                title: flood.title.clone().unwrap_or_else(|| Text {
                    en: flood.name.clone(),
                    vi: flood.name.clone(),
                }),
                from: from.as_secs_f64(),
                until: until.as_secs_f64(),
                addresses: flood.sources.count,
                requests: flood.requests,
            }
        })
        .collect()
}
