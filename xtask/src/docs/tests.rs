//! The page of the documents that are there, and of one that tries to break it.

use std::path::{Path, PathBuf};

use cx_spec::{Api, Document, Location};

use super::Reference;
use crate::generate;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn all() -> Vec<Api> {
    let paths = generate::documents(&root().join("spec")).unwrap();
    paths.iter().map(|path| generate::load(&root(), path).unwrap()).collect()
}

#[test]
fn every_operation_is_on_the_page_with_three_samples() {
    let apis = all();
    let reference = Reference::new(&root(), &apis).unwrap();
    let page = reference.page();
    let mut operations = 0;
    for chapter in &reference.chapters {
        assert_eq!(chapter.samples.len(), chapter.api.operations.len());
        for (operation, samples) in chapter.api.operations.iter().zip(&chapter.samples) {
            let id = format!("{}.{}", chapter.api.name(), operation.id);
            operations += 1;
            assert!(page.contains(&format!("<section class=\"operation\" id=\"{id}\"")), "{id} has no section");
            assert!(page.contains(&format!("<a href=\"#{id}\" title=")), "{id} is not in the list");
            for sample in [&samples.curl, &samples.cx, &samples.rust] {
                assert!(page.contains(&maud::html!((sample)).into_string()), "{id}: a sample is missing:\n{sample}");
            }
            assert!(samples.curl.starts_with("curl ") && samples.curl.contains("http"), "{id}: {}", samples.curl);
            assert!(samples.cx.starts_with(&format!("cx {} ", chapter.api.name())), "{id}: {}", samples.cx);
            assert!(samples.rust.contains(&format!(".{}()", operation.id)), "{id}: {}", samples.rust);
            for parameter in operation.parameters.iter().filter(|one| one.required && !one.secret) {
                let given = match parameter.location {
                    Location::Path => !samples.curl.contains(&format!("{{{}}}", parameter.name)),
                    _ => samples.curl.contains(&parameter.name),
                };
                assert!(given, "{id}: curl leaves `{}` open: {}", parameter.name, samples.curl);
            }
        }
    }
    assert_eq!(operations, apis.iter().map(|api| api.operations.len()).sum::<usize>());
}

#[test]
fn the_page_is_the_same_every_time_and_asks_for_nothing() {
    let apis = all();
    let page = Reference::new(&root(), &apis).unwrap().page();
    assert_eq!(page, Reference::new(&root(), &apis).unwrap().page());
    for loading in ["src=\"http", "<link rel=\"stylesheet\"", "<img", "<iframe", "@import", "fetch(\""] {
        assert!(!page.contains(loading), "the page holds `{loading}`");
    }
    let style = page.split("</style>").next().unwrap();
    assert!(!style.contains("url("), "the style loads something");
}

#[test]
fn every_link_inside_the_page_leads_somewhere() {
    let page = Reference::new(&root(), &all()).unwrap().page();
    let mut links = 0;
    for link in
        page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()).filter(|link| !link.is_empty())
    {
        links += 1;
        assert!(page.contains(&format!("id=\"{link}\"")), "#{link} leads nowhere");
    }
    assert!(links > 100, "{links}");
}

#[test]
fn what_is_inferred_or_secret_is_marked() {
    let page = Reference::new(&root(), &all()).unwrap().page();
    for mark in ["mark inferred", "mark secret", "mark personal", "mark documented", "source: "] {
        assert!(page.contains(mark), "no `{mark}`");
    }
}

/// A vendor whose texts are HTML, shell and Rust.
const HOSTILE: &str = r#"
openapi: 3.0.3
info: {title: '<img src=x onerror=alert(1)>', version: '1', description: '<script>alert(2)</script>'}
servers: [{url: 'https://api.example.com'}]
security: [{key: []}]
paths:
  /things/{id}:
    put:
      operationId: put_thing
      summary: '"><script>alert(3)</script>'
      description: Puts.
      tags: [things]
      x-retry: never
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}, example: "a/b'c$(d)"}
        - {name: 'X-Key', in: header, required: true, schema: {type: string}, x-secret: true, example: never-shown}
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              properties:
                note: {type: string}
                token: {type: string, x-secret: true}
            example: {note: "it's \"</code>\" $(rm) \\", token: never-shown}
      responses: {'204': {description: '<b>Done</b>.'}}
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Api-Key}
"#;

#[test]
fn texts_of_a_document_are_shown_and_not_obeyed() {
    let apis = [Api::index(Document::parse("hostile", "hostile.yaml", HOSTILE).unwrap()).unwrap()];
    let reference = Reference::new(&root(), &apis).unwrap();
    let page = reference.page();
    assert_eq!(page.matches("<script").count(), 1, "only the page's own script");
    assert!(!page.contains("<img") && !page.contains("<b>Done"));
    let samples = &reference.chapters[0].samples[0];
    for sample in [&samples.curl, &samples.cx, &samples.rust] {
        assert!(!sample.contains("never-shown"), "a secret is shown: {sample}");
        assert!(sample.contains("TOKEN"), "{sample}");
    }
    let curl = "curl \\\n  --request PUT \\\n  --header \"X-Api-Key: $CX_X_API_KEY\" \\\n  --header \"X-Key: $CX_X_KEY\" \\\n  \
                --header 'Content-Type: application/json' \\\n  \
                --data '{\n  \"note\": \"it'\\''s \\\"</code>\\\" $(rm) \\\\\",\n  \"token\": \"'\"$CX_TOKEN\"'\"\n}' \\\n  \
                https://api.example.com/things/a%2Fb%27c%24%28d%29";
    assert_eq!(samples.curl, curl);
    let rust = ".put_thing()\n    .id(\"a/b'c$(d)\")\n    .x_key(std::env::var(\"CX_X_KEY\")?)\n    .body_map(|body| {\n        \
                body\n            .note(\"it's \\\"</code>\\\" $(rm) \\\\\".to_owned())\n            .token(token)\n    })";
    assert!(samples.rust.contains(rust), "{}", samples.rust);
}

#[test]
fn a_list_that_is_one_value_is_given_as_one() {
    let text = "openapi: 3.0.3\ninfo: {title: Lists, version: '1'}\nservers: [{url: 'https://api.example.com'}]\npaths:\n  /things/{ids}:\n    \
        get:\n      operationId: get_things\n      security: []\n      parameters:\n        \
        - {name: ids, in: path, required: true, schema: {type: array, items: {type: integer}}, example: [1, 2]}\n        \
        - {name: kinds, in: query, required: true, style: pipeDelimited, explode: false, schema: {type: array, items: {type: string}}, example: [a, b]}\n        \
        - {name: tags, in: query, required: true, schema: {type: array, items: {type: string}}, example: [c, d]}\n        \
        - {name: X-Parts, in: header, required: true, schema: {type: array, items: {type: string}}, example: [e, f]}\n      \
        responses: {'204': {description: Done.}}\n";
    let apis = [Api::index(Document::parse("lists", "lists.yaml", text).unwrap()).unwrap()];
    let reference = Reference::new(&root(), &apis).unwrap();
    let samples = &reference.chapters[0].samples[0];
    for part in ["'kinds=a|b'", "tags=c", "tags=d", "'X-Parts: e,f'", "https://api.example.com/things/1%2C2"] {
        assert!(samples.curl.contains(part), "{part}: {}", samples.curl);
    }
    for part in [".ids(\"1,2\")", ".kinds(\"a|b\")", ".tags(vec![", ".x_parts(\"e,f\")"] {
        assert!(samples.rust.contains(part), "{part}: {}", samples.rust);
    }
    for part in ["--ids 1,2", "--kinds 'a|b'", "--tags c", "--tags d", "--x-parts e,f"] {
        assert!(samples.cx.contains(part), "{part}: {}", samples.cx);
    }
}
