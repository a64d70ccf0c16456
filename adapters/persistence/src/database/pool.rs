//! How busy the connections are.

use super::Database;
use sea_orm::{DatabaseConnection, DbBackend};

/// The connections of one pool at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolState {
    /// `read_write`, or `write` and `read` for a SQLite file, which has a pool for each.
    pub name: &'static str,
    /// Connections that are open.
    pub open: u32,
    /// Those of them that nobody uses.
    pub idle: u32,
    /// Most there may be.
    pub most: u32,
}

impl Database {
    /// The pools, each once.
    #[must_use]
    pub fn pools(&self) -> Vec<PoolState> {
        if self.file.is_some() {
            vec![state("write", self.write.connection().inner()), state("read", self.read.inner())]
        } else {
            vec![state("read_write", self.read.inner())]
        }
    }
}

fn state(name: &'static str, connection: &DatabaseConnection) -> PoolState {
    let (open, idle, most) = if connection.get_database_backend() == DbBackend::Postgres {
        let pool = connection.get_postgres_connection_pool();
        (pool.size(), pool.num_idle(), pool.options().get_max_connections())
    } else {
        let pool = connection.get_sqlite_connection_pool();
        (pool.size(), pool.num_idle(), pool.options().get_max_connections())
    };
    // The two are read one after the other.
    let idle = u32::try_from(idle).unwrap_or(u32::MAX).min(open);
    PoolState { name, open, idle, most }
}
