//! The tree of test groups of a scoring problem by the rules of 2025-09.

use crate::fault::{refuse_file, refuse_key};
use crate::field::Place;
use crate::groups::{MaxScore, ModernKeys};
use crate::layout::{Child, Folder};
use crate::version::Dialect;
use crate::warnings::Warnings;
use codesm_core::judging::grading::{Aggregation, Grader, OnReject, TestGroup, TestNode};
use codesm_core::problems::PackageError;

/// Most points of all secret tests, where nothing else is said.
const USUAL_MAX_SCORE: f64 = 100.0;
/// Rounding errors of sums of points.
const TOLERANCE: f64 = 1e-6;

/// The tree.
///
/// # Errors
/// `package.invalid_value` for points and dependencies that contradict each other.
pub(crate) fn build(layout: &Folder<'_>, dialect: Dialect, warnings: &mut Warnings) -> Result<TestGroup, PackageError> {
    let mut children = Vec::new();
    for folder in layout.folders() {
        let group = if folder.path == "secret" {
            secret(folder, dialect, warnings)?
        } else {
            if folder.keys.modern != ModernKeys::default() {
                warnings.about(&file(folder), "points of samples are ignored: samples never count");
            }
            plain(folder, Aggregation::PassFail, None)
        };
        children.push(TestNode::Group(group));
    }
    Ok(TestGroup {
        name: String::new(),
        children,
        // Samples do not count, so they stop nothing.
        on_reject: OnReject::Continue,
        grader: Grader::Modern {
            aggregation: Aggregation::Sum,
            max_score: None,
        },
        require_pass: Vec::new(),
    })
}

fn secret(folder: &Folder<'_>, dialect: Dialect, warnings: &mut Warnings) -> Result<TestGroup, PackageError> {
    let keys = &folder.keys.modern;
    let aggregation = keys.aggregation.unwrap_or(Aggregation::Sum);
    let max_score = keys.max_score.map_or(Some(USUAL_MAX_SCORE), MaxScore::points);
    let strict = dialect == Dialect::V202509;
    // In drafts every folder is a group; later one with a file of its own.
    let are_groups = folder.folders().any(|below| dialect == Dialect::Draft || below.keys.file.is_some());
    let mut group = plain(folder, aggregation, max_score);
    group.require_pass = required(keys.require_pass.as_ref(), &[])?;
    if !are_groups {
        return Ok(group);
    }
    if folder.children.iter().any(|child| matches!(child, Child::Test(_))) {
        let message = "there are tests beside groups; in a scoring problem every test must be in a group then";
        return Err(refuse_file("package.invalid_value", "data/secret", message));
    }
    let share = share_of_silent_groups(folder, aggregation, max_score);
    let mut names: Vec<String> = Vec::new();
    let mut children = Vec::new();
    for below in folder.folders() {
        if below.keys.file.is_none() && dialect != Dialect::Draft {
            warnings.about(
                &format!("data/{}", below.path),
                "has no test_group.yaml, but is taken as a group like its neighbours",
            );
        }
        let keys = &below.keys.modern;
        let own = keys.aggregation.unwrap_or(Aggregation::PassFail);
        let max = match keys.max_score {
            Some(max) => max.points(),
            None if strict => None,
            None => share,
        };
        let must_be_bounded = aggregation != Aggregation::PassFail && (max_score.is_some() || own == Aggregation::PassFail);
        if max.is_none() && must_be_bounded {
            let message = "a group must say how many points it has, unless the secret tests together are unbounded";
            return Err(refuse_key("package.invalid_value", file(below), "max_score", message));
        }
        let mut inner = plain(below, own, max);
        inner.require_pass = required(keys.require_pass.as_ref(), &names)?;
        for nested in below.folders().flat_map(Folder::all_keys) {
            if let Some(file) = &nested.file {
                warnings.about(file, "groups in groups are not part of the format: its points are ignored");
            }
        }
        names.push(below.path.clone());
        children.push(TestNode::Group(inner));
    }
    warn_of_total(&children, aggregation, max_score, folder, warnings);
    group.children = children;
    Ok(group)
}

/// A group with all tests in and below a folder.
fn plain(folder: &Folder<'_>, aggregation: Aggregation, max_score: Option<f64>) -> TestGroup {
    TestGroup {
        name: folder.path.clone(),
        children: folder.cases().into_iter().map(|case| TestNode::Test(case.index)).collect(),
        on_reject: match aggregation {
            Aggregation::PassFail | Aggregation::Min => OnReject::Break,
            Aggregation::Sum => OnReject::Continue,
        },
        grader: Grader::Modern { aggregation, max_score },
        require_pass: Vec::new(),
    }
}

/// Drafts: groups that say nothing share what the others leave.
fn share_of_silent_groups(folder: &Folder<'_>, aggregation: Aggregation, max_score: Option<f64>) -> Option<f64> {
    let max_score = max_score?;
    if aggregation == Aggregation::Min {
        return Some(max_score);
    }
    let said: Vec<_> = folder.folders().filter_map(|below| below.keys.modern.max_score).collect();
    let silent = folder.folders().count() - said.len();
    let left = max_score - said.into_iter().filter_map(MaxScore::points).sum::<f64>();
    #[expect(clippy::cast_precision_loss, reason = "far fewer groups than 2^52")]
    let share = left.max(0.0) / silent.max(1) as f64;
    Some(share)
}

/// Names of groups as paths below `data/`; those named must come before.
fn required(said: Option<&(Vec<String>, Place)>, before: &[String]) -> Result<Vec<String>, PackageError> {
    let Some((names, place)) = said else {
        return Ok(Vec::new());
    };
    let find = |name: &String| {
        let name = name.trim_start_matches("data/").trim_end_matches('/');
        if name == "sample" {
            return Ok(name.to_owned());
        }
        let path = if name.starts_with("secret/") {
            name.to_owned()
        } else {
            format!("secret/{name}")
        };
        if before.contains(&path) {
            return Ok(path);
        }
        let message = format!("there is no group {name} among those that come before");
        Err(place.refuse("package.invalid_value", &message))
    };
    names.iter().map(find).collect()
}

fn warn_of_total(children: &[TestNode], aggregation: Aggregation, max_score: Option<f64>, folder: &Folder<'_>, warnings: &mut Warnings) {
    let points = children.iter().map(|child| match child {
        TestNode::Group(group) => group.max_score(true),
        TestNode::Test(_) => None,
    });
    let (Some(max), Some(points)) = (max_score, points.collect::<Option<Vec<f64>>>()) else {
        return;
    };
    let total: f64 = points.iter().sum();
    if aggregation == Aggregation::Sum && (total - max).abs() > TOLERANCE {
        let message = format!("the groups have {total} points together, but all secret tests have {max}");
        warnings.about_key(&file(folder), "max_score", &message);
    }
}

/// The file of a folder, be it there or not.
fn file(folder: &Folder<'_>) -> String {
    let usual = || format!("data/{}/test_group.yaml", folder.path);
    folder.keys.file.clone().unwrap_or_else(usual)
}
