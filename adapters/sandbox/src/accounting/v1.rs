//! cgroup v1: the slot process lives in its slot's groups and its children inherit them.
//!
//! Attaching a process costs 7–12 ms, so it happens once per slot; between runs the counters are set back. What the slot
//! process itself uses is subtracted.

use super::{Sample, Totals, field};
use crate::protocol::OrderLimits;
use crate::sys::process;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::Duration;

/// The slot process and the init of a run.
const OUR_PROCESSES: u64 = 2;
/// What the init may use besides the program: its own pages, page tables, mounts.
const OUR_BYTES: u64 = 2 * 1024 * 1024;
/// What earlier runs left is dropped before the next one if it is more than this, and more than [`STALE_PART`] of the limit.
/// The kernel frees most of it by itself within some ms; making it do so at once costs as much as a small program.
const STALE_BYTES: u64 = 4 * 1024 * 1024;
/// Part of a run's memory limit that may be stale: by so much more it could use, if the kernel frees it meanwhile.
const STALE_PART: u64 = 64;

/// Longest time for getting rid of it.
const STALE_PATIENCE: Duration = Duration::from_millis(500);
const STALE_PAUSE: Duration = Duration::from_millis(5);

/// The groups of one slot.
pub(crate) struct GroupsV1 {
    memory_limit: File,
    memory_and_swap_limit: Option<File>,
    memory_usage: File,
    memory_peak: File,
    memory_events: File,
    memory_reclaim: Option<File>,
    pids_limit: File,
    pids_events: Option<File>,
    cpu_usage: File,
    at_start: AtStart,
    /// Memory of the slot process itself: the least ever in use before a run.
    least_usage: u64,
}

#[derive(Default)]
struct AtStart {
    cpu: Duration,
    memory: u64,
    out_of_memory: u64,
    refused: u64,
}

impl GroupsV1 {
    /// Makes the groups and moves this process into them. Open files keep working after the root was changed.
    pub(super) fn enter(memory: &Path, pids: &Path, cpuacct: &Path) -> io::Result<Self> {
        let open = |folder: &Path, name: &str, write: bool| {
            let path = folder.join(name);
            let opened = OpenOptions::new().read(!write).write(write).open(&path);
            opened.map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
        };
        for folder in [memory, pids, cpuacct] {
            match fs::create_dir(folder) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                made => made?,
            }
            fs::write(folder.join("cgroup.procs"), std::process::id().to_string())?;
        }
        Ok(Self {
            memory_limit: open(memory, "memory.limit_in_bytes", true)?,
            memory_and_swap_limit: open(memory, "memory.memsw.limit_in_bytes", true).ok(),
            memory_usage: open(memory, "memory.usage_in_bytes", false)?,
            memory_peak: OpenOptions::new()
                .read(true)
                .write(true)
                .open(memory.join("memory.max_usage_in_bytes"))?,
            memory_events: open(memory, "memory.oom_control", false)?,
            memory_reclaim: open(memory, "memory.force_empty", true).ok(),
            pids_limit: open(pids, "pids.max", true)?,
            pids_events: open(pids, "pids.events", false).ok(),
            cpu_usage: open(cpuacct, "cpuacct.usage", false)?,
            at_start: AtStart::default(),
            least_usage: u64::MAX,
        })
    }

    pub(super) fn begin(&mut self, limits: &OrderLimits) -> io::Result<()> {
        let before = self.usage_without_stale(STALE_BYTES.max(limits.memory_bytes / STALE_PART))?;
        self.limit_memory(Some(
            before
                .saturating_add(limits.memory_bytes)
                .saturating_add(OUR_BYTES)
                .saturating_add(limits.laid_bytes),
        ))?;
        let processes = u64::from(limits.processes) + OUR_PROCESSES;
        self.pids_limit.write_at(processes.to_string().as_bytes(), 0)?;
        self.at_start.out_of_memory = field(&text(&self.memory_events)?, "oom_kill");
        self.at_start.refused = self.refused()?;
        Ok(())
    }

    /// Memory in use before a run. The kernel frees files of an earlier run in its own time; what is still there would be
    /// lent to this one when it goes.
    fn usage_without_stale(&mut self, bearable: u64) -> io::Result<u64> {
        let began = process::monotonic();
        loop {
            let usage = number(&self.memory_usage)?;
            if usage.saturating_sub(bearable) <= self.least_usage {
                self.least_usage = self.least_usage.min(usage);
                return Ok(usage);
            }
            if process::monotonic().saturating_sub(began) > STALE_PATIENCE {
                // It stays, so it is no longer stale; the limit is counted from there.
                self.least_usage = usage;
                return Ok(usage);
            }
            if let Some(reclaim) = &self.memory_reclaim {
                let _ = reclaim.write_at(b"0", 0);
            }
            if number(&self.memory_usage)?.saturating_sub(bearable) > self.least_usage {
                std::thread::sleep(STALE_PAUSE);
            }
        }
    }

    pub(super) fn started(&mut self) -> io::Result<()> {
        self.memory_peak.write_at(b"0", 0)?;
        self.at_start.memory = number(&self.memory_usage)?;
        self.at_start.cpu = self.cpu()?;
        Ok(())
    }

    pub(super) fn sample(&self) -> io::Result<Sample> {
        Ok(Sample {
            cpu: self.cpu()?.saturating_sub(self.at_start.cpu),
            out_of_memory: self.out_of_memory()?,
        })
    }

    pub(super) fn finish(&mut self) -> io::Result<Totals> {
        let totals = Totals {
            cpu: self.cpu()?.saturating_sub(self.at_start.cpu),
            memory_bytes: number(&self.memory_peak)?.saturating_sub(self.at_start.memory),
            out_of_memory: self.out_of_memory()?,
            near_memory_limit: false,
            processes_refused: self.refused()? > self.at_start.refused,
        };
        self.limit_memory(None)?;
        Ok(totals)
    }

    pub(super) fn abandon(&self) {
        // The next run sets its own limit; until then this process must not be killed for the last one's.
        let _ = self.limit_memory(None);
    }

    fn out_of_memory(&self) -> io::Result<bool> {
        Ok(field(&text(&self.memory_events)?, "oom_kill") > self.at_start.out_of_memory)
    }

    fn refused(&self) -> io::Result<u64> {
        self.pids_events.as_ref().map_or(Ok(0), |events| Ok(field(&text(events)?, "max")))
    }

    /// CPU time of the group without this process.
    fn cpu(&self) -> io::Result<Duration> {
        // In this order: asking for the own time brings the group's counter up to date.
        let own = process::own_cpu();
        Ok(Duration::from_nanos(number(&self.cpu_usage)?).saturating_sub(own))
    }

    /// Memory with swap must never be limited below memory alone, so it is lifted first.
    fn limit_memory(&self, bytes: Option<u64>) -> io::Result<()> {
        let limit = bytes.map_or_else(|| "-1".to_owned(), |bytes| bytes.to_string());
        if let Some(with_swap) = &self.memory_and_swap_limit {
            write(with_swap, "-1")?;
        }
        write(&self.memory_limit, &limit)?;
        if let Some(with_swap) = &self.memory_and_swap_limit {
            write(with_swap, &limit)?;
        }
        Ok(())
    }
}

/// The kernel gives up changing a limit when a signal is pending (only a tracer sends any here).
fn write(file: &File, text: &str) -> io::Result<()> {
    loop {
        match file.write_at(text.as_bytes(), 0) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            written => return written.map(drop),
        }
    }
}

fn text(file: &File) -> io::Result<String> {
    let mut buffer = [0; 512];
    let length = file.read_at(&mut buffer, 0)?;
    Ok(String::from_utf8_lossy(&buffer[..length]).into_owned())
}

fn number(file: &File) -> io::Result<u64> {
    text(file)?.trim().parse().map_err(io::Error::other)
}
