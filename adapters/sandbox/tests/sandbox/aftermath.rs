//! What a program leaves to the next one. The whole of `tests/hostile` is judged by the test of that name.

use crate::support::{open, text, usual};
use codesm_core::judging::{Exit, LimitHit};

/// Memory of a dead run is freed in the kernel's own time; the next run must neither get it nor pay for it.
#[tokio::test]
async fn a_run_gets_no_more_memory_after_one_that_left_much_behind() {
    let sandbox = open();
    let touch = |mebibytes: u32| {
        format!(
            "#include <stdlib.h>\n#include <string.h>\n#include <stdio.h>\n\
            int main(){{char*volatile p=malloc({mebibytes}u<<20);memset(p,1,{mebibytes}u<<20);return puts(\"safe\")<p[7]-1;}}"
        )
    };
    let (fits, does_not) = (touch(250), touch(262));
    let (fits, does_not) = (sandbox.program("c", &fits).await, sandbox.program("c", &does_not).await);
    for (language, hostile) in [
        ("python", include_str!("../../../../tests/hostile/inodes.py")),
        ("python", include_str!("../../../../tests/hostile/disk.py")),
        ("python", include_str!("../../../../tests/hostile/many_files.py")),
        ("c", include_str!("../../../../tests/hostile/memory.c")),
    ] {
        let hostile_program = sandbox.program(language, hostile).await;
        sandbox.run(usual(&hostile_program)).await;
        let report = sandbox.run(usual(&fits)).await;
        assert_eq!((report.exit, report.limit), (Exit::Code(0), None), "after {hostile}: {report:?}");
        assert_eq!(text(&report.stdout), "safe\n");
        sandbox.run(usual(&hostile_program)).await;
        let report = sandbox.run(usual(&does_not)).await;
        assert_eq!(report.limit, Some(LimitHit::Memory), "after {hostile}: {report:?}");
    }
    sandbox.close().await;
}
