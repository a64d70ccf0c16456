//! A submission and an interactor on one slot.

use crate::faults::OrFault;
use crate::link::SlotLink;
use crate::order::prepare;
use crate::pool::Shared;
use crate::run::Heard;
use crate::talk::{Party, Talk};
use crate::work::Cancelled;
use codesm_core::judging::{InteractReport, InteractRequest, RunRequest, SandboxError, StdoutOutcome, StdoutPlan};

/// Runs both until both are over. `peer` is the second process of the slot.
pub(crate) fn interact(
    shared: &Shared,
    link: &SlotLink,
    peer: &SlotLink,
    request: &InteractRequest,
    cancelled: &Cancelled,
) -> Result<InteractReport, SandboxError> {
    let InteractRequest { submission, interactor } = request;
    let pipe = || std::io::pipe().or_fault("sandbox.no_pipe", "create a pipe");
    let ((to_submission, submission_ear), (to_interactor, interactor_ear)) = (pipe()?, pipe()?);
    let of_submission = prepare(shared, submission, Some(to_submission.into()))?;
    let mut of_interactor = prepare(shared, interactor, Some(to_interactor.into()))?;
    // Its clock does not stop the submission: the talk looks at it. This is the belt to those braces.
    let wall = &mut of_interactor.order.limits.wall;
    *wall = submission
        .limits
        .wall
        .saturating_add(*wall)
        .saturating_add(std::time::Duration::from_secs(2));
    let (submission_language, interactor_language) = (of_submission.offered, of_interactor.offered);
    let (interactor, interactor_kept) = Party::begin(peer, of_interactor, heard(interactor), interactor.limits, interactor_ear)?;
    let (submission, submission_kept) = Party::begin(link, of_submission, heard(submission), submission.limits, submission_ear)?;
    let [submission, interactor] = Talk::new(submission, interactor).follow(cancelled.as_fd())?;
    let interactor_ended_first = interactor.1.at < submission.1.at;
    let captured = || StdoutOutcome::Captured;
    Ok(InteractReport {
        submission: submission
            .0
            .report(shared, submission_language, &submission.1, captured(), submission_kept)?,
        interactor: interactor
            .0
            .report(shared, interactor_language, &interactor.1, captured(), interactor_kept)?,
        interactor_ended_first,
    })
}

fn heard(request: &RunRequest) -> Heard {
    let kept = match request.stdout {
        StdoutPlan::Capture { max_bytes } => max_bytes,
        StdoutPlan::Compare { excerpt_bytes, .. } | StdoutPlan::Spool { excerpt_bytes } => excerpt_bytes,
    };
    Heard::new(kept, request.stderr_bytes)
}
