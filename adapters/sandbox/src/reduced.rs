//! Tier D: what must be so for programs to be confined without namespaces.

use crate::languages::{Offered, Toolchain};
use crate::protocol::AccountingPlan;
use crate::sys::{identity, process};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Why tier D was not tried.
pub(crate) const REFUSED: &str = "tier D: reduced isolation is possible here at best, and refused unless CODESM_SANDBOX_ALLOW_REDUCED=true \
    (see SECURITY.md for what it does not protect from)";
/// The first version of Landlock that keeps signals inside.
const SIGNALS_VERSION: i64 = 6;
/// Others may pass through.
const ENTER: u32 = 0o001;

/// The accounting plan, or why there can be none.
pub(crate) fn plan() -> Result<AccountingPlan, String> {
    match process::landlock_version() {
        ..=0 => Err("the kernel has no Landlock (Linux 5.13 or newer), without which files are not protected at all".to_owned()),
        version if version < SIGNALS_VERSION && identity::effective_user() != 0 => Err(format!(
            "without root, programs run as the worker's own user, and Landlock {version} cannot keep their signals from it \
            ({SIGNALS_VERSION} or newer can: Linux 6.12)"
        )),
        _ => Ok(AccountingPlan::Polling),
    }
}

/// Lets the users of programs pass through our folders to what is shown to them; names in them stay hidden.
pub(crate) fn open_folders(folders: &[&Path]) -> Result<(), String> {
    if identity::effective_user() != 0 {
        return Ok(());
    }
    let describe = |folder: &Path, error: &dyn std::fmt::Display| format!("{}: {error}", folder.display());
    let mode = |folder: &Path| {
        let metadata = fs::metadata(folder).map_err(|error| describe(folder, &error))?;
        Ok::<_, String>(metadata.permissions().mode())
    };
    let data = folders.iter().filter_map(|folder| folder.parent());
    for folder in folders.iter().copied().chain(data) {
        let opened = Permissions::from_mode(mode(folder)? & 0o7777 | ENTER);
        fs::set_permissions(folder, opened).map_err(|error| describe(folder, &error))?;
    }
    for folder in folders.iter().flat_map(|folder| folder.ancestors()) {
        if mode(folder)? & ENTER == 0 {
            return Err(describe(
                folder,
                &"other users may not pass through this folder, so programs could not be run (chmod o+x)",
            ));
        }
    }
    Ok(())
}

/// Takes back the languages whose toolchain the users of programs cannot reach: without mounts nothing shows it to them.
pub(crate) fn withdraw_unreachable(languages: &mut [Offered]) {
    if identity::effective_user() != 0 {
        return;
    }
    for offered in languages {
        let closed = offered.toolchain.as_ref().ok().and_then(closed_folder);
        if let Some(folder) = closed {
            offered.toolchain = Err(format!(
                "with reduced isolation programs are ordinary users, who may not pass through {}",
                folder.display()
            ));
        }
    }
}

/// A folder on the way to a toolchain that is closed to others.
fn closed_folder(toolchain: &Toolchain) -> Option<PathBuf> {
    let paths = std::iter::once(&toolchain.program)
        .chain(toolchain.needed.values())
        .chain(&toolchain.binds);
    let is_closed = |folder: &&Path| fs::metadata(folder).is_ok_and(|found| found.permissions().mode() & ENTER == 0);
    paths
        .flat_map(|path| path.ancestors().skip(1))
        .find(is_closed)
        .map(Path::to_path_buf)
}
