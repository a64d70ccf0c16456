//! Pid 1 of a run: sets up its file systems, starts the program as pid 2, cleans up after it.

use super::host::{Host, Lent};
use super::places::Places;
use super::slot::SlotContext;
use super::{Failure, Step, collect, program, reduced};
use crate::accounting::threads_besides_init;
use crate::archive;
use crate::protocol::{FEEDBACK, FILES, Go, InitWord, PROGRAM, RunOrder, WORK};
use crate::sys::mount::{self, Content};
use crate::sys::process::{self, Ended};
use crate::sys::socket::PacketSocket;
use crate::sys::{identity, poll};
use std::fs::{self, File};
use std::io::{self, BufReader};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

/// Most files of one writable file system.
const MAX_INODES: u64 = 65_536;
/// Size of `/dev/shm`.
const SHARED_MEMORY_BYTES: u64 = 64 * 1024 * 1024;

/// The descriptors that came with an order.
pub(super) struct Streams {
    pub(super) output: OwnedFd,
    pub(super) errors: OwnedFd,
    pub(super) input: Option<OwnedFd>,
    /// Closed when the program has ended; the worker waits for that.
    ended: Option<OwnedFd>,
    sources: Option<OwnedFd>,
    feedback: Option<OwnedFd>,
    results: Option<OwnedFd>,
}

impl Streams {
    /// Tells the descriptors apart, and moves them above the standard streams.
    pub(super) fn of(order: &RunOrder, descriptors: Vec<OwnedFd>) -> Result<Self, Failure> {
        let mut rest = descriptors.into_iter();
        let mut next = || rest.next().ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof));
        let mut take = |wanted: bool| if wanted { next().map(Some) } else { Ok(None) };
        let missing = || io::Error::from(io::ErrorKind::UnexpectedEof);
        let streams = (|| {
            Ok(Self {
                output: take(true)?.ok_or_else(missing)?,
                errors: take(true)?.ok_or_else(missing)?,
                ended: take(true)?,
                input: take(order.input.is_none())?,
                sources: take(order.unpack)?,
                feedback: take(order.unpack_feedback)?,
                results: take(order.collect.is_some())?,
            })
        })();
        streams.step("receive the descriptors")
    }
}

/// Body of pid 1.
pub(super) fn init_main(context: &SlotContext, order: &RunOrder, streams: Streams, lent: Lent, report: &PacketSocket, send_proc: bool) {
    if let Err(Failure { step, error }) = run(context, order, streams, lent, report, send_proc) {
        let message = error.to_string();
        let _ = report.send(&InitWord::Failed { step, message }, &[]);
    }
}

fn run(
    context: &SlotContext,
    order: &RunOrder,
    mut streams: Streams,
    lent: Lent,
    report: &PacketSocket,
    send_proc: bool,
) -> Result<(), Failure> {
    context.host.iter().for_each(Host::close);
    process::die_with_parent().step("die with the parent")?;
    // The parent may have died before that took effect.
    let [gone] = poll::readable([Some(report.as_fd())], Some(Duration::ZERO)).step("look for the parent")?;
    if gone {
        return Ok(());
    }
    let places = Places::of(order, context.reduced.as_deref());
    if context.reduced.is_some() {
        process::adopt_orphans().step("adopt orphans")?;
        reduced::make_folders(context, order, &places)?;
    } else {
        file_systems(context, order, &lent)?;
    }
    if let Some(input) = lent.input {
        streams.input = Some(input.into());
    }
    // Nothing of it stays open while the program runs.
    drop((lent.program, lent.files));
    // The kernel must prefer the program, then this process, to the slot process when memory runs out. The /proc of the
    // run, mounted just now, is the first that can be written.
    process::prefer_when_out_of_memory(500);
    if let Some(sources) = streams.sources.take() {
        unpack(context, sources, &places.work, order.work_writable).step("unpack the sources")?;
    }
    if let Some(feedback) = streams.feedback.take() {
        unpack(context, feedback, &places.feedback, true).step("unpack the feedback of before")?;
    }
    if !order.work_writable && context.reduced.is_none() {
        mount::make_read_only(Path::new(WORK), false).step("make the work folder read-only")?;
    }
    if context.privileged {
        // Fails for what is no pipe; then /dev/stdout cannot be opened anew, which is all that is lost.
        let _ = identity::give_to(streams.output.as_fd(), context.user);
        let _ = identity::give_to(streams.errors.as_fd(), context.user);
    }
    let proc_folder = send_proc.then(|| File::open("/proc")).transpose().step("open /proc")?;
    let along: Vec<_> = proc_folder.iter().map(AsFd::as_fd).collect();
    let (errors, errors_of_program) = PacketSocket::pair().step("create the start socket")?;
    report.send(&InitWord::Started, &along).step("report the start")?;
    // What was used until here must have been noted before the program uses anything.
    if report.receive::<Go>().step("wait for the word to go")?.is_none() {
        return Ok(());
    }
    let started = process::monotonic();
    let first = (context.stack)
        .spawn(&mut || program::program_main(context, order, &places, &streams, &errors_of_program))
        .step("start the program")?;
    drop(errors_of_program);
    let (results, ended_mark) = (streams.results.take(), streams.ended.take());
    // Closed here, so that the end of the streams is the end of the program.
    drop(streams);
    let (ended, mut used) = wait_for(first).step("wait for the program")?;
    let at = process::monotonic();
    drop(ended_mark);
    let wall = at.saturating_sub(started);
    // With groups the kernel itself says whether a fork was refused.
    let init = context.reduced.is_some().then(std::process::id);
    let left_behind = if send_proc {
        threads_besides_init(Path::new("/proc"), init)
    } else {
        0
    };
    if context.reduced.is_some() {
        reduced::end_descendants(context.own_user(), |ended| used.add(ended));
    } else {
        end_everything(&mut used);
    }
    if let Ok(Some((word, _))) = errors.receive::<InitWord>() {
        return report.send(&word, &[]).step("report the failed start");
    }
    let writable = places.writable();
    // A disk that others fill too says nothing about this run.
    let is_full = |path: &&Path| context.reduced.is_none() && mount::is_full(path);
    let disk_full = writable.iter().any(is_full) || collect::has_file_of(&writable, order.limits.file_bytes);
    let succeeded = ended.status == process::Status::Code(0);
    let mut too_large = None;
    if let (Some(wanted), Some(results)) = (&order.collect, results)
        && (succeeded || !wanted.only_on_success)
    {
        too_large = collect::collect(wanted, &places, File::from(results)).step("collect the results")?;
    }
    let word = InitWord::Ended {
        status: ended.status,
        at,
        wall,
        cpu: used.cpu,
        max_resident_bytes: used.max_resident_bytes,
        left_behind,
        disk_full,
        too_large,
    };
    report.send(&word, &[]).step("report the end")
}

/// What all reaped processes used together.
struct Used {
    cpu: Duration,
    max_resident_bytes: u64,
}

impl Used {
    fn add(&mut self, ended: &Ended) {
        self.cpu += ended.cpu;
        self.max_resident_bytes = self.max_resident_bytes.max(ended.max_resident_bytes);
    }
}

/// Reaps orphans until the program itself ends.
fn wait_for(first: i32) -> io::Result<(Ended, Used)> {
    let mut used = Used {
        cpu: Duration::ZERO,
        max_resident_bytes: 0,
    };
    loop {
        let ended = process::wait(-1, true)?.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        used.add(&ended);
        if ended.pid == first {
            return Ok((ended, used));
        }
    }
}

/// Kills whatever the program left behind. A fork cannot escape: it fails while a signal is pending.
fn end_everything(used: &mut Used) {
    process::kill(-1, libc::SIGKILL);
    while let Ok(Some(ended)) = process::wait(-1, true) {
        used.add(&ended);
        process::kill(-1, libc::SIGKILL);
    }
}

fn file_systems(context: &SlotContext, order: &RunOrder, lent: &Lent) -> Result<(), Failure> {
    let (user, disk) = (context.user, order.limits.disk_bytes);
    mount::temporary(Path::new(WORK), disk, MAX_INODES, user, Content::Programs).step("mount the work folder")?;
    mount::temporary(Path::new("/tmp"), disk, MAX_INODES, user, Content::Programs).step("mount /tmp")?;
    let shared = disk.min(SHARED_MEMORY_BYTES);
    mount::temporary(Path::new("/dev/shm"), shared, MAX_INODES, user, Content::Data).step("mount /dev/shm")?;
    if let Some(program) = &lent.program {
        program.attach(Path::new(PROGRAM)).step("show the program")?;
    }
    if let Some(bytes) = order.feedback_bytes {
        mount::temporary(Path::new(FEEDBACK), bytes, 4096, user, Content::Data).step("mount the feedback folder")?;
    }
    if !lent.files.is_empty() {
        mount::temporary(Path::new(FILES), 64 * 1024, 1024, user, Content::Data).step("mount the folder of extra files")?;
        for (name, file) in &lent.files {
            if !archive::is_plain_name(name) || name.contains('/') {
                return Err(io::Error::from(io::ErrorKind::InvalidInput)).step("check the name of an extra file");
            }
            let target = Path::new(FILES).join(name);
            fs::write(&target, "").step("create the place of an extra file")?;
            file.attach(&target).step("show an extra file")?;
        }
        mount::make_read_only(Path::new(FILES), false).step("make the extra files read-only")?;
    }
    mount::processes(Path::new("/proc")).step("mount /proc")?;
    std::env::set_current_dir(WORK).step("enter the work folder")
}

/// Writes files below a folder; nothing untrusted has run yet, so names mean what they say.
fn unpack(context: &SlotContext, packed: OwnedFd, target: &Path, to_change: bool) -> io::Result<()> {
    let own = |file: &File, mode: u32| own(context, file, mode, to_change);
    archive::unpack(BufReader::new(File::from(packed)), |name, _, content| {
        let path = target.join(name);
        let mut folder = target.to_path_buf();
        for part in Path::new(name).parent().into_iter().flat_map(Path::components) {
            folder.push(part);
            if fs::create_dir(&folder).is_ok() {
                own(&File::open(&folder)?, 0o755)?;
            }
        }
        let mut file = File::create_new(path)?;
        io::copy(content, &mut file)?;
        own(&file, 0o644)
    })
}

/// Makes a file readable, and the program's if it may change it.
fn own(context: &SlotContext, file: &File, mode: u32, to_change: bool) -> io::Result<()> {
    file.set_permissions(fs::Permissions::from_mode(mode))?;
    if context.privileged && to_change {
        identity::give_to(file.as_fd(), context.user)?;
    }
    Ok(())
}
