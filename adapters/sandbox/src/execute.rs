//! One order from sending it to a slot process to the end of its streams.

use crate::faults::{OrFault, fault};
use crate::link::SlotLink;
use crate::protocol::{Finished, RunOrder, RunOutcome, RunReply, SlotCommand};
use crate::sinks::{Follower, Head};
use crate::sys::poll;
use codesm_core::judging::SandboxError;
use std::fs::File;
use std::io::{PipeReader, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

/// Added to the order's own limits before the slot process itself is given up.
const GRACE: Duration = Duration::from_mins(1);
/// Longest time for reading what is left in the streams of a run that is over.
const DRAIN_LIMIT: Duration = Duration::from_secs(30);
const CHUNK_BYTES: usize = 64 * 1024;

/// What is needed besides the order.
pub(crate) struct Wiring<'a> {
    pub(crate) stdin: Option<File>,
    pub(crate) sources: Option<File>,
    pub(crate) results: Option<File>,
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

/// Sends the order and blocks until the run is over and its streams are drained.
pub(crate) fn execute(link: &SlotLink, order: RunOrder, wiring: Wiring<'_>) -> Result<Executed, SandboxError> {
    let (stdout, stdout_end) = std::io::pipe().or_fault("sandbox.no_pipe", "create a pipe")?;
    let (stderr, stderr_end) = std::io::pipe().or_fault("sandbox.no_pipe", "create a pipe")?;
    let mut descriptors = vec![stdout_end.as_fd(), stderr_end.as_fd()];
    descriptors.extend(
        [&wiring.stdin, &wiring.sources, &wiring.results]
            .into_iter()
            .flatten()
            .map(AsFd::as_fd),
    );
    let run = order.run;
    let patience = order.limits.wall.saturating_add(GRACE);
    link.socket
        .send(&SlotCommand::Start(Box::new(order)), &descriptors)
        .or_fault("sandbox.order_not_sent", "send the order")?;
    drop((stdout_end, stderr_end));
    let mut following = Following {
        link,
        run,
        streams: [Some(stdout), Some(stderr)],
        wiring,
        output_exceeded: false,
        follower_failed: None,
        kill_sent: false,
    };
    let reply = following.until_reply(patience)?;
    following.drain()?;
    if let Some(error) = following.follower_failed {
        return Err(error);
    }
    match reply.outcome {
        RunOutcome::Finished(finished) => Ok(Executed {
            finished,
            output_exceeded: following.output_exceeded,
        }),
        RunOutcome::Fault { step, message } => Err(fault("sandbox.run_failed", format!("{step}: {message}"))),
    }
}

struct Following<'a> {
    link: &'a SlotLink,
    run: u64,
    streams: [Option<PipeReader>; 2],
    wiring: Wiring<'a>,
    output_exceeded: bool,
    follower_failed: Option<SandboxError>,
    kill_sent: bool,
}

impl Following<'_> {
    fn until_reply(&mut self, patience: Duration) -> Result<RunReply, SandboxError> {
        let began = std::time::Instant::now();
        let mut buffer = vec![0; CHUNK_BYTES];
        loop {
            let left = patience.saturating_sub(began.elapsed());
            if left.is_zero() {
                return Err(fault("sandbox.slot_hung", "the slot process does not answer"));
            }
            let ready = {
                let [stdout, stderr] = self.streams.each_ref().map(|stream| stream.as_ref().map(AsFd::as_fd));
                // Told once; a kill is on its way then.
                let cancelled = (!self.kill_sent).then_some(self.wiring.cancelled);
                poll::readable([stdout, stderr, Some(self.link.socket.as_fd()), cancelled], Some(left))
            };
            let [stdout, stderr, answered, cancelled] = ready.or_fault("sandbox.no_poll", "wait for the run")?;
            for (index, ready) in [stdout, stderr].into_iter().enumerate() {
                if ready {
                    self.read(index, &mut buffer)?;
                }
            }
            if cancelled {
                self.kill(false)?;
            }
            if answered {
                let message = self.link.socket.receive::<RunReply>();
                let (reply, _) = message
                    .or_fault("sandbox.helper_ended", "read the report")?
                    .ok_or_else(|| fault("sandbox.helper_ended", "the sandbox helper ended during the run"))?;
                if reply.run == self.run {
                    return Ok(reply);
                }
            }
        }
    }

    /// Reads what was written before the end; every writer is dead, but the kernel may need a moment to see it where
    /// a stream was parked in a socket.
    fn drain(&mut self) -> Result<(), SandboxError> {
        let began = std::time::Instant::now();
        let mut buffer = vec![0; CHUNK_BYTES];
        for index in 0..self.streams.len() {
            while let Some(stream) = &self.streams[index] {
                let left = DRAIN_LIMIT.saturating_sub(began.elapsed());
                let [ready] = poll::readable([Some(stream.as_fd())], Some(left)).or_fault("sandbox.no_poll", "wait for the output")?;
                if ready {
                    self.read(index, &mut buffer)?;
                } else if left.is_zero() {
                    return Err(fault("sandbox.stream_held", "a stream is held open after the last process ended"));
                }
            }
        }
        Ok(())
    }

    fn read(&mut self, index: usize, buffer: &mut [u8]) -> Result<(), SandboxError> {
        let Some(stream) = &mut self.streams[index] else { return Ok(()) };
        let length = stream.read(buffer).or_fault("sandbox.stream_failed", "read the output")?;
        let chunk = &buffer[..length];
        if length == 0 {
            self.streams[index] = None;
            return Ok(());
        }
        if index == 0 {
            self.wiring.stdout.write(chunk);
        } else {
            self.wiring.stderr.write(chunk);
        }
        let over = self.wiring.stdout.total() + self.wiring.stderr.total() > self.wiring.output_bytes;
        // What goes beyond the limit is counted only: it must not fill the disk.
        if index == 0
            && !over
            && self.follower_failed.is_none()
            && let Err(error) = self
                .wiring
                .follower
                .write(chunk)
                .or_fault("sandbox.output_not_kept", "keep or compare the output")
        {
            self.follower_failed = Some(error);
            self.kill(false)?;
        }
        if over && !self.output_exceeded {
            self.output_exceeded = true;
            self.kill(true)?;
        }
        Ok(())
    }

    fn kill(&mut self, output_exceeded: bool) -> Result<(), SandboxError> {
        if self.kill_sent {
            return Ok(());
        }
        self.kill_sent = true;
        let command = SlotCommand::Kill {
            run: self.run,
            output_exceeded,
        };
        self.link.socket.send(&command, &[]).or_fault("sandbox.helper_ended", "end the run")
    }
}
