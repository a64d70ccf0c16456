//! How programs end, and what they are given. What they try and do not get is in `tests/hostile`.

use crate::support::{open, open_with, text, usual};
use bytes::Bytes;
use codesm_core::judging::{Exit, Input, RunRequest, Sandbox};
use codesm_sandbox::Tier;

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

/// Says in which lines of its own status it has something that it must not have.
const STATUS: &str = r#"#include <stdio.h>
#include <string.h>
int main(void) {
    FILE *status = fopen("/proc/self/status", "r");
    char line[4096];
    int seen = 0;
    while (fgets(line, sizeof line, status)) {
        const char *capabilities[] = {"CapInh:", "CapPrm:", "CapEff:", "CapBnd:", "CapAmb:"};
        for (int i = 0; i < 5; i++)
            if (strncmp(line, capabilities[i], 7) == 0 && ++seen && !strstr(line, "\t0000000000000000")) fputs(line, stdout);
        unsigned long long ignored;
        /* SIGHUP to SIGSYS; a C library keeps the two after them to itself. */
        if (sscanf(line, "SigIgn: %llx", &ignored) == 1 && ++seen && ignored & 0x7fffffff) fputs(line, stdout);
        if (strncmp(line, "SigBlk:", 7) == 0 && ++seen && !strstr(line, "\t0000000000000000")) fputs(line, stdout);
    }
    printf("%d\n", seen);
}
"#;

#[tokio::test]
async fn a_program_has_no_capability_to_use_or_to_gain_and_ignores_no_signal() {
    for tier in [None, Some(Tier::C)] {
        let sandbox = open_with(|settings| settings.tier = tier);
        let report = sandbox.judge("c", STATUS).await;
        assert_eq!(text(&report.stdout), "7\n", "{tier:?} {report:?}");
        sandbox.close().await;
    }
}
