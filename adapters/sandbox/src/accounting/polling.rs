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

/// What waits in sockets is in nobody's resident set, so each but these few is taken for full.
const FEW_SOCKETS: u64 = 16;
/// Most bytes that wait in a socket, where the kernel does not say it here. Programs cannot change it for theirs (see seccomp).
const USUAL_SOCKET_BYTES: u64 = 212_992;

/// The accounting of one slot without groups.
#[derive(Default)]
pub(crate) struct Polling {
    /// `/proc` of the run: lists its processes only.
    proc_folder: Option<OwnedFd>,
    /// Where it lists others too: the run's first process, of which all others descend.
    init: Option<u32>,
    /// Sockets of others.
    foreign_sockets: u64,
    memory_limit: u64,
    processes_limit: u64,
    cpu_seen: Duration,
    memory_seen: u64,
    threads_seen: u64,
    socket_bytes: u64,
    /// Ticks of each process itself, by pid and start: the time of children that nobody waits for is added to nobody.
    own_ticks: HashMap<(u32, u64), u64>,
}

/// Threads of every process but the first of a pid namespace.
pub(crate) fn threads_besides_init(proc_folder: &Path, init: Option<u32>) -> u64 {
    looks(proc_folder, init)
        .into_iter()
        .filter(|(pid, _)| *pid != init.unwrap_or(1))
        .map(|(_, look)| look.threads)
        .sum()
}

/// Processes that descend from this one.
pub(crate) fn descendants(pid: u32) -> Vec<u32> {
    let looks = looks(Path::new("/proc"), Some(pid));
    looks.into_iter().map(|(found, _)| found).filter(|found| *found != pid).collect()
}

/// Processes whose parent this one is.
pub(crate) fn children(pid: u32) -> Vec<u32> {
    let looks = looks(Path::new("/proc"), Some(pid));
    looks
        .into_iter()
        .filter(|(_, look)| look.parent == pid)
        .map(|(found, _)| found)
        .collect()
}

/// Threads of all processes of a user that can be seen.
pub(crate) fn threads_of_user(user: u32) -> u64 {
    use std::os::unix::fs::MetadataExt;
    let owner = |pid: u32| fs::metadata(format!("/proc/{pid}")).map(|metadata| metadata.uid());
    let looks = all_looks(Path::new("/proc"), None).into_iter();
    looks
        .filter(|(pid, _)| owner(*pid).is_ok_and(|owner| owner == user))
        .map(|(_, look)| look.threads)
        .sum()
}

/// One look at `/proc/<pid>/stat`.
#[derive(Debug, PartialEq, Eq)]
struct Look {
    parent: u32,
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
            socket_bytes: fs::read_to_string("/proc/sys/net/core/wmem_default")
                .ok()
                .and_then(|text| text.trim().parse().ok())
                .unwrap_or(USUAL_SOCKET_BYTES),
            ..Self::default()
        };
    }

    pub(super) fn started(&mut self, proc_folder: Option<OwnedFd>, init: Option<u32>) {
        self.proc_folder = proc_folder;
        self.init = init;
        self.foreign_sockets = if init.is_some() { sockets() } else { 0 };
    }

    pub(super) fn sample(&mut self) -> Sample {
        let (mut ticks, mut resident, mut threads) = (0, 0, 0);
        for (pid, look) in self.looks() {
            ticks += look.ticks;
            // The init itself is ours; the time of what it reaped is the run's.
            if pid != self.init.unwrap_or(1) {
                resident += look.resident_bytes;
                threads += look.threads;
                self.own_ticks.insert((pid, look.started), look.own_ticks);
            }
        }
        resident += sockets()
            .saturating_sub(self.foreign_sockets + FEW_SOCKETS)
            .saturating_mul(self.socket_bytes);
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
        looks(&PathBuf::from(format!("/proc/self/fd/{}", folder.as_raw_fd())), self.init)
    }
}

/// Sockets of the slot's own network namespace, in which only its programs make any (there are no others than unix sockets).
fn sockets() -> u64 {
    let lines = fs::read("/proc/self/net/unix").map_or(0, |text| text.split(|byte| *byte == b'\n').count().saturating_sub(1));
    // Without the heading.
    lines.saturating_sub(1) as u64
}

/// A look at every process, or at those that descend from `init` and itself.
fn looks(folder: &Path, init: Option<u32>) -> Vec<(u32, Look)> {
    let mut all = all_looks(folder, init);
    if let Some(init) = init {
        let parents: HashMap<u32, u32> = all.iter().map(|(pid, look)| (*pid, look.parent)).collect();
        all.retain(|(pid, _)| {
            let ancestors = std::iter::successors(Some(*pid), |pid| parents.get(pid).copied());
            // A loop is impossible, but these numbers were read one after the other.
            ancestors.take(parents.len() + 1).any(|pid| pid == init)
        });
    }
    all
}

fn all_looks(folder: &Path, init: Option<u32>) -> Vec<(u32, Look)> {
    let init = init.unwrap_or(1);
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .filter_map(|pid| {
            let folder = folder.join(pid.to_string());
            let text = fs::read(folder.join("stat")).ok()?;
            let mut look = parse(&String::from_utf8_lossy(&text), pid == init)?;
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
        parent: u32::try_from(number(1)?).ok()?,
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
                parent: 1,
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
