//! From settings to policy: every value checked for sense, everything that is computed once computed here.

use super::{
    Access, ChallengePolicy, MAX_SUB_PUZZLES, Matcher, Meter, PagePolicy, Policy, Problem, RedeemPolicy,
    Rule,
    settings::{
        AddressSettings, ChallengeSettings, ClientSettings, Configuration, FreeLaneSettings, KeySettings,
        LedgerSettings, PageSettings, QuotaSettings, RedeemSettings,
    },
    strict::{self, Problems},
};
use crate::{
    client::{AddressSource, Identification},
    ledger::Capacity,
    quota::{Quota, at_least_one},
    token::{Keyring, Secret, SigningKey},
};
use base64::{
    Engine as _,
    alphabet::URL_SAFE,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use core::{
    hash::Hasher as _,
    num::{NonZeroU8, NonZeroUsize},
    ops::RangeInclusive,
};
use rules::{LAST_RULE, default_rules};
use serde_json::Value;
use siphasher::sip::SipHasher24;

mod matching;
mod rules;

/// The quota of a prefix without a clearance, where none is configured.
pub(super) const PREFIX_QUOTA: QuotaSettings = QuotaSettings {
    limit: 60,
    window_seconds: 60,
    burst: Some(30),
};

/// A day; no quota needs a longer window, and no token a longer life than thirty of them.
const DAY_SECONDS: u32 = 86_400;

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
            clearance: self.meter("clearance", "clearance.quota", &configuration.clearance.quota),
            prefix: self.meter(
                "prefix",
                "prefix_quota",
                configuration.prefix_quota.as_ref().unwrap_or(&PREFIX_QUOTA),
            ),
            free_lane: self.free_lane("free_lane", "free_lane", &configuration.free_lane),
        };
        let rules = self.rules(configuration.rules.unwrap_or_else(default_rules), &shared);
        Some(Policy {
            identification,
            challenge,
            clearance_lifetime: clearance_lifetime.into(),
            redeem: self.redeem(&configuration.redeem),
            ledger: self.ledger(&configuration.ledger, rules.len()),
            page: self.page(configuration.page),
            rules,
            last_rule: Rule {
                name: LAST_RULE.into(),
                scope: scope_of(LAST_RULE),
                matcher: Matcher::default(),
                access: Access::FreeLane(shared.free_lane),
                required_work: 0,
                clearance_meter: shared.clearance,
                prefix_meter: Some(shared.prefix),
            },
            keys: keys?,
        })
    }

    fn keyring(&mut self, values: Vec<Value>) -> Option<Keyring> {
        if values.is_empty() {
            self.problems.add(
                "keys",
                "there is no key; expected at least one, as in [{\"id\": 1, \"secret\": \"...\"}] with 32 or more random \
                 bytes in base64url",
            );
        }
        let mut keys: Vec<SigningKey> = Vec::new();
        for (index, value) in values.into_iter().enumerate() {
            let path = format!("keys[{index}]");
            let settings: KeySettings = strict::read(value, &path, self.problems);
            let secret = self.secret(&format!("{path}.secret"), settings.secret.0);
            let Some(id) = settings.id else {
                self.problems
                    .add(format!("{path}.id"), "missing; expected a number from 0 to 255");
                continue;
            };
            if keys.iter().any(|key| key.id() == id) {
                self.problems.add(
                    format!("{path}.id"),
                    format!("{id} names an earlier key already; expected ids that differ"),
                );
            }
            if let Some(secret) = secret {
                keys.push(SigningKey::new(id, &secret));
            }
        }
        let mut keys = keys.into_iter();
        Some(Keyring::new(keys.next()?, keys.collect()))
    }

    fn secret(&mut self, path: &str, text: Option<String>) -> Option<Secret> {
        const LENIENT: GeneralPurposeConfig =
            GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
        let Some(text) = text else {
            self.problems
                .add(path, "missing; expected 32 or more random bytes in base64url");
            return None;
        };
        let Ok(bytes) = GeneralPurpose::new(&URL_SAFE, LENIENT).decode(text) else {
            self.problems.add(path, "not base64url (A-Z, a-z, 0-9, - and _)");
            return None;
        };
        match Secret::new(bytes) {
            Ok(secret) => Some(secret),
            Err(error) => {
                self.problems.add(path, error.to_string());
                None
            }
        }
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
            "challenge.work",
            settings.work,
            settings.sub_puzzles.into()..=MAX_WORK,
        );
        self.range(
            "challenge.lifetime_seconds",
            settings.lifetime_seconds,
            30..=3_600,
        );
        ChallengePolicy {
            work: settings.work,
            sub_puzzles: settings.sub_puzzles,
            lifetime: settings.lifetime_seconds.into(),
            bind_to_prefix: settings.bind_to_prefix,
        }
    }

    fn redeem(&mut self, settings: &RedeemSettings) -> RedeemPolicy {
        RedeemPolicy {
            refusals: self.meter(
                "redeem",
                "redeem.refusals_per_prefix",
                &settings.refusals_per_prefix,
            ),
            tries: self.quota("redeem.tries_per_challenge", &settings.tries_per_challenge),
        }
    }

    fn ledger(&mut self, settings: &LedgerSettings, rules: usize) -> Capacity {
        let entries = 1_024..=16_777_216;
        self.range("ledger.clearances", settings.clearances, entries.clone());
        self.range("ledger.prefixes", settings.prefixes, entries);
        let size = |n: u32| {
            usize::try_from(n)
                .ok()
                .and_then(NonZeroUsize::new)
                .unwrap_or(NonZeroUsize::MIN)
        };
        Capacity {
            clearances: size(settings.clearances),
            prefixes: size(settings.prefixes),
            budgets: NonZeroUsize::MIN.saturating_add(rules),
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

    fn meter(&mut self, name: &str, path: &str, settings: &QuotaSettings) -> Meter {
        Meter {
            name: name.into(),
            id: id_of(name),
            quota: self.quota(path, settings),
        }
    }

    fn free_lane(&mut self, name: &str, path: &str, settings: &FreeLaneSettings) -> Meter {
        self.range(
            &format!("{path}.requests_per_second"),
            settings.requests_per_second,
            1..=1_000_000,
        );
        let burst = settings
            .burst
            .unwrap_or_else(|| settings.requests_per_second.saturating_mul(2));
        self.range(&format!("{path}.burst"), burst, 1..=10_000_000);
        let quota = quota_of(settings.requests_per_second, 1, burst);
        Meter {
            name: name.into(),
            id: id_of(name),
            quota,
        }
    }

    fn quota(&mut self, path: &str, settings: &QuotaSettings) -> Quota {
        let burst = settings.burst.unwrap_or(settings.limit);
        self.range(&format!("{path}.limit"), settings.limit, 1..=1_000_000_000);
        self.range(
            &format!("{path}.window_seconds"),
            settings.window_seconds,
            1..=DAY_SECONDS,
        );
        self.range(&format!("{path}.burst"), burst, 1..=settings.limit.max(1));
        quota_of(settings.limit, settings.window_seconds, burst)
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

/// The meters of rules that have none of their own.
struct SharedMeters {
    clearance: Meter,
    prefix: Meter,
    free_lane: Meter,
}

/// Zeroes have been told as problems; one in their place lets compilation go on.
fn quota_of(limit: u32, window_seconds: u32, burst: u32) -> Quota {
    Quota::new(
        at_least_one(limit),
        at_least_one(window_seconds),
        at_least_one(burst),
    )
}

/// What stands for a name where a fixed size is needed: the same on every node and after every reload.
fn id_of(name: &str) -> u64 {
    let mut hasher = SipHasher24::new();
    hasher.write(name.as_bytes());
    hasher.finish()
}

/// The low half of [`id_of`]. It only tells which rule a challenge came from; nothing is decided by it.
fn scope_of(name: &str) -> u32 {
    let [.., a, b, c, d] = id_of(name).to_be_bytes();
    u32::from_be_bytes([a, b, c, d])
}
