//! How a page loads its own address again without a script.

use core::fmt;

/// Longer addresses are not repeated in the page, so that nobody can make an answer much larger than a page is.
const LONGEST: usize = 2_048;

/// The content of a `meta` element with `http-equiv="refresh"`.
///
/// It names the address, although that is the document's own: without a name the fragment would be part of it, and to go to
/// an address with a fragment from itself is a jump within the page (HTML, "navigate", "navigate to a fragment"). Whoever
/// came with one would wait for ever. The name is relative, so it cannot lead to another site.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refresh<'a> {
    seconds: u64,
    /// From the last segment of the path on, with the query; `None` when it cannot be named.
    address: Option<&'a str>,
}

impl<'a> Refresh<'a> {
    /// After so many seconds, for a document that was asked for as `target`: its path and query.
    pub(super) fn new(seconds: u64, target: &'a [u8]) -> Self {
        let path = target.split(|byte| *byte == b'?').next().unwrap_or_default();
        let address = path
            .iter()
            .rposition(|byte| *byte == b'/')
            .and_then(|slash| target.get(slash.checked_add(1)?..))
            .filter(|address| address.len() <= LONGEST && address.iter().all(u8::is_ascii_graphic))
            .and_then(|address| core::str::from_utf8(address).ok());
        Self { seconds, address }
    }
}

impl fmt::Display for Refresh<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.seconds.fmt(f)?;
        match self.address {
            // The dot, so that it is a reference even when the segment is empty or has a colon.
            Some(address) => write!(f, ";url=./{address}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_named_from_its_last_segment_on() {
        for (target, content) in [
            ("/", "5;url=./"),
            ("/?a=1&b=/c", "5;url=./?a=1&b=/c"),
            ("/book", "5;url=./book"),
            ("/book/?", "5;url=./?"),
            ("/a/b:c;d=%C4%91?x", "5;url=./b:c;d=%C4%91?x"),
            ("//elsewhere.example", "5;url=./elsewhere.example"),
            ("/https://elsewhere.example?q", "5;url=./elsewhere.example?q"),
        ] {
            assert_eq!(
                Refresh::new(5, target.as_bytes()).to_string(),
                content,
                "{target}"
            );
        }
    }

    #[test]
    fn what_is_no_address_that_a_browser_sends_or_a_long_one_is_not_repeated() {
        let long = format!("/{}", "a".repeat(LONGEST + 1));
        for target in [
            &b""[..],
            b"*",
            b"/a b",
            b"/a\n",
            b"/\xc4\x91",
            b"/\0",
            long.as_bytes(),
        ] {
            assert_eq!(
                Refresh::new(5, target).to_string(),
                "5",
                "{}",
                target.escape_ascii()
            );
        }
    }
}
