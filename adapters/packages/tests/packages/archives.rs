//! Archives as people send them.

use crate::support::{Fixture, content, entry, link, package_entries, zip};

#[test]
fn an_archive_with_the_package_in_a_folder_is_named_after_the_folder() {
    let fixture = Fixture::empty();
    let package = fixture.read_archive(&zip(&package_entries("adding/"))).unwrap();
    assert_eq!((package.name.as_str(), package.title.as_str()), ("adding", "Adding"));
    assert_eq!(package.time_limit_ms, Some(2000));
    assert_eq!(content(&package.tests[1].answer.path), "7\n");
    assert_eq!(package.warnings, [""; 0]);
}

#[test]
fn an_archive_with_the_package_at_its_root_is_named_after_the_archive() {
    let package = Fixture::empty().read_archive(&zip(&package_entries(""))).unwrap();
    assert_eq!(package.name, "uploaded");
}

#[test]
fn the_shallowest_problem_yaml_is_the_package() {
    let mut entries = package_entries("a/b/");
    entries.push(entry("a/b/attachments/other/problem.yaml", "name: Other"));
    entries.push(entry("__MACOSX/problem.yaml", "name: Shadow"));
    entries.push(entry("README.md", "read me"));
    let package = Fixture::empty().read_archive(&zip(&entries)).unwrap();
    assert_eq!((package.name.as_str(), package.title.as_str()), ("b", "Adding"));
}

#[test]
fn two_packages_side_by_side_are_refused() {
    let mut entries = package_entries("a/");
    entries.extend(package_entries("b/"));
    assert_eq!(Fixture::empty().archive_refusal(&zip(&entries)).code, "package.invalid_archive");
}

#[test]
fn an_archive_without_a_package_is_refused() {
    let fixture = Fixture::empty();
    assert_eq!(
        fixture.archive_refusal(&zip(&[entry("x/readme", "")])).code,
        "package.missing_problem_yaml"
    );
    assert_eq!(fixture.archive_refusal(&zip(&[])).code, "package.missing_problem_yaml");
}

#[test]
fn links_in_archives_are_resolved() {
    let mut entries = package_entries("adding/");
    entries.push(link("adding/data/secret/2.in", "1.in"));
    entries.push(link("adding/data/secret/2.ans", "../../data/secret/1.ans"));
    entries.push(link("adding/data/secret/more", "../sample"));
    let fixture = Fixture::empty();
    let package = fixture.read_archive(&zip(&entries)).unwrap();
    let names: Vec<_> = package.tests.iter().map(|test| test.name.as_str()).collect();
    assert_eq!(names, ["sample/1", "secret/1", "secret/2", "secret/more/1"]);
    assert_eq!(content(&package.tests[2].input.path), "3 4\n");
    assert_eq!(content(&package.tests[3].input.path), "1 2\n");
}

#[test]
fn unpacked_files_live_as_long_as_the_package_or_a_test() {
    let fixture = Fixture::empty();
    let package = fixture.read_archive(&zip(&package_entries(""))).unwrap();
    assert_eq!(fixture.left_behind(), 1);
    let input = package.tests[0].input.clone();
    drop(package);
    assert_eq!(content(&input.path), "1 2\n");
    drop(input);
    assert_eq!(fixture.left_behind(), 0);
}

#[test]
fn nothing_is_left_behind_on_failure() {
    let fixture = Fixture::empty();
    let mut entries = package_entries("");
    entries.push(entry("data/secret/9.in", "no answer"));
    assert_eq!(fixture.archive_refusal(&zip(&entries)).code, "package.missing_answer");
    entries.push(entry("../x", ""));
    assert_eq!(fixture.archive_refusal(&zip(&entries)).code, "package.unsafe_path");
    assert_eq!(fixture.left_behind(), 0);
}

#[test]
fn names_the_format_does_not_know_are_absent() {
    let mut entries = package_entries("p/");
    entries.push(entry("p/data/secret/my case.in", "no answer"));
    entries.push(entry("p/data/secret/.hidden.in", "no answer"));
    entries.push(entry("p/.git/config", ""));
    let package = Fixture::empty().read_archive(&zip(&entries)).unwrap();
    assert_eq!(package.tests.len(), 2);
    assert_eq!(
        package.warnings,
        ["data/secret/my case.in: ignored: the format allows no such name"]
    );
}
