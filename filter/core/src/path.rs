//! One way to read a path, so that what a rule matches is what the origin will serve.
//!
//! Rules are matched on the *normalised* path: query removed, percent-encoding decoded, repeated slashes merged.
//! Where two honest servers could disagree on what a path means, it is *doubtful*, and the request meets the strictest
//! rule of the policy instead of whichever rule its spelling would lead to.

use std::borrow::Cow;

/// A normalised path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path<'a> {
    bytes: Cow<'a, [u8]>,
    doubtful: bool,
}

impl<'a> Path<'a> {
    /// Reads the path out of a request target (RFC 9112 §3.2).
    ///
    /// Doubtful are: an encoded slash, backslash, NUL or other control character; an encoded `;`, `?`, `#` or `%` (the last would be
    /// decoded twice by some); a backslash, `;`, `#` or control character as it is; dot segments, encoded or not; a percent sign without
    /// two hexadecimal digits; and a target that does not begin with a slash.
    #[must_use]
    pub fn of_target(target: &'a [u8]) -> Self {
        if let Some(path) = plain(target) {
            return Self {
                bytes: Cow::Borrowed(path),
                doubtful: false,
            };
        }
        let path = target.split(|byte| *byte == b'?').next().unwrap_or_default();
        let mut doubtful = !path.starts_with(b"/") || path.iter().any(|byte| ambiguous(*byte));
        let mut bytes = Cow::Borrowed(path);
        if path.contains(&b'%') {
            let (decoded, in_doubt) = percent_decode(path);
            doubtful |= in_doubt;
            bytes = Cow::Owned(decoded);
        }
        if bytes.windows(2).any(|pair| pair == b"//") {
            bytes = Cow::Owned(merge_slashes(&bytes));
        }
        doubtful |= bytes
            .split(|byte| *byte == b'/')
            .any(|segment| segment == b"." || segment == b"..");
        Self { bytes, doubtful }
    }

    /// The normalised path. Not necessarily UTF-8.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether its meaning is in doubt.
    #[must_use]
    pub const fn is_doubtful(&self) -> bool {
        self.doubtful
    }
}

/// What a byte can mean inside a path.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Meaning {
    /// Itself.
    Itself,
    Slash,
    Dot,
    /// That the query begins.
    Query,
    /// Something that needs a closer look.
    More,
}

/// The meaning of each byte.
static MEANINGS: [Meaning; 256] = {
    let mut meanings = [Meaning::Itself; 256];
    let (mut rest, mut byte) = (meanings.as_mut_slice(), 0_u8);
    while let Some((meaning, others)) = rest.split_first_mut() {
        *meaning = match byte {
            b'/' => Meaning::Slash,
            b'.' => Meaning::Dot,
            b'?' => Meaning::Query,
            b'%' => Meaning::More,
            byte if ambiguous(byte) => Meaning::More,
            _ => Meaning::Itself,
        };
        (rest, byte) = (others, byte.wrapping_add(1));
    }
    meanings
};

/// The path of `target` where there is nothing to normalise and nothing to doubt, as in nearly all. `None`: there may be.
fn plain(target: &[u8]) -> Option<&[u8]> {
    let mut begins_segment = false;
    for (at, byte) in target.iter().enumerate() {
        match MEANINGS.get(usize::from(*byte))? {
            Meaning::Itself if at > 0 => begins_segment = false,
            Meaning::Slash if !begins_segment => begins_segment = true,
            Meaning::Dot if at > 0 && !begins_segment => {}
            Meaning::Query if at > 0 => return target.get(..at),
            _ => return None,
        }
    }
    (!target.is_empty()).then_some(target)
}

/// Characters that some servers give a meaning of their own inside a path.
const fn ambiguous(byte: u8) -> bool {
    matches!(byte, b'\\' | b';' | b'#' | 0x7f) || byte < b' '
}

/// Decodes once, and tells whether decoding brought up anything that servers disagree on.
fn percent_decode(path: &[u8]) -> (Vec<u8>, bool) {
    let mut decoded = Vec::with_capacity(path.len());
    let mut doubtful = false;
    let mut rest = path;
    while let Some((byte, tail)) = rest.split_first() {
        rest = tail;
        if *byte != b'%' {
            decoded.push(*byte);
            continue;
        }
        match tail
            .split_first_chunk::<2>()
            .and_then(|(digits, tail)| Some((hexadecimal(digits)?, tail)))
        {
            Some((byte, tail)) => {
                doubtful |= ambiguous(byte) || matches!(byte, b'/' | b'?' | b'%');
                decoded.push(byte);
                rest = tail;
            }
            None => {
                doubtful = true;
                decoded.push(b'%');
            }
        }
    }
    (decoded, doubtful)
}

fn hexadecimal(digits: &[u8; 2]) -> Option<u8> {
    let [high, low] = digits.map(|digit| char::from(digit).to_digit(16));
    u8::try_from(high?.checked_mul(16)?.checked_add(low?)?).ok()
}

fn merge_slashes(path: &[u8]) -> Vec<u8> {
    let mut merged = path.to_vec();
    merged.dedup_by(|next, previous| *next == b'/' && *previous == b'/');
    merged
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spellings_of_one_path_are_one_path() {
        for target in [
            "/book",
            "/book?day=1",
            "/%62ook",
            "/%62%6F%6f%6b",
            "//book",
            "///book?//",
        ] {
            let path = Path::of_target(target.as_bytes());
            assert_eq!(path.bytes(), b"/book", "{target}");
            assert!(!path.is_doubtful(), "{target}");
        }
        let accents = Path::of_target("/đặt-lịch".as_bytes());
        assert_eq!(accents, Path::of_target(b"/%C4%91%e1%BA%b7t-l%E1%BB%8Bch"));
        assert!(!accents.is_doubtful());
    }

    #[test]
    fn what_servers_read_differently_is_doubtful() {
        for target in [
            &b"/a/%2e%2e/book"[..],
            b"/a/../book",
            b"/./book",
            b"/a/..",
            b"/%2E/book",
            b"/a%2fbook",
            b"/a%2Fbook",
            b"/a%5cbook",
            b"/a\\book",
            b"/book%00",
            b"/book\0",
            b"/book;x=1",
            b"/book%3b",
            b"/book#x",
            b"/book%23",
            b"/book%3Fx",
            b"/book%25",
            b"/%252e%252e/book",
            b"/book%",
            b"/book%6",
            b"/book%zz",
            b"/book%+1",
            b"/book%0a",
            b"/book\r",
            b"book",
            b"",
            b"*",
            b"http://example.org/book",
        ] {
            assert!(Path::of_target(target).is_doubtful(), "{}", target.escape_ascii());
        }
    }

    #[test]
    fn dots_that_are_no_segment_are_plain() {
        for target in [&b"/.well-known/x"[..], b"/a..b/c", b"/...", b"/file%2etxt"] {
            assert!(
                !Path::of_target(target).is_doubtful(),
                "{}",
                target.escape_ascii()
            );
        }
    }

    proptest! {
        #[test]
        fn any_bytes_have_a_normalised_path_without_doubled_slashes(target: Vec<u8>) {
            let path = Path::of_target(&target);
            prop_assert!(!path.bytes().windows(2).any(|pair| pair == b"//"));
        }

        #[test]
        fn an_undoubted_path_means_the_same_when_it_is_normalised_again(target in "/([a-cé/.]|%[46][1-9a-fA-F]){0,8}") {
            let once = Path::of_target(target.as_bytes());
            prop_assume!(!once.is_doubtful());
            let twice = Path::of_target(once.bytes());
            prop_assert_eq!(once.bytes(), twice.bytes());
            prop_assert!(!twice.is_doubtful());
        }
    }
}
