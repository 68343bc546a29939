use super::*;
use std::io::Write as _;

const QUESTION: Question<'_> = Question {
    token: "AQEBAQAAAABl7IeAAAAAAAAAgAAAIAAAAAcBI0VniavN7wEBAQEBAQEBAQEBAQEBAQFHkXQZ2GfTxrqGu09QqsCv",
    wait_seconds: None,
};

const IMPRINT: Imprint<'_> = Imprint {
    site: "Bệnh viện Thống Nhất",
    telephone: Some("(+84) 28 1080-1234"),
    solver: "/.well-known/levee/solver-0123456789abcdef.js",
    redeem: "/.well-known/levee/redeem",
};

fn printed() -> Pages {
    Pages::print(&IMPRINT)
}

/// The same for a client that may wait instead.
const OR_WAIT: Question<'_> = Question {
    wait_seconds: Some(90),
    ..QUESTION
};

fn visit(language: Language) -> Visit<'static> {
    Visit {
        language,
        target: b"/book?day=1&from=%C4%91",
        support_id: "7Q4M-2K9D",
    }
}

const TURN: Turn = Turn {
    place: 12,
    expected_seconds: 87,
    retry_seconds: 10,
};

fn all_of(pages: &Pages, visit: &Visit<'_>) -> [Page; 8] {
    [
        pages.challenge(visit, &QUESTION),
        pages.challenge(visit, &OR_WAIT),
        pages.admitted(visit),
        pages.waiting(visit, &TURN),
        pages.waiting(visit, &Turn { place: 0, ..TURN }),
        pages.over_quota(visit, 17),
        pages.refused(visit),
        pages.malformed(visit),
    ]
}

fn pages(visit: &Visit<'_>) -> [Page; 8] {
    all_of(&printed(), visit)
}

/// What stands between `start` and `end`, wherever that is in `html`.
fn between<'a>(html: &'a str, start: &str, end: &str) -> Vec<&'a str> {
    html.split(start)
        .skip(1)
        .map(|rest| rest.split(end).next().unwrap())
        .collect()
}

#[test]
fn every_page_stands_in_the_visitor_s_language_with_its_way_out() {
    for language in Language::ALL {
        for page in pages(&visit(language)) {
            let html = &page.html;
            assert!(html.starts_with("<!doctype html>"), "{html}");
            assert!(
                html.contains(&format!("<html lang=\"{}\">", language.code())),
                "{html}"
            );
            assert_eq!(html.matches("<main").count(), 1, "{html}");
            assert_eq!(html.matches("<h1>").count(), 1, "{html}");
            assert!(html.contains("<code>7Q4M-2K9D</code>"), "{html}");
            assert!(
                html.contains("<a href=\"tel:+842810801234\">(+84) 28 1080-1234</a>"),
                "{html}"
            );
            assert!(html.contains("Bệnh viện Thống Nhất"), "{html}");
            for placeholder in ["{site}", "{seconds}", "{wait}", "{{", "{%"] {
                assert!(!html.contains(placeholder), "{placeholder} in {html}");
            }
        }
    }
}

#[test]
fn the_languages_differ_in_every_message() {
    let texts = Language::ALL.map(|language| {
        let Messages {
            challenge,
            lane,
            line,
            over_quota,
            refused,
            malformed,
            seconds,
            minutes,
            support_id,
            telephone,
        } = Messages::of(language);
        let messages::Line {
            title: in_line,
            text,
            called,
            place,
            expected,
        } = line;
        let messages::Lane {
            text: in_lane,
            reload,
            admitted,
            go_on,
        } = lane;
        let messages::Challenge {
            title,
            reason,
            progress,
            no_script,
            working,
            done,
            retrying,
            no_cookies,
            outdated,
            failed,
            again,
        } = challenge;
        let notices = [admitted, over_quota, refused, malformed].map(|notice| [notice.title, notice.text]);
        [
            [*support_id, *telephone, *title, *reason, *progress, *no_script].as_slice(),
            &[
                *working,
                *done,
                *retrying,
                *no_cookies,
                *outdated,
                *failed,
                *again,
            ],
            &[*in_line, *text, *called, *place, *expected],
            seconds,
            minutes,
            &[*in_lane, *reload, *go_on],
            notices.as_flattened(),
        ]
        .concat()
    });
    for (at, one) in texts.iter().enumerate() {
        for (message, other) in texts[..at].iter().flat_map(|other| one.iter().zip(other)) {
            assert_ne!(message, other);
            for placeholder in ["{site}", "{seconds}", "{wait}"] {
                assert_eq!(
                    message.contains(placeholder),
                    other.contains(placeholder),
                    "{placeholder}: {message} / {other}"
                );
            }
        }
        for message in one {
            assert!(!message.trim().is_empty());
            // Where the lines of the source are joined.
            assert!(!message.contains("  "), "{message}");
        }
    }
}

#[test]
fn the_page_of_the_line_tells_place_and_time_and_asks_again_without_a_script() {
    let page = printed().waiting(&visit(Language::En), &TURN);
    for part in [
        "<meta http-equiv=\"refresh\" content=\"10;url=./book?day=1&#38;from=%C4%91\">",
        "data-place=\"12\" data-expected=\"87\"",
        "<strong>12</strong>",
        "<strong>about 2 min</strong>",
    ] {
        assert!(page.html.contains(part), "{part} is not in {}", page.html);
    }
    assert!(!page.html.contains("<script"), "{}", page.html);
    let called = printed().waiting(&visit(Language::En), &Turn { place: 0, ..TURN });
    assert!(called.html.contains("It is your turn"), "{}", called.html);
}

#[test]
fn what_comes_from_outside_cannot_become_markup() {
    let hostile = "\"><script>alert('&')</script>";
    let pages = Pages::print(&Imprint {
        site: hostile,
        telephone: Some(hostile),
        solver: hostile,
        redeem: hostile,
    });
    let visit = Visit {
        language: Language::En,
        target: hostile.as_bytes(),
        support_id: hostile,
    };
    let question = Question {
        token: hostile,
        wait_seconds: None,
    };
    for page in [
        pages.admitted(&visit),
        pages.challenge(&visit, &question),
        pages.over_quota(&visit, u64::MAX),
        pages.refused(&visit),
        pages.malformed(&visit),
    ] {
        assert!(!page.html.contains("<script>alert"), "{}", page.html);
        assert!(!page.html.contains("\"\"><"), "{}", page.html);
        assert!(page.html.contains("alert"), "{}", page.html);
    }
}

#[test]
fn a_name_cannot_open_gaps_in_a_page() {
    let pages = Pages::print(&Imprint {
        site: "A\u{e001}B\u{e005}C",
        ..IMPRINT
    });
    for page in all_of(&pages, &visit(Language::En)) {
        assert!(page.html.contains("ABC"), "{}", page.html);
        assert!(
            !page.html.contains(['\u{e000}', '\u{e001}', '\u{e005}']),
            "{}",
            page.html
        );
    }
}

#[test]
fn a_site_without_a_telephone_line_shows_none() {
    let silent = Pages::print(&Imprint {
        telephone: None,
        ..IMPRINT
    });
    for page in all_of(&silent, &visit(Language::Vi)) {
        assert!(!page.html.contains("tel:"), "{}", page.html);
        assert!(
            !page.html.contains(Messages::of(Language::Vi).telephone),
            "{}",
            page.html
        );
    }
}

#[test]
fn the_policy_allows_exactly_the_style_and_the_script_that_stand_inside() {
    for page in pages(&visit(Language::En)) {
        let policy = &page.content_security_policy;
        let styles = between(&page.html, "<style>", "</style>");
        let scripts = between(&page.html, "<script>", "</script>");
        assert_eq!(styles.len(), 1);
        let allowed: Vec<_> = styles
            .iter()
            .chain(&scripts)
            .map(|text| source_hash(text))
            .collect();
        for hash in &allowed {
            assert!(policy.contains(&format!("'{hash}'")), "{hash} in {policy}");
        }
        assert_eq!(policy.matches("'sha256-").count(), allowed.len(), "{policy}");
        assert!(policy.starts_with("default-src 'none';"), "{policy}");
        assert!(!policy.contains("'unsafe"), "{policy}");
        for attribute in [" style=", " onclick=", " onload=", "src=\"http", "url("] {
            assert!(!page.html.contains(attribute), "{attribute} in {}", page.html);
        }
    }
}

#[test]
fn a_compact_text_says_the_same() {
    assert_eq!(
        compact("{\n  // Why.\n\n  a: `b // c`;\n}\n"),
        "{\na: `b // c`;\n}\n"
    );
    // Lines are only told apart from what stands in them where nothing goes on over the end of one.
    for source in [
        include_str!("../../templates/page.css"),
        include_str!("../../templates/challenge.js"),
    ] {
        assert!(!source.contains("/*"));
        let lines = source.lines().filter(|line| !line.trim_start().starts_with("//"));
        for line in lines {
            for quote in ['`', '"', '\''] {
                assert_eq!(line.matches(quote).count() % 2, 0, "{line}");
            }
        }
    }
}

#[test]
fn only_the_challenge_runs_a_script() {
    let [challenge, or_wait, notices @ ..] = pages(&visit(Language::En));
    for page in [challenge, or_wait] {
        assert!(page.html.contains("<script>"));
        let policy = &page.content_security_policy;
        let [allowed] = between(policy, "; script-src ", ";")[..] else {
            panic!("{policy}");
        };
        let others: Vec<_> = allowed
            .split(' ')
            .filter(|source| !source.starts_with("'sha256-"))
            .collect();
        assert_eq!(others, ["'self'", "'wasm-unsafe-eval'"], "{policy}");
        assert!(
            policy.ends_with("; worker-src 'self'; connect-src 'self'"),
            "{policy}"
        );
    }
    for notice in notices {
        assert!(!notice.html.contains("<script"));
        assert!(!notice.content_security_policy.contains("script-src"));
    }
}

#[test]
fn without_a_script_a_challenge_can_be_waited_out() {
    let html = printed().challenge(&visit(Language::En), &OR_WAIT).html;
    let [head, body] = between(&html, "<noscript>", "</noscript>")[..] else {
        panic!("{html}");
    };
    assert_eq!(
        head,
        "<meta http-equiv=\"refresh\" content=\"90;url=./book?day=1&#38;from=%C4%91\">"
    );
    assert!(body.contains("in about 2 min"), "{body}");
    assert!(body.contains("<a href=\"\">Load the page again</a>"), "{body}");
    assert!(!html.contains("Please switch it on"), "{html}");
}

#[test]
fn a_challenge_that_cannot_be_waited_out_does_not_load_again() {
    let html = printed().challenge(&visit(Language::En), &QUESTION).html;
    assert!(!html.contains("http-equiv"), "{html}");
    assert!(!html.contains("href=\"\""), "{html}");
    assert!(html.contains("Please switch it on"), "{html}");
}

#[test]
fn who_has_waited_goes_on_at_once_or_by_a_link() {
    for (language, link) in [(Language::Vi, "Tiếp tục"), (Language::En, "Continue")] {
        let html = printed().admitted(&visit(language)).html;
        for part in [
            "<meta http-equiv=\"refresh\" content=\"0;url=./book?day=1&#38;from=%C4%91\">",
            &format!("<a href=\"\">{link}</a>"),
        ] {
            assert!(html.contains(part), "{part} is not in {html}");
        }
    }
}

#[test]
fn the_challenge_carries_its_question_and_what_the_script_says() {
    let html = printed().challenge(&visit(Language::Vi), &QUESTION).html;
    let main = between(&html, "<main ", ">").concat();
    for attribute in [
        "id=\"levee\"".to_owned(),
        format!("data-token=\"{}\"", QUESTION.token),
        format!("data-solver=\"{}\"", IMPRINT.solver),
        format!("data-redeem=\"{}\"", IMPRINT.redeem),
    ] {
        assert!(main.contains(&attribute), "{attribute} in {main}");
    }
    // `dataset` spells `data-no-cookies` as `noCookies`.
    let said = between(&SCRIPT, "says.", " ");
    for name in said.iter().map(|rest| {
        rest.chars()
            .take_while(char::is_ascii_alphabetic)
            .map(|c| {
                if c.is_ascii_uppercase() {
                    format!("-{}", c.to_ascii_lowercase())
                } else {
                    c.to_string()
                }
            })
            .collect::<String>()
    }) {
        assert!(main.contains(&format!("data-{name}=\"")), "data-{name} in {main}");
    }
    assert!(html.contains("role=\"progressbar\""));
    assert!(html.contains("role=\"status\""));
    assert!(html.contains("<noscript>"));
}

#[test]
fn over_quota_says_when_and_loads_again_by_itself() {
    for language in Language::ALL {
        let html = printed().over_quota(&visit(language), 17).html;
        assert!(
            html.contains("<meta http-equiv=\"refresh\" content=\"17;url=./book?day=1&#38;from=%C4%91\">"),
            "{html}"
        );
        assert!(html.contains(" 17 "), "{html}");
    }
    assert!(
        !printed()
            .refused(&visit(Language::En))
            .html
            .contains("http-equiv")
    );
}

#[test]
fn a_challenge_weighs_at_most_four_kilobytes() {
    for (language, question) in Language::ALL
        .into_iter()
        .flat_map(|language| [(language, &QUESTION), (language, &OR_WAIT)])
    {
        let html = printed().challenge(&visit(language), question).html;
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gzip.write_all(html.as_bytes()).unwrap();
        let weight = gzip.finish().unwrap().len();
        assert!(weight <= 4_096, "{weight} bytes for {}", language.code());
    }
}
