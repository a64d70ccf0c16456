//! A program per language whose result is known: what `codesm doctor` judges to see that a toolchain works.
//!
//! Each adds numbers, with a little of its standard library, because that is where an incomplete toolchain shows.

/// What every program reads.
pub(crate) const INPUT: &[u8] = b"3\n20 21 1\n";
/// What every program writes.
pub(crate) const OUTPUT: &str = "42";

const PROGRAMS: [(&str, &str); 20] = [
    ("c", include_str!("../golden/c.c")),
    ("cpp", include_str!("../golden/cpp.cpp")),
    ("cpp17", include_str!("../golden/cpp17.cpp")),
    ("python", include_str!("../golden/python.py")),
    ("javascript", include_str!("../golden/javascript.js")),
    ("java", include_str!("../golden/java.java")),
    ("rust", include_str!("../golden/rust.rs")),
    ("go", include_str!("../golden/go.go")),
    ("typescript", include_str!("../golden/typescript.ts")),
    ("kotlin", include_str!("../golden/kotlin.kt")),
    ("pypy", include_str!("../golden/pypy.py")),
    ("csharp", include_str!("../golden/csharp.cs")),
    ("haskell", include_str!("../golden/haskell.hs")),
    ("ocaml", include_str!("../golden/ocaml.ml")),
    ("pascal", include_str!("../golden/pascal.pas")),
    ("ruby", include_str!("../golden/ruby.rb")),
    ("php", include_str!("../golden/php.php")),
    ("perl", include_str!("../golden/perl.pl")),
    ("lua", include_str!("../golden/lua.lua")),
    ("bash", include_str!("../golden/bash.sh")),
];

/// The program of a language; languages that an operator added have none.
pub(crate) fn program(language: &str) -> Option<&'static str> {
    PROGRAMS.iter().find(|(id, _)| *id == language).map(|(_, source)| *source)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::languages::load;

    #[test]
    fn every_language_of_the_built_in_table_has_a_golden_program() {
        for entry in load(None).unwrap().iter().filter(|entry| !entry.internal) {
            assert!(program(&entry.id).is_some(), "{}", entry.id);
        }
    }
}
