//! The table of addresses, taken from the OpenAPI document: which operation a request means, before anything else looks at it.
//!
//! The framework's router finds the handler again later. This table comes first because metrics, rate limits and body limits
//! need the operation of requests that never reach a handler. A path that is not in it is 404 without asking the router, so that
//! no odd spelling of a path can slip past the limits of its operation.

use poem::http::Method;
use serde_json::Value;

/// What limits apply to an operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Class {
    /// The general ones.
    #[default]
    General,
    /// Opens or continues a session: the address pays, whoever calls; a session cookie that came along means nothing here.
    Login,
    /// Takes a program in and may wait for its verdict: the user's bucket for submissions pays.
    Submission,
    /// Takes many programs in: larger, and as dear as the user's bucket for submissions holds.
    Batch,
    /// Takes a package in: larger, longer, dearer.
    Import,
    /// Takes a file in: as large as the largest that may be announced, longer, dearer.
    Upload,
    /// Has the storage move a file: longer, dearer.
    Storage,
    /// Outside the API proper: no authentication, no rate limit.
    Infrastructure,
}

/// Names of operations as the OpenAPI document has them, where something depends on them.
pub(crate) mod operation {
    pub(crate) const REGISTER: &str = "register";
    pub(crate) const LOGIN: &str = "login";
    pub(crate) const REFRESH: &str = "refresh";
    pub(crate) const GET_ATTACHMENT: &str = "getAttachment";
    pub(crate) const IMPORT_PROBLEM: &str = "importProblem";
    pub(crate) const PRESIGN_UPLOAD: &str = "presignUpload";
    pub(crate) const CONFIRM_UPLOAD: &str = "confirmUpload";
    pub(crate) const SEND_UPLOAD: &str = "sendUpload";
    pub(crate) const SUBMIT: &str = "submit";
    pub(crate) const SUBMIT_BATCH: &str = "submitBatch";
    pub(crate) const RUN: &str = "runCode";
    pub(crate) const HEALTH: [&str; 3] = ["healthLive", "healthReady", "healthStartup"];
    pub(crate) const METRICS: &str = "metrics";
    /// Not in the document, being the document itself and its page.
    pub(crate) const DOCUMENT: &str = "openapi";
}

impl Class {
    pub(crate) fn of(operation_id: &str) -> Self {
        match operation_id {
            operation::REGISTER | operation::LOGIN | operation::REFRESH => Self::Login,
            operation::SUBMIT | operation::RUN => Self::Submission,
            operation::SUBMIT_BATCH => Self::Batch,
            operation::IMPORT_PROBLEM => Self::Import,
            operation::SEND_UPLOAD => Self::Upload,
            operation::PRESIGN_UPLOAD | operation::CONFIRM_UPLOAD => Self::Storage,
            operation::METRICS | operation::DOCUMENT => Self::Infrastructure,
            id if operation::HEALTH.contains(&id) => Self::Infrastructure,
            _ => Self::General,
        }
    }
}

/// One method of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Operation {
    method: Method,
    id: String,
}

/// One address.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Address {
    pattern: String,
    segments: Vec<Segment>,
    operations: Vec<Operation>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    Literal(String),
    Parameter,
    /// The rest of the path, slashes and all.
    Rest,
}

impl Segment {
    const fn is_literal(&self) -> bool {
        matches!(self, Self::Literal(_))
    }
}

/// The path as the framework's router understands it: there a parameter spans no slashes, so those beyond the pattern's own are
/// escaped. `None`: it does already.
pub(crate) fn with_escaped_rest(pattern: &str, path: &str) -> Option<String> {
    let mut pieces: Vec<&str> = path.splitn(pattern.split('/').count(), '/').collect();
    let rest = pieces.pop().filter(|rest| rest.contains('/'))?.replace('/', "%2F");
    pieces.push(&rest);
    Some(pieces.join("/"))
}

/// What a request means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Match {
    /// An operation.
    Operation {
        /// Path with names for its parameters.
        pattern: String,
        /// Name.
        id: String,
        /// Its limits.
        class: Class,
    },
    /// A known address that does not have this method.
    WrongMethod {
        /// Path with names for its parameters.
        pattern: String,
        /// What it has, for `Allow`.
        allow: String,
    },
    /// Nothing.
    Unknown,
}

impl Match {
    /// For logs and metrics; a fixed set of values.
    pub(crate) fn label(&self) -> &str {
        match self {
            Self::Operation { pattern, .. } | Self::WrongMethod { pattern, .. } => pattern,
            Self::Unknown => "unmatched",
        }
    }

    pub(crate) fn class(&self) -> Class {
        match self {
            Self::Operation { class, .. } => *class,
            Self::WrongMethod { .. } | Self::Unknown => Class::General,
        }
    }
}

/// All addresses.
#[derive(Clone, Debug)]
pub(crate) struct Routes(Vec<Address>);

impl Routes {
    /// Reads the addresses of an OpenAPI document and adds others that only answer GET.
    pub(crate) fn new(document: &Value, others: &[&str]) -> Self {
        let mut addresses = Vec::new();
        for (pattern, item) in document["paths"].as_object().into_iter().flatten() {
            let operations = item.as_object().into_iter().flatten().filter_map(|(method, operation)| {
                Some(Operation {
                    method: method.to_ascii_uppercase().parse().ok()?,
                    id: operation["operationId"].as_str()?.to_owned(),
                })
            });
            addresses.push(Address::new(pattern, operations.collect()));
        }
        let document = || Operation {
            method: Method::GET,
            id: operation::DOCUMENT.to_owned(),
        };
        addresses.extend(others.iter().map(|path| Address::new(path, vec![document()])));
        // Literal before parameter, as in the framework's router: `/problems/import` is no problem named `import`.
        addresses.sort_by_key(|address| address.segments.iter().filter(|segment| !segment.is_literal()).count());
        Self(addresses)
    }

    /// What the request means.
    pub(crate) fn find(&self, method: &Method, path: &str) -> Match {
        let Some(address) = self.0.iter().find(|address| address.fits(path)) else {
            return Match::Unknown;
        };
        let wanted = if method == Method::HEAD { &Method::GET } else { method };
        let pattern = address.pattern.clone();
        match address.operations.iter().find(|operation| operation.method == *wanted) {
            Some(Operation { id, .. }) => Match::Operation {
                pattern,
                id: id.clone(),
                class: Class::of(id),
            },
            None => Match::WrongMethod {
                pattern,
                allow: address.allow(),
            },
        }
    }
}

impl Address {
    fn new(pattern: &str, operations: Vec<Operation>) -> Self {
        let segments = pattern.split('/').map(|segment| {
            if segment.starts_with('{') {
                Segment::Parameter
            } else {
                Segment::Literal(segment.to_owned())
            }
        });
        let mut segments: Vec<Segment> = segments.collect();
        let ends_with_name = operations.iter().any(|operation| operation.id == operation::GET_ATTACHMENT);
        if let Some(last) = segments.last_mut().filter(|_| ends_with_name) {
            *last = Segment::Rest;
        }
        Self {
            pattern: pattern.to_owned(),
            segments,
            operations,
        }
    }

    fn fits(&self, path: &str) -> bool {
        let mut pieces = path.splitn(self.most_pieces(), '/');
        let fits = self.segments.iter().all(|segment| {
            pieces.next().is_some_and(|piece| match segment {
                Segment::Literal(literal) => literal == piece,
                Segment::Parameter | Segment::Rest => !piece.is_empty(),
            })
        });
        fits && pieces.next().is_none()
    }

    /// One more than there are segments, so that a path that is too long shows; unless the last takes all the rest.
    fn most_pieces(&self) -> usize {
        let takes_rest = self.segments.last() == Some(&Segment::Rest);
        self.segments.len() + usize::from(!takes_rest)
    }

    fn allow(&self) -> String {
        let mut methods: Vec<&str> = self.operations.iter().map(|operation| operation.method.as_str()).collect();
        if methods.contains(&"GET") {
            methods.push("HEAD");
        }
        methods.sort_unstable();
        methods.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn routes() -> Routes {
        let operation = |id: &str| json!({ "operationId": id });
        Routes::new(
            &json!({ "paths": {
                "/a/{x}": { "get": operation("getA"), "patch": operation("editA") },
                "/a/import": { "post": operation("importProblem") },
                "/a/{x}/b": { "post": operation("submit") },
                "/a/{x}/c/{name}": { "get": operation("getAttachment") },
            }}),
            &["/docs"],
        )
    }

    fn id(method: &Method, path: &str) -> Option<String> {
        match routes().find(method, path) {
            Match::Operation { id, .. } => Some(id),
            Match::WrongMethod { .. } | Match::Unknown => None,
        }
    }

    #[test]
    fn operations_are_found_and_literals_win() {
        assert_eq!(id(&Method::GET, "/a/7").as_deref(), Some("getA"));
        assert_eq!(id(&Method::HEAD, "/a/7").as_deref(), Some("getA"));
        assert_eq!(id(&Method::POST, "/a/import").as_deref(), Some("importProblem"));
        assert_eq!(id(&Method::POST, "/a/7/b").as_deref(), Some("submit"));
        assert_eq!(id(&Method::GET, "/docs").as_deref(), Some("openapi"));
    }

    #[test]
    fn names_of_attachments_may_hold_slashes() {
        let pattern = "/a/{x}/c/{name}";
        for (path, inner) in [
            ("/a/7/c/n", None),
            ("/a/7/c/n%2Fm", None),
            ("/a/7/c/n/m/o", Some("/a/7/c/n%2Fm%2Fo")),
        ] {
            assert_eq!(id(&Method::GET, path).as_deref(), Some("getAttachment"), "{path}");
            assert_eq!(with_escaped_rest(pattern, path).as_deref(), inner, "{path}");
        }
        assert_eq!(id(&Method::GET, "/a/7/c/"), None);
        assert_eq!(id(&Method::GET, "/a/7/c"), None);
        assert_eq!(id(&Method::POST, "/a/7/b/c"), None);
    }

    #[test]
    fn other_spellings_are_unknown() {
        for path in ["/a", "/a/", "/a//b", "/A/7", "/%61/7", "/a/7/", "//a/7", "/docs/", ""] {
            assert_eq!(routes().find(&Method::GET, path), Match::Unknown, "{path}");
        }
    }

    #[test]
    fn a_wrong_method_is_told_the_right_ones() {
        let expected = Match::WrongMethod {
            pattern: "/a/{x}".to_owned(),
            allow: "GET, HEAD, PATCH".to_owned(),
        };
        assert_eq!(routes().find(&Method::DELETE, "/a/7"), expected);
    }
}
