//! The way to files: what has to be watched to see that one of them has become another.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io;
use std::path::{Component, Path, PathBuf};

use super::watch::WatchError;

/// Most symbolic links on the way to one file, as Linux has it.
const MAX_LINKS: usize = 40;

/// The files themselves and the symbolic links that lead to them, in real directories; instead of a file that is missing,
/// the first part of its path that is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Way {
    entries: BTreeSet<PathBuf>,
}

impl Way {
    /// As it is now.
    pub(super) fn to(files: &[PathBuf]) -> Result<Self, WatchError> {
        let mut way = Self::default();
        for file in files {
            way.follow(file).map_err(|error| WatchError::new(file, &error))?;
        }
        Ok(way)
    }

    /// The directories that have something of it.
    pub(super) fn directories(&self) -> BTreeSet<&Path> {
        self.entries.iter().filter_map(|entry| entry.parent()).collect()
    }

    /// Whether something that has happened to a path may have changed one of the files.
    pub(super) fn concerns(&self, path: &Path) -> bool {
        self.entries
            .iter()
            .any(|entry| entry == path || entry.parent() == Some(path))
    }

    fn follow(&mut self, file: &Path) -> io::Result<()> {
        let mut ahead = steps(&std::path::absolute(file)?);
        let mut place = PathBuf::new();
        let mut links = 0;
        while let Some(step) = ahead.pop() {
            if step == ".." {
                place.pop();
                continue;
            }
            place.push(&step);
            if let Ok(target) = place.read_link() {
                links += 1;
                if links > MAX_LINKS {
                    let message = format!("more than {MAX_LINKS} symbolic links on the way to it");
                    return Err(io::Error::other(message));
                }
                self.entries.insert(place.clone());
                place.pop();
                ahead.extend(steps(&target));
            } else if ahead.is_empty() || !place.exists() {
                self.entries.insert(place);
                return Ok(());
            }
        }
        Ok(())
    }
}

/// The parts of a path, the last one first.
fn steps(path: &Path) -> Vec<OsString> {
    path.components()
        .rev()
        .filter(|component| *component != Component::CurDir)
        .map(|component| component.as_os_str().to_owned())
        .collect()
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use tempfile::TempDir;

    use super::*;

    /// The way to one file under a directory, as paths relative to that.
    fn way(directory: &TempDir, file: &str) -> Vec<String> {
        let root = directory.path().canonicalize().expect("it exists");
        let way = Way::to(&[root.join(file)]).expect("a way");
        way.entries
            .iter()
            .map(|entry| {
                let relative = entry.strip_prefix(&root).expect("below it");
                relative.to_string_lossy().into_owned()
            })
            .collect()
    }

    fn directory() -> TempDir {
        TempDir::new().expect("a directory")
    }

    #[test]
    fn a_file_is_watched_where_it_is() {
        let directory = directory();
        std::fs::write(directory.path().join("config.json"), "").expect("written");
        assert_eq!(way(&directory, "config.json"), ["config.json"]);
        assert_eq!(way(&directory, "./config.json"), ["config.json"]);
    }

    #[test]
    fn links_as_kubernetes_makes_them_are_watched_one_by_one() {
        let directory = directory();
        std::fs::create_dir(directory.path().join("..1")).expect("created");
        std::fs::write(directory.path().join("..1/config.json"), "").expect("written");
        symlink("..1", directory.path().join("..data")).expect("linked");
        symlink("..data/config.json", directory.path().join("config.json")).expect("linked");
        assert_eq!(
            way(&directory, "config.json"),
            ["..1/config.json", "..data", "config.json"]
        );
    }

    #[test]
    fn links_may_lead_up_and_to_absolute_paths() {
        let directory = directory();
        let root = directory.path().canonicalize().expect("it exists");
        for name in ["a", "b"] {
            std::fs::create_dir(root.join(name)).expect("created");
        }
        std::fs::write(root.join("file"), "").expect("written");
        symlink("../b/link", root.join("a/link")).expect("linked");
        symlink(root.join("file"), root.join("b/link")).expect("linked");
        assert_eq!(way(&directory, "a/link"), ["a/link", "b/link", "file"]);
    }

    #[test]
    fn of_a_missing_path_the_first_missing_part_is_watched() {
        let directory = directory();
        assert_eq!(way(&directory, "dist/release/filter.wasm"), ["dist"]);
        std::fs::create_dir_all(directory.path().join("dist/release")).expect("created");
        assert_eq!(
            way(&directory, "dist/release/filter.wasm"),
            ["dist/release/filter.wasm"]
        );
    }

    #[test]
    fn links_in_a_circle_are_an_error() {
        let directory = directory();
        let (a, b) = (directory.path().join("a"), directory.path().join("b"));
        symlink(&a, &b).expect("linked");
        symlink(&b, &a).expect("linked");
        let error = Way::to(&[a]).expect_err("no way");
        assert!(
            error.to_string().contains("more than 40 symbolic links"),
            "{error}"
        );
    }

    #[test]
    fn what_happens_to_other_files_of_a_directory_does_not_concern_it() {
        let way = Way {
            entries: [PathBuf::from("/etc/levee/config.json")].into(),
        };
        assert!(way.concerns(Path::new("/etc/levee/config.json")));
        assert!(
            way.concerns(Path::new("/etc/levee")),
            "the directory may be moved away"
        );
        assert!(!way.concerns(Path::new("/etc/levee/config.json.swp")));
    }
}
