//! What can be seen of the sandbox from outside: nothing of a program may be left when it is over.

use crate::sys::identity;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::Range;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// What the worker (this process) may hold more than after its warm-up: pages of allocators and thread stacks.
const WORKER_TOLERANCE_KIB: u64 = 16 * 1024;
/// The same for the helper and each slot process, which have neither.
const HELPER_TOLERANCE_KIB: u64 = 2 * 1024;
/// Folders of the machine in which anybody may write.
const SHARED_FOLDERS: [&str; 4] = ["/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue"];
/// Writable places of a run, as they are between runs.
const PLACES: [&str; 7] = ["work", "tmp", "dev/shm", "program", "files", "feedback", "var/tmp"];

/// Where to look.
#[derive(Clone, Debug)]
pub(super) struct Outside {
    pub(super) helper: u32,
    /// Users that programs run as, if they run as users of their own.
    pub(super) users: Range<u32>,
    /// The data folder of the sandbox.
    pub(super) data: PathBuf,
    /// Whether slots have roots of their own. Else theirs is the machine's, in which others leave files too; those of runs are in the
    /// data folder.
    pub(super) own_roots: bool,
}

/// What was seen.
#[derive(Clone, Debug)]
pub(super) struct Sight {
    processes: BTreeSet<String>,
    groups: BTreeMap<PathBuf, usize>,
    mounts: BTreeMap<String, usize>,
    files: BTreeSet<String>,
    keys: BTreeSet<String>,
    ipc: BTreeSet<String>,
    held: BTreeMap<u32, Held>,
}

/// What a process of ours holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Held {
    /// Unknown where we may not look.
    descriptors: Option<usize>,
    resident_kib: u64,
}

impl Outside {
    pub(super) fn look(&self) -> Sight {
        let slots = children(self.helper);
        let ours: Vec<u32> = [std::process::id(), self.helper].into_iter().chain(slots.iter().copied()).collect();
        Sight {
            processes: self.processes(&slots),
            groups: groups(self.helper),
            mounts: [std::process::id()]
                .iter()
                .chain(&slots)
                .map(|pid| (format!("process {pid}"), lines(&format!("/proc/{pid}/mountinfo"))))
                .collect(),
            files: self.files(&slots),
            keys: self.keys(),
            ipc: self.ipc(),
            held: ours.into_iter().filter_map(|pid| Some((pid, held(pid)?))).collect(),
        }
    }

    /// What is still there when the sandbox has ended.
    pub(super) fn after_the_end(&self) -> Vec<String> {
        let mut left: Vec<String> = self.processes(&[]).into_iter().collect();
        if Path::new(&format!("/proc/{}", self.helper)).exists() {
            left.push(format!("the helper {} is still there", self.helper));
        }
        left.extend(groups(self.helper).into_keys().map(|group| format!("group {}", group.display())));
        let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
        let data = self.data.display().to_string();
        left.extend(
            mounts
                .lines()
                .filter(|line| line.contains(&data))
                .map(|line| format!("mount {line}")),
        );
        let scratch = names(&self.data).into_iter().filter(|name| name.contains("/scratch-"));
        left.extend(scratch.map(|name| format!("file {name}")));
        left
    }

    /// Whether programs run as users of their own. Else keys, System V objects and files in shared folders are not looked for: they
    /// could be anything's of this user.
    fn own_users(&self) -> bool {
        identity::effective_user() == 0 && !self.users.is_empty()
    }

    /// Processes of the slots' users, and whatever slot processes have started.
    fn processes(&self, slots: &[u32]) -> BTreeSet<String> {
        let mut found: BTreeSet<String> = slots
            .iter()
            .flat_map(|slot| children(*slot))
            .map(|pid| format!("process {pid} ({})", name_of(pid)))
            .collect();
        if self.own_users() {
            let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
            let of_slots = entries.filter_map(|entry| {
                let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
                self.users.contains(&entry.metadata().ok()?.uid()).then_some(pid)
            });
            found.extend(of_slots.map(|pid| format!("process {pid} ({})", name_of(pid))));
        }
        found
    }

    /// Scratch files, files of the slots' users in shared folders, and what lies in the slots' roots.
    fn files(&self, slots: &[u32]) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for entry in fs::read_dir(&self.data).into_iter().flatten().flatten() {
            found.insert(entry.path().display().to_string());
            if entry.file_name().to_string_lossy().starts_with("scratch-") {
                found.extend(names(&entry.path()));
            }
        }
        if self.own_users() {
            for folder in SHARED_FOLDERS {
                let entries = fs::read_dir(folder).into_iter().flatten().flatten();
                let of_slots = entries.filter(|entry| entry.metadata().is_ok_and(|found| self.users.contains(&found.uid())));
                found.extend(of_slots.map(|entry| entry.path().display().to_string()));
            }
        }
        for slot in slots.iter().filter(|_| self.own_roots) {
            for place in PLACES {
                found.extend(names(&PathBuf::from(format!("/proc/{slot}/root")).join(place)));
            }
        }
        found
    }

    /// Users of slots that hold kernel keys.
    fn keys(&self) -> BTreeSet<String> {
        if !self.own_users() {
            return BTreeSet::new();
        }
        let text = fs::read_to_string("/proc/key-users").unwrap_or_default();
        let of_slots = text.lines().filter(|line| {
            let user = line.split(':').next().and_then(|user| user.trim().parse::<u32>().ok());
            user.is_some_and(|user| self.users.contains(&user))
        });
        of_slots.map(|line| format!("key: {}", line.trim())).collect()
    }

    /// System V memory, queues and semaphores of slots.
    fn ipc(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        if !self.own_users() {
            return found;
        }
        for kind in ["shm", "msg", "sem"] {
            let text = fs::read_to_string(format!("/proc/sysvipc/{kind}")).unwrap_or_default();
            let mut rows = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
            let Some(head) = rows.next() else { continue };
            let columns: Vec<usize> = head
                .iter()
                .enumerate()
                .filter(|(_, name)| ["uid", "cuid"].contains(*name))
                .map(|(at, _)| at)
                .collect();
            for row in rows {
                let user = |at: &usize| row.get(*at).and_then(|user| user.parse::<u32>().ok());
                if columns.iter().filter_map(user).any(|user| self.users.contains(&user)) {
                    // Without what changes while it lies there.
                    found.insert(format!("{kind} {}", row.get(1).copied().unwrap_or_default()));
                }
            }
        }
        found
    }
}

impl Sight {
    /// What is there that was not there before, as sentences.
    pub(super) fn more_than(&self, before: &Self) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for (now, then) in [
            (&self.processes, &before.processes),
            (&self.files, &before.files),
            (&self.keys, &before.keys),
            (&self.ipc, &before.ipc),
        ] {
            found.extend(now.difference(then).map(|what| format!("left: {what}")));
        }
        for (group, processes) in &self.groups {
            match before.groups.get(group) {
                None => found.push(format!("left: group {}", group.display())),
                Some(then) if processes > then => found.push(format!("{processes} processes in {}, not {then}", group.display())),
                Some(_) => {}
            }
        }
        for (who, mounts) in &self.mounts {
            let then = before.mounts.get(who).copied().unwrap_or_default();
            if *mounts != then {
                found.push(format!("{who} has {mounts} mounts, not {then}"));
            }
        }
        for (pid, now) in &self.held {
            let Some(then) = before.held.get(pid) else {
                found.push(format!("left: process {pid} ({}) of the helper", name_of(*pid)));
                continue;
            };
            if now.descriptors != then.descriptors {
                found.push(format!(
                    "process {pid} holds {:?} descriptors, not {:?}",
                    now.descriptors, then.descriptors
                ));
            }
            let tolerance = if *pid == std::process::id() {
                WORKER_TOLERANCE_KIB
            } else {
                HELPER_TOLERANCE_KIB
            };
            if now.resident_kib > then.resident_kib + tolerance {
                found.push(format!("process {pid} holds {} KiB, not {}", now.resident_kib, then.resident_kib));
            }
        }
        found.extend(
            before
                .held
                .keys()
                .filter(|pid| !self.held.contains_key(pid))
                .map(|pid| format!("process {pid} is gone")),
        );
        found
    }
}

fn children(pid: u32) -> Vec<u32> {
    let text = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    text.split_whitespace().filter_map(|pid| pid.parse().ok()).collect()
}

fn name_of(pid: u32) -> String {
    fs::read_to_string(format!("/proc/{pid}/comm"))
        .unwrap_or_default()
        .trim()
        .to_owned()
}

fn lines(path: &str) -> usize {
    fs::read_to_string(path).unwrap_or_default().lines().count()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path().display().to_string()).collect()
}

/// Groups that a helper made, wherever cgroups are mounted, and how many processes are in each.
fn groups(helper: u32) -> BTreeMap<PathBuf, usize> {
    fn walk(folder: &Path, prefix: &str, found: &mut BTreeMap<PathBuf, usize>) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                let path = entry.path();
                if entry.file_name().to_string_lossy().starts_with(prefix) {
                    found.insert(path.clone(), lines(&path.join("cgroup.procs").display().to_string()));
                }
                walk(&path, prefix, found);
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(Path::new("/sys/fs/cgroup"), &format!("codesm-{helper}-"), &mut found);
    found
}

fn held(pid: u32) -> Option<Held> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(Held {
        descriptors: fs::read_dir(format!("/proc/{pid}/fd")).ok().map(Iterator::count),
        resident_kib: resident.trim().trim_end_matches(" kB").parse().ok()?,
    })
}
