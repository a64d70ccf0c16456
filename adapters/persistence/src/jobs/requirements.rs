//! What a job requires, as one text: the sorted names with `+` between them. No language id contains a `+`.
//!
//! A text, because the queue's index must answer with one look whether a worker offers everything. Nearly every job needs one
//! language or two, the submission's and the checker's: for these the query asks for the texts of all sets the worker could
//! serve. A problem may have an interactor and a grader in languages of their own, too; the text of a job that needs more is
//! looked at name by name.

use super::rows::job;
use codesm_core::store::StoreError;
use sea_orm::sea_query::{BinOper, Expr, ExprTrait, Func, SimpleExpr};
use sea_orm::{ColumnTrait, Condition};
use std::collections::BTreeSet;

/// Between names.
const SEPARATOR: &str = "+";
/// Of texts; the same in both databases.
const CONCATENATE: BinOper = BinOper::Custom("||");
/// Most names a job may require: far more than a problem has programs of its own.
const MOST: usize = 16;

/// The stored text.
///
/// # Errors
/// [`StoreError::Internal`] if the job requires more than could be meant.
pub(super) fn joined(requirements: &BTreeSet<String>) -> Result<Option<String>, StoreError> {
    if requirements.len() > MOST || requirements.iter().any(|name| name.contains(SEPARATOR)) {
        return Err(StoreError::Internal(format!("a job cannot require {requirements:?}").into()));
    }
    let names: Vec<&str> = requirements.iter().map(String::as_str).collect();
    Ok((!names.is_empty()).then(|| names.join(SEPARATOR)))
}

/// The names of a stored text.
pub(super) fn split(stored: Option<&str>) -> BTreeSet<String> {
    stored
        .into_iter()
        .flat_map(|text| text.split(SEPARATOR))
        .map(str::to_owned)
        .collect()
}

/// Jobs that somebody with these capabilities serves.
pub(super) fn is_served(capabilities: &[String]) -> Condition {
    let large = Condition::all()
        .add(job::Column::Requirements.like("%+%+%"))
        .add(without(capabilities).eq(""));
    Condition::any()
        .add(job::Column::Requirements.is_null())
        .add(job::Column::Requirements.is_in(offers(capabilities)))
        .add(large)
}

/// The texts of all sets of one or two names that somebody with these capabilities serves.
fn offers(capabilities: &[String]) -> Vec<String> {
    let sorted: BTreeSet<&str> = capabilities.iter().map(String::as_str).collect();
    let mut offers: Vec<String> = sorted.iter().map(|name| (*name).to_owned()).collect();
    for (at, first) in sorted.iter().enumerate() {
        offers.extend(sorted.iter().skip(at + 1).map(|second| format!("{first}{SEPARATOR}{second}")));
    }
    offers
}

/// The text without the names that are there: `+a++b+` without `+b+` and so on, which both databases understand.
fn without(capabilities: &[String]) -> SimpleExpr {
    let replace = |text: SimpleExpr, from: String, to: &str| -> SimpleExpr {
        Func::cust("REPLACE").arg(text).arg(Expr::val(from)).arg(Expr::val(to)).into()
    };
    let stored = Expr::col(job::Column::Requirements);
    let doubled = replace(stored, SEPARATOR.to_owned(), "++");
    let framed = Expr::val(SEPARATOR)
        .binary(CONCATENATE, doubled)
        .binary(CONCATENATE, Expr::val(SEPARATOR));
    capabilities
        .iter()
        .fold(framed, |text, name| replace(text, format!("{SEPARATOR}{name}{SEPARATOR}"), ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_set_survives_the_round_trip() {
        for names in [&[][..], &["cpp"], &["python", "cpp"], &["a", "b", "c", "d"]] {
            assert_eq!(split(joined(&set(names)).unwrap().as_deref()), set(names));
        }
        let many: BTreeSet<String> = (0..17).map(|n| format!("l{n}")).collect();
        assert!(joined(&many).is_err());
    }

    #[test]
    fn all_pairs_that_can_be_served_are_offered_and_nothing_else() {
        let capabilities = ["python", "cpp", "go"].map(str::to_owned);
        assert_eq!(offers(&capabilities), ["cpp", "go", "python", "cpp+go", "cpp+python", "go+python"]);
        assert!(offers(&[]).is_empty());
    }
}
