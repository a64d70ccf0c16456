//! How busy the connections are.

use super::{Database, Observed};
use sea_orm::DbBackend;

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
    /// How many statements and transactions have or want one.
    pub wanted: u32,
}

impl Database {
    /// The pools, each once.
    #[must_use]
    pub fn pools(&self) -> Vec<PoolState> {
        if self.file.is_some() {
            vec![state("write", self.write.connection()), state("read", &self.read)]
        } else {
            vec![state("read_write", &self.read)]
        }
    }
}

fn state(name: &'static str, connections: &Observed) -> PoolState {
    let connection = connections.inner();
    let (open, idle, most) = if connection.get_database_backend() == DbBackend::Postgres {
        let pool = connection.get_postgres_connection_pool();
        (pool.size(), pool.num_idle(), pool.options().get_max_connections())
    } else {
        let pool = connection.get_sqlite_connection_pool();
        (pool.size(), pool.num_idle(), pool.options().get_max_connections())
    };
    PoolState {
        name,
        open,
        // The two are read one after the other.
        idle: u32::try_from(idle).unwrap_or(u32::MAX).min(open),
        most,
        wanted: connections.wanted(),
    }
}
