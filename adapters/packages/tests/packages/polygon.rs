//! Packages of Codeforces' Polygon.

use crate::support::{Fixture, content, entry, warned, zip};
use codesm_core::judging::Points;
use codesm_core::judging::grading::{Aggregation, Grader, OnReject, TestGroup, TestNode};
use codesm_core::problems::Package;
use proptest::prelude::proptest;

const TESTS: &str = r#"<test method="manual" sample="true"/><test method="manual"/><test cmd="gen 1" method="generated"/>"#;
const SOLUTIONS: &str = r#"<solution tag="main"><source path="solutions/fast.cpp" type="cpp.g++17"/></solution>"#;

/// What `problem.xml` says in places where packages differ.
pub(crate) struct Xml<'a> {
    pub(crate) judging: &'a str,
    pub(crate) tests: &'a str,
    pub(crate) groups: &'a str,
    pub(crate) files: &'a str,
    pub(crate) checker: &'a str,
    pub(crate) assets: &'a str,
    pub(crate) solutions: &'a str,
}

impl Default for Xml<'_> {
    fn default() -> Self {
        Self {
            judging: r#"input-file="" output-file="""#,
            tests: TESTS,
            groups: "",
            files: "",
            checker: r#"<checker name="std::ncmp.cpp" type="testlib"><source path="files/check.cpp" type="cpp.g++17"/></checker>"#,
            assets: "",
            solutions: SOLUTIONS,
        }
    }
}

impl Xml<'_> {
    fn text(&self) -> String {
        let Self {
            judging,
            tests,
            groups,
            files,
            checker,
            assets,
            solutions,
        } = self;
        format!(
            r#"<?xml version="1.0" encoding="utf-8" standalone="no"?>
<problem revision="7" short-name="two-numbers">
  <names><name language="russian" value="Сумма"/><name language="english" value="Two Numbers"/></names>
  <statements><statement language="english" path="statements/english/problem.tex" type="application/x-tex"/></statements>
  <judging cpu-name="x" {judging}>
    <testset name="pretests"><time-limit>9</time-limit></testset>
    <testset name="tests">
      <time-limit>1500</time-limit><memory-limit>268435456</memory-limit><test-count>3</test-count>
      <input-path-pattern>tests/%02d</input-path-pattern><answer-path-pattern>tests/%02d.a</answer-path-pattern>
      <tests>{tests}</tests>{groups}
    </testset>
  </judging>
  <files><resources><file path="files/testlib.h" type="h.g++"/>{files}</resources></files>
  <assets>{checker}{assets}<solutions>{solutions}</solutions></assets>
  <tags><tag value="math"/><tag value="implementation"/></tags>
</problem>
"#
        )
    }

    /// A package with three tests.
    pub(crate) fn fixture(&self) -> Fixture {
        let mut fixture = Fixture::empty()
            .file("problem.xml", self.text())
            .file("statement-sections/english/legend.tex", "Add \\textbf{two} numbers.\n")
            .file("statement-sections/english/input.tex", "Two integers.\n")
            .file("statement-sections/english/output.tex", "")
            .file("statement-sections/english/notes.tex", "Easy.\n")
            .file("files/testlib.h", "// testlib\n")
            .file("files/check.cpp", "#include \"testlib.h\"\nint main() { quitf(_ok, \"\"); }\n")
            .file("solutions/fast.cpp", "int main() {}\n");
        for number in 1..=3 {
            fixture = fixture
                .file(&format!("tests/{number:02}"), format!("{number} {number}\n"))
                .file(&format!("tests/{number:02}.a"), format!("{}\n", 2 * number));
        }
        fixture
    }

    pub(crate) fn package(&self) -> Package {
        self.fixture().package()
    }

    pub(crate) fn code(&self) -> &'static str {
        self.fixture().refusal().code
    }
}

fn groups(tree: &TestGroup) -> Vec<&TestGroup> {
    tree.groups().collect()
}

#[test]
fn a_full_package_is_read() {
    let package = Xml::default().fixture();
    let package = package.package();
    assert_eq!((package.name.as_str(), package.title.as_str()), ("two-numbers", "Two Numbers"));
    assert_eq!(
        package.statement,
        "Add **two** numbers.\n\n## Input\n\nTwo integers.\n\n## Note\n\nEasy."
    );
    assert_eq!(package.format_version, "polygon");
    assert_eq!((package.time_limit_ms, package.memory_limit_mb), (Some(1500), Some(256)));
    assert_eq!(package.tags, ["math", "implementation"]);
    let tests: Vec<_> = package.tests.iter().map(|test| (test.name.as_str(), test.sample)).collect();
    assert_eq!(tests, [("sample/01", true), ("secret/02", false), ("secret/03", false)]);
    assert_eq!(package.rules.tree, None);
    assert!(warned(&package, &["only the test set tests is used"]));
    assert!(warned(&package, &["others: russian"]));
}

#[test]
fn tests_are_the_files_of_their_numbers() {
    let fixture = Xml::default().fixture();
    let package = fixture.package();
    assert_eq!(content(&package.tests[2].input.path), "3 3\n");
    assert_eq!(content(&package.tests[2].answer.path), "6\n");
}

#[test]
fn points_without_groups_are_counted_test_by_test() {
    let xml = Xml {
        tests: r#"<test sample="true" points="0"/><test points="40.0"/><test points="60.0"/>"#,
        ..Xml::default()
    };
    let package = xml.package();
    let tree = package.rules.tree.unwrap();
    assert_eq!((tree.max_score(false), tree.on_reject), (Some(100.0), OnReject::Continue));
    let maxima: Vec<_> = groups(&tree).iter().map(|group| group.max_score(false)).collect();
    assert_eq!(maxima, [Some(0.0), Some(40.0), Some(60.0)]);
    assert_eq!(package.rules.points, Points::None);
}

#[test]
fn equal_points_need_no_groups() {
    let xml = Xml {
        tests: r#"<test points="5"/><test points="5"/><test points="5"/>"#,
        ..Xml::default()
    };
    let tree = xml.package().rules.tree.unwrap();
    assert_eq!(tree.children, [1, 2, 3].map(TestNode::Test));
    assert_eq!(tree.max_score(false), Some(15.0));
}

pub(crate) const GROUPS: &str = r#"<groups>
  <group name="2" points="30.0" points-policy="complete-group"><dependencies><dependency group="1"/></dependencies></group>
  <group name="1" points="10.0" points-policy="each-test"/>
</groups>"#;
pub(crate) const GROUPED: &str =
    r#"<test sample="true" points="10.0" group="1"/><test points="0.0" group="2"/><test points="30.0" group="2"/>"#;

#[test]
fn groups_keep_their_policies_and_dependencies() {
    let xml = Xml {
        tests: GROUPED,
        groups: GROUPS,
        ..Xml::default()
    };
    let package = xml.package();
    let tree = package.rules.tree.as_ref().unwrap();
    let found = groups(tree);
    let names: Vec<_> = found.iter().map(|group| group.name.as_str()).collect();
    assert_eq!(names, ["secret/1", "secret/2"], "a group comes after those it depends on");
    assert_eq!(found[0].max_score(false), Some(10.0));
    assert_eq!(found[1].require_pass, ["secret/1"]);
    assert_eq!((found[1].tests(), found[1].on_reject), (vec![2, 3], OnReject::Break));
    let complete = Grader::Modern {
        aggregation: Aggregation::PassFail,
        max_score: Some(30.0),
    };
    assert_eq!(found[1].grader, complete);
    let names: Vec<_> = package.tests.iter().map(|test| test.name.as_str()).collect();
    assert_eq!(names, ["sample/01", "secret/2/02", "secret/2/03"]);
}

#[test]
fn groups_without_points_make_no_scoring_problem() {
    let xml = Xml {
        tests: r#"<test sample="true" group="0"/><test group="1"/><test group="1"/>"#,
        groups: r#"<groups><group name="0" points-policy="complete-group"/></groups>"#,
        ..Xml::default()
    };
    let package = xml.package();
    assert_eq!(package.rules.tree, None);
    assert_eq!(package.tests[1].group.as_deref(), Some("1"));
    assert!(warned(&package, &["group 1 is not declared"]));
}

#[test]
fn dependencies_that_lead_nowhere_are_refused() {
    for groups in [
        r#"<groups><group name="1" points="1"><dependencies><dependency group="9"/></dependencies></group></groups>"#,
        r#"<groups><group name="1" points="1"><dependencies><dependency group="1"/></dependencies></group></groups>"#,
        r#"<groups><group name="1" points-policy="odd"/></groups>"#,
        r#"<groups><group name="1"/><group name="1"/></groups>"#,
        r#"<groups><group name="1" points="-1"/></groups>"#,
    ] {
        let xml = Xml {
            tests: r#"<test points="1" group="1"/><test points="1" group="1"/><test/>"#,
            groups,
            ..Xml::default()
        };
        assert_eq!(xml.code(), "package.invalid_value", "{groups}");
    }
}

#[test]
fn checkers_may_give_part_of_the_points() {
    let xml = Xml {
        tests: r#"<test points="10"/><test points="10"/><test points="10"/>"#,
        ..Xml::default()
    };
    let fixture = xml
        .fixture()
        .file("files/check.cpp", "#include \"testlib.h\"\nint main() { quitp(0.5); }\n");
    let package = fixture.package();
    assert_eq!(package.rules.points, Points::Testlib);
    assert_eq!(package.rules.tree.unwrap().max_score(true), Some(30.0));
}

#[test]
fn what_changes_how_submissions_run_is_refused() {
    for judging in [
        r#"input-file="in.txt" output-file="""#,
        r#"output-file="out.txt""#,
        r#"run-count="2""#,
    ] {
        let xml = Xml { judging, ..Xml::default() };
        assert_eq!(xml.code(), "package.unsupported_feature", "{judging}");
    }
    let plain = Xml {
        judging: r#"input-file="stdin" output-file="stdout" run-count="1""#,
        ..Xml::default()
    };
    assert_eq!(plain.package().tests.len(), 3);
    for assets in [
        r#"<scorer><source path="files/check.cpp"/></scorer>"#,
        r#"<interactor><source path="files/check.cpp"/><runs><run>1</run><run>2</run></runs></interactor>"#,
    ] {
        let xml = Xml { assets, ..Xml::default() };
        assert_eq!(xml.code(), "package.unsupported_feature", "{assets}");
    }
}

#[test]
fn packages_without_generated_files_say_how_to_get_them() {
    for (missing, code) in [("tests/03", "package.missing_input"), ("tests/02.a", "package.missing_answer")] {
        let error = Xml::default().fixture().without(missing).refusal();
        assert_eq!((error.code, error.file.as_deref()), (code, Some(missing)));
        assert!(error.message.contains("full package"), "{error}");
    }
}

#[test]
fn absurd_limits_are_refused() {
    let text = Xml::default().text();
    for (known, odd) in [
        ("<time-limit>1500<", "<time-limit>0<"),
        ("<time-limit>1500<", "<time-limit>60001<"),
        ("<memory-limit>268435456<", "<memory-limit>0<"),
        ("<memory-limit>268435456<", "<memory-limit>99999999999999<"),
    ] {
        let fixture = Xml::default().fixture().file("problem.xml", text.replace(known, odd));
        assert_eq!(fixture.refusal().code, "package.absurd_limit", "{odd}");
    }
}

#[test]
fn statements_come_from_documents_where_there_are_no_sections() {
    let document = "\\begin{problem}{Two Numbers}{stdin}{stdout}{1 second}{256 megabytes}\nAdd.\n\\InputFile\nTwo.\n\\end{problem}\n";
    let bare = || Xml::default().fixture().without("statement-sections");
    let package = bare().file("statements/english/problem.tex", document).package();
    assert_eq!(package.statement, "Add.\n\n## Input\n\nTwo.");
    let text = Xml::default()
        .text()
        .replace("problem.tex\" type=\"application/x-tex", "problem.html\" type=\"text/html");
    let html = bare()
        .file("problem.xml", text)
        .file("statements/english/problem.html", "<p>Add &lt;two&gt;.</p>");
    assert_eq!(html.package().statement, "Add <two>.");
    assert!(warned(&bare().package(), &["no statement"]));
}

#[test]
fn archives_of_either_kind_are_told_apart() {
    let files = [
        ("problem.xml", Xml::default().text()),
        ("files/check.cpp", "int main() {}".to_owned()),
        ("tests/01", String::new()),
        ("tests/01.a", String::new()),
        ("tests/02", String::new()),
        ("tests/02.a", String::new()),
        ("tests/03", "1\r\n".to_owned()),
        ("tests/03.a", String::new()),
    ];
    let entries: Vec<_> = files
        .iter()
        .map(|(name, data)| entry(&format!("two-numbers-7/{name}"), data))
        .collect();
    let fixture = Fixture::empty();
    let package = fixture.read_archive(&zip(&entries)).unwrap();
    assert_eq!((package.name.as_str(), package.tests.len()), ("two-numbers", 3));
    drop(package);
    assert_eq!(fixture.left_behind(), 0);
    let both = Fixture::with("name: Adding\n").file("problem.xml", "<broken");
    assert_eq!(both.package().format_version, "legacy", "problem.yaml goes first");
}

#[test]
fn windows_line_ends_are_warned_of() {
    let fixture = Xml::default().fixture().file("tests/01", "1 1\r\n");
    assert!(warned(&fixture.package(), &["Windows"]));
}

#[test]
fn hostile_documents_are_refused() {
    let bomb = "<!DOCTYPE p [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]><problem short-name=\"&b;\"/>";
    for text in [bomb, "<problem>", "", &"<a>".repeat(100_000), "<problem/><problem/>"] {
        assert_eq!(Fixture::empty().file("problem.xml", text).refusal().code, "package.invalid_xml");
    }
    let outside = Xml {
        checker: r#"<checker type="testlib"><source path="../../../etc/passwd"/></checker>"#,
        ..Xml::default()
    };
    assert_eq!(outside.code(), "package.missing_validator");
}

proptest! {
    #[test]
    fn any_document_is_read_or_refused(text in "(<(problem|judging|testset|tests|test)( points='[0-9x]')?/?>|</(problem|judging|testset|tests)>|&[a-z]{1,3};|x|<!--|-->){0,16}") {
        let _ = Fixture::empty().file("problem.xml", text).read();
    }
}
