//! Environments: lists, code, formulas, tables.

use super::{Converter, indent, push, table};

impl Converter {
    pub(super) fn environment<'a>(&mut self, edge: &str, behind: &'a str, out: &mut String, depth: usize) -> &'a str {
        let Some((name, after)) = self.argument(behind) else {
            return behind;
        };
        let plain_name = name.trim_end_matches('*');
        let begins = edge == "begin";
        match plain_name {
            "itemize" | "enumerate" | "description" => {
                if begins {
                    self.lists.push(name == "enumerate");
                    return push(out, "\n\n", self.without_option(after));
                }
                self.lists.pop();
                push(out, "\n\n", after)
            }
            "verbatim" | "Verbatim" | "lstlisting" | "minted" if begins => self.code(name, after, out),
            "equation" | "displaymath" | "align" | "gather" | "eqnarray" | "multline" | "alignat" if begins => {
                let Some((formula, after)) = self.until(after, &format!("\\end{{{name}}}")) else {
                    return after;
                };
                if matches!(plain_name, "equation" | "displaymath") {
                    out.extend(["\n\n$$", formula.trim(), "$$\n\n"]);
                } else {
                    out.extend(["\n\n$$\\begin{", name, "}", formula.trim_end(), "\\end{", name, "}$$\n\n"]);
                }
                after
            }
            "tabular" | "tabularx" if begins => {
                let Some((body, after)) = self.until(after, &format!("\\end{{{name}}}")) else {
                    return after;
                };
                let body = self.without_option(body);
                let columns = if plain_name == "tabularx" { 2 } else { 1 };
                let body = (0..columns).fold(body, |body, _| self.argument(body).map_or(body, |(_, body)| body));
                let table = table::convert(body, |cell| self.run(cell, depth + 1));
                push(out, &table, after)
            }
            "Input" | "Output" | "Interaction" if begins => push(out, &format!("\n\n## {plain_name}\n\n"), after),
            "figure" | "wrapfigure" | "minipage" | "table" | "multicols" if begins => {
                let mut after = self.without_option(after);
                while after.starts_with('{') {
                    let Some((_, behind)) = self.argument(after) else {
                        break;
                    };
                    after = behind;
                }
                push(out, "\n\n", after)
            }
            "center" | "quote" | "quotation" | "document" | "flushleft" | "figure" | "wrapfigure" | "minipage" | "table" | "multicols"
            | "Input" | "Output" | "Interaction" => push(out, "\n\n", after),
            _ => {
                self.converted.unknown.insert(format!("\\begin{{{name}}}"));
                push(out, "\n\n", after)
            }
        }
    }

    pub(super) fn item<'a>(&mut self, behind: &'a str, out: &mut String, depth: usize) -> &'a str {
        let marker = if self.lists.last() == Some(&true) { "1. " } else { "- " };
        let indent = indent(self.lists.len().saturating_sub(1));
        if !out.ends_with('\n') {
            out.push('\n');
        }
        out.extend([&indent, marker]);
        let behind = behind.trim_start_matches([' ', '\t', '\n']);
        if let Some((label, after)) = behind.strip_prefix('[').and_then(|rest| self.until(rest, "]")) {
            self.styled(label, "**", out, depth);
            return push(out, " ", after.trim_start());
        }
        behind
    }

    pub(super) fn code<'a>(&mut self, name: &str, behind: &'a str, out: &mut String) -> &'a str {
        let behind = self.without_option(behind);
        let behind = if name == "minted" {
            self.argument(behind).map_or(behind, |(_, behind)| behind)
        } else {
            behind
        };
        let Some((code, after)) = self.until(behind, &format!("\\end{{{name}}}")) else {
            return behind;
        };
        let fence = if code.contains("```") { "~~~~" } else { "```" };
        out.extend(["\n\n", fence, "\n", code.trim_matches('\n'), "\n", fence, "\n\n"]);
        after
    }
}
