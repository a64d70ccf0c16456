//! Problems with their own output validator.

use crate::import::package;
use crate::world::{World, acting, code, solution};
use bytes::Bytes;
use codesm_core::judging::{
    Checker, CompileOutcome, CompileReport, Exit, Input, LimitHit, Mode, ProgramRole, ProgramSource, RunReport, SourceFile, StdoutOutcome,
    StdoutPlan, TestResult, Verdict,
};
use codesm_core::kernel::{ErrorKind, RequestContext, Role, SubmissionId};
use codesm_core::problems::{ImportOptions, ProblemRef};
use codesm_core::submissions::{SubmissionEvent, SubmitCommand};
use codesm_memory::fakes::{accepting_run, compiled};

struct Given {
    world: World,
    author: RequestContext,
    solver: RequestContext,
    reference: ProblemRef,
}

async fn given() -> Given {
    given_in("python").await
}

/// With a validator in this language.
async fn given_in(language: &str) -> Given {
    let world = World::new().await;
    let author = world.somebody("author", Role::Author).await;
    let solver = world.somebody("solver", Role::User).await;
    let mut package = package("guess").await;
    let program = ProgramSource {
        entry: None,
        language: language.to_owned(),
        files: vec![SourceFile {
            name: "validate.py".to_owned(),
            content: Bytes::from_static(b"exit(42)"),
        }],
    };
    package.checker = Checker {
        args: vec!["strict".to_owned()],
        time_limit_ms: 4000,
        memory_limit_mb: 100,
        ..Checker::validator(program)
    };
    let options = ImportOptions {
        publish: true,
        ..ImportOptions::default()
    };
    let report = world.app.problems.import.import(&author, package, options).await.unwrap();
    let reference = ProblemRef::Id(report.problem.id);
    Given {
        world,
        author,
        solver,
        reference,
    }
}

impl Given {
    /// Every program prints `out`; every validation ends as given, with words for both.
    async fn judged(&self, exit: Exit, limit: Option<LimitHit>) -> SubmissionId {
        self.world.every_run(move |request| match request.role {
            ProgramRole::Submission => RunReport {
                stdout_outcome: StdoutOutcome::Spooled(Input::Bytes(Bytes::from_static(b"out"))),
                ..accepting_run(request)
            },
            ProgramRole::Checker => RunReport {
                exit,
                limit,
                stderr: "checker log".into(),
                feedback: vec![
                    ("judgemessage.txt".to_owned(), "for the author".into()),
                    ("teammessage.txt".to_owned(), "for the team".into()),
                ],
                ..accepting_run(request)
            },
        });
        self.judge_as_scripted().await
    }

    async fn judge_as_scripted(&self) -> SubmissionId {
        let id = self.world.submit(&self.solver, solution(&self.reference, Mode::Submit)).await;
        self.world.judge().await;
        id
    }

    async fn seen_by(&self, who: &RequestContext, id: SubmissionId) -> Vec<TestResult> {
        self.world.app.submissions.get.get(&who.actor, id).await.unwrap().submission.tests
    }
}

#[tokio::test]
async fn forty_two_accepts_and_forty_three_refuses() {
    let given = given().await;
    for (exit, verdict) in [(42, Verdict::Accepted), (43, Verdict::WrongAnswer)] {
        let id = given.judged(Exit::Code(exit), None).await;
        assert_eq!(given.world.submission(id).verdict, Some(verdict));
    }
    let problem = given.world.problem();
    assert_eq!((problem.submissions_total, problem.submissions_accepted), (2, 1));
}

#[tokio::test]
async fn every_other_end_is_the_checkers_failure_and_counts_for_nothing() {
    let cases = [
        (Exit::Code(0), None),
        (Exit::Code(1), None),
        (Exit::Signal(11), None),
        (Exit::Code(42), Some(LimitHit::Cpu)),
        (Exit::Signal(9), Some(LimitHit::Wall)),
        (Exit::Signal(9), Some(LimitHit::Memory)),
        (Exit::Code(43), Some(LimitHit::Output)),
    ];
    let given = given().await;
    for (exit, limit) in cases {
        let id = given.judged(exit, limit).await;
        let submission = given.world.submission(id);
        assert_eq!(
            (submission.verdict, submission.score),
            (Some(Verdict::CheckerFailed), Some(0.0)),
            "{exit:?} {limit:?}"
        );
        let log = submission.tests[0].judge_message.clone().unwrap();
        assert!(log.contains("for the author") && log.contains("checker log"), "{log}");
    }
    assert_eq!(given.world.problem().submissions_total, 0);
}

#[tokio::test]
async fn a_program_that_fails_is_not_shown_to_the_checker() {
    let given = given().await;
    given.world.every_run(|request| RunReport {
        exit: Exit::Code(1),
        ..accepting_run(request)
    });
    let id = given.judge_as_scripted().await;
    assert_eq!(given.world.submission(id).verdict, Some(Verdict::RuntimeError));
    assert!(
        given
            .world
            .fakes
            .sandbox
            .run_requests()
            .iter()
            .all(|request| request.role == ProgramRole::Submission)
    );
}

#[tokio::test]
async fn the_checker_gets_input_answer_and_output_and_its_own_limits() {
    let given = given().await;
    given.judged(Exit::Code(42), None).await;
    let requests = given.world.fakes.sandbox.run_requests();
    assert!(matches!(requests[0].stdout, StdoutPlan::Spool { .. }));
    let check = &requests[1];
    assert_eq!(check.role, ProgramRole::Checker);
    assert_eq!(check.args, ["{files}/input", "{files}/answer", "{feedback}/", "strict"]);
    assert!(matches!(&check.stdin, Input::Bytes(bytes) if bytes == "out"));
    let names: Vec<&str> = check.files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["input", "answer"]);
    assert_eq!((check.limits.cpu.as_millis(), check.limits.memory_bytes), (4000, 100 << 20));
    let compiles = given.world.fakes.sandbox.compile_requests();
    assert_eq!(
        compiles.len(),
        2,
        "once for the program, once for the checker, whatever the number of tests"
    );
    assert_eq!(
        (compiles[1].role, compiles[1].program.language.as_str()),
        (ProgramRole::Checker, "python")
    );
}

#[tokio::test]
async fn the_team_message_reaches_the_solver_and_the_judge_message_the_author_only() {
    let given = given().await;
    let admin = given.world.somebody("root", Role::Admin).await;
    let id = given.judged(Exit::Code(42), None).await;
    for (who, sees) in [(&given.solver, None), (&admin, None), (&given.author, Some("for the author"))] {
        for test in given.seen_by(who, id).await {
            assert_eq!(
                (test.message.as_deref(), test.judge_message.as_deref()),
                (Some("for the team"), sees)
            );
        }
    }
}

#[tokio::test]
async fn an_author_who_may_write_no_problems_any_more_sees_no_judge_messages() {
    let given = given().await;
    let of_solver = given.judged(Exit::Code(42), None).await;
    let own = given.world.submit(&given.author, solution(&given.reference, Mode::Submit)).await;
    given.world.judge().await;
    let seen = given.seen_by(&given.author, own).await;
    assert!(seen.iter().all(|test| test.judge_message.as_deref() == Some("for the author")));
    let demoted = acting(given.author.actor.user_id().unwrap(), Role::User);
    let seen = given.seen_by(&demoted, own).await;
    assert!(seen.len() == 3 && seen.iter().all(|test| test.judge_message.is_none()));
    let others = given.world.app.submissions.get.get(&demoted.actor, of_solver).await;
    assert_eq!(code(&others), "submission.not_found");
}

#[tokio::test]
async fn whoever_judges_needs_the_checkers_language_too() {
    let given = given().await;
    let wanted = |given: &Given| -> Vec<String> {
        let job = given.world.fakes.store.jobs().pop().unwrap();
        job.requirements.into_iter().collect()
    };
    for mode in [Mode::Submit, Mode::Run] {
        given.world.submit(&given.solver, solution(&given.reference, mode)).await;
        assert_eq!(wanted(&given), ["cpp", "python"], "{mode:?}");
    }
    let same = SubmitCommand {
        language: "python".to_owned(),
        ..solution(&given.reference, Mode::Submit)
    };
    given.world.submit(&given.solver, same).await;
    assert_eq!(wanted(&given), ["python"]);
    let own = SubmitCommand {
        stdin: Some("1".to_owned()),
        ..solution(&given.reference, Mode::Run)
    };
    given.world.submit(&given.solver, own).await;
    assert_eq!(wanted(&given), ["cpp"], "a run on own input is not checked");
}

#[tokio::test]
async fn without_the_checkers_toolchain_only_runs_on_own_input_are_taken() {
    let given = given_in("java").await;
    let submit = &given.world.app.submissions.submit;
    let before = given.world.rows();
    for mode in [Mode::Submit, Mode::Run] {
        let error = submit.submit(&given.solver, solution(&given.reference, mode)).await.unwrap_err();
        assert_eq!((error.code(), error.kind()), ("problem.checker_unavailable", ErrorKind::Conflict));
    }
    assert_eq!(given.world.rows(), before);
    let own = SubmitCommand {
        stdin: Some("1".to_owned()),
        ..solution(&given.reference, Mode::Run)
    };
    given.world.submit(&given.solver, own).await;
}

#[tokio::test]
async fn events_keep_the_judge_message_from_the_solver_live_and_afterwards() {
    let given = given().await;
    let follow = &given.world.app.submissions.follow;
    for is_live in [true, false] {
        let id = given.world.submit(&given.solver, solution(&given.reference, Mode::Submit)).await;
        let mut feeds = Vec::new();
        for (who, sees) in [(&given.solver, false), (&given.author, true)] {
            if is_live {
                feeds.push((follow.follow(&who.actor, id, None).await.unwrap(), sees));
            }
        }
        given.world.every_run(|request| match request.role {
            ProgramRole::Submission => accepting_run(request),
            ProgramRole::Checker => RunReport {
                exit: Exit::Code(42),
                feedback: vec![("judgemessage.txt".to_owned(), "for the author".into())],
                ..accepting_run(request)
            },
        });
        given.world.judge().await;
        for (who, sees) in [(&given.solver, false), (&given.author, true)] {
            if !is_live {
                feeds.push((follow.follow(&who.actor, id, None).await.unwrap(), sees));
            }
        }
        for (mut feed, sees) in feeds {
            let mut tests = 0;
            while let Some(event) = feed.next().await.unwrap() {
                if let SubmissionEvent::Test { result, .. } = event {
                    tests += 1;
                    assert_eq!(result.judge_message.is_some(), sees, "live: {is_live}, test {}", result.index);
                }
            }
            assert_eq!(tests, 3);
        }
    }
}

#[tokio::test]
async fn the_log_of_a_checker_that_does_not_compile_is_for_the_author_only() {
    let given = given().await;
    for outcome in [CompileOutcome::Error, CompileOutcome::Limit(LimitHit::Cpu)] {
        given.world.fakes.sandbox.push_compile(Ok(compiled("cpp")));
        let output = "secret line of the checker".to_owned();
        given.world.fakes.sandbox.push_compile(Ok(CompileReport {
            outcome,
            output,
            ..compiled("python")
        }));
        let id = given.judge_as_scripted().await;
        let submission = given.world.submission(id);
        assert_eq!(
            (submission.verdict, submission.compile_output),
            (Some(Verdict::CheckerFailed), None)
        );
        let verdicts: Vec<Verdict> = submission.tests.iter().map(|test| test.verdict).collect();
        assert_eq!(verdicts, [Verdict::CheckerFailed, Verdict::Skipped, Verdict::Skipped]);
        let seen = format!("{:?}", given.world.app.submissions.get.get(&given.solver.actor, id).await.unwrap());
        assert!(!seen.contains("secret line"), "{seen}");
        let log = given.seen_by(&given.author, id).await.remove(0).judge_message.unwrap();
        assert!(log.contains("secret line"), "{log}");
    }
    assert_eq!(given.world.problem().submissions_total, 0);
}
