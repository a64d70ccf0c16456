use super::*;
use proptest::prelude::*;

fn compare_in_chunks(options: ComparatorOptions, output: &[u8], answer: &[u8], chunk: usize) -> Comparison {
    let mut comparator = Comparator::new(options, answer);
    for part in output.chunks(chunk.max(1)) {
        comparator.push(part).unwrap();
    }
    comparator.finish().unwrap()
}

fn same(options: ComparatorOptions, output: &str, answer: &str) -> bool {
    compare_in_chunks(options, output.as_bytes(), answer.as_bytes(), 3) == Comparison::Same
}

fn tolerance(absolute: Option<f64>, relative: Option<f64>) -> ComparatorOptions {
    ComparatorOptions {
        float_absolute_tolerance: absolute,
        float_relative_tolerance: relative,
        ..Default::default()
    }
}

#[test]
fn by_default_case_and_white_space_do_not_matter() {
    let plain = ComparatorOptions::default();
    assert!(same(plain, "Yes\n1  2\r\n\x0b\x0c3", "yes 1 2 3\n"));
    assert!(same(plain, "", " \n"));
    assert!(!same(plain, "1 2", "1 2 3"));
    assert!(!same(plain, "1 2 3", "1 2"));
    assert!(!same(plain, "12 3", "1 23"));
    assert!(!same(plain, "1.0", "1"));
}

#[test]
fn case_sensitive_means_byte_for_byte() {
    let options = ComparatorOptions {
        case_sensitive: true,
        ..Default::default()
    };
    assert!(!same(options, "Yes", "yes"));
    assert!(same(options, "yes\n\n", "yes"));
}

#[test]
fn space_sensitive_compares_every_white_space_byte() {
    let options = ComparatorOptions {
        space_change_sensitive: true,
        ..Default::default()
    };
    assert!(same(options, "a  b\n", "A  b\n"));
    for (output, answer) in [
        ("a b\n", "a  b\n"),
        ("a b", "a b\n"),
        (" a b\n", "a b\n"),
        ("a b\n\n", "a b\n"),
        ("a\tb\n", "a b\n"),
    ] {
        assert!(!same(options, output, answer), "{output:?} {answer:?}");
    }
}

#[test]
fn either_tolerance_is_enough() {
    assert!(same(tolerance(Some(1e-6), None), "0.0000001", "0"));
    assert!(!same(tolerance(None, Some(1e-6)), "0.0000001", "0"));
    assert!(same(tolerance(None, Some(1e-2)), "1009", "1000"));
    assert!(!same(tolerance(Some(1e-2), None), "1009", "1000"));
    assert!(same(tolerance(Some(1e-2), Some(1e-2)), "1009", "1000"));
    assert!(same(tolerance(Some(0.0), None), "2.0e2", "200"));
    assert!(same(tolerance(Some(0.1), None), "+1. .5 -.5E0", "1 0.5 -0.5"));
}

#[test]
fn what_is_no_number_compares_as_text_and_infinity_is_close_to_nothing() {
    let options = tolerance(Some(1e9), Some(1e9));
    for output in ["inf", "nan", "0x10", "1e400", "-1e400", "1e", "e5", ".", "", "1_0", "1e5x"] {
        assert!(!same(options, output, "16"), "{output}");
    }
    assert!(same(options, "NaN", "nan"));
    assert!(same(options, "1e400", "1e400"));
    assert!(!same(options, "16", "inf"));
}

#[test]
fn a_difference_names_its_token_and_quotes_both_sides() {
    let found = compare_in_chunks(ComparatorOptions::default(), b"1 2 4", b"1 2 3", 2);
    assert_eq!(found, Comparison::Different("token 3: expected `3`, got `4`".into()));
}

#[test]
fn tokens_longer_than_a_piece_are_compared_whole() {
    for length in [PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES] {
        let answer = "x".repeat(length);
        let plain = ComparatorOptions::default();
        assert_eq!(
            compare_in_chunks(plain, answer.as_bytes(), answer.as_bytes(), 1000),
            Comparison::Same
        );
        let shorter = &answer[1..];
        assert_ne!(
            compare_in_chunks(plain, shorter.as_bytes(), answer.as_bytes(), 1000),
            Comparison::Same
        );
        assert_ne!(
            compare_in_chunks(plain, answer.as_bytes(), shorter.as_bytes(), 1000),
            Comparison::Same
        );
        let split = format!("{} {}", &answer[..length / 2], &answer[length / 2..]);
        assert_ne!(
            compare_in_chunks(plain, split.as_bytes(), answer.as_bytes(), 1000),
            Comparison::Same
        );
    }
}

/// The rule in its plainest form, to compare the streaming one with.
fn reference(options: ComparatorOptions, output: &[u8], answer: &[u8]) -> bool {
    let split = |bytes: &[u8]| -> Vec<Vec<u8>> {
        bytes
            .split(|byte| is_space(*byte))
            .filter(|token| !token.is_empty())
            .map(<[u8]>::to_vec)
            .collect()
    };
    let (output, answer) = (split(output), split(answer));
    output.len() == answer.len()
        && output.iter().zip(&answer).all(|(mine, theirs)| {
            let equal = if options.case_sensitive {
                mine == theirs
            } else {
                mine.eq_ignore_ascii_case(theirs)
            };
            let close = options.float_absolute_tolerance.is_some_and(
                |tolerance| matches!((parse_number(mine), parse_number(theirs)), (Some(a), Some(b)) if (a - b).abs() <= tolerance),
            );
            equal || close
        })
}

proptest! {
    #[test]
    fn however_it_is_cut_the_result_is_that_of_the_plain_rule(
        output in "[aAbB1-3. \n]{0,40}",
        answer in "[aAbB1-3. \n]{0,40}",
        chunk in 1usize..9,
        case_sensitive: bool,
        with_tolerance: bool,
    ) {
        let options = ComparatorOptions {
            case_sensitive,
            float_absolute_tolerance: with_tolerance.then_some(0.5),
            ..Default::default()
        };
        let found = compare_in_chunks(options, output.as_bytes(), answer.as_bytes(), chunk) == Comparison::Same;
        prop_assert_eq!(found, reference(options, output.as_bytes(), answer.as_bytes()));
    }

    #[test]
    fn equal_bytes_are_the_same_under_every_option(
        bytes in proptest::collection::vec(any::<u8>(), 0..400),
        chunk in 1usize..50,
        case_sensitive: bool,
        space_change_sensitive: bool,
    ) {
        let options = ComparatorOptions { case_sensitive, space_change_sensitive, ..Default::default() };
        prop_assert_eq!(compare_in_chunks(options, &bytes, &bytes, chunk), Comparison::Same);
    }

    #[test]
    fn space_sensitive_without_case_is_equality_of_folded_bytes(
        output in "[aA1 \n\t]{0,20}",
        answer in "[aA1 \n\t]{0,20}",
        chunk in 1usize..9,
    ) {
        let options = ComparatorOptions { space_change_sensitive: true, ..Default::default() };
        let found = compare_in_chunks(options, output.as_bytes(), answer.as_bytes(), chunk) == Comparison::Same;
        prop_assert_eq!(found, output.eq_ignore_ascii_case(&answer));
    }
}
