//! `domjudge-problem.ini`: lines of `key = value`.

use crate::fault::refuse_key;
use crate::warnings::Warnings;
use codesm_core::problems::PackageError;

/// Name of the file.
pub(crate) const NAME: &str = "domjudge-problem.ini";

/// Keys that say nothing about judging, or nothing that counts here.
const WITHOUT_EFFECT: [&str; 10] = [
    "name",
    "short-name",
    "externalid",
    "probid",
    "cid",
    "color",
    "points",
    "allow_submit",
    "allow_judge",
    "lazy_eval_results",
];

/// The time limit in seconds, unparsed and without quotes.
///
/// # Errors
/// `package.unsupported_feature` if the problem is judged by programs that lie outside the package.
pub(crate) fn time_limit(text: &str, warnings: &mut Warnings) -> Result<Option<String>, PackageError> {
    let mut found = None;
    for line in text.lines() {
        let line = line.trim();
        if line.is_empty() || line.starts_with([';', '#', '[']) {
            continue;
        }
        let Some((key, value)) = line.split_once('=') else {
            warnings.about(NAME, "a line is no key = value, ignored");
            continue;
        };
        let (key, value) = (key.trim(), unquoted(value.trim()));
        match key {
            "timelimit" => found = Some(value.to_owned()),
            "special_run" | "special_compare" | "special_compare_args" => {
                let message = "judging by programs or flags of one DOMjudge server is not supported";
                return Err(refuse_key("package.unsupported_feature", NAME, key, message));
            }
            key if WITHOUT_EFFECT.contains(&key) => {}
            key => warnings.about_key(NAME, key, "unknown key, ignored"),
        }
    }
    Ok(found)
}

/// The value without the quotes, or the comment, around it.
fn unquoted(value: &str) -> &str {
    for quote in ['\'', '"'] {
        if let Some(inner) = value.strip_prefix(quote) {
            return inner.split_once(quote).map_or(inner, |(inner, _)| inner);
        }
    }
    value.split(';').next().unwrap_or(value).trim_end()
}

#[cfg(test)]
mod tests {
    use super::time_limit;
    use crate::warnings::Warnings;

    #[test]
    fn the_time_limit_may_be_quoted_and_commented() {
        for text in [
            "timelimit = 4",
            "timelimit='4'",
            "; x\n[a]\ntimelimit = \"4\" ; four",
            "timelimit=4;x",
        ] {
            assert_eq!(
                time_limit(text, &mut Warnings::default()).unwrap().as_deref(),
                Some("4"),
                "{text:?}"
            );
        }
    }

    #[test]
    fn programs_outside_the_package_are_refused() {
        let error = time_limit("special_compare = float", &mut Warnings::default()).unwrap_err();
        assert_eq!(
            (error.code, error.key.as_deref()),
            ("package.unsupported_feature", Some("special_compare"))
        );
    }
}
