//! What may be uploaded, and how large it may be.

use crate::kernel::Permission;

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UploadKind {
    /// A picture of a person.
    ProfileImage,
    /// A résumé, a statement.
    Document,
    /// A recording.
    Video,
    /// A problem package.
    TestData,
}

const MEBIBYTE: u64 = 1024 * 1024;

impl UploadKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::ProfileImage, Self::Document, Self::Video, Self::TestData];

    /// Stored and shown name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ProfileImage => "profile_image",
            Self::Document => "document",
            Self::Video => "video",
            Self::TestData => "test_data",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Most bytes.
    #[must_use]
    pub const fn max_bytes(self) -> u64 {
        match self {
            Self::ProfileImage => 5 * MEBIBYTE,
            Self::Document => 25 * MEBIBYTE,
            Self::Video => 500 * MEBIBYTE,
            Self::TestData => 512 * MEBIBYTE,
        }
    }

    /// Media types that are taken.
    #[must_use]
    pub const fn content_types(self) -> &'static [&'static str] {
        match self {
            Self::ProfileImage => &["image/png", "image/jpeg", "image/webp"],
            Self::Document => &["application/pdf", "text/plain", "text/markdown"],
            Self::Video => &["video/mp4", "video/webm"],
            Self::TestData => &["application/zip"],
        }
    }

    /// What only some may upload.
    #[must_use]
    pub const fn permission(self) -> Option<Permission> {
        match self {
            Self::ProfileImage | Self::Document | Self::Video => None,
            Self::TestData => Some(Permission::ProblemImport),
        }
    }
}
