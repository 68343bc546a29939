//! Signatures of call-backs, by Standard Webhooks' own example and by what must not pass for one.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use levee_origin::payment::{
    Secret, Secrets,
    signature::{self, Unverified},
};
use proptest::prelude::*;
use sha2::Sha256;

/// The example that the libraries of Standard Webhooks are tested with
/// (<https://github.com/standard-webhooks/standard-webhooks>, libraries/go/webhook_test.go).
mod example {
    pub(super) const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    pub(super) const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    pub(super) const TIMESTAMP: i64 = 1_614_265_330;
    pub(super) const BODY: &[u8] = br#"{"test": 2432232314}"#;
    pub(super) const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    /// From the same tests: of something else.
    pub(super) const OTHER: &str = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=";
}

/// Another secret of the same kind.
const SECOND: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

fn secrets(lines: &str) -> Option<Secrets> {
    let file = tempfile::NamedTempFile::new().ok()?;
    std::fs::write(file.path(), lines).ok()?;
    Secrets::read(file.path()).ok()
}

fn headers(fields: &[(&str, &[u8])]) -> HeaderMap {
    let fields = fields.iter().filter_map(|(name, value)| {
        Some((
            HeaderName::try_from(*name).ok()?,
            HeaderValue::from_bytes(value).ok()?,
        ))
    });
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        headers.append(name, value);
    }
    headers
}

fn signed(signature: &str) -> HeaderMap {
    headers(&[
        ("webhook-id", example::ID.as_bytes()),
        ("webhook-timestamp", example::TIMESTAMP.to_string().as_bytes()),
        ("webhook-signature", signature.as_bytes()),
    ])
}

/// Whether the example's body is taken with these headers, this long after it was sent.
fn verify(headers: &HeaderMap, seconds_later: i64) -> Result<(), Unverified> {
    let secrets = Secret::parse(example::SECRET)
        .map(Secrets::from)
        .ok_or(Unverified)?;
    let now = Timestamp::from_second(example::TIMESTAMP + seconds_later).map_err(|_| Unverified)?;
    signature::verify(&secrets, headers, example::BODY, now)
}

#[test]
fn the_example_of_standard_webhooks_is_verified() {
    assert_eq!(verify(&signed(example::SIGNATURE), 0), Ok(()));
    assert_eq!(verify(&signed(example::OTHER), 0), Err(Unverified));
}

#[test]
fn one_valid_signature_among_several_is_enough() {
    let several = [
        example::OTHER,
        "v2,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=",
        "v1a,c2lnbmF0dXJl",
        "v1,",
        "v1,not base64",
        "",
        example::SIGNATURE,
        example::OTHER,
    ];
    assert_eq!(verify(&signed(&several.join(" ")), 0), Ok(()));
}

#[test]
fn a_call_back_is_taken_for_five_minutes_in_either_direction() {
    for (seconds_later, taken) in [
        (-301, false),
        (-300, true),
        (0, true),
        (300, true),
        (301, false),
        (86_400, false),
    ] {
        assert_eq!(
            verify(&signed(example::SIGNATURE), seconds_later).is_ok(),
            taken,
            "{seconds_later}"
        );
    }
    // A fraction of a second past five minutes is past them.
    let secrets = Secrets::from(Secret::parse(example::SECRET).unwrap());
    let late = Timestamp::new(example::TIMESTAMP + 300, 1).unwrap();
    assert_eq!(
        signature::verify(&secrets, &signed(example::SIGNATURE), example::BODY, late),
        Err(Unverified)
    );
}

#[test]
fn headers_that_are_missing_doubled_empty_or_no_text_are_refused() {
    let (id, timestamp, signature) = (
        example::ID.as_bytes(),
        b"1614265330",
        example::SIGNATURE.as_bytes(),
    );
    let right: [(&str, &[u8]); 3] = [
        ("webhook-id", id),
        ("webhook-timestamp", timestamp),
        ("webhook-signature", signature),
    ];
    assert_eq!(verify(&headers(&right), 0), Ok(()));
    for place in 0..right.len() {
        let mut missing = right.to_vec();
        missing.remove(place);
        assert_eq!(
            verify(&headers(&missing), 0),
            Err(Unverified),
            "{}",
            right[place].0
        );
        let mut doubled = right.to_vec();
        doubled.push(right[place]);
        assert_eq!(
            verify(&headers(&doubled), 0),
            Err(Unverified),
            "{}",
            right[place].0
        );
        for value in [b"".as_slice(), b"\xff\xfe", b"\xc3\xa9", &[b'9'; 60_000]] {
            let mut wrong = right.to_vec();
            wrong[place].1 = value;
            assert_eq!(verify(&headers(&wrong), 0), Err(Unverified), "{}", right[place].0);
        }
    }
    for timestamp in [
        "+1614265330",
        "-1614265330",
        "1614265330.0",
        "1614265330000",
        " 1614265330 ",
        "0x60378",
        "9223372036854775807",
    ] {
        let headers = headers(&[
            ("webhook-id", id),
            ("webhook-timestamp", timestamp.as_bytes()),
            ("webhook-signature", signature),
        ]);
        assert_eq!(verify(&headers, 0), Err(Unverified), "{timestamp}");
    }
}

#[test]
fn while_secrets_are_exchanged_either_counts_and_afterwards_only_the_new_one() {
    let now = Timestamp::from_second(example::TIMESTAMP).unwrap();
    let both = secrets(&format!("{SECOND}\n\n{}\n", example::SECRET)).unwrap();
    let new = secrets(SECOND).unwrap();
    let with_old = signed(example::SIGNATURE);
    assert_eq!(signature::verify(&both, &with_old, example::BODY, now), Ok(()));
    assert_eq!(
        signature::verify(&new, &with_old, example::BODY, now),
        Err(Unverified)
    );
    let key: Vec<u8> = (0..32).collect();
    let with_new = signed(&sign(&key, example::ID, example::TIMESTAMP, example::BODY));
    assert_eq!(signature::verify(&both, &with_new, example::BODY, now), Ok(()));
    assert_eq!(signature::verify(&new, &with_new, example::BODY, now), Ok(()));
}

#[test]
fn a_secret_is_prefixed_base64_of_24_to_64_bytes_and_never_shown() {
    let of_length = |length: usize| format!("whsec_{}", BASE64_STANDARD.encode(vec![b'k'; length]));
    for (length, taken) in [
        (0, false),
        (23, false),
        (24, true),
        (32, true),
        (64, true),
        (65, false),
    ] {
        assert_eq!(Secret::parse(&of_length(length)).is_some(), taken, "{length}");
    }
    assert!(
        Secret::parse(of_length(32).trim_end_matches('=')).is_some(),
        "copied without its padding"
    );
    for wrong in [
        "",
        "whsec_",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS-",
    ] {
        assert!(Secret::parse(wrong).is_none(), "{wrong}");
    }
    assert_eq!(
        format!("{:?}", secrets(example::SECRET).unwrap()),
        "Secrets([Secret(..)])"
    );
}

fn sign(key: &[u8], id: &str, timestamp: i64, body: &[u8]) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return String::new();
    };
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()))
}

proptest! {
    #[test]
    fn what_is_signed_is_verified_and_nothing_that_differs_in_one_byte(
        key in prop::collection::vec(any::<u8>(), 24..=64),
        id in "[!-~]{1,40}",
        body in prop::collection::vec(any::<u8>(), 1..200),
        place in any::<prop::sample::Index>(),
        bit in 0..8_u32,
    ) {
        let secrets = Secrets::from(Secret::parse(&format!("whsec_{}", BASE64_STANDARD.encode(&key))).unwrap());
        let now = Timestamp::from_second(example::TIMESTAMP).unwrap();
        let headers_of = |id: &str, timestamp: i64, signature: &str| headers(&[
            ("webhook-id", id.as_bytes()),
            ("webhook-timestamp", timestamp.to_string().as_bytes()),
            ("webhook-signature", signature.as_bytes()),
        ]);
        let signature = sign(&key, &id, example::TIMESTAMP, &body);
        let right = headers_of(&id, example::TIMESTAMP, &signature);
        prop_assert_eq!(signature::verify(&secrets, &right, &body, now), Ok(()));
        let mut other_body = body.clone();
        other_body[place.index(body.len())] ^= 1 << bit;
        prop_assert_eq!(signature::verify(&secrets, &right, &other_body, now), Err(Unverified));
        let longer = [body.as_slice(), b"x"].concat();
        prop_assert_eq!(signature::verify(&secrets, &right, &longer, now), Err(Unverified));
        let other_id = headers_of(&format!("{id}x"), example::TIMESTAMP, &signature);
        prop_assert_eq!(signature::verify(&secrets, &other_id, &body, now), Err(Unverified));
        let other_time = headers_of(&id, example::TIMESTAMP + 1, &signature);
        prop_assert_eq!(signature::verify(&secrets, &other_time, &body, now), Err(Unverified));
        let mut other_key = key.clone();
        other_key[place.index(key.len())] ^= 1 << bit;
        let other_key = headers_of(&id, example::TIMESTAMP, &sign(&other_key, &id, example::TIMESTAMP, &body));
        prop_assert_eq!(signature::verify(&secrets, &other_key, &body, now), Err(Unverified));
    }
}
