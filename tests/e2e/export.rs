//! A problem goes out as a package and comes in as another problem that is the same.

use crate::harness::{Installation, User};
use crate::problems::{any_sample, sample_package, upload};
use reqwest::Method;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

async fn download(user: &User, problem: &str, to: &Path) {
    let answer = user
        .request(Method::GET, &format!("/problems/{problem}/export"))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "application/zip");
    assert!(
        answer.headers()["content-disposition"]
            .to_str()
            .unwrap()
            .contains(&format!("\"{problem}.zip\""))
    );
    std::fs::write(to, answer.bytes().await.unwrap()).unwrap();
}

/// What solvers see of a problem, but for what each has of its own.
async fn shown(user: &User, problem: &str) -> Value {
    let mut shown = user.get(&format!("/problems/{problem}")).await.data(200);
    for own in ["id", "slug", "status", "createdAt", "updatedAt", "version", "stats"] {
        shown.as_object_mut().unwrap().remove(own);
    }
    shown
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[tokio::test]
async fn a_problem_exported_over_http_is_imported_as_the_same() {
    let installation = Installation::new();
    let server = installation.serve("serve").await;
    let admin = installation.admin(&server).await;
    let stranger = server.api.user("ada").await;
    admin.sum_problem("sum", 12).await;
    stranger.get("/problems/sum/export").await.problem(403, "auth.forbidden");
    server.api.get("/problems/sum/export").await.problem(401, "auth.required");
    admin.get("/problems/none/export").await.problem(404, "problem.not_found");
    admin
        .post("/problems", json!({ "title": "Bare", "statement": "", "difficulty": "easy" }))
        .await
        .data(201);
    admin.get("/problems/bare/export").await.problem(409, "problem.no_tests");

    let archive = installation.folder().join("again.zip");
    download(&admin, "sum", &archive).await;
    let report = upload(&admin, &archive).await.data(201);
    assert_eq!(report["report"]["warnings"], json!([]));
    assert_eq!(shown(&admin, "sum").await, shown(&admin, "again").await);
    let left = std::fs::read_dir(installation.data_dir().join("uploads")).unwrap().count();
    assert_eq!(left, 0, "the archive is gone once it is sent");
}

#[tokio::test]
async fn a_problem_exported_on_the_command_line_is_imported_as_the_same() {
    let installation = Installation::new();
    let server = installation.serve("serve").await;
    let admin = installation.admin(&server).await;
    let name = any_sample();
    let folder = sample_package(&name);
    let imported = run(installation
        .command(&["import", folder.to_str().unwrap()])
        .current_dir(installation.folder()));
    assert!(imported.contains(&format!("imported {name}")), "{imported}");
    let again = installation.folder().join("again.zip");
    let exported = run(&mut installation.command(&["export", &name, "--output", again.to_str().unwrap()]));
    assert!(exported.contains(&format!("exported {name}")), "{exported}");
    let imported = run(&mut installation.command(&["import", again.to_str().unwrap()]));
    assert!(imported.contains("imported again"), "{imported}");
    assert_eq!(shown(&admin, &name).await, shown(&admin, "again").await);
    let missing = installation.command(&["export", "none"]).output().unwrap();
    assert!(!missing.status.success());
    assert!(String::from_utf8_lossy(&missing.stderr).contains("problem.not_found"));
}
