//! How a page loads its own address again without a script.

use super::form::push_escaped;
use crate::{digits::push_decimal, scan};

/// Longer addresses are not repeated in the page, so that nobody can make an answer much larger than a page is.
const LONGEST: usize = 2_048;

/// Appends the content of a `meta` element with `http-equiv="refresh"`: loads the document again, which was asked for as
/// `target`, its path and query, after so many seconds.
///
/// It names the address, although that is the document's own: without a name the fragment would be part of it, and to go to
/// an address with a fragment from itself is a jump within the page (HTML, "navigate", "navigate to a fragment"). Whoever
/// came with one would wait for ever. The name is relative, so it cannot lead to another site.
pub(super) fn push(html: &mut String, seconds: u64, target: &[u8]) {
    push_decimal(html, seconds);
    if let Some(address) = address(target) {
        // The dot, so that it is a reference even when the segment is empty or has a colon.
        html.push_str(";url=./");
        push_escaped(html, address);
    }
}

/// From the last segment of the path on, with the query; `None` when it cannot be named.
fn address(target: &[u8]) -> Option<&str> {
    let path_length = scan::position(target, b'?').unwrap_or(target.len());
    let slash = target
        .get(..path_length)?
        .iter()
        .rposition(|byte| *byte == b'/')?;
    let address = target.get(slash.checked_add(1)?..)?;
    if address.len() > LONGEST || !scan::are_graphic(address) {
        return None;
    }
    core::str::from_utf8(address).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(target: &[u8]) -> String {
        let mut html = String::new();
        push(&mut html, 5, target);
        html
    }

    #[test]
    fn the_address_is_named_from_its_last_segment_on() {
        for (target, expected) in [
            ("/", "5;url=./"),
            ("/?a=1&b=/c", "5;url=./?a=1&#38;b=/c"),
            ("/book", "5;url=./book"),
            ("/book/?", "5;url=./?"),
            ("/?a=1&b=\"<'>", "5;url=./?a=1&#38;b=&#34;&#60;&#39;&#62;"),
            ("/a/b:c;d=%C4%91?x", "5;url=./b:c;d=%C4%91?x"),
            ("//elsewhere.example", "5;url=./elsewhere.example"),
            ("/https://elsewhere.example?q", "5;url=./elsewhere.example?q"),
        ] {
            assert_eq!(content(target.as_bytes()), expected, "{target}");
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
            assert_eq!(content(target), "5", "{}", target.escape_ascii());
        }
    }
}
