//! A patient's browser: keeps cookies, follows redirects, and does what the challenge page's script does.

mod lost;
mod tries;

use super::{
    cookies::Cookies,
    device::{self, Unsolvable},
    line::{self, Asked, LINE_COOKIE, Told, Waits},
    loopback::{Answer, Body, Client, Loopback, Target, body, no_body},
    page,
    tally::PhaseTally,
    verdict::{self, Challenge, PROBLEM_JSON, Problem},
};
use http::{HeaderName, HeaderValue, Method, Request, StatusCode, header};
pub(crate) use lost::Lost;
use std::sync::Arc;
use tokio::time::Instant;
use tries::Tries;

/// Carries a solution to the redeem endpoint.
pub(crate) const LEVEE_SOLUTION: HeaderName = HeaderName::from_static("levee-solution");

/// Says what a request is for; `navigate` for a page that a person goes to.
const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

/// A browser at an address of its own, without any cookie yet.
pub(crate) struct Browser {
    client: Client,
    accept_language: HeaderValue,
    cookies: Cookies,
    tally: Arc<PhaseTally>,
    challenges: u32,
    waits: Waits,
}

impl Browser {
    /// A browser at `source` that visits the site at `target` and prefers these languages. The work that it is asked
    /// for is counted in `tally`.
    pub(crate) fn new(
        source: Loopback,
        target: Target,
        accept_language: &'static str,
        tally: Arc<PhaseTally>,
    ) -> Self {
        Self {
            client: Client::new(source, target),
            accept_language: HeaderValue::from_static(accept_language),
            cookies: Cookies::default(),
            tally,
            challenges: 0,
            waits: Waits::default(),
        }
    }

    /// How many challenges it has met.
    pub(crate) const fn challenges(&self) -> u32 {
        self.challenges
    }

    /// What it went through in the waiting line.
    pub(crate) const fn waits(&self) -> &Waits {
        &self.waits
    }

    /// The page at `path`. Challenges are solved and waits are waited on the way.
    ///
    /// # Errors
    ///
    /// [`Lost`] when what comes in the end is no page.
    pub(crate) async fn visit(&mut self, path: &str) -> Result<Answer, Lost> {
        let answer = self.ask(Method::GET, path, None).await?;
        if answer.status == StatusCode::OK {
            Ok(answer)
        } else {
            Err(unexpected(path, &answer))
        }
    }

    /// The page that a form leads to: posts it and follows the redirect that answers it.
    ///
    /// # Errors
    ///
    /// [`Lost`] when the form is answered by anything but a redirect within the site, or what comes in the end is
    /// no page.
    pub(crate) async fn submit(&mut self, path: &str, form: &str) -> Result<Answer, Lost> {
        let answer = self.ask(Method::POST, path, Some(form)).await?;
        if answer.status != StatusCode::SEE_OTHER {
            return Err(unexpected(path, &answer));
        }
        let location = answer.header(header::LOCATION).unwrap_or_default();
        if !location.starts_with('/') || location.starts_with("//") {
            return Err(Lost::Path(location.to_owned()));
        }
        self.visit(location).await
    }

    /// Sends a request until it is neither challenged nor told to wait.
    async fn ask(&mut self, method: Method, path: &str, form: Option<&str>) -> Result<Answer, Lost> {
        let mut tries = Tries::none_of(path);
        loop {
            let request = self.request(method.clone(), path, form)?;
            let sent = Instant::now();
            let answer = self.send(request).await?;
            let asked = Asked {
                sent,
                answered: Instant::now(),
            };
            if let Some(told) = Told::of(&answer) {
                self.wait_in_line(&told, asked, &mut tries).await?;
                continue;
            }
            match answer.status {
                StatusCode::FORBIDDEN => {
                    if challenge_in(&answer).is_none() {
                        return Err(unexpected(path, &answer));
                    }
                    self.pay(answer, &mut tries).await?;
                }
                StatusCode::TOO_MANY_REQUESTS => tries.wait(path, &answer).await?,
                _ => {
                    self.waits.let_in(asked);
                    return Ok(answer);
                }
            }
        }
    }

    /// Waits until it is time to ask again, and remembers having been told so.
    async fn wait_in_line(&mut self, told: &Told, asked: Asked, tries: &mut Tries<'_>) -> Result<(), Lost> {
        // The cookie is what a browser has; a page may say the ticket nowhere else.
        let ticket = self.cookies.value(LINE_COOKIE).or(told.ticket.as_deref());
        if let Some(number) = ticket.and_then(line::ticket_number) {
            self.waits.told(number, told, asked);
        }
        tries.wait_in_line(told).await
    }

    /// Solves the challenge in `refusal` and keeps the clearance. A solution that is refused because the price has
    /// risen brings a fresh challenge, which is solved in its place. Leaves the browser without a clearance when it
    /// is refused for any other reason: the next request then brings a fresh challenge.
    async fn pay(&mut self, refusal: Answer, tries: &mut Tries<'_>) -> Result<(), Lost> {
        let mut refusal = refusal;
        while let Some(challenge) = challenge_in(&refusal) {
            self.challenges += 1;
            if let Some(work) = verdict::work_of(challenge.token.as_bytes()) {
                self.tally.work.count(work);
            }
            tries.solve(|| reason_of(&refusal))?;
            match self.redeem(&challenge, tries).await? {
                Some(refused) => refusal = refused,
                None => return Ok(()),
            }
        }
        Ok(())
    }

    /// Solves a challenge and takes the solution to the redeem endpoint. `None` when it was accepted, otherwise the
    /// refusal.
    async fn redeem(&mut self, challenge: &Challenge, tries: &mut Tries<'_>) -> Result<Option<Answer>, Lost> {
        let path = &challenge.redeem;
        let solution = device::solve(&challenge.token).await?;
        let solution = HeaderValue::try_from(solution).map_err(|_| Unsolvable::NotText)?;
        loop {
            let mut request = Request::post(path)
                .body(no_body())
                .map_err(|_| Lost::Path(path.clone()))?;
            request.headers_mut().insert(LEVEE_SOLUTION, solution.clone());
            request
                .headers_mut()
                .insert(header::ACCEPT, HeaderValue::from_static("application/json"));
            let answer = self.send(request).await?;
            match answer.status {
                StatusCode::OK => return Ok(None),
                StatusCode::FORBIDDEN => return Ok(Some(answer)),
                StatusCode::TOO_MANY_REQUESTS => tries.wait(path, &answer).await?,
                _ => return Err(unexpected(path, &answer)),
            }
        }
    }

    /// A navigation: what a browser sends when a person opens a page or posts a form.
    fn request(&self, method: Method, path: &str, form: Option<&str>) -> Result<Request<Body>, Lost> {
        let navigation = Request::builder()
            .method(method)
            .uri(path)
            .header(header::ACCEPT, "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")
            .header(SEC_FETCH_MODE, "navigate");
        let request = match form {
            Some(form) => navigation
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(body(form.to_owned())),
            None => navigation.body(no_body()),
        };
        request.map_err(|_| Lost::Path(path.to_owned()))
    }

    /// Sends one request with the browser's own header fields, and keeps the cookies that come back.
    async fn send(&mut self, mut request: Request<Body>) -> Result<Answer, Lost> {
        let headers = request.headers_mut();
        headers.insert(
            header::USER_AGENT,
            HeaderValue::from_static("Mozilla/5.0 (levee-demo-patient)"),
        );
        headers.insert(header::ACCEPT_LANGUAGE, self.accept_language.clone());
        if let Some(cookies) = self.cookies.header() {
            headers.insert(header::COOKIE, cookies);
        }
        let answer = self.client.send(request).await?;
        self.cookies.keep(&answer.headers);
        Ok(answer)
    }
}

/// The challenge in an answer, be it a page or a problem.
pub(crate) fn challenge_in(answer: &Answer) -> Option<Challenge> {
    if answer.is(PROBLEM_JSON) {
        return Problem::of(answer)?.challenge;
    }
    page::challenge(&answer.text())
}

fn reason_of(answer: &Answer) -> String {
    Problem::of(answer)
        .map(|problem| problem.reason)
        .unwrap_or_default()
}

fn unexpected(path: &str, answer: &Answer) -> Lost {
    Lost::Status {
        path: path.to_owned(),
        status: answer.status,
        reason: reason_of(answer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::{phase::Phase, stand_in::StandIn};
    use std::time::Duration;

    const USER_AGENT: &str = "Mozilla/5.0 (levee-demo-patient)";

    fn browser(server: &StandIn) -> Browser {
        let tally = Arc::new(PhaseTally::new(Phase::Quiet));
        Browser::new(Loopback::new(128, 0, 1), server.target(), "vi", tally)
    }

    #[tokio::test]
    async fn a_challenge_is_solved_once_and_its_clearance_kept() {
        let server = StandIn::start_challenging().await;
        let mut browser = browser(&server);
        assert_eq!(browser.visit("/").await.unwrap().status, StatusCode::OK);
        assert_eq!(browser.visit("/").await.unwrap().status, StatusCode::OK);
        assert_eq!(server.redeemed(), 1);
        assert_eq!(browser.challenges(), 1);
        assert_eq!(browser.tally.work.medians(1, 0), [StandIn::WORK]);
    }

    #[tokio::test]
    async fn nobody_is_challenged_by_a_site_that_lets_everybody_through() {
        let server = StandIn::start().await;
        let mut browser = browser(&server);
        browser.visit("/").await.unwrap();
        assert_eq!(browser.challenges(), 0);
        assert_eq!(browser.waits().iter().count(), 0);
    }

    #[tokio::test]
    async fn a_form_that_is_challenged_is_posted_again_with_the_clearance() {
        let server = StandIn::start_challenging().await;
        let ticket = browser(&server)
            .submit("/book", "department=cardiology&day=2026-11-22")
            .await
            .unwrap();
        assert_eq!(page::ticket_number(&ticket.text()), Some(1));
        assert_eq!(server.redeemed(), 1);
    }

    #[tokio::test]
    async fn a_solution_that_comes_too_late_for_its_price_is_followed_by_one_of_the_fresh_challenge() {
        let server = StandIn::start_challenging().await;
        server.raise_the_price_once();
        let mut browser = browser(&server);
        browser.visit("/").await.unwrap();
        assert_eq!((browser.challenges(), server.redeemed()), (2, 1));
        // The page twice and two redemptions: the fresh challenge is not asked for once more.
        assert_eq!(server.requests_of(USER_AGENT), 4);
    }

    #[tokio::test]
    async fn a_site_that_never_accepts_a_solution_is_given_up() {
        let server = StandIn::start_refusing_solutions().await;
        let lost = browser(&server).visit("/").await.unwrap_err();
        assert!(matches!(lost, Lost::StillChallenged { .. }), "{lost}");
    }

    #[tokio::test]
    async fn retry_after_is_honoured() {
        let server = StandIn::start().await;
        server.answer_next_with_429(2);
        assert_eq!(browser(&server).visit("/").await.unwrap().status, StatusCode::OK);
        assert_eq!(server.requests_of(USER_AGENT), 3);
    }

    #[tokio::test]
    async fn a_browser_waits_in_line_with_its_ticket_and_is_let_in() {
        let server = StandIn::start_with_a_line(2).await;
        let mut browser = browser(&server);
        browser.visit("/").await.unwrap();
        browser.visit("/").await.unwrap();
        let waits: Vec<_> = browser.waits().iter().collect();
        assert_eq!(waits.len(), 1, "a visit needs no second ticket: {waits:?}");
        assert_eq!(waits[0].number, 1);
        assert!(waits[0].let_in.is_some() && waits[0].last_behind.is_some());
        // Two places ahead, then called while the origin is busy, then in; and the second page.
        assert_eq!(server.requests_of(USER_AGENT), 5);
    }

    #[tokio::test]
    async fn a_form_that_meets_the_line_is_posted_again_and_books_once() {
        let server = StandIn::start_with_a_line(1).await;
        let mut browser = browser(&server);
        let ticket = browser
            .submit("/book", "department=cardiology&day=2026-11-22")
            .await
            .unwrap();
        assert_eq!(page::ticket_number(&ticket.text()), Some(1));
        assert_eq!(server.bookings().len(), 1);
        assert_eq!(browser.waits().iter().count(), 1);
    }

    #[tokio::test]
    async fn the_line_is_asked_when_it_says_so() {
        let server = StandIn::start_with_a_line(1).await;
        server.ask_again_after_seconds(1);
        let mut browser = browser(&server);
        browser.visit("/").await.unwrap();
        let wait = browser.waits().iter().next().unwrap().clone();
        assert_eq!(wait.longest_told, Duration::from_secs(1));
        assert!(wait.length() >= Some(Duration::from_secs(2)), "{wait:?}");
    }

    #[tokio::test]
    async fn an_error_names_the_path_and_the_status() {
        let server = StandIn::start().await;
        let lost = browser(&server).visit("/nothing").await.unwrap_err();
        assert_eq!(lost.to_string(), "/nothing: answered 404 Not Found");
    }
}
