//! Reading objects strictly: every key is asked for by name, and what has not been asked for is a problem.
//!
//! Written out rather than derived: what is derived is compiled once for each type, and what reads a configuration was a
//! third of the module that every proxy has to compile before it serves.

use super::{
    problem::Problems,
    value::{Entries, Value, below},
};
use core::{fmt::Display, ops::RangeInclusive};

/// What is read out of an object.
pub(super) trait Settings {
    /// What an object says. Where it says nothing, or something that is wrong, stands the default.
    fn read(object: &mut Object<'_>) -> Self;
}

/// Whole numbers of all sizes.
pub(super) trait Whole: Copy + Into<u64> + TryFrom<u64> {}

impl<T: Copy + Into<u64> + TryFrom<u64>> Whole for T {}

/// Reads `value`, which stands at `path`, and tells all that is wrong with it.
pub(super) fn read<T: Settings>(value: Value, path: &str, problems: &mut Problems) -> T {
    let mut object = Object::new(value, path, problems);
    let settings = T::read(&mut object);
    object.tell_unknown_keys();
    settings
}

/// An object that is being read.
pub(super) struct Object<'p> {
    path: &'p str,
    problems: &'p mut Problems,
    /// What has not been read yet.
    entries: Entries,
    /// What has been asked for.
    keys: Vec<&'static str>,
}

impl<'p> Object<'p> {
    /// Anything else than an object is told, and read as if it were empty.
    #[inline(never)]
    fn new(value: Value, path: &'p str, problems: &'p mut Problems) -> Self {
        let entries = if let Value::Object(entries) = value {
            entries
        } else {
            problems.add(path, "expected an object, as in {}");
            Vec::new()
        };
        Self {
            path,
            problems,
            entries,
            keys: Vec::new(),
        }
    }

    #[inline(never)]
    fn tell_unknown_keys(self) {
        for (key, _) in &self.entries {
            self.problems.add(
                below(self.path, key),
                format_args!("unknown field `{key}`, {}", expected(&self.keys)),
            );
        }
    }

    /// Tells that something is wrong with what stands at `key`.
    pub(super) fn problem(&mut self, key: &str, message: impl Display) {
        self.problem_at(key, &message);
    }

    #[cold]
    #[inline(never)]
    fn problem_at(&mut self, key: &str, message: &dyn Display) {
        self.problems.add(below(self.path, key), message);
    }

    /// Whether what stands at `key` is wrong, or something inside of it.
    pub(super) fn is_wrong(&self, key: &str) -> bool {
        self.problems.any_at_or_below(&below(self.path, key))
    }

    /// Tells that the number at `key` does not fit to others.
    pub(super) fn check(&mut self, key: &str, number: impl Whole, range: RangeInclusive<impl Whole>) {
        self.check_whole(key, number.into(), (*range.start()).into(), (*range.end()).into());
    }

    #[inline(never)]
    fn check_whole(&mut self, key: &str, number: u64, least: u64, most: u64) {
        if number < least || number > most {
            self.problem(key, out_of_range(number, least, most));
        }
    }

    /// What stands at `key`; of a repeated one, what stands there last.
    #[inline(never)]
    pub(super) fn value(&mut self, key: &'static str) -> Option<Value> {
        self.keys.push(key);
        let mut found = None;
        while let Some(place) = self.entries.iter().position(|(name, _)| name == key) {
            let (_, value) = self.entries.remove(place);
            found = Some(value);
        }
        found
    }

    /// The same, where null says as much as nothing.
    pub(super) fn optional_value(&mut self, key: &'static str) -> Option<Value> {
        self.value(key).filter(|value| !matches!(value, Value::Null))
    }

    /// What stands at `key` and is missing where nothing does.
    #[inline(never)]
    fn required_value(&mut self, key: &'static str) -> Option<Value> {
        let value = self.value(key);
        if value.is_none() {
            self.problems
                .add(self.path, format_args!("missing field `{key}`"));
        }
        value
    }

    /// A number, or the default.
    pub(super) fn number<T: Whole>(&mut self, key: &'static str, default: T, range: RangeInclusive<T>) -> T {
        let (least, most) = ((*range.start()).into(), (*range.end()).into());
        let number = self.number_at(key, default.into(), least, most);
        T::try_from(number).unwrap_or(default)
    }

    /// A number, if there is one.
    pub(super) fn optional_number<T: Whole>(
        &mut self,
        key: &'static str,
        range: RangeInclusive<T>,
    ) -> Option<T> {
        let (least, most) = ((*range.start()).into(), (*range.end()).into());
        let number = self.optional_number_at(key, least, most)?;
        T::try_from(number).ok()
    }

    /// A number, which must be there; the least in its place where it is not.
    pub(super) fn required_number<T: Whole>(&mut self, key: &'static str, range: RangeInclusive<T>) -> T {
        let least = *range.start();
        let number = self.required_number_at(key, least.into(), (*range.end()).into());
        T::try_from(number).unwrap_or(least)
    }

    #[inline(never)]
    fn number_at(&mut self, key: &'static str, default: u64, least: u64, most: u64) -> u64 {
        let value = self.value(key);
        self.number_of(key, value, least, most).unwrap_or(default)
    }

    #[inline(never)]
    fn optional_number_at(&mut self, key: &'static str, least: u64, most: u64) -> Option<u64> {
        let value = self.optional_value(key);
        self.number_of(key, value, least, most)
    }

    #[inline(never)]
    fn required_number_at(&mut self, key: &'static str, least: u64, most: u64) -> u64 {
        let value = self.required_value(key);
        self.number_of(key, value, least, most).unwrap_or(least)
    }

    #[inline(never)]
    fn number_of(&mut self, key: &str, value: Option<Value>, least: u64, most: u64) -> Option<u64> {
        match value? {
            Value::Number(number) if number >= least && number <= most => return Some(number),
            Value::Number(number) => self.problem(key, out_of_range(number, least, most)),
            _ => self.problem(key, format_args!("expected a whole number, {least} to {most}")),
        }
        None
    }

    /// A boolean, or the default.
    #[inline(never)]
    pub(super) fn flag(&mut self, key: &'static str, default: bool) -> bool {
        match self.value(key) {
            None => default,
            Some(Value::Flag(flag)) => flag,
            Some(_) => {
                self.problem(key, "expected a boolean, true or false");
                default
            }
        }
    }

    /// Text, empty where there is none.
    #[inline(never)]
    pub(super) fn text(&mut self, key: &'static str) -> String {
        let value = self.value(key);
        value
            .and_then(|value| self.text_of(key, value))
            .unwrap_or_default()
    }

    /// Text, if there is some.
    #[inline(never)]
    pub(super) fn optional_text(&mut self, key: &'static str) -> Option<String> {
        let value = self.optional_value(key)?;
        self.text_of(key, value)
    }

    /// Text, which must be there; none in its place where it is not.
    #[inline(never)]
    pub(super) fn required_text(&mut self, key: &'static str) -> String {
        let value = self.required_value(key);
        value
            .and_then(|value| self.text_of(key, value))
            .unwrap_or_default()
    }

    pub(super) fn text_of(&mut self, key: &str, value: Value) -> Option<String> {
        if let Value::Text(text) = value {
            return Some(text);
        }
        self.problem(key, "expected text");
        None
    }

    /// A list of texts, empty where there is none.
    #[inline(never)]
    pub(super) fn texts(&mut self, key: &'static str) -> Vec<String> {
        let value = self.value(key);
        value
            .and_then(|value| self.texts_of(key, value))
            .unwrap_or_default()
    }

    /// A list of texts, if there is one.
    pub(super) fn optional_texts(&mut self, key: &'static str) -> Option<Vec<String>> {
        let value = self.optional_value(key)?;
        self.texts_of(key, value)
    }

    #[inline(never)]
    fn texts_of(&mut self, key: &str, value: Value) -> Option<Vec<String>> {
        let values = self.list_of(key, value)?.into_iter().enumerate();
        Some(
            values
                // None is left out: those behind it would be told under a wrong index.
                .map(|(index, value)| {
                    self.text_of(&format!("{key}[{index}]"), value)
                        .unwrap_or_default()
                })
                .collect(),
        )
    }

    /// A list, empty where there is none.
    #[inline(never)]
    pub(super) fn list(&mut self, key: &'static str) -> Vec<Value> {
        let value = self.value(key);
        value
            .and_then(|value| self.list_of(key, value))
            .unwrap_or_default()
    }

    fn list_of(&mut self, key: &str, value: Value) -> Option<Vec<Value>> {
        if let Value::List(values) = value {
            return Some(values);
        }
        self.problem(key, "expected a list");
        None
    }

    /// One of these words, or the default.
    pub(super) fn word<T: Copy>(&mut self, key: &'static str, default: T, words: &[(&'static str, T)]) -> T {
        let value = self.value(key);
        self.one_of(key, value, words).unwrap_or(default)
    }

    /// One of these words, if there is one.
    pub(super) fn optional_word<T: Copy>(
        &mut self,
        key: &'static str,
        words: &[(&'static str, T)],
    ) -> Option<T> {
        let value = self.optional_value(key);
        self.one_of(key, value, words)
    }

    #[inline(never)]
    fn one_of<T: Copy>(&mut self, key: &str, value: Option<Value>, words: &[(&'static str, T)]) -> Option<T> {
        let names: Vec<&str> = words.iter().map(|(name, _)| *name).collect();
        let place = self.word_of(key, &value?, &names)?;
        words.get(place).map(|(_, meaning)| *meaning)
    }

    #[inline(never)]
    fn word_of(&mut self, key: &str, value: &Value, words: &[&str]) -> Option<usize> {
        let Value::Text(text) = value else {
            self.problem(key, expected(words));
            return None;
        };
        let found = words.iter().position(|word| word == text);
        if found.is_none() {
            self.problem(key, format_args!("unknown variant `{text}`, {}", expected(words)));
        }
        found
    }

    /// What stands at the only key of `value`, which stands at `key`, and which of `names` that is.
    #[inline(never)]
    pub(super) fn choice(&mut self, key: &str, value: Value, names: &[&str]) -> Option<(usize, Value)> {
        if let Value::Object(entries) = value {
            let mut entries = entries.into_iter();
            if let (Some((name, value)), None) = (entries.next(), entries.next()) {
                return self
                    .word_of(key, &Value::Text(name), names)
                    .map(|choice| (choice, value));
            }
        }
        self.problem(
            key,
            format_args!("{} as the only key of an object", expected(names)),
        );
        None
    }

    /// An object inside of this one; what there is in an empty one, where there is none.
    pub(super) fn section<T: Settings>(&mut self, key: &'static str) -> T {
        let value = self.value(key);
        self.section_of(key, value.unwrap_or_else(|| Value::Object(Vec::new())))
    }

    /// An object inside of this one, if there is one.
    pub(super) fn optional_section<T: Settings>(&mut self, key: &'static str) -> Option<T> {
        let value = self.optional_value(key)?;
        Some(self.section_of(key, value))
    }

    /// `value`, which stands at `key`.
    pub(super) fn section_of<T: Settings>(&mut self, key: &str, value: Value) -> T {
        read(value, &below(self.path, key), self.problems)
    }
}

/// What is wrong with a number that is out of range.
pub(super) fn out_of_range(number: u64, least: u64, most: u64) -> String {
    format!("{number} is out of range; expected {least} to {most}")
}

/// What would be right, where it is one of these.
fn expected(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.as_slice() {
        [one, other] => format!("expected {one} or {other}"),
        [one] => format!("expected {one}"),
        _ => format!("expected one of {}", quoted.join(", ")),
    }
}
