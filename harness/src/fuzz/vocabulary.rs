//! The names and values that requests are made of.

use std::collections::BTreeSet;

use super::words;

/// Headers that filters commonly look at.
const TYPICAL: [&str; 26] = [
    "cookie",
    "authorization",
    "user-agent",
    "accept",
    "accept-language",
    "accept-encoding",
    "content-type",
    "content-length",
    "x-forwarded-for",
    "x-forwarded-proto",
    "x-real-ip",
    "x-request-id",
    "forwarded",
    "range",
    "if-none-match",
    "if-match",
    "if-modified-since",
    "referer",
    "origin",
    "host",
    "te",
    "transfer-encoding",
    "upgrade",
    "connection",
    "expect",
    "x-client",
];

/// Most names of each kind.
const MAX_NAMES: usize = 200;

/// What is known to mean something to the filter.
#[derive(Clone, Debug)]
pub(super) struct Vocabulary {
    /// Header names: those that the filter has asked for, then typical ones, then words of the filter.
    pub(super) names: Vec<Vec<u8>>,
    /// Words of the filter and its configuration, as values and parts of paths.
    pub(super) values: Vec<Vec<u8>>,
    pub(super) paths: Vec<Vec<u8>>,
    asked: BTreeSet<Vec<u8>>,
    from_words: Vec<Vec<u8>>,
}

impl Vocabulary {
    pub(super) fn new(module: &[u8], configuration: &[u8]) -> Self {
        let configured = words::of_configuration(configuration);
        let constant = words::of_module(module);
        let all = || configured.iter().chain(&constant);
        let is_path = |word: &&Vec<u8>| word.starts_with(b"/");
        // A hyphen is what tells names of headers from words of a language.
        let is_name = |word: &&Vec<u8>| words::is_name(word) && word.contains(&b'-');
        let mut vocabulary = Self {
            names: Vec::new(),
            values: all().take(2 * MAX_NAMES).cloned().collect(),
            paths: all().filter(is_path).take(MAX_NAMES).cloned().collect(),
            asked: BTreeSet::new(),
            from_words: all().filter(is_name).take(MAX_NAMES).cloned().collect(),
        };
        vocabulary.arrange();
        vocabulary
    }

    /// Takes up names that the filter has asked for. Returns those that are new among the names.
    pub(super) fn learn(&mut self, asked: impl IntoIterator<Item = Vec<u8>>) -> Vec<Vec<u8>> {
        let known: BTreeSet<Vec<u8>> = self.names.iter().cloned().collect();
        let before = self.asked.len();
        self.asked
            .extend(asked.into_iter().filter(|name| words::is_name(name)));
        if self.asked.len() == before {
            return Vec::new();
        }
        self.arrange();
        self.names
            .iter()
            .filter(|name| !known.contains(*name))
            .cloned()
            .collect()
    }

    /// How many of the names, from the first on, the filter is known to look at.
    pub(super) fn asked(&self) -> usize {
        self.asked.len()
    }

    fn arrange(&mut self) {
        let mut seen = BTreeSet::new();
        let typical = TYPICAL.iter().map(|name| name.as_bytes().to_vec());
        let all = self
            .asked
            .iter()
            .cloned()
            .chain(typical)
            .chain(self.from_words.iter().cloned());
        self.names = all.filter(|name| seen.insert(name.clone())).collect();
    }
}
