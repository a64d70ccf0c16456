//! Resolves symbolic links inside a package, in memory.

use crate::fault::{refuse, refuse_file};
use crate::settings::PackageLimits;
use crate::tree::{Directory, Entry, RawDirectory, RawEntry};
use codesm_core::problems::PackageError;
use std::collections::BTreeMap;

/// Links followed for one name; the limit of Linux.
const MOST_HOPS: u32 = 40;

/// Folders and files in which something missing would change how submissions are judged, so that a bad link is refused there.
const JUDGED: [&str; 12] = [
    "data",
    "output_validators",
    "output_validator",
    "graders",
    "include",
    "submissions",
    "files",
    "tests",
    "problem.yaml",
    "problem.xml",
    "domjudge-problem.ini",
    ".timelimit",
];

/// Whether submissions could be judged differently without what lies at this path of a package.
pub(crate) fn matters(path: &[String]) -> bool {
    path.first().is_some_and(|top| JUDGED.contains(&top.as_str()))
}

/// The tree with every link replaced by what it points to. Elsewhere than in the folders that matter for judging, links that
/// lead nowhere (a statement that is made by a build, a shared document of the repository) are left out and told to `ignored`;
/// without `ignored` (archives, which hold everything or are broken) they are refused too.
///
/// # Errors
/// `package.unsafe_path` for links that are absolute, leave the package, go in circles or point to nothing;
/// `package.too_large` if the tree with links expanded passes a cap.
pub(crate) fn resolve(raw: &RawDirectory, limits: &PackageLimits, ignored: Option<&mut Vec<String>>) -> Result<Directory, PackageError> {
    let mut resolver = Resolver {
        raw,
        limits,
        entries: 0,
        bytes: 0,
        open: Vec::new(),
        is_lenient: ignored.is_some(),
        ignored: Vec::new(),
    };
    let tree = resolver.directory(raw, &[], 0);
    if let Some(ignored) = ignored {
        ignored.append(&mut resolver.ignored);
    }
    tree
}

struct Resolver<'a> {
    raw: &'a RawDirectory,
    limits: &'a PackageLimits,
    entries: usize,
    bytes: u64,
    /// Real paths of the folders being expanded: meeting one of them again is a circle.
    open: Vec<Vec<String>>,
    is_lenient: bool,
    /// Links that were left out.
    ignored: Vec<String>,
}

impl Resolver<'_> {
    fn directory(&mut self, raw: &RawDirectory, path: &[String], depth: usize) -> Result<Directory, PackageError> {
        if depth > self.limits.depth {
            return Err(refuse_file("package.too_large", path.join("/"), "folders are nested too deeply"));
        }
        if self.open.iter().any(|open| open == path) {
            return Err(unsafe_link(path, "the link leads back to a folder it is in"));
        }
        self.open.push(path.to_vec());
        let mut entries = BTreeMap::new();
        for (name, entry) in &raw.entries {
            let mut place = path.to_vec();
            place.push(name.clone());
            self.count()?;
            if let RawEntry::Link(target) = entry
                && self.is_lenient
                && !matters(&place)
                && self.follow(path, target, &mut 1).is_err()
            {
                self.ignored.push(place.join("/"));
                continue;
            }
            entries.insert(name.clone(), self.entry(entry, &place, depth)?);
        }
        self.open.pop();
        Ok(Directory { entries })
    }

    fn entry(&mut self, entry: &RawEntry, place: &[String], depth: usize) -> Result<Entry, PackageError> {
        match entry {
            RawEntry::File(file) => {
                self.bytes = self.bytes.saturating_add(file.size);
                if self.bytes > self.limits.total_bytes {
                    return Err(refuse(
                        "package.too_large",
                        format!("the files pass {} bytes", self.limits.total_bytes),
                    ));
                }
                Ok(Entry::File(file.clone()))
            }
            RawEntry::Directory(directory) => Ok(Entry::Directory(self.directory(directory, place, depth + 1)?)),
            RawEntry::Link(target) => {
                let (_, folder) = place.split_last().expect("an entry has a name");
                let mut hops = 1;
                let real = self
                    .follow(folder, target, &mut hops)
                    .map_err(|reason| unsafe_link(place, reason))?;
                let found = find(self.raw, &real).ok_or_else(|| unsafe_link(place, NOTHING))?;
                self.entry(found, &real, depth)
            }
        }
    }

    /// The real path, free of links, of a target seen from a folder.
    fn follow(&self, folder: &[String], target: &str, hops: &mut u32) -> Result<Vec<String>, &'static str> {
        if target.starts_with('/') {
            return Err("the link is absolute");
        }
        if target.contains(['\\', '\0']) {
            return Err("the link's target has a backslash or a null byte");
        }
        let mut real = folder.to_vec();
        for part in target.split('/') {
            match part {
                "" | "." => continue,
                ".." => {
                    real.pop().ok_or("the link leaves the package")?;
                    continue;
                }
                part => real.push(part.to_owned()),
            }
            match find(self.raw, &real) {
                None => return Err(NOTHING),
                Some(RawEntry::Link(next)) => {
                    *hops += 1;
                    if *hops > MOST_HOPS {
                        return Err("the links go in circles");
                    }
                    real.pop();
                    real = self.follow(&real, next, hops)?;
                }
                Some(RawEntry::Directory(_) | RawEntry::File(_)) => {}
            }
        }
        Ok(real)
    }

    fn count(&mut self) -> Result<(), PackageError> {
        self.entries += 1;
        if self.entries > self.limits.entries {
            return Err(refuse(
                "package.too_large",
                format!("more than {} files and folders", self.limits.entries),
            ));
        }
        Ok(())
    }
}

const NOTHING: &str = "the link points to nothing in the package";

fn unsafe_link(place: &[String], reason: &str) -> PackageError {
    refuse_file("package.unsafe_path", place.join("/"), reason)
}

/// The entry at a path, following no links; the root itself is no entry.
fn find<'a>(root: &'a RawDirectory, path: &[String]) -> Option<&'a RawEntry> {
    let (last, folders) = path.split_last()?;
    let mut directory = root;
    for folder in folders {
        let RawEntry::Directory(below) = directory.entries.get(folder)? else {
            return None;
        };
        directory = below;
    }
    directory.entries.get(last)
}

#[cfg(test)]
mod tests {
    use super::resolve;
    use crate::settings::PackageLimits;
    use crate::tree::{RawDirectory, RawEntry, TreeFile};
    use proptest::prelude::{Strategy, prop, proptest};

    fn tree(entries: &[(&str, Option<&str>)]) -> RawDirectory {
        let mut root = RawDirectory::default();
        for (path, link) in entries {
            let parts: Vec<String> = path.split('/').map(str::to_owned).collect();
            let entry = link.map_or_else(
                || {
                    RawEntry::File(TreeFile {
                        path: path.into(),
                        size: 1,
                    })
                },
                |target| RawEntry::Link(target.to_owned()),
            );
            root.insert(&parts, entry).unwrap();
        }
        root
    }

    fn code(entries: &[(&str, Option<&str>)]) -> &'static str {
        resolve(&tree(entries), &PackageLimits::default(), Some(&mut Vec::new()))
            .unwrap_err()
            .code
    }

    #[test]
    fn links_to_files_and_folders_are_followed() {
        let resolved = resolve(
            &tree(&[
                ("secret/g1/1.in", None),
                ("secret/g2", Some("g1")),
                ("secret/g3/9.in", Some("../g2/./1.in")),
                ("secret/g4/1.in", Some("../../secret/g3/9.in")),
            ]),
            &PackageLimits::default(),
            Some(&mut Vec::new()),
        )
        .unwrap();
        for path in ["secret/g2/1.in", "secret/g3/9.in", "secret/g4/1.in"] {
            assert_eq!(resolved.file(path).unwrap().path.to_str(), Some("secret/g1/1.in"), "{path}");
        }
    }

    #[test]
    fn links_inside_a_linked_folder_are_relative_to_its_real_place() {
        let resolved = resolve(
            &tree(&[
                ("a/b/link", Some("../file")),
                ("a/file", None),
                ("deep/er/still", Some("../../a/b")),
            ]),
            &PackageLimits::default(),
            Some(&mut Vec::new()),
        )
        .unwrap();
        assert!(resolved.file("deep/er/still/link").is_some());
    }

    #[test]
    fn links_that_leave_the_package_are_refused() {
        assert_eq!(code(&[("data/x", Some("../../secret"))]), "package.unsafe_path");
        assert_eq!(code(&[("data/a/x", Some("../../../etc"))]), "package.unsafe_path");
        assert_eq!(code(&[("data/x", Some("/etc/passwd"))]), "package.unsafe_path");
    }

    #[test]
    fn circles_are_refused() {
        assert_eq!(code(&[("data/x", Some("x"))]), "package.unsafe_path");
        assert_eq!(code(&[("data/x", Some("y")), ("data/y", Some("x"))]), "package.unsafe_path");
        assert_eq!(code(&[("data/up", Some(".."))]), "package.unsafe_path");
        assert_eq!(code(&[("a/f", None), ("a/b/up", Some("../../a"))]), "package.unsafe_path");
        assert_eq!(code(&[("data/x", Some("."))]), "package.unsafe_path");
    }

    #[test]
    fn links_to_nothing_are_refused() {
        assert_eq!(code(&[("data/x", Some("y"))]), "package.unsafe_path");
        assert_eq!(code(&[("f", None), ("data/x", Some("../f/g"))]), "package.unsafe_path");
    }

    #[test]
    fn bad_links_that_do_not_matter_for_judging_are_left_out_and_told() {
        let mut ignored = Vec::new();
        let links = [
            ("problem.pdf", Some("../../doc/problem.pdf")),
            ("doc/x", Some("/etc/passwd")),
            ("data/1.in", None),
        ];
        let resolved = resolve(&tree(&links), &PackageLimits::default(), Some(&mut ignored)).unwrap();
        assert!(resolved.file("problem.pdf").is_none() && resolved.file("data/1.in").is_some());
        assert_eq!(ignored, ["doc/x", "problem.pdf"]);
    }

    #[test]
    fn folders_that_double_at_each_level_are_cut_off() {
        let mut entries = vec![("d15/f".to_owned(), None)];
        for level in 0..15 {
            for side in ["l", "r"] {
                entries.push((format!("d{level}/{side}"), Some(format!("../d{}", level + 1))));
            }
        }
        let borrowed: Vec<_> = entries.iter().map(|(path, link)| (path.as_str(), link.as_deref())).collect();
        assert_eq!(code(&borrowed), "package.too_large");
    }

    proptest! {
        #[test]
        fn any_web_of_links_ends(links in prop::collection::btree_map("[ab](/[ab]){0,2}", "(\\.\\./|[ab]/|\\./){0,4}[ab.]{0,2}", 0..6)
            .prop_map(|links| links.into_iter().collect::<Vec<_>>()))
        {
            let mut root = RawDirectory::default();
            for (path, target) in &links {
                let parts: Vec<String> = path.split('/').map(str::to_owned).collect();
                let _ = root.insert(&parts, RawEntry::Link(target.clone()));
            }
            let _ = resolve(&root, &PackageLimits::default(), Some(&mut Vec::new()));
        }
    }
}
