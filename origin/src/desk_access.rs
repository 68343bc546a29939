//! Who may work at the desk.

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

/// Characters of a token: too many to be guessed, few enough to be typed.
const TOKEN_LENGTH: std::ops::RangeInclusive<usize> = 16..=256;

/// How long one stays signed in, in seconds: a long working day.
pub(crate) const SESSION_SECONDS: i64 = 12 * 60 * 60;

/// How long the answer to a wrong token takes.
const WRONG_TOKEN_DELAY: Duration = Duration::from_millis(500);

/// How many wrong tokens wait for their answer at a time; more are turned away at once.
const WRONG_TOKENS_WAITING: usize = 8;

/// The token of the desk, and the sessions that were opened with it.
///
/// A session is a signed statement in the browser's cookie, so the server keeps nothing of it and several processes
/// with the same token share their sessions. Another token ends them all.
pub struct DeskAccess {
    token: String,
    wrong_tokens: Semaphore,
}

/// Somebody who has signed in, by the value of their cookie.
#[derive(Clone)]
pub(crate) struct DeskSession(String);

/// The token is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It is not the token.
    Wrong,
    /// It is not the token either, and too many such come at a time.
    TooMany,
}

/// The file with the token cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum InvalidTokenFile {
    /// It cannot be read.
    #[error("cannot read the desk's token from {path}: {source}; name a file of text with --desk-token-file")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// What it holds is no token.
    #[error(
        "the desk's token in {path} must be one line of {} to {} visible ASCII characters, for example from \
         `openssl rand -hex 16`",
        TOKEN_LENGTH.start(),
        TOKEN_LENGTH.end()
    )]
    NoToken {
        /// The file.
        path: PathBuf,
    },
}

impl DeskAccess {
    /// Reads the token from a file.
    ///
    /// # Errors
    /// When the file cannot be read or holds no token.
    pub fn open(path: &Path) -> Result<Self, InvalidTokenFile> {
        let text = std::fs::read_to_string(path).map_err(|source| InvalidTokenFile::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        let token = text.trim();
        if !TOKEN_LENGTH.contains(&token.len()) || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(InvalidTokenFile::NoToken {
                path: path.to_owned(),
            });
        }
        Ok(Self {
            token: token.to_owned(),
            wrong_tokens: Semaphore::new(WRONG_TOKENS_WAITING),
        })
    }

    /// Opens a session for whoever knows the token. A wrong one is answered late, which slows guessing; the right one
    /// never waits, so guessing keeps nobody out.
    pub(crate) async fn sign_in(&self, token: &str, now: Timestamp) -> Result<DeskSession, Refused> {
        // Digests are compared, so the time that it takes tells nothing about the token.
        if Sha256::digest(token.trim()) != Sha256::digest(&self.token) {
            let _waiting = self.wrong_tokens.try_acquire().map_err(|_| Refused::TooMany)?;
            tokio::time::sleep(WRONG_TOKEN_DELAY).await;
            return Err(Refused::Wrong);
        }
        let nonce: [u8; 16] = rand::random();
        let expires = now.as_second().saturating_add(SESSION_SECONDS);
        let statement = format!("{expires}.{}", BASE64_URL_SAFE_NO_PAD.encode(nonce));
        let signature = self.sign("session", &statement);
        Ok(DeskSession(format!("{statement}.{signature}")))
    }

    /// The session of a cookie, when this token signed it and it is not over.
    pub(crate) fn session(&self, cookie: &str, now: Timestamp) -> Option<DeskSession> {
        let (statement, signature) = cookie.rsplit_once('.')?;
        let (expires, _) = statement.split_once('.')?;
        let is_open = self.is_signed("session", statement, signature)
            && expires
                .parse::<i64>()
                .is_ok_and(|expires| expires > now.as_second());
        is_open.then(|| DeskSession(cookie.to_owned()))
    }

    /// What a form carries to show that it comes from a page of this session.
    pub(crate) fn form_token(&self, session: &DeskSession) -> String {
        self.sign("form", &session.0)
    }

    /// Whether a form carries it.
    pub(crate) fn is_from(&self, session: &DeskSession, form_token: &str) -> bool {
        self.is_signed("form", &session.0, form_token)
    }

    fn sign(&self, purpose: &str, text: &str) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.mac(purpose, text).finalize().into_bytes())
    }

    fn is_signed(&self, purpose: &str, text: &str, signature: &str) -> bool {
        BASE64_URL_SAFE_NO_PAD
            .decode(signature)
            .is_ok_and(|signature| self.mac(purpose, text).verify_slice(&signature).is_ok())
    }

    /// HMAC-SHA-256 (RFC 2104) under the token's digest; the purpose keeps a signature from serving as another.
    fn mac(&self, purpose: &str, text: &str) -> Hmac<Sha256> {
        let mut key = hmac::digest::Key::<Hmac<Sha256>>::default();
        let digest = Sha256::digest(&self.token);
        key[..digest.len()].copy_from_slice(&digest);
        let mut mac = Hmac::<Sha256>::new(&key);
        mac.update(purpose.as_bytes());
        mac.update(b"\0");
        mac.update(text.as_bytes());
        mac
    }
}

impl DeskSession {
    /// The value of its cookie.
    pub(crate) fn cookie(&self) -> &str {
        &self.0
    }
}
