//! What a job requires, as one text: the sorted names with `+` between them. No language id contains a `+`.
//!
//! A text, because the queue's index must answer with one look whether a worker offers everything: it asks for the texts
//! of all sets the worker could serve. Judging needs at most two languages, the submission's and the checker's, so these
//! are few; a job that required more would be handed to nobody, and is refused when it is added.

use codesm_core::store::StoreError;
use std::collections::BTreeSet;

/// Most names a job may require.
const MOST: usize = 2;

/// The stored text.
///
/// # Errors
/// [`StoreError::Internal`] if the job requires more than could ever be offered.
pub(super) fn joined(requirements: &BTreeSet<String>) -> Result<Option<String>, StoreError> {
    if requirements.len() > MOST || requirements.iter().any(|name| name.contains('+')) {
        return Err(StoreError::Internal(format!("a job cannot require {requirements:?}").into()));
    }
    let names: Vec<&str> = requirements.iter().map(String::as_str).collect();
    Ok((!names.is_empty()).then(|| names.join("+")))
}

/// The names of a stored text.
pub(super) fn split(stored: Option<&str>) -> BTreeSet<String> {
    stored.into_iter().flat_map(|text| text.split('+')).map(str::to_owned).collect()
}

/// The texts of all sets that somebody with these capabilities serves.
pub(super) fn offers(capabilities: &[String]) -> Vec<String> {
    let sorted: BTreeSet<&str> = capabilities.iter().map(String::as_str).collect();
    let mut offers: Vec<String> = sorted.iter().map(|name| (*name).to_owned()).collect();
    for (at, first) in sorted.iter().enumerate() {
        offers.extend(sorted.iter().skip(at + 1).map(|second| format!("{first}+{second}")));
    }
    offers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_set_survives_the_round_trip() {
        for names in [&[][..], &["cpp"], &["python", "cpp"]] {
            assert_eq!(split(joined(&set(names)).unwrap().as_deref()), set(names));
        }
        assert!(joined(&set(&["a", "b", "c"])).is_err());
    }

    #[test]
    fn everything_that_can_be_served_is_offered_and_nothing_else() {
        let capabilities = ["python", "cpp", "go"].map(str::to_owned);
        assert_eq!(offers(&capabilities), ["cpp", "go", "python", "cpp+go", "cpp+python", "go+python"]);
        assert!(offers(&[]).is_empty());
    }
}
