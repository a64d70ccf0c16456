//! Statements.

use crate::support::{Fixture, warned};

const MODERN: &str = "problem_format_version: 2025-09\nname: x\n";

fn latex(source: &str) -> String {
    Fixture::with("name: x\n")
        .file("problem_statement/problem.en.tex", source)
        .package()
        .statement
}

#[test]
fn markdown_is_preferred_and_english_first() {
    let fixture = Fixture::with(MODERN)
        .file("statement/problem.en.tex", "LaTeX")
        .file("statement/problem.en.pdf", "PDF")
        .file("statement/problem.sv.md", "Svenska");
    let package = fixture.package();
    assert_eq!(package.statement, "Add the numbers.");
    assert!(warned(&package, &["other languages", "sv"]));
    let package = fixture.without("statement/problem.en.md").package();
    assert_eq!(package.statement, "LaTeX");
    let package = Fixture::with(MODERN)
        .without("statement")
        .file("statement/problem.sv.md", "Svenska")
        .package();
    assert_eq!(package.statement, "Svenska");
}

#[test]
fn a_pdf_is_named_with_a_warning() {
    for path in ["problem_statement/problem.en.pdf", "problem_statement/problem.pdf", "problem.pdf"] {
        let package = Fixture::with("name: x\n").without("problem_statement").file(path, "%PDF").package();
        assert!(
            package.statement.contains("PDF") && package.statement.contains(path),
            "{}",
            package.statement
        );
        assert!(warned(&package, &[path, "PDF"]));
    }
}

#[test]
fn a_package_without_a_statement_says_so() {
    let package = Fixture::with("name: x\n").without("problem_statement").package();
    assert!(warned(&package, &["no statement"]));
    assert!(!package.statement.is_empty());
}

#[test]
fn constants_are_filled_into_markdown() {
    let package = Fixture::with(&format!("{MODERN}constants:\n  n: 5\n  k: {{value: 1000, tex: '1{{,}}000'}}\n"))
        .file(
            "statement/problem.en.md",
            "{{n}} ${{k.tex}}$ {{x}}\n\n{{nextsample}}\n\n{{remainingsamples}}",
        )
        .package();
    assert_eq!(package.statement, "5 $1{,}000$ {{x}}");
}

#[test]
fn latex_names_the_problem() {
    let package = Fixture::with("")
        .file("problem_statement/problem.en.tex", "\\problemname{A \\emph{Big} Sum}\nText")
        .package();
    assert_eq!((package.title.as_str(), package.statement.as_str()), ("A *Big* Sum", "Text"));
}

#[test]
fn latex_becomes_readable_markdown() {
    let source = r"\problemname{Sums}
% a comment
Add $a_1 + b*c$ --- ``quickly'', at 5\% % and so on
  or \textbf{else} {\it soon} \texttt{a\_b}.
Not \(x<y\), and \[ x = 1 \]

\section*{Input}
\begin{itemize}
  \item one
  \item two:
  \begin{enumerate}
    \item deep
  \end{enumerate}
\end{itemize}
\includegraphics[width=3cm]{cave.jpg}

\begin{tabular}{| l | r |}
\hline Group & Points \\ \hline
$1$ & a \& b \\
\end{tabular}

\begin{verbatim}
  x % y

  z
\end{verbatim}
\href{https://x.org}{there}\\next \wobble{kept}";
    let expected = r"Add $a_1 + b*c$ — “quickly”, at 5%
or **else** *soon* `a_b`.
Not $x<y$, and $$x = 1$$

## Input

- one
- two:

  1. deep

*[picture: cave.jpg]*

| Group | Points |
| --- | --- |
| $1$ | a & b |

```
  x % y

  z
```

[there](https://x.org)\
next kept";
    assert_eq!(latex(source), expected);
}

#[test]
fn latex_that_is_not_understood_is_reported() {
    let package = Fixture::with("name: x\n")
        .file(
            "problem_statement/problem.en.tex",
            "\\wobble \\begin{dance}x\\end{dance} \\illustration{0.3}{a.png}{By \\url{b.org}}",
        )
        .package();
    assert!(warned(&package, &["\\wobble", "\\begin{dance}"]));
    assert!(warned(&package, &["pictures"]));
    assert!(package.statement.contains("a.png — By"), "{}", package.statement);
}

#[test]
fn latex_bombs_end_quickly() {
    for piece in [
        "{",
        "}",
        "$",
        "\\(",
        "\\begin{itemize}\\item ",
        "\\textbf{",
        "\\begin{tabular}{",
        "\\item[",
        "\\",
        "\\verb|",
        "%\n",
    ] {
        let source = piece.repeat(200_000 / piece.len());
        let started = std::time::Instant::now();
        latex(&source);
        assert!(started.elapsed().as_secs() < 20, "{piece}");
    }
}

#[test]
fn bytes_that_are_no_text_do_no_harm() {
    let package = Fixture::with("name: x\n")
        .file("problem_statement/problem.en.tex", b"a \xff b\r\nc")
        .package();
    assert_eq!(package.statement, "a \u{fffd} b\nc");
}
