//! Where a problem was used first.

use crate::field::Field;
use codesm_core::problems::PackageError;

/// The source as text: `name (address)`, several with commas between them.
///
/// # Errors
/// `package.invalid_value`.
pub(crate) fn source(root: &Field<'_>) -> Result<Option<String>, PackageError> {
    let mut names = Vec::new();
    for source in root.get("source").map(|field| field.items()).unwrap_or_default() {
        let (name, address) = if source.is_map() {
            let text = |key: &str| source.get(key).map(|field| field.text()).transpose();
            (text("name")?.unwrap_or_default(), text("url")?)
        } else {
            (source.text()?, None)
        };
        names.extend(with_address(name, address));
    }
    if let Some(address) = root.get("source_url") {
        let address = address.text()?;
        match names.as_mut_slice() {
            [] => names.extend(with_address("", Some(address))),
            [only] => *only = with_address(only, Some(address)).unwrap_or_default(),
            _ => {}
        }
    }
    Ok((!names.is_empty()).then(|| names.join(", ")))
}

fn with_address(name: &str, address: Option<&str>) -> Option<String> {
    let (name, address) = (name.trim(), address.unwrap_or_default().trim());
    match (name, address) {
        ("", "") => None,
        ("", address) => Some(address.to_owned()),
        (name, "") => Some(name.to_owned()),
        (name, address) => Some(format!("{name} ({address})")),
    }
}

#[cfg(test)]
mod tests {
    use super::source;
    use crate::field::Document;

    fn of(yaml: &str) -> Option<String> {
        source(&Document::parse(yaml, "problem.yaml").unwrap().root()).unwrap()
    }

    #[test]
    fn sources_are_names_with_their_addresses() {
        assert_eq!(of("name: x"), None);
        assert_eq!(of("source: A Contest 2024").as_deref(), Some("A Contest 2024"));
        assert_eq!(of("source: A\nsource_url: http://a").as_deref(), Some("A (http://a)"));
        assert_eq!(of("source_url: http://a").as_deref(), Some("http://a"));
        assert_eq!(of("source: {name: A, url: http://a}").as_deref(), Some("A (http://a)"));
        assert_eq!(of("source: [A, {name: B}]").as_deref(), Some("A, B"));
    }
}
