//! Problems of every kind: with points, interactive, of several passes; inline and as packages.

use crate::harness::{Installation, User};
use crate::problems::{upload, zip};
use reqwest::Method;
use serde_json::{Value, json};
use std::path::Path;

/// Zips a package of version 2025-09 with these files and imports it, published.
async fn imported(installation: &Installation, admin: &User, name: &str, settings: &str, files: &[(&str, &str)]) -> Value {
    let folder = installation.folder().join(name);
    let write = |path: &Path, text: &str| {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let yaml = format!(
        "problem_format_version: 2025-09\nname: {name}\nuuid: 5ca6ba5b-36d5-4eff-8aa7-d967cbc4375e\nlimits: {{time_limit: 2}}\n{settings}"
    );
    write(&folder.join("problem.yaml"), &yaml);
    write(&folder.join("statement/problem.en.md"), "Do it.\n");
    for (path, text) in files {
        write(&folder.join(path), text);
    }
    let archive = installation.folder().join(format!("{name}.zip"));
    zip(&folder, &archive);
    let imported = upload(admin, &archive).await.data(201);
    admin.post(&format!("/problems/{name}/publish"), json!({})).await.data(200);
    imported
}

/// What a Python program gets.
async fn judged(user: &User, problem: &str, source: &str) -> Value {
    let receipt = user.submit(problem, "python", source).await;
    user.verdict(receipt["id"].as_str().unwrap()).await
}

fn groups(submission: &Value) -> Vec<(String, String, f64)> {
    let groups = submission["groups"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    groups
        .map(|group| (text(&group["name"]), text(&group["verdict"]), group["score"].as_f64().unwrap()))
        .filter(|(name, ..)| name.starts_with("secret/"))
        .collect()
}

#[tokio::test]
async fn a_problem_with_groups_gives_points() {
    let installation = Installation::new();
    let server = installation.serve("all").await;
    let admin = installation.admin(&server).await;
    admin.sum_problem("sum", 1).await;
    let test = |a: i64, b: i64, group: &str| json!({ "input": format!("{a} {b}"), "answer": (a + b).to_string(), "sample": false, "group": group });
    let mut body = json!({
        "tests": [
            { "input": "1 1", "answer": "2", "sample": true },
            test(1, 2, "small"), test(3, 4, "small"), test(5_000_000_000, 7, "large"),
        ],
        "groups": [{ "name": "small", "points": 40 }, { "name": "large", "points": 60 }],
    });
    admin.put("/problems/sum/tests", body.clone()).await.data(200);
    let problem = server.api.get("/problems/sum").await.data(200);
    assert_eq!((&problem["kind"], &problem["maxScore"]), (&json!(["scoring"]), &json!(100.0)));

    let solver = server.api.user("ada").await;
    let partial = judged(&solver, "sum", "a, b = map(int, input().split())\nprint(a + b if a < 1000 else 0)").await;
    assert_eq!(
        (&partial["verdict"], &partial["score"], &partial["maxScore"]),
        (&json!("partial"), &json!(40.0), &json!(100.0))
    );
    let group = |name: &str, verdict: &str, score| (name.to_owned(), verdict.to_owned(), score);
    assert_eq!(
        groups(&partial),
        [group("secret/small", "accepted", 40.0), group("secret/large", "wrong_answer", 0.0)]
    );
    assert!(
        partial["sandboxTier"].as_str().is_some_and(|tier| "ABCD".contains(tier)),
        "{partial}"
    );
    let accepted = judged(&solver, "sum", "a, b = map(int, input().split())\nprint(a + b)").await;
    assert_eq!((&accepted["verdict"], &accepted["score"]), (&json!("accepted"), &json!(100.0)));

    body["tests"][1]["group"] = Value::Null;
    let refused = admin.put("/problems/sum/tests", body).await.problem(422, "validation.failed");
    assert_eq!(refused["errors"][0]["field"], "tests[1].group", "{refused}");
}

const TALKER: &str = r"
import sys
secret = int(open(sys.argv[1]).read())
print(secret, flush=True)
answer = sys.stdin.readline().strip()
sys.exit(42 if answer == str(secret + 1) else 43)
";

const TWICE: &str = r#"
import os, sys
state = os.path.join(sys.argv[3], "second")
answer = sys.stdin.read().strip()
if not os.path.exists(state):
    open(state, "w").write("yes")
    if answer != "2":
        sys.exit(43)
    open(os.path.join(sys.argv[3], "nextpass.in"), "w").write("21\n")
    sys.exit(42)
sys.exit(42 if answer == "42" else 43)
"#;

#[tokio::test]
async fn packages_of_every_kind_are_judged() {
    let installation = Installation::new();
    let server = installation.serve("all").await;
    let admin = installation.admin(&server).await;

    let files = [
        ("data/secret/1.in", "41\n"),
        ("data/secret/1.ans", "\n"),
        ("output_validator/talk.py", TALKER),
    ];
    let talk = imported(&installation, &admin, "talk", "type: interactive\n", &files).await;
    assert_eq!(talk["kind"], json!(["pass-fail", "interactive"]));
    assert_eq!(judged(&admin, "talk", "print(int(input()) + 1)").await["verdict"], "accepted");
    assert_eq!(judged(&admin, "talk", "print(int(input()))").await["verdict"], "wrong_answer");

    let files = [
        ("data/secret/1.in", "1\n"),
        ("data/secret/1.ans", "\n"),
        ("output_validator/twice.py", TWICE),
    ];
    let twice = imported(&installation, &admin, "twice", "type: multi-pass\n", &files).await;
    assert_eq!(twice["kind"], json!(["pass-fail", "multi-pass"]));
    assert_eq!(judged(&admin, "twice", "print(int(input()) * 2)").await["verdict"], "accepted");
    let once = judged(&admin, "twice", "n = int(input())\nprint(2 if n == 1 else 0)").await;
    assert_eq!(once["verdict"], "wrong_answer", "the second pass decides: {once}");
}

#[tokio::test]
async fn a_scoring_package_comes_with_attachments_and_its_own_languages() {
    let installation = Installation::new();
    let server = installation.serve("all").await;
    let admin = installation.admin(&server).await;
    let files = [
        ("data/sample/1.in", "1\n"),
        ("data/sample/1.ans", "1\n"),
        ("data/secret/test_group.yaml", "max_score: 100\n"),
        ("data/secret/a/test_group.yaml", "max_score: 30\n"),
        ("data/secret/a/1.in", "2\n"),
        ("data/secret/a/1.ans", "2\n"),
        ("data/secret/b/test_group.yaml", "max_score: 70\n"),
        ("data/secret/b/1.in", "3\n"),
        ("data/secret/b/1.ans", "3\n"),
        ("attachments/tool.py", "print('hello')\n"),
    ];
    let settings = "type: scoring\nlanguages: [python3]\n";
    let steps = imported(&installation, &admin, "steps", settings, &files).await;
    let report = &steps["report"];
    assert_eq!(
        (&report["kind"], &report["timeLimitMs"], &report["samples"], &report["secrets"]),
        (&json!(["scoring"]), &json!(2000), &json!(1), &json!(2)),
        "{report}"
    );
    let named = |name: &str| report["groups"].as_array().unwrap().iter().any(|group| group["name"] == name);
    assert!(named("secret/a") && named("secret/b"), "{report}");
    // `python3` is any Python 3 there is.
    let permitted = steps["languages"].as_array().unwrap();
    assert!(
        permitted.contains(&json!("python")) && !permitted.contains(&json!("cpp")),
        "{steps}"
    );
    assert_eq!(steps["maxScore"], json!(100.0));

    let half = judged(&admin, "steps", "n = input()\nprint(n if n < '3' else 0)").await;
    assert_eq!((&half["verdict"], &half["score"]), (&json!("partial"), &json!(30.0)), "{half}");
    let refused = admin
        .post(
            "/problems/steps/submissions",
            json!({ "language": "cpp", "source": "int main() {}" }),
        )
        .await;
    refused.problem(422, "submission.language_not_permitted");

    let path = "/problems/steps/attachments/tool.py";
    assert_eq!(
        server.api.get("/problems/steps").await.data(200)["attachments"][0]["name"],
        "tool.py"
    );
    let file = server.api.get(path).await;
    assert_eq!((file.status.as_u16(), file.text.as_str()), (200, "print('hello')\n"));
    assert_eq!(file.headers["content-disposition"], "attachment; filename=\"tool.py\"");
    let known = server
        .api
        .request(Method::GET, path)
        .header("if-none-match", file.headers["etag"].clone());
    assert_eq!(known.send().await.unwrap().status(), 304);
    server
        .api
        .get("/problems/steps/attachments/none")
        .await
        .problem(404, "problem.attachment_not_found");
}
