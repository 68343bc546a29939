//! From settings to policy: every value checked for sense, everything that is computed once computed here.

use super::{
    Access, ChallengePolicy, MAX_SUB_PUZZLES, Matcher, PagePolicy, Policy, Problem, RedeemPolicy, Rule,
    rules::Rules,
    settings::{
        AddressSettings, ChallengeSettings, ClientSettings, Configuration, LedgerSettings, Mode,
        PageSettings, RedeemSettings,
    },
    strict::{self, Problems},
};
use crate::{
    client::{AddressSource, Identification},
    ledger::Room,
};
use core::{
    num::{NonZeroU8, NonZeroUsize},
    ops::RangeInclusive,
};
use quotas::{DAY_SECONDS, SharedMeters, quota_of, scope_of};
use rules::LAST_RULE;
use serde_json::{Value, json};

mod exclusions;
mod flow;
mod keys;
mod matching;
mod quotas;
mod rules;
mod waiting_lane;

/// The quota of a client with a clearance, where none is configured.
fn clearance_quota() -> Value {
    json!({ "limit": 120, "window_seconds": 60, "burst": 60 })
}

/// The quota of a prefix without a clearance, where none is configured.
fn prefix_quota() -> Value {
    json!({ "limit": 60, "window_seconds": 60, "burst": 30 })
}

/// More work than any browser would finish in a day.
const MAX_WORK: u64 = 1 << 40;

/// Compiles `text`, or tells everything that is wrong with it.
pub(super) fn compile(text: &[u8]) -> Result<Policy, Vec<Problem>> {
    let mut problems = Problems::default();
    let configuration: Configuration = match strict::parse(text, &mut problems) {
        Some(value @ Value::Object(_)) => strict::read(value, "", &mut problems),
        Some(_) => {
            problems.add("", "expected an object, as in {\"keys\": [...]}");
            return problems.into_result(None);
        }
        None => return problems.into_result(None),
    };
    let policy = Compiler {
        problems: &mut problems,
    }
    .policy(configuration);
    problems.into_result(policy)
}

/// Collects problems while it compiles; whatever it returns beside a problem is never used.
struct Compiler<'p> {
    problems: &'p mut Problems,
}

impl Compiler<'_> {
    fn policy(&mut self, configuration: Configuration) -> Option<Policy> {
        let keys = self.keyring(configuration.keys);
        let identification = self.identification(configuration.client);
        let challenge = self.challenge(&configuration.challenge);
        let clearance_lifetime = configuration.clearance.lifetime_seconds;
        self.range(
            "clearance.lifetime_seconds",
            clearance_lifetime,
            60..=DAY_SECONDS.saturating_mul(30),
        );
        if u64::from(clearance_lifetime) <= challenge.lifetime {
            self.problems.add(
                "clearance.lifetime_seconds",
                format!(
                    "{clearance_lifetime} seconds, counted from when the challenge was issued, would be over before some \
                     challenges are redeemed; expected more than challenge.lifetime_seconds ({})",
                    challenge.lifetime
                ),
            );
        }
        let shared = SharedMeters {
            clearance: self.meters(
                "clearance",
                "clearance.quota",
                configuration.clearance.quota.unwrap_or_else(clearance_quota),
            ),
            prefix: self.meters(
                "prefix",
                "prefix_quota",
                configuration.prefix_quota.unwrap_or_else(prefix_quota),
            ),
            free_lane: self.free_lane("free_lane", "free_lane", &configuration.free_lane),
        };
        let is_observed = configuration.mode == Mode::Observe;
        let exclusions = self.exclusions(configuration.exclusions, is_observed);
        let rules = self.rules(exclusions, configuration.rules, &shared, is_observed);
        let last = Rule {
            name: LAST_RULE.into(),
            index: rules.len(),
            scope: scope_of(LAST_RULE),
            matcher: Matcher::default(),
            access: Access::FreeLane(shared.free_lane),
            is_exclusion: false,
            is_observed,
            required_work: 0,
            clearance_meters: shared.clearance,
            prefix_meters: shared.prefix,
            route_meters: Vec::new(),
        };
        Some(Policy {
            identification,
            price: self.price(&configuration.price, challenge.sub_puzzles),
            capacity: configuration
                .capacity
                .map(|settings| self.capacity(&settings, clearance_lifetime)),
            clearance_lifetime: clearance_lifetime.into(),
            waiting_lane: self.waiting_lane(configuration.waiting_lane),
            redeem: self.redeem(&configuration.redeem, configuration.challenge.lifetime_seconds),
            challenge,
            ledger: self.ledger(&configuration.ledger, rules.len()),
            page: self.page(configuration.page),
            rate_limit_fields: configuration.rate_limit_fields,
            observe_header: configuration.observe_header,
            rules: Rules::new(rules, last),
            keys: keys?,
        })
    }

    fn identification(&mut self, settings: ClientSettings) -> Identification {
        self.range("client.ipv4_prefix", settings.ipv4_prefix, 8..=32);
        self.range("client.ipv6_prefix", settings.ipv6_prefix, 16..=128);
        let source = match settings.address {
            AddressSettings::Peer => AddressSource::Peer,
            AddressSettings::Header(forwarded) => {
                self.range(
                    "client.address.header.trusted_hops",
                    forwarded.trusted_hops,
                    1..=32,
                );
                AddressSource::Header {
                    name: self.header_name("client.address.header.name", &forwarded.name),
                    trusted_hops: NonZeroU8::new(forwarded.trusted_hops).unwrap_or(NonZeroU8::MIN),
                }
            }
        };
        Identification {
            source,
            ipv4_prefix: settings.ipv4_prefix,
            ipv6_prefix: settings.ipv6_prefix,
        }
    }

    fn challenge(&mut self, settings: &ChallengeSettings) -> ChallengePolicy {
        self.range("challenge.sub_puzzles", settings.sub_puzzles, 1..=MAX_SUB_PUZZLES);
        self.range(
            "challenge.lifetime_seconds",
            settings.lifetime_seconds,
            30..=3_600,
        );
        ChallengePolicy {
            sub_puzzles: settings.sub_puzzles,
            lifetime: settings.lifetime_seconds.into(),
            bind_to_prefix: settings.bind_to_prefix,
        }
    }

    fn redeem(&mut self, settings: &RedeemSettings, challenge_lifetime: u32) -> RedeemPolicy {
        RedeemPolicy {
            refusals: self.meter(
                "redeem",
                "redeem.refusals_per_prefix",
                &settings.refusals_per_prefix,
            ),
            tries: self.quota("redeem.tries_per_challenge", &settings.tries_per_challenge),
            minting: quota_of(1, challenge_lifetime, 1),
        }
    }

    fn ledger(&mut self, settings: &LedgerSettings, rules: usize) -> Room {
        let entries = 1_024..=16_777_216;
        self.range("ledger.clearances", settings.clearances, entries.clone());
        self.range("ledger.prefixes", settings.prefixes, entries);
        let size = |n: u32| {
            usize::try_from(n)
                .ok()
                .and_then(NonZeroUsize::new)
                .unwrap_or(NonZeroUsize::MIN)
        };
        Room {
            clearances: size(settings.clearances),
            prefixes: size(settings.prefixes),
            // For each rule a free lane and a few quotas of its route, and those of the site.
            budgets: NonZeroUsize::MIN
                .saturating_add(rules.saturating_mul(8))
                .saturating_add(8),
        }
    }

    fn page(&mut self, settings: PageSettings) -> PagePolicy {
        self.short_text("page.site", &settings.site);
        if let Some(telephone) = &settings.telephone {
            self.short_text("page.telephone", telephone);
        }
        PagePolicy {
            site: settings.site,
            telephone: settings.telephone,
            default_language: settings.default_language,
        }
    }

    fn short_text(&mut self, path: &str, text: &str) {
        if text.chars().count() > 120 || text.chars().any(char::is_control) {
            self.problems
                .add(path, "expected at most 120 characters on one line");
        }
    }

    fn range<T: PartialOrd + Copy + core::fmt::Display>(
        &mut self,
        path: &str,
        value: T,
        range: RangeInclusive<T>,
    ) {
        if !range.contains(&value) {
            self.problems.add(
                path,
                format!(
                    "{value} is out of range; expected {} to {}",
                    range.start(),
                    range.end()
                ),
            );
        }
    }

    /// A header's name in lower case, found to be a token (RFC 9110 §5.1).
    fn header_name(&mut self, path: &str, name: &str) -> String {
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if name.is_empty() || !name.bytes().all(is_token) {
            self.problems
                .add(path, format!("\"{}\" is no header name", name.escape_debug()));
        }
        name.to_ascii_lowercase()
    }
}
