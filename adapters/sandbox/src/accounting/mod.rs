//! Measuring and limiting what a run uses: by cgroup v2, cgroup v1, or without cgroups.

mod detect;
mod polling;
mod v1;
mod v2;

pub(crate) use detect::{plan_v1, plan_v2};
pub(crate) use polling::{children, descendants, threads_besides_init, threads_of_user};

use crate::protocol::{AccountingPlan, OrderLimits};
use std::fs;
use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What a run used until now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    pub(crate) cpu: Duration,
    pub(crate) out_of_memory: bool,
}

/// What a run used altogether.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Totals {
    pub(crate) cpu: Duration,
    pub(crate) memory_bytes: u64,
    pub(crate) out_of_memory: bool,
    /// Whether so much was used that a failure is put down to refused memory (where the kernel gives no evidence).
    pub(crate) near_memory_limit: bool,
    /// Whether a fork was refused because of the limit of processes.
    pub(crate) processes_refused: bool,
}

/// What the kernel says about the run's processes without any group.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct OfInit {
    pub(crate) cpu: Duration,
    pub(crate) max_resident_bytes: u64,
    /// Threads that were still there when the program ended.
    pub(crate) left_behind: u64,
}

/// The accounting of one slot.
pub(crate) enum Accounting {
    V1(v1::GroupsV1),
    V2(v2::GroupV2),
    Polling(polling::Polling),
}

impl Accounting {
    /// Whether the kernel measures and limits the run as a whole.
    pub(crate) const fn has_groups(&self) -> bool {
        !matches!(self, Self::Polling(_))
    }

    /// Before the init is created.
    pub(crate) fn begin(&mut self, limits: &OrderLimits) -> io::Result<()> {
        match self {
            Self::V1(groups) => groups.begin(limits),
            Self::V2(group) => group.begin(limits),
            Self::Polling(polling) => {
                polling.begin(limits);
                Ok(())
            }
        }
    }

    /// The group into which the init is cloned, if it does not inherit it.
    pub(crate) fn leaf(&self) -> Option<BorrowedFd<'_>> {
        match self {
            Self::V2(group) => group.leaf(),
            Self::V1(_) | Self::Polling(_) => None,
        }
    }

    /// Right before the program starts; what was used so far is ours.
    /// Without namespaces `init` is the process below which all others are.
    pub(crate) fn started(&mut self, proc_folder: Option<OwnedFd>, init: Option<u32>) -> io::Result<()> {
        match self {
            Self::V1(groups) => groups.started(),
            Self::V2(group) => group.started(),
            Self::Polling(polling) => {
                polling.started(proc_folder, init);
                Ok(())
            }
        }
    }

    /// While the program runs.
    pub(crate) fn sample(&mut self) -> io::Result<Sample> {
        match self {
            Self::V1(groups) => groups.sample(),
            Self::V2(group) => group.sample(),
            Self::Polling(polling) => Ok(polling.sample()),
        }
    }

    /// After the last process is dead.
    pub(crate) fn finish(&mut self, of_init: OfInit) -> io::Result<Totals> {
        match self {
            Self::V1(groups) => groups.finish(),
            Self::V2(group) => group.finish(),
            Self::Polling(polling) => Ok(polling.finish(of_init)),
        }
    }

    /// After a fault, when nobody wants to know what was used.
    pub(crate) fn abandon(&mut self) {
        match self {
            Self::V1(groups) => groups.abandon(),
            Self::V2(group) => group.abandon(),
            Self::Polling(polling) => polling.abandon(),
        }
    }
}

const PREFIX: &str = "codesm-";

/// The groups of a slot; the name holds the pid of the `sandboxd` that makes them, so that leftovers are known as such.
pub(crate) fn group_paths(plan: &AccountingPlan, seat: usize, peer: bool) -> Vec<PathBuf> {
    let suffix = if peer { "-peer" } else { "" };
    let name = format!("{PREFIX}{}-{seat}{suffix}", std::process::id());
    match plan {
        AccountingPlan::V2 { parent } => vec![parent.join(name)],
        AccountingPlan::V1 { memory, pids, cpuacct } => {
            let mut paths = vec![memory.join(&name), pids.join(&name), cpuacct.join(&name)];
            // Controllers may be mounted together.
            paths.dedup();
            paths
        }
        AccountingPlan::Polling => Vec::new(),
    }
}

/// Makes the groups and moves this process into them where that is how they work.
pub(crate) fn enter(plan: &AccountingPlan, groups: &[PathBuf]) -> io::Result<Accounting> {
    for group in groups {
        if let Some(parent) = group.parent() {
            sweep(parent);
        }
    }
    Ok(match (plan, groups) {
        (AccountingPlan::V2 { parent }, [group]) => Accounting::V2(v2::GroupV2::new(parent, group)?),
        (AccountingPlan::V1 { .. }, [memory, rest @ ..]) => {
            let pids = rest.first().unwrap_or(memory);
            let cpuacct = rest.last().unwrap_or(memory);
            Accounting::V1(v1::GroupsV1::enter(memory, pids, cpuacct)?)
        }
        _ => Accounting::Polling(polling::Polling::default()),
    })
}

/// Removes groups whose processes are gone; the kernel may need a moment to see that.
pub(crate) fn remove_groups(groups: &[PathBuf]) {
    for group in groups {
        for _ in 0..300 {
            match fs::remove_dir(group) {
                Err(error) if error.raw_os_error() == Some(libc::EBUSY) => std::thread::sleep(Duration::from_millis(10)),
                _ => break,
            }
        }
    }
}

/// Removes groups left behind by a `sandboxd` that was killed. The kernel refuses to remove one that is in use.
fn sweep(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let pid = name
            .to_str()
            .and_then(|name| name.strip_prefix(PREFIX))
            .and_then(|rest| rest.split('-').next())
            .and_then(|pid| pid.parse::<u32>().ok());
        if let Some(pid) = pid
            && !Path::new("/proc").join(pid.to_string()).exists()
        {
            let _ = fs::remove_dir(entry.path());
        }
    }
}

/// The number after `key` in a file of `key number` lines.
fn field(text: &str, key: &str) -> u64 {
    text.lines()
        .filter_map(|line| line.split_once(' '))
        .find(|(found, _)| *found == key)
        .and_then(|(_, value)| value.trim().parse().ok())
        .unwrap_or(0)
}
