//! What was found, for people and for other tools.

use std::fmt::Write as _;
use std::path::Path;

use super::Failure;
use super::shot::Shot;
use crate::headers::Headers;
use crate::message::Request;

/// Longest text that is shown to people in full.
const MAX_SHOWN: usize = 200;

/// Where the filter came from, as a scenario names it.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The module's file.
    pub module: &'a Path,
    /// The configuration's file.
    pub configuration: Option<&'a Path>,
    /// The profile's name.
    pub profile: &'a str,
    /// Workers of the host.
    pub workers: usize,
    /// The seed of its randomness.
    pub seed: u64,
}

/// The requests, for people to read.
#[must_use]
pub fn readable(failure: &Failure) -> String {
    let mut text = String::new();
    for (number, shot) in failure.shots.iter().enumerate() {
        if !shot.wait.is_zero() {
            let _ = writeln!(text, "   after {:?}", shot.wait);
        }
        let request = &shot.request;
        let (method, path) = (shown(&request.method), shown(&request.path));
        let _ = writeln!(
            text,
            "{}. {method} {path}   from {}, on worker {}",
            number + 1,
            request.source,
            shot.worker
        );
        let _ = writeln!(text, "      :authority: {}", shown(&request.authority));
        fields(&mut text, &request.headers);
        for piece in &request.body {
            let _ = writeln!(text, "      body: {}", shown(piece));
        }
        if let Some(trailers) = &request.trailers {
            let _ = writeln!(text, "      trailers:");
            fields(&mut text, trailers);
        }
        if shot.response != crate::message::Response::new(200) {
            let _ = writeln!(text, "   the origin answers {}", shot.response.status);
            fields(&mut text, &shot.response.headers);
            for piece in &shot.response.body {
                let _ = writeln!(text, "      body: {}", shown(piece));
            }
        }
    }
    if failure.repeated > 0 {
        let _ = writeln!(
            text,
            "and {} more like these, with other numbers",
            failure.repeated
        );
    }
    text
}

fn fields(text: &mut String, headers: &Headers) {
    for (name, value) in headers.iter() {
        let _ = writeln!(text, "      {}: {}", shown(name), shown(value));
    }
}

fn shown(bytes: &[u8]) -> String {
    let begin = bytes.get(..MAX_SHOWN.min(bytes.len())).unwrap_or_default();
    let mut text = begin.escape_ascii().to_string();
    if begin.len() < bytes.len() {
        let _ = write!(text, "... ({} bytes)", bytes.len());
    }
    text
}

/// A scenario file for `levee test` that plays the same.
#[must_use]
pub fn scenario(failure: &Failure, source: &Source<'_>) -> String {
    let mut yaml = format!("# {}\n", failure.finding.to_string().replace('\n', " "));
    let _ = writeln!(yaml, "module: {}", quoted(&source.module.display().to_string()));
    if let Some(configuration) = source.configuration {
        let _ = writeln!(
            yaml,
            "configuration: {{ file: {} }}",
            quoted(&configuration.display().to_string())
        );
    }
    let _ = writeln!(yaml, "profile: {}", source.profile);
    let _ = writeln!(yaml, "workers: {}", source.workers);
    let _ = writeln!(yaml, "seed: {}", source.seed);
    let _ = writeln!(
        yaml,
        "scenarios:\n  - name: {}\n    steps:",
        quoted("what the fuzzer has found")
    );
    for shot in &failure.shots {
        if !shot.wait.is_zero() {
            let _ = writeln!(yaml, "      - wait: {}ms", shot.wait.as_millis());
        }
        let _ = writeln!(yaml, "      - request:");
        request(&mut yaml, shot);
        if shot.response != crate::message::Response::new(200) {
            let _ = writeln!(
                yaml,
                "        # The origin's answer had the status {}.",
                shot.response.status
            );
        }
    }
    if failure.repeated > 0 {
        let _ = writeln!(
            yaml,
            "      # and {} more like these, with other numbers",
            failure.repeated
        );
    }
    yaml
}

fn request(yaml: &mut String, shot: &Shot) {
    let request = &shot.request;
    text(yaml, "method", &request.method);
    text(yaml, "path", &request.path);
    text(yaml, "authority", &request.authority);
    let _ = writeln!(yaml, "          from: {}", quoted(&request.source.to_string()));
    let _ = writeln!(yaml, "          worker: {}", shot.worker);
    map(yaml, "headers", &request.headers);
    if !request.body.is_empty() {
        let pieces: Vec<String> = request.body.iter().map(|piece| payload(piece)).collect();
        let _ = writeln!(yaml, "          body: [{}]", pieces.join(", "));
    }
    if let Some(trailers) = &request.trailers {
        map(yaml, "trailers", trailers);
    }
}

/// What a scenario can only write as text.
fn text(yaml: &mut String, key: &str, bytes: &[u8]) {
    let lossy = String::from_utf8_lossy(bytes);
    let _ = write!(yaml, "          {key}: {}", quoted(&escaped(&lossy)));
    if std::str::from_utf8(bytes).is_err() {
        let _ = write!(yaml, " # not UTF-8: {}", bytes.escape_ascii());
    }
    yaml.push('\n');
}

/// Fields by their names, each once, with the values of those that are repeated in a list.
fn map(yaml: &mut String, key: &str, headers: &Headers) {
    if headers.is_empty() {
        return;
    }
    let _ = writeln!(yaml, "          {key}:");
    let mut names: Vec<&[u8]> = Vec::new();
    for (name, _) in headers.iter() {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    for name in names {
        let values: Vec<String> = headers
            .iter()
            .filter(|(other, _)| *other == name)
            .map(|(_, value)| payload(value))
            .collect();
        let value = match values.as_slice() {
            [one] => one.clone(),
            _ => format!("[{}]", values.join(", ")),
        };
        let _ = write!(
            yaml,
            "            {}: {value}",
            quoted(&String::from_utf8_lossy(name))
        );
        if std::str::from_utf8(name).is_err() {
            let _ = write!(yaml, " # not UTF-8: {}", name.escape_ascii());
        }
        yaml.push('\n');
    }
}

/// A text, or hexadecimal digits for what is none.
fn payload(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => quoted(&escaped(text)),
        Err(_) => {
            let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("{{ hex: \"{digits}\" }}")
        }
    }
}

/// In scenarios `${name}` is something that was saved.
fn escaped(text: &str) -> String {
    text.replace("${", "$${")
}

/// A text in double quotes, as YAML and JSON have it.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_else(|_| format!("{text:?}"))
}

/// A command line that sends the last request to a proxy, where curl can send it.
#[must_use]
pub fn curl(failure: &Failure) -> Option<String> {
    let Request {
        method,
        path,
        headers,
        body,
        trailers,
        authority,
        ..
    } = &failure.shots.last()?.request;
    let plain = |bytes: &[u8]| bytes.iter().all(|byte| matches!(byte, b' '..=b'~'));
    let sendable =
        path.starts_with(b"/") && plain(path) && !path.contains(&b' ') && !method.is_empty() && plain(method);
    let short =
        headers.len() < 50 && headers.byte_size() < 2000 && body.iter().map(Vec::len).sum::<usize>() < 2000;
    if !sendable || !short || trailers.is_some() {
        return None;
    }
    let word = |bytes: &[u8]| shell_word(bytes);
    let mut line = format!("curl --path-as-is -i -X {}", word(method));
    let host = [&b"host: "[..], authority].concat();
    let fields = headers.iter().map(|(name, value)| {
        // With a colon and nothing behind it curl would leave the field out.
        if value.is_empty() {
            [name, b";"].concat()
        } else {
            [name, b": ", value].concat()
        }
    });
    for field in std::iter::once(host).chain(fields) {
        let _ = write!(line, " -H {}", word(&field));
    }
    if !body.is_empty() {
        let _ = write!(line, " --data-binary {}", word(&body.concat()));
    }
    let target = [&b"http://127.0.0.1:8080"[..], path].concat();
    let _ = write!(line, " {}", word(&target));
    Some(line)
}

/// A word of a shell such as bash, with other bytes than ASCII as numbers.
fn shell_word(bytes: &[u8]) -> String {
    if bytes
        .iter()
        .all(|byte| matches!(byte, b' '..=b'~') && *byte != b'\'')
    {
        return format!("'{}'", String::from_utf8_lossy(bytes));
    }
    let mut word = "$'".to_owned();
    for byte in bytes {
        match byte {
            b'\'' | b'\\' => {
                word.push('\\');
                word.push(char::from(*byte));
            }
            b' '..=b'~' => word.push(char::from(*byte)),
            _ => {
                let _ = write!(word, "\\x{byte:02x}");
            }
        }
    }
    word.push('\'');
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_gets_every_byte() {
        assert_eq!(shell_word(b"a b"), "'a b'");
        assert_eq!(shell_word(b"it's \xff"), "$'it\\'s \\xff'");
    }

    #[test]
    fn what_is_no_text_is_written_in_digits_and_what_looks_like_a_name_is_not_one() {
        assert_eq!(payload(b"a\xff"), "{ hex: \"61ff\" }");
        assert_eq!(payload(b"${a}\"\t"), r#""$${a}\"\t""#);
    }
}
