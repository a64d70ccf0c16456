//! Starting a program without copying the process that starts it.

use super::check;
use super::process::exit;
use std::io;
use std::ptr;

/// Bytes of a [`ChildStack`].
const CHILD_STACK_BYTES: usize = 256 * 1024;
/// Its lowest part, which cannot be touched; a multiple of every page size.
const GUARD_BYTES: usize = 64 * 1024;

/// What the child of [`ChildStack::spawn`] does.
type Body<'a> = &'a mut dyn FnMut();

/// Memory for the first steps of a child. Kept until the end of this process and inherited by its children.
pub(crate) struct ChildStack(*mut libc::c_void);

impl ChildStack {
    /// Memory that is not touched yet.
    pub(crate) fn new() -> io::Result<Self> {
        // SAFETY: a new mapping at an address of the kernel's choice.
        let stack = unsafe {
            let kind = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_STACK;
            libc::mmap(ptr::null_mut(), CHILD_STACK_BYTES, libc::PROT_READ | libc::PROT_WRITE, kind, -1, 0)
        };
        if stack == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        // An overflow must not reach what lies below.
        // SAFETY: the lowest part of the mapping above.
        check(unsafe { libc::mprotect(stack, GUARD_BYTES, libc::PROT_NONE) })?;
        Ok(Self(stack))
    }

    /// A child that executes a program, or exits: `body` must do one of the two. Until then it shares this process's memory,
    /// which waits meanwhile (as with `vfork`), so that nothing is copied for it; what `body` allocates stays allocated here.
    pub(crate) fn spawn(&self, body: &mut dyn FnMut()) -> io::Result<i32> {
        extern "C" fn begin(body: *mut libc::c_void) -> libc::c_int {
            // SAFETY: points to the `Body` below, whose process waits until this one is done.
            unsafe { (*body.cast::<Body<'_>>())() };
            exit(127)
        }
        let mut body: Body<'_> = body;
        let flags = libc::CLONE_VM | libc::CLONE_VFORK | libc::SIGCHLD;
        // SAFETY: the stack is used by the child alone and grows down from its aligned end. This process waits until the child
        // executes or exits, and callers are single-threaded, so nobody else touches the shared memory meanwhile.
        let pid = check(unsafe { libc::clone(begin, self.0.byte_add(CHILD_STACK_BYTES), flags, (&raw mut body).cast()) })?;
        i32::try_from(pid).map_err(io::Error::other)
    }
}
