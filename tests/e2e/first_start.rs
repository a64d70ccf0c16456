//! The first start, the second start, and several at once.

use crate::harness::Installation;
use serde_json::json;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

fn samples() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("config/sample-problems")
        .display()
        .to_string()
}

#[tokio::test]
async fn a_first_start_makes_an_admin_and_samples_and_a_second_changes_nothing() {
    let installation = Installation::new().set("CODESM_SAMPLES_DIR", &samples());
    let mut server = installation.serve("all").await;
    let file = installation.data_dir().join("admin-password");
    let password = std::fs::read_to_string(&file).unwrap();
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(
        !server.running.log_text().contains(password.trim()),
        "the password never reaches a log"
    );
    let admin = installation.admin(&server).await;
    assert_eq!(admin.get("/users/me").await.data(200)["role"], "admin");
    let problems = server.api.get("/problems?limit=100").await.data(200);
    assert!(problems.as_array().unwrap().len() >= 5, "{problems}");
    for name in ["codesm.sqlite", "secrets/auth-signing-key"] {
        let mode = std::fs::metadata(installation.data_dir().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name} is private");
    }

    server.running.signal("TERM");
    assert_eq!(server.running.wait(Duration::from_secs(20)).await, Some(0));
    let server = installation.serve("all").await;
    assert_eq!(std::fs::read_to_string(&file).unwrap(), password);
    let again = server.api.get("/problems?limit=100").await.data(200);
    assert_eq!(again, problems);
    installation.admin(&server).await;
}

#[tokio::test]
async fn processes_that_start_together_share_one_installation() {
    let installation = Installation::new();
    let (first, second) = tokio::join!(installation.serve("serve"), installation.serve("serve"));
    let admin = installation.admin(&first).await;
    // The same signing key: a token of one is good at the other.
    let elsewhere = crate::harness::User {
        api: second.api.clone(),
        ..admin
    };
    assert_eq!(elsewhere.get("/users/me").await.data(200)["username"], "admin");
}

#[tokio::test]
async fn an_admin_is_created_on_the_command_line_with_a_password_from_standard_input() {
    let installation = Installation::new();
    let arguments = [
        "admin",
        "create",
        "--email",
        "root@example.org",
        "--username",
        "root-1",
        "--role",
        "admin",
    ];
    let mut child = installation
        .command(&arguments)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"correct horse battery\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert!(String::from_utf8_lossy(&output.stdout).contains("root-1"));
    let server = installation.serve("serve").await;
    assert!(
        !installation.data_dir().join("admin-password").exists(),
        "there was an account already"
    );
    let root = server.api.login("root@example.org", "correct horse battery").await;
    assert_eq!(root.get("/users/me").await.data(200)["role"], "admin");
    root.post("/auth/logout", json!({})).await;
}

#[tokio::test]
async fn every_wrong_key_is_reported_at_once_and_nothing_starts() {
    let installation = Installation::new()
        .set("CODESM_ENV", "staging")
        .set("CODESM_LOG_FORMAT", "xml")
        .set("CODESM_MAIL_URL", "smtp://x");
    let output = installation.command(&["serve"]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    for key in ["CODESM_ENV", "CODESM_LOG_FORMAT", "CODESM_MAIL_URL"] {
        assert!(text.contains(key), "{text}");
    }
    assert!(!installation.data_dir().exists());
}
