//! What is a clearance and what is not.

use super::Start;
use crate::{
    Message, Site,
    client::{bytes_of, challenge_in, challenge_of, clearance_of, earn, key, redemption, solve, stolen_key},
    configuration::{KEY_ID, OTHER_SECRET, SECRET, closed},
};
use levee_core::{
    clearance::Clearance,
    token::{self, HEADER_LENGTH, Kind, MAC_LENGTH},
};

/// Whether the site takes `bytes` for a clearance, in the cookie as in the header.
fn passes(site: &mut dyn Site, bytes: &[u8]) -> bool {
    let text = token::encode(bytes);
    let by_cookie = site.send(&Message::get("/").cleared(&text));
    let by_header = site.send(&Message::get("/").with("levee-clearance", &text));
    assert_eq!(by_cookie.was_forwarded(), by_header.was_forwarded());
    assert!(
        by_cookie.was_forwarded() || by_cookie.status == 403,
        "{by_cookie:?}"
    );
    by_cookie.was_forwarded()
}

/// Every byte is signed.
pub fn a_clearance_with_any_byte_changed_is_none(start: Start<'_>) {
    let mut site = start(&closed());
    let clearance = bytes_of(&earn(&mut *site, &Message::get("/")));
    for index in 0..clearance.len() {
        for bit in [0x01, 0x80] {
            let mut forged = clearance.clone();
            forged[index] ^= bit;
            assert!(!passes(&mut *site, &forged), "byte {index}");
        }
    }
    assert!(passes(&mut *site, &clearance));
}

/// No prefix of a clearance is one, nor anything behind it.
pub fn a_clearance_cut_short_or_lengthened_is_none(start: Start<'_>) {
    let mut site = start(&closed());
    let clearance = bytes_of(&earn(&mut *site, &Message::get("/")));
    for length in 0..clearance.len() {
        assert!(!passes(&mut *site, &clearance[..length]), "{length} bytes");
    }
    assert!(!passes(&mut *site, &[&clearance[..], &[0]].concat()));
    assert!(!passes(&mut *site, &[&clearance[..], &clearance].concat()));
}

/// A clearance lasts as long as it says.
pub fn an_expired_clearance_is_none_and_so_is_one_from_the_future(start: Start<'_>) {
    let mut site = start(&closed());
    let now = site.now().as_seconds();
    for issued_at in [0, now - 3601, now + 90] {
        assert!(
            !passes(&mut *site, &clearance_of(issued_at).seal(&stolen_key())),
            "issued at {issued_at}, now {now}"
        );
    }
    assert!(passes(&mut *site, &clearance_of(now - 3500).seal(&stolen_key())));
}

/// Kinds are never confused, although both are signed from one secret.
pub fn a_challenge_presented_as_a_clearance_is_none(start: Start<'_>) {
    let mut site = start(&closed());
    let challenge = challenge_in(&site.send(&Message::get("/")));
    assert!(!passes(&mut *site, &challenge));
    let mut relabelled = challenge.clone();
    relabelled[1] = 2;
    assert!(!passes(&mut *site, &relabelled));
    relabelled.truncate(60);
    assert!(!passes(&mut *site, &relabelled));
    // Laid out as a clearance to the byte, but signed as a challenge.
    let clearance = clearance_of(site.now().as_seconds()).seal(&stolen_key());
    let fields = &clearance[HEADER_LENGTH..clearance.len() - MAC_LENGTH];
    let sealed = stolen_key().seal(Kind::Challenge, clearance.len(), |sealed| sealed.extend(fields));
    assert!(!passes(&mut *site, &sealed));
}

/// The other way round.
pub fn a_clearance_presented_as_a_challenge_is_refused(start: Start<'_>) {
    let mut site = start(&closed());
    let mut bytes = bytes_of(&earn(&mut *site, &Message::get("/")));
    bytes.resize(66 + 32, 0);
    for kind in [2, 1] {
        bytes[1] = kind;
        let message = redemption(&bytes[..66], &bytes[66..]);
        assert_eq!(site.send(&message).reason(), "challenge_forged");
    }
}

/// A clearance must be ours.
pub fn a_clearance_of_another_secret_is_none(start: Start<'_>) {
    let mut site = start(&closed());
    let now = site.now().as_seconds();
    for forger in [key(KEY_ID, OTHER_SECRET), key(KEY_ID + 1, SECRET)] {
        assert!(!passes(&mut *site, &clearance_of(now).seal(&forger)));
    }
}

/// Apps have no cookies.
pub fn a_clearance_in_a_header_counts_like_one_in_a_cookie(start: Start<'_>) {
    let mut site = start(&closed());
    let clearance = earn(&mut *site, &Message::get("/"));
    let answer = site.send(&Message::new("POST", "/book").with("levee-clearance", &clearance));
    assert!(answer.was_forwarded());
    assert!(
        answer.origin_saw("levee-clearance").is_empty(),
        "what a client pays with is none of the origin's business"
    );
    let both = Message::get("/")
        .with("levee-clearance", "nonsense")
        .cleared(&clearance);
    assert!(site.send(&both).was_forwarded());
}

/// Other cookies, cookies of similar names, and stale ones do not hide it.
pub fn the_right_cookie_is_found_among_many(start: Start<'_>) {
    let mut site = start(&closed());
    let now = site.now().as_seconds();
    let good = |n: u8| {
        token::encode(
            &Clearance {
                id: [n; 16],
                ..clearance_of(now)
            }
            .seal(&stolen_key()),
        )
    };
    let stale = token::encode(&clearance_of(1).seal(&stolen_key()));
    for (number, cookies) in [
        format!("a=b; levee={}; c=d", good(1)),
        format!("levee={stale}; levee={}", good(2)),
        format!("xlevee={stale}; levee-other=x; levee={}", good(3)),
        format!("levee=; levee; ;; levee={} ", good(4)),
        format!("session=\"a;b\"; levee={}", good(5)),
    ]
    .iter()
    .enumerate()
    {
        assert!(
            site.send(&Message::get("/").with("cookie", cookies))
                .was_forwarded(),
            "{number}: {cookies}"
        );
    }
    let challenge = challenge_of(now).seal(&stolen_key());
    assert_eq!(
        site.send(&redemption(&challenge, &solve(&challenge)))
            .header("set-cookie")
            .split('=')
            .next(),
        Some("levee")
    );
}
