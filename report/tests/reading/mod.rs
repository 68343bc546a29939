//! Reads pages.

#![allow(clippy::unwrap_used, reason = "these functions are for tests only")]

use levee_report::{Findings, html};
use scraper::{ElementRef, Html, Selector};

/// The page of findings.
pub(crate) fn parse(findings: &Findings) -> Html {
    Html::parse_document(&html::page(findings))
}

/// All elements that a selector selects.
pub(crate) fn all<'a>(page: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    page.select(&Selector::parse(selector).unwrap()).collect()
}

/// What they say, one after the other.
pub(crate) fn text(page: &Html, selector: &str) -> String {
    all(page, selector).iter().flat_map(ElementRef::text).collect()
}
