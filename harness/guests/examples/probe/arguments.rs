//! The arguments of a command.

use super::pairs::Pairs;
use std::{num::IntErrorKind, str::SplitAsciiWhitespace};

/// An argument is missing or makes no sense.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Odd;

const MAPS: [&str; 8] = [
    "request_headers",
    "request_trailers",
    "response_headers",
    "response_trailers",
    "grpc_initial_metadata",
    "grpc_trailing_metadata",
    "http_call_headers",
    "http_call_trailers",
];

const BUFFERS: [&str; 9] = [
    "request_body",
    "response_body",
    "downstream_data",
    "upstream_data",
    "http_call_body",
    "grpc_message",
    "vm_configuration",
    "plugin_configuration",
    "foreign_arguments",
];

/// Those that have not been taken yet.
#[derive(Clone, Debug)]
pub(crate) struct Arguments<'a>(SplitAsciiWhitespace<'a>);

impl<'a> Arguments<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        Self(text.split_ascii_whitespace())
    }

    /// The next one as it is written.
    pub(crate) fn word(&mut self) -> Result<&'a str, Odd> {
        self.0.next().ok_or(Odd)
    }

    /// The next one, its escapes resolved.
    pub(crate) fn bytes(&mut self) -> Result<Vec<u8>, Odd> {
        self.word().and_then(unescape)
    }

    /// All others, a space between each two.
    pub(crate) fn text(&mut self) -> Result<Vec<u8>, Odd> {
        let words = self.0.by_ref().map(unescape).collect::<Result<Vec<_>, _>>()?;
        Ok(words.join(&b' '))
    }

    /// Segments between dots, as the host takes them: with zero bytes between them.
    pub(crate) fn path(&mut self) -> Result<Vec<u8>, Odd> {
        let segments = self.word()?.split('.').map(unescape);
        Ok(segments.collect::<Result<Vec<_>, _>>()?.join(&0))
    }

    /// A number; one below zero stands for the same bits.
    pub(crate) fn number(&mut self) -> Result<u32, Odd> {
        number(self.word()?)
    }

    pub(crate) fn signed(&mut self) -> Result<i64, Odd> {
        self.word()?.parse().map_err(|_| Odd)
    }

    pub(crate) fn truth(&mut self) -> Result<bool, Odd> {
        self.word()?.parse().map_err(|_| Odd)
    }

    pub(crate) fn map(&mut self) -> Result<u32, Odd> {
        self.named(&MAPS)
    }

    pub(crate) fn buffer(&mut self) -> Result<u32, Odd> {
        self.named(&BUFFERS)
    }

    /// A number, or a name that stands for its place in a list.
    pub(crate) fn named(&mut self, names: &[&str]) -> Result<u32, Odd> {
        let word = self.word()?;
        match names.iter().position(|name| *name == word) {
            Some(place) => u32::try_from(place).map_err(|_| Odd),
            None => number(word),
        }
    }

    /// A number, or `last` for `last`.
    pub(crate) fn number_or_last(&mut self, last: u32) -> Result<u32, Odd> {
        match self.word()? {
            "last" => Ok(last),
            word => number(word),
        }
    }

    /// `K=V` up to the end, or up to a `--`.
    pub(crate) fn pairs(&mut self) -> Result<Pairs, Odd> {
        let pair = |word: &str| {
            let (name, value) = word.split_once('=').ok_or(Odd)?;
            Ok((unescape(name)?, unescape(value)?))
        };
        self.0
            .by_ref()
            .take_while(|word| *word != "--")
            .map(pair)
            .collect()
    }
}

fn number(word: &str) -> Result<u32, Odd> {
    match word.parse::<u32>() {
        Ok(number) => Ok(number),
        Err(error) if *error.kind() == IntErrorKind::InvalidDigit => {
            word.parse::<i32>().map(i32::cast_unsigned).map_err(|_| Odd)
        }
        Err(_) => Err(Odd),
    }
}

fn unescape(word: &str) -> Result<Vec<u8>, Odd> {
    let mut bytes = Vec::new();
    let mut rest = if word == "\"\"" { "" } else { word };
    while let Some((plain, escape)) = rest.split_once('\\') {
        bytes.extend(plain.as_bytes());
        let mut digits = 0;
        let byte = match escape.chars().next().ok_or(Odd)? {
            'x' => {
                digits = 2;
                let digits = escape.get(1..3).ok_or(Odd)?;
                u8::from_str_radix(digits, 16).map_err(|_| Odd)?
            }
            '0' => 0,
            'n' => b'\n',
            'r' => b'\r',
            't' => b'\t',
            's' => b' ',
            '\\' => b'\\',
            _ => return Err(Odd),
        };
        bytes.push(byte);
        rest = escape.get(1 + digits..).ok_or(Odd)?;
    }
    bytes.extend(rest.as_bytes());
    Ok(bytes)
}
