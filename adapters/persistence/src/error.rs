//! What the databases' errors mean: the one table.

use codesm_core::store::StoreError;
use sea_orm::sqlx::error::{DatabaseError, Error as DriverError};
use sea_orm::{DbErr, RuntimeErr};

/// Unique rules whose violation the core expects: PostgreSQL's name, SQLite's columns, the port's name.
const UNIQUE_RULES: [(&str, &str, &str); 4] = [
    ("users_email_key", "users.email", "users.email"),
    ("users_username_key", "users.username", "users.username"),
    ("problems_slug_key", "problems.slug", "problems.slug"),
    (
        "idempotency_keys_pkey",
        "idempotency_keys.user_id, idempotency_keys.key",
        "idempotency_keys",
    ),
];

/// Sorts a failure into what use cases can react to.
pub(crate) fn store_error(error: DbErr) -> StoreError {
    if let Some(rule) = violated_rule(&error) {
        return StoreError::Conflict(rule.to_owned());
    }
    if is_unavailable(&error) {
        return StoreError::Unavailable(Box::new(error));
    }
    StoreError::Internal(Box::new(error))
}

/// The driver's own error, without what sea-orm wraps around it.
pub(crate) fn driver_error(error: &DbErr) -> Option<&DriverError> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}

fn violated_rule(error: &DbErr) -> Option<&'static str> {
    let error = driver_error(error)?.as_database_error()?;
    if !error.is_unique_violation() {
        return None;
    }
    // SQLite names no constraint, but the columns: "UNIQUE constraint failed: users.email".
    let columns = error.message().rsplit_once("constraint failed: ").map(|(_, columns)| columns);
    UNIQUE_RULES
        .iter()
        .find(|(constraint, sqlite, _)| error.constraint() == Some(*constraint) || columns == Some(*sqlite))
        .map(|(_, _, name)| *name)
}

fn is_unavailable(error: &DbErr) -> bool {
    if matches!(error, DbErr::ConnectionAcquire(_)) {
        return true;
    }
    match driver_error(error) {
        Some(DriverError::Database(error)) => is_unavailable_code(&**error),
        Some(
            DriverError::Io(_) | DriverError::Tls(_) | DriverError::PoolTimedOut | DriverError::PoolClosed | DriverError::WorkerCrashed,
        ) => true,
        _ => false,
    }
}

fn is_unavailable_code(error: &dyn DatabaseError) -> bool {
    let Some(code) = error.code() else { return false };
    if error.try_downcast_ref::<sea_orm::SqlxPostgresError>().is_some() {
        return is_unavailable_in_postgres(&code);
    }
    code.parse().is_ok_and(is_unavailable_in_sqlite)
}

/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>
fn is_unavailable_in_postgres(code: &str) -> bool {
    match code {
        // Serialization failure, deadlock: the other transaction won, another try may.
        "40001" | "40P01"
        // Lock not available; statement or lock timeout.
        | "55P03" | "57014"
        // Database dropped or not accepting connections, idle session or transaction ended.
        | "57P01" | "57P02" | "57P03" | "57P04" | "57P05" | "25P03" | "55006"
        // The database is not there (yet): the operator's business, and it may come.
        | "3D000"
        // Only reading is allowed: a standby, or a server that protects itself.
        | "25006"
        // Internal: I/O error.
        | "58030" => true,
        // Connection exceptions; insufficient resources (disk full, out of memory, too many connections).
        _ => code.starts_with("08") || code.starts_with("53"),
    }
}

/// <https://www.sqlite.org/rescode.html>; the low byte is the primary code.
const fn is_unavailable_in_sqlite(code: i32) -> bool {
    // BUSY, LOCKED, NOMEM, READONLY, IOERR, FULL, CANTOPEN, PROTOCOL.
    matches!(code & 0xff, 5 | 6 | 7 | 8 | 10 | 13 | 14 | 15)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_pass_is_unavailable_and_faults_are_not() {
        for code in ["40001", "40P01", "53100", "53300", "57P01", "57P03", "08006", "57014", "25006"] {
            assert!(is_unavailable_in_postgres(code), "{code}");
        }
        for code in ["23505", "23503", "23514", "42P01", "22021", "25P02"] {
            assert!(!is_unavailable_in_postgres(code), "{code}");
        }
        // SQLITE_BUSY_SNAPSHOT, SQLITE_IOERR_WRITE, SQLITE_FULL, SQLITE_CANTOPEN.
        for code in [5, 517, 778, 13, 14] {
            assert!(is_unavailable_in_sqlite(code), "{code}");
        }
        // SQLITE_ERROR, SQLITE_CORRUPT, unique, foreign key, check.
        for code in [1, 11, 2067, 787, 275] {
            assert!(!is_unavailable_in_sqlite(code), "{code}");
        }
    }
}
