//! What is shipped of a script: its code, without comments and indentation, which are a third of it. Browsers load it, and
//! every proxy holds it.

/// `source` without the lines that are blank or comments, and without indentation. Line by line, so that no string can be
/// mistaken for a comment.
///
/// # Errors
///
/// The line, and what stands there that cannot be read line by line.
pub(crate) fn shipped(source: &str) -> Result<String, String> {
    let mut code = String::new();
    let mut in_comment = false;
    for (line, number) in source.lines().map(str::trim).zip(1..) {
        if in_comment || line.starts_with("/*") {
            in_comment = !line.contains("*/");
            if !in_comment && !line.ends_with("*/") {
                return Err(format!("{number}: code behind a comment of several lines"));
            }
        } else if !line.is_empty() && !line.starts_with("//") {
            if line.matches('`').count() % 2 != 0 {
                return Err(format!("{number}: a template of several lines"));
            }
            code.push_str(line);
            code.push('\n');
        }
    }
    Ok(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_shipped_without_comments_and_indentation() {
        let source = "// What it is.\n\n/** Of\n * two lines. */\nconst a = (b) => {\n  // Why.\n  /* why */\n  return \"//\" + b; // kept\n};\n";
        assert_eq!(
            shipped(source).unwrap(),
            "const a = (b) => {\nreturn \"//\" + b; // kept\n};\n"
        );
    }

    #[test]
    fn what_cannot_be_told_line_by_line_is_refused() {
        for (source, line) in [
            ("a();\nb(`\n// text\n`);\n", "2:"),
            ("/* a */ b();\n", "1:"),
            ("/*\n*/ b();\n", "2:"),
        ] {
            assert!(shipped(source).unwrap_err().starts_with(line), "{source}");
        }
    }
}
