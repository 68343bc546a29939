//! A patient's browser: keeps cookies, follows redirects, and does what the challenge page's script does.

use super::{
    device::{self, Unsolvable},
    loopback::{Answer, Body, Client, Loopback, NoAnswer, Target, body, no_body},
    page,
    verdict::{Challenge, PROBLEM_JSON, Problem},
};
use cookie::{Cookie, CookieJar};
use http::{HeaderName, HeaderValue, Method, Request, StatusCode, header};
use std::time::Duration;

/// Rounds of solving after which the challenge page gives up, too.
const ROUNDS: u32 = 3;

/// Times that one request waits because of a `Retry-After`.
const WAITS: u32 = 5;

/// The longest that one `Retry-After` is honoured.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Carries a solution to the redeem endpoint.
const LEVEE_SOLUTION: HeaderName = HeaderName::from_static("levee-solution");

/// Says what a request is for; `navigate` for a page that a person goes to.
const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

/// Why a page could not be reached.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Lost {
    /// The server gave no answer.
    #[error(transparent)]
    NoAnswer(#[from] NoAnswer),
    /// A challenge that cannot be solved.
    #[error(transparent)]
    Unsolvable(#[from] Unsolvable),
    /// Solved, again and again, and still challenged.
    #[error("{path}: still challenged after {ROUNDS} solutions{}", reason_suffix(.reason))]
    StillChallenged {
        /// What was asked for.
        path: String,
        /// The filter's word for why, if it gave one.
        reason: String,
    },
    /// Waited, again and again, and still told to wait.
    #[error("{path}: still told to wait after {WAITS} times")]
    StillWaiting {
        /// What was asked for.
        path: String,
    },
    /// An answer that a patient has no use for.
    #[error("{path}: answered {status}{}", reason_suffix(.reason))]
    Status {
        /// What was asked for.
        path: String,
        /// The status.
        status: StatusCode,
        /// The filter's word for why, if it gave one.
        reason: String,
    },
    /// A path that cannot be asked for.
    #[error("{0:?} is not a path that can be asked for")]
    Path(String),
}

fn reason_suffix(reason: &str) -> String {
    if reason.is_empty() {
        String::new()
    } else {
        format!(" ({reason})")
    }
}

/// A browser at an address of its own, without any cookie yet.
pub(crate) struct Browser {
    client: Client,
    accept_language: HeaderValue,
    cookies: CookieJar,
}

impl Browser {
    /// A browser at `source` that visits the site at `target` and prefers these languages.
    pub(crate) fn new(source: Loopback, target: Target, accept_language: &'static str) -> Self {
        Self {
            client: Client::new(source, target),
            accept_language: HeaderValue::from_static(accept_language),
            cookies: CookieJar::new(),
        }
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
        let (mut rounds, mut waits) = (0, 0);
        loop {
            let answer = self.send(self.request(method.clone(), path, form)?).await?;
            match answer.status {
                StatusCode::FORBIDDEN => {
                    let Some(challenge) = challenge_in(&answer) else {
                        return Err(unexpected(path, &answer));
                    };
                    if rounds == ROUNDS {
                        return Err(Lost::StillChallenged {
                            path: path.to_owned(),
                            reason: reason_of(&answer),
                        });
                    }
                    rounds += 1;
                    self.redeem(&challenge, &mut waits).await?;
                }
                StatusCode::TOO_MANY_REQUESTS => wait(path, &answer, &mut waits).await?,
                _ => return Ok(answer),
            }
        }
    }

    /// Solves a challenge and keeps the clearance. Leaves the browser without one when the solution is refused: the
    /// next request then brings a fresh challenge.
    async fn redeem(&mut self, challenge: &Challenge, waits: &mut u32) -> Result<(), Lost> {
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
                StatusCode::OK | StatusCode::FORBIDDEN => return Ok(()),
                StatusCode::TOO_MANY_REQUESTS => wait(path, &answer, waits).await?,
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
        let cookies: Vec<_> = self
            .cookies
            .iter()
            .map(|cookie| cookie.stripped().to_string())
            .collect();
        if let Ok(cookies) = HeaderValue::try_from(cookies.join("; "))
            && !cookies.is_empty()
        {
            headers.insert(header::COOKIE, cookies);
        }
        let answer = self.client.send(request).await?;
        for set_cookie in answer.headers.get_all(header::SET_COOKIE) {
            if let Some(cookie) = set_cookie
                .to_str()
                .ok()
                .and_then(|text| Cookie::parse(text.to_owned()).ok())
            {
                self.cookies.add(cookie);
            }
        }
        Ok(answer)
    }
}

fn challenge_in(answer: &Answer) -> Option<Challenge> {
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

/// Waits as `Retry-After` says, within bounds.
async fn wait(path: &str, answer: &Answer, waits: &mut u32) -> Result<(), Lost> {
    if *waits == WAITS {
        return Err(Lost::StillWaiting {
            path: path.to_owned(),
        });
    }
    *waits += 1;
    let seconds = answer
        .header(header::RETRY_AFTER)
        .and_then(|value| value.trim().parse().ok())
        .unwrap_or(1);
    tokio::time::sleep(Duration::from_secs(seconds).min(LONGEST_WAIT)).await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::stand_in::StandIn;

    fn browser(server: &StandIn) -> Browser {
        Browser::new(Loopback::new(128, 0, 1), server.target(), "vi")
    }

    #[tokio::test]
    async fn a_challenge_is_solved_once_and_its_clearance_kept() {
        let server = StandIn::start_challenging().await;
        let mut browser = browser(&server);
        assert_eq!(browser.visit("/").await.unwrap().status, StatusCode::OK);
        assert_eq!(browser.visit("/").await.unwrap().status, StatusCode::OK);
        assert_eq!(server.redeemed(), 1);
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
        assert_eq!(server.requests_of("Mozilla/5.0 (levee-demo-patient)"), 3);
    }

    #[tokio::test]
    async fn an_error_names_the_path_and_the_status() {
        let server = StandIn::start().await;
        let lost = browser(&server).visit("/nothing").await.unwrap_err();
        assert_eq!(lost.to_string(), "/nothing: answered 404 Not Found");
    }
}
