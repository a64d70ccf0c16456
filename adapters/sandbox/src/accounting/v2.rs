//! cgroup v2: a fresh leaf per run, into which its init is cloned.

use super::{Sample, Totals, field};
use crate::protocol::OrderLimits;
use std::fs::{self, File};
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The init of a run.
const OUR_PROCESSES: u64 = 1;
/// What the init may use besides the program: its own pages, page tables, mounts.
const OUR_BYTES: u64 = 2 * 1024 * 1024;

/// The group of one slot.
pub(crate) struct GroupV2 {
    /// The delegated group; kept open because paths end with the change of root.
    parent: File,
    name: PathBuf,
    leaf: Option<File>,
    cpu_at_start: Duration,
    memory_at_start: u64,
    /// Highest usage seen, for kernels before 5.19 that do not record the peak.
    memory_seen: u64,
}

impl GroupV2 {
    pub(super) fn new(parent: &Path, group: &Path) -> io::Result<Self> {
        let name = group.file_name().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(Self {
            parent: File::open(parent)?,
            name: PathBuf::from(name),
            leaf: None,
            cpu_at_start: Duration::ZERO,
            memory_at_start: 0,
            memory_seen: 0,
        })
    }

    fn path(&self) -> PathBuf {
        PathBuf::from(format!("/proc/self/fd/{}", self.parent.as_raw_fd())).join(&self.name)
    }

    pub(super) fn begin(&mut self, limits: &OrderLimits) -> io::Result<()> {
        self.abandon();
        let path = self.path();
        fs::create_dir(&path)?;
        let memory = limits.memory_bytes.saturating_add(OUR_BYTES).saturating_add(limits.laid_bytes);
        fs::write(path.join("memory.max"), memory.to_string())?;
        // Missing where the kernel has no swap, or is older than the file.
        for (file, value) in [("memory.swap.max", "0"), ("memory.oom.group", "1")] {
            match fs::write(path.join(file), value) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                written => written?,
            }
        }
        fs::write(path.join("pids.max"), (u64::from(limits.processes) + OUR_PROCESSES).to_string())?;
        self.leaf = Some(File::open(&path)?);
        self.memory_seen = 0;
        Ok(())
    }

    pub(super) fn leaf(&self) -> Option<BorrowedFd<'_>> {
        self.leaf.as_ref().map(AsFd::as_fd)
    }

    pub(super) fn started(&mut self) -> io::Result<()> {
        self.cpu_at_start = self.cpu()?;
        self.memory_at_start = self.number("memory.current")?;
        Ok(())
    }

    pub(super) fn sample(&mut self) -> io::Result<Sample> {
        self.memory_seen = self.memory_seen.max(self.number("memory.current")?);
        Ok(Sample {
            cpu: self.cpu()?.saturating_sub(self.cpu_at_start),
            out_of_memory: self.count("memory.events", "oom_kill")? > 0,
        })
    }

    pub(super) fn finish(&mut self) -> io::Result<Totals> {
        let peak = self.number("memory.peak").unwrap_or(self.memory_seen);
        let totals = Totals {
            cpu: self.cpu()?.saturating_sub(self.cpu_at_start),
            memory_bytes: peak.saturating_sub(self.memory_at_start),
            out_of_memory: self.count("memory.events", "oom_kill")? > 0,
            near_memory_limit: false,
            processes_refused: self.count("pids.events", "max")? > 0,
        };
        self.abandon();
        Ok(totals)
    }

    pub(super) fn abandon(&mut self) {
        if self.leaf.take().is_some() {
            let _ = fs::write(self.path().join("cgroup.kill"), "1");
            super::remove_groups(&[self.path()]);
        }
    }

    fn cpu(&self) -> io::Result<Duration> {
        Ok(Duration::from_micros(self.count("cpu.stat", "usage_usec")?))
    }

    fn count(&self, file: &str, key: &str) -> io::Result<u64> {
        Ok(field(&fs::read_to_string(self.path().join(file))?, key))
    }

    fn number(&self, file: &str) -> io::Result<u64> {
        let text = fs::read_to_string(self.path().join(file))?;
        text.trim().parse().map_err(io::Error::other)
    }
}
