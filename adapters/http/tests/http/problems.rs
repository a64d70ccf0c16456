//! Problems: writing, reading, caching, importing.

use crate::harness::{Answer, Server};
use codesm_core::judging::{Checker, ComparatorOptions, Rules};
use codesm_core::kernel::{LocalFile, Role};
use codesm_core::problems::{Package, PackageError, PackageSource, PackageTest, TimeRule};
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

#[tokio::test]
async fn a_problem_is_written_tested_published_and_archived() {
    let server = Server::start().await;
    let author = server.token("ada", Role::Author).await;
    let body = json!({ "title": "A plus B", "statement": "Add.", "difficulty": "easy", "tags": ["Math", "math"], "timeLimitMs": 1000 });
    let created = server.post_json("/api/v1/problems", Some(&author), &body).await;
    assert_eq!(created.status, 201);
    let problem = created.data();
    assert_eq!(
        created.header("location"),
        format!("/api/v1/problems/{}", problem["id"].as_str().unwrap())
    );
    assert_eq!(problem["slug"], "a-plus-b");
    assert_eq!(
        (&problem["status"], &problem["tags"], &problem["acceptance"]),
        (&json!("draft"), &json!(["math"]), &Value::Null)
    );
    assert_eq!(
        (&problem["timeLimitMs"], &problem["memoryLimitMb"], &problem["testCount"]),
        (&json!(1000), &json!(256), &json!(0))
    );
    assert_eq!(problem["author"]["username"], "ada");

    // A draft does not exist for others.
    server
        .fetch("/api/v1/problems/a-plus-b", None)
        .await
        .is_problem(404, "problem.not_found");
    let publish = || server.post("/api/v1/problems/a-plus-b/publish").bearer_auth(&author);
    server.send(publish()).await.is_problem(409, "problem.no_tests");

    let tests = json!({
        "tests": [{ "input": "5 5\n", "answer": "10\n", "sample": false }, { "input": "1 2\n", "answer": "3\n", "sample": true }],
        "checker": { "floatAbsoluteTolerance": 0.001 },
    });
    let set = server
        .json(Method::PUT, "/api/v1/problems/a-plus-b/tests", Some(&author), &tests)
        .await
        .data();
    assert_eq!((&set["tests"], &set["samples"]), (&json!(2), &json!(1)));
    let edited = server
        .json(
            Method::PATCH,
            "/api/v1/problems/a-plus-b",
            Some(&author),
            &json!({ "title": "Sum", "slug": null }),
        )
        .await;
    assert_eq!(
        (&edited.data()["title"], &edited.data()["slug"]),
        (&json!("Sum"), &json!("a-plus-b"))
    );
    let review = server
        .send(server.post("/api/v1/problems/a-plus-b/submit-for-review").bearer_auth(&author))
        .await;
    assert_eq!(review.data()["status"], "in_review");
    assert_eq!(server.send(publish()).await.data()["status"], "published");
    server.send(publish()).await.is_problem(409, "problem.wrong_status");

    let seen = server.fetch("/api/v1/problems/a-plus-b", None).await.data();
    assert_eq!(seen["samples"], json!([{ "input": "1 2\n", "answer": "3\n" }]));
    assert_eq!(seen["testCount"], 2);
    let archived = server
        .send(server.post("/api/v1/problems/a-plus-b/archive").bearer_auth(&author))
        .await;
    assert_eq!(archived.data()["status"], "archived");
}

#[tokio::test]
async fn solvers_may_not_write_and_are_told_so_before_their_mistakes() {
    let server = Server::start().await;
    let author = server.token("ada", Role::Author).await;
    let solver = server.token("bob", Role::User).await;
    server.problem(&author).await;
    let bad = json!({ "title": "", "statement": "", "difficulty": "easy" });
    server
        .post_json("/api/v1/problems", Some(&solver), &bad)
        .await
        .is_problem(403, "auth.forbidden");
    server
        .post_json("/api/v1/problems", None, &bad)
        .await
        .is_problem(401, "auth.required");
    let no_tests = json!({ "tests": [] });
    server
        .json(Method::PUT, "/api/v1/problems/a-plus-b/tests", Some(&solver), &no_tests)
        .await
        .is_problem(403, "auth.forbidden");
    let refused = server
        .json(Method::PUT, "/api/v1/problems/a-plus-b/tests", Some(&author), &no_tests)
        .await;
    refused.is_problem(422, "validation.failed");
    assert_eq!(refused.fields(), [("tests".to_owned(), "out_of_range".to_owned())]);
    server
        .post_json(
            "/api/v1/problems",
            Some(&author),
            &json!({ "title": "A plus B", "statement": "", "difficulty": "easy" }),
        )
        .await
        .is_problem(409, "problem.slug_taken");
}

#[tokio::test]
async fn the_list_is_filtered_sorted_and_paged() {
    let server = Server::start().await;
    let author = server.token("ada", Role::Author).await;
    for (title, difficulty) in [("Zebra", "easy"), ("Apple", "hard"), ("Mango", "medium")] {
        let body = json!({ "title": title, "statement": "", "difficulty": difficulty, "tags": [difficulty, "fruit"] });
        server.post_json("/api/v1/problems", Some(&author), &body).await.data();
    }
    let titles = |answer: &Answer| -> Vec<String> {
        let items = answer.data();
        items
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["title"].as_str().unwrap().to_owned())
            .collect()
    };
    let first = server.fetch("/api/v1/problems?sort=title&limit=2", Some(&author)).await;
    assert_eq!(titles(&first), ["Apple", "Mango"]);
    let page = first.json()["meta"]["page"].clone();
    assert_eq!(page["limit"], 2);
    let cursor = page["nextCursor"].as_str().unwrap();
    let second = server
        .fetch(&format!("/api/v1/problems?sort=title&limit=2&cursor={cursor}"), Some(&author))
        .await;
    assert_eq!(titles(&second), ["Zebra"]);
    assert_eq!(second.json()["meta"]["page"]["nextCursor"], Value::Null);
    server
        .fetch(&format!("/api/v1/problems?sort=newest&cursor={cursor}"), Some(&author))
        .await
        .is_problem(400, "page.invalid_cursor");
    assert_eq!(
        titles(&server.fetch("/api/v1/problems?difficulty=hard", Some(&author)).await),
        ["Apple"]
    );
    assert_eq!(
        titles(&server.fetch("/api/v1/problems?q=man&tag=fruit&status=draft", Some(&author)).await),
        ["Mango"]
    );
    assert!(titles(&server.fetch("/api/v1/problems", None).await).is_empty());
    server
        .fetch("/api/v1/problems?limit=0", None)
        .await
        .is_problem(422, "page.invalid_limit");
    server
        .fetch("/api/v1/problems?limit=101", None)
        .await
        .is_problem(422, "page.invalid_limit");
}

#[tokio::test]
async fn unknown_values_of_parameters_name_the_parameter() {
    let server = Server::start().await;
    for (query, name) in [
        ("difficulty=impossible", "difficulty"),
        ("status=", "status"),
        ("sort=best", "sort"),
        ("limit=ten", "limit"),
        ("limit=-1", "limit"),
    ] {
        let refused = server.fetch(&format!("/api/v1/problems?{query}"), None).await;
        refused.is_problem(400, "request.invalid_parameter");
        assert_eq!(refused.fields(), [(name.to_owned(), "invalid".to_owned())], "{query}");
        assert!(!String::from_utf8_lossy(&refused.bytes).contains("occurred while parsing"));
    }
    let refused = server.fetch("/api/v1/problems?limit=1&limit=2", None).await;
    refused.is_problem(400, "request.duplicate_parameter");
    assert_eq!(refused.fields(), [("limit".to_owned(), "duplicate".to_owned())]);
}

#[tokio::test]
async fn public_reads_are_conditional_and_change_with_what_they_show() {
    let server = Server::start().await;
    let author = server.token("ada", Role::Author).await;
    server.problem(&author).await;
    for path in ["/api/v1/problems", "/api/v1/problems/a-plus-b", "/api/v1/languages"] {
        let first = server.fetch(path, None).await;
        let tag = first.header("etag").to_owned();
        assert!(
            tag.starts_with('"') && first.header("cache-control").starts_with("public, max-age="),
            "{path}"
        );
        let again = server.send(server.get(path).header("if-none-match", &tag)).await;
        assert_eq!(
            (again.status.as_u16(), again.bytes.len(), again.header("etag")),
            (304, 0, tag.as_str()),
            "{path}"
        );
        let weak = server
            .send(server.get(path).header("if-none-match", format!("\"x\", W/{tag}")))
            .await;
        assert_eq!(weak.status, 304);
        let other = server.send(server.get(path).header("if-none-match", "\"x\"")).await;
        assert_eq!(other.status, 200);
    }
    let tag = server.fetch("/api/v1/problems/a-plus-b", None).await.header("etag").to_owned();
    server
        .json(
            Method::PATCH,
            "/api/v1/problems/a-plus-b",
            Some(&author),
            &json!({ "title": "New" }),
        )
        .await
        .data();
    let changed = server
        .send(server.get("/api/v1/problems/a-plus-b").header("if-none-match", &tag))
        .await;
    assert_eq!((changed.status.as_u16(), changed.data()["title"].as_str()), (200, Some("New")));
    let own = server.fetch("/api/v1/problems/a-plus-b", Some(&author)).await;
    assert_eq!(own.header("cache-control"), "private, no-cache");
    let vary: Vec<&str> = own.headers.get_all("vary").iter().map(|value| value.to_str().unwrap()).collect();
    assert!(vary.iter().any(|value| value.contains("Authorization")), "{vary:?}");
}

pub(crate) fn package(folder: &std::path::Path) -> Package {
    let file = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        LocalFile {
            path,
            size: text.len() as u64,
            guard: None,
        }
    };
    let test = |name: &str, sample| PackageTest {
        name: name.to_owned(),
        sample,
        group: None,
        input: file("in", "1 2\n"),
        answer: file("ans", "3\n"),
        args: Vec::new(),
        files: Vec::new(),
        checker_args: None,
        comparator: None,
        explanation: None,
    };
    Package {
        name: "greeting".to_owned(),
        title: "Greeting".to_owned(),
        statement: "Say it.".to_owned(),
        format_version: "legacy".to_owned(),
        time_limit_ms: Some(1500),
        time_rule: TimeRule::LEGACY,
        memory_limit_mb: None,
        output_limit_kb: None,
        tags: Vec::new(),
        author: None,
        license: None,
        source: None,
        checker: Checker::tokens(ComparatorOptions::default()),
        rules: Rules::default(),
        tests: vec![test("sample/1", true), test("secret/1", false)],
        submissions: Vec::new(),
        attachments: vec![("data/h\u{e4}user.txt".to_owned(), file("attachment", "one\ntwo\n"))],
        warnings: vec!["problem.yaml: x: ignored".to_owned()],
        guard: None,
    }
}

pub(crate) fn form(publish: &'static str) -> Form {
    let part = Part::bytes(b"PK rubbish".to_vec()).file_name("greeting.zip");
    Form::new().text("ignored", "x").part("package", part).text("publish", publish)
}

#[tokio::test]
async fn a_package_is_imported_and_its_upload_is_gone_afterwards() {
    let server = Server::start().await;
    let author = server.token("ada", Role::Author).await;
    let files = tempfile::tempdir().unwrap();
    server.fakes.packages.give(Ok(package(files.path())));
    let import = |form| server.post("/api/v1/problems/import").bearer_auth(&author).multipart(form);
    let imported = server.send(import(form("true"))).await;
    assert_eq!(imported.status, 201);
    let problem = imported.data();
    assert_eq!(
        (&problem["slug"], &problem["status"], &problem["testCount"]),
        (&json!("greeting"), &json!("published"), &json!(2))
    );
    let report = json!({
        "formatVersion": "legacy", "kind": ["pass-fail"], "samples": 1, "secrets": 1, "groups": [], "jurySubmissions": 0,
        "timeLimitMs": 1500, "timeLimitNote": "the package says so", "warnings": ["problem.yaml: x: ignored"]
    });
    assert_eq!(problem["report"], report);
    assert_eq!(
        imported.header("location"),
        format!("/api/v1/problems/{}", problem["id"].as_str().unwrap())
    );
    let [PackageSource::Archive { name, .. }] = &server.fakes.packages.read_sources()[..] else {
        panic!("one archive was read");
    };
    assert_eq!(name, "greeting");
    server.send(import(form("true"))).await.is_problem(409, "problem.slug_taken");
    assert_eq!(std::fs::read_dir(server.scratch.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_bad_import_says_why() {
    let server = Server::start().await;
    let author = server.token("ada", Role::Author).await;
    let solver = server.token("bob", Role::User).await;
    let import = |token: &str, form| server.post("/api/v1/problems/import").bearer_auth(token).multipart(form);
    server.send(import(&solver, form("true"))).await.is_problem(403, "auth.forbidden");
    assert!(server.fakes.packages.read_sources().is_empty());
    server.fakes.packages.give(Err(PackageError {
        code: "package.missing_answer",
        file: Some("data/secret/1.in".to_owned()),
        key: None,
        message: "there is no answer".to_owned(),
        is_local_fault: false,
    }));
    let refused = server.send(import(&author, form("false"))).await;
    refused.is_problem(422, "package.missing_answer");
    assert_eq!(
        refused.fields(),
        [("package:data/secret/1.in".to_owned(), "package.missing_answer".to_owned())]
    );
    let refused = server.send(import(&author, form("maybe"))).await;
    refused.is_problem(400, "request.invalid_body");
    let refused = server.send(import(&author, Form::new().text("other", "x"))).await;
    refused.is_problem(400, "request.invalid_body");
    assert_eq!(refused.fields(), [("package".to_owned(), "required".to_owned())]);
    let request = server.post("/api/v1/problems/import").bearer_auth(&author);
    server
        .send(request.header("content-type", "text/plain").body("x"))
        .await
        .is_problem(415, "request.unsupported_media_type");
    let broken = server
        .post("/api/v1/problems/import")
        .bearer_auth(&author)
        .header("content-type", "multipart/form-data; boundary=x");
    server
        .send(broken.body("--x\r\nrubbish"))
        .await
        .is_problem(400, "request.malformed_form");
    let unbounded = server
        .post("/api/v1/problems/import")
        .bearer_auth(&author)
        .header("content-type", "multipart/form-data");
    server.send(unbounded.body("x")).await.is_problem(400, "request.malformed_form");
    assert_eq!(std::fs::read_dir(server.scratch.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn an_import_over_its_limit_is_413_and_leaves_nothing() {
    let server = Server::with(|settings| settings.import_limit_bytes = 100_000).await;
    let author = server.token("ada", Role::Author).await;
    let part = Part::bytes(vec![7; 300_000]).file_name("big.zip");
    let sized = server
        .post("/api/v1/problems/import")
        .bearer_auth(&author)
        .multipart(Form::new().part("package", part));
    server.send(sized).await.is_problem(413, "request.too_large");
    let stream = futures_util::stream::iter((0..30).map(|_| Ok::<_, std::io::Error>(vec![7_u8; 10_000])));
    let part = Part::stream(reqwest::Body::wrap_stream(stream)).file_name("big.zip");
    let unsized_form = server
        .post("/api/v1/problems/import")
        .bearer_auth(&author)
        .multipart(Form::new().part("package", part));
    server.send(unsized_form).await.is_problem(413, "request.too_large");
    assert_eq!(std::fs::read_dir(server.scratch.path()).unwrap().count(), 0);
}
