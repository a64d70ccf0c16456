//! What kind of problem `problem.yaml` describes: its `type`, and the legacy format's `validation`.

use crate::field::Field;
use crate::metadata::NAME;
use crate::warnings::Warnings;
use codesm_core::problems::PackageError;

/// What is said about the output validator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Validation {
    /// Nothing: in the legacy format the default validator, in the new one whatever the folder holds.
    #[default]
    Unsaid,
    Default,
    Custom,
    /// Legacy `custom score`: the validator must give points.
    CustomScore,
}

/// What kind of problem it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Kind {
    pub(crate) scoring: bool,
    pub(crate) interactive: bool,
    pub(crate) multi_pass: bool,
    pub(crate) validation: Validation,
}

impl Kind {
    /// Reads `type` and `validation`, wherever each of them stands: packages converted by hand mix them.
    ///
    /// # Errors
    /// `package.unsupported_type`, `package.invalid_value`.
    pub(crate) fn read(root: &Field<'_>, warnings: &mut Warnings) -> Result<Self, PackageError> {
        let mut kind = Self::default();
        if let Some(field) = root.get("type") {
            kind.read_type(&field)?;
        }
        if let Some(field) = root.get("validation") {
            kind.read_validation(&field)?;
            if kind.validation == Validation::CustomScore && !kind.scoring {
                warnings.about_key(NAME, "validation", "the validator gives points: taken as a scoring problem");
                kind.scoring = true;
            }
        }
        Ok(kind)
    }

    fn read_type(&mut self, field: &Field<'_>) -> Result<(), PackageError> {
        let mut pass_fail = false;
        for word in field.words()? {
            match word.as_str() {
                "pass-fail" => pass_fail = true,
                "scoring" => self.scoring = true,
                "interactive" => self.interactive = true,
                "multi-pass" => self.multi_pass = true,
                "submit-answer" => {
                    return Err(field.refuse("package.unsupported_type", "submit-answer problems are not supported"));
                }
                _ => return Err(field.invalid(&format!("there is no problem type {word}"))),
            }
        }
        if pass_fail && self.scoring {
            return Err(field.invalid("a problem cannot be both pass-fail and scoring"));
        }
        Ok(())
    }

    fn read_validation(&mut self, field: &Field<'_>) -> Result<(), PackageError> {
        let (mut custom, mut scores) = (None, false);
        for word in field.words()? {
            match word.as_str() {
                "default" => custom = Some(false),
                "custom" => custom = Some(true),
                "interactive" => self.interactive = true,
                "multi-pass" => self.multi_pass = true,
                "score" => scores = true,
                _ => return Err(field.invalid("must be default, or custom with interactive, multi-pass or score")),
            }
        }
        self.validation = match (custom, scores) {
            (Some(true), true) => Validation::CustomScore,
            (Some(true), false) => Validation::Custom,
            (Some(false), false) => Validation::Default,
            (None, false) => Validation::Unsaid,
            (None | Some(false), true) => return Err(field.invalid("score needs a custom validator")),
        };
        if self.validation == Validation::Default && (self.interactive || self.multi_pass) {
            return Err(field.invalid("interactive and multi-pass problems need a custom validator"));
        }
        Ok(())
    }
}
