//! The rules of the architecture that neither the compiler nor clippy can see. Each failure names file and line.

#[path = "architecture/rules.rs"]
mod rules;
#[path = "architecture/scan.rs"]
mod scan;

use scan::{Source, root, rust_files};
use serde_json::Value;
use std::collections::BTreeSet;
use std::process::Command;

/// Crates the core may use beside the standard library: shared vocabulary, nothing that does input or output.
const CORE_MAY_USE: &[&str] = &[
    "async-trait",
    "bytes",
    "chrono",
    "futures-core",
    "futures-util",
    "serde",
    "serde_json",
    "thiserror",
    "tracing",
    "uuid",
];

struct Member {
    name: String,
    manifest: String,
    dependencies: Vec<Dependency>,
}

struct Dependency {
    name: String,
    ours: bool,
    dev: bool,
}

impl Member {
    fn is_adapter(&self) -> bool {
        self.manifest.starts_with("adapters/")
    }
}

/// Members of the workspace with the dependencies their manifests declare.
fn members() -> Vec<Member> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root())
        .output()
        .expect("cargo runs this test, so it can be run");
    assert!(
        output.status.success(),
        "cargo metadata: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let members: Vec<Member> = list(&metadata["packages"])
        .iter()
        .map(|package| Member {
            name: text(&package["name"]),
            manifest: text(&package["manifest_path"])
                .trim_start_matches(&*root().to_string_lossy())
                .trim_start_matches('/')
                .to_owned(),
            dependencies: list(&package["dependencies"])
                .iter()
                .map(|dependency| Dependency {
                    name: text(&dependency["name"]),
                    ours: dependency["path"].is_string(),
                    dev: dependency["kind"] == "dev",
                })
                .collect(),
        })
        .collect();
    assert!(
        members.len() > 10,
        "cargo metadata lists {} members: the rules guard nothing",
        members.len()
    );
    members
}

/// Whether the arrow is one of `docs/adr/0001`: root → everything but contract; adapters → core; contract → core; core → nothing.
/// Tests of adapters may use the contract suites and the fakes of the memory adapter.
fn may_depend(member: &Member, dependency: &Dependency) -> bool {
    let on = dependency.name.as_str();
    match member.name.as_str() {
        "codesm" => on != "codesm-contract",
        // For its tests, from src/core/tests/ only.
        "codesm-core" => dependency.dev && on == "codesm-memory",
        "codesm-contract" | "codesm-migration" => on == "codesm-core",
        "codesm-persistence" if on == "codesm-migration" => true,
        name => {
            let for_tests = on == "codesm-contract" || on == "codesm-memory" || on == name;
            member.is_adapter() && (on == "codesm-core" || (dependency.dev && for_tests))
        }
    }
}

fn sample_problems() -> Vec<String> {
    let folder = root().join("config/sample-problems");
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let names: Vec<String> = entries
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    assert!(!names.is_empty(), "no sample problem: the rule guards nothing");
    names
}

fn check(sources: &[Source], rule: impl Fn(&Source) -> Vec<String>) {
    refuse(&sources.iter().flat_map(rule).collect::<Vec<_>>());
}

fn refuse(offences: &[String]) {
    assert!(offences.is_empty(), "{} offences:\n{}", offences.len(), offences.join("\n"));
}

#[test]
fn crates_depend_only_along_the_arrows() {
    let mut offences = Vec::new();
    for member in members() {
        for dependency in member.dependencies.iter().filter(|dependency| dependency.ours) {
            if !may_depend(&member, dependency) {
                let kind = if dependency.dev { "dev-dependency" } else { "dependency" };
                offences.push(format!(
                    "{}: `{}` may not be a {kind} of `{}`",
                    member.manifest, dependency.name, member.name
                ));
            }
        }
    }
    refuse(&offences);
}

#[test]
fn the_core_uses_only_the_shared_vocabulary() {
    let members = members();
    let core = members
        .iter()
        .find(|member| member.name == "codesm-core")
        .expect("the workspace has a core");
    let allowed: BTreeSet<&str> = CORE_MAY_USE.iter().copied().collect();
    let external = core.dependencies.iter().filter(|dependency| !dependency.dev && !dependency.ours);
    let offences: Vec<String> = external
        .filter(|dependency| !allowed.contains(dependency.name.as_str()))
        .map(|dependency| {
            format!(
                "{}: `{}` is not on the core's list; put it behind a port",
                core.manifest, dependency.name
            )
        })
        .collect();
    refuse(&offences);
}

#[test]
fn the_core_names_no_framework() {
    check(&rust_files(&["src/core/src"]), rules::frameworks);
}

#[test]
fn only_the_sandbox_creates_processes() {
    let mut sources = rust_files(&["src", "adapters", "migration"]);
    sources.retain(|source| !source.path.starts_with("adapters/sandbox/"));
    check(&sources, rules::process_creation);
}

#[test]
fn no_code_knows_a_problem_by_name() {
    let samples = sample_problems();
    check(&rust_files(&["src", "adapters", "migration"]), |source| {
        rules::problem_names(source, &samples)
    });
}

#[test]
fn files_are_short_enough_to_be_read() {
    check(&rust_files(&["src", "adapters", "migration"]), rules::length);
}

#[test]
fn nothing_is_left_unfinished() {
    check(&rust_files(&["src", "adapters", "migration", "tests"]), rules::unfinished);
}

#[test]
fn every_crate_takes_the_workspace_lints() {
    let offences: Vec<String> = manifests()
        .into_iter()
        .filter(|(_, text)| !rules::takes_workspace_lints(text))
        .map(|(path, _)| format!("{path}: add `[lints]` with `workspace = true`"))
        .collect();
    refuse(&offences);
}

#[test]
fn versions_are_settled_in_the_root_manifest_alone() {
    refuse(
        &manifests()
            .iter()
            .flat_map(|(path, text)| rules::own_versions(path, text))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn every_configuration_key_is_documented() {
    let read = |path: &str| std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    let keys = rules::configuration_keys(&Source::parse("src/config/keys.rs", &read("src/config/keys.rs")));
    assert!(keys.len() > 20, "only {} keys found: the rule guards nothing", keys.len());
    let mut offences = Vec::new();
    for path in ["README.md", "config/codesm.env.example"] {
        let text = read(path);
        let missing = keys.iter().filter(|(_, key)| !scan::has_word(&text, key));
        offences.extend(missing.map(|(line, key)| format!("src/config/keys.rs:{line}: {path} does not name `{key}`")));
    }
    refuse(&offences);
}

fn manifests() -> Vec<(String, String)> {
    members()
        .into_iter()
        .map(|member| {
            let text =
                std::fs::read_to_string(root().join(&member.manifest)).unwrap_or_else(|error| panic!("{}: {error}", member.manifest));
            (member.manifest, text)
        })
        .collect()
}

/// A guard that cannot fail guards nothing: each rule is shown a file that breaks it, and one that does not.
mod the_rules_can_fail {
    use super::scan::Source;
    use super::{Dependency, Member, may_depend, rules};

    fn product(text: &str) -> Source {
        Source::parse("adapters/http/src/bad.rs", text)
    }

    fn member(name: &str, manifest: &str) -> Member {
        Member {
            name: name.to_owned(),
            manifest: manifest.to_owned(),
            dependencies: Vec::new(),
        }
    }

    fn on(name: &str, dev: bool) -> Dependency {
        Dependency {
            name: name.to_owned(),
            ours: true,
            dev,
        }
    }

    #[test]
    fn on_an_arrow_between_adapters() {
        let http = member("codesm-http", "adapters/http/Cargo.toml");
        assert!(may_depend(&http, &on("codesm-core", false)));
        assert!(may_depend(&http, &on("codesm-memory", true)));
        assert!(may_depend(&http, &on("codesm-contract", true)));
        assert!(!may_depend(&http, &on("codesm-memory", false)));
        assert!(!may_depend(&http, &on("codesm-persistence", true)));
        assert!(!may_depend(&http, &on("codesm-migration", false)));
        let persistence = member("codesm-persistence", "adapters/persistence/Cargo.toml");
        assert!(may_depend(&persistence, &on("codesm-migration", false)));
        let core = member("codesm-core", "src/core/Cargo.toml");
        assert!(!may_depend(&core, &on("codesm-memory", false)));
        assert!(!may_depend(&member("codesm", "Cargo.toml"), &on("codesm-contract", true)));
        assert!(!may_depend(&member("codesm-stray", "stray/Cargo.toml"), &on("codesm-core", false)));
    }

    #[test]
    fn on_processes() {
        for bad in [
            "let child = std::process::Command::new(\"true\");",
            "use std::process::{Command, Stdio};",
            "use std::{\n    io,\n    process::{\n        Command,\n    },\n};",
            "use tokio::process;",
            "let pid = unsafe { libc::fork() };",
            "libc::syscall(libc::SYS_clone3, 0, 0);",
            "libc::posix_spawn(p);",
        ] {
            assert_eq!(rules::process_creation(&product(bad)).len(), 1, "{bad}");
        }
        for good in [
            "// std::process::Command is for the sandbox",
            "let text = \"std::process::Command\";",
            "std::process::exit(1)",
            "use std::process::ExitCode;",
            "use clap::Command;",
            "#[cfg(test)]\nmod tests {\n    use std::process::Command;\n}",
        ] {
            assert_eq!(rules::process_creation(&product(good)), Vec::<String>::new(), "{good}");
        }
    }

    #[test]
    fn on_names_of_problems() {
        let samples = vec!["teapots".to_owned()];
        let offences = |text: &str| rules::problem_names(&product(text), &samples);
        assert_eq!(
            offences("fn f() {\n    if slug == \"teapots\" {}\n}"),
            ["adapters/http/src/bad.rs:2: names the problem `teapots`; code must not know any problem by name"]
        );
        assert_eq!(offences("r#\"config/sample-problems/teapots/data\"#").len(), 1);
        assert_eq!(offences("\"aplusb\"").len(), 1);
        assert_eq!(offences("\"many teapotsful\" // \"teapots\""), Vec::<String>::new());
        assert_eq!(offences("\"say hello to aplusb\""), Vec::<String>::new());
        assert_eq!(offences("let c = '\"'; let teapots = 1; let d = '\\'';"), Vec::<String>::new());
    }

    #[test]
    fn on_long_files() {
        let long = "let a = 1;\n".repeat(rules::MAX_LINES + 1);
        assert_eq!(rules::length(&product(&long)).len(), 1);
        let tested = format!("fn f() {{}}\n#[cfg(test)]\nmod tests {{\n{long}}}\n");
        assert_eq!(rules::length(&product(&tested)), Vec::<String>::new());
        assert_eq!(
            rules::length(&Source::parse("src/core/src/model_tests.rs", &long)),
            Vec::<String>::new()
        );
    }

    #[test]
    fn on_unfinished_code() {
        for bad in [
            "todo!()",
            "unimplemented !(\"later\")",
            "#[ignore = \"slow\"]\n#[test]\nfn f() {}",
            "#[allow(dead_code)]",
            "#![allow(clippy::all)]",
            "#[cfg_attr(test, allow(unused))]",
        ] {
            assert_eq!(rules::unfinished(&product(bad)).len(), 1, "{bad}");
        }
        let good = "#[expect(dead_code, reason = \"todo!\")] // #[allow(x)]\nlet may = allow(1);";
        assert_eq!(rules::unfinished(&product(good)), Vec::<String>::new());
    }

    #[test]
    fn on_frameworks_in_the_core() {
        for bad in [
            "use tokio::sync::Mutex;",
            "let x: poem::Response;",
            "use sea_orm;",
            "pub use reqwest::Client;",
        ] {
            assert_eq!(rules::frameworks(&product(bad)).len(), 1, "{bad}");
        }
        for good in [
            "/// like tokio::spawn",
            "let poem = \"poem::Route\";",
            "mytokio::spawn()",
            "use crate::poems::Poem;",
        ] {
            assert_eq!(rules::frameworks(&product(good)), Vec::<String>::new(), "{good}");
        }
    }

    #[test]
    fn on_missing_lints() {
        assert!(rules::takes_workspace_lints("[package]\n\n[lints]\nworkspace = true\n"));
        assert!(!rules::takes_workspace_lints(
            "[package]\nworkspace = true\n[lints]\n[dependencies]\nworkspace = true\n"
        ));
    }

    #[test]
    fn on_versions_outside_the_root() {
        let bad =
            "[dependencies]\nserde = \"1\"\nbytes.workspace = true\n[dev-dependencies.rand]\nversion = \"1\"\n[features]\nfakes = []\n";
        assert_eq!(rules::own_versions("adapters/x/Cargo.toml", bad).len(), 2);
        let good = "[dependencies]\nchrono = { workspace = true, features = [\"now\"] }\n[features]\ndefault = []\n[workspace.dependencies]\na = \"1\"\n";
        assert_eq!(rules::own_versions("Cargo.toml", good), Vec::<String>::new());
    }

    #[test]
    fn on_configuration_keys() {
        let keys = rules::configuration_keys(&product(
            "keys! {\n    \"CODESM_ONE\" \"the first\",\n};\n(\"CODESM_REFUSED\", \"x\"),",
        ));
        assert_eq!(keys, [(2, "CODESM_ONE".to_owned())]);
    }

    #[test]
    fn only_on_what_is_code() {
        let source = product("let a = \"x // y\"; /* a /* nested */ b */ let b = 'c'; fn f<'a>(x: &'a str) {}\nlet s = b\"z\";");
        assert_eq!(source.lines[0].code, "let a = \"\";  let b = ''; fn f<'a>(x: &'a str) {}");
        assert_eq!(source.lines[0].strings, ["x // y"]);
        assert_eq!(source.lines[1].strings, ["z"]);
        let spread = product("let a = \"one\n two\"; todo!();\n#[cfg(test)]\nfn t() {\n    let x = \"}\";\n}\nfn p() {}");
        assert_eq!(spread.lines[0].strings, ["one\n two"]);
        assert_eq!(rules::unfinished(&spread).len(), 1);
        let tests: Vec<bool> = spread.lines.iter().map(|line| line.test).collect();
        assert_eq!(tests, [false, false, true, true, true, true, false]);
    }
}
