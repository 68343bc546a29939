//! How large the results are, as they are and compressed.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use comfy_table::{CellAlignment, Table, presets::UTF8_FULL_CONDENSED};
use flate2::{Compression, write::GzEncoder};

/// A table with one row a file.
pub(super) fn table(files: &[&Path]) -> anyhow::Result<Table> {
    let mut table = Table::new();
    table
        .load_style(UTF8_FULL_CONDENSED)
        .set_header(["file", "bytes", "gzip"]);
    for file in files {
        let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        table.add_row([
            file.display().to_string(),
            bytes.len().to_string(),
            gzipped(&bytes)?.to_string(),
        ]);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    Ok(table)
}

/// The compressed size of all files together, in bytes.
pub(super) fn gzipped_together(files: &[PathBuf]) -> anyhow::Result<usize> {
    let mut all = Vec::new();
    for file in files {
        all.extend(fs::read(file).with_context(|| format!("cannot read {}", file.display()))?);
    }
    gzipped(&all)
}

/// The compressed size, in bytes.
pub(super) fn gzipped(bytes: &[u8]) -> anyhow::Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len())
}
