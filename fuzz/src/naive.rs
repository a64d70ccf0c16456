//! The rule of the default comparator in its plainest form: whole texts in memory, no chunks, no pieces.

use codesm_core::judging::ComparatorOptions;

/// Tokens of this length and more are never numbers.
const LONGEST_NUMBER: usize = 64 * 1024;

/// Whether the output is right.
#[must_use]
pub fn same(options: ComparatorOptions, output: &[u8], answer: &[u8]) -> bool {
    let runs = |text| runs(text, options.space_change_sensitive);
    let (output, answer) = (runs(output), runs(answer));
    output.len() == answer.len() && output.iter().zip(&answer).all(|(output, answer)| equal(options, output, answer))
}

fn is_space(byte: u8) -> bool {
    [b' ', b'\t', b'\n', 0x0b, 0x0c, b'\r'].contains(&byte)
}

/// Maximal runs of token bytes, and of white space if that matters.
fn runs(text: &[u8], spaces: bool) -> Vec<&[u8]> {
    text.chunk_by(|one, next| is_space(*one) == is_space(*next))
        .filter(|run| spaces || !is_space(run[0]))
        .collect()
}

fn equal(options: ComparatorOptions, output: &[u8], answer: &[u8]) -> bool {
    if output == answer {
        return true;
    }
    if is_space(output[0]) || is_space(answer[0]) {
        return false;
    }
    if !options.case_sensitive && output.eq_ignore_ascii_case(answer) {
        return true;
    }
    let (Some(output), Some(answer)) = (number(output), number(answer)) else {
        return false;
    };
    let error = (output - answer).abs();
    let absolute = options.float_absolute_tolerance.is_some_and(|most| error <= most);
    let relative = options.float_relative_tolerance.is_some_and(|most| error <= most * answer.abs());
    output.is_finite() && answer.is_finite() && error.is_finite() && (absolute || relative)
}

/// The standard library's grammar is that of the package format but for the words `inf`, `infinity` and `nan`.
fn number(token: &[u8]) -> Option<f64> {
    let letters = token.iter().any(|byte| byte.is_ascii_alphabetic() && !matches!(byte, b'e' | b'E'));
    if letters || token.len() >= LONGEST_NUMBER {
        return None;
    }
    std::str::from_utf8(token).ok()?.parse().ok()
}
