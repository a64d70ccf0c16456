//! Commands.

use super::{Converter, push};

impl Converter {
    /// What follows a backslash.
    pub(super) fn command<'a>(&mut self, rest: &'a str, out: &mut String, depth: usize) -> &'a str {
        let length = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        if length == 0 {
            return self.symbol(rest, out);
        }
        let (name, behind) = rest.split_at(length);
        let behind = behind.strip_prefix('*').unwrap_or(behind);
        let unspaced = behind.trim_start_matches([' ', '\t']);
        match name {
            "begin" | "end" => self.environment(name, behind, out, depth),
            "item" => self.item(behind, out, depth),
            "problemname" => self.with_argument(behind, out, |this, argument, _| {
                let title = this.run(argument, depth + 1);
                let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
                this.converted.title = (!title.is_empty()).then_some(title);
            }),
            "section" | "subsection" | "subsubsection" | "paragraph" => self.with_argument(behind, out, |this, argument, out| {
                let heading = this.run(argument, depth + 1);
                let level = if name == "section" { "##" } else { "###" };
                out.extend(["\n\n", level, " ", heading.trim(), "\n\n"]);
            }),
            "textbf" => self.with_argument(behind, out, |this, argument, out| this.styled(argument, "**", out, depth)),
            "textit" | "emph" | "textsl" => self.with_argument(behind, out, |this, argument, out| this.styled(argument, "*", out, depth)),
            "texttt" | "t" => self.with_argument(behind, out, |this, argument, out| this.styled(argument, "`", out, depth)),
            "sout" => self.with_argument(behind, out, |this, argument, out| this.styled(argument, "~~", out, depth)),
            "underline" | "textsc" | "textrm" | "textsf" | "textnormal" | "mbox" | "text" | "caption" => behind,
            "footnote" => self.with_argument(behind, out, |this, argument, out| {
                let note = this.run(argument, depth + 1);
                out.extend([" (", note.trim(), ")"]);
            }),
            "url" => self.with_argument(behind, out, |_, argument, out| out.extend(["<", argument, ">"])),
            "href" => self.link(behind, out, depth),
            "includegraphics" | "illustration" => self.picture(name, behind, out, depth),
            "verb" | "lstinline" => self.inline_code(behind, out),
            "ldots" | "dots" | "textellipsis" => push(out, "…", unspaced),
            "textbackslash" => push(out, "\\\\", unspaced),
            "textasciitilde" => push(out, "\\~", unspaced),
            "textasciicircum" => push(out, "^", unspaced),
            "LaTeX" | "TeX" => push(out, name, unspaced),
            "newline" | "linebreak" => push(out, "\\\n", unspaced),
            "par" => push(out, "\n\n", unspaced),
            "quad" | "qquad" => push(out, " ", unspaced),
            "nextsample" | "remainingsamples" | "noindent" | "smallskip" | "medskip" | "bigskip" | "newpage" | "clearpage"
            | "centering" | "tiny" | "scriptsize" | "footnotesize" | "small" | "normalsize" | "large" | "Large" | "LARGE" | "huge"
            | "Huge" | "bf" | "it" | "tt" | "em" | "hline" | "maketitle" | "sloppy" => unspaced,
            "label" | "vspace" | "hspace" | "pagestyle" | "thispagestyle" | "usepackage" | "documentclass" => {
                let behind = self.without_option(behind);
                self.with_argument(behind, out, |_, _, _| {})
            }
            _ => {
                self.converted.unknown.insert(format!("\\{name}"));
                unspaced
            }
        }
    }

    /// A backslash before something that is no letter.
    pub(super) fn symbol<'a>(&mut self, rest: &'a str, out: &mut String) -> &'a str {
        let Some(first) = rest.chars().next() else {
            return rest;
        };
        let behind = &rest[first.len_utf8()..];
        match first {
            '(' | '[' => {
                let (fence, close) = if first == '(' { ("$", "\\)") } else { ("$$", "\\]") };
                if let Some((formula, after)) = self.until(behind, close) {
                    out.extend([fence, formula.trim(), fence]);
                    return after;
                }
                behind
            }
            '\\' => push(out, "\\\n", self.without_option(behind).trim_start_matches([' ', '\t', '\n'])),
            '$' | '#' | '_' => {
                out.push('\\');
                out.push(first);
                behind
            }
            '%' | '&' | '{' | '}' => {
                out.push(first);
                behind
            }
            ' ' | ',' | ';' | ':' | '\n' => push(out, " ", behind),
            '-' | '/' | '!' => behind,
            _ => {
                self.converted.unknown.insert(format!("\\{first}"));
                behind
            }
        }
    }

    /// `\verb|code|` with any delimiter.
    pub(super) fn inline_code<'a>(&mut self, behind: &'a str, out: &mut String) -> &'a str {
        let Some(delimiter) = behind.chars().next() else {
            return behind;
        };
        let close = if delimiter == '{' { '}' } else { delimiter };
        match self.until(&behind[delimiter.len_utf8()..], close.encode_utf8(&mut [0; 4])) {
            Some((code, after)) => push(out, &format!("`{code}`"), after),
            None => behind,
        }
    }

    pub(super) fn link<'a>(&mut self, behind: &'a str, out: &mut String, depth: usize) -> &'a str {
        let Some((target, after)) = self.argument(behind) else {
            return behind;
        };
        let target = target.to_owned();
        self.with_argument(after, out, |this, argument, out| {
            let text = this.run(argument, depth + 1);
            out.extend(["[", text.trim(), "](", &target, ")"]);
        })
    }

    /// `\includegraphics[…]{file}` and `\illustration{width}{file}{caption}`.
    pub(super) fn picture<'a>(&mut self, name: &str, behind: &'a str, out: &mut String, depth: usize) -> &'a str {
        self.converted.has_pictures = true;
        let mut after = self.without_option(behind);
        if name == "illustration" {
            after = self.argument(after).map_or(after, |(_, after)| after);
        }
        let Some((file, mut after)) = self.argument(after) else {
            return after;
        };
        out.extend(["\n\n*[picture: ", &file.replace(['*', '[', ']'], "")]);
        if name == "illustration"
            && let Some((caption, behind)) = self.argument(after)
        {
            let caption = self.run(caption, depth + 1).replace('*', "");
            out.extend([" — ", caption.trim()]);
            after = behind;
        }
        push(out, "]*\n\n", after)
    }
}
