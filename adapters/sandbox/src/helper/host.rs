//! What of the host a run is lent: opened by the slot process in a mount namespace of its own, before the run's init exists.
//!
//! The init and the program live in copies of another namespace, in which the host was never seen. So nothing has to be taken
//! away from a run before it starts, and a run costs the same on a host with hundreds of mounts as on one with a few.

use super::{Failure, Step, reduced};
use crate::protocol::RunOrder;
use crate::sys::mount::{self, Tree};
use crate::sys::process;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// The mounts of this process's namespace.
const OWN_MOUNTS: &str = "/proc/self/ns/mnt";

/// The namespace that shows the host, of which only read-only copies are lent; and the one that runs are cloned from.
pub(super) struct Host {
    outside: File,
    /// The folder that was the root of the worker; not always the outermost one.
    root: File,
    inside: File,
}

/// What an order names of the host.
pub(super) struct Lent {
    /// The file used as standard input.
    pub(super) input: Option<File>,
    pub(super) program: Option<Tree>,
    pub(super) files: Vec<(String, Tree)>,
}

impl Host {
    /// Splits this process's namespace of mounts: `build` makes in a copy of it the root that runs see, without the host.
    pub(super) fn set_aside(build: impl FnOnce() -> Result<(), Failure>) -> Result<Self, Failure> {
        mount::make_following().step("let mounts follow those of the host")?;
        let outside = File::open(OWN_MOUNTS).step("open the mounts of the host")?;
        let path_only = OpenOptions::new()
            .read(true)
            .custom_flags(libc::O_PATH | libc::O_DIRECTORY)
            .open("/");
        let root = path_only.step("open the root of the host")?;
        process::unshare(libc::CLONE_NEWNS).step("copy the mounts of the host")?;
        mount::make_private().step("make mounts private")?;
        build()?;
        let inside = File::open(OWN_MOUNTS).step("open the mounts of runs")?;
        Ok(Self { outside, root, inside })
    }

    /// Opens what an order names; without a namespace of mounts (`None`) only the input, as a copy in the folder of runs.
    pub(super) fn lend(host: Option<&Self>, order: &RunOrder, reduced: Option<&Path>) -> Result<Lent, Failure> {
        let Some(host) = host else {
            let input = order.input.as_deref().zip(reduced);
            let input = input
                .map(|(input, base)| reduced::copy_input(input, base, order.run))
                .transpose()
                .step("copy the input")?;
            return Ok(Lent {
                input,
                program: None,
                files: Vec::new(),
            });
        };
        if order.input.is_none() && order.program.is_none() && order.files.is_empty() {
            return Ok(Lent {
                input: None,
                program: None,
                files: Vec::new(),
            });
        }
        host.visit(|| {
            Ok(Lent {
                // Not bound to a name: the list of mounts, which programs can read, would tell where tests lie and what they are called.
                input: order.input.as_deref().map(mount::open_alone).transpose().step("open the input")?,
                program: order.program.as_deref().map(Tree::copy).transpose().step("show the program")?,
                files: (order.files.iter())
                    .map(|(name, path)| Ok((name.clone(), Tree::copy(path)?)))
                    .collect::<io::Result<_>>()
                    .step("show an extra file")?,
            })
        })
    }

    /// Does something among the mounts of the host.
    fn visit<T>(&self, act: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
        process::enter_mounts(self.outside.as_fd()).step("enter the mounts of the host")?;
        let done = process::change_root_folder(self.root.as_fd())
            .step("enter the root of the host")
            .and_then(|()| act());
        // If this failed, the next run would be cloned among the mounts of the host.
        if let Err(error) = process::enter_mounts(self.inside.as_fd()) {
            eprintln!("sandboxd: cannot go back to the mounts of runs: {error}");
            process::exit(1);
        }
        done
    }

    /// In the init of a run: lets go of the host for good.
    pub(super) fn close(&self) {
        for held in [&self.outside, &self.root, &self.inside] {
            process::close_in_child(held.as_fd());
        }
    }
}
