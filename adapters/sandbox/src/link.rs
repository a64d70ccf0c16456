//! Connections to `sandboxd` and its slot processes.

use crate::faults::fault;
use crate::protocol::{SlotGreeting, SlotSetup};
use crate::settings::HelperCommand;
use crate::sys::poll;
use crate::sys::socket::PacketSocket;
use codesm_core::judging::SandboxError;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

/// Longest time a new slot process may take to set itself up.
const GREETING_LIMIT: Duration = Duration::from_secs(20);

/// A running `sandboxd`.
#[derive(Debug)]
struct Helper {
    control: PacketSocket,
    pid: u32,
    keeper: JoinHandle<()>,
}

impl Helper {
    fn start(command: &HelperCommand) -> io::Result<Self> {
        let (control, theirs) = PacketSocket::pair()?;
        let (tell, told) = mpsc::channel();
        let mut process = Command::new(&command.program);
        process
            .args(&command.args)
            // Secrets of the worker's environment are none of its business.
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::null());
        // The kernel ends the helper when the *thread* that started it ends, so that thread waits for it.
        let keeper = std::thread::Builder::new().name("sandboxd-keeper".to_owned()).spawn(move || {
            match process.spawn() {
                Ok(mut child) => {
                    // The command holds the other end of the socket; the helper's end must be seen.
                    drop(process);
                    let _ = tell.send(Ok(child.id()));
                    match child.wait() {
                        Ok(status) => tracing::info!(%status, "the sandbox helper ended"),
                        Err(error) => tracing::error!(%error, "cannot wait for the sandbox helper"),
                    }
                }
                Err(error) => {
                    let _ = tell.send(Err(error));
                }
            }
        })?;
        let pid = told.recv().map_err(io::Error::other)??;
        Ok(Self { control, pid, keeper })
    }

    /// Lets it end and waits for that.
    fn stop(self) {
        drop(self.control);
        // The keeper only panics if logging does; there is nothing left to mend then.
        let _ = self.keeper.join();
    }
}

/// Keeps one `sandboxd` alive, starting it anew when it ended.
#[derive(Debug)]
pub(crate) struct HelperKeeper {
    command: HelperCommand,
    helper: Mutex<Option<Helper>>,
}

/// A connection to a slot process.
#[derive(Debug)]
pub(crate) struct SlotLink {
    pub(crate) socket: PacketSocket,
}

impl SlotLink {
    /// Whether the slot process still listens (and has nothing to say that nobody waits for).
    pub(crate) fn is_quiet(&self) -> bool {
        matches!(poll::readable([Some(self.socket.as_fd())], Some(Duration::ZERO)), Ok([false]))
    }
}

impl HelperKeeper {
    pub(crate) fn new(command: HelperCommand) -> Self {
        Self {
            command,
            helper: Mutex::new(None),
        }
    }

    /// Pid of the helper, if it was started.
    pub(crate) fn pid(&self) -> Option<u32> {
        self.lock().as_ref().map(|helper| helper.pid)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Helper>> {
        self.helper.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Ends the helper and everything it started.
    pub(crate) fn stop(&self) {
        if let Some(helper) = self.lock().take() {
            helper.stop();
        }
    }

    /// Starts a slot process. Blocks for some 20 ms.
    pub(crate) fn connect(&self, setup: &SlotSetup) -> Result<SlotLink, SandboxError> {
        let mut helper = self.lock();
        for _ in 0..2 {
            let running = match helper.take() {
                Some(running) => running,
                None => Helper::start(&self.command)
                    .map_err(|error| fault("sandbox.helper_not_started", format!("{}: {error}", self.command.program.display())))?,
            };
            let (socket, theirs) = PacketSocket::pair().map_err(|error| fault("sandbox.no_socket", error))?;
            let sent = running.control.send(setup, &[theirs.as_fd()]);
            drop(theirs);
            let greeting = sent.and_then(|()| greeting(&socket));
            match greeting {
                Ok(Some(SlotGreeting::Ready { .. })) => {
                    *helper = Some(running);
                    return Ok(SlotLink { socket });
                }
                Ok(Some(SlotGreeting::Failed { step, message })) => {
                    *helper = Some(running);
                    return Err(fault("sandbox.slot_not_started", format!("{step}: {message}")));
                }
                // It died before or meanwhile: once more with a new one.
                Ok(None) | Err(_) => running.stop(),
            }
        }
        Err(SandboxError::Unavailable(
            "the sandbox helper ends as soon as it is started".to_owned(),
        ))
    }
}

fn greeting(socket: &PacketSocket) -> io::Result<Option<SlotGreeting>> {
    let [ready] = poll::readable([Some(socket.as_fd())], Some(GREETING_LIMIT))?;
    if !ready {
        return Err(io::Error::from(io::ErrorKind::TimedOut));
    }
    Ok(socket.receive::<SlotGreeting>()?.map(|(greeting, _)| greeting))
}
