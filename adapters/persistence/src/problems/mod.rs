//! Problems and test sets.

mod list;
mod queries;
mod repository;
mod rows;
mod test_sets;
