//! Which rule a request meets.

use super::{PathPattern, Rule};
use crate::{client::LazyClient, path::Path, request::Request};
use std::collections::BTreeMap;

/// All rules in order; the last one matches everything.
///
/// With a thousand rules most requests could match only a few by their path, so rules are found by it: each is filed under
/// the part of its pattern that is literal, and a request is compared with what is filed under the beginnings of its path.
/// Which rule it meets is the same as if it were compared with one after the other.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    rules: Vec<Rule>,
    last: Rule,
    /// The place of the strictest; `None`: the last.
    strictest: Option<usize>,
    /// Rules that any path may match.
    anywhere: Vec<usize>,
    /// Rules that only this path matches.
    at: BTreeMap<Vec<u8>, Vec<usize>>,
    /// Rules that only paths match that are this or go on behind it with a slash. Without the slash at its end.
    below: BTreeMap<Vec<u8>, Vec<usize>>,
    /// How many slashes the longest beginning has. A path is not looked up deeper, however many slashes a client sends.
    depth: usize,
}

/// Where in a path all that a pattern matches lies.
enum Anchor<'p> {
    Anywhere,
    At(&'p str),
    Below(&'p str),
}

impl Rules {
    /// These rules, and the one for what none of them is for.
    pub(super) fn new(rules: Vec<Rule>, last: Rule) -> Self {
        let (mut anywhere, mut at, mut below) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
        for (index, rule) in rules.iter().enumerate() {
            let filed: &mut Vec<usize> = match rule.matcher.path.as_ref().map_or(Anchor::Anywhere, anchor) {
                Anchor::Anywhere => &mut anywhere,
                Anchor::At(path) => at.entry(path.as_bytes().to_vec()).or_default(),
                Anchor::Below(path) => below.entry(path.as_bytes().to_vec()).or_default(),
            };
            filed.push(index);
        }
        let strictness = |rule: &Rule| (rule.access.strictness(), rule.required_work);
        Self {
            strictest: (0..rules.len())
                .max_by_key(|index| rules.get(*index).map(strictness))
                .filter(|index| rules.get(*index).map(strictness) > Some(strictness(&last))),
            depth: below
                .keys()
                .map(|path: &Vec<u8>| slashes(path))
                .max()
                .unwrap_or_default(),
            rules,
            last,
            anywhere,
            at,
            below,
        }
    }

    /// All of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().chain([&self.last])
    }

    /// The one that asks for most.
    pub(super) fn strictest(&self) -> &Rule {
        self.strictest
            .and_then(|index| self.rules.get(index))
            .unwrap_or(&self.last)
    }

    /// The first rule that matches.
    pub(super) fn first(&self, request: &Request<'_>, path: &Path<'_>, client: &LazyClient<'_>) -> &Rule {
        // The rule that was found and stands first so far: what is filed stands in order, so looking stops there.
        let mut found: Option<usize> = None;
        for filed in self.filed(path.bytes()) {
            let nearer = filed
                .iter()
                .take_while(|index| found.is_none_or(|found| **index < found))
                .find(|index| {
                    self.rules.get(**index).is_some_and(|rule| {
                        rule.matcher.matches(request, path, client)
                            && !(rule.is_exclusion && request.says_it_is_another())
                    })
                });
            found = nearer.copied().or(found);
        }
        found
            .and_then(|index| self.rules.get(index))
            .unwrap_or(&self.last)
    }

    /// Rules that may match a path, as they are filed.
    fn filed<'s>(&'s self, path: &'s [u8]) -> impl Iterator<Item = &'s [usize]> {
        let slashes = path
            .iter()
            .enumerate()
            .filter(|(_, byte)| **byte == b'/')
            .map(|(at, _)| at)
            .take(self.depth.saturating_add(1));
        // The path itself is a beginning, too; where it is deeper than all of them, it is none.
        let beginnings = slashes
            .chain([path.len()])
            .filter_map(|end| self.below.get(path.get(..end)?));
        [Some(&self.anywhere), self.at.get(path)]
            .into_iter()
            .flatten()
            .chain(beginnings)
            .map(Vec::as_slice)
    }
}

/// What a pattern is filed under.
fn anchor(pattern: &PathPattern) -> Anchor<'_> {
    match pattern {
        PathPattern::Exact(path) => Anchor::At(path),
        PathPattern::Prefix(path) => Anchor::Below(path.strip_suffix('/').unwrap_or(path)),
        PathPattern::Glob(glob) => {
            // All segments before the first with a character that may not stand for itself. A glob that begins with one
            // (`!` makes it match what the rest does not) has none.
            let literal = glob
                .split(['*', '?', '[', ']', '{', '}', '!', '\\'])
                .next()
                .unwrap_or_default();
            match literal.rsplit_once('/') {
                Some((segments, _)) if literal.starts_with('/') => Anchor::Below(segments),
                _ => Anchor::Anywhere,
            }
        }
    }
}

fn slashes(path: &[u8]) -> usize {
    path.iter().filter(|byte| **byte == b'/').count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Policy;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn policy(paths: &[Value]) -> Policy {
        let rules: Vec<Value> = paths
            .iter()
            .enumerate()
            .map(|(n, path)| json!({ "name": format!("rule-{n}"), "match": { "path": path }, "access": "clearance" }))
            .collect();
        let configuration = json!({
            "keys": [{ "id": 1, "secret": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8" }],
            "rules": rules,
        });
        Policy::from_json(configuration.to_string().as_bytes()).unwrap()
    }

    /// The rule that comparing with one after the other finds.
    fn one_by_one<'p>(policy: &'p Policy, path: &Path<'_>) -> &'p str {
        let pattern_matches = |rule: &&Rule| {
            let pattern = rule.matcher.path.as_ref();
            pattern.is_none_or(|pattern| pattern.matches(path.bytes())) && rule.matcher.methods.is_empty()
        };
        policy.rules().find(pattern_matches).map_or("", |rule| &rule.name)
    }

    fn pattern() -> impl Strategy<Value = Value> {
        let path = "(/[ab]{1,2}){1,3}/?";
        prop_oneof![
            path.prop_map(|path| json!({ "exact": path })),
            path.prop_map(|path| json!({ "prefix": path })),
            "(/([ab]{1,2}|\\*|[ab]\\*|\\*\\*)){1,3}".prop_map(|glob| json!({ "glob": glob })),
        ]
    }

    proptest! {
        #[test]
        fn filing_rules_changes_nothing(
            patterns in prop::collection::vec(pattern(), 1..8),
            target in "(/[ab]{0,2}){1,5}/?",
        ) {
            let policy = policy(&patterns);
            let path = Path::of_target(target.as_bytes());
            let headers = [(&b":method"[..], &b"DELETE"[..]), (b":path", target.as_bytes())];
            let request = Request::new(&headers, None);
            let client = LazyClient::new(&policy.identification, &request);
            let found = policy.rule_for(&request, &path, &client);
            prop_assert_eq!(&found.name, one_by_one(&policy, &path));
        }
    }

    #[test]
    fn the_first_of_rules_that_match_alike_is_met() {
        let policy = policy(&[
            json!({ "glob": "/a/*/c" }),
            json!({ "prefix": "/a/b" }),
            json!({ "exact": "/a/b/c" }),
            json!({ "prefix": "/a" }),
        ]);
        for (target, rule) in [
            ("/a/b/c", "rule-0"),
            ("/a/b/d", "rule-1"),
            ("/a/c", "rule-3"),
            ("/ab", "default"),
        ] {
            let path = Path::of_target(target.as_bytes());
            let request = Request::new(&[], None);
            let client = LazyClient::new(&policy.identification, &request);
            assert_eq!(policy.rule_for(&request, &path, &client).name, rule, "{target}");
        }
    }
}
