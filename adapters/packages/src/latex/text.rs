//! Text before and after conversion.

/// Code as typed, without the backslashes that LaTeX needs.
pub(super) fn plain(source: &str) -> String {
    let mut text = String::new();
    let mut rest = source.chars().peekable();
    while let Some(next) = rest.next() {
        match next {
            '\\' if rest.peek().is_some_and(|escaped| "%&{}$#_ ".contains(*escaped)) => text.extend(rest.next()),
            '{' | '}' | '$' => {}
            '~' => text.push(' '),
            '`' => text.push('\''),
            other => text.push(other),
        }
    }
    text.replace("\\textbackslash", "\\")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// The source without comments; lines that are nothing else vanish, so that they do not end a paragraph.
pub(super) fn without_comments(source: &str) -> String {
    let mut kept = String::with_capacity(source.len());
    let mut verbatim = false;
    for line in source.lines() {
        if line.contains("\\begin{verbatim}") || line.contains("\\begin{lstlisting}") {
            verbatim = true;
        }
        let mut escaped = false;
        let comment = line.bytes().position(|byte| {
            let begins = byte == b'%' && !escaped;
            escaped = byte == b'\\' && !escaped;
            begins
        });
        match comment.filter(|_| !verbatim) {
            Some(at) if line[..at].trim().is_empty() => {}
            Some(at) => {
                kept.push_str(&line[..at]);
                kept.push('\n');
            }
            None => {
                kept.push_str(line);
                kept.push('\n');
            }
        }
        if line.contains("\\end{verbatim}") || line.contains("\\end{lstlisting}") {
            verbatim = false;
        }
    }
    kept
}

/// One blank line at most outside code, no white space at line ends.
pub(super) fn tidy(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut fence: Option<&str> = None;
    let mut blank = true;
    for line in text.lines() {
        if fence.is_some_and(|fence| line == fence) {
            fence = None;
        } else if fence.is_none() {
            fence = ["```", "~~~~"].into_iter().find(|fence| line == *fence);
            let line = line.trim_end();
            if line.is_empty() {
                if !blank {
                    kept.push('\n');
                }
                blank = true;
                continue;
            }
            blank = false;
            kept.push_str(line);
            kept.push('\n');
            continue;
        }
        blank = false;
        kept.push_str(line);
        kept.push('\n');
    }
    kept.trim().to_owned()
}
