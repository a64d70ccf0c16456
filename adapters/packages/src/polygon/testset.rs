//! Tests and limits.

use super::xml::Element;
use super::{FULL_PACKAGE, NAME, PolygonReader};
use crate::entry_name::is_known_to_format;
use crate::fault::{local, refuse_file};
use crate::warnings::Warnings;
use codesm_core::problems::{PackageError, PackageTest};
use std::fs::File;
use std::io::Read;

/// Longest time limit per test, in milliseconds.
const MOST_TIME_MS: u32 = 60_000;
/// Largest memory of a submission, in MiB.
const MOST_MEMORY_MIB: u64 = 8192;
/// So much of the first input is looked at for line ends.
const LOOK_BYTES: u64 = 4096;

/// The tests that decide.
pub(super) struct TestSet {
    pub(super) time_limit_ms: Option<u32>,
    pub(super) memory_limit_mb: Option<u32>,
    /// In judging order.
    pub(super) tests: Vec<FoundTest>,
    /// In the order of the file.
    pub(super) groups: Vec<FoundGroup>,
}

/// A test and what it is worth.
pub(super) struct FoundTest {
    pub(super) test: PackageTest,
    /// Name of its group.
    pub(super) group: Option<String>,
    pub(super) points: Option<f64>,
}

/// A group of tests.
pub(super) struct FoundGroup {
    pub(super) name: String,
    /// Name of its folder below `secret`.
    pub(super) folder: String,
    /// All of its points or none.
    pub(super) is_complete: bool,
    pub(super) points: Option<f64>,
    /// Names of groups that must be passed before.
    pub(super) dependencies: Vec<String>,
}

/// Reads the test set called `tests`, else the first.
///
/// # Errors
/// As [`PolygonReader::read`].
pub(super) fn read(reader: &PolygonReader<'_>, judging: &Element, warnings: &mut Warnings) -> Result<TestSet, PackageError> {
    let called_tests = judging.children("testset").find(|set| set.attribute("name") == Some("tests"));
    let set = called_tests
        .or_else(|| judging.child("testset"))
        .ok_or_else(|| judging.refuse("package.no_tests", "testset", "missing"))?;
    if judging.children("testset").count() > 1 {
        let used = set.attribute("name").unwrap_or("that comes first");
        warnings.about_key(NAME, "judging", &format!("only the test set {used} is used"));
    }
    let groups = groups(set, warnings)?;
    let set = TestSet {
        time_limit_ms: time_limit(set)?,
        memory_limit_mb: memory_limit(set)?,
        tests: tests(reader, set, &groups)?,
        groups,
    };
    if let Some(first) = set.tests.first()
        && has_windows_line_ends(&first.test)?
    {
        warnings.about(
            "tests",
            "the lines end as on Windows, which submissions may stumble over: better take Polygon's Linux package",
        );
    }
    Ok(set)
}

fn time_limit(set: &Element) -> Result<Option<u32>, PackageError> {
    let Some(text) = set.text_of("time-limit") else {
        return Ok(None);
    };
    let limit = text
        .parse()
        .map_err(|_| set.invalid("time-limit", "must be a number of milliseconds"))?;
    if !(1..=MOST_TIME_MS).contains(&limit) {
        let message = format!("must be more than 0 and at most {MOST_TIME_MS} milliseconds");
        return Err(set.refuse("package.absurd_limit", "time-limit", &message));
    }
    Ok(Some(limit))
}

fn memory_limit(set: &Element) -> Result<Option<u32>, PackageError> {
    let Some(text) = set.text_of("memory-limit") else {
        return Ok(None);
    };
    let bytes: u64 = text.parse().map_err(|_| set.invalid("memory-limit", "must be a number of bytes"))?;
    let mebibytes = bytes.div_ceil(1 << 20);
    let limit = u32::try_from(mebibytes).ok().filter(|_| (1..=MOST_MEMORY_MIB).contains(&mebibytes));
    limit.map(Some).ok_or_else(|| {
        let message = format!("must be more than 0 and at most {MOST_MEMORY_MIB} MiB");
        set.refuse("package.absurd_limit", "memory-limit", &message)
    })
}

/// The groups that are declared, and those that tests merely name.
fn groups(set: &Element, warnings: &mut Warnings) -> Result<Vec<FoundGroup>, PackageError> {
    let mut found: Vec<FoundGroup> = Vec::new();
    for group in set.list("groups", "group") {
        let name = group.attribute("name").ok_or_else(|| group.invalid("name", "missing"))?;
        let policy = group.attribute("points-policy").unwrap_or("each-test");
        let is_complete = match policy {
            "complete-group" => true,
            "each-test" => false,
            _ => return Err(group.invalid("points-policy", "must be complete-group or each-test")),
        };
        let dependencies = group
            .list("dependencies", "dependency")
            .filter_map(|dependency| dependency.attribute("group"));
        let declared = FoundGroup {
            is_complete,
            points: points_of(group, "points")?,
            dependencies: dependencies.map(str::to_owned).collect(),
            ..plain(name)
        };
        if found.iter().any(|known| known.folder == declared.folder) {
            return Err(group.invalid("name", &format!("there is another group {name}")));
        }
        found.push(declared);
    }
    for test in set.list("tests", "test") {
        if let Some(name) = test.attribute("group")
            && !found.iter().any(|group| group.name == name)
        {
            if set.child("groups").is_some() {
                warnings.about_key(
                    NAME,
                    "groups",
                    &format!("group {name} is not declared: each of its tests counts by itself"),
                );
            }
            found.push(plain(name));
        }
    }
    Ok(found)
}

pub(super) fn plain(name: &str) -> FoundGroup {
    let mut folder: String = name
        .chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-') {
                letter
            } else {
                '_'
            }
        })
        .take(100)
        .collect();
    if !is_known_to_format(&folder) {
        folder.insert(0, '_');
    }
    FoundGroup {
        name: name.to_owned(),
        folder,
        is_complete: false,
        points: None,
        dependencies: Vec::new(),
    }
}

fn tests(reader: &PolygonReader<'_>, set: &Element, groups: &[FoundGroup]) -> Result<Vec<FoundTest>, PackageError> {
    let listed: Vec<Option<&Element>> = match set.list("tests", "test").map(Some).collect::<Vec<_>>() {
        listed if listed.is_empty() => {
            let count = set.text_of("test-count").and_then(|count| count.parse().ok()).unwrap_or(0);
            vec![None; count.min(reader.caps.entries)]
        }
        listed => listed,
    };
    if listed.is_empty() {
        return Err(set.refuse("package.no_tests", "tests", "there are none"));
    }
    let inputs = Pattern::of(set, "input-path-pattern", "tests/%02d")?;
    let answers = Pattern::of(set, "answer-path-pattern", "tests/%02d.a")?;
    let width = listed.len().to_string().len().max(2);
    let mut found = Vec::with_capacity(listed.len());
    for (number, element) in (1..).zip(listed) {
        let (input, answer) = (inputs.path(number), answers.path(number));
        let missing = |code, path: &str| refuse_file(code, path, format!("missing: {FULL_PACKAGE}"));
        let input = reader.file(&input).ok_or_else(|| missing("package.missing_input", &input))?;
        let answer = reader.file(&answer).ok_or_else(|| missing("package.missing_answer", &answer))?;
        let sample = element.is_some_and(|test| test.attribute("sample") == Some("true"));
        let group = element.and_then(|test| test.attribute("group"));
        let folder = group
            .and_then(|name| groups.iter().find(|group| group.name == name))
            .map(|group| &group.folder);
        let name = match folder {
            _ if sample => format!("sample/{number:0width$}"),
            Some(folder) => format!("secret/{folder}/{number:0width$}"),
            None => format!("secret/{number:0width$}"),
        };
        let test = PackageTest {
            name,
            sample,
            group: folder.filter(|_| !sample).cloned(),
            input: input.local(reader.guard.as_ref()),
            answer: answer.local(reader.guard.as_ref()),
            args: Vec::new(),
            files: Vec::new(),
            checker_args: None,
            comparator: None,
            explanation: None,
        };
        found.push(FoundTest {
            test,
            group: group.map(str::to_owned),
            points: element.map_or(Ok(None), |test| points_of(test, "points"))?,
        });
    }
    Ok(found)
}

fn points_of(element: &Element, key: &str) -> Result<Option<f64>, PackageError> {
    let Some(text) = element.attribute(key) else {
        return Ok(None);
    };
    let number = text.parse().ok().filter(|number: &f64| number.is_finite() && *number >= 0.0);
    number
        .map(Some)
        .ok_or_else(|| element.invalid(key, "must be a number that is not negative"))
}

fn has_windows_line_ends(test: &PackageTest) -> Result<bool, PackageError> {
    let mut start = Vec::new();
    let read = File::open(&test.input.path).and_then(|file| file.take(LOOK_BYTES).read_to_end(&mut start));
    read.map_err(|error| local(&test.name, &error))?;
    Ok(start.windows(2).any(|pair| pair == b"\r\n"))
}

/// A path with a number in it, such as `tests/%02d`.
struct Pattern<'a> {
    before: &'a str,
    width: usize,
    fill: char,
    after: &'a str,
}

/// Widest number in a path.
const MOST_WIDTH: usize = 20;

impl<'a> Pattern<'a> {
    fn of(set: &'a Element, key: &str, usual: &'a str) -> Result<Self, PackageError> {
        Self::parse(set.text_of(key).unwrap_or(usual)).ok_or_else(|| set.invalid(key, "must hold a number such as %02d"))
    }

    fn parse(text: &'a str) -> Option<Self> {
        let (before, rest) = text.split_once('%')?;
        let (width, after) = rest.split_once('d')?;
        let fill = if width.starts_with('0') { '0' } else { ' ' };
        let width = if width.is_empty() { 0 } else { width.parse().ok()? };
        (width <= MOST_WIDTH).then_some(Self {
            before,
            width,
            fill,
            after,
        })
    }

    fn path(&self, number: usize) -> String {
        let Self {
            before,
            width,
            fill,
            after,
        } = *self;
        let digits = number.to_string();
        let padding = fill.to_string().repeat(width.saturating_sub(digits.len()));
        format!("{before}{padding}{digits}{after}")
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn patterns_are_those_of_printf() {
        let path = |pattern, number| Pattern::parse(pattern).map(|pattern| pattern.path(number));
        assert_eq!(path("tests/%02d", 7).as_deref(), Some("tests/07"));
        assert_eq!(path("tests/%02d.a", 123).as_deref(), Some("tests/123.a"));
        assert_eq!(path("t%d", 5).as_deref(), Some("t5"));
        for odd in ["tests/01", "tests/%s", "tests/%-2d", "%999d"] {
            assert_eq!(path(odd, 1), None, "{odd}");
        }
    }
}
