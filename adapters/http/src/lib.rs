//! CodeSM: http.
