//! From a job to a verdict.

use crate::submit::with_problem;
use crate::world::{World, solution};
use chrono::Duration;
use codesm_core::jobs::{JobQueue, JobState};
use codesm_core::judging::comparator::Comparison;
use codesm_core::judging::{CompileOutcome, CompileReport, Exit, Input, LimitHit, Mode, RunReport, StdoutOutcome, StdoutPlan, Verdict};
use codesm_core::kernel::SubmissionId;
use codesm_core::store::UnitOfWork;
use codesm_core::submissions::{Judged, ProgressStep, Submission, SubmissionState, SubmitCommand};
use codesm_memory::fakes::{accepting_run, compiled};

/// A world in which one submission waits.
pub(crate) async fn submitted(mode: Mode) -> (World, SubmissionId) {
    let (world, (solver, reference)) = with_problem().await;
    let id = world.submit(&solver, solution(&reference, mode)).await;
    (world, id)
}

async fn judged(world: &World, id: SubmissionId) -> Submission {
    world.judge().await;
    let submission = world.submission(id);
    assert_eq!((submission.state, submission.judged_at), (SubmissionState::Done, Some(world.now())));
    assert_eq!(world.fakes.store.jobs()[0].state, JobState::Done);
    submission
}

fn verdicts(submission: &Submission) -> Vec<Verdict> {
    submission.tests.iter().map(|test| test.verdict).collect()
}

pub(crate) fn wrong(report: &mut RunReport) {
    report.stdout_outcome = StdoutOutcome::Compared(Comparison::Different("expected `3`, got `4`".to_owned()));
}

pub(crate) fn right(_: &mut RunReport) {}

fn counters(world: &World) -> (i64, i64) {
    let problem = world.problem();
    (problem.submissions_total, problem.submissions_accepted)
}

#[tokio::test]
async fn a_right_program_is_accepted_and_counted() {
    let (world, id) = submitted(Mode::Submit).await;
    let Judged::Verdict { verdict, stages } = world.judge().await else {
        panic!("a verdict")
    };
    assert_eq!(
        (verdict, stages.compile.as_millis(), stages.run.as_millis()),
        (Verdict::Accepted, 100, 36)
    );
    let submission = world.submission(id);
    assert_eq!(
        (submission.verdict, submission.score, submission.max_score),
        (Some(Verdict::Accepted), Some(1.0), Some(1.0))
    );
    assert_eq!(verdicts(&submission), [Verdict::Accepted; 3]);
    assert_eq!(
        (submission.cpu_ms, submission.wall_ms, submission.memory_kb),
        (Some(10), Some(12), Some(1024))
    );
    assert_eq!(
        (submission.attempt, submission.measured_by.as_deref(), submission.error_code),
        (1, Some("script"), None)
    );
    assert_eq!(counters(&world), (1, 1));
    let job = world.fakes.store.jobs().remove(0);
    assert_eq!((job.state, job.lease, job.finished_at), (JobState::Done, None, Some(world.now())));
}

#[tokio::test]
async fn a_wrong_answer_stops_judging_and_the_other_tests_are_skipped() {
    let (world, id) = submitted(Mode::Submit).await;
    world.next_runs([right as fn(&mut RunReport), wrong]);
    let submission = judged(&world, id).await;
    assert_eq!((submission.verdict, submission.score), (Some(Verdict::WrongAnswer), Some(0.0)));
    assert_eq!(verdicts(&submission), [Verdict::Accepted, Verdict::WrongAnswer, Verdict::Skipped]);
    assert_eq!(world.fakes.sandbox.run_requests().len(), 2);
    assert_eq!(counters(&world), (1, 0));
}

#[tokio::test]
async fn running_the_samples_runs_all_of_them_and_only_them_and_never_counts() {
    let (world, (solver, reference)) = with_problem().await;
    let author = crate::world::acting(world.problem().author_id, codesm_core::kernel::Role::Author);
    let mut tests = crate::world::three_tests();
    tests.tests.push(crate::world::inline("5 6", "11", true));
    world.app.problems.set_tests.set(&author, &reference, tests).await.unwrap();
    let id = world.submit(&solver, solution(&reference, Mode::Run)).await;
    world.next_runs([wrong as fn(&mut RunReport)]);
    let submission = judged(&world, id).await;
    assert_eq!(verdicts(&submission), [Verdict::WrongAnswer, Verdict::Accepted]);
    assert!(submission.tests.iter().all(|test| test.sample));
    assert_eq!((submission.verdict, counters(&world)), (Some(Verdict::WrongAnswer), (0, 0)));
}

#[tokio::test]
async fn ones_own_input_is_run_instead_of_the_samples_and_only_its_exit_matters() {
    let (world, (solver, reference)) = with_problem().await;
    let command = SubmitCommand {
        stdin: Some("7 8".to_owned()),
        ..solution(&reference, Mode::Run)
    };
    let id = world.submit(&solver, command).await;
    world.every_run(|request| RunReport {
        stdout: "15".into(),
        ..accepting_run(request)
    });
    let submission = judged(&world, id).await;
    assert_eq!((submission.verdict, submission.tests.len()), (Some(Verdict::Accepted), 1));
    assert_eq!(
        (submission.tests[0].sample, submission.tests[0].stdout.as_deref()),
        (true, Some("15"))
    );
    let request = world.fakes.sandbox.run_requests().remove(0);
    assert!(matches!(request.stdin, Input::Bytes(bytes) if bytes == "7 8"));
    assert!(matches!(request.stdout, StdoutPlan::Capture { .. }), "nothing is compared");
}

#[tokio::test]
async fn a_compile_error_runs_nothing_and_shows_what_the_compiler_said() {
    let stopped = "main.cpp:1: error\nCompiling was stopped: it hit its memory limit.";
    for (outcome, verdict, shown) in [
        (CompileOutcome::Error, Verdict::CompileError, "main.cpp:1: error"),
        (CompileOutcome::Limit(LimitHit::Memory), Verdict::CompileLimit, stopped),
    ] {
        let (world, id) = submitted(Mode::Submit).await;
        let output = "main.cpp:1: error".to_owned();
        world.fakes.sandbox.push_compile(Ok(CompileReport {
            outcome,
            output,
            ..compiled("cpp")
        }));
        let submission = judged(&world, id).await;
        assert_eq!(
            (submission.verdict, submission.compile_output.as_deref()),
            (Some(verdict), Some(shown))
        );
        assert_eq!((verdicts(&submission), submission.cpu_ms), (vec![Verdict::Skipped; 3], None));
        assert!(world.fakes.sandbox.run_requests().is_empty());
        assert_eq!(counters(&world), (1, 0));
        assert!(!world.steps().contains(&ProgressStep::State(SubmissionState::Running)));
    }
}

#[tokio::test]
async fn every_way_to_end_has_its_verdict() {
    let killed = Exit::Signal(9);
    let cases = [
        (killed, Some(LimitHit::Cpu), 1100, Verdict::TimeLimit),
        (killed, Some(LimitHit::Wall), 10, Verdict::WallTimeLimit),
        (killed, Some(LimitHit::Wall), 1001, Verdict::TimeLimit),
        (killed, Some(LimitHit::Memory), 10, Verdict::MemoryLimit),
        (killed, Some(LimitHit::Output), 10, Verdict::OutputLimit),
        (Exit::Code(1), Some(LimitHit::Processes), 10, Verdict::ProcessLimit),
        (Exit::Code(0), None, 1001, Verdict::TimeLimit),
        (Exit::Code(0), None, 1000, Verdict::Accepted),
        (Exit::Code(3), None, 10, Verdict::RuntimeError),
        (Exit::Signal(11), None, 10, Verdict::RuntimeError),
        (Exit::Signal(11), None, 1001, Verdict::TimeLimit),
    ];
    for (exit, limit, cpu_ms, verdict) in cases {
        let (world, id) = submitted(Mode::Submit).await;
        let cpu = std::time::Duration::from_millis(cpu_ms);
        world.every_run(move |request| RunReport {
            exit,
            limit,
            cpu,
            ..accepting_run(request)
        });
        let submission = judged(&world, id).await;
        assert_eq!(submission.verdict, Some(verdict), "{exit:?} {limit:?} {cpu_ms}");
        let shown = (submission.tests[0].exit_code, submission.tests[0].signal);
        let expected = match exit {
            Exit::Code(code) => (Some(code), None),
            Exit::Signal(signal) => (None, Some(signal)),
        };
        assert_eq!(shown, expected);
        assert_eq!(submission.cpu_ms, Some(u32::try_from(cpu_ms).unwrap()));
    }
}

#[tokio::test]
async fn a_crash_goes_before_a_wrong_answer() {
    let (world, id) = submitted(Mode::Submit).await;
    world.every_run(|request| {
        let mut report = RunReport {
            exit: Exit::Code(1),
            ..accepting_run(request)
        };
        wrong(&mut report);
        report
    });
    assert_eq!(judged(&world, id).await.verdict, Some(Verdict::RuntimeError));
}

#[tokio::test]
async fn what_a_difference_says_is_kept_from_the_solver_but_for_samples() {
    let (world, id) = submitted(Mode::Run).await;
    world.next_runs([wrong as fn(&mut RunReport)]);
    assert_eq!(judged(&world, id).await.tests[0].message.as_deref(), Some("expected `3`, got `4`"));

    let (world, id) = submitted(Mode::Submit).await;
    world.next_runs([right as fn(&mut RunReport), |report| {
        wrong(report);
        report.stdout = "a hidden input, echoed".into();
        report.stderr = "and again".into();
    }]);
    let hidden = judged(&world, id).await.tests.remove(1);
    assert_eq!((hidden.message, hidden.stdout, hidden.stderr), (None, None, None));
    assert_eq!(hidden.judge_message.as_deref(), Some("expected `3`, got `4`"));
}

#[tokio::test]
async fn the_sandbox_is_asked_for_the_problems_limits_and_a_tenth_more_time() {
    let (world, id) = submitted(Mode::Submit).await;
    judged(&world, id).await;
    let limits = world.fakes.sandbox.run_requests()[0].limits;
    assert_eq!((limits.cpu.as_millis(), limits.wall.as_millis()), (1100, 3000));
    assert_eq!((limits.memory_bytes, limits.output_bytes), (256 << 20, 8192 << 10));
}

#[tokio::test]
async fn a_final_or_cancelled_submission_is_not_judged_again_and_its_job_is_completed() {
    for state in [SubmissionState::Cancelled, SubmissionState::Done] {
        let (world, id) = submitted(Mode::Submit).await;
        let tx = world.fakes.store.begin().await.unwrap();
        let mut submission = world.submission(id);
        submission.state = state;
        tx.submissions().save(&submission).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(world.judge().await, Judged::Nothing);
        assert_eq!(world.submission(id), submission);
        assert_eq!(world.fakes.store.jobs()[0].state, JobState::Done);
        assert!(world.fakes.sandbox.compile_requests().is_empty());
        assert_eq!(counters(&world), (0, 0));
    }
}

#[tokio::test]
async fn a_submission_cancelled_while_it_runs_stays_cancelled_and_uncounted() {
    let (world, id) = submitted(Mode::Submit).await;
    let store = world.fakes.store.clone();
    world.every_run(move |request| {
        let cancel = async {
            let tx = store.begin().await.unwrap();
            let mut submission = tx.submissions().by_id(id).await.unwrap().unwrap();
            submission.state = SubmissionState::Cancelled;
            tx.submissions().save(&submission).await.unwrap();
            tx.commit().await.unwrap();
        };
        // Nothing in it waits.
        let waker = std::task::Waker::noop();
        let polled = std::pin::pin!(cancel).poll(&mut std::task::Context::from_waker(waker));
        assert!(polled.is_ready());
        accepting_run(request)
    });
    world.judge().await;
    let submission = world.submission(id);
    assert_eq!((submission.state, submission.verdict), (SubmissionState::Cancelled, None));
    assert_eq!(counters(&world), (0, 0));
    assert_eq!(world.fakes.store.jobs()[0].state, JobState::Done);
}

/// What the row said about tests at the beginning of every run.
fn rows_during_runs(world: &World, id: SubmissionId, each_run_takes: Duration) -> std::sync::mpsc::Receiver<usize> {
    let (sender, receiver) = std::sync::mpsc::channel();
    let (store, clock) = (world.fakes.store.clone(), world.fakes.clock.clone());
    world.every_run(move |request| {
        let submissions = store.submissions();
        let row = submissions.iter().find(|submission| submission.id == id).unwrap();
        assert_eq!(row.state, SubmissionState::Running);
        sender.send(row.tests.len()).unwrap();
        clock.advance(each_run_takes);
        accepting_run(request)
    });
    receiver
}

#[tokio::test]
async fn results_so_far_are_written_to_the_row_at_most_once_a_second() {
    let (world, id) = submitted(Mode::Submit).await;
    let rows = rows_during_runs(&world, id, Duration::milliseconds(999));
    judged(&world, id).await;
    assert_eq!(rows.try_iter().collect::<Vec<_>>(), [0, 0, 2]);
    let (world, id) = submitted(Mode::Submit).await;
    let rows = rows_during_runs(&world, id, Duration::seconds(1));
    judged(&world, id).await;
    assert_eq!(rows.try_iter().collect::<Vec<_>>(), [0, 1, 2]);
}

#[tokio::test]
async fn progress_that_cannot_be_written_costs_nothing_but_itself() {
    let (world, id) = submitted(Mode::Submit).await;
    let job = world.reserve().await;
    // To begin takes six steps; the seventh begins the transaction that says `running`.
    world.breaking.break_after(6);
    let store = world.fakes.store.clone();
    world.every_run(move |request| {
        store.set_down(false);
        accepting_run(request)
    });
    world.app.judge.as_ref().unwrap().judge(&job).await.unwrap();
    assert_eq!(world.submission(id).verdict, Some(Verdict::Accepted));
}

#[tokio::test]
async fn watchers_hear_of_every_step_in_order() {
    let (world, id) = submitted(Mode::Submit).await;
    judged(&world, id).await;
    let steps: Vec<String> = world
        .steps()
        .into_iter()
        .map(|step| match step {
            ProgressStep::State(state) => state.as_str().to_owned(),
            ProgressStep::Test(result) => format!("test {}", result.index),
            ProgressStep::Finished => "finished".to_owned(),
        })
        .collect();
    assert_eq!(steps, ["compiling", "running", "test 1", "test 2", "test 3", "finished"]);
}

#[tokio::test]
async fn to_begin_does_not_undo_a_heartbeat() {
    let (world, _) = submitted(Mode::Submit).await;
    let job = world.reserve().await;
    let until = job.lease.as_ref().unwrap().expires_at + Duration::seconds(10);
    assert!(world.fakes.store.extend(job.id, job.attempt, until).await.unwrap());
    let store = world.fakes.store.clone();
    world.every_run(move |request| {
        assert_eq!(store.jobs()[0].lease.as_ref().unwrap().expires_at, until);
        accepting_run(request)
    });
    world.app.judge.as_ref().unwrap().judge(&job).await.unwrap();
}
