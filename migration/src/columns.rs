//! Column shapes that all tables share.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

pub(crate) use sea_orm_migration::schema::{
    big_integer, big_integer_null, boolean, double_null, integer, pk_uuid, small_integer, text, text_null, uuid, uuid_null,
};

/// A moment: `timestamptz` in PostgreSQL, RFC 3339 text in SQLite (in UTC, so that text order is time order).
pub(crate) fn moment(name: &'static str) -> ColumnDef {
    sea_orm_migration::schema::timestamp_with_time_zone(name)
}

/// A moment that may be missing.
pub(crate) fn moment_null(name: &'static str) -> ColumnDef {
    sea_orm_migration::schema::timestamp_with_time_zone_null(name)
}

/// A value of a closed list.
pub(crate) fn one_of(name: &'static str, values: &[&'static str]) -> ColumnDef {
    let mut column = text(name);
    column.check(Expr::col(name).is_in(values.iter().copied()));
    column
}

/// A value of a closed list, or nothing.
pub(crate) fn one_of_null(name: &'static str, values: &[&'static str]) -> ColumnDef {
    let mut column = text_null(name);
    column.check(Expr::col(name).is_in(values.iter().copied()));
    column
}

/// Text that lists are sorted by: by code point, whatever the database's collation. SQLite compares so by itself.
pub(crate) fn sorted_text(manager: &SchemaManager<'_>, name: &'static str) -> ColumnDef {
    let mut column = text(name);
    if manager.get_database_backend() == DbBackend::Postgres {
        column.extra("COLLATE \"C\"");
    }
    column
}

/// A reference that is checked at commit, so that rows of one transaction may be written in any order.
pub(crate) fn checked_at_commit(mut column: ColumnDef, references: &str) -> ColumnDef {
    column.extra(format!("REFERENCES {references} (\"id\") DEFERRABLE INITIALLY DEFERRED"));
    column
}

/// A reference that is checked at once.
pub(crate) fn reference(table: &'static str, column: &'static str, to: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("{table}_{column}_fkey"))
        .from(table, column)
        .to(to, "id")
        .to_owned()
}

/// An index; its name is the table's, the columns' and `idx`.
pub(crate) fn index(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    named_index(format!("{table}_{}_idx", columns.join("_")), table, columns)
}

/// A unique rule. The persistence adapter knows these names: see its `error.rs`.
pub(crate) fn unique(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    named_index(format!("{table}_{}_key", columns.join("_")), table, columns)
        .unique()
        .to_owned()
}

fn named_index(name: String, table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(name).table(table);
    for column in columns {
        index.col(*column);
    }
    index
}

/// Drops tables in the order given, with whatever refers to them.
pub(crate) async fn drop_tables(manager: &SchemaManager<'_>, tables: &[&'static str]) -> Result<(), DbErr> {
    for table in tables {
        manager.drop_table(Table::drop().table(*table).cascade().to_owned()).await?;
    }
    Ok(())
}
