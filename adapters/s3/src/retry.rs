//! Trying again, with growing pauses that differ between callers.

use crate::failure::Failure;
use crate::settings::Patience;
use std::time::Duration;

/// Does it until it succeeds, fails for good, or has been tried often enough.
pub(crate) async fn retrying<T, F>(patience: &Patience, what: &str, attempt: impl Fn() -> F) -> Result<T, Failure>
where
    F: Future<Output = Result<T, Failure>>,
{
    let mut number = 1;
    loop {
        match attempt().await {
            Err(failure) if failure.is_transient() && number < patience.attempts => {
                let pause = pause(patience, number);
                tracing::debug!(what, number, %failure, ?pause, "S3 is asked again");
                tokio::time::sleep(pause).await;
                number += 1;
            }
            outcome => return outcome,
        }
    }
}

/// Anything between nothing and twice as much as before ("full jitter"): callers that failed together must not come back together.
fn pause(patience: &Patience, number: u32) -> Duration {
    let doubled = patience
        .first_pause
        .saturating_mul(1_u32.checked_shl(number - 1).unwrap_or(u32::MAX));
    // Without randomness the pause is as long as it may get, which is no harm.
    let share = getrandom::u32().map_or(1.0, |random| f64::from(random) / f64::from(u32::MAX));
    doubled.min(patience.longest_pause).mul_f64(share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_a_bound() {
        let patience = Patience::default();
        for number in [1, 2, 3, 10, 40, 1000] {
            assert!(pause(&patience, number) <= patience.longest_pause, "{number}");
        }
        assert!(pause(&patience, 1) <= patience.first_pause);
    }
}
