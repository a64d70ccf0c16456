//! Where tests go: the format judges them in byte order of their names, so these must say the order.

use super::cannot;
use crate::entry_name::is_known_to_format;
use crate::programs::extension;
use codesm_core::judging::grading::{TestGroup, TestNode};
use codesm_core::problems::{Package, PackageError, PackageTest};
use std::collections::BTreeMap;

/// Longest stem: the longest extension, `.ans.statement`, must fit.
const MOST_BYTES: usize = 200;
/// Stems whose YAML file would be that of their folder.
const TAKEN: [&str; 2] = ["test_group", "testdata"];

/// Names of tests and folders.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// Paths of the tests below `data/`, without extension, in their order.
    pub(super) tests: Vec<String>,
    /// Present paths of folders by former ones.
    folders: BTreeMap<String, String>,
}

impl Layout {
    /// The path of a folder that was called like this.
    pub(super) fn folder(&self, former: &str) -> String {
        self.folders.get(former).cloned().unwrap_or_else(|| former.to_owned())
    }
}

/// A folder, or a test with its position.
enum Entry {
    Folder(String, Vec<Entry>),
    Test(String, usize),
}

impl Entry {
    fn name(&self) -> &str {
        match self {
            Self::Folder(name, _) | Self::Test(name, _) => name,
        }
    }
}

/// Gives every test a place.
///
/// # Errors
/// `package.cannot_express` if no names can say the order.
pub(super) fn plan(package: &Package) -> Result<Layout, PackageError> {
    let groups = package.rules.tree.as_ref().map(groups_of_tests).unwrap_or_default();
    let mut root: Vec<Entry> = Vec::new();
    for (position, test) in package.tests.iter().enumerate() {
        let (folder, stem) = place(test, groups.get(&position).map(String::as_str));
        let mut entries = &mut root;
        for name in folder.split('/') {
            let is_open = entries
                .last()
                .is_some_and(|last| matches!(last, Entry::Folder(open, _) if open == name));
            if !is_open {
                if entries
                    .iter()
                    .any(|entry| matches!(entry, Entry::Folder(known, _) if known == name))
                {
                    let message = format!("the tests of {folder} do not come one after the other, as those of a folder do");
                    return Err(cannot(message));
                }
                entries.push(Entry::Folder(name.to_owned(), Vec::new()));
            }
            let Some(Entry::Folder(_, below)) = entries.last_mut() else {
                return Err(cannot(format!("there is no place for the test {}", test.name)));
            };
            entries = below;
        }
        entries.push(Entry::Test(stem, position));
    }
    if let [first, _] = root.as_slice()
        && first.name() != "sample"
    {
        return Err(cannot(
            "there are samples after secret tests, and a package has them first".to_owned(),
        ));
    }
    let mut layout = Layout {
        tests: vec![String::new(); package.tests.len()],
        folders: BTreeMap::new(),
    };
    for entry in &root {
        if let Entry::Folder(name, below) = entry {
            layout.fill(name, name, below);
        }
    }
    Ok(layout)
}

impl Layout {
    fn fill(&mut self, former: &str, now: &str, entries: &[Entry]) {
        for (entry, name) in entries.iter().zip(ordered_names(entries)) {
            let path = format!("{now}/{name}");
            match entry {
                Entry::Test(_, position) => self.tests[*position] = path,
                Entry::Folder(own, below) => {
                    let former = format!("{former}/{own}");
                    self.fill(&former, &path, below);
                    self.folders.insert(former, path);
                }
            }
        }
    }
}

/// The innermost group of every test, by position.
fn groups_of_tests(tree: &TestGroup) -> BTreeMap<usize, String> {
    let mut found = BTreeMap::new();
    for child in &tree.children {
        match child {
            TestNode::Test(index) => {
                let position = usize::try_from(*index).unwrap_or(usize::MAX).saturating_sub(1);
                found.insert(position, tree.name.clone());
            }
            TestNode::Group(group) => found.extend(groups_of_tests(group)),
        }
    }
    found
}

/// Folder and stem of a test, from its name if that fits in with its group.
fn place(test: &PackageTest, in_tree: Option<&str>) -> (String, String) {
    let (folder, stem) = test.name.rsplit_once('/').unwrap_or(("", &test.name));
    let top = if test.sample { "sample" } else { "secret" };
    let is_in = |outer: &str| folder == outer || folder.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'));
    let wanted = match (in_tree, &test.group) {
        (Some(group), _) if group == top || group.starts_with(&format!("{top}/")) => group.to_owned(),
        (_, Some(group)) if !test.sample => format!("{top}/{group}"),
        _ => top.to_owned(),
    };
    let keeps = match (in_tree, &test.group) {
        // The reader calls the group of a test after its folder.
        (None, group) if !test.sample => folder == group.as_ref().map_or(top.to_owned(), |group| format!("{top}/{group}")),
        _ => is_in(&wanted),
    };
    (if keeps { folder.to_owned() } else { wanted }, stem.to_owned())
}

/// Names in the order of the entries: as they are if that will do, else numbered.
fn ordered_names(entries: &[Entry]) -> Vec<String> {
    let names: Vec<String> = entries.iter().map(clean).collect();
    if is_ordered(entries, &names) {
        return names;
    }
    let width = names.iter().map(String::len).max().unwrap_or(0);
    let is_number = |name: &String| name.len() < 20 && name.bytes().all(|byte| byte.is_ascii_digit());
    if names.iter().all(is_number) {
        let padded: Vec<String> = names.iter().map(|name| format!("{name:0>width$}")).collect();
        if is_ordered(entries, &padded) {
            return padded;
        }
    }
    let width = names.len().to_string().len();
    let numbered = (1..).zip(&names).map(|(number, name)| format!("{number:0width$}-{name}"));
    numbered.collect()
}

/// Whether these names are in the order in which the format judges: by name, a test before a folder.
fn is_ordered(entries: &[Entry], names: &[String]) -> bool {
    let keys: Vec<(&String, bool)> = names
        .iter()
        .zip(entries)
        .map(|(name, entry)| (name, matches!(entry, Entry::Folder(..))))
        .collect();
    keys.is_sorted() && keys.windows(2).all(|pair| pair[0] != pair[1])
}

/// The name with what the format does not know replaced.
fn clean(entry: &Entry) -> String {
    let is_known = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.' | '-');
    let mut name: String = entry
        .name()
        .chars()
        .map(|letter| if is_known(letter) { letter } else { '_' })
        .collect();
    name.truncate(MOST_BYTES);
    if TAKEN.contains(&name.as_str()) || (matches!(entry, Entry::Folder(..)) && extension(&name) == Some("files")) {
        name.push('_');
    }
    if !is_known_to_format(&name) {
        name.insert(0, '_');
    }
    name
}

#[cfg(test)]
mod tests {
    use super::{Entry, ordered_names};

    fn names(stems: &[&str]) -> Vec<String> {
        let entries: Vec<Entry> = stems.iter().map(|stem| Entry::Test((*stem).to_owned(), 0)).collect();
        ordered_names(&entries)
    }

    #[test]
    fn names_in_order_stay() {
        assert_eq!(names(&["01-a", "02-b", "10"]), ["01-a", "02-b", "10"]);
    }

    #[test]
    fn numbers_are_padded() {
        assert_eq!(names(&["1", "2", "10"]), ["01", "02", "10"]);
    }

    #[test]
    fn other_names_are_numbered() {
        assert_eq!(names(&["b", "a"]), ["1-b", "2-a"]);
        assert_eq!(names(&["a b", "a_b", "test_group"]), ["1-a_b", "2-a_b", "3-test_group_"]);
    }
}
