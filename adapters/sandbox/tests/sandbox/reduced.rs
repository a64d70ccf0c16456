//! Tier D: no namespaces. What it gives, that it is never chosen silently, and that nothing is left behind all the same.

use crate::support::{Box, assert_gone, handle, open_with, settings, text, usual, wait_until};
use bytes::Bytes;
use codesm_core::judging::{
    Exit, FeedbackCollect, FeedbackFolder, Input, InteractRequest, LimitHit, ProgramRole, RunRequest, Sandbox as _, SandboxError,
};
use codesm_sandbox::{ProcessSandbox, Tier};
use std::time::Duration;

/// A sandbox whose helper may make neither namespaces nor mounts.
fn in_container() -> Box {
    open_with(|settings| {
        settings.helper.args = vec!["in-container".to_owned()];
        settings.allow_reduced = true;
    })
}

#[tokio::test]
async fn where_namespaces_are_refused_nothing_is_judged_unless_allowed() {
    for tier in [None, Some(Tier::D)] {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = settings(folder.path(), tier);
        settings.helper.args = vec!["in-container".to_owned()];
        let Err(SandboxError::Unavailable(message)) = ProcessSandbox::start(settings) else {
            panic!("it was started")
        };
        assert!(message.contains("CODESM_SANDBOX_ALLOW_REDUCED=true"), "{message}");
    }
}

#[tokio::test]
async fn where_namespaces_are_refused_and_it_is_allowed_isolation_is_reduced_and_says_so() {
    let sandbox = in_container();
    assert_eq!(sandbox.sandbox.tier(), Tier::D);
    let description = sandbox.sandbox.description();
    assert!(description.summary.contains("REDUCED"), "{description:?}");
    let report = sandbox.judge("cpp", "#include <bits/stdc++.h>\nint main(){std::cout<<6*7;}").await;
    assert_eq!(
        (text(&report.stdout).as_str(), report.exit),
        ("42", Exit::Code(0)),
        "{}",
        text(&report.stderr)
    );
    let report = sandbox
        .judge(
            "python",
            "import os\nprint(os.path.basename(os.getcwd()), os.listdir('.'), len(os.environ['HOME']) > 5)",
        )
        .await;
    assert_eq!(text(&report.stdout), "work [] True\n", "{}", text(&report.stderr));
    sandbox.close().await;
}

#[tokio::test]
async fn it_is_used_where_asked_for_although_better_is_possible() {
    let sandbox = open_with(|settings| {
        settings.tier = Some(Tier::D);
        settings.allow_reduced = true;
    });
    assert_eq!(sandbox.sandbox.tier(), Tier::D);
    assert_eq!(sandbox.judge("c", "int main(){return 9;}").await.exit, Exit::Code(9));
    sandbox.close().await;
}

#[tokio::test]
async fn limits_hold_without_namespaces() {
    let sandbox = in_container();
    for (source, limit) in [
        ("int main(){for(;;);}", LimitHit::Cpu),
        ("#include <unistd.h>\nint main(){sleep(100);}", LimitHit::Wall),
        (
            "#include <stdlib.h>\n#include <string.h>\nint main(){for(;;){char*p=malloc(1<<20);if(!p)abort();memset(p,1,1<<20);}}",
            LimitHit::Memory,
        ),
        (
            "#include <stdio.h>\nint main(){for(;;)puts(\"a line that goes on and on\");}",
            LimitHit::Output,
        ),
        (
            "#include <stdio.h>\n#include <stdlib.h>\nint main(){static char b[65536];for(int i=0;;i++){char n[99];\n\
            sprintf(n,\"%d\",i);FILE*f=fopen(n,\"w\");for(int j=0;j<8;j++)fwrite(b,1,65536,f);fclose(f);}}",
            LimitHit::Output,
        ),
    ] {
        let program = sandbox.program("c", source).await;
        let mut request = usual(&program);
        request.limits.wall = Duration::from_secs(if limit == LimitHit::Wall { 2 } else { 15 });
        let report = sandbox.run(request).await;
        assert_eq!(report.limit, Some(limit), "{source}\n{report:?}");
        assert_eq!(sandbox.processes(), Vec::<u32>::new(), "{source}");
    }
    sandbox.close().await;
}

#[tokio::test]
async fn what_is_not_the_programs_is_out_of_reach() {
    let sandbox = in_container();
    let secret = sandbox.folder.path().join("secret");
    std::fs::write(&secret, "x").unwrap();
    let source = format!(
        "import os, socket, sys\ndef refused(name, work):\n    try:\n        work()\n    except (OSError, AttributeError):\n        return\n    print('reached', name)\n\
        for path in ['/etc/passwd', '/etc/hostname', '/proc/1/environ', '/proc/1/cmdline', '/proc/1/mounts', '{secret}', '/root', '/dev/shm', '/tmp']:\n\
        \x20   refused(path, lambda: open(path).read() if not os.path.isdir(path) else os.listdir(path))\n\
        refused('parent', lambda: open(f'/proc/{{os.getppid()}}/environ').read())\n\
        refused('tmp', lambda: open('/tmp/x', 'w'))\nrefused('shm', lambda: open('/dev/shm/x', 'w'))\n\
        refused('up', lambda: os.listdir('..'))\nrefused('runs', lambda: os.listdir('../..'))\n\
        refused('program', lambda: open(__file__, 'a'))\n\
        refused('socket', lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM))\nrefused('unix', lambda: socket.socket(socket.AF_UNIX))\n\
        refused('kill', lambda: os.kill(os.getppid(), 9))\nrefused('kill all', lambda: os.kill(-1, 0) if os.getuid() == 0 else os.kill(1, 0))\n\
        refused('setuid', lambda: os.setuid(0) if os.getuid() else open('/etc/passwd'))\n\
        open(os.environ['TMPDIR'] + '/mine', 'w').write('x')\nopen('mine', 'w').write('x')\nprint('safe')\n",
        secret = secret.display()
    );
    let report = sandbox.judge("python", &source).await;
    assert_eq!(text(&report.stdout), "safe\n", "{}", text(&report.stderr));
    sandbox.close().await;
}

#[tokio::test]
async fn files_and_feedback_work_without_mounts_and_nothing_is_left_of_them() {
    let sandbox = in_container();
    let source = "import os, sys\nprint(open(sys.argv[1]).read(), open('data/in').read(), open(sys.argv[2] + 'state').read(), sys.stdin.read())\n\
        open(sys.argv[2] + 'new', 'w').write('feedback')\nos.symlink('/etc/passwd', sys.argv[2] + 'link')\n\
        for i in range(2000):\n    os.mkdir('d')\n    os.chdir('d')\n";
    let program = sandbox.program("python", source).await;
    let bytes = |text: &'static str| Input::Bytes(Bytes::from_static(text.as_bytes()));
    for work_writable in [true, false] {
        let request = RunRequest {
            role: ProgramRole::Checker,
            args: vec!["{files}/f".into(), "{feedback}/".into()],
            files: vec![("f".into(), bytes("file"))],
            work_files: vec![("data/in".into(), bytes("work"))],
            work_writable,
            stdin: Input::Bytes(vec![b'a'; 10].into()),
            feedback: Some(FeedbackFolder {
                initial: vec![("state".into(), bytes("old"))],
                collect: FeedbackCollect::Everything,
            }),
            ..usual(&program)
        };
        let report = sandbox.run(request).await;
        assert_eq!(text(&report.stdout), "file work old aaaaaaaaaa\n", "{}", text(&report.stderr));
        let names: Vec<&str> = report.feedback.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["new", "state"]);
        assert_eq!(report.exit, Exit::Code(i32::from(!work_writable)), "{}", text(&report.stderr));
    }
    let scratch = std::fs::read_dir(sandbox.folder.path()).unwrap().flatten();
    let scratch = scratch
        .map(|entry| entry.path())
        .find(|path| path.to_string_lossy().contains("scratch-"))
        .unwrap();
    assert_eq!(std::fs::read_dir(scratch).unwrap().count(), 0);
    sandbox.close().await;
}

const DAEMONS: &str = "#include <unistd.h>\n#include <signal.h>\n\
    int main(){for(int i=0;i<5;i++)if(!fork()){setsid();signal(SIGHUP,SIG_IGN);if(!fork())for(;;)pause();_exit(0);}usleep(50000);return 0;}";

#[tokio::test]
async fn daemons_and_fork_bombs_leave_no_process() {
    let sandbox = in_container();
    assert_eq!(sandbox.judge("c", DAEMONS).await.exit, Exit::Code(0));
    assert_eq!(sandbox.processes(), Vec::<u32>::new());
    let bomb = sandbox.judge("c", "#include <unistd.h>\nint main(){for(;;)fork();}").await;
    assert!(bomb.limit.is_some(), "{bomb:?}");
    assert_eq!(sandbox.processes(), Vec::<u32>::new());
    assert_eq!(sandbox.judge("c", "int main(){return 4;}").await.exit, Exit::Code(4));
    sandbox.close().await;
}

#[tokio::test]
async fn two_programs_talk_without_namespaces() {
    let sandbox = in_container();
    let asks = "#include <stdio.h>\nint main(){int x;puts(\"20\");fflush(stdout);scanf(\"%d\",&x);return x;}";
    let answers = "#include <stdio.h>\n#include <signal.h>\n#include <unistd.h>\n\
        int main(){int x;kill(-1,SIGKILL);scanf(\"%d\",&x);printf(\"%d\\n\",x+1);fflush(stdout);while(getchar()!=EOF);return 42;}";
    let submission = sandbox.program("c", asks).await;
    let interactor = handle(sandbox.compile_files("c", &[("", answers)], ProgramRole::Checker).await);
    let request = InteractRequest {
        submission: usual(&submission),
        interactor: usual(&interactor),
    };
    let report = sandbox.sandbox.slot().await.unwrap().interact(request).await.unwrap();
    assert_eq!(
        (report.submission.exit, report.interactor.exit),
        (Exit::Code(21), Exit::Code(42)),
        "{report:?}"
    );
    assert!(!report.interactor_ended_first);
    sandbox.close().await;
}

/// The worker of [`a_killed_worker_takes_its_programs_with_it_without_namespaces_too`].
#[tokio::test]
async fn worker_in_a_container_for_the_test_that_kills_it() {
    if std::env::var_os("CODESM_TEST_CONTAINER_WORKER").is_none() {
        return;
    }
    let sandbox = in_container();
    let program = sandbox.program("c", DAEMONS.replace("return 0", "for(;;)pause()").as_str()).await;
    println!("helper={}", sandbox.sandbox.helper_pid().unwrap());
    println!("folder={}", sandbox.folder.path().display());
    let mut request = usual(&program);
    request.limits.wall = Duration::from_secs(100);
    sandbox.run(request).await;
}

#[tokio::test]
async fn a_killed_worker_takes_its_programs_with_it_without_namespaces_too() {
    use std::io::{BufRead, BufReader};
    let mut worker = std::process::Command::new(std::env::current_exe().unwrap())
        .args([
            "reduced::worker_in_a_container_for_the_test_that_kills_it",
            "--exact",
            "--nocapture",
        ])
        .env("CODESM_TEST_CONTAINER_WORKER", "1")
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(worker.stdout.take().unwrap()).lines().map_while(Result::ok);
    let (mut helper, mut folder) = (None, String::new());
    for line in lines {
        if let Some((_, pid)) = line.split_once("helper=") {
            helper = pid.parse::<u32>().ok();
        }
        if let Some((_, path)) = line.split_once("folder=") {
            path.clone_into(&mut folder);
            break;
        }
    }
    let helper = helper.unwrap();
    // Programs are known by where they work.
    let programs = || -> Vec<u32> {
        let entries = std::fs::read_dir("/proc").unwrap().flatten();
        let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
        let works_there = |pid: &u32| std::fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd.starts_with(&folder));
        pids.filter(works_there).collect()
    };
    wait_until("the programs run", || programs().len() >= 6);
    worker.kill().unwrap();
    worker.wait().unwrap();
    assert_gone(helper);
    wait_until("the programs are gone", || programs().is_empty());
    std::fs::remove_dir_all(folder).unwrap();
}
