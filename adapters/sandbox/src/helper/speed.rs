//! A fixed calculation, to compare the cores of machines.

use crate::sys::process;
use std::hint::black_box;
use std::time::Duration;

/// Size of the memory that is walked: beyond the second-level cache of usual cores, within the third.
const WORDS: usize = 512 * 1024;
const MIXING_ROUNDS: u64 = 6_000_000;
const FLOATING_ROUNDS: u64 = 3_000_000;
const WALK_STEPS: usize = 1_500_000;

/// CPU time that the calculation takes on this core now: integers, floating point and dependent loads, about a third each.
pub(super) fn measure() -> Duration {
    let mut memory = permutation();
    let began = process::own_cpu();
    let mixed = mix(black_box(MIXING_ROUNDS));
    let summed = sum(black_box(FLOATING_ROUNDS));
    let walked = walk(black_box(&mut memory), black_box(WALK_STEPS));
    let took = process::own_cpu().saturating_sub(began);
    black_box((mixed, summed, walked));
    took
}

/// A single cycle through all words, in an order no prefetcher guesses (Sattolo's shuffle).
fn permutation() -> Vec<u32> {
    let mut next: Vec<u32> = (0..u32::try_from(WORDS).unwrap_or(u32::MAX)).collect();
    let mut state = 0x9E37_79B9_7F4A_7C15;
    for last in (1..next.len()).rev() {
        state = scramble(state);
        let other = usize::try_from(state % last as u64).unwrap_or(0);
        next.swap(last, other);
    }
    next
}

/// The finaliser of `SplitMix64`.
const fn scramble(state: u64) -> u64 {
    let state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    state ^ (state >> 31)
}

fn mix(rounds: u64) -> u64 {
    (0..rounds).fold(1, |state, round| scramble(state ^ round))
}

fn sum(rounds: u64) -> f64 {
    let mut value = 1.0_f64;
    for _ in 0..rounds {
        value = value.mul_add(0.5, 1.0 / value);
    }
    value
}

fn walk(next: &mut [u32], steps: usize) -> u32 {
    let mut at = 0;
    for _ in 0..steps {
        at = next[at as usize];
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_walk_visits_every_word() {
        let next = permutation();
        let (mut at, mut steps) = (next[0], 1);
        while at != 0 {
            at = next[at as usize];
            steps += 1;
        }
        assert_eq!(steps, WORDS);
    }

    #[test]
    fn it_takes_time() {
        assert!(measure() > Duration::ZERO);
    }
}
