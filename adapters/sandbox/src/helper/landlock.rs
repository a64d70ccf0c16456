//! Landlock: a second wall around the file system, and around signals and abstract sockets where the kernel can.

use crate::protocol::{FEEDBACK, RunOrder, WORK};
use ::landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetCreated, RulesetCreatedAttr, Scope,
    path_beneath_rules,
};
use std::io;

/// The newest version whose rights are known here; older kernels enforce what they can.
const VERSION: ABI = ABI::V6;

/// Rules ready to be enforced.
pub(super) struct Rules(RulesetCreated);

/// Opens the allowed folders: must happen before the rights are given up.
pub(super) fn prepare(order: &RunOrder) -> io::Result<Rules> {
    let mut writable = vec![WORK, "/tmp", "/dev/shm", "/dev/null", "/dev/zero", "/dev/full"];
    if order.feedback {
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
            .add_rules(path_beneath_rules(writable, AccessFs::from_all(VERSION)))
    })();
    rules.map(Rules).map_err(|error: ::landlock::RulesetError| io::Error::other(error))
}

impl Rules {
    /// From here on only the rules hold, for this process and its children.
    pub(super) fn enforce(self) -> io::Result<()> {
        self.0.restrict_self().map(drop).map_err(io::Error::other)
    }
}
