//! Where patients reach the pages from outside.

use std::fmt;

/// An address of the pages as patients' browsers know it: `http://` or `https://`, a host, perhaps a port and a path,
/// without a slash at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(String);

/// An address cannot serve as a [`PublicUrl`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("--public-url {0:?} is no address of a site; write it like https://booking.example, without ? or #")]
pub struct InvalidPublicUrl(String);

impl PublicUrl {
    /// The longest that is taken, in bytes: more makes a QR code too fine for a phone's camera.
    const LIMIT: usize = 200;

    /// Reads an address.
    ///
    /// # Errors
    /// When it is not one of the web, is too long, or has a query or a fragment.
    pub fn parse(text: &str) -> Result<Self, InvalidPublicUrl> {
        let address = text.trim_end_matches('/');
        ["https://", "http://"]
            .iter()
            .find_map(|scheme| address.strip_prefix(scheme))
            .filter(|rest| {
                let allowed = |byte: u8| byte.is_ascii_graphic() && !b"?#\"<>\\@".contains(&byte);
                !rest.is_empty()
                    && !rest.starts_with('/')
                    && address.len() <= Self::LIMIT
                    && rest.bytes().all(allowed)
            })
            .map(|_| Self(address.to_owned()))
            .ok_or_else(|| InvalidPublicUrl(text.to_owned()))
    }

    /// Whether browsers reach it over TLS.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.0.starts_with("https://")
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
