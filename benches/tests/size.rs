//! How large the module is: what every proxy loads and compiles.

use std::{fs, io::Write as _};

use flate2::{Compression, write::GzEncoder};
use levee_testing::tools;

/// Bytes that the module may have. The goal is 200,000: lower this whenever the module has become smaller.
const MOST: usize = 440_000;

/// Bytes that it may have compressed, as it is distributed. The goal is 80,000.
const MOST_COMPRESSED: usize = 165_000;

#[test]
fn the_module_has_not_become_larger() {
    let module = fs::read(tools::path(tools::WASM)).unwrap();
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&module).unwrap();
    let compressed = encoder.finish().unwrap();
    for (what, bytes, most) in [
        ("the module", module.len(), MOST),
        ("the module, compressed,", compressed.len(), MOST_COMPRESSED),
    ] {
        assert!(
            bytes <= most,
            "{what} has {bytes} bytes, and may have {most}: \
             `levee inspect --top 30 target/levee/levee.named.wasm` tells what makes it so large"
        );
    }
}
