//! Collects what was ignored or guessed.

use crate::field::{Field, Place};

/// Most warnings kept: a package of twenty thousand oddities needs no twenty thousand sentences.
const MOST: usize = 200;

/// Sentences for the author, in the order in which they arose.
#[derive(Debug, Default)]
pub(crate) struct Warnings {
    sentences: Vec<String>,
    dropped: usize,
}

impl Warnings {
    /// Notes something about a file (or folder) of the package.
    pub(crate) fn about(&mut self, file: &str, message: &str) {
        self.add(format!("{file}: {message}"));
    }

    /// Notes something about a key of a file.
    pub(crate) fn about_key(&mut self, file: &str, key: &str, message: &str) {
        self.add(format!("{file}: {key}: {message}"));
    }

    /// Notes something about a value.
    pub(crate) fn about_field(&mut self, field: &Field<'_>, message: &str) {
        self.about_place(&field.place(), message);
    }

    /// Notes something about the value at a place.
    pub(crate) fn about_place(&mut self, place: &Place, message: &str) {
        self.about_key(&place.file, &place.key, &format!("line {}: {message}", place.line));
    }

    /// Notes a whole sentence; the same sentence is kept once.
    pub(crate) fn add(&mut self, sentence: String) {
        if self.sentences.contains(&sentence) {
            return;
        }
        if self.sentences.len() < MOST {
            self.sentences.push(sentence);
        } else {
            self.dropped += 1;
        }
    }

    /// The sentences, with a last one that counts those dropped.
    pub(crate) fn finish(mut self) -> Vec<String> {
        if self.dropped > 0 {
            self.sentences.push(format!("and {} more", self.dropped));
        }
        self.sentences
    }
}
