//! What is found, as one page of HTML that asks for nothing from elsewhere and needs no script.

mod cards;
mod charts;
mod panel;
mod story;

use crate::{Findings, Language};
use askama::Template;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use sha2::{Digest as _, Sha256};
use story::Story;

const STYLE: &str = include_str!("../../templates/report.css");
const SCRIPT: &str = include_str!("../../templates/report.js");

/// The page, in all languages: whoever reads it chooses.
#[must_use]
pub fn page(findings: &Findings) -> String {
    let template = Page {
        title: format!("{} · Levee", findings.title.of(Language::Vi)),
        policy: policy(),
        style: STYLE,
        script: SCRIPT,
        stories: Language::ALL
            .map(|language| Story::new(findings, language))
            .into(),
    };
    // Writing into a string does not fail, and there is nobody to tell if it did.
    template.render().unwrap_or_default()
}

#[derive(Template)]
#[template(path = "report.html", whitespace = "minimize")]
struct Page<'a> {
    title: String,
    policy: String,
    style: &'static str,
    script: &'static str,
    stories: Vec<Story<'a>>,
}

/// Everything is forbidden but the inline style and script, by their hashes.
fn policy() -> String {
    format!(
        "default-src 'none'; base-uri 'none'; form-action 'none'; style-src '{}'; script-src '{}'",
        source_hash(STYLE),
        source_hash(SCRIPT)
    )
}

/// How a content security policy names an inline text: `sha256-` and the Base64 of its hash.
fn source_hash(text: &str) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(text)))
}
