//! Programs that get a part of a processor core only, by a control group of Linux.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

/// Over how many microseconds the kernel counts, its default: shorter, and a limit costs more than it limits.
const PERIOD: u32 = 100_000;

/// How long the kernel may take to see that the group's processes are gone.
const END_LIMIT: Duration = Duration::from_secs(10);

/// A control group; its end is the end of its limit. Processes join it by being written into [`CpuGroup::members`].
#[derive(Debug)]
pub struct CpuGroup {
    folder: PathBuf,
    version: Version,
}

/// The kernel has two interfaces; machines mount either.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    One,
    Two,
}

impl CpuGroup {
    /// The folders below which groups may be made, where a system has them.
    const PLACES: [&str; 2] = ["/sys/fs/cgroup/cpu", "/sys/fs/cgroup"];

    /// Where this process may make groups that limit; `None` when nowhere, as for most users but root.
    #[must_use]
    pub fn place() -> Option<PathBuf> {
        Self::PLACES
            .map(PathBuf::from)
            .into_iter()
            .find(|place| Self::below(place).is_ok())
    }

    /// A new group without a limit yet.
    ///
    /// # Errors
    /// When it cannot be made there, or cannot limit processor time.
    pub fn below(place: &Path) -> io::Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = place.join(format!("levee-{}-{number}", process::id()));
        fs::create_dir(&folder)?;
        let mut group = Self {
            folder,
            version: Version::Two,
        };
        if group.folder.join("cpu.cfs_quota_us").exists() {
            group.version = Version::One;
        } else if !group.folder.join("cpu.max").exists() {
            return Err(io::Error::other(
                "this control group does not limit processor time",
            ));
        }
        Ok(group)
    }

    /// The file that a process joins by, by writing its id.
    #[must_use]
    pub fn members(&self) -> PathBuf {
        self.folder.join("cgroup.procs")
    }

    /// The file, and what to write into it so that all members together get one `parts`th of a core.
    #[must_use]
    pub fn limit_to_one_in(&self, parts: u32) -> (PathBuf, String) {
        let quota = PERIOD.checked_div(parts).unwrap_or(PERIOD);
        match self.version {
            Version::One => (self.folder.join("cpu.cfs_quota_us"), quota.to_string()),
            Version::Two => (self.folder.join("cpu.max"), format!("{quota} {PERIOD}")),
        }
    }

    /// Whether members wanted more than they got.
    #[must_use]
    pub fn was_held_back(&self) -> bool {
        fs::read_to_string(self.folder.join("cpu.stat")).is_ok_and(|stat| {
            stat.lines()
                .filter_map(|line| line.strip_prefix("nr_throttled "))
                .any(|count| count.trim() != "0")
        })
    }
}

impl Drop for CpuGroup {
    fn drop(&mut self) {
        // A group can be removed when its last process is gone for good, which is a moment after it has ended.
        let deadline = Instant::now() + END_LIMIT;
        while fs::remove_dir(&self.folder).is_err() && self.folder.exists() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(10));
        }
    }
}
