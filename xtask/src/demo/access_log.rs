//! What reached the origin, by its own account.

use super::loopback::{Client, Loopback, Target, no_body};
use anyhow::Context as _;
use http::{Request, header::USER_AGENT};
use jiff::Timestamp;
use serde::Deserialize;
use std::{fs, ops::Range, path::Path, time::Duration};

/// What asks for the line that closes the log.
const CLOSING_USER_AGENT: &str = "levee-demo-closing";

/// What health checks ask for, and the closing request: no load that anybody causes.
const HEALTH_CHECK: &str = "/healthz";

/// How often the log is looked at for the closing line.
const LOOK_INTERVAL: Duration = Duration::from_millis(50);

/// How long the origin may take to write it.
const CLOSING_LIMIT: Duration = Duration::from_secs(10);

/// Every request that the origin has answered.
#[derive(Debug)]
pub(crate) struct AccessLog(Vec<Line>);

/// A line of the origin's access log, as far as it matters here.
#[derive(Debug, Deserialize)]
struct Line {
    /// When the request came.
    ts: Timestamp,
    path: String,
    user_agent: String,
}

impl AccessLog {
    /// Reads the log when everything that the origin has answered so far is in it.
    ///
    /// The origin writes the log in the order of its answers, some time after them. So a last request is sent to it,
    /// past the filter, and waited for in the log.
    ///
    /// # Errors
    ///
    /// When the origin does not answer, or its log cannot be read or stays without that line.
    pub(crate) async fn complete(path: &Path, origin: Target) -> anyhow::Result<Self> {
        let request = Request::get(HEALTH_CHECK)
            .header(USER_AGENT, CLOSING_USER_AGENT)
            .body(no_body())?;
        let closing = async {
            Client::new(Loopback::new(0, 0, 1), origin)
                .send(request)
                .await
                .context("asking the origin")?;
            loop {
                let log = Self::read(path)?;
                if log.requests_of(CLOSING_USER_AGENT) > 0 {
                    return Ok(log);
                }
                tokio::time::sleep(LOOK_INTERVAL).await;
            }
        };
        tokio::time::timeout(CLOSING_LIMIT, closing)
            .await
            .with_context(|| {
                format!(
                    "the origin's access log {} lacks the last request after {CLOSING_LIMIT:?}",
                    path.display()
                )
            })?
    }

    /// Reads what is in the log now. A last line that is still being written is left out.
    ///
    /// # Errors
    ///
    /// When the log cannot be read, or a line is not of its format: a count that leaves lines out would flatter.
    fn read(path: &Path) -> anyhow::Result<Self> {
        let reading = || format!("reading the origin's access log {}", path.display());
        let text = fs::read_to_string(path).with_context(reading)?;
        let complete = text.rsplit_once('\n').map_or("", |(complete, _)| complete);
        let lines: Result<_, _> = complete.lines().map(serde_json::from_str).collect();
        Ok(Self(lines.with_context(reading)?))
    }

    /// Counts the requests of one user agent.
    pub(crate) fn requests_of(&self, user_agent: &str) -> u64 {
        let lines = self.0.iter().filter(|line| line.user_agent == user_agent);
        lines.count() as u64
    }

    /// Requests of this time in each of its first `seconds` seconds, health checks left out.
    pub(crate) fn requests_by_second(&self, time: Range<Timestamp>, seconds: usize) -> Vec<u64> {
        let mut counts = vec![0; seconds];
        let lines = self.0.iter().filter(|line| line.path != HEALTH_CHECK);
        for line in lines.filter(|line| time.contains(&line.ts)) {
            let nth = line.ts.as_millisecond() - time.start.as_millisecond();
            let second = usize::try_from(nth.div_euclid(1_000))
                .ok()
                .and_then(|nth| counts.get_mut(nth));
            if let Some(second) = second {
                *second += 1;
            }
        }
        counts
    }
}

#[cfg(test)]
impl AccessLog {
    /// A log of requests for the start page, each with the milliseconds after `began` at which it came.
    pub(crate) fn of(began: Timestamp, requests: impl IntoIterator<Item = (&'static str, i64)>) -> Self {
        let line = |(user_agent, ms): (&'static str, i64)| Line {
            ts: began + jiff::SignedDuration::from_millis(ms),
            path: "/".to_owned(),
            user_agent: user_agent.to_owned(),
        };
        Self(requests.into_iter().map(line).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::NamedTempFile;

    fn line(second: &str, path: &str, user_agent: &str) -> String {
        format!(
            "{{\"ts\":\"2026-11-22T00:00:{second}Z\",\"method\":\"GET\",\"path\":\"{path}\",\"status\":200,\
             \"user_agent\":\"{user_agent}\",\"duration_ms\":0.2}}\n"
        )
    }

    fn log(lines: &[String]) -> AccessLog {
        let file = NamedTempFile::new().unwrap();
        fs::write(file.path(), lines.concat()).unwrap();
        AccessLog::read(file.path()).unwrap()
    }

    #[test]
    fn requests_are_attributed_to_the_phase_whose_user_agent_they_have() {
        let log = log(&[
            line("01", "/", "levee-demo-flood/one_address"),
            line("02", "/", "levee-demo-flood/solving_botnet"),
            line("03", "/nothing", "levee-demo-flood/one_address"),
            line("03", "/", "levee-demo-flood/one_address_and_more"),
        ]);
        assert_eq!(log.requests_of("levee-demo-flood/one_address"), 2);
        assert_eq!(log.requests_of("levee-demo-flood/solving_botnet"), 1);
        assert_eq!(log.requests_of("levee-demo-flood/many_addresses"), 0);
    }

    #[test]
    fn requests_fall_into_seconds_and_health_checks_into_none() {
        let log = log(&[
            line("09.999", "/", "a"),
            line("10.000", "/", "a"),
            line("10.999999", "/", "b"),
            line("11.5", "/healthz", "probe"),
            line("12", "/", "a"),
            line("13", "/", "a"),
        ]);
        let at = |second: &str| format!("2026-11-22T00:00:{second}Z").parse().unwrap();
        assert_eq!(log.requests_by_second(at("10")..at("20"), 3), [2, 0, 1]);
        assert_eq!(log.requests_by_second(at("10")..at("12"), 3), [2, 0, 0]);
    }

    #[test]
    fn a_line_that_is_still_being_written_does_not_count() {
        let whole = line("01", "/", "a");
        let begun = whole.trim_end().to_owned();
        assert_eq!(log(&[whole, begun]).requests_of("a"), 1);
    }

    #[tokio::test]
    async fn a_log_that_lacks_the_closing_line_is_waited_for() {
        let log = NamedTempFile::new().unwrap();
        let closing = log.path().to_owned();
        let origin = axum::Router::new().route(
            HEALTH_CHECK,
            axum::routing::get(async move |headers: http::HeaderMap| {
                assert_eq!(headers[USER_AGENT], CLOSING_USER_AGENT);
                fs::write(&closing, line("59", HEALTH_CHECK, CLOSING_USER_AGENT)).unwrap();
            }),
        );
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let target = Target::try_from(listener.local_addr().unwrap()).unwrap();
        tokio::spawn(async move { axum::serve(listener, origin).await });
        let completed = AccessLog::complete(log.path(), target).await.unwrap();
        assert_eq!(completed.requests_of(CLOSING_USER_AGENT), 1);
    }

    #[test]
    fn a_broken_line_is_an_error() {
        let file = NamedTempFile::new().unwrap();
        fs::write(file.path(), "{\"user_ag\n".to_owned() + &line("01", "/", "a")).unwrap();
        let error = AccessLog::read(file.path()).unwrap_err();
        assert!(
            error.to_string().contains(&file.path().display().to_string()),
            "{error}"
        );
    }
}
