//! Working memory of Argon2 that goes back to the operating system at once.

use argon2::Block;

/// glibc raises the size from which it maps memory to the largest mapped block ever freed, up to 32 MiB
/// (`DEFAULT_MMAP_THRESHOLD_MAX`), and keeps smaller freed blocks in the arena of their thread. Asking for more than that
/// keeps every buffer a mapping of its own. Only the pages that are used become resident.
const ALWAYS_MAPPED_BLOCKS: usize = 33 * 1024;

/// As many zeroed blocks (of 1 KiB) as asked for, freed by unmapping.
pub(crate) fn blocks(count: usize) -> Vec<Block> {
    let mut blocks = Vec::with_capacity(count.max(ALWAYS_MAPPED_BLOCKS));
    blocks.resize(count, Block::default());
    blocks
}
