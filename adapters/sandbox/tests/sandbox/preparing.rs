//! What is prepared once per toolchain makes compilations faster and changes nothing else.

use crate::support::{Box, handle, open_with, text, usual};
use bytes::Bytes;
use codesm_core::judging::{CompileOutcome, Input, Sandbox};
use std::time::{Duration, Instant};
use tempfile::NamedTempFile;

const SUM: &str = "#include <bits/stdc++.h>\nint main(){std::map<int,int> m;int a,b;std::cin>>a>>b;m[a]=b;std::cout<<a+m[a]<<\"\\n\";}";

/// A sandbox that knows these languages only, so that nothing else is prepared.
fn open_for(languages: &[&str]) -> (Box, NamedTempFile) {
    let table = include_str!("../../../../config/languages.toml");
    let entries = table.split("[[language]]").skip(1);
    let wanted = entries.filter(|entry| languages.iter().any(|id| entry.contains(&format!("\nid = \"{id}\"\n"))));
    let table = format!("[[language]]{}", wanted.collect::<Vec<_>>().join("[[language]]"));
    let file = NamedTempFile::new().unwrap();
    std::fs::write(file.path(), table).unwrap();
    let sandbox = open_with(|settings| settings.languages_override = Some(file.path().to_path_buf()));
    (sandbox, file)
}

async fn sums(sandbox: &Box, language: &str, source: &str) {
    let program = sandbox.program(language, source).await;
    let mut request = usual(&program);
    request.stdin = Input::Bytes(Bytes::from_static(b"20 22\n"));
    let report = sandbox.run(request).await;
    assert_eq!(text(&report.stdout), "42\n", "{language}: {report:?}");
}

/// The same program under another name for the cache.
fn another(source: &str, number: usize) -> String {
    format!("{source}\n// {number}\n")
}

async fn fastest(sandbox: &Box, language: &str, source: &str) -> Duration {
    let mut fastest = Duration::MAX;
    for number in 0..2 {
        let report = sandbox.compile(language, &another(source, number)).await;
        assert!(!report.cached);
        fastest = fastest.min(report.wall);
        handle(report);
    }
    fastest
}

const KOTLIN: &str = "fun main() { val (a, b) = readln().split(' ').map { it.toInt() }; println(a + b) }";
const JAVA: &str = "import java.util.*; public class Sum { public static void main(String[] x) { Scanner s = new Scanner(System.in); \
    System.out.println(s.nextInt() + s.nextInt()); } }";

#[tokio::test]
async fn compilations_are_faster_with_what_was_prepared_and_mean_the_same() {
    let programs = [("cpp", SUM), ("cpp17", SUM), ("java", JAVA), ("kotlin", KOTLIN)];
    let (sandbox, _table) = open_for(&programs.map(|(id, _)| id));
    let mut before = Vec::new();
    for (language, source) in programs {
        before.push(fastest(&sandbox, language, source).await);
        sums(&sandbox, language, source).await;
    }
    let began = Instant::now();
    sandbox.sandbox.prepare_languages().await;
    println!("prepared in {:.1?}", began.elapsed());
    for ((language, source), before) in programs.into_iter().zip(before) {
        let source = format!("{source}\n// with what was prepared");
        let after = fastest(&sandbox, language, &source).await;
        println!("{language}: {before:.0?} before, {after:.0?} after");
        // Far from what is measured, so that a busy machine does not fail the test; what Java gains is too little to be seen there.
        assert!(
            language == "java" || after < before.mul_f64(0.8),
            "{language}: {before:?} before, {after:?} after"
        );
        sums(&sandbox, language, &source).await;
    }
    sandbox.close().await;
}

#[tokio::test]
async fn a_prepared_header_is_left_aside_where_it_would_change_the_program() {
    let (sandbox, _table) = open_for(&["cpp"]);
    sandbox.sandbox.prepare_languages().await;
    for source in [
        "#define DEBUG\n#include <bits/stdc++.h>\nint main(){std::cout<<42<<\"\\n\";}",
        "#define _GLIBCXX_DEBUG\n#include <bits/stdc++.h>\n#ifndef _GLIBCXX_DEBUG_VECTOR\n#error no checks\n#endif\nint main(){std::cout<<42<<\"\\n\";}",
        // Only compiles if the pragma is obeyed.
        "#pragma GCC optimize(\"O3\")\n#pragma GCC target(\"avx2\")\n#include <bits/stdc++.h>\n#include <immintrin.h>\n\
         int main(int n, char**){if(n>9){auto x=_mm256_set1_epi32(n);return _mm256_extract_epi32(_mm256_add_epi32(x,x),0);}\
         std::cout<<42<<\"\\n\";}",
        "#include <iostream>\n#include <bits/stdc++.h>\nint main(){std::cout<<42<<\"\\n\";}",
        "#include <iostream>\n// not bits/stdc++.h\n#ifdef _GLIBCXX_MAP\n#error more than was asked for\n#endif\nint main(){std::cout<<42<<\"\\n\";}",
    ] {
        let report = sandbox.judge("cpp", source).await;
        assert_eq!(text(&report.stdout), "42\n", "{source}");
    }
    // Its own header of that name.
    let own = [
        ("main.cpp", "#include <bits/stdc++.h>\nint main(){return OWN;}"),
        ("bits/stdc++.h", "#define OWN 0\n"),
    ];
    let report = sandbox
        .compile_files("cpp", &own, codesm_core::judging::ProgramRole::Submission)
        .await;
    handle(report);
    let report = sandbox
        .compile("cpp", "#include <bits/stdc++.h>\nint main(){return undeclared;}")
        .await;
    assert!(matches!(report.outcome, CompileOutcome::Error));
    assert!(report.output.contains("main.cpp:2"), "{}", report.output);
    sandbox.close().await;
}

#[tokio::test]
async fn what_was_prepared_survives_a_restart_and_its_loss_is_no_loss() {
    let (sandbox, _table) = open_for(&["cpp", "java"]);
    sandbox.sandbox.prepare_languages().await;
    let folder = sandbox.folder.path().join("compile-cache");
    let began = Instant::now();
    sandbox.sandbox.prepare_languages().await;
    assert!(began.elapsed() < Duration::from_secs(2), "it was all done again");
    // Half of it is gone, as after a crash or when another worker made room.
    for entry in std::fs::read_dir(&folder).unwrap() {
        let header = entry.unwrap().path().join("files/bits/stdc++.h.gch");
        if header.exists() {
            let file = std::fs::OpenOptions::new().write(true).open(header).unwrap();
            file.set_len(1 << 20).unwrap();
        }
    }
    sums(&sandbox, "cpp", SUM).await;
    std::fs::remove_dir_all(&folder).unwrap();
    std::fs::create_dir(&folder).unwrap();
    for (language, source) in [("cpp", SUM), ("java", JAVA)] {
        sums(&sandbox, language, &another(source, 1)).await;
    }
    sandbox.close().await;
}

#[tokio::test]
async fn go_finds_its_standard_library_compiled() {
    let (sandbox, _table) = open_for(&["go"]);
    sandbox.sandbox.prepare_languages().await;
    let source = "package main\nimport (\"fmt\"; \"sort\")\nfunc main() { x := []int{22, 20}; sort.Ints(x); fmt.Println(x[0] + x[1]) }\n";
    let report = sandbox.compile("go", source).await;
    println!("{:.0?}", report.wall);
    let report = sandbox.run(usual(&handle(report))).await;
    assert_eq!(text(&report.stdout), "42\n", "{report:?}");
    sandbox.close().await;
}

#[tokio::test]
async fn a_preparation_makes_room_for_whoever_waits() {
    let (sandbox, _table) = open_for(&["kotlin"]);
    let waits = async {
        // By now the only slot is busy.
        tokio::time::sleep(Duration::from_millis(200)).await;
        let began = Instant::now();
        drop(sandbox.sandbox.slot().await.unwrap());
        began.elapsed()
    };
    let waited = tokio::select! {
        waited = waits => waited,
        () = sandbox.sandbox.prepare_languages() => panic!("it was done before anybody came"),
    };
    // Uninterrupted it takes many seconds.
    assert!(waited < Duration::from_secs(2), "{waited:?}");
    sandbox.close().await;
}
