//! Exclusions: what is never challenged, because there is no browser on the other end or nothing worth asking for.
//!
//! Each is an open rule in front of all others, with quotas: what needs no clearance must not let a flood through.

use super::{
    Compiler,
    quotas::{id_of, quota_of, scope_of},
};
use crate::policy::{
    Access, Matcher, Meter, PathPattern, Rule,
    settings::{CallBackSettings, ExclusionSettings, HealthSettings, MatchSettings, PathSettings},
    strict,
};
use ipnet::IpNet;

/// Units, their window in seconds, and how many of them at once.
type Units = (u32, u32, u32);

/// How much an exclusion forwards.
struct Bounds {
    route: Units,
    prefix: Option<Units>,
}

/// For what everybody may ask: enough for the files of a busy site, and no more than a free lane. One prefix gets a tenth
/// of it, so that it cannot use up what others need.
const FOR_EVERYBODY: Bounds = Bounds {
    route: (50, 1, 100),
    prefix: Some((300, 60, 30)),
};

/// For addresses that are known to belong to those who need it. They do not flood, but whoever breaks in there might.
const FOR_KNOWN_CLIENTS: Bounds = Bounds {
    route: (100, 1, 200),
    prefix: None,
};

/// Addresses that cannot come from the internet: loopback, private and link-local ones.
const PRIVATE: [&str; 8] = [
    "127.0.0.0/8",
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "169.254.0.0/16",
    "::1/128",
    "fc00::/7",
    "fe80::/10",
];

/// The widest prefixes that can be somebody's own, in bits.
const WIDEST_IPV4: u8 = 8;
const WIDEST_IPV6: u8 = 16;

/// Collects the rules that exclusions are.
struct Exclusions {
    rules: Vec<Rule>,
    is_observed: bool,
}

impl Compiler<'_> {
    pub(super) fn exclusions(&mut self, settings: ExclusionSettings, is_observed: bool) -> Vec<Rule> {
        let mut exclusions = Exclusions {
            rules: Vec::new(),
            is_observed,
        };
        let acme = PathPattern::Prefix("/.well-known/acme-challenge/".into());
        for (is_on, name, path) in [
            (settings.certificates, "certificates", acme),
            (
                settings.robots,
                "robots",
                PathPattern::Exact("/robots.txt".into()),
            ),
            (
                settings.favicon,
                "favicon",
                PathPattern::Exact("/favicon.ico".into()),
            ),
        ] {
            if is_on {
                exclusions.push(name.into(), reading(path), &FOR_EVERYBODY);
            }
        }
        self.health(&mut exclusions, settings.health);
        for (index, value) in settings.call_backs.into_iter().enumerate() {
            let path = format!("exclusions.call_backs[{index}]");
            let settings = strict::read(value, &path, self.problems);
            self.call_back(&mut exclusions, &path, settings);
        }
        exclusions.rules
    }

    /// Where it is not known who checks, those with private addresses have quotas of their own: a flood of the health check
    /// would otherwise make it fail, and whatever relies on it take a site out of service that is well.
    fn health(&mut self, exclusions: &mut Exclusions, settings: Option<HealthSettings>) {
        let Some(settings) = settings else { return };
        let path = "exclusions.health";
        let pattern = settings
            .path
            .unwrap_or_else(|| PathSettings::Exact("/healthz".into()));
        let mut matcher = reading(self.excluded_path(path, pattern));
        self.reached(&format!("{path}.path"), &matcher, &exclusions.rules);
        if settings.clients.is_empty() {
            let private = PRIVATE.map(str::to_owned);
            let known = Matcher {
                clients: self.clients(path, &private),
                ..matcher.clone()
            };
            exclusions.push("health".into(), known, &FOR_KNOWN_CLIENTS);
            exclusions.push("health_public".into(), matcher, &FOR_EVERYBODY);
        } else {
            matcher.clients = self.clients(path, &settings.clients);
            exclusions.push("health".into(), matcher, &FOR_KNOWN_CLIENTS);
        }
    }

    fn call_back(&mut self, exclusions: &mut Exclusions, path: &str, settings: CallBackSettings) {
        let name = self.rule_name(path, settings.name);
        self.other_name(path, &name, &exclusions.rules);
        let methods = settings.methods.unwrap_or_else(|| vec!["POST".into()]);
        if methods.is_empty() {
            self.problems.add(
                format_args!("{path}.methods"),
                "the list is empty; expected at least one method, or no list for POST",
            );
        }
        let pattern = settings.path.map(|pattern| self.excluded_path(path, pattern));
        let place = format!("{path}.path");
        if pattern.is_none() && !self.problems.any_at_or_below(&place) {
            self.problems.add(
                &place,
                "missing; expected what is called, as in {\"exact\": \"/payment/done\"}",
            );
        }
        let conditions = MatchSettings {
            methods,
            clients: settings.clients,
            ..MatchSettings::default()
        };
        let matcher = Matcher {
            path: pattern,
            ..self.matcher(path, conditions)
        };
        self.known_clients(&format!("{path}.clients"), &matcher.clients);
        self.reached(&place, &matcher, &exclusions.rules);
        exclusions.push(name, matcher, &FOR_KNOWN_CLIENTS);
    }

    fn excluded_path(&mut self, path: &str, settings: PathSettings) -> PathPattern {
        let pattern = self.path_pattern(path, settings);
        if matches!(&pattern, PathPattern::Prefix(prefix) if prefix == "/") {
            self.problems.add(
                format_args!("{path}.path.prefix"),
                "\"/\" would exclude the whole site; expected what is called and no more",
            );
        }
        pattern
    }

    /// Sees to it that somebody in particular is meant.
    fn known_clients(&mut self, path: &str, clients: &[IpNet]) {
        if self.problems.any_at_or_below(path) {
            return;
        }
        if clients.is_empty() {
            self.problems.add(
                path,
                "missing: a call-back that is open to everybody is open to a flood; expected the prefixes that it comes from, \
                 as in [\"192.0.2.0/24\"]",
            );
        }
        for (index, net) in clients.iter().enumerate() {
            let widest = match net {
                IpNet::V4(_) => WIDEST_IPV4,
                IpNet::V6(_) => WIDEST_IPV6,
            };
            if net.prefix_len() < widest {
                self.problems.add(
                    format_args!("{path}[{index}]"),
                    format_args!(
                        "\"{net}\" is half the internet rather than somebody's own; expected prefixes of {widest} bits or more"
                    ),
                );
            }
        }
    }

    /// Tells when `name` is that of an exclusion.
    pub(super) fn other_name(&mut self, path: &str, name: &str, rules: &[Rule]) {
        let is_taken = |rule: &Rule| rule.is_exclusion && rule.name == name;
        if !name.is_empty() && rules.iter().any(is_taken) {
            self.problems.add(
                format_args!("{path}.name"),
                format_args!(
                    "\"{name}\" names an exclusion already; expected another name, or \"exclusions\" in which it is switched off"
                ),
            );
        }
    }

    /// Tells when requests that a rule was written for never reach it, because an exclusion for everybody takes them.
    pub(super) fn reached(&mut self, path: &str, matcher: &Matcher, rules: &[Rule]) {
        let Some(pattern) = &matcher.path else { return };
        for exclusion in rules.iter().filter(|rule| rule.is_exclusion) {
            let theirs = &exclusion.matcher;
            let covers_path = theirs.path.as_ref().is_some_and(|all| covers(all, pattern));
            let shares_methods = matcher.methods.is_empty()
                || matcher
                    .methods
                    .iter()
                    .any(|method| theirs.methods.contains(method));
            if theirs.clients.is_empty() && covers_path && shares_methods {
                self.problems.add(
                    path,
                    format_args!(
                        "what is sent by {} never reaches this, because the exclusion \"{}\" before it takes it; expected \
                         another path or other methods, or \"exclusions\" in which it is switched off",
                        theirs.methods.join(" and "),
                        exclusion.name
                    ),
                );
            }
        }
    }
}

impl Exclusions {
    fn push(&mut self, name: String, matcher: Matcher, bounds: &Bounds) {
        let meter = |key: &str, (limit, window, burst): Units| {
            let name = format!("{name}.{key}");
            Meter {
                id: id_of(&name),
                quota: quota_of(limit, window, burst),
                name,
            }
        };
        self.rules.push(Rule {
            index: self.rules.len(),
            scope: scope_of(&name),
            matcher,
            access: Access::Open,
            is_exclusion: true,
            is_observed: self.is_observed,
            required_work: 0,
            clearance_meters: Vec::new(),
            prefix_meters: bounds
                .prefix
                .map(|units| meter("prefix_quota", units))
                .into_iter()
                .collect(),
            route_meters: vec![meter("route_quota", bounds.route)],
            name,
        });
    }
}

/// Requests that read what is at `path`.
fn reading(path: PathPattern) -> Matcher {
    Matcher {
        methods: vec!["GET".into(), "HEAD".into()],
        path: Some(path),
        ..Matcher::default()
    }
}

/// Whether every path that matches `pattern` is one of `all`.
fn covers(all: &PathPattern, pattern: &PathPattern) -> bool {
    match (all, pattern) {
        (PathPattern::Exact(_), PathPattern::Prefix(_) | PathPattern::Glob(_)) => false,
        (_, PathPattern::Exact(text) | PathPattern::Prefix(text) | PathPattern::Glob(text)) => {
            all.matches(text.as_bytes())
        }
    }
}
