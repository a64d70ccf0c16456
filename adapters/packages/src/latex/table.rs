//! Tables of LaTeX as tables of Markdown.

/// The body of a `tabular` as a Markdown table whose first row is the head; `convert_cell` turns a cell's LaTeX into Markdown.
pub(super) fn convert(body: &str, mut convert_cell: impl FnMut(&str) -> String) -> String {
    let mut rows: Vec<Vec<String>> = Vec::new();
    for row in body.split("\\\\") {
        let row = without_lines(row);
        if row.trim().is_empty() {
            continue;
        }
        let cells = split_cells(&row).into_iter().map(|cell| one_line(&convert_cell(cell)));
        rows.push(cells.collect());
    }
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let mut table = "\n\n".to_owned();
    for (index, mut row) in rows.into_iter().enumerate() {
        row.resize(columns, String::new());
        table.extend(["| ", &row.join(" | "), " |\n"]);
        if index == 0 {
            table.extend(["|", &" --- |".repeat(columns), "\n"]);
        }
    }
    table.push('\n');
    table
}

/// The row without rules between rows.
fn without_lines(row: &str) -> String {
    let mut kept = row.to_owned();
    for rule in ["\\hline", "\\toprule", "\\midrule", "\\bottomrule"] {
        kept = kept.replace(rule, "");
    }
    while let Some(at) = kept.find("\\cline{") {
        let end = kept[at..].find('}').map_or(kept.len(), |end| at + end + 1);
        kept.replace_range(at..end, "");
    }
    kept
}

/// Cells stand between ampersands that no backslash escapes.
fn split_cells(row: &str) -> Vec<&str> {
    let mut cells = Vec::new();
    let mut begin = 0;
    let mut escaped = false;
    for (at, byte) in row.bytes().enumerate() {
        if byte == b'&' && !escaped {
            cells.push(&row[begin..at]);
            begin = at + 1;
        }
        escaped = byte == b'\\' && !escaped;
    }
    cells.push(&row[begin..]);
    cells
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}
