//! How values are shown to people.

/// Most characters of a value that are shown.
const MOST: usize = 2000;

/// Bytes as a text that cannot be mistaken: in quotes where its ends would not be seen, escaped where it is no text.
pub(crate) fn shown(bytes: &[u8]) -> String {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return shortened(&format!("b\"{}\"", bytes.escape_ascii()));
    };
    // Several lines are shown as such; the end of the last one is no end that would not be seen.
    let lines = text
        .strip_suffix('\n')
        .filter(|lines| lines.contains('\n'))
        .unwrap_or(text);
    let unclear = text.is_empty()
        || matches!(text, "absent" | "present")
        || lines.trim() != lines
        || text.chars().any(|c| c.is_control() && c != '\n');
    if unclear {
        shortened(&format!("{text:?}"))
    } else {
        shortened(text)
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}... ({} bytes)", &text[..at], text.len()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_be_mistaken_is_in_quotes() {
        assert_eq!(shown(b"yes"), "yes");
        assert_eq!(shown(b""), "\"\"");
        assert_eq!(shown(b"yes "), "\"yes \"");
        assert_eq!(shown(b"absent"), "\"absent\"");
        assert_eq!(shown(b"yes\n"), "\"yes\\n\"");
        assert_eq!(shown(b"yes\nno\n"), "yes\nno\n");
        assert_eq!(shown(b"\xff\n"), r#"b"\xff\n""#);
    }

    #[test]
    fn what_is_long_is_cut_short() {
        let shown = shown(&[b'x'; 5000]);
        assert!(shown.ends_with("xxx... (5000 bytes)"), "{}", shown.len());
    }
}
