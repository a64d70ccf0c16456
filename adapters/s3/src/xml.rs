//! The two kinds of XML that S3 needs of us: one text out of an answer, and a list of parts.

use std::fmt::Write as _;

/// Text of the first element of this name, if there is one. Answers of S3 are flat, and the names looked for occur once.
pub(crate) fn text_of(document: &str, name: &str) -> Option<String> {
    let (_, rest) = document.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    Some(unescaped(text))
}

/// The order to make one object of the parts with these entity tags, first part first.
pub(crate) fn complete_upload(tags: &[String]) -> String {
    let mut document = String::from("<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
    for (number, tag) in (1..).zip(tags) {
        let number: u32 = number;
        let tag = escaped(tag);
        write!(document, "<Part><PartNumber>{number}</PartNumber><ETag>{tag}</ETag></Part>").expect("writing to a text cannot fail");
    }
    document.push_str("</CompleteMultipartUpload>");
    document
}

const ENTITIES: [(&str, &str); 5] = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];

fn unescaped(text: &str) -> String {
    let mut text = text.replace("&#34;", "\"");
    for (entity, plain) in ENTITIES {
        text = text.replace(entity, plain);
    }
    text
}

fn escaped(text: &str) -> String {
    // The ampersand first, or it would meet its own work.
    let mut text = text.to_owned();
    for (entity, plain) in ENTITIES.iter().rev() {
        text = text.replace(plain, entity);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_and_unescaped() {
        let document = "<?xml version=\"1.0\"?><R><UploadId>a&amp;lt;b&quot;</UploadId><Code>NoSuchKey</Code></R>";
        assert_eq!(text_of(document, "UploadId").as_deref(), Some("a&lt;b\""));
        assert_eq!(text_of(document, "Code").as_deref(), Some("NoSuchKey"));
        for broken in ["", "<Code>", "<Code>x", "</Code>x<Code>", "plain"] {
            assert_eq!(text_of(broken, "Code"), None, "{broken}");
        }
    }

    #[test]
    fn parts_are_numbered_and_escaped() {
        let document = complete_upload(&["\"a&b\"".to_owned(), "c".to_owned()]);
        assert!(
            document.contains("<Part><PartNumber>1</PartNumber><ETag>&quot;a&amp;b&quot;</ETag></Part>"),
            "{document}"
        );
        assert!(
            document.contains("<Part><PartNumber>2</PartNumber><ETag>c</ETag></Part>"),
            "{document}"
        );
    }
}
