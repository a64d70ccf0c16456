//! Any text as one of the files of a package in which everything else is in order.
//!
//! Input: a letter for the file, then its content; more files may follow, parted by 0xFF.

#![no_main]

use codesm_fuzz::package::Rig;
use libfuzzer_sys::fuzz_target;
use std::collections::BTreeMap;

/// The file a letter stands for.
fn name(letter: u8) -> Option<&'static str> {
    Some(match letter {
        b'p' => "problem.yaml",
        // In its stead: the package is Polygon's then.
        b'P' => "problem.xml",
        b't' => "data/testdata.yaml",
        b'g' => "data/secret/test_group.yaml",
        b'G' => "data/secret/big/testdata.yaml",
        b'T' => "data/secret/big/1.yaml",
        b's' => "submissions/submissions.yaml",
        b'x' => "problem_statement/problem.en.tex",
        b'm' => "statement/problem.en.md",
        b'l' => ".timelimit",
        b'd' => "domjudge-problem.ini",
        b'c' => "submissions/accepted/right.cpp",
        b'v' => "output_validators/check.cpp",
        b'V' => "output_validator/check.py",
        b'a' => "data/secret/1.args",
        b'D' => "data/sample/1.desc",
        b'i' => "data/sample/1.interaction",
        _ => return None,
    })
}

fuzz_target!(|data: &[u8]| {
    let mut files: BTreeMap<&str, &[u8]> = [
        ("problem.yaml", &b"name: Adding\n"[..]),
        (".timelimit", b"2\n"),
        ("data/sample/1.in", b"1 2\n"),
        ("data/sample/1.ans", b"3\n"),
        ("data/secret/1.in", b"3 4\n"),
        ("data/secret/1.ans", b"7\n"),
        ("data/secret/big/1.in", b"30 40\n"),
        ("data/secret/big/1.ans", b"70\n"),
        ("submissions/accepted/right.cpp", b"int main() {}\n"),
    ]
    .into();
    for part in data.split(|byte| *byte == 0xFF) {
        let Some((letter, content)) = part.split_first() else { continue };
        let Some(name) = name(*letter) else { return };
        files.insert(name, content);
    }
    if files.contains_key("problem.xml") {
        files.remove("problem.yaml");
        files.extend([
            ("tests/01", &b"1 2\n"[..]),
            ("tests/01.a", b"3\n"),
            ("tests/02", b"3 4\n"),
            ("tests/02.a", b"7\n"),
        ]);
    }
    let files: Vec<_> = files.into_iter().collect();
    RIG.with(|rig| rig.read_folder(&files));
});

thread_local! {
    static RIG: Rig = Rig::new();
}
