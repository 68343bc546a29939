//! What the documentation shows.

use crate::needs_chromium::play;
use crate::stage::{Host, Stage, closed};
use levee_testing::tools;
use serde_json::json;

/// They stay in `target/levee/screenshots`, from where they are copied to `docs/screenshots` when the page has changed.
#[test]
fn the_page_is_pictured_in_the_middle_of_solving() {
    let stage = Stage::set(Host::Envoy, &closed(json!({})));
    let folder = tools::path(tools::WASM).with_file_name("screenshots");
    let told = play(&stage, "screenshots", &json!({ "folder": folder }));
    let pictures = told["pictures"].as_array().cloned().unwrap_or_default();
    assert_eq!(pictures.len(), 8, "{told}");
}
