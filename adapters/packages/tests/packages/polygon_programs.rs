//! Checkers, interactors and solutions of Polygon packages.

use crate::polygon::{GROUPED, GROUPS, Xml};
use crate::support::warned;
use codesm_core::judging::{CheckerKind, ComparatorOptions, ValidatorConvention, Verdict};
use codesm_core::problems::{JurySubmission, Package};

#[test]
fn checkers_are_called_as_testlib_does_and_have_its_headers_beside_them() {
    let package = Xml::default().package();
    let CheckerKind::Custom { program, more, convention } = &package.checker.kind else {
        panic!("a checker of its own")
    };
    assert_eq!(
        (*convention, more.len(), program.language.as_str()),
        (ValidatorConvention::Testlib, 0, "cpp17")
    );
    let names: Vec<_> = program.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["check.cpp", "testlib.h"]);
}

#[test]
fn a_standard_checker_without_source_is_replaced_by_the_comparator() {
    let package = Xml::default().fixture().without("files/check.cpp").package();
    let exact = ComparatorOptions {
        case_sensitive: true,
        ..ComparatorOptions::default()
    };
    assert_eq!(package.checker.kind, CheckerKind::Default { options: exact });
    assert!(warned(&package, &["std::ncmp.cpp", "missing"]));
}

#[test]
fn checkers_that_cannot_be_had_are_refused() {
    let named = |name: &str| format!(r#"<checker name="{name}" type="testlib"><source path="files/none.cpp" type="cpp.g++17"/></checker>"#);
    for checker in ["", &named("check.cpp"), &named("std::uncmp.cpp")] {
        let xml = Xml { checker, ..Xml::default() };
        assert_eq!(xml.code(), "package.missing_validator", "{checker}");
    }
    let odd = Xml {
        checker: r#"<checker type="odd"><source path="files/check.cpp"/></checker>"#,
        ..Xml::default()
    };
    assert_eq!(odd.code(), "package.unsupported_validator");
    let java = Xml {
        checker: r#"<checker type="testlib"><source path="files/Check.java" type="java8"/></checker>"#,
        ..Xml::default()
    };
    let java = java.fixture().file("files/Check.java", "class Check {}");
    assert_eq!(java.refusal().code, "package.unsupported_validator");
    let bare = Xml::default().fixture().without("files/testlib.h");
    assert!(bare.refusal().message.contains("testlib.h"));
}

#[test]
fn interactors_talk_and_checkers_look_at_what_they_wrote() {
    let xml = Xml {
        assets: r#"<interactor><source path="files/interactor.cpp" type="cpp.g++17"/></interactor>"#,
        ..Xml::default()
    };
    let fixture = xml
        .fixture()
        .file("files/interactor.cpp", "#include \"testlib.h\"\nint main() {}\n");
    let package = fixture.package();
    assert!(package.rules.interactive);
    let interactor = package.rules.interactor.unwrap();
    assert_eq!((interactor.files[0].name.as_str(), interactor.files.len()), ("interactor.cpp", 2));
    assert_eq!(fixture.without("files/interactor.cpp").refusal().code, "package.missing_validator");
}

#[test]
fn solutions_are_labelled_by_their_tags() {
    let tags = [
        "accepted",
        "wrong-answer",
        "presentation-error",
        "time-limit-exceeded",
        "memory-limit-exceeded",
        "rejected",
        "failed",
        "time-limit-exceeded-or-accepted",
        "time-limit-exceeded-or-memory-limit-exceeded",
        "do-not-run",
        "odd",
    ];
    let solutions: Vec<String> = tags
        .iter()
        .map(|tag| format!(r#"<solution tag="{tag}"><source path="solutions/{tag}.cpp" type="cpp.g++17"/></solution>"#))
        .collect();
    let xml = Xml {
        solutions: &solutions.concat(),
        ..Xml::default()
    };
    let fixture = tags.iter().fold(xml.fixture(), |fixture, tag| {
        fixture.file(&format!("solutions/{tag}.cpp"), "int main() {}")
    });
    let package = fixture.package();
    let label = |path: &str| {
        let label = &solution(&package, path).label;
        (label.expected.clone(), label.permitted.clone())
    };
    let time = [Verdict::TimeLimit, Verdict::WallTimeLimit, Verdict::OutputLimit];
    let accepted = vec![Verdict::Accepted];
    assert_eq!(label("accepted/accepted.cpp"), (accepted.clone(), vec![]));
    for path in ["wrong_answer/wrong-answer.cpp", "wrong_answer/presentation-error.cpp"] {
        assert_eq!(label(path), (vec![Verdict::WrongAnswer], accepted.clone()));
    }
    assert_eq!(
        label("time_limit_exceeded/time-limit-exceeded.cpp"),
        (time.to_vec(), accepted.clone())
    );
    assert_eq!(
        label("memory_limit_exceeded/memory-limit-exceeded.cpp"),
        (vec![Verdict::MemoryLimit], accepted.clone())
    );
    assert_eq!(label("rejected/failed.cpp"), label("rejected/rejected.cpp"));
    let (expected, permitted) = label("mixed/time-limit-exceeded-or-accepted.cpp");
    assert_eq!((expected, permitted), ([&accepted[..], &time].concat(), vec![]));
    let (expected, _) = label("rejected/time-limit-exceeded-or-memory-limit-exceeded.cpp");
    assert_eq!(expected, [&time[..], &[Verdict::MemoryLimit]].concat());
    for path in ["other/do-not-run.cpp", "other/odd.cpp"] {
        assert!(solution(&package, path).skipped.is_some());
    }
}

#[test]
fn extra_tags_are_about_single_groups() {
    let xml = Xml {
        tests: GROUPED,
        groups: GROUPS,
        solutions: r#"<solution tag="accepted"><source path="solutions/fast.cpp" type="cpp.g++17"/>
            <extra-tags><extra-tag group="2" tag="wrong-answer"/></extra-tags></solution>"#,
        ..Xml::default()
    };
    let package = xml.package();
    let label = &solution(&package, "accepted/fast.cpp").label;
    let about = |tests: &[u32]| {
        label
            .constraints
            .iter()
            .find(|constraint| constraint.tests.as_deref() == Some(tests))
            .unwrap()
    };
    assert_eq!(about(&[2, 3]).required, Some(vec![Verdict::WrongAnswer]));
    assert_eq!(about(&[1]).permitted, Some(vec![Verdict::Accepted]));
}

#[test]
fn solutions_that_cannot_be_run_say_why() {
    let xml = Xml {
        solutions: r#"<solution tag="main"><source path="solutions/old.py" type="python.2"/></solution>
            <solution tag="main"><source path="solutions/gone.cpp" type="cpp.g++17"/></solution>
            <solution tag="main"><source path="solutions/a.xyz" type="xyz"/></solution>"#,
        ..Xml::default()
    };
    let fixture = xml.fixture().file("solutions/old.py", "print 1").file("solutions/a.xyz", "");
    let package = fixture.package();
    assert!(
        package
            .submissions
            .iter()
            .all(|submission| submission.skipped.is_some() && submission.program.is_none())
    );
}

#[test]
fn files_compiled_with_solutions_are_laid_over_them() {
    let xml = Xml {
        files: r#"<file path="files/grader.cpp" for-types="cpp.*"><stages><stage name="COMPILE"/></stages><assets><asset name="SOLUTION"/></assets></file>
            <file path="files/api.h" type="h.g++"><assets><asset name="SOLUTION"/></assets></file>"#,
        ..Xml::default()
    };
    let fixture = xml
        .fixture()
        .file("files/grader.cpp", "int main() {}")
        .file("files/api.h", "int f();");
    let includes = fixture.package().rules.includes;
    let of = |language: &str| -> Vec<String> {
        let include = includes
            .iter()
            .find(|include| include.languages.contains(&language.to_owned()))
            .unwrap();
        include.files.files.iter().map(|file| file.name.clone()).collect()
    };
    assert_eq!(of("cpp"), ["grader.cpp", "api.h"]);
    assert_eq!(of("c"), ["api.h"]);
    let running = Xml {
        files: r#"<file path="files/testlib.h"><stages><stage name="RUN"/></stages><assets><asset name="SOLUTION"/></assets></file>"#,
        ..Xml::default()
    };
    assert_eq!(running.code(), "package.unsupported_feature");
}

fn solution<'a>(package: &'a Package, path: &str) -> &'a JurySubmission {
    package.submissions.iter().find(|submission| submission.path == path).unwrap()
}
