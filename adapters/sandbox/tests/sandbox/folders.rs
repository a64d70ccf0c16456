//! What lies in a program's folders, what it may do there, and what is taken out of them; runs without neighbours.

use crate::support::{Box, handle, open, open_with, text, usual};
use bytes::Bytes;
use codesm_core::judging::{Exit, FeedbackCollect, FeedbackFolder, Input, LimitHit, ProgramRole, RunReport, RunRequest, Sandbox as _};
use codesm_core::kernel::LocalFile;
use codesm_sandbox::Tier;
use std::io::Write as _;
use std::time::Duration;

fn bytes(text: &str) -> Input {
    Input::Bytes(Bytes::copy_from_slice(text.as_bytes()))
}

fn everything(initial: &[(&str, &str)]) -> FeedbackFolder {
    FeedbackFolder {
        initial: initial.iter().map(|(name, content)| ((*name).to_owned(), bytes(content))).collect(),
        collect: FeedbackCollect::Everything,
    }
}

async fn leaves(sandbox: &Box, source: &str, initial: &[(&str, &str)]) -> RunReport {
    let program = sandbox.program("python", source).await;
    let mut request = usual(&program);
    request.feedback = Some(everything(initial));
    request.limits.output_bytes = 100 << 20;
    request.limits.memory_bytes = 512 << 20;
    request.limits.cpu = Duration::from_secs(5);
    request.limits.wall = Duration::from_secs(10);
    sandbox.run(request).await
}

fn names(report: &RunReport) -> Vec<(&str, usize)> {
    report.feedback.iter().map(|(name, bytes)| (name.as_str(), bytes.len())).collect()
}

#[tokio::test]
async fn extra_files_are_copies_that_may_be_changed() {
    let sandbox = open();
    let mut original = tempfile::NamedTempFile::new().unwrap();
    original.write_all(b"from disk").unwrap();
    let file = Input::File(LocalFile {
        path: original.path().to_path_buf(),
        size: 9,
        guard: None,
    });
    let source = "import os\nprint(open('data.txt').read(), open('a/b/c.txt').read())\n\
        open('data.txt', 'a').write('!')\nos.remove('a/b/c.txt')\nos.rmdir('a/b')\nopen('a/new', 'w').write('x')\n\
        print(open('data.txt').read(), sorted(os.listdir('.')), os.listdir('a'))\n";
    let program = sandbox.program("python", source).await;
    for _ in 0..2 {
        let work_files = vec![("data.txt".to_owned(), file.clone()), ("a/b/c.txt".to_owned(), bytes("deep"))];
        let report = sandbox
            .run(RunRequest {
                work_files,
                ..usual(&program)
            })
            .await;
        let expected = "from disk deep\nfrom disk! ['a', 'data.txt'] ['new']\n";
        assert_eq!(text(&report.stdout), expected, "{}", text(&report.stderr));
    }
    assert_eq!(std::fs::read(original.path()).unwrap(), b"from disk");
    sandbox.close().await;
}

#[tokio::test]
async fn extra_files_are_neither_the_programs_memory_nor_its_output() {
    for tier in [None, Some(Tier::C)] {
        let sandbox = open_with(|settings| settings.tier = tier);
        let source = "#include <stdio.h>\nint main(){FILE*f=fopen(\"big\",\"r+\");fputc('y',f);return fclose(f)?1:3;}";
        let program = sandbox.program("c", source).await;
        let mut request = usual(&program);
        request.work_files = vec![("big".to_owned(), Input::Bytes(vec![b'x'; 40 << 20].into()))];
        request.limits.memory_bytes = 32 << 20;
        let report = sandbox.run(request).await;
        assert_eq!((report.exit, report.limit), (Exit::Code(3), None), "{report:?}");
        assert!(report.memory_bytes < 16 << 20, "{report:?}");
        sandbox.close().await;
    }
}

/// What a program says that looks for its own files where it is.
async fn says_of_its_files(sandbox: &Box, language: &str, files: &[(&str, &str)], change: impl Fn(&mut RunRequest)) -> String {
    let program = handle(sandbox.compile_files(language, files, ProgramRole::Submission).await);
    let mut request = usual(&program);
    change(&mut request);
    let report = sandbox.run(request).await;
    format!("{}{}", text(&report.stdout), text(&report.stderr))
}

#[tokio::test]
async fn an_interpreted_program_of_several_files_finds_them_in_its_folder() {
    let programs: [(&str, [(&str, &str); 2]); 8] = [
        (
            "bash",
            [("main.sh", ". ./second.sh\nhello\n"), ("second.sh", "hello() { echo hello; }\n")],
        ),
        (
            "python",
            [("main.py", "print(open('lib/data.txt').read())\n"), ("lib/data.txt", "hello")],
        ),
        ("pypy", [("main.py", "print(open('data.txt').read())\n"), ("data.txt", "hello")]),
        (
            "perl",
            [
                ("main.pl", "require './second.pl'; print hello(), \"\\n\";\n"),
                ("second.pl", "sub hello { 'hello' } 1;\n"),
            ],
        ),
        (
            "ruby",
            [
                ("main.rb", "load './second.rb'\nputs hello\n"),
                ("second.rb", "def hello = 'hello'\n"),
            ],
        ),
        (
            "lua",
            [("main.lua", "print((require('second')))\n"), ("second.lua", "return 'hello'\n")],
        ),
        (
            "javascript",
            [
                ("main.js", "console.log(require('fs').readFileSync('data.txt', 'utf8'))"),
                ("data.txt", "hello"),
            ],
        ),
        (
            "php",
            [
                ("main.php", "<?php echo file_get_contents('data.txt'), PHP_EOL;"),
                ("data.txt", "hello"),
            ],
        ),
    ];
    for tier in [None, Some(Tier::C)] {
        let sandbox = open_with(|settings| settings.tier = tier);
        for (language, files) in &programs {
            for work_writable in [true, false] {
                let said = says_of_its_files(&sandbox, language, files, |request| request.work_writable = work_writable).await;
                assert_eq!(said.lines().next(), Some("hello"), "{language}: {said}");
            }
        }
        // The copy is the run's own.
        let files = [
            ("main.py", "print(open('n').read())\nopen('n', 'w').write('changed')\n"),
            ("n", "first"),
        ];
        for _ in 0..2 {
            assert_eq!(says_of_its_files(&sandbox, "python", &files, |_| {}).await, "first\n");
        }
        sandbox.close().await;
    }
}

#[tokio::test]
async fn only_an_interpreted_program_of_several_files_finds_any_in_its_folder() {
    let sandbox = open();
    let lists = "import os; print(sorted(os.listdir('.')))";
    assert_eq!(says_of_its_files(&sandbox, "python", &[("main.py", lists)], |_| {}).await, "[]\n");
    let c = "#include <stdio.h>\nint main(){puts(fopen(\"main.c\",\"r\")||fopen(\"x.h\",\"r\")?\"there\":\"empty\");}";
    assert_eq!(
        says_of_its_files(&sandbox, "c", &[("main.c", c), ("x.h", "")], |_| {}).await,
        "empty\n"
    );
    sandbox.close().await;
}

#[tokio::test]
async fn files_of_the_test_go_before_those_of_the_program() {
    let sandbox = open();
    let lists = "import os\nfor folder, _, files in sorted(os.walk('.')):\n    for name in sorted(files):\n        \
        path = folder + '/' + name\n        print(path, '-' if name == 'main.py' else open(path).read())\n";
    let files = [
        ("main.py", lists),
        ("same", "own"),
        ("below/a", "own"),
        ("above", "own"),
        ("rest/b", "own"),
    ];
    let work_files = vec![
        ("same".to_owned(), bytes("test")),
        ("below".to_owned(), bytes("test")),
        ("above/c".to_owned(), bytes("test")),
    ];
    let said = says_of_its_files(&sandbox, "python", &files, |request| request.work_files = work_files.clone()).await;
    assert_eq!(said, "./below test\n./main.py -\n./same test\n./above/c test\n./rest/b own\n");
    sandbox.close().await;
}

#[tokio::test]
async fn files_of_a_program_are_neither_its_memory_nor_its_output() {
    let sandbox = open();
    let big = "x".repeat(40 << 20);
    let files = [
        (
            "main.py",
            "import os\nprint(os.path.getsize('big'))\nopen('new', 'w').write('y' * 1000000)\n",
        ),
        ("big", &big),
    ];
    let program = handle(sandbox.compile_files("python", &files, ProgramRole::Submission).await);
    let mut request = usual(&program);
    request.limits.memory_bytes = 32 << 20;
    let report = sandbox.run(request).await;
    assert_eq!(
        (text(&report.stdout).as_str(), report.exit, report.limit),
        ("41943040\n", Exit::Code(0), None),
        "{report:?}"
    );
    sandbox.close().await;
}

#[tokio::test]
async fn names_of_extra_files_that_leave_the_folder_are_refused_and_the_slot_goes_on() {
    let sandbox = open();
    let program = sandbox.program("c", "int main(){return 4;}").await;
    for name in ["../x", "/etc/passwd", "a/../../x", "", "a//b", "a\nb", "."] {
        let mut slot = sandbox.sandbox.slot().await.unwrap();
        let work_files = vec![(name.to_owned(), bytes("x"))];
        assert!(
            slot.run(RunRequest {
                work_files,
                ..usual(&program)
            })
            .await
            .is_err(),
            "{name:?}"
        );
        let feedback = Some(everything(&[(name, "x")]));
        assert!(
            slot.run(RunRequest {
                feedback,
                ..usual(&program)
            })
            .await
            .is_err(),
            "{name:?}"
        );
    }
    assert_eq!(sandbox.run(usual(&program)).await.exit, Exit::Code(4));
    sandbox.close().await;
}

#[tokio::test]
async fn a_read_only_work_folder_cannot_be_changed_in_any_way_but_tmp_can() {
    for tier in [None, Some(Tier::C)] {
        let sandbox = open_with(|settings| settings.tier = tier);
        let source = "import os\ndef refused(work):\n    try:\n        work()\n    except OSError:\n        return\n    print('changed', work)\n\
            print(open('data').read())\n\
            refused(lambda: open('new', 'w'))\nrefused(lambda: open('data', 'a'))\nrefused(lambda: os.remove('data'))\n\
            refused(lambda: os.mkdir('d'))\nrefused(lambda: os.rename('data', 'x'))\nrefused(lambda: os.symlink('/tmp', 'l'))\n\
            refused(lambda: os.mkfifo('f'))\nrefused(lambda: os.truncate('data', 0))\nrefused(lambda: os.chmod('data', 0o777))\n\
            refused(lambda: os.utime('data'))\nrefused(lambda: os.link('data', '/tmp/data'))\n\
            open('/tmp/new', 'w').write('x')\nprint(os.listdir('.'), os.listdir('/tmp'))\n";
        let program = sandbox.program("python", source).await;
        let request = RunRequest {
            work_files: vec![("data".to_owned(), bytes("content"))],
            work_writable: false,
            ..usual(&program)
        };
        let report = sandbox.run(request).await;
        assert_eq!(text(&report.stdout), "content\n['data'] ['new']\n", "{}", text(&report.stderr));
        sandbox.close().await;
    }
}

#[tokio::test]
async fn every_plain_file_of_the_feedback_folder_is_taken_and_nothing_else() {
    let sandbox = open();
    let source = "import os, socket\nos.chdir('/feedback')\nprint(open('state').read(), open('sub/old').read())\n\
        open('z', 'w').write('z' * 300000)\nopen('sub/new', 'w').write('new')\nopen('state', 'w').write('state2')\n\
        os.symlink('/etc/passwd', 'link')\nos.symlink('/', 'root')\nos.symlink('sub', 'folder')\nos.mkfifo('fifo')\n\
        os.mkdir('empty')\nopen(b'bad\\xff', 'w').write('x')\nopen('line\\nbreak', 'w').write('x')\nos.link('state', 'hard')\n\
        os.makedirs('a/' * 40)\nopen('a/' * 40 + 'deep', 'w').write('x')\nopen(' odd $(id) \\'\"', 'w').write('odd')\n\
        open('secret', 'w').write('x')\nos.chmod('secret', 0)\n";
    let report = leaves(&sandbox, source, &[("state", "state1"), ("sub/old", "old")]).await;
    assert_eq!(text(&report.stdout), "state1 old\n", "{}", text(&report.stderr));
    assert_eq!((report.exit, report.limit), (Exit::Code(0), None), "{}", text(&report.stderr));
    let mut expected = vec![
        (" odd $(id) '\"", 3),
        ("hard", 6),
        ("secret", 1),
        ("state", 6),
        ("sub/new", 3),
        ("sub/old", 3),
        ("z", 300_000),
    ];
    // Without rights over other users, what a program hid from itself stays hidden.
    if !names(&report).contains(&("secret", 1)) {
        expected.retain(|(name, _)| *name != "secret");
    }
    assert_eq!(names(&report), expected);
    sandbox.close().await;
}

#[tokio::test]
async fn too_much_feedback_is_the_output_limit() {
    let sandbox = open();
    let fits = "for i in range(3): open(f'/feedback/{i}', 'wb').write(b'x' * (21 << 20))";
    let report = leaves(&sandbox, fits, &[]).await;
    assert_eq!((report.limit, report.feedback.len()), (None, 3), "{}", text(&report.stderr));
    for source in [
        "for i in range(4): open(f'/feedback/{i}', 'wb').write(b'x' * (17 << 20))",
        "open('/feedback/sparse', 'w').truncate(80 << 20)",
        "for i in range(1001): open(f'/feedback/{i}', 'w')",
    ] {
        let report = leaves(&sandbox, source, &[]).await;
        assert_eq!(report.limit, Some(LimitHit::Output), "{source}: {}", text(&report.stderr));
        assert_eq!(names(&report), []);
    }
    let most = "for i in range(1000): open(f'/feedback/{i}', 'w')";
    assert_eq!(leaves(&sandbox, most, &[]).await.feedback.len(), 1000);
    sandbox.close().await;
}

#[tokio::test]
async fn an_idle_slot_is_given_out_only_while_one_is_free() {
    let sandbox = open();
    let taken = sandbox.sandbox.slot().await.unwrap();
    assert!(sandbox.sandbox.idle_slot().is_none());
    drop(taken);
    let program = sandbox.program("c", "int main(){return 6;}").await;
    let mut slot = loop {
        // The speed of the machine is measured on a slot nobody wants.
        if let Some(slot) = sandbox.sandbox.idle_slot() {
            break slot;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    assert_eq!(slot.run(usual(&program)).await.unwrap().exit, Exit::Code(6));
    drop(slot);
    sandbox.close().await;
}

#[tokio::test]
async fn a_quiet_run_has_no_neighbours() {
    let sandbox = open_with(|settings| settings.slots = Some(2));
    let stamps = "#include <stdio.h>\n#include <time.h>\n#include <unistd.h>\nlong now(){struct timespec t;clock_gettime(CLOCK_MONOTONIC,&t);\n\
        return t.tv_sec*1000+t.tv_nsec/1000000;}\nint main(){long a=now();usleep(200000);printf(\"%ld %ld\\n\",a,now());}";
    let program = sandbox.program("c", stamps).await;
    let quiet = RunRequest {
        quiet: true,
        ..usual(&program)
    };
    let reports = tokio::join!(
        sandbox.run(usual(&program)),
        async {
            tokio::time::sleep(Duration::from_millis(30)).await;
            sandbox.run(quiet).await
        },
        async {
            tokio::time::sleep(Duration::from_millis(60)).await;
            sandbox.run(usual(&program)).await
        }
    );
    let times = |report: &RunReport| -> Vec<i64> { text(&report.stdout).split_whitespace().map(|word| word.parse().unwrap()).collect() };
    let (before, alone, after) = (times(&reports.0), times(&reports.1), times(&reports.2));
    assert!(before[1] <= alone[0] && alone[1] <= after[0], "{before:?} {alone:?} {after:?}");
    sandbox.close().await;
}

#[tokio::test]
async fn the_speed_of_the_machine_is_measured_soon_after_the_start() {
    let began = std::time::Instant::now();
    let sandbox = open();
    while sandbox.sandbox.description().speed.is_none() {
        assert!(began.elapsed() < Duration::from_secs(20));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let speed = sandbox.sandbox.description().speed.unwrap();
    println!("speed {speed}, known after {:?}", began.elapsed());
    assert!(speed > 0.001 && speed < 100.0, "{speed}");
    sandbox.close().await;
}
