//! Taking submissions in.

use crate::breaking::writes_all_or_nothing;
use crate::world::{World, code, inline, key, offences, plain_tests, solution};
use chrono::Duration;
use codesm_core::jobs::{FAIR_STEP, JobSignal, JobState, Listener, Queue};
use codesm_core::judging::{Mode, ResourceLimits};
use codesm_core::kernel::{ErrorKind, RequestContext, Role};
use codesm_core::problems::{ProblemRef, StatusChange};
use codesm_core::submissions::{RunLimitsOverride, SubmissionState, SubmitCommand, SubmitTarget, TextFile};
use codesm_memory::fakes::Fakes;

pub(crate) async fn with_problem() -> (World, (RequestContext, ProblemRef)) {
    let world = World::new().await;
    let author = world.somebody("author", Role::Author).await;
    let reference = world.published(&author, "Sum").await;
    let solver = world.somebody("solver", Role::User).await;
    (world, (solver, reference))
}

fn run(source: &str) -> SubmitCommand {
    SubmitCommand {
        target: SubmitTarget::AdHoc {
            args: Vec::new(),
            limits: RunLimitsOverride::default(),
        },
        language: "cpp".to_owned(),
        source: Some(source.to_owned()),
        files: None,
        mode: Mode::Run,
        stdin: None,
        idempotency: None,
    }
}

fn file(name: &str, content: &str) -> TextFile {
    TextFile {
        name: name.to_owned(),
        content: content.to_owned(),
    }
}

/// The offences of a command, each as `field code`; the error's code must be the first's.
async fn refusal(command: SubmitCommand) -> Vec<String> {
    let (world, (solver, _)) = with_problem().await;
    let before = world.rows();
    let (code, fields) = offences(world.app.submissions.submit.submit(&solver, command).await);
    assert_eq!(world.rows(), before);
    assert_eq!(code, format!("submission.{}", fields[0].1));
    fields.into_iter().map(|(field, code)| format!("{field} {code}")).collect()
}

#[tokio::test]
async fn a_receipt_commits_the_submission_its_job_and_its_audit_entry() {
    let (world, (solver, reference)) = with_problem().await;
    let receipt = world
        .app
        .submissions
        .submit
        .submit(&solver, solution(&reference, Mode::Submit))
        .await
        .unwrap();
    assert!(!receipt.replayed);
    let submission = world.submission(receipt.submission.id);
    let problem = world.problem();
    assert_eq!(
        (submission.problem_id, submission.test_set_id),
        (Some(problem.id), problem.test_set_id)
    );
    assert_eq!(
        (Some(submission.user_id), submission.state, submission.attempt),
        (solver.actor.user_id(), SubmissionState::Queued, 0)
    );
    assert_eq!(
        (submission.files, submission.limits),
        (vec![file("main.cpp", "int main() {}")], problem.limits)
    );
    assert_eq!((submission.verdict, submission.created_at), (None, world.now()));
    let job = world.fakes.store.jobs().remove(0);
    assert_eq!(
        (
            job.state,
            job.queue,
            job.requirements.iter().map(String::as_str).collect::<Vec<_>>()
        ),
        (JobState::Ready, Queue::Submit, vec!["cpp"])
    );
    assert_eq!(job.payload, serde_json::json!({ "submissionId": submission.id }));
    let entry = world.fakes.store.audit_entries().pop().unwrap();
    assert_eq!(
        (entry.action.as_str(), entry.subject_id),
        ("submission.created", submission.id.to_string())
    );
    assert!(!entry.details.to_string().contains("main"), "no source in the audit trail");
}

#[tokio::test(start_paused = true)]
async fn a_receipt_wakes_a_worker() {
    let (world, (solver, reference)) = with_problem().await;
    world.submit(&solver, solution(&reference, Mode::Submit)).await;
    let started = tokio::time::Instant::now();
    let listener = Listener {
        queues: vec![Queue::Submit],
        capabilities: Vec::new(),
    };
    world.fakes.signal.wait(&listener, std::time::Duration::from_mins(1)).await;
    assert!(started.elapsed().is_zero());
}

#[tokio::test]
async fn whoever_sends_many_waits_behind_whoever_sends_one() {
    let (world, (busy, reference)) = with_problem().await;
    for _ in 0..5 {
        world.submit(&busy, solution(&reference, Mode::Submit)).await;
        world.advance(Duration::milliseconds(10));
    }
    let other = world.somebody("other", Role::User).await;
    let late = world.submit(&other, solution(&reference, Mode::Submit)).await;
    let jobs = world.fakes.store.jobs();
    assert_eq!(jobs.len(), 6);
    assert_eq!(
        (jobs[4].turn_at - jobs[4].created_at, jobs[5].turn_at),
        (FAIR_STEP * 4, jobs[5].created_at)
    );
    let order: Vec<_> = world.due().await.into_iter().map(|job| job.subject).collect();
    assert_eq!(order[1], Some(late.as_uuid()), "second: only what was alone before it goes first");
}

#[tokio::test]
async fn a_submission_writes_all_or_nothing() {
    let plain = writes_all_or_nothing(with_problem, async |world, (solver, reference)| {
        let command = solution(reference, Mode::Submit);
        world.app.submissions.submit.submit(solver, command).await.map(drop)
    });
    assert_eq!(plain.await, 5);
    let keyed = writes_all_or_nothing(with_problem, async |world, (solver, reference)| {
        let idempotency = Some(key("key", "body"));
        let command = SubmitCommand {
            idempotency,
            ..solution(reference, Mode::Submit)
        };
        world.app.submissions.submit.submit(solver, command).await.map(drop)
    });
    assert_eq!(keyed.await, 8);
}

#[tokio::test]
async fn runs_wait_in_their_own_queue() {
    let (world, (solver, reference)) = with_problem().await;
    world.submit(&solver, solution(&reference, Mode::Submit)).await;
    world.submit(&solver, solution(&reference, Mode::Run)).await;
    world.submit(&solver, run("x")).await;
    let queues: Vec<Queue> = world.due().await.iter().map(|job| job.queue).collect();
    assert_eq!(queues, [Queue::Run, Queue::Run, Queue::Submit]);
}

#[tokio::test]
async fn a_run_without_a_problem_gets_the_usual_limits_or_those_it_asks_for() {
    let (world, (solver, _)) = with_problem().await;
    let id = world.submit(&solver, run("x")).await;
    assert_eq!(
        (world.submission(id).limits, world.submission(id).problem_id),
        (world.fakes.submission_limits.run_defaults, None)
    );
    let limits = RunLimitsOverride {
        time_ms: Some(10_000),
        memory_mb: Some(4),
        output_kb: Some(1),
    };
    let args = vec!["-x".to_owned()];
    let target = SubmitTarget::AdHoc {
        args: args.clone(),
        limits,
    };
    let id = world.submit(&solver, SubmitCommand { target, ..run("x") }).await;
    let expected = ResourceLimits {
        time_ms: 10_000,
        memory_mb: 4,
        output_kb: 1,
    };
    assert_eq!((world.submission(id).limits, world.submission(id).args), (expected, args));
}

#[tokio::test]
async fn every_limit_of_a_run_out_of_range_is_named() {
    let limits = RunLimitsOverride {
        time_ms: Some(10_001),
        memory_mb: Some(3),
        output_kb: Some(0),
    };
    let args = vec!["x\0".to_owned(); 65];
    let target = SubmitTarget::AdHoc { args, limits };
    let expected = [
        "args args_too_long",
        "args args_not_text",
        "limits.timeMs limit_out_of_range",
        "limits.memoryMb limit_out_of_range",
        "limits.outputKb limit_out_of_range",
    ];
    assert_eq!(refusal(SubmitCommand { target, ..run("x") }).await, expected);
    let target = SubmitTarget::AdHoc {
        args: vec!["x".repeat(16 * 1024 + 1)],
        limits: RunLimitsOverride::default(),
    };
    assert_eq!(refusal(SubmitCommand { target, ..run("x") }).await, ["args args_too_long"]);
}

#[tokio::test]
async fn a_source_must_be_given_once_be_text_and_not_be_empty_or_too_large() {
    let sourced = |source: Option<&str>, files: Option<Vec<TextFile>>| SubmitCommand {
        source: source.map(str::to_owned),
        files,
        ..run("")
    };
    assert_eq!(refusal(sourced(None, None)).await, ["source source_missing"]);
    assert_eq!(
        refusal(sourced(Some("x"), Some(vec![file("a.cpp", "x")]))).await,
        ["files source_ambiguous"]
    );
    assert_eq!(refusal(sourced(Some(" \n"), None)).await, ["source source_empty"]);
    assert_eq!(refusal(sourced(Some("a\0"), None)).await, ["source source_not_text"]);
    assert_eq!(
        refusal(sourced(Some(&"x".repeat(128 * 1024 + 1)), None)).await,
        ["source source_too_large"]
    );
    let half = "x".repeat(64 * 1024 + 1);
    assert_eq!(
        refusal(sourced(None, Some(vec![file("a.cpp", &half), file("b.cpp", &half)]))).await,
        ["files source_too_large"]
    );
    assert_eq!(refusal(sourced(None, Some(vec![]))).await, ["files files_count"]);
    // Of too many files nothing else is said.
    let many = (0..51).map(|_| file("..", "\0")).collect();
    assert_eq!(refusal(sourced(None, Some(many))).await, ["files files_count"]);
    let bad = vec![file("../a.cpp", "x"), file("b.cpp", "x"), file("b.cpp", "\0")];
    let expected = [
        "files[0].name file_name_invalid",
        "files[2].content source_not_text",
        "files[2].name file_name_repeated",
    ];
    assert_eq!(refusal(sourced(None, Some(bad))).await, expected);
    let folder = vec![file("a", "x"), file("a.cpp", "x"), file("a/b", "x"), file("a/b/c.cpp", "x")];
    let expected = ["files[0].name file_name_repeated", "files[2].name file_name_repeated"];
    assert_eq!(refusal(sourced(None, Some(folder))).await, expected);
}

#[tokio::test]
async fn a_receipt_carries_the_submission_as_committed_and_later_as_it_stands() {
    let (world, (solver, reference)) = with_problem().await;
    let keyed = SubmitCommand {
        idempotency: Some(key("k", "body")),
        ..solution(&reference, Mode::Submit)
    };
    let submit = &world.app.submissions.submit;
    let receipt = submit.submit(&solver, keyed.clone()).await.unwrap();
    assert_eq!(receipt.submission, world.submission(receipt.submission.id));
    assert_eq!(receipt.submission.state, SubmissionState::Queued);
    world.judge().await;
    let again = submit.submit(&solver, keyed).await.unwrap();
    assert_eq!(
        (again.replayed, &again.submission),
        (true, &world.submission(receipt.submission.id))
    );
    assert_eq!(again.submission.state, SubmissionState::Done);
    let view = world.app.submissions.get.of_receipt(again.submission);
    assert!(!view.full && view.samples.is_empty());
    assert!(!format!("{view:?}").contains("secret/"), "hidden tests keep their names");
}

#[tokio::test]
async fn nobody_fills_the_queue_alone() {
    let (world, (solver, reference)) = with_problem().await;
    let submit = &world.app.submissions.submit;
    let most = world.fakes.submission_limits.unfinished;
    let first = SubmitCommand {
        idempotency: Some(key("k", "body")),
        ..solution(&reference, Mode::Submit)
    };
    let first_id = world.submit(&solver, first.clone()).await;
    for _ in 1..most {
        world.submit(&solver, run("x")).await;
    }
    let before = world.rows();
    for command in [solution(&reference, Mode::Submit), solution(&reference, Mode::Run), run("x")] {
        let error = submit.submit(&solver, command).await.unwrap_err();
        assert_eq!(
            (error.code(), error.kind()),
            ("submission.too_many_waiting", ErrorKind::RateLimited)
        );
        assert!(error.retry_after_seconds().is_some());
    }
    assert_eq!(
        code(&submit.submit(&solver, run("")).await),
        "submission.source_empty",
        "what is unacceptable anyway is said first"
    );
    let again = submit.submit(&solver, first).await.unwrap();
    assert_eq!((again.replayed, again.submission.id), (true, first_id), "a receipt stays a receipt");
    assert_eq!(world.rows(), before);
    let other = world.somebody("other", Role::User).await;
    let others = world.submit(&other, run("x")).await;
    // One verdict makes room for one.
    let mut due = world.due().await;
    due.retain(|job| job.subject != Some(others.as_uuid()));
    let job = due.remove(0);
    world.app.judge.as_ref().unwrap().judge(&job).await.unwrap();
    world.submit(&solver, run("x")).await;
    assert_eq!(code(&submit.submit(&solver, run("x")).await), "submission.too_many_waiting");
}

#[tokio::test]
async fn admins_try_problems_without_waiting_for_room() {
    let (world, (_, reference)) = with_problem().await;
    let admin = world.somebody("root", Role::Admin).await;
    for _ in 0..=world.fakes.submission_limits.unfinished {
        world.submit(&admin, solution(&reference, Mode::Submit)).await;
    }
}

#[tokio::test]
async fn a_problem_without_samples_has_nothing_to_run_but_ones_own_input() {
    let (world, (solver, reference)) = with_problem().await;
    let author = crate::world::acting(world.problem().author_id, Role::Author);
    let hidden = plain_tests(vec![inline("1 2", "3", false)]);
    world.app.problems.set_tests.set(&author, &reference, hidden).await.unwrap();
    let submit = &world.app.submissions.submit;
    let error = submit.submit(&solver, solution(&reference, Mode::Run)).await.unwrap_err();
    assert_eq!((error.code(), error.kind()), ("problem.no_samples", ErrorKind::Conflict));
    let own = SubmitCommand {
        stdin: Some("1 2".to_owned()),
        ..solution(&reference, Mode::Run)
    };
    world.submit(&solver, own).await;
    world.submit(&solver, solution(&reference, Mode::Submit)).await;
}

#[tokio::test]
async fn a_source_of_exactly_the_bound_is_taken() {
    let (world, (solver, _)) = with_problem().await;
    world.submit(&solver, run(&"x".repeat(128 * 1024))).await;
}

#[tokio::test]
async fn standard_input_is_for_runs_and_bounded_text() {
    let (_, (_, reference)) = with_problem().await;
    let stdin = Some("1".to_owned());
    assert_eq!(
        refusal(SubmitCommand {
            stdin,
            ..solution(&reference, Mode::Submit)
        })
        .await,
        ["stdin stdin_not_allowed"]
    );
    let stdin = Some("\0".repeat(1024 * 1024 + 1));
    assert_eq!(
        refusal(SubmitCommand { stdin, ..run("x") }).await,
        ["stdin stdin_too_large", "stdin stdin_not_text"]
    );
}

#[tokio::test]
async fn every_offence_is_named_at_once() {
    let command = SubmitCommand {
        language: "cobol".to_owned(),
        source: Some(String::new()),
        stdin: Some("\0".to_owned()),
        idempotency: Some(key("", "body")),
        ..run("")
    };
    let expected = [
        "language unknown_language",
        "source source_empty",
        "stdin stdin_not_text",
        "Idempotency-Key invalid_idempotency_key",
    ];
    assert_eq!(refusal(command).await, expected);
}

#[tokio::test]
async fn a_language_nobody_offered_for_a_day_is_not_available() {
    let command = SubmitCommand {
        language: "java".to_owned(),
        ..run("x")
    };
    assert_eq!(refusal(command).await, ["language language_unavailable"]);

    let (world, (solver, _)) = with_problem().await;
    world.advance(Duration::hours(24));
    world.submit(&solver, run("x")).await;
    world.advance(Duration::microseconds(1));
    assert_eq!(
        code(&world.app.submissions.submit.submit(&solver, run("x")).await),
        "submission.language_unavailable"
    );

    let world = World::of(Fakes::new());
    let languages = world.app.submissions.languages.list().await.unwrap();
    assert!(languages.iter().all(|language| !language.available && language.version.is_none()));
    world.fakes.worker_online("worker-1").await.unwrap();
    let languages = world.app.submissions.languages.list().await.unwrap();
    let shown: Vec<_> = languages
        .iter()
        .map(|language| (language.id.as_str(), language.version.as_deref()))
        .collect();
    assert_eq!(shown, [("cpp", Some("14.2.0")), ("java", None), ("python", Some("3.13.5"))]);
}

#[tokio::test]
async fn an_archived_problem_takes_no_submissions_not_even_its_authors() {
    let (world, (solver, reference)) = with_problem().await;
    let author = world.problem().author_id;
    let author = crate::world::acting(author, Role::Author);
    world
        .app
        .problems
        .change_status
        .change(&author, &reference, StatusChange::Archive)
        .await
        .unwrap();
    let submit = &world.app.submissions.submit;
    let error = submit.submit(&author, solution(&reference, Mode::Submit)).await.unwrap_err();
    assert_eq!((error.code(), error.kind()), ("problem.not_published", ErrorKind::Conflict));
    assert_eq!(
        code(&submit.submit(&solver, solution(&reference, Mode::Submit)).await),
        "problem.not_found"
    );
}

#[tokio::test]
async fn a_problem_is_known_by_its_slug_too() {
    let (world, (solver, _)) = with_problem().await;
    let submit = &world.app.submissions.submit;
    let by_slug = solution(&ProblemRef::parse("sum").unwrap(), Mode::Submit);
    assert!(submit.submit(&solver, by_slug).await.is_ok());
    let unknown = solution(&ProblemRef::parse("product").unwrap(), Mode::Submit);
    assert_eq!(code(&submit.submit(&solver, unknown).await), "problem.not_found");
}
