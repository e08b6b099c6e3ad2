//! `cargo xtask gen` as a person meets it.
#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a test may stop where it fails, and its name says what it shows"
)]

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Command, Output},
};

fn generate(document: &str, out: &Path) -> Output {
    let file = out.with_extension("yaml");
    fs::write(&file, document).unwrap();
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["gen", "--name", "bad", "--spec"])
        .arg(&file)
        .arg("--out")
        .arg(out)
        .output()
        .unwrap()
}

const HEAD: &str = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths:\n";
const OK: &str = "responses: {'200': {description: ok}}";

#[test]
fn a_bad_document_is_one_clear_error_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text, expected) in [
        ("broken", "openapi: 3.0.3\n  x: [".to_owned(), "yaml:2:"),
        (
            "dangling",
            format!(
                "{HEAD}  /a:\n    get:\n      operationId: x\n      responses:\n        '200': {{$ref: '#/components/responses/No'}}\n"
            ),
            "yaml:8:9: /paths/~1a/get/responses/200: `$ref: #/components/responses/No` points at nothing",
        ),
        (
            "twice",
            format!("{HEAD}  /a:\n    get: {{operationId: x, {OK}}}\n    put: {{operationId: x, {OK}}}\n"),
            "yaml:6:5: /paths/~1a/put: `operationId: x` is taken by the operation on line 5",
        ),
    ] {
        let out = folder.path().join(name);
        let output = generate(&text, &out);
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{name}: {message}");
        assert!(message.contains(expected), "{name}: {message}");
        assert_eq!(message.lines().count(), 1, "{name}: {message}");
        assert!(!out.exists(), "{name}: something was written");
    }
}

#[test]
fn what_cannot_be_expressed_is_reported_and_the_rest_is_generated() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("crate");
    let clash = "parameters: [{name: 'a[b]', in: query, schema: {type: string}}, {name: a_b, in: query, schema: {type: string}}]";
    let text = format!(
        "{HEAD}  /a:\n    get: {{operationId: get_a, {clash}, {OK}}}\n  /b:\n    get: {{operationId: get_b, {OK}}}\n"
    );
    let output = generate(&text, &out);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{message}");
    assert!(message.contains("/paths/~1a/get: parameter `a_b` collapses"), "{message}");
    let client = fs::read_to_string(out.join("src/lib.rs")).unwrap();
    assert!(client.contains("fn get_b") && !client.contains("fn get_a"));
}

#[test]
fn components_that_are_made_of_each_other_do_not_end_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("crate");
    let content = "content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}";
    let text = format!(
        "{HEAD}  /a:\n    get: {{operationId: get_a, responses: {{'200': {{description: ok, {content}}}}}}}\ncomponents:\n  schemas:\n    \
         Pet: {{type: object, properties: {{name: {{type: string}}}}, oneOf: [{{$ref: '#/components/schemas/Cat'}}, {{$ref: '#/components/schemas/Dog'}}]}}\n    \
         Cat: {{allOf: [{{$ref: '#/components/schemas/Pet'}}, {{type: object, required: [lives], properties: {{lives: {{type: integer}}}}}}]}}\n    \
         Dog: {{allOf: [{{$ref: '#/components/schemas/Pet'}}, {{type: object, required: [tricks], properties: {{tricks: {{type: integer}}}}}}]}}\n"
    );
    let output = generate(&text, &out);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{message}");
    assert!(
        message.contains("/components/schemas/Cat: `Pet`, which it is made of, is made of it in turn"),
        "{message}"
    );
    let types = fs::read_to_string(out.join("src/types.rs")).unwrap();
    let cat = types.split("pub struct Cat {").nth(1).unwrap().split("\n}").next().unwrap();
    assert!(cat.contains("lives") && cat.contains("name"), "{cat}");
}

#[test]
fn a_member_that_is_all_of_its_owner_and_more_does_not_end_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("crate");
    let comment = "{$ref: '#/components/schemas/Comment'}";
    let text = format!(
        "{HEAD}  /a:\n    get: {{operationId: get_a, responses: {{'200': {{description: ok, content: {{application/json: {{schema: {comment}}}}}}}}}}}\n\
         components:\n  schemas:\n    Comment: {{type: object, properties: {{text: {{type: string}}, \
         reply: {{allOf: [{comment}, {{type: object, properties: {{depth: {{type: integer}}}}}}]}}}}}}\n"
    );
    let output = generate(&text, &out);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{message}");
    let types = fs::read_to_string(out.join("src/types.rs")).unwrap();
    let reply = types.split("pub struct CommentReply {").nth(1).unwrap().split("\n}").next().unwrap();
    assert!(reply.contains("text") && reply.contains("depth") && reply.contains("CommentReply"), "{reply}");
}

#[test]
fn a_title_of_two_lines_is_one_in_the_documentation() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("crate");
    let head = HEAD.replace("{title: T,", "{title: \"Things\\nand more\\n\",");
    let output = generate(&format!("{head}  /a:\n    get: {{operationId: get_a, {OK}}}\n"), &out);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let client = fs::read_to_string(out.join("src/lib.rs")).unwrap();
    assert!(client.contains("//! Things and more.\n"), "{client}");
}

#[test]
fn two_runs_write_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let document = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../spec/directly.yaml")).unwrap();
    let run = |name: &str| -> BTreeMap<String, String> {
        let out = folder.path().join(name).join("crate");
        fs::create_dir_all(out.parent().unwrap()).unwrap();
        let output = generate(&document, &out);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        let files = fs::read_dir(out.join("src")).unwrap().map(|entry| entry.unwrap().path());
        files
            .map(|path| {
                let text = fs::read_to_string(&path).unwrap();
                // The first line names the document, which lies elsewhere in each run.
                let body = text.split_once('\n').unwrap().1.to_owned();
                (path.file_name().unwrap().to_string_lossy().into_owned(), body)
            })
            .collect()
    };
    let first = run("one");
    assert_eq!(first.len(), 6);
    assert_eq!(first, run("two"));
}
