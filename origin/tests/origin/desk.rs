//! The desk: who may call numbers, and calling them.

use std::io::Write;

use http::Request;

use crate::support::{Answer, App, FORM, TODAY, between};

const TOKEN: &str = "correct-horse-battery";

/// A file with the desk's token.
pub(crate) struct DeskToken {
    _file: tempfile::NamedTempFile,
    option: String,
}

impl DeskToken {
    pub(crate) fn new() -> Self {
        Self::holding(TOKEN)
    }

    fn holding(text: &str) -> Self {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        writeln!(file, "{text}").unwrap();
        let option = format!("--desk-token-file={}", file.path().display());
        Self { _file: file, option }
    }

    /// The option that names it.
    pub(crate) fn option(&self) -> &str {
        &self.option
    }

    /// Signs in, and returns the cookie.
    pub(crate) async fn sign_in(&self, app: &App) -> String {
        let answer = app.post("/desk/sign-in", FORM, format!("token={TOKEN}")).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        let cookie = answer.header("set-cookie").split(';').next().unwrap();
        cookie.to_owned()
    }

    /// Presses "call the next number" for a department's morning of today, and returns the page that follows.
    pub(crate) async fn call_next(&self, app: &App, cookie: &str, department: &str) -> Answer {
        let fields = format!("at={department}&day={TODAY}&session=morning");
        let called = press(app, cookie, "/desk/next?lang=en", &fields).await;
        assert_eq!(called.status, 303, "{}", called.body);
        let path = called.header("location").split('#').next().unwrap();
        app.get_with(path, ("cookie", cookie)).await
    }
}

/// Sends a form of the desk as its page would.
async fn press(app: &App, cookie: &str, path: &str, fields: &str) -> Answer {
    let desk = app.get_with("/desk", ("cookie", cookie)).await;
    let form_token = between(&desk.body, r#"name="form_token" value=""#, "\"");
    send(app, cookie, path, &format!("{fields}&form_token={form_token}")).await
}

async fn send(app: &App, cookie: &str, path: &str, fields: &str) -> Answer {
    let request = Request::post(path)
        .header("content-type", FORM)
        .header("cookie", cookie);
    app.client().send(request, fields.to_owned()).await.unwrap()
}

#[tokio::test]
async fn without_a_token_file_there_is_no_desk() {
    let app = App::start().await;
    for path in ["/desk", "/desk/events", "/desk/sign-in", "/desk/next"] {
        assert_eq!(app.get(path).await.status, 404, "{path}");
        assert_eq!(app.post(path, FORM, "").await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn only_the_token_opens_the_desk_and_the_cookie_does_not_tell_it() {
    let token = DeskToken::new();
    let app = App::start_with(&[token.option()]).await;
    let form = app.get("/desk?lang=en").await;
    assert!(
        form.body.contains("Sign in to the desk") && !form.body.contains("Call the next"),
        "{}",
        form.body
    );
    for wrong in [
        "",
        "correct-horse-batter",
        "CORRECT-HORSE-BATTERY",
        "%00",
        "%3Cscript%3E",
    ] {
        let refused = app
            .post("/desk/sign-in?lang=en", FORM, format!("token={wrong}"))
            .await;
        assert_eq!(refused.status, 403, "{wrong}");
        assert!(refused.header("set-cookie").is_empty());
        assert!(refused.body.contains("not the access token") && !refused.body.contains("<script>"));
    }
    let opened = app
        .post("/desk/sign-in?lang=en", FORM, format!("token={TOKEN}"))
        .await;
    let cookie = opened.header("set-cookie");
    assert!(!cookie.contains(TOKEN) && !cookie.contains("Secure"), "{cookie}");
    for guard in ["; Path=/desk;", "; HttpOnly", "; SameSite=Strict"] {
        assert!(cookie.contains(guard), "{cookie}");
    }
    let cookie = cookie.split(';').next().unwrap();
    let desk = app.get_with(opened.header("location"), ("cookie", cookie)).await;
    assert!(desk.body.contains("Call the next number"), "{}", desk.body);
}

#[tokio::test]
async fn many_wrong_tokens_at_once_are_turned_away_and_the_right_one_is_not() {
    let token = DeskToken::new();
    let app = App::start_with(&[token.option()]).await;
    let guesses: Vec<_> = (0..40)
        .map(|guess| {
            let client = app.client();
            tokio::spawn(async move {
                let request = Request::post("/desk/sign-in").header("content-type", FORM);
                client
                    .send(request, format!("token=guess-{guess}"))
                    .await
                    .unwrap()
                    .status
            })
        })
        .collect();
    token.sign_in(&app).await;
    for guess in guesses {
        let status = guess.await.unwrap().as_u16();
        assert!(status == 403 || status == 429, "{status}");
    }
}

#[tokio::test]
async fn over_https_the_cookie_is_sent_over_https_only() {
    let token = DeskToken::new();
    let app = App::start_with(&[token.option(), "--public-url=https://booking.hospital.example"]).await;
    let opened = app.post("/desk/sign-in", FORM, format!("token={TOKEN}")).await;
    assert!(opened.header("set-cookie").contains("; Secure"));
}

#[tokio::test]
async fn a_forged_or_foreign_cookie_opens_nothing() {
    let token = DeskToken::new();
    let app = App::start_with(&[token.option()]).await;
    let cookie = token.sign_in(&app).await;
    let (statement, signature) = cookie.rsplit_once('.').unwrap();
    let later = statement.replacen('1', "2", 1);
    let other_token = DeskToken::holding("another-token-of-the-desk");
    let other = App::start_with(&[other_token.option()]).await;
    for forged in [
        "levee-desk=".to_owned(),
        "levee-desk=...".to_owned(),
        format!("{statement}."),
        format!("{later}.{signature}"),
        format!("levee-desk=9999999999.x.{signature}"),
        cookie.replace("levee-desk", "desk"),
    ] {
        let page = app.get_with("/desk?lang=en", ("cookie", &forged)).await;
        assert!(page.body.contains("Sign in to the desk"), "{forged}");
        assert_eq!(
            app.get_with("/desk/events", ("cookie", &forged)).await.status,
            403
        );
    }
    let page = other.get_with("/desk?lang=en", ("cookie", &cookie)).await;
    assert!(
        page.body.contains("Sign in to the desk"),
        "another token ends the sessions of this one"
    );
}

#[tokio::test]
async fn calls_from_other_sites_or_without_a_sign_in_call_nothing() {
    let token = DeskToken::new();
    let app = App::start_with(&[token.option()]).await;
    app.client().book_by_page("cardiology", TODAY).await.unwrap();
    let cookie = token.sign_in(&app).await;
    let fields = format!("at=cardiology&day={TODAY}&session=morning");
    let elsewhere = token.sign_in(&app).await;
    let page = app.get_with("/desk", ("cookie", &elsewhere)).await;
    let foreign = between(&page.body, r#"name="form_token" value=""#, "\"");
    for path in ["/desk/next", "/desk/call", "/desk/sign-out"] {
        let fields = format!("{fields}&number=1");
        assert_eq!(app.post(path, FORM, fields.clone()).await.status, 403, "{path}");
        assert_eq!(send(&app, &cookie, path, &fields).await.status, 403, "{path}");
        let with_foreign = format!("{fields}&form_token={foreign}");
        assert_eq!(
            send(&app, &cookie, path, &with_foreign).await.status,
            403,
            "{path}"
        );
        assert_eq!(
            app.get_with(path, ("cookie", &cookie)).await.status,
            405,
            "{path}"
        );
    }
    let board = app.get("/board?lang=en").await;
    assert!(
        !board.body.contains("<p class=\"label\">Now serving</p>"),
        "{}",
        board.body
    );
}

#[tokio::test]
async fn the_desk_calls_the_next_number_one_again_and_one_out_of_turn() {
    let token = DeskToken::new();
    let app = App::start_with(&[token.option()]).await;
    for _ in 0..3 {
        app.client().book_by_page("cardiology", TODAY).await.unwrap();
    }
    let cookie = token.sign_in(&app).await;
    let page = token.call_next(&app, &cookie, "cardiology").await;
    assert!(
        page.body.contains("Number 1 of Cardiology was called."),
        "{}",
        page.body
    );
    assert!(page.body.contains("Call 1 again") && page.body.contains("2 people waiting"));

    let call = async |number: &str| {
        let fields = format!("at=cardiology&day={TODAY}&session=morning&number={number}");
        let called = press(&app, &cookie, "/desk/call?lang=en", &fields).await;
        let path = called.header("location").split('#').next().unwrap().to_owned();
        if path.is_empty() {
            return called;
        }
        app.get_with(&path, ("cookie", &cookie)).await
    };
    assert!(
        call("1")
            .await
            .body
            .contains("Number 1 of Cardiology was called.")
    );
    assert!(
        call("3")
            .await
            .body
            .contains("Number 3 of Cardiology was called.")
    );
    let board = app.get("/board?lang=en").await;
    assert!(between(&board.body, r#"id="cardiology""#, "</div>").contains(r#"<p class="number">3</p>"#));
    assert!(
        call("4")
            .await
            .body
            .contains("Number 4 of Cardiology cannot be called")
    );
    for wrong in ["", "-1", "1.5", "99999999999999", "%3Cscript%3E"] {
        assert_eq!(call(wrong).await.status, 400, "{wrong}");
    }
    token.call_next(&app, &cookie, "cardiology").await;
    let page = token.call_next(&app, &cookie, "cardiology").await;
    assert!(
        page.body.contains("Nobody is waiting at this department."),
        "{}",
        page.body
    );
}

#[tokio::test]
async fn the_desk_shows_one_department_when_asked_and_forgives_a_wrong_address() {
    let token = DeskToken::new();
    let app = App::start_with(&[token.option()]).await;
    let cookie = token.sign_in(&app).await;
    let one = app
        .get_with("/desk?department=cardiology&lang=en", ("cookie", &cookie))
        .await;
    assert_eq!(one.body.matches("Call the next number").count(), 1);
    for query in [
        "day=x&session=y&department=z",
        "day=%3Cscript%3E",
        "outcome=called&at=%3Cscript%3E&number=1",
        "outcome=called&at=cardiology&number=%3Cscript%3E",
        "day=-9999-01-01",
        "day=9999-12-31",
    ] {
        let page = app
            .get_with(&format!("/desk?{query}&lang=en"), ("cookie", &cookie))
            .await;
        assert_eq!(page.status, 200, "{query}");
        assert_eq!(page.body.matches("Call the next number").count(), 6, "{query}");
        assert!(
            !page.body.contains("was called") && page.body.matches("<script>").count() == 1,
            "{query}"
        );
    }
}

#[tokio::test]
async fn signing_out_takes_the_cookie_back() {
    let token = DeskToken::new();
    let app = App::start_with(&[token.option()]).await;
    let cookie = token.sign_in(&app).await;
    let out = press(&app, &cookie, "/desk/sign-out", "").await;
    assert_eq!(out.status, 303);
    assert!(
        out.header("set-cookie")
            .starts_with("levee-desk=; Path=/desk; Max-Age=0;")
    );
}
