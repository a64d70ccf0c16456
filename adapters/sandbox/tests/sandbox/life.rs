//! Beginnings and ends: cancelled runs, killed helpers, killed workers, refusals.

use crate::support::{HelperProcess, assert_gone, groups_of, handle, open, open_with, text, usual, wait_until};
use codesm_core::judging::{Exit, ProgramRole, Sandbox, SandboxError};
use std::time::Duration;

const SLEEP: &str = "#include <unistd.h>\nint main(){for(int i=0;i<3;i++)fork();sleep(100);}";

#[tokio::test]
async fn dropping_the_future_of_a_run_kills_it() {
    let sandbox = open();
    let program = sandbox.program("c", SLEEP).await;
    let mut slot = sandbox.sandbox.slot().await.unwrap();
    let run = tokio::time::timeout(Duration::from_millis(300), slot.run(usual(&program))).await;
    assert!(run.is_err(), "it should still sleep");
    assert_eq!(sandbox.processes(), Vec::<u32>::new());
    drop(slot);
    assert_eq!(sandbox.judge("c", "int main(){return 4;}").await.exit, Exit::Code(4));
    sandbox.close().await;
}

#[tokio::test]
async fn dropping_the_future_of_a_compilation_kills_it_and_keeps_nothing() {
    let sandbox = open();
    let source = include_str!("../../../../tests/hostile/include_random.cpp");
    let mut slot = sandbox.sandbox.slot().await.unwrap();
    let request = crate::support::request("cpp", &[("", source)], ProgramRole::Submission);
    let compiled = tokio::time::timeout(Duration::from_millis(300), slot.compile(request)).await;
    assert!(compiled.is_err(), "it should still compile");
    assert_eq!(sandbox.processes(), Vec::<u32>::new());
    drop(slot);
    let kept = std::fs::read_dir(sandbox.folder.path().join("compile-cache")).unwrap().count();
    assert_eq!(kept, 0, "a cancelled compilation leaves nothing in the cache");
    assert_eq!(sandbox.judge("c", "int main(){return 4;}").await.exit, Exit::Code(4));
    sandbox.close().await;
}

#[tokio::test]
async fn a_killed_helper_is_a_fault_of_that_run_and_replaced_for_the_next() {
    let sandbox = open();
    let program = sandbox.program("c", SLEEP).await;
    let helper = sandbox.sandbox.helper_pid().unwrap();
    let mut slot = sandbox.sandbox.slot().await.unwrap();
    let (result, ()) = tokio::join!(slot.run(usual(&program)), async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        kill(helper);
    });
    assert!(matches!(result, Err(SandboxError::Fault { .. })), "{result:?}");
    wait_until("every program is gone", || sandbox.processes().is_empty());
    drop(slot);
    assert_eq!(sandbox.judge("c", "int main(){return 4;}").await.exit, Exit::Code(4));
    assert_ne!(sandbox.sandbox.helper_pid().unwrap(), helper);
    wait_until("the groups of the killed helper are swept", || groups_of(helper).is_empty());
    sandbox.close().await;
}

fn kill(pid: u32) {
    let status = std::process::Command::new("kill").args(["-KILL", &pid.to_string()]).status();
    assert!(status.unwrap().success());
}

/// The worker of [`a_killed_worker_takes_everything_with_it`]: does nothing unless that test starts it.
#[tokio::test]
async fn worker_for_the_test_that_kills_it() {
    if std::env::var_os("CODESM_TEST_WORKER").is_none() {
        return;
    }
    let sandbox = open();
    let program = sandbox.program("c", SLEEP).await;
    println!("helper={}", sandbox.sandbox.helper_pid().unwrap());
    println!("folder={}", sandbox.folder.path().display());
    let mut request = usual(&program);
    request.limits.wall = Duration::from_secs(100);
    sandbox.run(request).await;
}

#[tokio::test]
async fn a_killed_worker_takes_everything_with_it() {
    use std::io::{BufRead, BufReader};
    let mut worker = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["life::worker_for_the_test_that_kills_it", "--exact", "--nocapture"])
        .env("CODESM_TEST_WORKER", "1")
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(worker.stdout.take().unwrap()).lines().map_while(Result::ok);
    let (mut helper, mut folder) = (None, None);
    for line in lines {
        if let Some((_, pid)) = line.split_once("helper=") {
            helper = pid.parse::<u32>().ok();
        }
        if let Some((_, path)) = line.split_once("folder=") {
            folder = Some(path.to_owned());
            break;
        }
    }
    let (helper, folder) = (helper.unwrap(), folder.unwrap());
    let slot_process = || {
        let children = std::fs::read_to_string(format!("/proc/{helper}/task/{helper}/children")).unwrap_or_default();
        children.split_whitespace().next().and_then(|pid| pid.parse::<u32>().ok())
    };
    let slot = slot_process().unwrap();
    let init = || std::fs::read_to_string(format!("/proc/{slot}/task/{slot}/children")).unwrap_or_default();
    wait_until("the program runs", || !init().trim().is_empty());
    let init: u32 = init().trim().parse().unwrap();
    std::thread::sleep(Duration::from_millis(100));
    worker.kill().unwrap();
    worker.wait().unwrap();
    for pid in [helper, slot, init] {
        assert_gone(pid);
    }
    // The groups go with the helper, unless the kernel's kill was faster; then the next one sweeps them.
    let sandbox = open();
    wait_until("the groups are gone", || groups_of(helper).is_empty());
    sandbox.close().await;
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn after_the_shutdown_nothing_is_given_out() {
    let sandbox = open();
    let program = handle(sandbox.compile("c", "int main(){}").await);
    let slot = sandbox.sandbox.slot().await.unwrap();
    sandbox.sandbox.shutdown().await;
    let mut slot = slot;
    assert!(slot.run(usual(&program)).await.is_err());
    drop(slot);
    assert!(matches!(sandbox.sandbox.slot().await, Err(SandboxError::Unavailable(_))));
    sandbox.close().await;
}

#[tokio::test]
async fn slots_are_given_out_once_at_a_time_and_work_in_parallel() {
    let sandbox = open_with(|settings| settings.slots = Some(2));
    let program = sandbox.program("python", "import time\ntime.sleep(0.5)\nprint('x')").await;
    let began = std::time::Instant::now();
    let reports = tokio::join!(
        sandbox.run(usual(&program)),
        sandbox.run(usual(&program)),
        sandbox.run(usual(&program))
    );
    let took = began.elapsed();
    assert!(took > Duration::from_secs(1) && took < Duration::from_millis(1600), "{took:?}");
    assert_eq!(text(&reports.2.stdout), "x\n");
    sandbox.close().await;
}

#[tokio::test]
async fn what_the_worker_inherited_changes_nothing_for_programs() {
    let sandbox = open_with(|settings| {
        let helper = settings.helper.program.display().to_string();
        settings.helper.program = "/bin/sh".into();
        settings.helper.args = vec!["-c".to_owned(), format!("umask 077; trap '' CHLD; exec 7</etc/passwd {helper}")];
    });
    let source = include_str!("../../../../tests/hostile/machine.py");
    let report = sandbox.judge("python", source).await;
    assert_eq!(text(&report.stdout), "safe\n", "{}", text(&report.stderr));
    let source = include_str!("../../../../tests/hostile/descriptors.c");
    assert_eq!(text(&sandbox.judge("c", source).await.stdout), "safe\n");
    sandbox.close().await;
}

/// The worker of [`thousands_of_runs_leave_nothing`]: a process of its own, whose memory and files are its own.
#[tokio::test]
async fn worker_for_the_test_that_counts() {
    if std::env::var_os("CODESM_TEST_COUNTS").is_none() {
        return;
    }
    let sandbox = open();
    let c = sandbox.program("c", "int main(){return 0;}").await;
    let killed = sandbox.program("c", "#include <signal.h>\nint main(){raise(SIGKILL);}").await;
    let python = sandbox.program("python", "print(1)").await;
    let mut slot = sandbox.sandbox.slot().await.unwrap();
    let mut before = Vec::new();
    for round in 0..5 {
        let mut times: Vec<Duration> = Vec::new();
        for number in 0..400 {
            let program = match number % 40 {
                0 => &python,
                1..=5 => &killed,
                _ => &c,
            };
            let began = std::time::Instant::now();
            slot.run(usual(program)).await.unwrap();
            times.push(began.elapsed());
        }
        times.sort();
        println!("round {round}: median {:?}, 95 % {:?}", times[200], times[380]);
        let mut now = sandbox.helpers();
        now.push(HelperProcess::look(std::process::id()));
        println!("{now:?}");
        // The first round warms up.
        if round == 0 {
            before = now;
            continue;
        }
        assert_eq!(before.len(), now.len());
        for (before, now) in before.iter().zip(&now) {
            assert_eq!((before.pid, before.descriptors), (now.pid, now.descriptors));
            assert!(now.resident_kib < before.resident_kib + 1024, "{before:?} {now:?}");
        }
    }
    drop(slot);
    sandbox.close().await;
    println!("nothing was left");
}

#[tokio::test]
async fn thousands_of_runs_leave_nothing() {
    let worker = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["life::worker_for_the_test_that_counts", "--exact", "--nocapture"])
        .env("CODESM_TEST_COUNTS", "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&worker.stdout);
    println!("{said}");
    assert!(
        said.contains("nothing was left"),
        "{said}{}",
        String::from_utf8_lossy(&worker.stderr)
    );
}
