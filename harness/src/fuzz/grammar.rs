//! The grammar of hostile requests.
//!
//! What no proxy lets through is left out: raw CR, LF and NUL in values and paths, and names of fields that are no tokens
//! (RFC 9110, section 5.6.2).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::sketch::{Change, Field, Sketch, Value};
use super::vocabulary::Vocabulary;
use crate::message::Response;

const METHODS: [&str; 12] = [
    "GET", "POST", "HEAD", "PUT", "OPTIONS", "DELETE", "PATCH", "TRACE", "CONNECT", "get", "PROPFIND", "",
];
const SEGMENTS: [&str; 22] = [
    "a", "", ".", "..", "%2e%2e", "%2E", "%00", "%0d%0a", "%", "%z1", "%2", "%2f", "%5c", "\\", "a;b=c", "*",
    "%ff%fe", "%25", "~", "+", "#", "//",
];
const NUMBERS: [&str; 10] = [
    "0",
    "-1",
    "1",
    "00",
    "2147483648",
    "4294967296",
    "18446744073709551616",
    "1e999",
    "NaN",
    "0x7f",
];
const STATUSES: [u16; 12] = [200, 200, 200, 204, 206, 301, 304, 404, 418, 500, 503, 599];
const SEPARATORS: &[u8] = b";=,\" \t%:/&?[]{}()<>@\\'";

/// A sequence of requests.
pub(super) fn sequences(vocabulary: &Vocabulary, workers: usize) -> BoxedStrategy<Vec<Sketch>> {
    let sketch = sketches(vocabulary, workers).boxed();
    prop_oneof![
        6 => vec(sketch.clone(), 1..=1),
        3 => vec(sketch.clone(), 2..=4),
        1 => vec(sketch, 5..=12),
    ]
    .boxed()
}

fn sketches(vocabulary: &Vocabulary, workers: usize) -> impl Strategy<Value = Sketch> + use<> {
    let field = fields(vocabulary).boxed();
    let request = (
        prop_oneof![3 => Just(b"GET".to_vec()), 2 => one_of(&METHODS)],
        paths(vocabulary),
        prop_oneof![4 => Just(b"booking.example".to_vec()), 1 => values(vocabulary)],
        prop_oneof![12 => vec(field.clone(), 0..6), 1 => vec(field.clone(), 20..60)],
        prop_oneof![4 => Just(Vec::new()), 1 => vec(pieces(vocabulary), 1..5)],
        proptest::option::weighted(0.1, vec(field.clone(), 0..4)),
        sources(),
    );
    (waits(), 0..workers.max(1), request, responses(field)).prop_map(
        |(wait, worker, (method, path, authority, fields, body, trailers, source), response)| Sketch {
            wait,
            worker,
            method,
            path,
            authority,
            fields,
            body,
            trailers,
            source,
            response,
        },
    )
}

fn waits() -> impl Strategy<Value = Duration> {
    prop_oneof![
        8 => Just(Duration::ZERO),
        2 => (0..3000_u64).prop_map(Duration::from_millis),
        1 => select(vec![61_u64, 301, 3_601, 90_000]).prop_map(Duration::from_secs),
    ]
}

fn fields(vocabulary: &Vocabulary) -> impl Strategy<Value = Field> + use<> {
    let asked = vocabulary.asked();
    let known = if asked == 0 {
        vocabulary.names.clone()
    } else {
        vocabulary.names.iter().take(asked).cloned().collect()
    };
    let name =
        prop_oneof![2 => select(known), 2 => select(vocabulary.names.clone()), 1 => odd_names()].boxed();
    let once = |(name, value)| Field {
        name,
        value,
        times: 1,
    };
    prop_oneof![
        8 => (name.clone(), values(vocabulary).prop_map(Value::Plain)).prop_map(once),
        3 => cookies(vocabulary).prop_map(move |value| once((b"cookie".to_vec(), Value::Plain(value)))),
        2 => (any::<usize>(), changes())
            .prop_map(move |(which, change)| once((b"cookie".to_vec(), Value::Cookie(which, change)))),
        2 => (name.clone(), any::<usize>(), changes())
            .prop_map(move |(name, which, change)| once((name, Value::Token(which, change)))),
        1 => addresses().prop_map(move |value| once((b"x-forwarded-for".to_vec(), Value::Plain(value)))),
        1 => (name, values(vocabulary).prop_map(Value::Plain), prop_oneof![30 => 2..20_usize, 1 => 1000..1200_usize])
            .prop_map(|(name, value, times)| Field { name, value, times }),
    ]
}

fn odd_names() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        10 => vec(letters(), 1..12),
        10 => vec(select(b"!#$%&'*+.^_`|~-0aZ".to_vec()), 1..8),
        10 => Just(b"X-Upper".to_vec()),
        1 => (1000..9000_usize).prop_map(|len| vec![b'n'; len]),
    ]
}

fn values(vocabulary: &Vocabulary) -> BoxedStrategy<Vec<u8>> {
    let words = if vocabulary.values.is_empty() {
        vec![b"a".to_vec()]
    } else {
        vocabulary.values.clone()
    };
    prop_oneof![
        40 => vec(letters(), 0..12),
        30 => select(words.clone()),
        30 => vec(raw_bytes(), 0..24),
        20 => vec(select(SEPARATORS.to_vec()), 0..16),
        20 => one_of(&NUMBERS),
        10 => (select(words), vec(raw_bytes(), 1..4)).prop_map(|(word, more)| [word, more].concat()),
        1 => (select(b"a;=\xff,".to_vec()), 1000..70_000_usize).prop_map(|(byte, len)| vec![byte; len]),
    ]
    .boxed()
}

fn cookies(vocabulary: &Vocabulary) -> impl Strategy<Value = Vec<u8>> + use<> {
    let names = [vocabulary.names.clone(), vocabulary.values.clone()].concat();
    let name = prop_oneof![2 => vec(letters(), 1..4), 1 => select(names)].boxed();
    let value = prop_oneof![4 => vec(letters(), 0..6), 1 => vec(raw_bytes(), 0..6)].boxed();
    let segment = prop_oneof![
        5 => (name.clone(), value.clone()).prop_map(|(name, value)| [name, b"=".to_vec(), value].concat()),
        2 => Just(Vec::new()),
        1 => Just(b"=".to_vec()),
        1 => value.clone().prop_map(|value| [b"=".to_vec(), value].concat()),
        1 => name.clone(),
        1 => (name.clone(), value).prop_map(|(name, value)| [name, b"==".to_vec(), value].concat()),
        1 => name.prop_map(|name| [name, b"=\"a; b".to_vec()].concat()),
    ];
    let separator = select(vec!["; ", ";", " ; ", ",", ";\t"]);
    (vec(segment, 0..8), separator).prop_map(|(segments, separator)| segments.join(separator.as_bytes()))
}

fn paths(vocabulary: &Vocabulary) -> impl Strategy<Value = Vec<u8>> + use<> {
    let known = if vocabulary.paths.is_empty() {
        vec![b"/".to_vec()]
    } else {
        vocabulary.paths.clone()
    };
    let segment = prop_oneof![4 => one_of(&SEGMENTS), 2 => vec(letters(), 0..8), 1 => vec(raw_bytes(), 0..6)];
    let made = vec(segment, 0..6).prop_map(|segments| [b"/".to_vec(), segments.join(&b"/"[..])].concat());
    let path = prop_oneof![
        30 => Just(b"/".to_vec()),
        40 => select(known.clone()),
        40 => made.clone(),
        20 => (select(known), made).prop_map(|(known, made)| [known, made].concat()),
        1 => (1000..30_000_usize).prop_map(|len| [b"/".to_vec(), vec![b'p'; len]].concat()),
        5 => select(vec![b"*".to_vec(), Vec::new(), b"http://booking.example/a".to_vec(), b"?".to_vec()]),
    ];
    (path, proptest::option::weighted(0.3, values(vocabulary))).prop_map(|(path, query)| match query {
        Some(query) => [path, b"?".to_vec(), query].concat(),
        None => path,
    })
}

fn pieces(vocabulary: &Vocabulary) -> impl Strategy<Value = Value> + use<> {
    let words = [vocabulary.names.clone(), vocabulary.values.clone()].concat();
    prop_oneof![
        30 => vec(any::<u8>(), 0..40).prop_map(Value::Plain),
        20 => (any::<usize>(), changes()).prop_map(|(which, change)| Value::Token(which, change)),
        20 => select(words).prop_map(|word| Value::Plain([word, b"=".to_vec()].concat())),
        10 => select(vec![&b"{\"a\":"[..], b"}", b"&", b"[[[[", b"\0"]).prop_map(|text| Value::Plain(text.to_vec())),
        1 => (1000..80_000_usize).prop_map(|len| Value::Plain(vec![b'b'; len])),
    ]
}

fn changes() -> impl Strategy<Value = Change> {
    prop_oneof![
        3 => Just(Change::Keep),
        2 => any::<u8>().prop_map(Change::Cut),
        3 => (any::<u8>(), 0..8_u8).prop_map(|(at, bit)| Change::Flip(at, bit)),
        1 => vec(raw_bytes(), 1..5).prop_map(Change::Append),
        1 => Just(Change::Twice),
    ]
}

fn sources() -> impl Strategy<Value = SocketAddr> {
    let address = prop_oneof![
        3 => Just(IpAddr::from(Ipv4Addr::new(192, 0, 2, 1))),
        3 => any::<u32>().prop_map(|bits| IpAddr::from(Ipv4Addr::from_bits(bits))),
        3 => any::<u128>().prop_map(|bits| IpAddr::from(Ipv6Addr::from_bits(bits))),
        1 => any::<u32>().prop_map(|bits| IpAddr::from(Ipv4Addr::from_bits(bits).to_ipv6_mapped())),
        1 => select(vec![IpAddr::from(Ipv6Addr::LOCALHOST), IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv6Addr::UNSPECIFIED)]),
    ];
    (address, 1..u16::MAX).prop_map(|(address, port)| SocketAddr::new(address, port))
}

/// Lists of addresses, as proxies write them and as clients forge them.
fn addresses() -> impl Strategy<Value = Vec<u8>> {
    let entry = prop_oneof![
        3 => sources().prop_map(|source| source.ip().to_string().into_bytes()),
        1 => sources().prop_map(|source| source.to_string().into_bytes()),
        1 => one_of(&["", "unknown", "999.1.1.1", "[::1", "1.2.3", "_hidden", "::ffff:1.2.3.4%eth0"]),
    ];
    (vec(entry, 0..6), select(vec![", ", ",", " , "]))
        .prop_map(|(entries, separator)| entries.join(separator.as_bytes()))
}

fn responses(field: BoxedStrategy<Field>) -> impl Strategy<Value = Response> {
    let odd = (
        select(STATUSES.to_vec()),
        vec(field.clone(), 0..4),
        vec(vec(any::<u8>(), 0..40), 0..4),
        proptest::option::weighted(0.2, vec(field, 0..2)),
    )
        .prop_map(|(status, fields, body, trailers)| {
            let mut response = Response::new(status);
            response.body = body;
            append(&mut response.headers, &fields);
            if let Some(fields) = trailers {
                append(response.trailers.get_or_insert_default(), &fields);
            }
            response
        });
    prop_oneof![3 => Just(Response::new(200).header("content-type", "text/html")), 1 => odd]
}

fn append(headers: &mut crate::headers::Headers, fields: &[Field]) {
    for field in fields {
        if let Value::Plain(value) = &field.value {
            headers.append(&field.name, value);
        }
    }
}

fn letters() -> impl Strategy<Value = u8> {
    select(b"abxyz019-_.".to_vec())
}

/// Any byte that may stand in a header, every second one not ASCII.
fn raw_bytes() -> impl Strategy<Value = u8> {
    prop_oneof![
        2 => 0x80..=0xff_u8,
        1 => 0x20..=0x7e_u8,
        1 => select(vec![1, 9, 0x0b, 0x1f, 0x7f_u8]),
    ]
}

fn one_of(texts: &[&'static str]) -> impl Strategy<Value = Vec<u8>> + use<> {
    select(texts.to_vec()).prop_map(|text| text.as_bytes().to_vec())
}
