//! No cgroups: the process tree is looked at every 10 ms, and the kernel limits each process alone.

use super::{OfInit, Sample, Totals};
use crate::protocol::OrderLimits;
use crate::sys::process;
use std::collections::HashMap;
use std::fs;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::time::Duration;

const PAGE_BYTES: u64 = 4096;
/// What the next refused allocation of a program may have been for.
const NEAR_BYTES: u64 = 4 * 1024 * 1024;

/// Page tables of a smaller address space are too small to matter (a five-hundredth of it at most).
const LARGE_ADDRESS_BYTES: u64 = 4 * 1024 * 1024 * 1024;

/// The accounting of one slot without groups.
#[derive(Default)]
pub(crate) struct Polling {
    /// `/proc` of the run: lists its processes only.
    proc_folder: Option<OwnedFd>,
    memory_limit: u64,
    processes_limit: u64,
    cpu_seen: Duration,
    memory_seen: u64,
    threads_seen: u64,
    /// Ticks of each process itself, by pid and start: the time of children that nobody waits for is added to nobody.
    own_ticks: HashMap<(u32, u64), u64>,
}

/// Threads of every process but the first of a pid namespace.
pub(crate) fn threads_besides_init(proc_folder: &Path) -> u64 {
    looks(proc_folder)
        .into_iter()
        .filter(|(pid, _)| *pid != 1)
        .map(|(_, look)| look.threads)
        .sum()
}

/// One look at `/proc/<pid>/stat`.
#[derive(Debug, PartialEq, Eq)]
struct Look {
    ticks: u64,
    /// Without those of children.
    own_ticks: u64,
    started: u64,
    threads: u64,
    resident_bytes: u64,
    address_bytes: u64,
}

impl Polling {
    pub(super) fn begin(&mut self, limits: &OrderLimits) {
        *self = Self {
            memory_limit: limits.memory_bytes,
            processes_limit: u64::from(limits.processes),
            ..Self::default()
        };
    }

    pub(super) fn started(&mut self, proc_folder: Option<OwnedFd>) {
        self.proc_folder = proc_folder;
    }

    pub(super) fn sample(&mut self) -> Sample {
        let (mut ticks, mut resident, mut threads) = (0, 0, 0);
        for (pid, look) in self.looks() {
            ticks += look.ticks;
            // The init itself is ours; the time of what it reaped is the run's.
            if pid != 1 {
                resident += look.resident_bytes;
                threads += look.threads;
                self.own_ticks.insert((pid, look.started), look.own_ticks);
            }
        }
        let ticks = ticks.max(self.own_ticks.values().sum());
        let cpu = Duration::from_millis(ticks.saturating_mul(1000) / process::clock_ticks_per_second());
        self.cpu_seen = self.cpu_seen.max(cpu);
        self.memory_seen = self.memory_seen.max(resident);
        self.threads_seen = self.threads_seen.max(threads);
        Sample {
            cpu: self.cpu_seen,
            out_of_memory: self.memory_seen > self.memory_limit,
        }
    }

    pub(super) fn finish(&mut self, of_init: OfInit) -> Totals {
        self.proc_folder = None;
        let memory = self.memory_seen.max(of_init.max_resident_bytes);
        Totals {
            cpu: self.cpu_seen.max(of_init.cpu),
            memory_bytes: memory,
            out_of_memory: memory > self.memory_limit,
            // The kernel limits data only, so the rest of the program is allowed for.
            near_memory_limit: memory.saturating_add(NEAR_BYTES) > self.memory_limit / 10 * 9,
            // One less than the limit: the program itself had ended when the rest was counted.
            processes_refused: self.threads_seen.max(of_init.left_behind) + 1 >= self.processes_limit,
        }
    }

    pub(super) fn abandon(&mut self) {
        self.proc_folder = None;
    }

    fn looks(&self) -> Vec<(u32, Look)> {
        let Some(folder) = &self.proc_folder else { return Vec::new() };
        looks(&PathBuf::from(format!("/proc/self/fd/{}", folder.as_raw_fd())))
    }
}

fn looks(folder: &Path) -> Vec<(u32, Look)> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .filter_map(|pid| {
            let folder = folder.join(pid.to_string());
            let text = fs::read(folder.join("stat")).ok()?;
            let mut look = parse(&String::from_utf8_lossy(&text), pid == 1)?;
            if look.address_bytes > LARGE_ADDRESS_BYTES {
                look.resident_bytes += page_tables(&fs::read_to_string(folder.join("status")).unwrap_or_default());
            }
            Some((pid, look))
        })
        .collect()
}

/// Bytes of page tables, from `/proc/<pid>/status`; they are in no resident set.
fn page_tables(status: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix("VmPTE:"));
    let kibibytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kibibytes.unwrap_or(0) * 1024
}

/// Fields are counted after the name, which may hold anything, up to its last parenthesis.
fn parse(stat: &str, only_children: bool) -> Option<Look> {
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
    let children = number(13)? + number(14)?;
    let own = if only_children { 0 } else { number(11)? + number(12)? };
    Some(Look {
        ticks: own + children,
        own_ticks: own,
        started: number(19)?,
        threads: number(17)?,
        resident_bytes: number(21)? * PAGE_BYTES,
        address_bytes: number(20)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_name_cannot_fake_its_numbers() {
        let line = "7 (a) R 0 0) S 1 7 7 0 -1 4194304 90 0 0 0 3 4 1 2 20 0 5 0 100 1000 50 18446744073709551615";
        let look = parse(line, false).unwrap();
        assert_eq!(
            look,
            Look {
                ticks: 10,
                own_ticks: 7,
                started: 100,
                threads: 5,
                resident_bytes: 50 * PAGE_BYTES,
                address_bytes: 1000,
            }
        );
        assert_eq!(parse(line, true).unwrap().ticks, 3);
    }

    #[test]
    fn page_tables_are_read_from_the_status() {
        assert_eq!(page_tables("Name:\tVmPTE: 7 kB\nVmPTE:\t      52 kB\nVmSwap: 0 kB\n"), 52 * 1024);
        assert_eq!(page_tables(""), 0);
    }
}
