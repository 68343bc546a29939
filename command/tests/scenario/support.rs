//! Runs the command on the files beside this one.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Where the files are; the command is run there, so that it names them as they are named here.
pub(crate) fn files() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenario/files")
}

/// What came of running `levee test` with these arguments.
pub(crate) struct Ran {
    /// Exit code.
    pub(crate) code: i32,
    /// Standard output, without how long it took.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) err: String,
}

pub(crate) fn levee_test(arguments: &[&str]) -> Ran {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(env!("CARGO_BIN_EXE_levee"))
        .current_dir(files())
        .arg("test")
        .args(arguments)
        .output()
        .expect("the command runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Ran {
        code: status.code().expect("an exit code"),
        out: without_time(&text(stdout)),
        err: text(stderr),
    }
}

/// Cuts ` in 0.3 s` off the summary.
fn without_time(out: &str) -> String {
    match out.rsplit_once(" in ") {
        Some((before, after)) if after.ends_with(" s\n") => format!("{before}\n"),
        _ => out.to_owned(),
    }
}

/// A file that is removed when it goes out of scope.
pub(crate) fn scenario_file(yaml: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("scenario.yaml");
    std::fs::write(&path, yaml).expect("written");
    let path = path.to_str().expect("UTF-8").to_owned();
    (folder, path)
}
