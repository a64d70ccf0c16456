//! Which rules of grading a package follows, and the tree of test groups that they make.

use crate::field::Place;
use crate::layout::{Child, Folder};
use crate::legacy_tree;
use crate::metadata::Metadata;
use crate::modern_tree;
use crate::version::Dialect;
use crate::warnings::Warnings;
use codesm_core::judging::grading::{OnReject, TestGroup, TestNode};
use codesm_core::problems::PackageError;

/// Whether groups are graded by the rules of 2025-09; else by those of the legacy format. Drafts have both.
pub(crate) fn is_modern(layout: &Folder<'_>, dialect: Dialect) -> bool {
    let keys = layout.all_keys();
    if dialect.is_legacy() || keys.iter().any(|keys| keys.early.is_some()) {
        return false;
    }
    keys.iter().any(|keys| keys.is_modern()) || !keys.iter().any(|keys| keys.is_legacy())
}

/// Where a custom grader is asked for, if it is.
pub(crate) fn custom_grading(layout: &Folder<'_>, metadata: &Metadata) -> Option<Place> {
    if !metadata.kind.scoring || is_modern(layout, metadata.dialect) {
        return None;
    }
    legacy_tree::custom_grading(layout, &metadata.grading)
}

/// The tree; nothing if the problem is pass-fail and the first test that fails decides.
///
/// # Errors
/// `package.invalid_value`, `package.unsupported_feature`, `package.unsupported_type`.
pub(crate) fn tree(layout: &Folder<'_>, metadata: &Metadata, warnings: &mut Warnings) -> Result<Option<TestGroup>, PackageError> {
    let modern = is_modern(layout, metadata.dialect);
    let all = layout.all_keys();
    if let Some(file) = all.iter().find(|keys| keys.early.is_some()).and_then(|keys| keys.file.as_ref()) {
        warnings.about(
            file,
            "as in an early draft; but points that a validator gives are taken as they are",
        );
    }
    for keys in all {
        let Some(file) = &keys.file else { continue };
        if modern && keys.is_legacy() {
            warnings.about(file, "keys of the legacy format are ignored beside those of the new one");
        } else if metadata.dialect.is_legacy() && keys.is_modern() {
            warnings.about(file, "keys of the new format are ignored");
        }
        if !metadata.kind.scoring && (keys.is_modern() || keys.early.is_some()) {
            warnings.about(file, "points are ignored: it is no scoring problem");
        }
        if !metadata.kind.scoring && keys.legacy.on_reject == Some(OnReject::Continue) {
            warnings.about_key(file, "on_reject", "ignored: the first test that fails decides the verdict");
        }
    }
    match (metadata.kind.scoring, modern) {
        (true, true) => modern_tree::build(layout, metadata.dialect, warnings).map(Some),
        (true, false) => Ok(Some(legacy_tree::build(layout, &metadata.grading, warnings))),
        (false, _) => legacy_tree::pass_fail(layout, warnings),
    }
}

/// Children of a folder in which every folder is a group.
pub(crate) fn nodes(folder: &Folder<'_>, mut group: impl FnMut(&Folder<'_>) -> TestGroup) -> Vec<TestNode> {
    let children = folder.children.iter().map(|child| match child {
        Child::Test(case) => TestNode::Test(case.index),
        Child::Folder(below) => TestNode::Group(group(below)),
    });
    children.collect()
}
