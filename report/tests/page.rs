//! The page of HTML.

mod sample;

use levee_report::{Bound, Findings, Series, html};
use scraper::{Html, Selector};

#[test]
fn pages_can_be_looked_at() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    for (name, findings) in [
        ("incident", sample::incident()),
        ("rehearsal", sample::rehearsal()),
        ("failed", sample::failed()),
        ("nothing", sample::nothing()),
    ] {
        let page = html::page(&findings);
        assert!(page.len() < 1_000_000, "{name} is {} bytes", page.len());
        std::fs::write(folder.join(format!("report-{name}.html")), page).unwrap();
    }
}
