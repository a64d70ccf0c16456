//! What is shipped for operators names only metrics and configuration keys that there are.

#![expect(clippy::unwrap_used, reason = "a test that meets what cannot be fails there")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// All files below the folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .collect()
}

/// Every word that begins so.
fn words(text: &str, prefix: &str) -> BTreeSet<String> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| word.starts_with(prefix))
        .map(str::to_owned)
        .collect()
}

/// The metric that a series belongs to.
fn metric(series: &str, known: &BTreeSet<String>) -> String {
    let parts = ["_bucket", "_sum", "_count"].into_iter();
    let of_histogram = parts
        .filter_map(|suffix| series.strip_suffix(suffix))
        .find(|name| known.contains(*name));
    of_histogram.unwrap_or(series).to_owned()
}

fn documented_metrics() -> BTreeSet<String> {
    let operations = read(&root().join("docs/operations.md"));
    let rows = operations.lines().filter_map(|line| line.strip_prefix("| `codesm_"));
    rows.map(|row| format!("codesm_{}", row.split('`').next().unwrap())).collect()
}

#[test]
fn dashboard_and_alerts_use_documented_metrics() {
    let known = documented_metrics();
    let mut used = BTreeSet::new();
    let examples = [
        root().join("config/grafana"),
        root().join("config/prometheus"),
        root().join("docker"),
    ];
    for path in examples.iter().flat_map(|folder| files(folder)) {
        for series in words(&read(&path), "codesm_") {
            let metric = metric(&series, &known);
            assert!(
                known.contains(&metric),
                "{} uses {series}, which docs/operations.md does not have",
                path.display()
            );
            used.insert(metric);
        }
    }
    let unused: Vec<&String> = known.difference(&used).filter(|name| !is_of_a_capability(name)).collect();
    assert!(unused.is_empty(), "neither on the dashboard nor in an alert: {unused:?}");
}

/// Metrics in tables after the first are of what may not be configured, and need not be on the dashboard.
fn is_of_a_capability(name: &str) -> bool {
    let operations = read(&root().join("docs/operations.md"));
    let first = operations.split("| name |").nth(1).unwrap().split("\n\n").next().unwrap();
    !first.contains(&format!("| `{name}`"))
}

#[test]
fn deployments_set_only_keys_that_there_are() {
    let source = read(&root().join("src/config/keys.rs"));
    let known = words(&source, "CODESM_");
    assert!(known.len() > 20, "{known:?}");
    // A key of a group, such as all that begin with CODESM_S3_; a secret may be given as a file.
    let is_known = |key: &str| known.contains(key) || known.iter().any(|known| known.ends_with('_') && key.starts_with(known.as_str()));
    for path in files(&root().join("docker")) {
        for key in words(&read(&path), "CODESM_") {
            let of_file = key.strip_suffix("_FILE").unwrap_or(&key);
            assert!(is_known(&key) || is_known(of_file), "{}: {key} is no key of CodeSM", path.display());
        }
    }
}
