//! Tables `test_sets` and `test_cases`.

use crate::error::store_error;
use crate::row::{number, stored_number};
use crate::text::{load_json, load_text, store_json, store_text};
use crate::write::{all_columns, insert};
use codesm_core::kernel::{BlobRef, ProblemId, TestSetId};
use codesm_core::problems::{StoredChecker, TestCase, TestExtras, TestSet, TestSetDetails, own_languages};
use codesm_core::store::StoreError;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// 200 rows of 11 values: far below the 32,766 values of a SQLite statement and the 65,535 of a PostgreSQL one.
const ROWS_PER_INSERT: usize = 200;

mod test_set {
    use codesm_core::kernel::Timestamp;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "test_sets")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub problem_id: Uuid,
        pub checker: String,
        pub details: Option<String>,
        pub created_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

mod test_case {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "test_cases")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub test_set_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i64,
        pub name: String,
        pub sample: bool,
        pub group_name: Option<String>,
        pub input_sha256: String,
        pub input_size: i64,
        pub answer_sha256: String,
        pub answer_size: i64,
        pub explanation: Option<String>,
        pub extras: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

fn case_row(test_set_id: Uuid, case: &TestCase) -> Result<test_case::Model, StoreError> {
    let TestCase {
        index,
        name,
        sample,
        group,
        input,
        answer,
        explanation,
        extras,
    } = case;
    Ok(test_case::Model {
        test_set_id,
        position: i64::from(*index),
        name: store_text(name),
        sample: *sample,
        group_name: group.as_deref().map(store_text),
        input_sha256: input.sha256.clone(),
        input_size: stored_number(input.size, "test_cases.input_size")?,
        answer_sha256: answer.sha256.clone(),
        answer_size: stored_number(answer.size, "test_cases.answer_size")?,
        explanation: explanation.as_deref().map(store_text),
        // Most tests have none: their rows stay small.
        extras: (*extras != TestExtras::default()).then(|| store_json(extras)).transpose()?,
    })
}

fn case_of(row: test_case::Model) -> Result<TestCase, StoreError> {
    let test_case::Model {
        test_set_id,
        position,
        name,
        sample,
        group_name,
        input_sha256,
        input_size,
        answer_sha256,
        answer_size,
        explanation,
        extras,
    } = row;
    let table = "test_cases";
    Ok(TestCase {
        index: number(position, table, "position", test_set_id)?,
        name: load_text(name),
        sample,
        group: group_name.map(load_text),
        input: BlobRef {
            sha256: input_sha256,
            size: number(input_size, table, "input_size", test_set_id)?,
        },
        answer: BlobRef {
            sha256: answer_sha256,
            size: number(answer_size, table, "answer_size", test_set_id)?,
        },
        explanation: explanation.map(load_text),
        extras: optional_json(extras.as_deref(), table, "extras", test_set_id)?,
    })
}

/// Writes a test set with its tests.
pub(super) async fn add(connection: &impl ConnectionTrait, set: &TestSet) -> Result<(), StoreError> {
    let TestSet {
        id,
        problem_id,
        checker,
        details,
        tests,
        created_at,
    } = set;
    let row = test_set::Model {
        id: id.as_uuid(),
        problem_id: problem_id.as_uuid(),
        checker: store_json(checker)?,
        details: (*details != TestSetDetails::default()).then(|| store_json(details)).transpose()?,
        created_at: *created_at,
    };
    insert(connection, row).await?;
    for tests in tests.chunks(ROWS_PER_INSERT) {
        let rows = tests
            .iter()
            .map(|case| case_row(id.as_uuid(), case).map(all_columns))
            .collect::<Result<Vec<_>, _>>()?;
        test_case::Entity::insert_many(rows)
            .exec_without_returning(connection)
            .await
            .map_err(store_error)?;
    }
    Ok(())
}

/// Languages of a test set's own programs, and its details, without its tests.
pub(super) async fn summary(connection: &impl ConnectionTrait, set: Uuid) -> Result<(Vec<String>, TestSetDetails), StoreError> {
    let Some(row) = test_set::Entity::find_by_id(set).one(connection).await.map_err(store_error)? else {
        return Ok((Vec::new(), TestSetDetails::default()));
    };
    let checker: StoredChecker = load_json(&row.checker, "test_sets", "checker", set)?;
    let details: TestSetDetails = optional_json(row.details.as_deref(), "test_sets", "details", set)?;
    Ok((own_languages(&checker, &details.rules), details))
}

/// A JSON column that is empty where nothing is said.
fn optional_json<T: DeserializeOwned + Default>(
    text: Option<&str>,
    table: &'static str,
    column: &'static str,
    id: Uuid,
) -> Result<T, StoreError> {
    text.map_or_else(|| Ok(T::default()), |text| load_json(text, table, column, id))
}

/// Reads a test set with all its tests.
pub(super) async fn find(connection: &impl ConnectionTrait, id: TestSetId) -> Result<Option<TestSet>, StoreError> {
    let Some(row) = test_set::Entity::find_by_id(id.as_uuid())
        .one(connection)
        .await
        .map_err(store_error)?
    else {
        return Ok(None);
    };
    let test_set::Model {
        id: set,
        problem_id,
        checker,
        details,
        created_at,
    } = row;
    let tests = test_case::Entity::find()
        .filter(test_case::Column::TestSetId.eq(set))
        .order_by_asc(test_case::Column::Position)
        .all(connection)
        .await
        .map_err(store_error)?;
    Ok(Some(TestSet {
        id,
        problem_id: ProblemId::from_uuid(problem_id),
        checker: load_json(&checker, "test_sets", "checker", set)?,
        details: optional_json(details.as_deref(), "test_sets", "details", set)?,
        tests: tests.into_iter().map(case_of).collect::<Result<_, _>>()?,
        created_at,
    }))
}

/// The sample tests of a set, without touching the hidden ones.
pub(super) async fn samples(connection: &impl ConnectionTrait, set: Uuid) -> Result<Vec<TestCase>, StoreError> {
    let rows = test_case::Entity::find()
        .filter(test_case::Column::TestSetId.eq(set))
        .filter(test_case::Column::Sample.eq(true))
        .order_by_asc(test_case::Column::Position)
        .all(connection)
        .await
        .map_err(store_error)?;
    rows.into_iter().map(case_of).collect()
}

/// Number of all tests of a set.
pub(super) async fn count(connection: &impl ConnectionTrait, set: Uuid) -> Result<u32, StoreError> {
    let tests = test_case::Entity::find().filter(test_case::Column::TestSetId.eq(set));
    let count = tests.count(connection).await.map_err(store_error)?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}
