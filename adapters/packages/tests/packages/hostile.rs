//! Packages that mean harm.

use crate::support::{Entry, Fixture, crc32, entry, link, package_entries, zip};
use codesm_core::problems::PackageError;
use proptest::prelude::{ProptestConfig, prop, proptest};
use std::fs;
use std::io::Write;

fn refused_with(extra: Vec<Entry>) -> PackageError {
    let fixture = Fixture::empty();
    let mut entries = package_entries("p/");
    entries.extend(extra);
    let error = fixture.archive_refusal(&zip(&entries));
    assert_eq!(fixture.left_behind(), 0, "{error}");
    error
}

/// A deflate stream of `blocks` × 64 KiB zeros (about one thousandth of it packed), made by the zip library itself.
fn deflated_zeros(blocks: usize) -> (Vec<u8>, Vec<u8>) {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    let plain = vec![0; blocks << 16];
    archive.start_file("z", options).unwrap();
    archive.write_all(&plain).unwrap();
    let bytes = archive.finish().unwrap().into_inner();
    let mut read = zip::ZipArchive::new(std::io::Cursor::new(bytes.clone())).unwrap();
    let raw = read.by_index_raw(0).unwrap();
    let start = usize::try_from(raw.data_start().unwrap()).unwrap();
    let length = usize::try_from(raw.compressed_size()).unwrap();
    (bytes[start..start + length].to_vec(), plain)
}

#[test]
fn names_that_leave_the_archive_are_refused() {
    for name in ["../evil", "p/../../evil", "/etc/evil", "p\\..\\evil", "C:/evil", "p/\0evil", "p/.."] {
        assert_eq!(refused_with(vec![entry(name, "x")]).code, "package.unsafe_path", "{name:?}");
    }
}

#[test]
fn arguments_that_no_program_can_get_are_refused() {
    let flags = "output_validator_flags: \"x\\0y\"\n";
    let error = refused_with(vec![entry("p/data/secret/testdata.yaml", flags)]);
    assert_eq!(error.code, "package.invalid_value");
    assert_eq!(error.key.as_deref(), Some("output_validator_flags"));
}

#[test]
fn links_that_leave_the_package_are_refused() {
    for (name, target) in [
        ("p/x", "/etc/passwd"),
        ("p/x", "../../etc/passwd"),
        ("p/x", "../outside"),
        ("p/data/x", "../../other"),
        ("p/x", "nowhere"),
        ("p/x", "x"),
        ("p/data/secret/up", ".."),
        ("elsewhere", "/etc/passwd"),
        ("elsewhere", "../x"),
    ] {
        assert_eq!(
            refused_with(vec![link(name, target)]).code,
            "package.unsafe_path",
            "{name} -> {target}"
        );
    }
}

#[test]
fn files_behind_a_link_are_refused() {
    let error = refused_with(vec![link("p/tmp", "data"), entry("p/tmp/evil", "x")]);
    assert_eq!((error.code, error.file.as_deref()), ("package.unsafe_path", Some("p/tmp/evil")));
}

#[test]
fn names_given_twice_are_refused() {
    assert_eq!(
        refused_with(vec![entry("p/problem.yaml", "name: Other")]).code,
        "package.invalid_archive"
    );
    assert_eq!(
        refused_with(vec![entry("p/./problem.yaml", "name: Other")]).code,
        "package.invalid_archive"
    );
    assert_eq!(refused_with(vec![entry("p/data", "a file")]).code, "package.invalid_archive");
}

#[test]
fn devices_and_pipes_are_refused() {
    for kind in [0o020_000, 0o060_000, 0o010_000, 0o140_000] {
        let device = Entry {
            mode: kind | 0o644,
            ..entry("p/dev", "")
        };
        assert_eq!(refused_with(vec![device]).code, "package.unsafe_path", "{kind:o}");
    }
}

#[test]
fn encrypted_files_are_refused() {
    let encrypted = Entry {
        flags: 0x801,
        ..entry("p/secret.txt", "xxxxxxxxxxxxxxxx")
    };
    assert_eq!(refused_with(vec![encrypted]).code, "package.invalid_archive");
}

#[test]
fn broken_archives_are_refused() {
    let fixture = Fixture::empty();
    let whole = zip(&package_entries("p/"));
    for broken in [&b""[..], b"PK", b"no archive at all", &whole[..whole.len() / 2], &whole[20..]] {
        assert_eq!(fixture.archive_refusal(broken).code, "package.invalid_archive");
    }
    assert_eq!(fixture.left_behind(), 0);
}

#[test]
fn files_that_differ_from_their_checksum_are_refused() {
    let wrong = Entry {
        crc: 1,
        ..entry("p/x", "data")
    };
    assert_eq!(refused_with(vec![wrong]).code, "package.invalid_archive");
}

#[test]
fn sizes_are_counted_while_unpacking_and_not_believed() {
    let (packed, plain) = deflated_zeros(64);
    let mut fixture = Fixture::empty();
    let mut entries = package_entries("p/");
    // Claims one byte; unpacks to four MiB.
    entries.push(Entry {
        method: 8,
        size: 1,
        crc: crc32(&plain),
        ..entry("p/bomb", &packed)
    });
    let archive = zip(&entries);
    fixture.limits.file_bytes = 1 << 20;
    assert_eq!(fixture.archive_refusal(&archive).code, "package.too_large");
    fixture.limits.file_bytes = 1 << 30;
    fixture.limits.total_bytes = 1 << 20;
    assert_eq!(fixture.archive_refusal(&archive).code, "package.too_large");
    fixture.limits.total_bytes = 1 << 30;
    fixture.limits.ratio_free_bytes = 1 << 20;
    let error = fixture.archive_refusal(&archive);
    assert_eq!(error.code, "package.too_large");
    assert!(error.message.contains("times its size"));
    assert_eq!(fixture.left_behind(), 0);
}

#[test]
fn too_many_or_too_deep_entries_are_refused() {
    let mut fixture = Fixture::empty();
    fixture.limits.entries = 20;
    let mut entries = package_entries("p/");
    entries.extend((0..30).map(|index| entry(&format!("p/f{index}"), "")));
    assert_eq!(fixture.archive_refusal(&zip(&entries)).code, "package.too_large");
    assert_eq!(
        refused_with(vec![entry(&format!("p/{}x", "d/".repeat(40)), "")]).code,
        "package.too_large"
    );
}

#[test]
fn a_huge_table_of_contents_is_not_read() {
    let mut fixture = Fixture::empty();
    fixture.limits.entries = 10;
    let entries: Vec<_> = (0..30_000).map(|index| entry(&format!("p/{index:0>60}"), "")).collect();
    assert_eq!(fixture.archive_refusal(&zip(&entries)).code, "package.too_large");
}

#[test]
fn zip64_archives_are_refused_whatever_they_claim() {
    let mut archive = zip(&package_entries("p/"));
    let end = archive.split_off(archive.len() - 22);
    let record = u64::try_from(archive.len()).unwrap();
    let claimed = record - 1;
    archive.extend(b"PK\x06\x06");
    archive.extend(44_u64.to_le_bytes());
    archive.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for number in [claimed, claimed, 0, 0] {
        archive.extend(number.to_le_bytes());
    }
    archive.extend(b"PK\x06\x07");
    archive.extend(0_u32.to_le_bytes());
    archive.extend(record.to_le_bytes());
    archive.extend(1_u32.to_le_bytes());
    archive.extend(&end[..8]);
    archive.extend([0xFF; 12]);
    archive.extend([0; 2]);
    let error = Fixture::empty().archive_refusal(&archive);
    assert_eq!(error.code, "package.invalid_archive");
    assert!(error.message.contains("zip64"), "{error}");
    // The end of the archive may lie across two reads of the scan.
    let mut shifted = vec![0; (1 << 20) - archive.len() + 10];
    shifted.extend(&archive);
    assert!(Fixture::empty().archive_refusal(&shifted).message.contains("zip64"));
}

#[test]
fn a_scratch_folder_that_cannot_be_made_is_this_machines_fault() {
    let fixture = Fixture::empty();
    fs::write(fixture.scratch(), "a file").unwrap();
    let error = fixture.archive_refusal(&zip(&package_entries("p/")));
    assert_eq!((error.code, error.is_local_fault), ("package.unreadable", true));
}

#[test]
fn files_shared_through_links_count_at_every_place() {
    let mut fixture = Fixture::with("")
        .file("data/secret/big/1.in", vec![b'1'; 1000])
        .file("data/secret/big/1.ans", "");
    for copy in 0..50 {
        fixture = fixture.link(&format!("data/secret/c{copy}"), "big");
    }
    fixture.limits.total_bytes = 10_000;
    assert_eq!(fixture.refusal().code, "package.too_large");
}

#[test]
fn links_of_folders_are_held_to_the_same_rules() {
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret"), "key").unwrap();
    for target in ["/etc/passwd", "../../x", outside.path().to_str().unwrap(), "loop", "nothing"] {
        let error = Fixture::with("").link("data/loop", target).refusal();
        assert_eq!(
            (error.code, error.file.as_deref()),
            ("package.unsafe_path", Some("data/loop")),
            "{target}"
        );
    }
    let package = Fixture::with("").link("data/secret/more", "../sample").package();
    assert_eq!(package.tests[2].name, "secret/more/1");
    let package = Fixture::with("").link("problem.pdf", "../../doc/problem.pdf").package();
    assert!(package.warnings.iter().any(|warning| warning.starts_with("problem.pdf: ignored")));
}

#[test]
fn folders_share_files_with_the_collection_they_are_in() {
    let fixture = Fixture::with("").link("data/secret/more", "../../../shared/tests");
    let shared = fixture.folder.path().join("shared/tests");
    fs::create_dir_all(&shared).unwrap();
    fs::write(shared.join("9.in"), "9").unwrap();
    fs::write(shared.join("9.ans"), "9").unwrap();
    let names = |fixture: &Fixture| -> Vec<String> { fixture.package().tests.into_iter().map(|test| test.name).collect() };
    assert_eq!(names(&fixture), ["sample/1", "secret/1", "secret/more/9"]);
    // A link among what is shared is followed as well; one that leads back into the package goes in circles.
    std::os::unix::fs::symlink("9.in", shared.join("91.in")).unwrap();
    std::os::unix::fs::symlink("9.ans", shared.join("91.ans")).unwrap();
    assert_eq!(names(&fixture), ["sample/1", "secret/1", "secret/more/9", "secret/more/91"]);
    std::os::unix::fs::symlink("../../adding/data/secret", shared.join("up")).unwrap();
    assert_eq!(fixture.refusal().code, "package.too_large");
    // What is not for judging is left out as before, and may be as large as it likes.
    let fixture = Fixture::with("").link("docs", "..");
    assert!(
        fixture
            .package()
            .warnings
            .iter()
            .any(|warning| warning.starts_with("docs: ignored"))
    );
}

#[test]
fn a_repository_is_one_collection() {
    let outer = tempfile::tempdir().unwrap();
    fs::create_dir_all(outer.path().join("contests/one/p/data/secret")).unwrap();
    fs::create_dir(outer.path().join("headers")).unwrap();
    fs::write(outer.path().join("headers/1.ans"), "7").unwrap();
    let fixture = Fixture::with("")
        .link("data/secret/2.ans", "../../../../../headers/1.ans")
        .file("data/secret/2.in", "2");
    let place = outer.path().join("contests/one/p");
    fs::remove_dir_all(&place).unwrap();
    fs::rename(fixture.root(), &place).unwrap();
    assert_eq!(fixture.read_at(&place).err().unwrap().code, "package.unsafe_path");
    fs::create_dir(outer.path().join(".git")).unwrap();
    assert_eq!(fixture.read_at(&place).unwrap().tests.len(), 3);
}

#[test]
fn pipes_in_folders_are_refused() {
    let fixture = Fixture::with("");
    let _listener = std::os::unix::net::UnixListener::bind(fixture.root().join("sock")).unwrap();
    assert_eq!(fixture.refusal().code, "package.unsafe_path");
}

#[test]
fn an_alias_bomb_in_problem_yaml_is_refused() {
    let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d]\n";
    assert_eq!(Fixture::with(bomb).refusal().code, "package.invalid_yaml");
}

#[test]
fn what_every_test_inherits_is_short() {
    let long = "x ".repeat(5000);
    for (file, key) in [
        ("testdata.yaml", "output_validator_flags"),
        ("testdata.yaml", "grader_flags"),
        ("test_group.yaml", "args"),
        ("test_group.yaml", "output_validator_args"),
    ] {
        let error = Fixture::with("type: scoring\n")
            .file(&format!("data/{file}"), format!("{key}: {long}\n"))
            .refusal();
        assert_eq!((error.code, error.key.as_deref()), ("package.too_large", Some(key)));
    }
    let error = Fixture::with("").file("data/secret/1.args", &long).refusal();
    assert_eq!(
        (error.code, error.file.as_deref()),
        ("package.too_large", Some("data/secret/1.args"))
    );
}

#[test]
fn patterns_of_submissions_yaml_are_capped() {
    let rules: Vec<String> = (0..60)
        .map(|number| format!("'{}{number}': {{required: [AC]}}\n", "{a,b}".repeat(6)))
        .collect();
    let yaml = rules.concat();
    let error = Fixture::with("")
        .file("submissions/submissions.yaml", yaml)
        .file("submissions/accepted/a.py", "x")
        .refusal();
    assert_eq!(error.code, "package.too_large");
}

#[test]
fn a_group_depends_on_few_groups() {
    let error = Fixture::with("problem_format_version: 2025-09\nname: x\ntype: scoring\n")
        .file(
            "data/secret/test_group.yaml",
            format!("require_pass: [{}]\n", ["sample"; 200].join(", ")),
        )
        .refusal();
    assert_eq!((error.code, error.key.as_deref()), ("package.invalid_value", Some("require_pass")));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_archive_writes_outside_its_scratch_folder(
        names in prop::collection::vec("(\\.\\./|/|p/|\\\\|[a-c]/|\\./){0,4}[a-c.]{0,3}", 0..6),
        targets in prop::collection::vec("(\\.\\./|/|p/|[a-c]/){0,4}[a-c.]{0,3}", 0..4),
    ) {
        let fixture = Fixture::empty();
        let mut entries = package_entries("p/");
        entries.extend(names.iter().map(|name| entry(name, "x")));
        entries.extend(targets.iter().enumerate().map(|(index, target)| link(&format!("p/{index}"), target)));
        let parent = fixture.scratch().parent().unwrap().to_owned();
        let read = fixture.read_archive(&zip(&entries));
        let unpacked = fixture.scratch();
        for found in fs::read_dir(&parent).unwrap() {
            let name = found.unwrap().file_name();
            assert!(["adding", "scratch", "upload.zip"].iter().any(|known| name == *known), "{name:?}");
        }
        if read.is_ok() {
            for folder in fs::read_dir(&unpacked).unwrap() {
                for file in fs::read_dir(folder.unwrap().path()).unwrap() {
                    let file = file.unwrap();
                    assert!(file.file_type().unwrap().is_file());
                    assert!(file.file_name().to_str().unwrap().parse::<u32>().is_ok());
                }
            }
        }
        drop(read);
        assert_eq!(fixture.left_behind(), 0);
    }

    #[test]
    fn damaged_archives_never_panic(at in 0_usize..2000, byte: u8, cut in 0_usize..50) {
        let fixture = Fixture::empty();
        let mut archive = zip(&package_entries("p/"));
        let length = archive.len();
        archive[at % length] = byte;
        archive.truncate(length - cut % length);
        drop(fixture.read_archive(&archive));
        assert_eq!(fixture.left_behind(), 0);
    }
}
