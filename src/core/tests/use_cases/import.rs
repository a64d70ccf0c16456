//! Taking packages in.

use crate::breaking::writes_all_or_nothing;
use crate::world::{World, code, offences, solution, system};
use bytes::Bytes;
use codesm_core::judging::{Checker, ComparatorOptions, Mode, ProgramSource, Rules, SourceFile};
use codesm_core::kernel::{AppError, BlobStore, ErrorKind, LocalFile, RequestContext, Role};
use codesm_core::problems::{
    Difficulty, ImportOptions, Package, PackageError, PackageTest, ProblemQueries, ProblemStatus, StatusChange, StoredCheckerKind, TimeRule,
};
use codesm_memory::fakes::FakeBlobStore;

async fn file(text: &str) -> LocalFile {
    let scratch = FakeBlobStore::new();
    let blob = scratch.put(Bytes::copy_from_slice(text.as_bytes())).await.unwrap();
    scratch.local(&blob).await.unwrap()
}

async fn test(name: &str, sample: bool) -> PackageTest {
    PackageTest {
        name: name.to_owned(),
        sample,
        group: None,
        input: file(&format!("{name} in")).await,
        answer: file(&format!("{name} out")).await,
        args: Vec::new(),
        files: Vec::new(),
        checker_args: None,
        comparator: None,
        explanation: None,
    }
}

/// A package with one sample and two secret tests.
pub(crate) async fn package(name: &str) -> Package {
    Package {
        name: name.to_owned(),
        title: format!("Title of {name}"),
        statement: "Add.".to_owned(),
        format_version: "2025-09".to_owned(),
        time_limit_ms: Some(3000),
        time_rule: TimeRule::MODERN,
        memory_limit_mb: None,
        output_limit_kb: None,
        tags: vec!["Math".to_owned(), "hard".to_owned()],
        author: None,
        license: None,
        source: None,
        checker: Checker::tokens(ComparatorOptions::default()),
        rules: Rules::default(),
        tests: vec![
            test("sample/1", true).await,
            test("secret/1", false).await,
            test("secret/2", false).await,
        ],
        submissions: Vec::new(),
        attachments: Vec::new(),
        warnings: vec!["odd".to_owned()],
        guard: None,
    }
}

async fn with_author() -> (World, RequestContext) {
    let world = World::new().await;
    let author = world.somebody("author", Role::Author).await;
    (world, author)
}

const PLAIN: ImportOptions = ImportOptions {
    author_id: None,
    publish: false,
    replace: false,
};
const REPLACE: ImportOptions = ImportOptions { replace: true, ..PLAIN };

#[tokio::test]
async fn a_package_becomes_a_draft_with_its_tests() {
    let (world, author) = with_author().await;
    let report = world
        .app
        .problems
        .import
        .import(&author, package("Big Sum").await, PLAIN)
        .await
        .unwrap();
    assert_eq!(
        (report.created, report.samples, report.secrets, report.warnings),
        (true, 1, 2, vec!["odd".to_owned()])
    );
    assert_eq!(report.problem, world.problem(), "what is given is what is stored");
    let problem = report.problem;
    assert_eq!(
        (problem.slug.as_str(), problem.title.as_str(), problem.status),
        ("big-sum", "Title of Big Sum", ProblemStatus::Draft)
    );
    assert_eq!((problem.difficulty, problem.tags), (Difficulty::Hard, vec!["math".to_owned()]));
    assert_eq!(
        (problem.limits.time_ms, problem.limits.memory_mb, problem.limits.output_kb),
        (3000, 2048, 8192)
    );
    let set = world.fakes.store.test_set(problem.test_set_id.unwrap()).await.unwrap().unwrap();
    assert_eq!((set.problem_id, set.tests.len()), (problem.id, 3));
    let stored = world.fakes.blobs.get(&set.tests[2].answer).await.unwrap();
    assert_eq!(stored, "secret/2 out");
    assert_eq!(world.audited().last().unwrap(), "problem.imported");
}

#[tokio::test]
async fn a_package_can_be_published_at_once() {
    let (world, author) = with_author().await;
    let options = ImportOptions { publish: true, ..PLAIN };
    let report = world
        .app
        .problems
        .import
        .import(&author, package("sum").await, options)
        .await
        .unwrap();
    assert_eq!(report.problem.status, ProblemStatus::Published);
}

#[tokio::test]
async fn a_custom_checker_is_stored_with_its_files_and_limits() {
    let (world, author) = with_author().await;
    let mut package = package("sum").await;
    let program = ProgramSource {
        entry: None,
        language: "cpp".to_owned(),
        files: vec![SourceFile {
            name: "validate.cpp".to_owned(),
            content: Bytes::from_static(b"int main() { return 42; }"),
        }],
    };
    package.checker = Checker {
        args: vec!["strict".to_owned()],
        time_limit_ms: 5,
        memory_limit_mb: 6,
        ..Checker::validator(program)
    };
    let report = world.app.problems.import.import(&author, package, PLAIN).await.unwrap();
    let set = world
        .fakes
        .store
        .test_set(report.problem.test_set_id.unwrap())
        .await
        .unwrap()
        .unwrap();
    let StoredCheckerKind::Custom { program, .. } = set.checker.kind else {
        panic!("a custom checker")
    };
    let (language, files) = (program.language, program.files);
    assert_eq!((language.as_str(), files[0].name.as_str()), ("cpp", "validate.cpp"));
    assert_eq!(world.fakes.blobs.get(&files[0].content).await.unwrap(), "int main() { return 42; }");
    assert_eq!(
        (set.checker.args, set.checker.time_limit_ms, set.checker.memory_limit_mb),
        (vec!["strict".to_owned()], 5, 6)
    );
}

#[tokio::test]
async fn a_taken_slug_is_refused_unless_its_owner_replaces() {
    let (world, author) = with_author().await;
    let rival = world.somebody("rival", Role::Author).await;
    let import = &world.app.problems.import;
    let first = import.import(&author, package("sum").await, PLAIN).await.unwrap().problem;
    let before = world.rows();
    for (who, options) in [(&author, PLAIN), (&rival, PLAIN), (&rival, REPLACE)] {
        assert_eq!(code(&import.import(who, package("sum").await, options).await), "problem.slug_taken");
        assert_eq!(world.rows(), before);
    }
    world
        .app
        .problems
        .change_status
        .change(&author, &codesm_core::problems::ProblemRef::Id(first.id), StatusChange::Publish)
        .await
        .unwrap();
    let mut changed = package("sum").await;
    changed.title = "New title".to_owned();
    changed.tests.pop();
    let report = import.import(&author, changed, REPLACE).await.unwrap();
    assert_eq!((report.created, report.secrets), (false, 1));
    let problem = world.problem();
    assert_eq!(report.problem, problem);
    assert_eq!(
        (problem.id, problem.title.as_str(), problem.status),
        (first.id, "New title", ProblemStatus::Published)
    );
    assert_ne!(problem.test_set_id, first.test_set_id);
    let set = world.fakes.store.test_set(problem.test_set_id.unwrap()).await.unwrap().unwrap();
    assert_eq!((set.problem_id, set.tests.len()), (problem.id, 2));
}

#[tokio::test]
async fn a_submission_keeps_the_tests_of_its_receipt_when_they_are_replaced() {
    let (world, author) = with_author().await;
    let options = ImportOptions { publish: true, ..PLAIN };
    let import = &world.app.problems.import;
    let report = import.import(&author, package("sum").await, options).await.unwrap();
    let reference = codesm_core::problems::ProblemRef::Id(report.problem.id);
    let id = world.submit(&author, solution(&reference, Mode::Submit)).await;
    let mut shorter = package("sum").await;
    shorter.tests.truncate(1);
    import.import(&author, shorter, REPLACE).await.unwrap();
    world.judge().await;
    assert_eq!(world.submission(id).tests.len(), 3);
}

#[tokio::test]
async fn the_system_must_name_the_author() {
    let (world, author) = with_author().await;
    let import = &world.app.problems.import;
    assert_eq!(
        code(&import.import(&system(), package("sum").await, PLAIN).await),
        "problem.author_missing"
    );
    let options = ImportOptions {
        author_id: author.actor.user_id(),
        ..PLAIN
    };
    let report = import.import(&system(), package("sum").await, options).await.unwrap();
    assert_eq!(Some(report.problem.author_id), author.actor.user_id());
}

#[tokio::test]
async fn the_owner_must_be_an_account_that_may_write_problems() {
    let (world, author) = with_author().await;
    let solver = world.somebody("solver", Role::User).await;
    let admin = world.somebody("root", Role::Admin).await;
    let nobody = codesm_core::kernel::UserId::from_uuid(uuid::Uuid::nil());
    let import = &world.app.problems.import;
    let before = world.rows();
    for author_id in [solver.actor.user_id(), Some(nobody)] {
        for who in [&system(), &admin] {
            let options = ImportOptions { author_id, ..REPLACE };
            let error = import.import(who, package("sum").await, options).await.unwrap_err();
            assert_eq!((error.code(), error.kind()), ("problem.author_unfit", ErrorKind::Invalid));
        }
    }
    assert_eq!(world.rows(), before);
    for author_id in [author.actor.user_id(), admin.actor.user_id()] {
        let options = ImportOptions { author_id, ..PLAIN };
        let name = format!("sum {author_id:?}").to_lowercase().replace(['(', ')', '"'], " ");
        assert_eq!(code(&import.import(&admin, package(&name).await, options).await), "");
    }
}

#[tokio::test]
async fn odd_keywords_are_dropped_and_odd_titles_refused() {
    let (world, author) = with_author().await;
    let mut odd = package("sum").await;
    odd.tags = ["ok", "", "a,b", "a\u{7}b", &"x".repeat(41)].map(str::to_owned).to_vec();
    odd.tags.extend((0..30).map(|n| format!("tag {n:02}")));
    let report = world.app.problems.import.import(&author, odd, PLAIN).await.unwrap();
    assert_eq!(report.problem.tags.len(), 20);
    assert!(report.problem.tags.contains(&"ok".to_owned()));

    let mut untitled = package("!").await;
    untitled.title = "two\nlines".to_owned();
    let before = world.fakes.blobs.stored();
    let (code, fields) = offences(world.app.problems.import.import(&author, untitled, PLAIN).await);
    assert_eq!(code, "validation.failed");
    assert_eq!(
        fields,
        [("package".to_owned(), "invalid_name"), ("title".to_owned(), "invalid_title")]
    );
    assert_eq!(world.fakes.blobs.stored(), before, "nothing is stored of it");
}

#[tokio::test]
async fn import_writes_all_or_nothing_whether_new_or_replaced() {
    let new = writes_all_or_nothing(with_author, async |world, author| {
        world
            .app
            .problems
            .import
            .import(author, package("sum").await, PLAIN)
            .await
            .map(drop)
    });
    assert_eq!(new.await, 8);
    let with_problem = async || {
        let (world, author) = with_author().await;
        world
            .app
            .problems
            .import
            .import(&author, package("sum").await, PLAIN)
            .await
            .unwrap();
        (world, author)
    };
    let replaced = writes_all_or_nothing(with_problem, async |world, author| {
        world
            .app
            .problems
            .import
            .import(author, package("sum").await, REPLACE)
            .await
            .map(drop)
    });
    assert_eq!(replaced.await, 7);
}

#[tokio::test]
async fn blobs_are_stored_before_any_row() {
    let (world, author) = with_author().await;
    world.breaking.break_after(0);
    let result = world.app.problems.import.import(&author, package("sum").await, PLAIN).await;
    assert_eq!(code(&result), "database.unavailable");
    assert_eq!(world.fakes.blobs.stored(), 6, "all blobs were there when the first row was tried");
    world.breaking.break_after(isize::MAX);
    world.fakes.store.set_down(false);
    world.fakes.blobs.set_down(true);
    let before = world.rows();
    let result = world.app.problems.import.import(&author, package("sum").await, PLAIN).await;
    assert_eq!(code(&result), "storage.unavailable");
    assert_eq!(world.rows(), before);
}

#[test]
fn the_errors_of_a_package_name_file_and_key() {
    let error = |code, file: Option<&str>, key: Option<&str>, is_local_fault| {
        AppError::from(PackageError {
            code,
            file: file.map(str::to_owned),
            key: key.map(str::to_owned),
            message: "wrong".to_owned(),
            is_local_fault,
        })
    };
    let field = |error: &AppError| error.fields()[0].field.clone();
    let it = error("package.invalid_value", Some("problem.yaml"), Some("limits.memory"), false);
    assert_eq!(
        (it.kind(), it.code(), field(&it).as_str()),
        (ErrorKind::Invalid, "package.invalid_value", "package:problem.yaml#limits.memory")
    );
    let it = error("package.missing_answer", Some("data/1.in"), None, false);
    assert_eq!(
        (field(&it).as_str(), it.fields()[0].code),
        ("package:data/1.in", "package.missing_answer")
    );
    let it = error("package.too_large", None, None, false);
    assert_eq!((it.kind(), field(&it).as_str()), (ErrorKind::TooLarge, "package"));
    let it = error("package.io", Some("/var/secret"), None, true);
    assert_eq!(
        (it.kind(), it.code(), it.fields().len()),
        (ErrorKind::Unavailable, "storage.unavailable", 0)
    );
    assert!(!it.public_message().contains("/var"));
}
