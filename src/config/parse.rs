//! Texts to values.

use super::environment::WrongKeys;
use std::str::FromStr;
use std::time::Duration;

/// Parses an optional text, or records what is wrong with it and gives the default.
pub(super) fn parse_or<T>(
    key: &str,
    text: Option<&str>,
    default: T,
    wrong: &mut WrongKeys,
    parse: impl Fn(&str) -> Result<T, String>,
) -> T {
    match text.map(&parse) {
        None => default,
        Some(Ok(value)) => value,
        Some(Err(message)) => {
            wrong.add(key, &message);
            default
        }
    }
}

pub(super) fn boolean(text: &str) -> Result<bool, String> {
    match text {
        "true" | "1" | "yes" => Ok(true),
        "false" | "0" | "no" => Ok(false),
        _ => Err("must be `true` or `false`".to_owned()),
    }
}

pub(super) fn number<T: FromStr + PartialOrd + std::fmt::Display>(low: T, high: T) -> impl Fn(&str) -> Result<T, String> {
    move |text| match text.parse::<T>() {
        Ok(value) if value >= low && value <= high => Ok(value),
        Ok(_) | Err(_) => Err(format!("must be a whole number from {low} to {high}")),
    }
}

/// `900`, `900s`, `15m`, `12h`, `30d`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "must be a time such as `900s`, `15m`, `12h` or `30d`".to_owned();
    let (digits, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let count: u64 = digits.parse().map_err(|_| wrong())?;
    let seconds = match unit {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86400,
        _ => return Err(wrong()),
    };
    // 10 years: longer than anything means, short enough that no sum of times overflows.
    count
        .checked_mul(seconds)
        .filter(|total| (1..=3650 * 86400).contains(total))
        .map(Duration::from_secs)
        .ok_or_else(wrong)
}

pub(super) fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty())
}
