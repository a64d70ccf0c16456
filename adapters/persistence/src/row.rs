//! Turns columns into values of the core and says which row is broken if that fails.

use codesm_core::store::StoreError;
use std::fmt::Display;

/// A row that holds what CodeSM never writes.
pub(crate) fn broken(table: &str, column: &str, id: impl Display, reason: impl Display) -> StoreError {
    StoreError::Internal(format!("{table}.{column} of row {id} is broken: {reason}").into())
}

/// A value of a closed list, by its stored name.
pub(crate) fn named<T>(value: &str, parse: fn(&str) -> Option<T>, table: &str, column: &str, id: impl Display) -> Result<T, StoreError> {
    parse(value).ok_or_else(|| broken(table, column, id, format!("`{value}` is not known")))
}

/// A number that has less room in the core than in the database.
pub(crate) fn number<T: TryFrom<i64>>(value: i64, table: &str, column: &str, id: impl Display) -> Result<T, StoreError> {
    T::try_from(value).map_err(|_| broken(table, column, id, format!("{value} is out of range")))
}

/// The same for a number that may be missing.
pub(crate) fn optional_number<T: TryFrom<i64>>(
    value: Option<i64>,
    table: &str,
    column: &str,
    id: impl Display,
) -> Result<Option<T>, StoreError> {
    value.map(|value| number(value, table, column, id)).transpose()
}

/// An unsigned 64-bit number for the database, whose numbers are signed.
pub(crate) fn stored_number(value: u64, column: &str) -> Result<i64, StoreError> {
    i64::try_from(value).map_err(|_| StoreError::Internal(format!("{column} cannot hold {value}").into()))
}
