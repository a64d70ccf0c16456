//! Each limit stops what exceeds it and is named, with cgroups and without.

use crate::support::{Box, open, open_with, text, usual};
use codesm_core::judging::{Exit, LimitHit, RunReport};
use codesm_sandbox::Tier;
use std::time::Duration;

const BUSY: &str = "int main(){volatile unsigned x=0;for(;;)x++;}";
const SLEEP: &str = "#include <unistd.h>\nint main(){sleep(100);}";
const HOG: &str = "#include <stdlib.h>\n#include <string.h>\nint main(){for(;;){char*p=malloc(1<<20);if(!p)abort();memset(p,1,1<<20);}}";
const FLOOD: &str = "#include <stdio.h>\nint main(){for(;;)puts(\"a line of output that goes on and on\");}";
const ERROR_FLOOD: &str = "#include <stdio.h>\nint main(){for(;;)fputs(\"a line of output that goes on and on\",stderr);}";
const BIG_FILE: &str = "#include <stdio.h>\nint main(){FILE*f=fopen(\"/tmp/x\",\"w\");static char b[65536];for(;;)fwrite(b,1,65536,f);}";
const FORK_BOMB: &str = "#include <unistd.h>\nint main(){for(;;){int p=fork();if(p<0)_exit(7);if(!p)pause();}}";
const CHILDREN_BUSY: &str =
    "#include <unistd.h>\n#include <sys/wait.h>\nint main(){for(int i=0;i<3;i++)if(!fork())for(;;);while(wait(0)>0);}";
const CHILDREN_HOG: &str = "#include <stdlib.h>\n#include <string.h>\n#include <unistd.h>\n#include <sys/wait.h>\n\
    int main(){for(int i=0;i<8;i++)if(!fork()){char*volatile p=malloc(60<<20);memset(p,1,60<<20);sleep(2);_exit(p[9]-1);}while(wait(0)>0);}";
const STACK: &str = "int f(int n){volatile char a[4096];a[0]=n;return f(n+1)+a[0];}int main(){return f(0);}";
const IGNORES: &str = "#include <signal.h>\nint main(){for(int i=1;i<65;i++)signal(i,SIG_IGN);for(;;);}";

async fn stopped(sandbox: &Box, source: &str) -> RunReport {
    let program = sandbox.program("c", source).await;
    let mut request = usual(&program);
    if source != SLEEP {
        // A busy machine gives no program all of its core.
        request.limits.wall = Duration::from_secs(15);
    }
    sandbox.run(request).await
}

async fn each_limit_is_named(sandbox: &Box) {
    for (source, limit) in [
        (BUSY, LimitHit::Cpu),
        (CHILDREN_BUSY, LimitHit::Cpu),
        (IGNORES, LimitHit::Cpu),
        (HOG, LimitHit::Memory),
        (CHILDREN_HOG, LimitHit::Memory),
        (FLOOD, LimitHit::Output),
        (ERROR_FLOOD, LimitHit::Output),
        (BIG_FILE, LimitHit::Output),
        (SLEEP, LimitHit::Wall),
    ] {
        let report = stopped(sandbox, source).await;
        assert_eq!(report.limit, Some(limit), "{source}\n{report:?}");
        assert_ne!(report.exit, Exit::Code(0), "{source}");
        assert!(report.wall < Duration::from_millis(15_500), "{source}\n{report:?}");
        assert_eq!(sandbox.processes(), Vec::<u32>::new(), "{source}");
    }
    let report = stopped(sandbox, FORK_BOMB).await;
    assert!(matches!(report.limit, Some(LimitHit::Processes | LimitHit::Cpu)), "{report:?}");
    let control = sandbox.judge("c", "#include <stdio.h>\nint main(){puts(\"fine\");}").await;
    assert_eq!(
        (text(&control.stdout).as_str(), control.exit, control.limit),
        ("fine\n", Exit::Code(0), None)
    );
    assert!(control.wall < Duration::from_millis(200), "{control:?}");
}

#[tokio::test]
async fn each_limit_stops_what_exceeds_it_and_is_named() {
    let sandbox = open();
    each_limit_is_named(&sandbox).await;
    sandbox.close().await;
}

#[tokio::test]
async fn each_limit_is_named_without_cgroups_too() {
    let sandbox = open_with(|settings| settings.tier = Some(Tier::C));
    each_limit_is_named(&sandbox).await;
    sandbox.close().await;
}

#[tokio::test]
async fn a_refused_fork_of_a_failed_program_is_the_process_limit() {
    let sandbox = open();
    let report = stopped(
        &sandbox,
        "#include <unistd.h>\nint main(){for(int i=0;i<1000;i++){int p=fork();if(p<0)return 3;if(!p){sleep(1);_exit(0);}}}",
    )
    .await;
    assert_eq!((report.exit, report.limit), (Exit::Code(3), Some(LimitHit::Processes)));
    sandbox.close().await;
}

#[tokio::test]
async fn cpu_time_and_memory_are_measured() {
    for tier in [None, Some(Tier::C)] {
        let sandbox = open_with(|settings| settings.tier = tier);
        let source = "#include <stdlib.h>\n#include <string.h>\n#include <time.h>\n\
            int main(){char*volatile p=malloc(100<<20);memset(p,1,100<<20);while(clock()<CLOCKS_PER_SEC/2);return p[9]-1;}";
        let report = stopped(&sandbox, source).await;
        assert_eq!((report.exit, report.limit), (Exit::Code(0), None), "{report:?}");
        let cpu = report.cpu.as_millis();
        assert!((480..600).contains(&cpu), "{report:?}");
        let mebibytes = report.memory_bytes >> 20;
        assert!((99..112).contains(&mebibytes), "{mebibytes} MiB: {report:?}");
        sandbox.close().await;
    }
}

#[tokio::test]
async fn a_stack_as_deep_as_memory_overflows_into_a_signal_or_the_memory_limit() {
    let sandbox = open();
    let report = stopped(&sandbox, STACK).await;
    let overflowed = report.exit == Exit::Signal(11) || report.limit == Some(LimitHit::Memory);
    assert!(overflowed, "{report:?}");
    sandbox.close().await;
}

#[tokio::test]
async fn running_out_of_memory_in_a_runtime_is_the_memory_limit() {
    let sandbox = open();
    for (language, source) in [
        ("python", "x = []\nwhile True:\n    x.append(bytearray(1 << 20))\n"),
        ("cpp", "#include <vector>\nint main(){std::vector<char> v(1ull<<60);}"),
        ("javascript", "const x = []; for (;;) x.push(new Array(10000).fill(Math.random()));"),
        (
            "java",
            "import java.util.*; class Main { public static void main(String[] a) { List<byte[]> x = new ArrayList<>(); for (;;) x.add(new byte[1 << 20]); } }",
        ),
    ] {
        let program = sandbox.program(language, source).await;
        let mut request = usual(&program);
        request.limits.cpu = Duration::from_secs(20);
        request.limits.wall = Duration::from_secs(30);
        let report = sandbox.run(request).await;
        assert_eq!(
            report.limit,
            Some(LimitHit::Memory),
            "{language}: {report:?} {}",
            text(&report.stderr)
        );
    }
    sandbox.close().await;
}
