//! Who wrote a package.

use crate::field::Field;
use codesm_core::problems::PackageError;

/// The authors as text: the legacy `author`, or the authors of `credits`. Mail addresses are left out, as the text is shown to
/// everybody.
///
/// # Errors
/// `package.invalid_value`.
pub(crate) fn author(root: &Field<'_>) -> Result<Option<String>, PackageError> {
    let people = match (root.get("author"), root.get("credits")) {
        (Some(author), _) => author.items(),
        (None, Some(credits)) if credits.is_map() => credits.get("authors").map(|authors| authors.items()).unwrap_or_default(),
        (None, Some(credits)) => credits.items(),
        (None, None) => Vec::new(),
    };
    let mut names = Vec::new();
    for person in people {
        let name = match person.get("name") {
            Some(name) => name.text()?,
            None => person.text()?,
        };
        let name = without_mail(name);
        if !name.is_empty() {
            names.push(name);
        }
    }
    Ok((!names.is_empty()).then(|| names.join(", ")))
}

/// The text without `<...>` parts that hold an at sign, white space collapsed.
fn without_mail(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        kept.push_str(before);
        match after.split_once('>') {
            Some((inner, behind)) if inner.contains('@') => rest = behind,
            _ => {
                kept.push('<');
                rest = after;
            }
        }
    }
    kept.push_str(rest);
    kept.split_whitespace().collect::<Vec<_>>().join(" ").replace(" ,", ",")
}

#[cfg(test)]
mod tests {
    use super::author;
    use crate::field::Document;

    fn of(yaml: &str) -> Option<String> {
        author(&Document::parse(yaml, "problem.yaml").unwrap().root()).unwrap()
    }

    #[test]
    fn authors_are_named_without_their_mail_addresses() {
        assert_eq!(of("author: Ann <a@x.org>, Bob <b@x.org>").as_deref(), Some("Ann, Bob"));
        assert_eq!(of("credits: Ann <a@x.org>").as_deref(), Some("Ann"));
        assert_eq!(
            of("credits: {authors: [Ann <a@x>, {name: Bob, email: b@x}], testers: Cy}").as_deref(),
            Some("Ann, Bob")
        );
        assert_eq!(of("credits: {testers: Cy}"), None);
        assert_eq!(of("name: x"), None);
    }
}
