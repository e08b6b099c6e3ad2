//! What a document says is text on the page, whatever it looks like.

use serde_json::json;

use crate::support;

const MARKUP: &str = "</script><script>alert('x')</script><img src=x onerror=alert(1)>";

#[tokio::test]
async fn what_a_document_says_is_text_and_never_markup() {
    let subject = support::subject("directly", |document| {
        let operation = document.pointer_mut("/paths/~1v1~1questions~1{uuid}/get").unwrap();
        operation["summary"] = MARKUP.into();
        operation["tags"] = json!([MARKUP]);
        operation["x-source"] = json!([MARKUP]);
        operation["responses"]["200"]["description"] = MARKUP.into();
        let media = &mut operation["responses"]["200"]["content"]["application/json"];
        let example = media["examples"].as_object().unwrap().values().next().unwrap().clone();
        media["examples"] = json!({MARKUP: example});
    });
    let mut report = support::report(&subject, |case| {
        if let Some(reply) = case.reply.as_mut().filter(|_| case.operation == "get_question" && case.status == 200) {
            reply.value = json!({"data": {"uuid": "told otherwise"}});
        }
    })
    .await;
    assert!(report.apis["directly"].cases.failed > 0);
    report.findings.push(format!("found {MARKUP}"));
    let files = support::written(&report);
    let page = &files["index.html"];
    assert!(
        page.contains("found &lt;&#x2f;script&gt;") || page.contains("found &lt;/script&gt;"),
        "it is shown as text"
    );
    assert_eq!(page.matches("<script").count(), 2, "the data and the script of the page itself");
    assert_eq!(page.matches("</script").count(), 2);
    assert_eq!(page.matches("<img").count(), 0);
    assert!(page.contains(r"\u003c/script>\u003cscript>alert"), "the data names the case");
    assert!(!files["junit.xml"].contains("<script"));
}

#[tokio::test]
async fn a_page_asks_nobody_for_anything() {
    let subject = support::subject("directly", |_| ());
    let report = support::report(&subject, |_| ()).await;
    let page = &support::written(&report)["index.html"];
    for word in ["<link rel=\"stylesheet\"", "src=\"", "@import", "url(", "fetch(", "XMLHttpRequest", "//fonts"] {
        assert!(!page.contains(word), "{word}");
    }
}
