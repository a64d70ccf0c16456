//! The page about queues for people. Its files are served from here: it needs nobody else, and runs no inline script.
//!
//! It holds no secrets: it asks for a login and calls the API with what that gives, kept in the page's memory only.

/// The page.
pub(crate) const PAGE: &str = include_str!("page/queues.html");
/// What it does.
pub(crate) const SCRIPT: &str = include_str!("page/queues.js");
/// How it looks.
pub(crate) const STYLE: &str = include_str!("page/queues.css");

/// Nothing from elsewhere, nothing inline.
pub(crate) const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'";
