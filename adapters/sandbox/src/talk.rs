//! Two programs that talk to each other through us: what one writes is read here, counted, and written to the other.
//!
//! Ends are passed on as a pipe between the two would pass them on, with one addition: before a program hears of the
//! other's end, that end has been noted by the other's init, so that the order of the two ends is never in doubt.
//!
//! One thing is not passed on: that the other does not listen any more. What is said to it then is taken and dropped, as
//! much as a pipe would have held, so that who ends well is not killed for a last word that nobody needed (ADR 0011).

use crate::execute::{Begun, Buffer, CHUNK_BYTES, drain, finished};
use crate::faults::{OrFault, fault};
use crate::order::{Kept, Prepared};
use crate::protocol::{Finished, RunOutcome, Stopped};
use crate::run::Heard;
use crate::sys::pipe;
use crate::sys::poll::{self, Wish};
use codesm_core::judging::{RunLimits, SandboxError};
use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

/// Longest time for which the end of a stream is not passed on while its program may just be ending. Only who closes a
/// stream and goes on living waits so long, once.
const END_NOTICE: Duration = Duration::from_millis(20);
/// Most bytes that are taken for one who does not listen any more; who says more gets a broken pipe. As much as the pipe
/// holds in which the words are: problemtools and `DOMjudge` leave them there, unread.
const UNHEARD_BYTES: usize = CHUNK_BYTES;
/// What an interactor has at least after the submission's end, however long that took.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// One of the two.
pub(crate) struct Party<'a> {
    begun: Begun<'a>,
    pub(crate) heard: Heard,
    limits: RunLimits,
    /// Its standard input, and what waits to be written there.
    ear: Option<PipeWriter>,
    pending: Vec<u8>,
    written: usize,
    /// Since when it says nothing more, or (of the ear) hears nothing more; until the other was told.
    voice_ended: Option<Instant>,
    ear_broken: Option<Instant>,
    /// Bytes that were said to it when it did not listen any more.
    unheard: usize,
    /// When the end of its first process was seen.
    ended: Option<Instant>,
    outcome: Option<RunOutcome>,
}

impl<'a> Party<'a> {
    /// Begins its run.
    pub(crate) fn begin(
        link: &'a crate::link::SlotLink,
        prepared: Prepared<'_>,
        heard: Heard,
        limits: RunLimits,
        ear: PipeWriter,
    ) -> Result<(Self, Kept), SandboxError> {
        pipe::never_wait(ear.as_fd()).or_fault("sandbox.no_pipe", "prepare a pipe")?;
        let party = Self {
            begun: Begun::new(link, prepared.order, prepared.parcels)?,
            heard,
            limits,
            ear: Some(ear),
            pending: Vec::new(),
            written: 0,
            voice_ended: None,
            ear_broken: None,
            unheard: 0,
            ended: None,
            outcome: None,
        };
        Ok((party, prepared.kept))
    }

    fn has_pending(&self) -> bool {
        self.written < self.pending.len()
    }

    /// Whether the other may be told of an end that was seen at `since`.
    fn may_tell(&self, since: Option<Instant>) -> bool {
        since.is_some_and(|since| self.ended.is_some() || self.outcome.is_some() || since.elapsed() >= END_NOTICE)
    }

    /// Writes what waits for it.
    fn tell(&mut self) -> Result<(), SandboxError> {
        while self.has_pending() {
            let Some(ear) = &mut self.ear else { break };
            match ear.write(&self.pending[self.written..]) {
                Ok(length) => self.written += length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                    self.lose_ear();
                    return Ok(());
                }
                Err(error) => return Err(fault("sandbox.stream_failed", format!("pass on the output: {error}"))),
            }
        }
        Ok(())
    }

    fn lose_ear(&mut self) {
        self.ear = None;
        self.pending.clear();
        self.written = 0;
        self.ear_broken = Some(Instant::now());
    }

    fn count(&mut self) -> Result<(), SandboxError> {
        if self.heard.total() > self.limits.output_bytes {
            self.heard.output_exceeded = true;
            self.begun.kill(Some(Stopped::Output))?;
        }
        Ok(())
    }

    fn read_errors(&mut self, buffer: &mut [u8]) -> Result<(), SandboxError> {
        if read(&mut self.begun.stderr, buffer)?.is_some_and(|chunk| {
            self.heard.stderr.write(chunk);
            true
        }) {
            self.count()?;
        }
        Ok(())
    }

    /// Ends: takes what is left in its streams.
    fn conclude(mut self) -> Result<(Heard, Finished), SandboxError> {
        drain(self.begun.stdout.take(), |chunk| self.heard.stdout.write(chunk))?;
        drain(self.begun.stderr.take(), |chunk| self.heard.stderr.write(chunk))?;
        let outcome = self.outcome.ok_or_else(|| fault("sandbox.helper_ended", "a run has no report"))?;
        Ok((self.heard, finished(outcome)?))
    }
}

/// Reads once; `None`: there was nothing, and the stream is closed.
fn read<'b>(stream: &mut Option<PipeReader>, buffer: &'b mut [u8]) -> Result<Option<&'b [u8]>, SandboxError> {
    let Some(open) = stream else { return Ok(None) };
    let length = open.read(buffer).or_fault("sandbox.stream_failed", "read the output")?;
    if length == 0 {
        *stream = None;
        return Ok(None);
    }
    Ok(Some(&buffer[..length]))
}

/// The submission and the interactor.
pub(crate) struct Talk<'a> {
    parties: [Party<'a>; 2],
    began: Instant,
}

const SUBMISSION: usize = 0;
const INTERACTOR: usize = 1;

impl<'a> Talk<'a> {
    pub(crate) fn new(submission: Party<'a>, interactor: Party<'a>) -> Self {
        Self {
            parties: [submission, interactor],
            began: Instant::now(),
        }
    }

    /// Blocks until both runs are over.
    pub(crate) fn follow(mut self, cancelled: BorrowedFd<'_>) -> Result<[(Heard, Finished); 2], SandboxError> {
        let mut buffer = Buffer::take();
        while self.parties.iter().any(|party| party.outcome.is_none()) {
            self.pass_on_ends();
            self.keep_time()?;
            self.step(&mut buffer, cancelled)?;
        }
        let [submission, interactor] = self.parties;
        let (submission, interactor) = (submission.conclude(), interactor.conclude());
        Ok([submission?, interactor?])
    }

    /// Waits for anything to happen, and does what there is to do then.
    fn step(&mut self, buffer: &mut [u8], cancelled: BorrowedFd<'_>) -> Result<(), SandboxError> {
        let is_ending = self
            .parties
            .iter()
            .all(|party| party.begun.is_being_killed() || party.outcome.is_some());
        let timeout = self.timeout()?;
        let ready = {
            let mut wishes = Vec::with_capacity(11);
            for (index, party) in self.parties.iter().enumerate() {
                let other = &self.parties[1 - index];
                // Nothing more is taken from one before the other took what was there, nor when enough was dropped.
                let listen = !other.has_pending() && other.unheard < UNHEARD_BYTES;
                let ear = if party.has_pending() { Wish::Write } else { Wish::Nothing };
                wishes.extend([
                    party
                        .begun
                        .stdout
                        .as_ref()
                        .filter(|_| listen)
                        .map(|voice| (voice.as_fd(), Wish::Read)),
                    party.ear.as_ref().map(|pipe| (pipe.as_fd(), ear)),
                    party.begun.stderr.as_ref().map(|errors| (errors.as_fd(), Wish::Read)),
                    party.ended.is_none().then(|| (party.begun.ended.as_fd(), Wish::Read)),
                    party.outcome.is_none().then(|| (party.begun.answers(), Wish::Read)),
                ]);
            }
            wishes.push((!is_ending).then_some((cancelled, Wish::Read)));
            poll::wait(&wishes, Some(timeout)).or_fault("sandbox.no_poll", "wait for the talk")?
        };
        // Ends first: what else was seen may be their consequence.
        for (party, ready) in self.parties.iter_mut().zip(ready.chunks(5)) {
            if ready[3] {
                party.ended = Some(Instant::now());
            }
        }
        for index in [SUBMISSION, INTERACTOR] {
            let ready = &ready[index * 5..index * 5 + 5];
            if ready[0] {
                self.listen(index, buffer)?;
            }
            let party = &mut self.parties[index];
            if ready[1] {
                if party.has_pending() {
                    party.tell()?;
                } else if party.ear.is_some() {
                    party.lose_ear();
                }
            }
            if ready[2] {
                party.read_errors(buffer)?;
            }
            if ready[4]
                && let Some(outcome) = party.begun.receive()?
            {
                party.outcome = Some(outcome);
                self.one_is_over(index)?;
            }
        }
        if ready[10] {
            for party in &mut self.parties {
                party.begun.kill(None)?;
            }
        }
        Ok(())
    }

    /// Takes what one says to the other.
    fn listen(&mut self, index: usize, buffer: &mut [u8]) -> Result<(), SandboxError> {
        let [submission, interactor] = &mut self.parties;
        let (speaker, listener) = if index == SUBMISSION {
            (submission, interactor)
        } else {
            (interactor, submission)
        };
        let Some(chunk) = read(&mut speaker.begun.stdout, buffer)? else {
            speaker.voice_ended = Some(Instant::now());
            return Ok(());
        };
        speaker.heard.stdout.write(chunk);
        speaker.count()?;
        if listener.ear.is_none() {
            listener.unheard += chunk.len();
        } else if !speaker.begun.is_being_killed() {
            listener.pending.clear();
            listener.pending.extend_from_slice(chunk);
            listener.written = 0;
            listener.tell()?;
        }
        Ok(())
    }

    /// Lets each know that the other says nothing more, or heard nothing of what was said for long.
    fn pass_on_ends(&mut self) {
        for (one, other) in [(SUBMISSION, INTERACTOR), (INTERACTOR, SUBMISSION)] {
            let silent = self.parties[one].may_tell(self.parties[one].voice_ended);
            let deaf = self.parties[one].unheard >= UNHEARD_BYTES && self.parties[one].may_tell(self.parties[one].ear_broken);
            let other = &mut self.parties[other];
            if silent && !other.has_pending() {
                other.ear = None;
            }
            if deaf {
                other.begun.stdout = None;
            }
        }
    }

    /// The interactor's own wall clock, which only ends it when the submission is over.
    fn keep_time(&mut self) -> Result<(), SandboxError> {
        if self.interactor_left().is_some_and(|left| left.is_zero()) {
            self.parties[INTERACTOR].begun.kill(Some(Stopped::Wall))?;
        }
        Ok(())
    }

    fn interactor_left(&self) -> Option<Duration> {
        let ended = self.parties[SUBMISSION].ended?;
        let deadline = (self.began + self.parties[INTERACTOR].limits.wall).max(ended + LAST_WORDS);
        Some(deadline.saturating_duration_since(Instant::now()))
    }

    fn timeout(&self) -> Result<Duration, SandboxError> {
        let mut timeout = Duration::MAX;
        for party in &self.parties {
            if party.outcome.is_none() {
                timeout = timeout.min(party.begun.patience()?);
            }
            if party.ended.is_none() {
                for since in [party.voice_ended, party.ear_broken].into_iter().flatten() {
                    let left = END_NOTICE.saturating_sub(since.elapsed());
                    // What was passed on already needs no waiting.
                    if !left.is_zero() {
                        timeout = timeout.min(left);
                    }
                }
            }
        }
        let interactor = &self.parties[INTERACTOR];
        if let Some(left) = self.interactor_left()
            && !interactor.begun.is_being_killed()
        {
            timeout = timeout.min(left);
        }
        Ok(timeout)
    }

    /// The submission's wall limit is that of the talk; a fault ends it too.
    fn one_is_over(&mut self, index: usize) -> Result<(), SandboxError> {
        let ends_both = match &self.parties[index].outcome {
            Some(RunOutcome::Finished(finished)) => index == SUBMISSION && finished.stopped == Some(Stopped::Wall),
            Some(RunOutcome::Fault { .. }) => true,
            None => false,
        };
        // Killed at once, it may be known before the end was seen.
        self.parties[index].ended.get_or_insert_with(Instant::now);
        if ends_both {
            self.parties[1 - index].begun.kill(None)?;
        }
        Ok(())
    }
}
