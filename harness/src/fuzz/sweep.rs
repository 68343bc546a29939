//! What every filter is tried with first, whatever the seed: each name with each nasty value, one at a time.

use super::shot::Shot;
use super::vocabulary::Vocabulary;
use crate::message::Request;

const VALUES: [&[u8]; 20] = [
    b"",
    b"\xff",
    b"a\x80b",
    b"\xc3\x28",
    b";;",
    b"a=1;;b=2",
    b"=",
    b"a=1; =2; b",
    b",,",
    b" ",
    b"\"",
    b"%",
    b"%zz",
    b"-1",
    b"18446744073709551616",
    b"bytes=0-,-1,9-1",
    b"Bearer",
    b"Basic !!!!",
    b"[::1",
    b"{\"a\":[",
];

const PATHS: [&[u8]; 14] = [
    b"",
    b"*",
    b"?",
    b"//",
    b"/..",
    b"/%",
    b"/%zz",
    b"/%00",
    b"/%ff",
    b"/\xff",
    b"/a;b",
    b"/a?=&&=;%",
    b"/?\xc3\x28=\x80",
    b"/\\",
];

const LONG: usize = 60_000;

/// Every name with every value.
pub(super) fn of_names<'a>(names: impl IntoIterator<Item = &'a Vec<u8>>) -> impl Iterator<Item = Shot> {
    names.into_iter().flat_map(|name| {
        let long = [b'a', b';', b'\xff'].map(|byte| vec![byte; LONG]);
        let values = VALUES.iter().map(|value| value.to_vec()).chain(long);
        let single = values.map(move |value| Request::get("/").header(name, value));
        let twice = Request::get("/").header(name, "a").header(name, "\u{fffd}");
        single.chain([twice]).map(Shot::new)
    })
}

/// Paths, methods and whole requests.
pub(super) fn of_the_rest(vocabulary: &Vocabulary) -> Vec<Shot> {
    let mut requests: Vec<Request> = PATHS.iter().map(Request::get).collect();
    requests.push(Request::get([b"/".to_vec(), vec![b'a'; LONG]].concat()));
    requests.push(Request::get([b"/".to_vec(), b"../".repeat(LONG / 3)].concat()));
    for path in &vocabulary.paths {
        requests.extend(["GET", "POST", "HEAD", "TRACE"].map(|method| Request::new(method, path)));
        requests.push(Request::post(path).body(b"\xff\x00"));
        requests.push(Request::get([path, &b"?\xff=%"[..]].concat()));
    }
    requests.extend(["", "get", "CONNECT", "\u{fffd}"].map(|method| Request::new(method, "/")));
    requests.push(Request::get("/").host(b"\xff"));
    requests.push(Request::get("/").host(""));
    requests.push(Request::post("/").body("").body([0; 5]).trailer("x", "\u{fffd}"));
    requests.push((0..1100).fold(Request::get("/"), |request, number| {
        request.header(format!("x-{number}"), "a")
    }));
    requests.push((0..1100).fold(Request::get("/"), |request, _| request.header("cookie", "a=b")));
    requests.into_iter().map(Shot::new).collect()
}
