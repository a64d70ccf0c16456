//! Giving packages out.

use crate::import::package;
use crate::world::{World, anonymous, code, system};
use bytes::Bytes;
use codesm_core::judging::{ProgramSource, SourceFile, Verdict};
use codesm_core::kernel::{BlobStore, RequestContext, Role};
use codesm_core::problems::{
    ImportOptions, JurySubmission, Label, Package, ProblemQueries, ProblemRef, ProblemStatus, StatusChange, TestSet, Timing,
};
use std::path::Path;

const PLAIN: ImportOptions = ImportOptions {
    author_id: None,
    publish: false,
    replace: false,
};

async fn with_author() -> (World, RequestContext) {
    let world = World::new().await;
    let author = world.somebody("author", Role::Author).await;
    (world, author)
}

/// A package with a labelled submission, a file for solvers and words about its sample.
async fn rich(name: &str) -> Package {
    let mut rich = package(name).await;
    rich.submissions.push(JurySubmission {
        path: "accepted/fast.py".to_owned(),
        program: Some(ProgramSource {
            entry: None,
            language: "python".to_owned(),
            files: vec![SourceFile {
                name: "fast.py".to_owned(),
                content: Bytes::from_static(b"print(1)"),
            }],
        }),
        label: Label::one_of([Verdict::Accepted]),
        timing: Timing::MustFit,
        skipped: None,
    });
    rich.attachments.push(("tool.py".to_owned(), rich.tests[0].input.clone()));
    rich.tests[0].explanation = Some("words\r\n".to_owned());
    rich.tests[1].args = vec!["-x".to_owned()];
    rich
}

async fn import(world: &World, author: &RequestContext, package: Package) -> ProblemRef {
    let report = world.app.problems.import.import(author, package, PLAIN).await.unwrap();
    ProblemRef::Id(report.problem.id)
}

async fn test_set(world: &World, problem: &ProblemRef) -> TestSet {
    let view = world.fakes.store.view(problem).await.unwrap().unwrap();
    world
        .fakes
        .store
        .test_set(view.problem.test_set_id.unwrap())
        .await
        .unwrap()
        .unwrap()
}

#[tokio::test]
async fn what_is_exported_is_the_same_problem_when_it_is_imported() {
    let (world, author) = with_author().await;
    let first = import(&world, &author, rich("Big Sum").await).await;
    let mut exported = world.app.problems.export.collect(&author, &first).await.unwrap();
    assert_eq!((exported.name.as_str(), exported.title.as_str()), ("big-sum", "Title of Big Sum"));
    assert_eq!(exported.tests[0].explanation.as_deref(), Some("words"));
    exported.name = "again".to_owned();
    let second = import(&world, &author, exported).await;

    let (first_set, second_set) = (test_set(&world, &first).await, test_set(&world, &second).await);
    let mut first_tests = first_set.tests;
    first_tests[0].explanation = Some("words".to_owned());
    assert_eq!(first_tests, second_set.tests);
    assert_eq!((first_set.checker, first_set.details), (second_set.checker, second_set.details));
    let store = &world.fakes.store;
    let first = store.view(&first).await.unwrap().unwrap().problem;
    let second = store.view(&second).await.unwrap().unwrap().problem;
    assert_eq!(
        (&first.title, &first.statement, first.difficulty, &first.tags, first.limits),
        (&second.title, &second.statement, second.difficulty, &second.tags, second.limits)
    );
}

#[tokio::test]
async fn only_those_who_may_edit_may_export_and_it_is_written_down() {
    let (world, author) = with_author().await;
    let rival = world.somebody("rival", Role::Author).await;
    let admin = world.somebody("root", Role::Admin).await;
    let problem = import(&world, &author, package("sum").await).await;
    let export = &world.app.problems.export;
    let before = world.rows();
    for who in [&rival, &anonymous()] {
        assert_eq!(code(&export.collect(who, &problem).await), "problem.not_found");
    }
    let change = &world.app.problems.change_status;
    let published = change.change(&admin, &problem, StatusChange::Publish).await.unwrap();
    assert_eq!(published.status, ProblemStatus::Published);
    assert_eq!(code(&export.collect(&rival, &problem).await), "auth.forbidden");
    assert_eq!(code(&export.collect(&anonymous(), &problem).await), "auth.required");
    assert!(!before.contains("problem.exported") && !world.rows().contains("problem.exported"));
    for who in [&author, &admin, &system()] {
        assert_eq!(code(&export.collect(who, &problem).await), "");
        assert_eq!(world.audited().last().unwrap(), "problem.exported");
    }
}

#[tokio::test]
async fn a_problem_without_tests_cannot_be_exported() {
    let (world, author) = with_author().await;
    let draft = ProblemRef::Id(world.draft(&author, "Draft").await.id);
    assert_eq!(code(&world.app.problems.export.collect(&author, &draft).await), "problem.no_tests");
}

#[tokio::test]
async fn nothing_is_given_out_while_files_are_missing() {
    let (world, author) = with_author().await;
    let problem = import(&world, &author, package("sum").await).await;
    world.fakes.blobs.set_down(true);
    let result = world.app.problems.export.collect(&author, &problem).await;
    assert_eq!(code(&result), "storage.unavailable");
    assert_ne!(world.audited().last().unwrap(), "problem.exported");
}

#[tokio::test]
async fn the_writer_gets_everything_with_its_bytes() {
    let (world, author) = with_author().await;
    let problem = import(&world, &author, rich("sum").await).await;
    let package = world.app.problems.export.collect(&author, &problem).await.unwrap();
    world.app.problems.export.write(&package, Path::new("/nowhere/sum.zip")).unwrap();
    let mut written = world.fakes.package_writer.written();
    let (path, written) = written.remove(0);
    assert_eq!(path, Path::new("/nowhere/sum.zip"));
    assert_eq!(std::fs::read_to_string(&written.tests[2].answer.path).unwrap(), "secret/2 out");
    assert_eq!(written.tests[1].args, ["-x"]);
    assert_eq!(written.attachments[0].0, "tool.py");
    let set = test_set(&world, &problem).await;
    let stored = world
        .fakes
        .blobs
        .get(&set.details.jury_submissions[0].program.files[0].content)
        .await
        .unwrap();
    assert_eq!(written.submissions[0].program.as_ref().unwrap().files[0].content, stored);
    assert_eq!(written.tags[0], "hard", "an import finds the difficulty among the keywords");
}
