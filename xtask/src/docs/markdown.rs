//! Descriptions: Markdown in the documents, HTML on the page.

use maud::{Markup, PreEscaped};
use pulldown_cmark::{Event, Options, Parser, html};

/// Renders a description. HTML in it is shown, not obeyed: a document is not trusted to write the page.
pub fn block(text: &str) -> Markup {
    let parser = Parser::new_ext(text, Options::ENABLE_TABLES).map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        other => other,
    });
    let mut rendered = String::new();
    html::push_html(&mut rendered, parser);
    PreEscaped(rendered)
}

/// Renders a description of one line, to stand inside another.
pub fn inline(text: &str) -> Markup {
    let PreEscaped(rendered) = block(text.trim());
    let line = rendered.trim().strip_prefix("<p>").and_then(|rest| rest.strip_suffix("</p>"));
    PreEscaped(line.map_or_else(|| rendered.clone(), ToOwned::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_in_a_description_is_shown() {
        let shown = block("a <script>alert(1)</script> `<b>`").into_string();
        assert!(!shown.contains("<script>"), "{shown}");
        assert!(shown.contains("&lt;script&gt;"), "{shown}");
    }

    #[test]
    fn tables_and_lists_are_rendered() {
        let shown = block("| a | b |\n|---|---|\n| 1 | 2 |\n\n* one").into_string();
        assert!(shown.contains("<td>2</td>") && shown.contains("<li>one</li>"), "{shown}");
    }
}
