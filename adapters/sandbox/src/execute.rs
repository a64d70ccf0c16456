//! One order from sending it to a slot process to the end of its streams.

use crate::faults::{OrFault, fault};
use crate::link::SlotLink;
use crate::protocol::{Finished, RunOrder, RunOutcome, RunReply, SlotCommand, Stopped};
use crate::sinks::{Follower, Head};
use crate::sys::{pipe, poll};
use codesm_core::judging::SandboxError;
use std::cell::Cell;
use std::fs::File;
use std::io::{PipeReader, Read};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

/// Added to the order's own limits before the slot process itself is given up.
const GRACE: Duration = Duration::from_mins(1);
/// Longest time for reading what is left in the streams of a run that is over.
const DRAIN_LIMIT: Duration = Duration::from_secs(30);
/// Size of one read; as large as the pipe, so that a program that writes much is stopped as rarely as possible.
pub(crate) const CHUNK_BYTES: usize = 256 * 1024;

thread_local! {
    /// Kept from run to run: clearing a new one each time costs more than many programs.
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Memory of [`CHUNK_BYTES`] for reading streams.
pub(crate) struct Buffer(Vec<u8>);

impl Buffer {
    pub(crate) fn take() -> Self {
        let mut bytes = BUFFER.take();
        bytes.resize(CHUNK_BYTES, 0);
        Self(bytes)
    }
}

impl std::ops::DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}

impl std::ops::Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        BUFFER.set(std::mem::take(&mut self.0));
    }
}

/// What goes to the slot process with an order.
#[derive(Default)]
pub(crate) struct Parcels {
    pub(crate) stdin: Option<OwnedFd>,
    /// Archive for the work folder.
    pub(crate) sources: Option<File>,
    /// Archive for the feedback folder.
    pub(crate) feedback: Option<File>,
    /// Where collected files are packed into.
    pub(crate) results: Option<File>,
}

/// What is needed besides the order.
pub(crate) struct Wiring<'a> {
    pub(crate) parcels: Parcels,
    pub(crate) stdout: &'a mut Head,
    pub(crate) follower: &'a mut Follower,
    pub(crate) stderr: &'a mut Head,
    /// Most bytes of both streams together.
    pub(crate) output_bytes: u64,
    /// Becomes readable when nobody wants the run any more.
    pub(crate) cancelled: BorrowedFd<'a>,
}

/// What came of an order.
pub(crate) struct Executed {
    pub(crate) finished: Finished,
    /// Whether more was written than allowed.
    pub(crate) output_exceeded: bool,
}

/// A run that was begun, as the worker sees it.
pub(crate) struct Begun<'a> {
    link: &'a SlotLink,
    run: u64,
    deadline: Instant,
    kill_sent: bool,
    pub(crate) stdout: Option<PipeReader>,
    pub(crate) stderr: Option<PipeReader>,
    /// At its end when the program's first process has ended.
    pub(crate) ended: PipeReader,
}

impl<'a> Begun<'a> {
    /// Sends the order. Our copies of what goes along are closed, so that the end of a stream is seen.
    pub(crate) fn new(link: &'a SlotLink, order: RunOrder, parcels: Parcels) -> Result<Self, SandboxError> {
        let pipe = || std::io::pipe().or_fault("sandbox.no_pipe", "create a pipe");
        let ((stdout, stdout_end), (stderr, stderr_end), (ended, ended_end)) = (pipe()?, pipe()?, pipe()?);
        // Refused beyond what one user may have; a small pipe only is slower.
        let _ = pipe::resize(stdout.as_fd(), CHUNK_BYTES);
        let mut descriptors = vec![stdout_end.as_fd(), stderr_end.as_fd(), ended_end.as_fd()];
        descriptors.extend(parcels.stdin.as_ref().map(AsFd::as_fd));
        let files = [&parcels.sources, &parcels.feedback, &parcels.results];
        descriptors.extend(files.into_iter().flatten().map(AsFd::as_fd));
        let run = order.run;
        let patience = order.limits.wall.saturating_add(GRACE);
        link.socket
            .send(&SlotCommand::Start(Box::new(order)), &descriptors)
            .or_fault("sandbox.order_not_sent", "send the order")?;
        drop(parcels);
        Ok(Self {
            link,
            run,
            deadline: Instant::now() + patience,
            kill_sent: false,
            stdout: Some(stdout),
            stderr: Some(stderr),
            ended,
        })
    }

    /// Where the slot process answers.
    pub(crate) fn answers(&self) -> BorrowedFd<'_> {
        self.link.socket.as_fd()
    }

    /// Time until the slot process itself is given up.
    pub(crate) fn patience(&self) -> Result<Duration, SandboxError> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(fault("sandbox.slot_hung", "the slot process does not answer"));
        }
        Ok(left)
    }

    /// Whether its end was asked for.
    pub(crate) const fn is_being_killed(&self) -> bool {
        self.kill_sent
    }

    /// Asks for its end, once.
    pub(crate) fn kill(&mut self, limit: Option<Stopped>) -> Result<(), SandboxError> {
        if self.kill_sent {
            return Ok(());
        }
        self.kill_sent = true;
        let command = SlotCommand::Kill { run: self.run, limit };
        self.link.socket.send(&command, &[]).or_fault("sandbox.helper_ended", "end the run")
    }

    /// Reads one answer; `None`: it was about an earlier run.
    pub(crate) fn receive(&self) -> Result<Option<RunOutcome>, SandboxError> {
        let message = self.link.socket.receive::<RunReply>();
        let (reply, _) = message
            .or_fault("sandbox.helper_ended", "read the report")?
            .ok_or_else(|| fault("sandbox.helper_ended", "the sandbox helper ended during the run"))?;
        Ok((reply.run == self.run).then_some(reply.outcome))
    }
}

/// What the slot process reported, or its fault.
pub(crate) fn finished(outcome: RunOutcome) -> Result<Finished, SandboxError> {
    match outcome {
        RunOutcome::Finished(finished) => Ok(finished),
        RunOutcome::Fault { step, message } => Err(fault("sandbox.run_failed", format!("{step}: {message}"))),
    }
}

/// Reads what was written to a stream before the end; every writer is dead, but the kernel may need a moment to see it
/// where a stream was parked in a socket.
pub(crate) fn drain(stream: Option<PipeReader>, mut take: impl FnMut(&[u8])) -> Result<(), SandboxError> {
    let Some(mut stream) = stream else { return Ok(()) };
    let began = Instant::now();
    let mut buffer = Buffer::take();
    loop {
        let left = DRAIN_LIMIT.saturating_sub(began.elapsed());
        let [ready] = poll::readable([Some(stream.as_fd())], Some(left)).or_fault("sandbox.no_poll", "wait for the output")?;
        if ready {
            match stream.read(&mut buffer).or_fault("sandbox.stream_failed", "read the output")? {
                0 => return Ok(()),
                length => take(&buffer[..length]),
            }
        } else if left.is_zero() {
            return Err(fault("sandbox.stream_held", "a stream is held open after the last process ended"));
        }
    }
}

/// Sends the order and blocks until the run is over and its streams are drained.
pub(crate) fn execute(link: &SlotLink, order: RunOrder, mut wiring: Wiring<'_>) -> Result<Executed, SandboxError> {
    let begun = Begun::new(link, order, std::mem::take(&mut wiring.parcels))?;
    let mut following = Following {
        begun,
        wiring,
        output_exceeded: false,
        follower_failed: None,
    };
    let outcome = following.until_reply()?;
    let (stdout, stderr) = (following.begun.stdout.take(), following.begun.stderr.take());
    drain(stdout, |chunk| following.take(Stream::Output, chunk))?;
    drain(stderr, |chunk| following.take(Stream::Errors, chunk))?;
    if let Some(error) = following.follower_failed {
        return Err(error);
    }
    Ok(Executed {
        finished: finished(outcome)?,
        output_exceeded: following.output_exceeded,
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stream {
    Output,
    Errors,
}

struct Following<'a> {
    begun: Begun<'a>,
    wiring: Wiring<'a>,
    output_exceeded: bool,
    follower_failed: Option<SandboxError>,
}

impl Following<'_> {
    fn until_reply(&mut self) -> Result<RunOutcome, SandboxError> {
        let mut buffer = Buffer::take();
        loop {
            let patience = self.begun.patience()?;
            let ready = {
                let Begun { stdout, stderr, .. } = &self.begun;
                // Told once; a kill is on its way then.
                let cancelled = (!self.begun.is_being_killed()).then_some(self.wiring.cancelled);
                let streams = [stdout, stderr].map(|stream| stream.as_ref().map(AsFd::as_fd));
                poll::readable([streams[0], streams[1], Some(self.begun.answers()), cancelled], Some(patience))
            };
            let [stdout, stderr, answered, cancelled] = ready.or_fault("sandbox.no_poll", "wait for the run")?;
            for (stream, ready) in [(Stream::Output, stdout), (Stream::Errors, stderr)] {
                if ready {
                    self.read(stream, &mut buffer)?;
                }
            }
            if cancelled {
                self.begun.kill(None)?;
            }
            if answered && let Some(outcome) = self.begun.receive()? {
                return Ok(outcome);
            }
        }
    }

    fn read(&mut self, which: Stream, buffer: &mut [u8]) -> Result<(), SandboxError> {
        let stream = match which {
            Stream::Output => &mut self.begun.stdout,
            Stream::Errors => &mut self.begun.stderr,
        };
        let Some(open) = stream else { return Ok(()) };
        let length = open.read(buffer).or_fault("sandbox.stream_failed", "read the output")?;
        if length == 0 {
            *stream = None;
            return Ok(());
        }
        self.take(which, &buffer[..length]);
        if self.follower_failed.is_some() {
            self.begun.kill(None)?;
        } else if self.output_exceeded {
            self.begun.kill(Some(Stopped::Output))?;
        }
        Ok(())
    }

    fn take(&mut self, which: Stream, chunk: &[u8]) {
        match which {
            Stream::Output => self.wiring.stdout.write(chunk),
            Stream::Errors => self.wiring.stderr.write(chunk),
        }
        let over = self.wiring.stdout.total() + self.wiring.stderr.total() > self.wiring.output_bytes;
        self.output_exceeded |= over;
        // What goes beyond the limit is counted only: it must not fill the disk.
        if which == Stream::Output && !over && self.follower_failed.is_none() {
            let followed = self.wiring.follower.write(chunk);
            self.follower_failed = followed.or_fault("sandbox.output_not_kept", "keep or compare the output").err();
        }
    }
}
