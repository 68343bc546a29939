//! Which language a visitor reads.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, Uri, header::ACCEPT_LANGUAGE, request::Parts},
};

use crate::messages::Messages;

/// A language that the pages and messages exist in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// The hospital's own language, and what is shown when nothing else is asked for.
    #[default]
    Vietnamese,
    /// For visitors from abroad.
    English,
}

impl Language {
    /// Every language, in the order of the switch on the page.
    pub const ALL: [Self; 2] = [Self::Vietnamese, Self::English];

    /// The BCP 47 tag, as in `lang="vi"` and `?lang=vi`.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Vietnamese => "vi",
            Self::English => "en",
        }
    }

    /// The name of the language in the language itself.
    #[must_use]
    pub fn own_name(self) -> &'static str {
        match self {
            Self::Vietnamese => "Tiếng Việt",
            Self::English => "English",
        }
    }

    /// The texts in this language.
    #[must_use]
    pub fn messages(self) -> &'static Messages {
        Messages::of(self)
    }

    /// The language of a request: `?lang=`, else the best of `Accept-Language`, else the default.
    #[must_use]
    pub fn of_request(uri: &Uri, headers: &HeaderMap) -> Self {
        let query = uri.query().unwrap_or_default();
        let chosen = query
            .split('&')
            .filter_map(|pair| pair.strip_prefix("lang="))
            .find_map(Self::from_primary_subtag);
        let accepted = headers
            .get_all(ACCEPT_LANGUAGE)
            .iter()
            .filter_map(|value| value.to_str().ok());
        chosen.or_else(|| Self::negotiate(accepted)).unwrap_or_default()
    }

    /// The best language of one or more `Accept-Language` values (RFC 9110, section 12.5.4), if any is known.
    ///
    /// Ranges match by their primary subtag (`en-GB` is English), the earlier one wins between equals, `*` stands
    /// for the default, and what cannot be read is passed over.
    #[must_use]
    pub fn negotiate<'a>(values: impl Iterator<Item = &'a str>) -> Option<Self> {
        let mut best: Option<(u16, Self)> = None;
        for range in values.flat_map(|value| value.split(',')) {
            let (tag, parameter) = match range.split_once(';') {
                Some((tag, parameter)) => (tag, Some(parameter)),
                None => (range, None),
            };
            let Some(weight) = parameter.map_or(Some(FULL_WEIGHT), parse_weight) else {
                continue;
            };
            let language = match tag.trim() {
                "*" => Some(Self::default()),
                tag => tag.split('-').next().and_then(Self::from_primary_subtag),
            };
            let Some(language) = language else { continue };
            if weight > best.map_or(0, |(weight, _)| weight) {
                best = Some((weight, language));
            }
        }
        best.map(|(_, language)| language)
    }

    fn from_primary_subtag(subtag: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|language| subtag.eq_ignore_ascii_case(language.tag()))
    }
}

impl<S: Sync> FromRequestParts<S> for Language {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::of_request(&parts.uri, &parts.headers))
    }
}

/// The weight of a range without `q=`, in thousandths.
const FULL_WEIGHT: u16 = 1000;

/// Reads `q=0.8` as thousandths; `None` when it is not a weight.
pub(crate) fn parse_weight(parameter: &str) -> Option<u16> {
    let (name, value) = parameter.split_once('=')?;
    if !name.trim().eq_ignore_ascii_case("q") {
        return None;
    }
    let (whole, fraction) = value.trim().split_once('.').unwrap_or((value.trim(), ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let thousandths: u16 = format!("{fraction:0<3}").parse().ok()?;
    match whole {
        "0" => Some(thousandths),
        "1" if thousandths == 0 => Some(FULL_WEIGHT),
        _ => None,
    }
}
