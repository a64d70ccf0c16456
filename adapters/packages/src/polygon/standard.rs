//! Polygon's standard checkers, for packages that name one without carrying its source.

use codesm_core::judging::ComparatorOptions;

/// How the default comparator does what a standard checker does; nothing if it cannot. `name` is such as `std::ncmp.cpp`.
pub(super) fn options(name: &str) -> Option<ComparatorOptions> {
    let exact = ComparatorOptions {
        case_sensitive: true,
        ..ComparatorOptions::default()
    };
    let tolerance = |tolerance: f64| ComparatorOptions {
        float_absolute_tolerance: Some(tolerance),
        float_relative_tolerance: Some(tolerance),
        ..exact
    };
    Some(match name.strip_prefix("std::")?.trim_end_matches(".cpp") {
        // Numbers, words and cases of them: lines are cut into words by all but `fcmp`.
        "hcmp" | "icmp" | "lcmp" | "ncmp" | "wcmp" | "caseicmp" | "casencmp" | "casewcmp" => exact,
        "yesno" | "nyesno" => ComparatorOptions::default(),
        "fcmp" => ComparatorOptions {
            space_change_sensitive: true,
            ..exact
        },
        "rcmp4" => tolerance(1e-4),
        "rcmp6" => tolerance(1e-6),
        "rcmp9" => tolerance(1e-9),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::options;

    #[test]
    fn standard_checkers_become_options_of_the_comparator() {
        assert!(options("std::lcmp.cpp").is_some_and(|options| options.case_sensitive && !options.space_change_sensitive));
        assert!(options("std::yesno.cpp").is_some_and(|options| !options.case_sensitive));
        assert!(options("std::fcmp.cpp").is_some_and(|options| options.space_change_sensitive));
        assert_eq!(
            options("std::rcmp6.cpp").and_then(|options| options.float_relative_tolerance),
            Some(1e-6)
        );
        assert_eq!(options("std::uncmp.cpp"), None);
        assert_eq!(options("check.cpp"), None);
    }
}
