//! Two programs that talk to each other.

use crate::support::{Box, handle, open, open_with, text, usual};
use codesm_core::judging::{
    Exit, FeedbackCollect, FeedbackFolder, InteractReport, InteractRequest, LimitHit, ProgramHandle, ProgramRole, RunRequest, Sandbox as _,
    StdoutPlan,
};
use codesm_sandbox::Tier;
use std::time::{Duration, Instant};

/// Thinks of 42, answers guesses with `<`, `>` or `=`, and says in its feedback how many it heard.
const GUESSED: &str = "#include <stdio.h>\n#include <string.h>\n\
    int main(int n,char**a){int g,c=0;char p[99];while(scanf(\"%d\",&g)==1){c++;puts(g<42?\">\":g>42?\"<\":\"=\");fflush(stdout);\n\
    if(g==42){sprintf(p,\"%sjudgemessage.txt\",a[1]);FILE*f=fopen(p,\"w\");fprintf(f,\"%d guesses\",c);fclose(f);return 42;}\n\
    if(c==20)return 43;}return 43;}";
const GUESSER: &str = "#include <stdio.h>\n\
    int main(){int l=1,h=1000;char s[9];for(;;){int m=(l+h)/2;printf(\"%d\\n\",m);fflush(stdout);\n\
    if(scanf(\"%8s\",s)!=1)return 1;if(*s=='=')return 0;if(*s=='<')h=m-1;else l=m+1;}}";
const READS_TO_THE_END: &str = "#include <stdio.h>\nint main(){while(getchar()!=EOF);return 42;}";
const SLEEPS: &str = "#include <unistd.h>\nint main(){sleep(100);}";
const ENDS: &str = "int main(){return 0;}";

async fn pair(sandbox: &Box, submission: &str, interactor: &str) -> InteractRequest {
    let submission = sandbox.program("c", submission).await;
    let interactor = handle(sandbox.compile_files("c", &[("", interactor)], ProgramRole::Checker).await);
    request(&submission, &interactor)
}

fn request(submission: &ProgramHandle, interactor: &ProgramHandle) -> InteractRequest {
    let mut request = InteractRequest {
        submission: usual(submission),
        interactor: RunRequest {
            role: ProgramRole::Checker,
            args: vec!["{feedback}/".to_owned()],
            feedback: Some(FeedbackFolder {
                initial: Vec::new(),
                collect: FeedbackCollect::Named(vec!["judgemessage.txt".to_owned()]),
            }),
            ..usual(interactor)
        },
    };
    // A busy machine gives no program all of its core.
    request.submission.limits.wall = Duration::from_secs(20);
    request.interactor.limits.wall = Duration::from_secs(20);
    request
}

async fn talk(sandbox: &Box, request: InteractRequest) -> InteractReport {
    let report = sandbox.sandbox.slot().await.unwrap().interact(request).await.unwrap();
    assert_eq!(sandbox.processes(), Vec::<u32>::new());
    report
}

async fn talked(sandbox: &Box, submission: &str, interactor: &str) -> InteractReport {
    let request = pair(sandbox, submission, interactor).await;
    talk(sandbox, request).await
}

#[tokio::test]
async fn a_guessing_game_is_won_and_recorded() {
    for tier in [None, Some(Tier::C)] {
        let sandbox = open_with(|settings| settings.tier = tier);
        for _ in 0..20 {
            let report = talked(&sandbox, GUESSER, GUESSED).await;
            assert_eq!(
                (report.submission.exit, report.submission.limit),
                (Exit::Code(0), None),
                "{report:?}"
            );
            assert_eq!(
                (report.interactor.exit, report.interactor.limit),
                (Exit::Code(42), None),
                "{report:?}"
            );
            assert_eq!(text(&report.interactor.feedback[0].1), "8 guesses");
            assert!(text(&report.submission.stdout).starts_with("500\n250\n125\n62\n"), "{report:?}");
            assert_eq!(report.submission.stdout_total, 27);
            assert!(text(&report.interactor.stdout).starts_with("<\n<\n"), "{report:?}");
        }
        sandbox.close().await;
    }
}

#[tokio::test]
async fn a_wrong_answer_ends_the_interactor_first_and_a_crash_afterwards_does_not_change_that() {
    let sandbox = open();
    let stubborn = "#include <stdio.h>\n#include <signal.h>\nint main(){char s[9];signal(SIGPIPE,SIG_IGN);for(;;){puts(\"1\");fflush(stdout);if(scanf(\"%8s\",s)!=1)return 9;}}";
    let deaf = "#include <stdio.h>\nint main(){for(;;){puts(\"1\");fflush(stdout);}}";
    for (source, exit) in [(stubborn, Exit::Code(9)), (deaf, Exit::Signal(13))] {
        for _ in 0..10 {
            let report = talked(&sandbox, source, GUESSED).await;
            assert_eq!(report.interactor.exit, Exit::Code(43), "{report:?}");
            assert!(report.interactor_ended_first, "{report:?}");
            assert_eq!((report.submission.exit, report.submission.limit), (exit, None), "{report:?}");
        }
    }
    sandbox.close().await;
}

#[tokio::test]
async fn whoever_ends_first_is_known_although_the_other_follows_at_once() {
    let sandbox = open();
    let ends_first = pair(&sandbox, ENDS, READS_TO_THE_END).await;
    let ends_second = pair(&sandbox, READS_TO_THE_END, ENDS).await;
    for _ in 0..50 {
        assert!(!talk(&sandbox, ends_first.clone()).await.interactor_ended_first);
        assert!(talk(&sandbox, ends_second.clone()).await.interactor_ended_first);
    }
    sandbox.close().await;
}

#[tokio::test]
async fn a_deadlock_ends_at_the_wall_limit_of_the_submission() {
    let sandbox = open();
    let waits = "#include <stdio.h>\nint main(){getchar();return 0;}";
    let mut request = pair(&sandbox, waits, waits).await;
    request.submission.limits.wall = Duration::from_secs(1);
    // Shorter: it does not stop the submission.
    request.interactor.limits.wall = Duration::from_millis(300);
    let began = Instant::now();
    let report = talk(&sandbox, request).await;
    assert!(began.elapsed() < Duration::from_millis(1500), "{:?}", began.elapsed());
    assert_eq!(report.submission.limit, Some(LimitHit::Wall), "{report:?}");
    assert!(report.submission.wall >= Duration::from_secs(1), "{report:?}");
    assert_eq!(report.interactor.limit, None, "{report:?}");
    assert!(!report.interactor_ended_first);
    sandbox.close().await;
}

#[tokio::test]
async fn an_interactor_that_sleeps_after_the_submission_ends_at_its_own_wall_limit() {
    let sandbox = open();
    let mut request = pair(&sandbox, ENDS, SLEEPS).await;
    request.interactor.limits.wall = Duration::from_millis(1200);
    let report = talk(&sandbox, request).await;
    assert_eq!(report.interactor.limit, Some(LimitHit::Wall), "{report:?}");
    assert!(report.interactor.wall < Duration::from_millis(1600), "{report:?}");
    assert_eq!(
        (report.submission.exit, report.submission.limit),
        (Exit::Code(0), None),
        "{report:?}"
    );
    sandbox.close().await;
}

#[tokio::test]
async fn an_interactor_says_its_last_words_although_the_submission_outlived_its_wall_limit() {
    let sandbox = open();
    let slow = "#include <unistd.h>\nint main(){sleep(1);return 0;}";
    let mut request = pair(&sandbox, slow, READS_TO_THE_END).await;
    request.interactor.limits.wall = Duration::from_millis(200);
    let report = talk(&sandbox, request).await;
    assert_eq!(
        (report.interactor.exit, report.interactor.limit),
        (Exit::Code(42), None),
        "{report:?}"
    );
    assert_eq!(
        (report.submission.exit, report.submission.limit),
        (Exit::Code(0), None),
        "{report:?}"
    );
    sandbox.close().await;
}

#[tokio::test]
async fn floods_are_output_limits_of_whoever_floods() {
    let sandbox = open();
    let flood = "#include <stdio.h>\nint main(){for(;;)puts(\"a line that goes on and on\");}";
    let report = talked(&sandbox, flood, READS_TO_THE_END).await;
    assert_eq!(report.submission.limit, Some(LimitHit::Output), "{report:?}");
    assert!(report.submission.stdout_total > 1 << 20);
    assert_eq!(report.submission.stdout.len(), 4096);
    assert_eq!(
        (report.interactor.exit, report.interactor.limit),
        (Exit::Code(42), None),
        "{report:?}"
    );
    let report = talked(&sandbox, READS_TO_THE_END, flood).await;
    assert_eq!(report.interactor.limit, Some(LimitHit::Output), "{report:?}");
    assert_eq!(
        (report.submission.exit, report.submission.limit),
        (Exit::Code(42), None),
        "{report:?}"
    );
    let errors = "#include <stdio.h>\nint main(){for(;;)fputs(\"a line that goes on and on\",stderr);}";
    let report = talked(&sandbox, errors, READS_TO_THE_END).await;
    assert_eq!(report.submission.limit, Some(LimitHit::Output), "{report:?}");
    sandbox.close().await;
}

#[tokio::test]
async fn two_that_only_write_block_each_other_with_bounded_memory() {
    let sandbox = open();
    let writes = "#include <unistd.h>\n#include <string.h>\nint main(){static char b[65536];memset(b,'x',65536);for(;;)write(1,b,65536);}";
    let mut request = pair(&sandbox, writes, writes).await;
    request.submission.limits.wall = Duration::from_millis(800);
    request.submission.limits.output_bytes = 1 << 30;
    request.interactor.limits.output_bytes = 1 << 30;
    let report = talk(&sandbox, request).await;
    assert_eq!(report.submission.limit, Some(LimitHit::Wall), "{report:?}");
    assert!(report.submission.stdout_total < 4 << 20, "{report:?}");
    sandbox.close().await;
}

#[tokio::test]
async fn closing_a_stream_is_noticed_by_the_other_while_its_owner_goes_on() {
    let sandbox = open();
    let closes_output = "#include <unistd.h>\nint main(){close(1);sleep(1);return 5;}";
    let report = talked(&sandbox, closes_output, READS_TO_THE_END).await;
    assert_eq!(report.interactor.exit, Exit::Code(42), "{report:?}");
    assert!(report.interactor.wall < Duration::from_millis(500), "{report:?}");
    assert!(report.interactor_ended_first, "{report:?}");
    assert_eq!(report.submission.exit, Exit::Code(5), "{report:?}");
    let closes_input = "#include <unistd.h>\nint main(){close(0);sleep(1);return 5;}";
    let writes = "#include <unistd.h>\nint main(){for(;;)if(write(1,\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\",32)<0)return 1;}";
    let report = talked(&sandbox, closes_input, writes).await;
    assert_eq!(report.interactor.exit, Exit::Signal(13), "{report:?}");
    assert!(report.interactor.wall < Duration::from_millis(900), "{report:?}");
    let says_little = "#include <unistd.h>\nint main(){for(int i=0;i<300;i++){if(write(1,\"x\",1)!=1)return 1;usleep(1000);}return 42;}";
    let report = talked(&sandbox, closes_input, says_little).await;
    assert_eq!(report.interactor.exit, Exit::Code(42), "{report:?}");
    sandbox.close().await;
}

#[tokio::test]
async fn a_submission_that_ends_early_gives_the_interactor_the_end_of_file_or_a_broken_pipe() {
    let sandbox = open();
    let report = talked(&sandbox, "int main(){return 7;}", GUESSED).await;
    assert_eq!(
        (report.submission.exit, report.interactor.exit),
        (Exit::Code(7), Exit::Code(43)),
        "{report:?}"
    );
    assert!(!report.interactor_ended_first);
    let writes = "#include <stdio.h>\nint main(){for(;;){puts(\"x\");fflush(stdout);}}";
    let report = talked(&sandbox, "int main(){*(volatile int*)0=1;}", writes).await;
    assert_eq!(
        (report.submission.exit, report.interactor.exit),
        (Exit::Signal(11), Exit::Signal(13)),
        "{report:?}"
    );
    assert!(!report.interactor_ended_first);
    sandbox.close().await;
}

/// Python raises `BrokenPipeError` where C is killed, and exits with 1 or 120: nobody could tell why.
#[tokio::test]
async fn who_has_a_last_word_for_somebody_who_has_gone_is_not_hurt_by_it() {
    let sandbox = open();
    let accepts = "int main(){return 42;}";
    let goes_on = "import time\ntime.sleep(0.3)\nfor i in range(1000):\n    print(i, flush=True)\n";
    let submission = sandbox.program("python", goes_on).await;
    let interactor = handle(sandbox.compile_files("c", &[("", accepts)], ProgramRole::Checker).await);
    let report = talk(&sandbox, request(&submission, &interactor)).await;
    assert!(report.interactor_ended_first, "{report:?}");
    assert_eq!(
        (report.submission.exit, report.submission.limit),
        (Exit::Code(0), None),
        "{report:?}"
    );

    let asks_on = "import sys, time\ntime.sleep(0.3)\nfor i in range(1000):\n    print(i, flush=True)\nsys.exit(43 if sys.stdin.read() == '' else 42)\n";
    let interactor = handle(sandbox.compile_files("python", &[("", asks_on)], ProgramRole::Checker).await);
    for (leaves, exit) in [(ENDS, Exit::Code(0)), ("int main(){return 3;}", Exit::Code(3))] {
        let submission = sandbox.program("c", leaves).await;
        let report = talk(&sandbox, request(&submission, &interactor)).await;
        assert!(!report.interactor_ended_first, "{report:?}");
        assert_eq!(
            (report.submission.exit, report.interactor.exit),
            (exit, Exit::Code(43)),
            "{report:?}"
        );
    }
    sandbox.close().await;
}

#[tokio::test]
async fn everything_that_was_said_arrives_although_the_speaker_has_ended() {
    let sandbox = open();
    let says = "#include <stdio.h>\nint main(){for(int i=0;i<100000;i++)printf(\"%d\\n\",i);return 0;}";
    let counts = "#include <stdio.h>\n#include <unistd.h>\nint main(){usleep(200000);long s=0,x;while(scanf(\"%ld\",&x)==1)s+=x;return s==4999950000?42:43;}";
    let report = talked(&sandbox, says, counts).await;
    assert_eq!(report.interactor.exit, Exit::Code(42), "{report:?}");
    assert_eq!(report.submission.stdout_total, 588_890);
    sandbox.close().await;
}

#[tokio::test]
async fn neither_pays_for_the_other() {
    for tier in [None, Some(Tier::C)] {
        let sandbox = open_with(|settings| settings.tier = tier);
        let busy = "#include <time.h>\n#include <stdlib.h>\n#include <string.h>\n\
            int main(){char*volatile p=malloc(50<<20);memset(p,1,50<<20);while(clock()<CLOCKS_PER_SEC/2);return p[9]-1;}";
        let report = talked(&sandbox, READS_TO_THE_END, busy).await;
        assert!(report.interactor.cpu > Duration::from_millis(450), "{report:?}");
        assert!(report.submission.cpu < Duration::from_millis(60), "{report:?}");
        assert!(report.interactor.memory_bytes > 50 << 20, "{report:?}");
        assert!(report.submission.memory_bytes < 10 << 20, "{report:?}");
        let endless = "int main(){for(;;);}";
        let report = talked(&sandbox, READS_TO_THE_END, endless).await;
        assert_eq!(report.interactor.limit, Some(LimitHit::Cpu), "{report:?}");
        assert_eq!(report.submission.exit, Exit::Code(42), "{report:?}");
        sandbox.close().await;
    }
}

#[tokio::test]
async fn neither_sees_the_other() {
    let sandbox = open();
    let kills = "#include <signal.h>\n#include <unistd.h>\n\
        int main(){kill(-1,SIGKILL);for(int p=1;p<400000;p++)if(p!=getpid())kill(p,SIGKILL);return 0;}";
    let report = talked(&sandbox, kills, "#include <unistd.h>\nint main(){usleep(500000);return 42;}").await;
    assert_eq!(
        (report.submission.exit, report.interactor.exit),
        (Exit::Code(0), Exit::Code(42)),
        "{report:?}"
    );
    sandbox.close().await;
}

#[tokio::test]
async fn a_talk_nobody_waits_for_ends_at_once() {
    let sandbox = open();
    let request = pair(&sandbox, SLEEPS, SLEEPS).await;
    let mut slot = sandbox.sandbox.slot().await.unwrap();
    let talked = tokio::time::timeout(Duration::from_millis(300), slot.interact(request)).await;
    assert!(talked.is_err(), "it should still go on");
    assert_eq!(sandbox.processes(), Vec::<u32>::new());
    drop(slot);
    let report = talked_after(&sandbox).await;
    assert_eq!(report.interactor.exit, Exit::Code(42), "{report:?}");
    sandbox.close().await;
}

async fn talked_after(sandbox: &Box) -> InteractReport {
    talked(sandbox, GUESSER, GUESSED).await
}

#[tokio::test]
async fn messages_go_to_and_fro_quickly() {
    let sandbox = open();
    let asks = "#include <stdio.h>\nint main(){int x;for(int i=0;i<5000;i++){printf(\"%d\\n\",i);fflush(stdout);if(scanf(\"%d\",&x)!=1||x!=i)return 1;}return 0;}";
    let echoes = "#include <stdio.h>\nint main(){int x;while(scanf(\"%d\",&x)==1){printf(\"%d\\n\",x);fflush(stdout);}return 42;}";
    let mut request = pair(&sandbox, asks, echoes).await;
    request.submission.stdout = StdoutPlan::Capture { max_bytes: 10 };
    let report = talk(&sandbox, request).await;
    assert_eq!(
        (report.submission.exit, report.interactor.exit),
        (Exit::Code(0), Exit::Code(42)),
        "{report:?}"
    );
    let per_message = report.submission.wall / 10_000;
    println!(
        "{per_message:?} per message, CPU {:?} and {:?}",
        report.submission.cpu, report.interactor.cpu
    );
    // Some 20 µs on an idle machine; a wait for the next tick of a clock would be a thousand.
    assert!(per_message < Duration::from_millis(1), "{per_message:?}");
    sandbox.close().await;
}
