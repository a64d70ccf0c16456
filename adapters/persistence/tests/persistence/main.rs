//! The suites of the ports on SQLite and on PostgreSQL, and what only a database has: files, locks, migrations.
//!
//! PostgreSQL is at `CODESM_TEST_POSTGRES_URL` (default: user `postgres` on this machine, without password), whose user
//! must be allowed to create schemas. Each test makes a schema of its own and drops it, also when it fails.

mod broken_rows;
mod cancelled;
mod contract;
mod databases;
mod errors;
mod full_disk;
mod migrations;
mod observed;
mod older_rows;
mod sqlite_file;
