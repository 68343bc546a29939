//! What reached the origin, by its own account.

use super::loopback::{Client, Loopback, Target, no_body};
use anyhow::Context as _;
use http::{Request, header::USER_AGENT};
use serde::Deserialize;
use std::{fs, path::Path, time::Duration};

/// What asks for the line that closes the log.
const CLOSING_USER_AGENT: &str = "levee-demo-closing";

/// How often the log is looked at for the closing line.
const LOOK_INTERVAL: Duration = Duration::from_millis(50);

/// How long the origin may take to write it.
const CLOSING_LIMIT: Duration = Duration::from_secs(10);

/// A line of the origin's access log, as far as it matters here.
#[derive(Deserialize)]
struct Line {
    user_agent: String,
}

/// Returns when everything that the origin has answered so far is in its log.
///
/// The origin writes the log in the order of its answers, some time after them. So a last request is sent to it, past
/// the filter, and waited for in the log.
///
/// # Errors
///
/// When the origin does not answer, or its log cannot be read or stays without that line.
pub(crate) async fn complete(log: &Path, origin: Target) -> anyhow::Result<()> {
    let request = Request::get("/healthz")
        .header(USER_AGENT, CLOSING_USER_AGENT)
        .body(no_body())?;
    let closing = async {
        Client::new(Loopback::new(0, 0, 1), origin)
            .send(request)
            .await
            .context("asking the origin")?;
        while requests_of(CLOSING_USER_AGENT, log)? == 0 {
            tokio::time::sleep(LOOK_INTERVAL).await;
        }
        Ok(())
    };
    tokio::time::timeout(CLOSING_LIMIT, closing)
        .await
        .with_context(|| {
            format!(
                "the origin's access log {} lacks the last request after {CLOSING_LIMIT:?}",
                log.display()
            )
        })?
}

/// Counts the requests of one user agent. A last line that is still being written does not count.
///
/// # Errors
///
/// When the log cannot be read, or a line is not of its format: a count that leaves lines out would flatter.
pub(crate) fn requests_of(user_agent: &str, log: &Path) -> anyhow::Result<u64> {
    let reading = || format!("reading the origin's access log {}", log.display());
    let text = fs::read_to_string(log).with_context(reading)?;
    let complete = text.rsplit_once('\n').map_or("", |(complete, _)| complete);
    let mut count = 0;
    for line in complete.lines() {
        let line: Line = serde_json::from_str(line).with_context(reading)?;
        count += u64::from(line.user_agent == user_agent);
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::stand_in::StandIn;

    #[test]
    fn only_the_user_agent_that_is_asked_for_counts() {
        let log = tempfile::NamedTempFile::new().unwrap();
        fs::write(
            log.path(),
            "{\"method\":\"GET\",\"path\":\"/\",\"status\":200,\"user_agent\":\"a\",\"duration_ms\":0.2}\n\
             {\"method\":\"GET\",\"path\":\"/\",\"status\":200,\"user_agent\":\"b\",\"duration_ms\":0.2}\n\
             {\"method\":\"GET\",\"path\":\"/a\",\"status\":404,\"user_agent\":\"a\",\"duration_ms\":0.2}\n",
        )
        .unwrap();
        assert_eq!(requests_of("a", log.path()).unwrap(), 2);
    }

    #[test]
    fn a_line_that_is_still_being_written_does_not_count() {
        let log = tempfile::NamedTempFile::new().unwrap();
        fs::write(log.path(), "{\"user_agent\":\"a\"}\n{\"user_agent\":\"a\"").unwrap();
        assert_eq!(requests_of("a", log.path()).unwrap(), 1);
    }

    #[tokio::test]
    async fn a_log_that_lacks_the_closing_line_is_waited_for() {
        let server = StandIn::start().await;
        let log = tempfile::NamedTempFile::new().unwrap();
        let writing = async {
            server.first_request_of(CLOSING_USER_AGENT).await;
            fs::write(
                log.path(),
                format!("{{\"user_agent\":\"{CLOSING_USER_AGENT}\"}}\n"),
            )
            .unwrap();
        };
        let (completed, ()) = tokio::join!(complete(log.path(), server.target()), writing);
        completed.unwrap();
    }

    #[test]
    fn a_broken_line_is_an_error() {
        let log = tempfile::NamedTempFile::new().unwrap();
        fs::write(log.path(), "{\"user_ag\n{\"user_agent\":\"a\"}\n").unwrap();
        assert!(requests_of("a", log.path()).is_err());
    }
}
