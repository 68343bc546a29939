//! Exchanging a solution for a clearance.

use super::Start;
use crate::{
    Message,
    client::{
        WORK_OFFSET, bytes_of, challenge_in, challenge_of, clearance_in, clearance_of, earn, key, redemption,
        solve, stolen_key, wrong_number,
    },
    configuration::{KEY_ID, OTHER_SECRET, SECRET, closed, with},
};
use levee_core::{filter::REDEEM_PATH, token};
use serde_json::json;

/// Challenge state lives in the page and the token: nothing that one tab does touches another.
pub fn two_tabs_challenged_at_once_both_pass(start: Start<'_>) {
    let mut site = start(&closed());
    let challenges = [
        Message::navigation("/"),
        Message::navigation("/book"),
        Message::get("/app.js"),
    ]
    .map(|message| challenge_in(&site.send(&message)));
    let clearances =
        challenges.map(|challenge| clearance_in(&site.send(&redemption(&challenge, &solve(&challenge)))));
    for clearance in &clearances {
        assert!(
            site.send(&Message::navigation("/").cleared(clearance))
                .was_forwarded()
        );
    }
    let [first, second, third] = &clearances;
    assert!(
        first != second && second != third && first != third,
        "each solution is an identity of its own"
    );
}

/// One solution, one identity: however often it is redeemed.
pub fn a_solution_redeemed_again_is_the_same_clearance_and_the_same_quota(start: Start<'_>) {
    let mut site = start(&closed());
    let challenge = challenge_in(&site.send(&Message::get("/")));
    let redemption = redemption(&challenge, &solve(&challenge));
    let clearances: Vec<String> = (0..5)
        .map(|host| clearance_in(&site.send(&redemption.clone().from(50, host))))
        .collect();
    assert!(
        clearances.iter().all(|clearance| *clearance == clearances[0]),
        "{clearances:?}"
    );
    let passed = clearances
        .iter()
        .flat_map(|clearance| [clearance; 4])
        .filter(|clearance| site.send(&Message::get("/").cleared(clearance)).was_forwarded())
        .count();
    assert_eq!(passed, 3);
}

/// Every sub-solution counts, and a refusal brings the next question with it.
pub fn a_wrong_solution_is_refused_with_another_challenge(start: Start<'_>) {
    let mut site = start(&closed());
    let challenge = challenge_in(&site.send(&Message::get("/")));
    let right = solve(&challenge);
    for index in 0..4_u16 {
        let mut wrong = right.clone();
        wrong[usize::from(index) * 8..][..8].copy_from_slice(&wrong_number(&challenge, index).to_be_bytes());
        let answer = site.send(&redemption(&challenge, &wrong));
        assert_eq!(
            (answer.status, answer.reason().as_str()),
            (403, "solution_wrong"),
            "sub-solution {index}"
        );
        assert_ne!(challenge_in(&answer), challenge);
        assert_eq!(answer.header("set-cookie"), "");
    }
    assert!(
        !clearance_in(&site.send(&redemption(&challenge, &right))).is_empty(),
        "a mistake is not held against it"
    );
}

/// A solution fits the challenge that it was made for.
pub fn a_solution_of_another_challenge_is_refused(start: Start<'_>) {
    let mut site = start(&closed());
    let [one, other] = [(); 2].map(|()| challenge_in(&site.send(&Message::get("/"))));
    assert_eq!(
        site.send(&redemption(&other, &solve(&one))).reason(),
        "solution_wrong"
    );
}

/// The difficulty stands inside the MAC.
pub fn a_challenge_with_less_work_than_was_signed_is_refused(start: Start<'_>) {
    let mut site = start(&closed());
    let mut challenge = challenge_in(&site.send(&Message::get("/")));
    challenge[WORK_OFFSET..WORK_OFFSET + 8].copy_from_slice(&4_u64.to_be_bytes());
    let answer = site.send(&redemption(&challenge, &solve(&challenge)));
    assert_eq!(
        (answer.status, answer.reason().as_str()),
        (403, "challenge_forged")
    );
}

/// Solutions cannot be made in advance and kept.
pub fn an_old_challenge_is_refused_and_so_is_one_from_the_future(start: Start<'_>) {
    let mut site = start(&closed());
    let now = site.now().as_seconds();
    for (issued_at, reason) in [
        (now - 301, "challenge_expired"),
        (0, "challenge_expired"),
        (now + 90, "challenge_expired"),
    ] {
        let challenge = challenge_of(issued_at).seal(&stolen_key());
        let answer = site.send(&redemption(&challenge, &solve(&challenge)));
        assert_eq!(
            (answer.status, answer.reason().as_str()),
            (403, reason),
            "issued at {issued_at}, now {now}"
        );
    }
    let challenge = challenge_of(now - 200).seal(&stolen_key());
    assert_eq!(site.send(&redemption(&challenge, &solve(&challenge))).status, 200);
}

/// A challenge must be ours.
pub fn a_challenge_of_another_secret_is_refused(start: Start<'_>) {
    let mut site = start(&closed());
    let now = site.now().as_seconds();
    for forger in [key(KEY_ID, OTHER_SECRET), key(KEY_ID + 1, SECRET)] {
        let challenge = challenge_of(now).seal(&forger);
        assert_eq!(
            site.send(&redemption(&challenge, &solve(&challenge))).reason(),
            "challenge_forged"
        );
    }
}

/// What cannot be read as a solution costs nobody a challenge.
pub fn what_is_no_solution_is_a_bad_request(start: Start<'_>) {
    let mut site = start(&closed());
    let challenge = challenge_in(&site.send(&Message::get("/")));
    let solution = solve(&challenge);
    let send = |text: String| Message::new("POST", REDEEM_PATH).with("levee-solution", text);
    let right = token::encode(&[&challenge[..], &solution].concat());
    for message in [
        Message::new("POST", REDEEM_PATH),
        send(String::new()),
        send("=".repeat(40)),
        send(format!("{right}=")),
        send(format!("{right}AAAA")),
        send(right[..right.len() - 4].to_owned()),
        send("A".repeat(20_000)),
        send(token::encode(&challenge)),
        Message::new("POST", REDEEM_PATH).with("levee-solution", b"\xff\xfe\x80"),
    ] {
        let answer = site.send(&message);
        assert_eq!(
            (answer.status, answer.reason().as_str()),
            (400, "solution_malformed"),
            "{message:?}"
        );
    }
}

/// Replaying a solution costs its sender nothing and the filter its hashes, so it cannot be done without end.
pub fn one_challenge_can_only_be_tried_so_often(start: Start<'_>) {
    let tries = json!({ "tries_per_challenge": { "limit": 5, "window_seconds": 3600 } });
    let mut site = start(&with(closed(), "redeem", tries));
    let challenge = challenge_in(&site.send(&Message::get("/")));
    let redemption = redemption(&challenge, &solve(&challenge));
    let statuses: Vec<u16> = (0..7)
        .map(|host| site.send(&redemption.clone().from(60, host)).status)
        .collect();
    assert_eq!(statuses, [200, 200, 200, 200, 200, 429, 429]);
    assert_eq!(site.send(&redemption).reason(), "redeem_over_quota");
    let another = earn(&mut *site, &Message::get("/"));
    assert!(site.send(&Message::get("/").cleared(&another)).was_forwarded());
}

/// A bot that sends nonsense from a shared address is answered ever more briefly; its neighbours still get in.
pub fn refused_redemptions_do_not_keep_a_neighbour_from_redeeming(start: Start<'_>) {
    let refusals = json!({ "refusals_per_prefix": { "limit": 5, "window_seconds": 3600 } });
    let mut site = start(&with(closed(), "redeem", refusals));
    let now = site.now().as_seconds();
    let forged = challenge_of(now).seal(&key(KEY_ID, OTHER_SECRET));
    let nonsense = redemption(&forged, &solve(&forged));
    let statuses: Vec<u16> = (0..8).map(|_| site.send(&nonsense).status).collect();
    assert_eq!(statuses, [403, 403, 403, 403, 403, 429, 429, 429]);
    let neighbour = earn(&mut *site, &Message::get("/"));
    assert!(site.send(&Message::get("/").cleared(&neighbour)).was_forwarded());
}

/// The first key signs, all verify; and one solution stays one identity while keys are rotated.
pub fn a_key_that_was_rotated_out_of_first_place_still_counts(start: Start<'_>) {
    let rotated = json!([{ "id": 7, "secret": OTHER_SECRET }, { "id": KEY_ID, "secret": SECRET }]);
    let mut before = start(&closed());
    let mut after = start(&with(closed(), "keys", rotated));
    let now = after.now().as_seconds();
    let old = token::encode(&clearance_of(now).seal(&stolen_key()));
    assert!(after.send(&Message::get("/").cleared(&old)).was_forwarded());
    let challenge = challenge_of(now).seal(&stolen_key());
    let redemption = redemption(&challenge, &solve(&challenge));
    assert_eq!(
        clearance_in(&before.send(&redemption)),
        clearance_in(&after.send(&redemption))
    );
    let fresh = challenge_in(&after.send(&Message::get("/")));
    assert_eq!(fresh[2], 7, "the first key signs");
    assert_eq!(bytes_of(&earn(&mut *after, &Message::get("/")))[2], 7);
    assert!(
        !before
            .send(&Message::get("/").cleared(&token::encode(&clearance_of(now).seal(&key(7, OTHER_SECRET)))))
            .was_forwarded()
    );
}
