//! How programs end, and what they are given. What they try and do not get is in `tests/hostile`.

use crate::support::{open, text, usual};
use bytes::Bytes;
use codesm_core::judging::{Exit, Input, RunRequest, Sandbox};

#[tokio::test]
async fn an_orphan_that_holds_standard_output_open_delays_nothing() {
    let sandbox = open();
    let source = "#include <stdio.h>\n#include <unistd.h>\n#include <signal.h>\n\
        int main(){if(!fork()){setsid();signal(SIGHUP,SIG_IGN);if(!fork())for(;;)pause();_exit(0);}puts(\"done\");}";
    let report = sandbox.judge("c", source).await;
    assert_eq!((text(&report.stdout).as_str(), report.exit), ("done\n", Exit::Code(0)));
    assert!(report.wall.as_millis() < 500);
    sandbox.close().await;
}

#[tokio::test]
async fn a_program_may_end_itself_in_any_way() {
    let sandbox = open();
    for (source, exit) in [
        ("#include <signal.h>\nint main(){raise(SIGTERM);}", Exit::Signal(15)),
        ("#include <signal.h>\nint main(){raise(SIGKILL);}", Exit::Signal(9)),
        ("#include <stdlib.h>\nint main(){abort();}", Exit::Signal(6)),
        ("int main(){*(volatile int*)0=1;}", Exit::Signal(11)),
        (
            "#include <signal.h>\n#include <unistd.h>\nint main(){kill(-1,SIGKILL);return 0;}",
            Exit::Code(0),
        ),
        (
            "#include <signal.h>\n#include <unistd.h>\nint main(){kill(getppid(),SIGKILL);kill(1,SIGKILL);return 3;}",
            Exit::Code(3),
        ),
        ("int main(){return 124;}", Exit::Code(124)),
        ("int main(){return 137;}", Exit::Code(137)),
        (
            "#include <unistd.h>\nint main(){close(0);close(1);close(2);return 1;}",
            Exit::Code(1),
        ),
    ] {
        let report = sandbox.judge("c", source).await;
        assert_eq!((report.exit, report.limit), (exit, None), "{source}");
    }
    sandbox.close().await;
}

#[tokio::test]
async fn a_stopped_program_is_ended_by_the_wall_limit() {
    let sandbox = open();
    let report = sandbox.judge("c", "#include <signal.h>\nint main(){raise(SIGSTOP);}").await;
    assert_eq!(report.limit, Some(codesm_core::judging::LimitHit::Wall));
    sandbox.close().await;
}

#[tokio::test]
async fn arguments_are_passed_as_they_are_and_too_long_ones_are_a_fault() {
    let sandbox = open();
    let program = sandbox.program("python", "import sys\nprint(sys.argv[1:])").await;
    let args = vec!["$(id)".to_owned(), "a b;c".to_owned(), String::new()];
    let report = sandbox.run(RunRequest { args, ..usual(&program) }).await;
    assert_eq!(text(&report.stdout), "['$(id)', 'a b;c', '']\n");
    let mut slot = sandbox.sandbox.slot().await.unwrap();
    let args = vec!["x".repeat(2 << 20)];
    assert!(slot.run(RunRequest { args, ..usual(&program) }).await.is_err());
    let stdin = Input::Bytes(Bytes::from_static(b"x"));
    assert!(slot.run(RunRequest { stdin, ..usual(&program) }).await.is_ok());
    drop(slot);
    sandbox.close().await;
}

#[tokio::test]
async fn the_kernel_prefers_the_program_when_memory_runs_out() {
    let sandbox = open();
    let report = sandbox
        .judge("python", "print(open('/proc/self/oom_score_adj').read().strip())")
        .await;
    assert_eq!(text(&report.stdout), "1000\n");
    sandbox.close().await;
}
