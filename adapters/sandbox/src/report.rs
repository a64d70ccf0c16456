//! From the helper's words to those of the port.

use crate::protocol::Stopped;
use crate::sys::process::Status;
use codesm_core::judging::{Exit, LimitHit};

/// How the program ended.
pub(crate) const fn exit(status: Status) -> Exit {
    match status {
        Status::Code(code) => Exit::Code(code),
        Status::Signal(signal) => Exit::Signal(signal),
    }
}

/// Which limit stopped it.
pub(crate) const fn limit(stopped: Stopped) -> LimitHit {
    match stopped {
        Stopped::Memory => LimitHit::Memory,
        Stopped::Cpu => LimitHit::Cpu,
        Stopped::Wall => LimitHit::Wall,
        Stopped::Output => LimitHit::Output,
        Stopped::Processes => LimitHit::Processes,
    }
}
