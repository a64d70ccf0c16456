//! Finds out which groups this process may make.

use crate::protocol::AccountingPlan;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Group into which the worker moves itself to free a delegated v2 group for limits.
const OWN_LEAF: &str = "codesm-worker";

/// Path of this process's group for a v1 controller, or (empty name) for v2.
pub(crate) fn own_group(cgroup_text: &str, controller: &str) -> Option<PathBuf> {
    cgroup_text.lines().find_map(|line| {
        let mut parts = line.splitn(3, ':');
        let (_, controllers, path) = (parts.next()?, parts.next()?, parts.next()?);
        let found = if controller.is_empty() {
            controllers.is_empty()
        } else {
            controllers.split(',').any(|name| name == controller)
        };
        found.then(|| PathBuf::from(path))
    })
}

/// Where a hierarchy is mounted, and which part of it.
fn mounted(mounts_text: &str, kind: &str, controller: &str) -> Option<(PathBuf, PathBuf)> {
    mounts_text.lines().find_map(|line| {
        let (left, right) = line.split_once(" - ")?;
        let left: Vec<&str> = left.split(' ').collect();
        let right: Vec<&str> = right.split(' ').collect();
        let right_kind = *right.first()? == kind;
        let has = controller.is_empty() || right.get(2)?.split(',').any(|option| option == controller);
        (right_kind && has).then(|| Some((PathBuf::from(*left.get(4)?), PathBuf::from(*left.get(3)?))))?
    })
}

/// Folder of this process's group in a mounted hierarchy.
fn folder(cgroup_text: &str, mounts_text: &str, kind: &str, controller: &str) -> Option<PathBuf> {
    let group = own_group(cgroup_text, controller)?;
    let (point, root) = mounted(mounts_text, kind, controller)?;
    // In a container the mount shows the container's part of the hierarchy.
    let relative = group.strip_prefix(&root).unwrap_or(Path::new("")).to_path_buf();
    Some(point.join(relative.strip_prefix("/").unwrap_or(&relative)))
}

fn texts() -> io::Result<(String, String)> {
    Ok((
        fs::read_to_string("/proc/self/cgroup")?,
        fs::read_to_string("/proc/self/mountinfo")?,
    ))
}

/// cgroup v1 with the three controllers, all writable.
pub(crate) fn plan_v1() -> Result<AccountingPlan, String> {
    let (cgroup, mounts) = texts().map_err(|error| error.to_string())?;
    let find = |controller: &str| {
        let folder = folder(&cgroup, &mounts, "cgroup", controller).ok_or(format!("no cgroup v1 controller `{controller}`"))?;
        let probe = folder.join(format!("codesm-{}-probe", std::process::id()));
        fs::create_dir(&probe).map_err(|error| format!("cannot create {}: {error}", probe.display()))?;
        fs::remove_dir(&probe).map_err(|error| format!("cannot remove {}: {error}", probe.display()))?;
        Ok::<_, String>(folder)
    };
    Ok(AccountingPlan::V1 {
        memory: find("memory")?,
        pids: find("pids")?,
        cpuacct: find("cpuacct")?,
    })
}

/// A delegated cgroup v2 group with memory and pids.
pub(crate) fn plan_v2() -> Result<AccountingPlan, String> {
    let (cgroup, mounts) = texts().map_err(|error| error.to_string())?;
    let own = folder(&cgroup, &mounts, "cgroup2", "").ok_or("no cgroup v2 hierarchy is mounted")?;
    let parent = if own.ends_with(OWN_LEAF) {
        own.parent().map(Path::to_path_buf).unwrap_or(own)
    } else {
        own
    };
    delegate(&parent)?;
    Ok(AccountingPlan::V2 { parent })
}

fn delegate(parent: &Path) -> Result<(), String> {
    let describe = |what: &str, error: &io::Error| format!("{what} in {}: {error}", parent.display());
    let words = |file: &str| -> Result<Vec<String>, String> {
        let text = fs::read_to_string(parent.join(file)).map_err(|error| describe(file, &error))?;
        Ok(text.split_whitespace().map(str::to_owned).collect())
    };
    let wanted = ["memory", "pids"];
    let has_all = |list: &[String]| wanted.iter().all(|name| list.iter().any(|found| found == name));
    if !has_all(&words("cgroup.controllers")?) {
        return Err(format!("the controllers memory and pids are not delegated to {}", parent.display()));
    }
    if !has_all(&words("cgroup.subtree_control")?) {
        let enable = || fs::write(parent.join("cgroup.subtree_control"), "+memory +pids");
        match enable() {
            // A group with processes of its own cannot give controllers to its children: move them down one step.
            Err(error) if error.raw_os_error() == Some(libc::EBUSY) => {
                move_processes(parent).map_err(|error| describe("cannot move the own processes", &error))?;
                enable().map_err(|error| describe("cannot enable controllers", &error))?;
            }
            enabled => enabled.map_err(|error| describe("cannot enable controllers", &error))?,
        }
    }
    let probe = parent.join(format!("codesm-{}-probe", std::process::id()));
    fs::create_dir(&probe).map_err(|error| describe("cannot create a group", &error))?;
    fs::remove_dir(&probe).map_err(|error| describe("cannot remove a group", &error))
}

fn move_processes(parent: &Path) -> io::Result<()> {
    let leaf = parent.join(OWN_LEAF);
    match fs::create_dir(&leaf) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        made => made?,
    }
    for pid in fs::read_to_string(parent.join("cgroup.procs"))?.lines() {
        match fs::write(leaf.join("cgroup.procs"), pid) {
            // It ended in the meantime.
            Err(error) if error.raw_os_error() == Some(libc::ESRCH) => {}
            moved => moved?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CGROUP: &str = "8:pids:/\n4:memory:/box/1\n2:cpu,cpuacct:/\n0::/user.slice/worker.service\n";
    const MOUNTS: &str = "35 30 0:31 / /sys/fs/cgroup/memory rw shared:9 - cgroup cgroup rw,memory\n\
        36 30 0:32 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n\
        37 30 0:33 /user.slice /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";

    #[test]
    fn the_own_group_is_found_in_either_version() {
        assert_eq!(own_group(CGROUP, "memory"), Some(PathBuf::from("/box/1")));
        assert_eq!(own_group(CGROUP, "cpuacct"), Some(PathBuf::from("/")));
        assert_eq!(own_group(CGROUP, ""), Some(PathBuf::from("/user.slice/worker.service")));
        assert_eq!(own_group(CGROUP, "blkio"), None);
    }

    #[test]
    fn the_mounted_part_of_a_hierarchy_is_taken_off_the_path() {
        let memory = folder(CGROUP, MOUNTS, "cgroup", "memory");
        assert_eq!(memory, Some(PathBuf::from("/sys/fs/cgroup/memory/box/1")));
        let unified = folder(CGROUP, MOUNTS, "cgroup2", "");
        assert_eq!(unified, Some(PathBuf::from("/sys/fs/cgroup/unified/worker.service")));
        assert_eq!(folder(CGROUP, MOUNTS, "cgroup", "pids"), None);
    }
}
