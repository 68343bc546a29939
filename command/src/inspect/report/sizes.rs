//! What a module's bytes are.

use levee_harness::inspect::{Inspection, Section};

use super::text::{safe, shorten, size};
use super::{MAX_NAME, Report, plain_table, right};

/// Sections that are listed; the others are small.
const SECTIONS: usize = 6;

impl Report {
    pub(super) fn sizes(&mut self, inspection: &Inspection) {
        let sizes = &inspection.sizes;
        self.title("Sections");
        let mut table = plain_table();
        let percent = |bytes: usize| format!("{:.0} %", bytes as f64 * 100.0 / sizes.bytes.max(1) as f64);
        let is_large = |section: &&Section| section.bytes >= sizes.bytes / 100;
        let large = sizes.sections.iter().take_while(is_large).take(SECTIONS);
        let others = sizes
            .sections
            .iter()
            .skip(large.clone().count())
            .map(|section| section.bytes);
        for section in large {
            let about = match (section.name.as_str(), section.custom) {
                ("code", false) => format!("{} functions", sizes.functions),
                ("name", true) => "names of functions: keep them, traps are told with them".to_owned(),
                (name, true) if name.starts_with(".debug_") => "debug information: strip it".to_owned(),
                (_, true) => "custom: no host reads it".to_owned(),
                _ => String::new(),
            };
            let name = shorten(&safe(&section.name), 30);
            table.add_row([
                format!("  {name}"),
                size(section.bytes),
                percent(section.bytes),
                about,
            ]);
        }
        let others = others.sum::<usize>();
        if others > 0 {
            table.add_row(["  others".to_owned(), size(others), percent(others)]);
        }
        right(&mut table, &[1, 2]);
        self.table(&table);
        if sizes.debug_bytes > 0 {
            let (debug, all) = (size(sizes.debug_bytes), size(sizes.custom_bytes));
            self.line(&format!(
                "  without debug information {debug} less, without any custom section {all}"
            ));
        }
        if !sizes.largest_functions.is_empty() {
            self.title("Largest functions");
            let mut table = plain_table();
            for function in &sizes.largest_functions {
                let name = match &function.name {
                    Some(name) => shorten(&safe(name), MAX_NAME),
                    None => format!("function {}", function.index),
                };
                table.add_row([format!("  {}", size(function.bytes)), name]);
            }
            right(&mut table, &[0]);
            self.table(&table);
        }
    }
}
