//! Rules, one by one and as a list.

use super::{
    Compiler,
    quotas::{SharedMeters, free_lane, meters, scope_of},
};
use crate::policy::{
    Access, Rule,
    settings::{AccessSettings, Mode, QuotasSettings, RuleSettings},
    strict,
    value::Value,
};

/// The name of the rule that is always there, behind all others.
pub(super) const LAST_RULE: &str = "default";

impl Compiler<'_> {
    /// The rules in `values`, behind those that are `exclusions`.
    pub(super) fn rules(
        &mut self,
        exclusions: Vec<Rule>,
        values: Vec<Value>,
        shared: &SharedMeters,
        is_observed: bool,
    ) -> Vec<Rule> {
        let mut rules = exclusions;
        let mut covering: Option<String> = None;
        for (index, value) in values.into_iter().enumerate() {
            let path = format!("rules[{index}]");
            let settings: RuleSettings = strict::read(value, &path, self.problems);
            let mut rule = self.rule(&path, settings, shared, is_observed);
            rule.index = rules.len();
            self.other_name(&path, &rule.name, &rules);
            self.reached(&format!("{path}.match"), &rule.matcher, &rules);
            if rules.iter().any(|earlier| earlier.name == rule.name) {
                self.problems.add(
                    format_args!("{path}.name"),
                    format_args!(
                        "\"{}\" names an earlier rule already; expected names that differ",
                        rule.name
                    ),
                );
            }
            match &covering {
                Some(earlier) => self.problems.add(
                    path,
                    format_args!(
                        "can never match, because the rule \"{earlier}\" before it matches everything"
                    ),
                ),
                None if rule.matcher.matches_everything() => covering = Some(rule.name.clone()),
                None => {}
            }
            rules.push(rule);
        }
        rules
    }

    fn rule(&mut self, path: &str, settings: RuleSettings, shared: &SharedMeters, is_observed: bool) -> Rule {
        let name = self.rule_name(path, settings.name);
        let matcher = self.matcher(&format!("{path}.match"), settings.conditions);
        let access = settings.access;
        if access == AccessSettings::Open && matcher.matches_everything() && !self.problems.any_below(path) {
            self.problems.add(
                format_args!("{path}.access"),
                "this would open the whole site to everybody; expected a condition in \"match\", or another access",
            );
        }
        let own_meters = |key: &str, quotas: Option<QuotasSettings>| {
            quotas.map(|quotas| meters(&format!("{name}.{key}"), &quotas))
        };
        let clearance_meters = own_meters("quota", settings.quota);
        let prefix_meters = own_meters("prefix_quota", settings.prefix_quota);
        let route_meters = own_meters("route_quota", settings.route_quota);
        Rule {
            index: 0,
            scope: scope_of(&name),
            is_exclusion: false,
            is_observed: settings.mode.map_or(is_observed, |mode| mode == Mode::Observe),
            matcher,
            access: match access {
                AccessSettings::Open => Access::Open,
                AccessSettings::Clearance => Access::Clearance,
                AccessSettings::Refuse => Access::Refuse,
                AccessSettings::FreeLane => Access::FreeLane(settings.free_lane.map_or_else(
                    || shared.free_lane.clone(),
                    |lane| free_lane(&format!("{name}.free_lane"), lane),
                )),
            },
            required_work: settings.work.unwrap_or(0),
            clearance_meters: clearance_meters.unwrap_or_else(|| shared.clearance.clone()),
            prefix_meters: match access {
                AccessSettings::Open => prefix_meters.unwrap_or_default(),
                _ => prefix_meters.unwrap_or_else(|| shared.prefix.clone()),
            },
            route_meters: route_meters.unwrap_or_default(),
            name,
        }
    }

    pub(super) fn rule_name(&mut self, path: &str, name: Option<String>) -> String {
        let path = format!("{path}.name");
        let Some(name) = name else {
            self.problems.add(
                path,
                "missing; expected a name, which metrics, logs and answers will use",
            );
            return String::new();
        };
        let plain =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'-';
        if name.is_empty() || name.len() > 64 || !name.bytes().all(plain) {
            self.problems.add(path, "expected 1 to 64 of a-z, 0-9, _ and -");
        } else if name == LAST_RULE {
            self.problems.add(
                path,
                "\"default\" names the rule behind all others; expected another name",
            );
        }
        name
    }
}
