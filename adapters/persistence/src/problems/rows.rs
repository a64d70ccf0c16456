//! Tables `problems` and `problem_tags`.

use crate::text::{fold_case, store_text};

/// What the list is sorted by: the title in lower case. Cut to 900 bytes as JSON, because it goes into cursors, which
/// end at 1024; longer titles that begin alike are then in the order of their ids.
fn title_key(title: &str) -> String {
    const MOST_BYTES: usize = 900;
    let folded = store_text(&fold_case(title));
    let mut bytes = 0;
    let json_bytes = |c: char| match c {
        '"' | '\\' => 2,
        c if c < ' ' => 6,
        c => c.len_utf8(),
    };
    folded
        .chars()
        .take_while(|c| {
            bytes += json_bytes(*c);
            bytes <= MOST_BYTES
        })
        .collect()
}

/// What the search looks in. Line breaks keep a word from matching across two of them.
fn search_text(title: &str, slug: &str, tags: &[String]) -> String {
    store_text(&fold_case(&format!("{title}\n{slug}\n{}", tags.join("\n"))))
}

pub(super) mod problem {
    use crate::row::{named, number};
    use crate::text::{load_json, load_text, store_json, store_text};
    use codesm_core::judging::ResourceLimits;
    use codesm_core::kernel::{ProblemId, Slug, TestSetId, Timestamp, UserId};
    use codesm_core::problems::{Difficulty, Problem, ProblemStatus};
    use codesm_core::store::StoreError;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "problems")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub slug: String,
        pub title: String,
        pub title_key: String,
        pub search_text: String,
        pub statement: String,
        pub difficulty: String,
        pub difficulty_rank: i16,
        pub tags: String,
        pub status: String,
        pub author_id: Uuid,
        pub limit_time_ms: i64,
        pub limit_memory_mb: i64,
        pub limit_output_kb: i64,
        pub test_set_id: Option<Uuid>,
        pub submissions_total: i64,
        pub submissions_accepted: i64,
        pub created_at: Timestamp,
        pub updated_at: Timestamp,
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl TryFrom<&Problem> for Model {
        type Error = StoreError;

        fn try_from(problem: &Problem) -> Result<Self, StoreError> {
            let Problem {
                id,
                slug,
                title,
                statement,
                difficulty,
                tags,
                status,
                author_id,
                limits,
                test_set_id,
                submissions_total,
                submissions_accepted,
                created_at,
                updated_at,
                version,
            } = problem;
            let ResourceLimits {
                time_ms,
                memory_mb,
                output_kb,
            } = *limits;
            Ok(Self {
                id: id.as_uuid(),
                slug: slug.as_str().to_owned(),
                title: store_text(title),
                title_key: super::title_key(title),
                search_text: super::search_text(title, slug.as_str(), tags),
                statement: store_text(statement),
                difficulty: difficulty.as_str().to_owned(),
                difficulty_rank: difficulty.rank(),
                tags: store_json(tags)?,
                status: status.as_str().to_owned(),
                author_id: author_id.as_uuid(),
                limit_time_ms: i64::from(time_ms),
                limit_memory_mb: i64::from(memory_mb),
                limit_output_kb: i64::from(output_kb),
                test_set_id: test_set_id.map(TestSetId::as_uuid),
                submissions_total: *submissions_total,
                submissions_accepted: *submissions_accepted,
                created_at: *created_at,
                updated_at: *updated_at,
                version: *version,
            })
        }
    }

    impl TryFrom<Model> for Problem {
        type Error = StoreError;

        fn try_from(row: Model) -> Result<Self, StoreError> {
            let Model {
                id,
                slug,
                title,
                title_key: _,
                search_text: _,
                statement,
                difficulty,
                difficulty_rank: _,
                tags,
                status,
                author_id,
                limit_time_ms,
                limit_memory_mb,
                limit_output_kb,
                test_set_id,
                submissions_total,
                submissions_accepted,
                created_at,
                updated_at,
                version,
            } = row;
            Ok(Self {
                id: ProblemId::from_uuid(id),
                slug: Slug::from_stored(slug),
                title: load_text(title),
                statement: load_text(statement),
                difficulty: named(&difficulty, Difficulty::parse, "problems", "difficulty", id)?,
                tags: load_json(&tags, "problems", "tags", id)?,
                status: named(&status, ProblemStatus::parse, "problems", "status", id)?,
                author_id: UserId::from_uuid(author_id),
                limits: ResourceLimits {
                    time_ms: number(limit_time_ms, "problems", "limit_time_ms", id)?,
                    memory_mb: number(limit_memory_mb, "problems", "limit_memory_mb", id)?,
                    output_kb: number(limit_output_kb, "problems", "limit_output_kb", id)?,
                },
                test_set_id: test_set_id.map(TestSetId::from_uuid),
                submissions_total,
                submissions_accepted,
                created_at,
                updated_at,
                version,
            })
        }
    }
}

pub(super) mod problem_tag {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "problem_tags")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub problem_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub tag: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use codesm_core::kernel::Cursor;
    use uuid::Uuid;

    #[test]
    fn the_longest_title_key_fits_into_a_cursor() {
        for title in ["x".repeat(5000), "\"".repeat(5000), "\u{1}".repeat(5000), "𝔘".repeat(5000)] {
            let cursor = Cursor {
                sort: "title".to_owned(),
                key: title_key(&title),
                id: Uuid::max(),
            };
            assert_eq!(Cursor::decode(&cursor.encode(), "title").expect("a valid cursor"), cursor);
        }
        assert_eq!(title_key("Größe"), "größe");
    }
}
