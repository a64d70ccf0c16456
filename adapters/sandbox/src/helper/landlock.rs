//! Landlock: a second wall around the file system, and around signals and abstract sockets where the kernel can.

use super::places::Places;
use super::root::{CONFIGURATION, SYSTEM};
use super::slot::SlotContext;
use crate::protocol::{FEEDBACK, RunOrder, WORK};
use ::landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, PathBeneath, Ruleset, RulesetAttr, RulesetCreated, RulesetCreatedAttr,
    Scope, path_beneath_rules,
};
use std::io;
use std::os::fd::BorrowedFd;
use std::path::{Path, PathBuf};

/// The newest version whose rights are known here; older kernels enforce what they can.
const VERSION: ABI = ABI::V6;

/// Rules ready to be enforced.
pub(super) struct Rules(RulesetCreated);

/// Opens the allowed folders: must happen before the rights are given up. `input` is a file that lies in none of them, but may
/// be opened again (as `/dev/stdin`).
pub(super) fn prepare(order: &RunOrder, input: Option<BorrowedFd<'_>>) -> io::Result<Rules> {
    let mut writable = vec!["/tmp", "/dev/shm", "/dev/null", "/dev/zero", "/dev/full"];
    if order.work_writable {
        writable.push(WORK);
    }
    if order.feedback_bytes.is_some() {
        writable.push(FEEDBACK);
    }
    let rules = (|| {
        Ruleset::default()
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(AccessFs::from_all(VERSION))?
            .handle_access(AccessNet::from_all(VERSION))?
            .scope(Scope::from_all(VERSION))?
            .create()?
            .add_rules(path_beneath_rules(["/"], AccessFs::from_read(VERSION)))?
            .add_rules(path_beneath_rules(writable, AccessFs::from_all(VERSION)))?
            .add_rules(input.map(|input| Ok::<_, ::landlock::RulesetError>(PathBeneath::new(input, AccessFs::ReadFile))))
    })();
    rules.map(Rules).map_err(|error: ::landlock::RulesetError| io::Error::other(error))
}

/// What of `/proc` and `/sys` runtimes look at.
const MACHINE: [&str; 9] = [
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/stat",
    "/proc/version",
    "/proc/filesystems",
    "/proc/sys/vm/overcommit_memory",
    "/proc/sys/vm/max_map_count",
    "/proc/sys/kernel/osrelease",
    "/sys/devices/system/cpu",
];
const DEVICES: [&str; 2] = ["/dev/random", "/dev/urandom"];
/// Not `/dev/zero`: what is mapped from it is shared memory that belongs to no process, and nobody would count it.
const WRITABLE_DEVICES: [&str; 2] = ["/dev/null", "/dev/full"];
/// Read by OpenSSL at start: Node ends if it may not. In a root of its own a run has none, which is fine too.
const LIBRARIES: [&str; 2] = ["/etc/ssl/openssl.cnf", "/etc/pki/tls/openssl.cnf"];

/// The only wall there is where a run has no root of its own: nothing but these folders. To be called in the process that
/// becomes the program, because of `/proc/self`. `input` as in [`prepare`].
pub(super) fn prepare_reduced(
    context: &SlotContext,
    order: &RunOrder,
    places: &Places,
    input: Option<BorrowedFd<'_>>,
) -> io::Result<Rules> {
    let mut writable = vec![places.temporary.as_path()];
    let mut readable = vec![places.files.as_path()];
    (if order.work_writable { &mut writable } else { &mut readable }).push(&places.work);
    if order.feedback_bytes.is_some() {
        writable.push(&places.feedback);
    }
    readable.extend(order.program.iter().map(|_| places.program.as_path()));
    readable.extend(context.binds.iter().map(PathBuf::as_path));
    let system = SYSTEM.iter().chain(&CONFIGURATION).chain(&MACHINE).chain(&DEVICES);
    readable.extend(system.chain(&LIBRARIES).chain(&["/proc/self"]).map(Path::new));
    let rules = (|| {
        Ruleset::default()
            // Without it programs would not be confined at all.
            .set_compatibility(CompatLevel::HardRequirement)
            .handle_access(AccessFs::from_all(ABI::V1))?
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(AccessFs::from_all(VERSION))?
            .handle_access(AccessNet::from_all(VERSION))?
            .scope(Scope::from_all(VERSION))?
            .create()?
            .add_rules(path_beneath_rules(readable, AccessFs::from_read(VERSION)))?
            .add_rules(path_beneath_rules(writable, AccessFs::from_all(VERSION)))?
            .add_rules(path_beneath_rules(WRITABLE_DEVICES, AccessFs::from_file(VERSION)))?
            .add_rules(input.map(|input| Ok::<_, ::landlock::RulesetError>(PathBeneath::new(input, AccessFs::ReadFile))))
    })();
    rules.map(Rules).map_err(|error: ::landlock::RulesetError| io::Error::other(error))
}

impl Rules {
    /// From here on only the rules hold, for this process and its children.
    pub(super) fn enforce(self) -> io::Result<()> {
        self.0.restrict_self().map(drop).map_err(io::Error::other)
    }
}
