//! Problems: life cycle, lists, packages.

use crate::harness::{Answer, Installation, User};
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

pub(crate) fn sample_package(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("config/sample-problems").join(name)
}

pub(crate) fn any_sample() -> String {
    let entries = std::fs::read_dir(sample_package("")).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("output_validator").is_dir())
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names.first().expect("a sample with a custom output validator").clone()
}

/// Zips a folder with Python's standard library.
pub(crate) fn zip(folder: &Path, to: &Path) {
    let script = "import shutil, sys; shutil.make_archive(sys.argv[2].removesuffix('.zip'), 'zip', sys.argv[1])";
    let done = Command::new("python3").args(["-c", script]).arg(folder).arg(to).status().unwrap();
    assert!(done.success());
}

pub(crate) async fn upload(user: &User, archive: &Path) -> Answer {
    let bytes = std::fs::read(archive).unwrap();
    let name = archive.file_name().unwrap().to_string_lossy().into_owned();
    let part = Part::bytes(bytes).file_name(name).mime_str("application/zip").unwrap();
    let form = Form::new().part("package", part);
    Answer::of(user.request(Method::POST, "/problems/import").multipart(form).send().await.unwrap()).await
}

#[tokio::test]
async fn a_problem_goes_from_draft_over_review_to_published_and_archived() {
    let installation = Installation::new();
    let server = installation.serve("serve").await;
    let admin = installation.admin(&server).await;
    let stranger = server.api.user("ada").await;
    let body =
        json!({ "title": "Two Words", "statement": "# Hi", "difficulty": "medium", "tags": ["Strings", "strings"], "timeLimitMs": 1500 });
    let created = admin.post("/problems", body).await;
    assert!(created.headers["location"].to_str().unwrap().starts_with("/api/v1/problems/"));
    let created = created.data(201);
    assert_eq!(
        (created["slug"].as_str(), created["status"].as_str(), &created["tags"]),
        (Some("two-words"), Some("draft"), &json!(["strings"]))
    );
    stranger.get("/problems/two-words").await.problem(404, "problem.not_found");
    stranger
        .patch("/problems/two-words", json!({ "title": "Mine" }))
        .await
        .problem(404, "problem.not_found");
    admin
        .post("/problems/two-words/publish", json!({}))
        .await
        .problem(409, "problem.no_tests");
    let tests = json!({ "tests": [{ "input": "a", "answer": "b", "sample": true, "explanation": "why" }] });
    admin.put("/problems/two-words/tests", tests).await.data(200);
    assert_eq!(
        admin.post("/problems/two-words/submit-for-review", json!({})).await.data(200)["status"],
        "in_review"
    );
    stranger.get("/problems/two-words").await.problem(404, "problem.not_found");
    assert_eq!(
        admin.post("/problems/two-words/publish", json!({})).await.data(200)["status"],
        "published"
    );
    admin
        .post("/problems/two-words/publish", json!({}))
        .await
        .problem(409, "problem.wrong_status");

    let seen = stranger.get("/problems/two-words").await.data(200);
    assert_eq!(
        (seen["statement"].as_str(), seen["timeLimitMs"].as_u64()),
        (Some("# Hi"), Some(1500))
    );
    assert_eq!(seen["samples"], json!([{ "input": "a", "answer": "b", "explanation": "why" }]));
    stranger
        .patch("/problems/two-words", json!({ "title": "Mine" }))
        .await
        .problem(403, "auth.forbidden");
    assert_eq!(
        admin.patch("/problems/two-words", json!({ "title": "Renamed" })).await.data(200)["title"],
        "Renamed"
    );
    let wrong = admin
        .patch("/problems/two-words", json!({ "timeLimitMs": 0, "title": "" }))
        .await
        .problem(422, "validation.failed");
    assert_eq!(wrong["errors"].as_array().map(Vec::len), Some(2), "{wrong}");
    assert_eq!(
        admin.post("/problems/two-words/archive", json!({})).await.data(200)["status"],
        "archived"
    );
    stranger.get("/problems/two-words").await.problem(404, "problem.not_found");
}

#[tokio::test]
async fn lists_are_searched_filtered_sorted_and_paged() {
    let installation = Installation::new();
    let server = installation.serve("serve").await;
    let admin = installation.admin(&server).await;
    for n in 0..7 {
        admin.sum_problem(&format!("sum-{n}"), 1).await;
    }
    admin
        .post(
            "/problems",
            json!({ "title": "Secret Draft", "statement": "", "difficulty": "hard", "tags": ["graphs"] }),
        )
        .await
        .data(201);
    let api = &server.api;
    let count = |value: Value| value.as_array().unwrap().len();
    assert_eq!(count(api.get("/problems?limit=100").await.data(200)), 7);
    assert_eq!(count(admin.get("/problems?limit=100").await.data(200)), 8);
    assert_eq!(count(api.get("/problems?q=SUM%203").await.data(200)), 1);
    assert_eq!(count(api.get("/problems?q=%25").await.data(200)), 0);
    assert_eq!(count(api.get("/problems?tag=math&difficulty=easy").await.data(200)), 7);
    assert_eq!(count(admin.get("/problems?status=draft").await.data(200)), 1);
    for sort in ["newest", "oldest", "title", "difficulty"] {
        let mut slugs = Vec::new();
        let mut path = format!("/problems?limit=3&sort={sort}");
        loop {
            let answer = api.get(&path).await;
            slugs.extend(answer.body["data"].as_array().unwrap().iter().map(|item| item["slug"].to_string()));
            let Some(cursor) = answer.body["meta"]["page"]["nextCursor"].as_str() else {
                break;
            };
            path = format!("/problems?limit=3&sort={sort}&cursor={cursor}");
        }
        assert_eq!(
            slugs.iter().collect::<std::collections::BTreeSet<_>>().len(),
            7,
            "{sort}: {slugs:?}"
        );
        assert_eq!(slugs.len(), 7);
    }
}

#[tokio::test]
async fn public_reads_are_cacheable_and_conditional() {
    let installation = Installation::new();
    let server = installation.serve("serve").await;
    let admin = installation.admin(&server).await;
    admin.sum_problem("sum", 1).await;
    for path in ["/problems/sum", "/problems", "/languages"] {
        let first = server.api.get(path).await;
        let etag = first.headers["etag"].clone();
        assert!(first.headers.contains_key("cache-control"), "{path}");
        let again = server
            .api
            .request(Method::GET, path)
            .header("if-none-match", etag.clone())
            .send()
            .await
            .unwrap();
        assert_eq!(again.status(), 304, "{path}");
        assert_eq!(again.headers()["etag"], etag);
    }
    let etag = server.api.get("/problems/sum").await.headers["etag"].clone();
    admin.patch("/problems/sum", json!({ "title": "Other" })).await.data(200);
    let changed = server
        .api
        .request(Method::GET, "/problems/sum")
        .header("if-none-match", etag)
        .send()
        .await
        .unwrap();
    assert_eq!(changed.status(), 200);
}

#[tokio::test]
async fn a_package_is_imported_and_its_own_validator_judges() {
    let installation = Installation::new();
    let server = installation.serve("all").await;
    let admin = installation.admin(&server).await;
    let name = any_sample();
    let archive = installation.folder().join(format!("{name}.zip"));
    zip(&sample_package(&name), &archive);
    let stranger = server.api.user("ada").await;
    upload(&stranger, &archive).await.problem(403, "auth.forbidden");
    let answer = upload(&admin, &archive).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let slug = name.clone();
    admin.post(&format!("/problems/{slug}/publish"), json!({})).await.data(200);
    upload(&admin, &archive).await.problem(409, "problem.slug_taken");
    let accepted = sample_package(&name).join("submissions/accepted");
    let python = std::fs::read_dir(accepted)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|e| e == "py"));
    let source = std::fs::read_to_string(python.expect("an accepted Python submission")).unwrap();
    let judged = admin.submit(&slug, "python", &source).await;
    let judged = admin.verdict(judged["id"].as_str().unwrap()).await;
    assert_eq!(judged["verdict"], "accepted", "{judged}");
    let judged = admin.submit(&slug, "python", "print('nonsense')").await;
    assert_eq!(judged["verdict"], "wrong_answer", "{judged}");
}

#[tokio::test]
async fn a_broken_checker_is_the_authors_fault() {
    let installation = Installation::new();
    let server = installation.serve("all").await;
    let admin = installation.admin(&server).await;
    let folder = installation.folder().join("brokenchecker");
    let write = |path: &str, text: &str| {
        let file = folder.join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    };
    write(
        "problem.yaml",
        "problem_format_version: 2025-09\nname: Broken\nuuid: 5ca6ba5b-36d5-4eff-8aa7-d967cbc4375e\nlimits:\n  time_limit: 2\n",
    );
    write("statement/problem.en.md", "Broken.\n");
    write("data/sample/1.in", "1\n");
    write("data/sample/1.ans", "1\n");
    write("data/secret/1.in", "1\n");
    write("data/secret/1.ans", "1\n");
    write(
        "output_validator/validate.cpp",
        "#include <cstdlib>\nint main() { std::abort(); }\n",
    );
    let archive = installation.folder().join("brokenchecker.zip");
    zip(&folder, &archive);
    let answer = upload(&admin, &archive).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    admin.post("/problems/brokenchecker/publish", json!({})).await.data(200);
    let judged = admin.submit("brokenchecker", "python", "print(1)").await;
    assert_eq!(admin.verdict(judged["id"].as_str().unwrap()).await["verdict"], "checker_failed");
}

#[tokio::test]
async fn hostile_archives_are_refused_and_leave_nothing() {
    let installation = Installation::new();
    let server = installation.serve("serve").await;
    let admin = installation.admin(&server).await;
    let make = |name: &str, script: &str| {
        let path = installation.folder().join(name);
        let whole = format!("import zipfile, sys\nz = zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED)\n{script}\nz.close()\n");
        assert!(Command::new("python3").args(["-c", &whole]).arg(&path).status().unwrap().success());
        path
    };
    let yaml = "z.writestr('p/problem.yaml', 'name: x\\n')";
    let cases = [
        ("slip.zip", format!("{yaml}\nz.writestr('../evil', 'x')"), 422),
        ("absolute.zip", format!("{yaml}\nz.writestr('/etc/evil', 'x')"), 422),
        (
            "bomb.zip",
            format!("{yaml}\nz.writestr('p/data/secret/1.in', b'0' * (600 << 20))"),
            413,
        ),
        ("none.zip", "z.writestr('readme', 'x')".to_owned(), 422),
        ("no-tests.zip", yaml.to_owned(), 422),
        (
            "link.zip",
            format!(
                "{yaml}\ni = zipfile.ZipInfo('p/data/secret/1.in')\ni.create_system = 3\ni.external_attr = 0o120777 << 16\nz.writestr(i, '/etc/passwd')"
            ),
            422,
        ),
    ];
    for (name, script, status) in cases {
        let answer = upload(&admin, &make(name, &script)).await;
        let code = answer.body["code"].as_str().unwrap_or_default().to_owned();
        assert!(code.starts_with("package."), "{name}: {}", answer.text);
        answer.problem(status, &code);
    }
    let garbage = installation.folder().join("garbage.zip");
    std::fs::write(&garbage, b"not a zip").unwrap();
    upload(&admin, &garbage).await.problem(422, "package.invalid_archive");
    assert_eq!(admin.get("/problems").await.data(200), json!([]));
    let scratch = std::fs::read_dir(installation.data_dir().join("scratch")).map_or(0, Iterator::count);
    assert_eq!(scratch, 0, "no unpacked archive is left");
}
