//! CodeSM: contract.
