//! HTML as plain text: paragraphs, lists and the words. For packages that carry their statement in no better form.

/// Elements whose content is no text for people.
const SILENT: [&str; 4] = ["head", "script", "style", "title"];
/// Elements that begin and end a line.
const BLOCKS: [&str; 14] = ["br", "div", "dd", "dl", "dt", "h1", "h2", "h3", "h4", "ol", "p", "pre", "tr", "ul"];

/// The text of a document.
pub(super) fn to_text(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        push_words(&mut text, before);
        if let Some(comment) = after.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, behind)| behind);
            continue;
        }
        let Some((tag, behind)) = after.split_once('>') else {
            rest = "";
            break;
        };
        rest = behind;
        let closes = tag.starts_with('/');
        let name: String = tag
            .trim_start_matches('/')
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect();
        let name = name.to_ascii_lowercase();
        if SILENT.contains(&name.as_str()) && !closes {
            rest = after_closing(rest, &name);
        } else if name == "li" && !closes {
            text.push_str("\n- ");
        } else if BLOCKS.contains(&name.as_str()) {
            text.push_str(if name == "br" { "\n" } else { "\n\n" });
        }
    }
    push_words(&mut text, rest);
    tidy(&text)
}

/// What follows the closing tag of that name.
fn after_closing<'a>(text: &'a str, name: &str) -> &'a str {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("</") {
        let is_it = after.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name));
        if is_it {
            return after.split_once('>').map_or("", |(_, behind)| behind);
        }
        rest = after;
    }
    ""
}

/// Adds text with entities resolved and white space collapsed.
fn push_words(text: &mut String, raw: &str) {
    if raw.starts_with(char::is_whitespace) {
        text.push(' ');
    }
    let words: Vec<&str> = raw.split_whitespace().collect();
    text.push_str(&entities(&words.join(" ")));
    if !words.is_empty() && raw.ends_with(char::is_whitespace) {
        text.push(' ');
    }
}

fn entities(text: &str) -> String {
    const KNOWN: [(&str, &str); 12] = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&nbsp;", "\u{a0}"),
        ("&le;", "≤"),
        ("&ge;", "≥"),
        ("&ne;", "≠"),
        ("&times;", "×"),
        ("&mdash;", "—"),
        ("&ndash;", "–"),
        ("&#39;", "'"),
        // Last: what it makes must not be resolved again.
        ("&amp;", "&"),
    ];
    KNOWN
        .iter()
        .fold(text.to_owned(), |text, (entity, letter)| text.replace(entity, letter))
}

/// Lines without surrounding space, at most one empty line between them.
fn tidy(text: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim) {
        if !line.is_empty() || lines.last().is_some_and(|last| !last.is_empty()) {
            lines.push(line);
        }
    }
    lines.join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::to_text;

    #[test]
    fn words_and_paragraphs_remain() {
        let html = "<html><head><title>T</title><style>p{}</style></head><body><div>Add <b>two</b> numbers:</div>\
                    <ul><li>a &lt; b</li><li>b</li></ul><!-- no --><p>1 &amp;lt; 2</p></body></html>";
        assert_eq!(to_text(html), "Add two numbers:\n\n- a < b\n- b\n\n1 &lt; 2");
    }

    #[test]
    fn broken_documents_are_no_harm() {
        for broken in ["<", "<script>", "</", "a<b", "<!--", "&", "<head></he"] {
            to_text(broken);
        }
    }
}
