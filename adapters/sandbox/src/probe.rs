//! What `codesm doctor` asks: can programs be confined here, how well, and what would help.

use crate::pool;
use crate::sandbox::ProcessSandbox;
use crate::settings::{SandboxSettings, Tier};
use crate::sys::{identity, process};
use codesm_core::judging::LanguageCatalogue;
use std::fs;

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What was looked at, such as `user namespaces`.
    pub name: String,
    /// Whether it is as it should be.
    pub ok: bool,
    /// What was found.
    pub detail: String,
    /// What the operator can do about it.
    pub fix: Option<String>,
}

impl Check {
    fn new(name: &str, ok: bool, detail: impl Into<String>, fix: &str) -> Self {
        Self {
            name: name.to_owned(),
            ok,
            detail: detail.into(),
            fix: (!ok && !fix.is_empty()).then(|| fix.to_owned()),
        }
    }
}

/// Looks at the machine and really starts a sandbox with these settings. Blocks for up to some seconds.
#[must_use]
pub fn probe(settings: SandboxSettings) -> Vec<Check> {
    let mut checks = vec![landlock(), user_namespaces()];
    for (tier, name, fix) in [
        (
            Tier::A,
            "cgroup v2",
            "delegate a cgroup with memory and pids, for example `Delegate=yes` in the systemd unit",
        ),
        (
            Tier::B,
            "cgroup v1",
            "only needed where cgroup v2 has no memory controller: run as root with a writable /sys/fs/cgroup",
        ),
    ] {
        match pool::plan(tier) {
            Ok(_) => checks.push(Check::new(name, true, "usable", "")),
            Err(reason) => checks.push(Check::new(name, false, reason, fix)),
        }
    }
    let settings = SandboxSettings {
        slots: Some(1),
        ..settings
    };
    match ProcessSandbox::start(settings) {
        Ok(sandbox) => {
            let tier = sandbox.tier();
            checks.push(Check::new(
                "sandbox",
                true,
                format!("tier {}: {}", tier.letter(), tier.summary()),
                "",
            ));
            for language in sandbox.languages() {
                let detail = language.version.unwrap_or_else(|| "its toolchain was not found".to_owned());
                let fix = "install the toolchain, or leave it out: the language is then not offered";
                checks.push(Check::new(&format!("language {}", language.id), language.available, detail, fix));
            }
        }
        Err(error) => {
            let fix = "allow user namespaces or run as root; programs are never run without a sandbox";
            checks.push(Check::new("sandbox", false, error.to_string(), fix));
        }
    }
    checks
}

fn landlock() -> Check {
    let version = process::landlock_version();
    let fix = "use Linux 5.13 or newer with `landlock` among the security modules (lsm=landlock,…)";
    Check::new("Landlock", version > 0, format!("version {version}"), fix)
}

fn user_namespaces() -> Check {
    if identity::effective_user() == 0 {
        return Check::new("user namespaces", true, "not needed as root", "");
    }
    let number = |path: &str| fs::read_to_string(path).ok().and_then(|text| text.trim().parse::<u64>().ok());
    if number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == Some(1) {
        let fix = "write to /etc/apparmor.d/codesm: `abi <abi/4.0>, include <tunables/global> profile codesm /path/to/codesm flags=(unconfined) \
            { userns, }` and load it with `apparmor_parser -r`";
        return Check::new("user namespaces", false, "AppArmor refuses them to programs without a profile", fix);
    }
    let allowed = number("/proc/sys/user/max_user_namespaces").unwrap_or(0);
    let clone = number("/proc/sys/kernel/unprivileged_userns_clone").unwrap_or(1);
    let fix = "sysctl -w user.max_user_namespaces=10000 kernel.unprivileged_userns_clone=1";
    Check::new("user namespaces", allowed > 0 && clone > 0, format!("at most {allowed}"), fix)
}
