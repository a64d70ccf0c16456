//! Loads programs: one file, or a folder of files.

use crate::constants::Constants;
use crate::content;
use crate::fault::refuse;
use crate::settings::PackageLimits;
use crate::tree::{Entry, TreeFile};
use bytes::Bytes;
use codesm_core::judging::{Language, SourceFile};
use codesm_core::problems::PackageError;

/// Extensions of files that programs include but that are none themselves.
const HEADERS: [&str; 5] = ["h", "hh", "hpp", "hxx", "inl"];

/// Loads programs within a budget of memory.
pub(crate) struct Programs<'a> {
    languages: &'a [Language],
    constants: &'a Constants,
    caps: &'a PackageLimits,
    left: u64,
}

impl<'a> Programs<'a> {
    /// A loader that knows these languages and fills in these constants.
    pub(crate) fn new(languages: &'a [Language], constants: &'a Constants, caps: &'a PackageLimits) -> Self {
        Self {
            languages,
            constants,
            caps,
            left: caps.programs_bytes,
        }
    }

    /// The files of an entry by their names in the program.
    pub(crate) fn files<'e>(name: &str, entry: &'e Entry) -> Vec<(String, &'e TreeFile)> {
        match entry {
            Entry::File(file) => vec![(name.to_owned(), file)],
            Entry::Directory(directory) => directory.all_files(),
        }
    }

    /// Whether the files together are within the cap of one program.
    pub(crate) fn fits(&self, files: &[(String, &TreeFile)]) -> bool {
        files.iter().map(|(_, file)| file.size).sum::<u64>() <= self.caps.program_bytes
    }

    /// Reads the files of a program, constants filled in. `place` is the program's path in the package.
    ///
    /// # Errors
    /// `package.too_large`, `package.unreadable`.
    pub(crate) fn load(&mut self, place: &str, files: &[(String, &TreeFile)]) -> Result<Vec<SourceFile>, PackageError> {
        let mut loaded = Vec::with_capacity(files.len());
        for (name, file) in files {
            let bytes = content::bytes(file, place, self.caps.program_bytes)?;
            let bytes = self.constants.fill_bytes(bytes, place, self.caps.program_bytes)?;
            self.left = self.left.checked_sub(bytes.len() as u64).ok_or_else(|| {
                let message = format!("the programs together pass {} bytes", self.caps.programs_bytes);
                refuse("package.too_large", message)
            })?;
            loaded.push(SourceFile {
                name: name.clone(),
                content: Bytes::from(bytes),
            });
        }
        Ok(loaded)
    }

    /// The language of a file, by its extension: as written, else in lower case; languages that work here first.
    pub(crate) fn language_of(&self, file_name: &str) -> Option<&'a Language> {
        let extension = extension(file_name)?;
        if HEADERS.contains(&extension.to_ascii_lowercase().as_str()) {
            return None;
        }
        self.by_extension(extension)
            .or_else(|| self.by_extension(&extension.to_ascii_lowercase()))
    }

    /// The language that a package calls by a code such as `python3`.
    pub(crate) fn language_by_code(&self, code: &str) -> Option<&'a Language> {
        self.languages_by_code(code).into_iter().next()
    }

    /// All languages that a package means by a code: `cpp` is every standard of C++ here, `python3` every interpreter.
    pub(crate) fn languages_by_code(&self, code: &str) -> Vec<&'a Language> {
        let known = self.languages.iter();
        if let Some(exact) = known.clone().find(|language| language.id == code && stem(code) != code) {
            return vec![exact];
        }
        let meant = match code {
            "python3numpy" | "python2" | "python3" => "python",
            "cgmp" => "c",
            "cppgmp" => "cpp",
            "javaalgs4" => "java",
            code => stem(code),
        };
        let fits = |id: &str| stem(id) == meant || (meant == "python" && id == "pypy");
        let mut found: Vec<_> = known.filter(|language| fits(&language.id)).collect();
        found.sort_by_key(|language| language.id != meant);
        found
    }

    /// The one language of a program with these files.
    ///
    /// # Errors
    /// A sentence saying that there is none, or several.
    pub(crate) fn language(&self, names: &[&str]) -> Result<&'a Language, String> {
        let mut found: Vec<&Language> = Vec::new();
        for language in names.iter().filter_map(|name| self.language_of(name)) {
            if !found.contains(&language) {
                found.push(language);
            }
        }
        match found.as_slice() {
            [] => Err("no file has the extension of a known language".to_owned()),
            [only] => Ok(only),
            [a, b] if [a.id.as_str(), b.id.as_str()].iter().all(|id| matches!(*id, "c" | "cpp")) => Ok(if a.id == "cpp" { a } else { b }),
            several => {
                let mut mains = names.iter().filter(|name| is_main(name)).filter_map(|name| self.language_of(name));
                if let (Some(language), None) = (mains.next(), mains.next()) {
                    return Ok(language);
                }
                let ids: Vec<_> = several.iter().map(|language| language.id.as_str()).collect();
                Err(format!("the files are in several languages: {}", ids.join(", ")))
            }
        }
    }

    /// Puts the file with which the program starts first: the one named, else `__main__` or `main`, else the first source.
    /// Says which it is if it was named.
    pub(crate) fn entry_point_first(&self, files: &mut [SourceFile], language: &Language, named: Option<&str>) -> Option<String> {
        let is_source = |file: &SourceFile| self.language_of(&file.name).is_some_and(|found| found.id == language.id);
        let chosen = named.and_then(|named| files.iter().position(|file| file.name == named));
        let entry = chosen.map(|position| files[position].name.clone());
        let position = chosen
            .or_else(|| files.iter().position(|file| is_source(file) && is_main(&file.name)))
            .or_else(|| files.iter().position(is_source));
        if let Some(position) = position {
            files[..=position].rotate_right(1);
        }
        entry
    }

    fn by_extension(&self, extension: &str) -> Option<&'a Language> {
        let mut known = self
            .languages
            .iter()
            .filter(|language| language.extensions.iter().any(|known| known == extension));
        let first = known.clone().next();
        known.find(|language| language.available).or(first)
    }
}

/// The part of a file name after its last dot.
pub(crate) fn extension(file_name: &str) -> Option<&str> {
    let (_, extension) = file_name.rsplit_once('.')?;
    (!extension.contains('/')).then_some(extension)
}

/// A code without the version at its end.
fn stem(code: &str) -> &str {
    code.trim_end_matches(|last: char| last.is_ascii_digit())
}

/// Whether a program usually starts with a file of that name.
fn is_main(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name);
    matches!(stem, "__main__" | "main" | "Main" | "MainKt")
}
