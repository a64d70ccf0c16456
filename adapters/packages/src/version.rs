//! Versions of the package format.

use crate::field::Field;
use codesm_core::problems::PackageError;

/// Which rules a package follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// No version, or `legacy`.
    Legacy,
    /// `legacy-icpc`: a subset of legacy.
    LegacyIcpc,
    /// `2023-07` and its draft: anything between legacy and 2025-09 occurs.
    Draft,
    /// `2025-09-draft` and `draft`: 2025-09 with remains of the earlier drafts.
    LateDraft,
    /// `2025-09`.
    V202509,
}

impl Dialect {
    /// The dialect, and the version as the package writes it.
    ///
    /// # Errors
    /// `package.unknown_version`.
    pub(crate) fn of(root: &Field<'_>) -> Result<(Self, String), PackageError> {
        let Some(field) = root.get("problem_format_version") else {
            return Ok((Self::Legacy, "legacy".to_owned()));
        };
        let text = field.text()?;
        let dialect = match text {
            "legacy" => Self::Legacy,
            "legacy-icpc" => Self::LegacyIcpc,
            "2023-07" | "2023-07-draft" => Self::Draft,
            "2025-09-draft" | "draft" => Self::LateDraft,
            "2025-09" => Self::V202509,
            _ => {
                let message = format!("version {text} is not known; known are legacy, legacy-icpc and 2025-09");
                return Err(field.refuse("package.unknown_version", &message));
            }
        };
        Ok((dialect, text.to_owned()))
    }

    /// Whether the folders and keys of the old format are the usual ones.
    pub(crate) const fn is_legacy(self) -> bool {
        matches!(self, Self::Legacy | Self::LegacyIcpc)
    }

    /// Whether the rules of 2025-09 hold for labels and for what is not said.
    pub(crate) const fn is_modern(self) -> bool {
        matches!(self, Self::LateDraft | Self::V202509)
    }
}
