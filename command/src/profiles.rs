//! `levee profiles`.

use clap::Args;
use comfy_table::{ContentArrangement, Table, presets::UTF8_HORIZONTAL_ONLY};
use levee_harness::Profile;

const EXAMPLES: &str = "Examples:
  levee profiles
  levee test --profile strict filter.test.yaml";

/// Arguments of `levee profiles`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {}

/// Prints every switch with its value in each profile.
pub(crate) fn run(_: &Arguments) {
    let mut table = Table::new();
    table
        .load_style(UTF8_HORIZONTAL_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(["switch", "envoy", "strict", "ngx", "when it is on"]);
    for switch in Profile::SWITCHES {
        let value = |on| if on { "on" } else { "-" };
        let meaning: Vec<&str> = switch.meaning.split_whitespace().collect();
        table.add_row([
            switch.name,
            value(switch.envoy),
            value(switch.strict),
            value(switch.ngx),
            &meaning.join(" "),
        ]);
    }
    println!("{table}");
}
