//! The streaming comparator against the plainest one: they never disagree, however the output is cut.
//!
//! Input: flags, two tolerances, the length of a chunk; then two texts, parted by 0xFF. In a text, 0xFE *byte* *n* stands for
//! *n* × 1024 times that byte: tokens longer than what the comparator keeps in memory.

#![no_main]

use codesm_core::judging::ComparatorOptions;
use codesm_core::judging::comparator::{Comparator, Comparison};
use codesm_fuzz::naive;
use libfuzzer_sys::fuzz_target;
use std::io::{self, Read};

const REPEATED: usize = 1024;
/// Texts of this length are not made longer: the comparator keeps 64 KiB.
const LONGEST: usize = 128 * 1024;

/// Gives the answer in small parts, as a pipe or a disk may.
struct Dripping<'a> {
    left: &'a [u8],
    most: usize,
}

impl Read for Dripping<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = self.most.min(buffer.len());
        self.left.read(&mut buffer[..most])
    }
}

fn expanded(mut text: &[u8]) -> Vec<u8> {
    let mut expanded = Vec::new();
    while let Some((&byte, rest)) = text.split_first() {
        text = rest;
        if let (0xFE, [repeated, times, rest @ ..]) = (byte, rest)
            && expanded.len() < LONGEST
        {
            expanded.resize(expanded.len() + usize::from(*times) * REPEATED, *repeated);
            text = rest;
        } else {
            expanded.push(byte);
        }
    }
    expanded
}

/// None, zero, and from a hair to more than there are.
fn tolerance(byte: u8) -> Option<f64> {
    match byte {
        0 => None,
        1 => Some(0.0),
        byte => Some(10_f64.powi(i32::from(byte) - 20)),
    }
}

fuzz_target!(|data: &[u8]| {
    let [flags, absolute, relative, chunk, texts @ ..] = data else {
        return;
    };
    let Some(border) = texts.iter().position(|byte| *byte == 0xFF) else {
        return;
    };
    let (output, answer) = (expanded(&texts[..border]), expanded(&texts[border + 1..]));
    let options = ComparatorOptions {
        case_sensitive: flags & 1 != 0,
        space_change_sensitive: flags & 2 != 0,
        float_absolute_tolerance: tolerance(*absolute),
        float_relative_tolerance: tolerance(*relative),
    };
    // Long texts in single bytes would take all the time there is.
    let least = output.len().max(answer.len()) / 4096;
    let chunk = least + usize::from(*chunk) * if flags & 4 != 0 { 1024 } else { 1 } + 1;
    let answer_in_parts = Dripping {
        left: &answer,
        most: if flags & 8 != 0 { usize::MAX } else { chunk },
    };
    let mut comparator = Comparator::new(options, answer_in_parts);
    let mut decided = false;
    for part in output.chunks(chunk) {
        comparator.push(part).expect("bytes in memory can be read");
        decided |= comparator.is_decided();
    }
    let found = comparator.finish().expect("bytes in memory can be read");
    let same = found == Comparison::Same;
    assert!(!(decided && same), "what was decided was taken back");
    assert_eq!(same, naive::same(options, &output, &answer), "{options:?}: {found:?}");
    if let Comparison::Different(difference) = found {
        assert!(difference.len() < 2000, "a difference of {} bytes", difference.len());
    }
});
