//! The readable page. Everything it needs is served from here: it works offline and without inline scripts.

/// The page.
pub(super) const PAGE: &str = r#"<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>CodeSM API</title>
  <link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
  <div id="ui"></div>
  <script src="/docs/swagger-ui.js"></script>
  <script src="/docs/init.js"></script>
</body>
</html>
"#;

/// Starts the page. `validatorUrl: null`: nothing is sent to anybody else.
pub(super) const PAGE_SCRIPT: &str =
    "SwaggerUIBundle({ dom_id: \"#ui\", url: \"/openapi.json\", deepLinking: true, filter: false, validatorUrl: null });\n";

/// Swagger UI sets `style` attributes and shows pictures from its own style sheet, hence the two exceptions.
pub(super) const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The framework embeds Swagger UI and hands it out only as one page with everything inline, which no strict content policy would
/// run. So its script and style are cut out of that page and served as files.
fn inside<'a>(html: &'a str, tag: &str) -> &'a str {
    let open = format!("<{tag} charset=\"UTF-8\">");
    let close = format!("</{tag}>");
    let from = html.find(&open).map_or(html.len(), |at| at + open.len());
    let length = html[from..].find(&close).unwrap_or(0);
    &html[from..from + length]
}

/// Swagger UI itself.
pub(super) fn ui_script(html: &str) -> String {
    inside(html, "script").to_owned()
}

/// Its style sheet.
pub(super) fn ui_style(html: &str) -> String {
    inside(html, "style").to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::document::bare_service;
    use super::*;

    #[test]
    fn the_page_has_its_script_and_style_and_needs_nobody_else() {
        let html = bare_service("1").swagger_ui_html();
        let (script, style) = (ui_script(&html), ui_style(&html));
        assert!(script.contains("SwaggerUIBundle") && script.len() > 1_000_000, "{}", script.len());
        assert!(style.contains(".swagger-ui") && style.len() > 100_000, "{}", style.len());
        assert!(!style.contains("url(http") && !style.contains("@import"));
        for text in [PAGE, PAGE_SCRIPT] {
            assert!(!text.contains("http:") && !text.contains("https:"));
        }
    }
}
