//! From settings to policy: every value checked for sense, everything that is computed once computed here.

use super::{
    Access, ChallengePolicy, Matcher, PagePolicy, Policy, Problem, RedeemPolicy, Rule,
    problem::Problems,
    rules::Rules,
    settings::{
        AddressSettings, ClientSettings, Configuration, LedgerSettings, MAX_WORK, Mode, PageSettings,
        RedeemSettings,
    },
    strict,
    value::Value,
};
use crate::{
    client::{AddressSource, Identification},
    ledger::Room,
};
use core::num::{NonZeroU8, NonZeroUsize};
use quotas::{SharedMeters, free_lane, meter, meters, quota, quota_of, scope_of};
use rules::LAST_RULE;

mod exclusions;
mod flow;
mod keys;
mod matching;
mod quotas;
mod rules;
mod waiting_lane;

/// Compiles `text`, or tells everything that is wrong with it.
pub(super) fn compile(text: &[u8]) -> Result<Policy, Vec<Problem>> {
    let mut problems = Problems::default();
    let policy = match Value::parse(text, &mut problems) {
        Some(value @ Value::Object(_)) => {
            let configuration = strict::read(value, "", &mut problems);
            Compiler {
                problems: &mut problems,
            }
            .policy(configuration)
        }
        Some(_) => {
            problems.add("", "expected an object, as in {\"keys\": [...]}");
            None
        }
        None => None,
    };
    match policy {
        Some(policy) if problems.are_none() => Ok(policy),
        _ => Err(problems.into_inner()),
    }
}

/// Collects problems while it compiles; whatever it returns beside a problem is never used.
struct Compiler<'p> {
    problems: &'p mut Problems,
}

impl Compiler<'_> {
    fn policy(&mut self, configuration: Configuration) -> Option<Policy> {
        let keys = self.keyring(configuration.keys);
        let identification = self.identification(configuration.client);
        let challenge = ChallengePolicy {
            sub_puzzles: configuration.challenge.sub_puzzles,
            lifetime: configuration.challenge.lifetime_seconds.into(),
            bind_to_prefix: configuration.challenge.bind_to_prefix,
        };
        let clearance_lifetime = configuration.clearance.lifetime_seconds;
        if u64::from(clearance_lifetime) <= challenge.lifetime {
            self.problems.add(
                "clearance.lifetime_seconds",
                format_args!(
                    "{clearance_lifetime} seconds, counted from when the challenge was issued, would be over before some \
                     challenges are redeemed; expected more than challenge.lifetime_seconds ({})",
                    challenge.lifetime
                ),
            );
        }
        let least_work = u64::from(challenge.sub_puzzles);
        if configuration.price.floor < least_work {
            self.problems.add(
                "price.floor",
                strict::out_of_range(configuration.price.floor, least_work, MAX_WORK),
            );
        }
        let shared = SharedMeters {
            clearance: meters("clearance", &configuration.clearance.quota),
            prefix: meters("prefix", &configuration.prefix_quota),
            free_lane: free_lane("free_lane", configuration.free_lane),
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
            price: flow::price(&configuration.price),
            capacity: configuration
                .capacity
                .map(|settings| flow::capacity(&settings, clearance_lifetime)),
            clearance_lifetime: clearance_lifetime.into(),
            waiting_lane: waiting_lane::waiting_lane(&configuration.waiting_lane),
            redeem: redeem(&configuration.redeem, configuration.challenge.lifetime_seconds),
            challenge,
            ledger: room(&configuration.ledger, rules.len()),
            page: page(configuration.page),
            rate_limit_fields: configuration.rate_limit_fields,
            observe_header: configuration.observe_header,
            rules: Rules::new(rules, last),
            keys: keys?,
        })
    }

    fn identification(&mut self, settings: ClientSettings) -> Identification {
        let source = match settings.address {
            AddressSettings::Peer => AddressSource::Peer,
            AddressSettings::Header(forwarded) => AddressSource::Header {
                name: self.header_name("client.address.header", &forwarded.name),
                trusted_hops: NonZeroU8::new(forwarded.trusted_hops).unwrap_or(NonZeroU8::MIN),
            },
        };
        Identification {
            source,
            ipv4_prefix: settings.ipv4_prefix,
            ipv6_prefix: settings.ipv6_prefix,
        }
    }

    /// The name of the header that is described at `path`, in lower case, found to be a token (RFC 9110 §5.1).
    fn header_name(&mut self, path: &str, name: &str) -> String {
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if (name.is_empty() || !name.bytes().all(is_token)) && !self.problems.any_at(path) {
            self.problems.add(
                format_args!("{path}.name"),
                format_args!("\"{}\" is no header name", name.escape_debug()),
            );
        }
        name.to_ascii_lowercase()
    }
}

fn redeem(settings: &RedeemSettings, challenge_lifetime: u32) -> RedeemPolicy {
    RedeemPolicy {
        refusals: meter("redeem", &settings.refusals_per_prefix),
        tries: quota(&settings.tries_per_challenge),
        minting: quota_of(1, challenge_lifetime, 1),
    }
}

fn room(settings: &LedgerSettings, rules: usize) -> Room {
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

fn page(settings: PageSettings) -> PagePolicy {
    PagePolicy {
        site: settings.site,
        telephone: settings.telephone,
        default_language: settings.default_language,
    }
}
