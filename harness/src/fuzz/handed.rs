//! What a filter has handed out to clients, and may get back.

use std::collections::VecDeque;

use crate::message::Response;

/// Most values that are kept; older ones are forgotten.
const CAPACITY: usize = 64;
/// Most values of one body.
const FROM_A_BODY: usize = 8;
/// Shortest text of a body that may be a token, and longest.
const TOKEN: std::ops::RangeInclusive<usize> = 16..=4096;

/// Cookies and tokens, newest last.
#[derive(Clone, Debug, Default)]
pub(super) struct Handed {
    /// As in a `cookie` header: `name=value`.
    cookies: VecDeque<Vec<u8>>,
    /// Values of headers and texts of bodies.
    tokens: VecDeque<Vec<u8>>,
}

impl Handed {
    /// Notes what a response has that the origin's had not.
    pub(super) fn collect(&mut self, response: &Response, origin: Option<&Response>) {
        for (name, value) in response.headers.iter() {
            if origin.is_some_and(|origin| origin.headers.iter().any(|field| field == (name, value))) {
                continue;
            }
            if name.eq_ignore_ascii_case(b"set-cookie") {
                let pair = value.split(|byte| *byte == b';').next().unwrap_or_default();
                push(&mut self.cookies, pair);
                if let Some(at) = pair.iter().position(|byte| *byte == b'=') {
                    push(&mut self.tokens, pair.get(at + 1..).unwrap_or_default());
                }
            } else {
                push(&mut self.tokens, value);
            }
        }
        if origin.is_none() {
            let body = response.body_bytes();
            for token in body
                .split(|byte| !is_token(*byte))
                .filter(|token| TOKEN.contains(&token.len()))
                .take(FROM_A_BODY)
            {
                push(&mut self.tokens, token);
            }
        }
    }

    /// A cookie or a token, if there is any.
    pub(super) fn pick(&self, cookie: bool, which: usize) -> &[u8] {
        let all = if cookie { &self.cookies } else { &self.tokens };
        let index = which.checked_rem(all.len()).unwrap_or_default();
        all.get(index).map(Vec::as_slice).unwrap_or_default()
    }

    /// Takes over what another one has.
    pub(super) fn join(&mut self, later: &Self) {
        later
            .cookies
            .iter()
            .for_each(|cookie| push(&mut self.cookies, cookie));
        later
            .tokens
            .iter()
            .for_each(|token| push(&mut self.tokens, token));
    }
}

const fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'=' | b'+' | b'~' | b'%')
}

fn push(values: &mut VecDeque<Vec<u8>>, value: &[u8]) {
    if value.is_empty() || values.iter().any(|known| known == value) {
        return;
    }
    if values.len() == CAPACITY {
        values.pop_front();
    }
    values.push_back(value.to_vec());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_header_values_and_tokens_of_own_replies_are_kept() {
        let mut handed = Handed::default();
        let reply = Response::new(403)
            .header("set-cookie", "a=token; Path=/")
            .header("x-ticket", "t1")
            .body(r#"{"challenge": "abcdefghijklmnopqrst", "n": 5}"#);
        handed.collect(&reply, None);
        assert_eq!(handed.pick(true, 7), b"a=token");
        let tokens: Vec<&[u8]> = (0..3).map(|which| handed.pick(false, which)).collect();
        assert_eq!(tokens, [&b"token"[..], b"t1", b"abcdefghijklmnopqrst"]);
    }

    #[test]
    fn what_the_origin_has_said_is_not_the_filters() {
        let mut handed = Handed::default();
        let origin = Response::new(200)
            .header("x", "origin")
            .body("abcdefghijklmnopqrst");
        handed.collect(&origin.clone().header("y", "filter"), Some(&origin));
        assert_eq!(handed.pick(false, 0), b"filter");
        assert_eq!(handed.pick(false, 1), b"filter");
    }
}
