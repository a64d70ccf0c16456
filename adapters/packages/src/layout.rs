//! The folders below `data/` with their tests, in judging order, and what their files say.

use crate::constants::Constants;
use crate::fault::refuse_file;
use crate::field::Document;
use crate::groups::GroupKeys;
use crate::settings::PackageLimits;
use crate::tree::{Directory, Entry, TreeFile};
use crate::version::Dialect;
use crate::warnings::Warnings;
use codesm_core::problems::PackageError;

/// Folders of `data/` that hold no tests of submissions.
const NOT_FOR_SUBMISSIONS: [&str; 4] = ["invalid_input", "invalid_inputs", "invalid_output", "valid_output"];

/// A folder.
pub(crate) struct Folder<'a> {
    /// Path below `data/`; empty for `data/` itself.
    pub(crate) path: String,
    /// What its own file says.
    pub(crate) keys: GroupKeys,
    /// Tests and folders in byte order of their names.
    pub(crate) children: Vec<Child<'a>>,
}

/// What is in a folder.
pub(crate) enum Child<'a> {
    Test(Case<'a>),
    Folder(Box<Folder<'a>>),
}

/// A test.
pub(crate) struct Case<'a> {
    /// Path below `data/` without extension.
    pub(crate) path: String,
    /// Position in judging order, from 1.
    pub(crate) index: u32,
    /// Its name without folder and extension.
    pub(crate) stem: &'a str,
    /// The folder with its files.
    pub(crate) directory: &'a Directory,
    pub(crate) input: &'a TreeFile,
}

impl<'a> Folder<'a> {
    /// Folders directly in it.
    pub(crate) fn folders(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|child| match child {
            Child::Folder(folder) => Some(&**folder),
            Child::Test(_) => None,
        })
    }

    /// Its own keys and those of all folders below.
    pub(crate) fn all_keys(&self) -> Vec<&GroupKeys> {
        let below = self.folders().flat_map(Self::all_keys);
        std::iter::once(&self.keys).chain(below).collect()
    }

    /// All tests in and below it, in judging order.
    pub(crate) fn cases(&self) -> Vec<&Case<'a>> {
        let below = self.children.iter().flat_map(|child| match child {
            Child::Test(case) => vec![case],
            Child::Folder(folder) => folder.cases(),
        });
        below.collect()
    }
}

/// Reads folders.
pub(crate) struct LayoutReader<'a> {
    pub(crate) dialect: Dialect,
    pub(crate) constants: &'a Constants,
    pub(crate) caps: &'a PackageLimits,
    /// Tests found so far.
    pub(crate) found: u32,
}

impl LayoutReader<'_> {
    /// Reads `data/`: samples first, then secret tests.
    ///
    /// # Errors
    /// Whatever the YAML files are refused for.
    pub(crate) fn read<'d>(&mut self, data: &'d Directory, warnings: &mut Warnings) -> Result<Folder<'d>, PackageError> {
        let mut root = Folder {
            path: String::new(),
            keys: self.keys(data, "", warnings)?,
            children: Vec::new(),
        };
        for name in ["sample", "secret"] {
            if let Some(directory) = data.directory(name) {
                root.children
                    .push(Child::Folder(Box::new(self.folder(directory, name.to_owned(), warnings)?)));
            }
        }
        for (name, entry) in &data.entries {
            let is_stray = match entry {
                Entry::Directory(_) => !["sample", "secret"].contains(&name.as_str()) && !NOT_FOR_SUBMISSIONS.contains(&name.as_str()),
                Entry::File(_) => name.strip_suffix(".in").is_some(),
            };
            if is_stray {
                warnings.about(&format!("data/{name}"), "ignored: tests are in data/sample and data/secret");
            }
        }
        Ok(root)
    }

    fn folder<'d>(&mut self, directory: &'d Directory, path: String, warnings: &mut Warnings) -> Result<Folder<'d>, PackageError> {
        let keys = self.keys(directory, &path, warnings)?;
        // By name without extension; a test goes before a folder of the same name.
        let mut names: Vec<(&str, bool)> = Vec::new();
        for (name, entry) in &directory.entries {
            match entry {
                Entry::File(_) => match (name.strip_suffix(".in"), name.strip_suffix(".ans")) {
                    (Some(stem), _) => names.push((stem, false)),
                    (None, Some(stem)) if directory.file(&format!("{stem}.in")).is_none() => {
                        warnings.about(&format!("data/{path}/{name}"), "ignored: there is no input of that name");
                    }
                    (None, _) => {}
                },
                Entry::Directory(_) => match name.strip_suffix(".files") {
                    Some(stem) if directory.file(&format!("{stem}.in")).is_some() => {}
                    Some(_) => warnings.about(&format!("data/{path}/{name}"), "ignored: there is no input of that name"),
                    None => names.push((name, true)),
                },
            }
        }
        names.sort_unstable();
        let mut children = Vec::with_capacity(names.len());
        for (name, is_folder) in names {
            let below = format!("{path}/{name}");
            if is_folder && let Some(inner) = directory.directory(name) {
                children.push(Child::Folder(Box::new(self.folder(inner, below, warnings)?)));
            } else if let Some(input) = directory.file(&format!("{name}.in")) {
                self.found += 1;
                children.push(Child::Test(Case {
                    path: below,
                    index: self.found,
                    stem: name,
                    directory,
                    input,
                }));
            }
        }
        Ok(Folder { path, keys, children })
    }

    /// What the folder's own file says.
    fn keys(&self, directory: &Directory, path: &str, warnings: &mut Warnings) -> Result<GroupKeys, PackageError> {
        let place = |name: &str| {
            if path.is_empty() {
                format!("data/{name}")
            } else {
                format!("data/{path}/{name}")
            }
        };
        let mut keys = GroupKeys::default();
        for name in ["testdata.yaml", "test_group.yaml"] {
            let Some(file) = directory.file(name) else {
                continue;
            };
            let shown = place(name);
            if keys.file.is_some() {
                return Err(refuse_file("package.invalid_value", shown, "there is a testdata.yaml as well"));
            }
            let is_foreign = match self.dialect {
                Dialect::Legacy | Dialect::LegacyIcpc => name == "test_group.yaml",
                Dialect::V202509 => name == "testdata.yaml",
                Dialect::Draft | Dialect::LateDraft => false,
            };
            if is_foreign {
                warnings.about(&shown, "does not belong to this version of the format; read all the same");
            }
            let text = Document::read_text(file, &shown, self.caps.document_bytes)?;
            let filled = self.constants.fill(&text, &shown, self.caps.document_bytes)?;
            let document = Document::parse_forgiving(&filled, &shown, warnings)?;
            keys = GroupKeys::read(&document.root(), self.dialect, warnings)?;
        }
        Ok(keys)
    }
}

#[cfg(test)]
mod tests {
    use super::{Folder, LayoutReader};
    use crate::constants::Constants;
    use crate::settings::PackageLimits;
    use crate::tree::{Directory, Entry, TreeFile};
    use crate::version::Dialect;
    use crate::warnings::Warnings;
    use proptest::prelude::{prop, prop_assert_eq, proptest};

    fn add(directory: &mut Directory, path: &str) {
        match path.split_once('/') {
            None => {
                let file = TreeFile {
                    path: path.into(),
                    size: 0,
                };
                directory.entries.entry(path.to_owned()).or_insert(Entry::File(file));
            }
            Some((first, rest)) => {
                let below = directory.entries.entry(first.to_owned());
                if let Entry::Directory(below) = below.or_insert_with(|| Entry::Directory(Directory::default())) {
                    add(below, rest);
                }
            }
        }
    }

    fn paths(folder: &Folder<'_>) -> Vec<(u32, String)> {
        folder.cases().into_iter().map(|case| (case.index, case.path.clone())).collect()
    }

    proptest! {
        #[test]
        fn every_test_is_found_once_and_numbered_in_order(
            names in prop::collection::btree_set("(sample|secret)(/[a-c.]{1,2}){1,3}\\.(in|ans|files/x|yaml)", 0..20)
        ) {
            let mut data = Directory::default();
            for name in &names {
                add(&mut data, name);
            }
            let mut reader = LayoutReader {
                dialect: Dialect::Legacy,
                constants: &Constants::default(),
                caps: &PackageLimits::default(),
                found: 0,
            };
            let root = reader.read(&data, &mut Warnings::default()).expect("there are no files to be read");
            let found = paths(&root);
            let numbers: Vec<u32> = found.iter().map(|(index, _)| *index).collect();
            prop_assert_eq!(numbers, (1..=reader.found).collect::<Vec<_>>());
            let mut unique: Vec<_> = found.iter().map(|(_, path)| path).collect();
            unique.sort();
            unique.dedup();
            prop_assert_eq!(unique.len(), found.len());
            let samples = found.iter().take_while(|(_, path)| path.starts_with("sample/")).count();
            prop_assert_eq!(samples, found.iter().filter(|(_, path)| path.starts_with("sample/")).count());
        }
    }
}
