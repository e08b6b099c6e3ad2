//! Requests that break one rule each, and some that break none.

use cx_mock::{Carrier, Incoming, Place, Validator, Verdict};
use serde_json::json;

use crate::orchard;

fn judge(request: Incoming) -> Verdict {
    Validator::new(orchard()).request(&request)
}

fn get(target: &str) -> Incoming {
    Incoming::new("GET", target).with_header("authorization", "Bearer t")
}

fn post_form(target: &str, form: &str) -> Incoming {
    Incoming::new("POST", target)
        .with_header("authorization", "Bearer t")
        .with_body("application/x-www-form-urlencoded", form)
}

fn broken(request: Incoming) -> Vec<(Place, String)> {
    judge(request).violations.into_iter().map(|violation| (violation.place, violation.rule)).collect()
}

fn query(name: &str, rule: &str) -> (Place, String) {
    (Place::Query(name.into()), rule.into())
}

fn body(pointer: &str, rule: &str) -> (Place, String) {
    (Place::Body(pointer.into()), rule.into())
}

#[test]
fn a_query_in_every_style_is_decoded() {
    let verdict =
        judge(get("/v1/trees?page=2&kinds=apple&kinds=pear&ids=1,2&planted%5Bgt%5D=5&planted[lt]=6&owner=a%20b"));
    assert_eq!(verdict.violations, []);
    assert_eq!(
        json!(verdict.parameters.query),
        json!({"page": 2, "kinds": ["apple", "pear"], "ids": [1, 2], "owner": "a b", "planted": {"gt": 5, "lt": 6}})
    );
}

#[test]
fn a_query_is_held_to_its_document() {
    assert_eq!(broken(get("/v1/trees?page=0")), [query("page", "minimum")]);
    assert_eq!(broken(get("/v1/trees?page=two")), [query("page", "type")]);
    assert_eq!(broken(get("/v1/trees?page=1&page=2")), [query("page", "duplicate")]);
    assert_eq!(broken(get("/v1/trees?kinds=fig")), [query("kinds[0]", "enum")]);
    assert_eq!(broken(get("/v1/trees?ids=1&ids=2")), [query("ids", "notation")]);
    assert_eq!(broken(get("/v1/trees?planted[gt]=x")), [query("planted[gt]", "type")]);
    assert_eq!(broken(get("/v1/trees?planted[than]=1")), [query("planted[than]", "unknown-parameter")]);
    assert_eq!(broken(get("/v1/trees?planted[gt=1")), [query("planted[gt", "unknown-parameter")]);
    assert_eq!(broken(get("/v1/trees?planted[gt]=1&planted=2")), [query("planted", "notation")]);
    assert_eq!(broken(get("/v1/trees?sort=up")), [query("sort", "unknown-parameter")]);
    assert_eq!(broken(Incoming::new("GET", "/oauth/authorize")), [query("client_id", "required")]);
}

#[test]
fn headers_are_held_to_their_schema() {
    let request = get("/v1/trees").with_header("X-Trace", "7");
    assert_eq!(broken(request), [(Place::Header("X-Trace".into()), "format".into())]);
}

#[test]
fn a_path_parameter_is_held_to_its_schema() {
    let request = Incoming::new("POST", "/v1/trees/one/photo").with_header("authorization", "Bearer t").with_body(
        "multipart/form-data; boundary=B",
        "--B\r\ncontent-disposition: form-data; name=photo\r\n\r\n1\r\n--B--",
    );
    assert_eq!(broken(request), [(Place::Path("id".into()), "type".into())]);
}

#[test]
fn credentials_are_found_wherever_the_document_takes_them() {
    let verdict = judge(get("/v1/trees"));
    assert_eq!(verdict.credentials[0].scheme, "oauth2");
    let verdict = judge(Incoming::new("GET", "/v1/trees?access_token=t"));
    assert_eq!(verdict.violations, []);
    assert_eq!(verdict.credentials[0].carrier, Carrier::Query);
    assert_eq!(verdict.credentials[0].scheme, "token_query");
    assert_eq!(judge(Incoming::new("GET", "/health")).violations, []);
}

#[test]
fn credentials_are_missed_and_unwanted_ones_noticed() {
    let security = |rule: &str| vec![(Place::Security, rule.to_owned())];
    assert_eq!(broken(Incoming::new("GET", "/v1/trees")), security("required"));
    assert_eq!(broken(Incoming::new("GET", "/v1/trees").with_header("authorization", "t")), security("syntax"));
    assert_eq!(broken(get("/v1/trees?access_token=t")), security("duplicate"));
    assert_eq!(broken(Incoming::new("GET", "/v1/trees?access_token=t&page=1&access_token=t")), security("duplicate"));
    assert_eq!(broken(get("/oauth/authorize?client_id=c")), security("unexpected-credentials"));
}

#[test]
fn credentials_that_go_together_are_all_asked_for() {
    let validator = Validator::new(crate::vault());
    let judge = |key: Option<&str>| {
        let request = Incoming::new("GET", "/coins").with_header("authorization", "Bearer t");
        validator.request(&key.into_iter().fold(request, |request, key| request.with_header("x-key", key)))
    };
    let verdict = judge(Some("k"));
    assert_eq!(verdict.violations, []);
    let found: Vec<_> = verdict.credentials.iter().map(|one| (one.scheme.as_str(), one.carrier)).collect();
    assert_eq!(found, [("bearer", Carrier::Bearer), ("key", Carrier::Header)]);
    let violations = judge(None).violations;
    assert_eq!((violations.len(), violations[0].rule.as_str()), (1, "required"));
    assert!(violations[0].message.contains("no credentials for `key`"), "{}", violations[0].message);
}

#[test]
fn a_form_is_decoded_by_its_notation() {
    let verdict = judge(post_form(
        "/v1/trees",
        "kind=apple&tags[]=a&tags[]=b&rows[0]=1&rows[1]=2&notes[soil]=clay&photos[][name]=x&photos[][size]=1&photos[][name]=y",
    ));
    assert_eq!(verdict.violations, []);
    assert_eq!(
        verdict.body.unwrap(),
        json!({
            "kind": "apple", "tags": ["a", "b"], "rows": [1, 2], "notes": {"soil": "clay"},
            "photos": [{"name": "x", "size": 1}, {"name": "y"}],
        })
    );
}

#[test]
fn a_body_is_held_to_its_schema() {
    assert_eq!(broken(post_form("/v1/trees", "tags[]=a")), [body("", "required")]);
    assert_eq!(broken(post_form("/v1/trees", "kind=fig")), [body("/kind", "enum")]);
    assert_eq!(broken(post_form("/v1/trees", "kind=apple&rows[0]=x")), [body("/rows/0", "type")]);
    assert_eq!(broken(post_form("/v1/trees", "kind=apple&rows[0]=3000000000")), [body("/rows/0", "format")]);
    assert_eq!(broken(post_form("/v1/trees", "kind=apple&rows[]=1")), [body("/rows", "notation")]);
    assert_eq!(broken(post_form("/v1/trees", "kind=apple&label=x")), [body("/label", "pattern")]);
    assert_eq!(broken(post_form("/v1/trees", "kind=apple&size=1")), [body("/size", "unknown-member")]);
    assert_eq!(
        broken(post_form("/v1/trees", "kind=apple&photos[][name]=x&photos[][weight]=1")),
        [body("/photos/0/weight", "unknown-member")]
    );
    let lenient = Validator::new(orchard()).allowing_unknown_members();
    assert_eq!(lenient.request(&post_form("/v1/trees", "kind=apple&size=1")).violations, []);
}

#[test]
fn a_token_request_carries_the_members_of_its_grant_only() {
    let token = |form: &str| {
        broken(Incoming::new("POST", "/oauth/token").with_body("application/x-www-form-urlencoded", form))
    };
    assert_eq!(token("grant_type=refresh_token&refresh_token=r&scope=all"), []);
    assert_eq!(token("grant_type=refresh_token&refresh_token=r&password=p"), [body("/password", "unknown-member")]);
    assert_eq!(token("grant_type=password&username=u"), [body("", "required")]);
    assert_eq!(token("grant_type=magic"), [body("", "oneOf")]);
}

#[test]
fn a_json_body_is_read_too() {
    let post = |json: &str| {
        let request = Incoming::new("POST", "/v1/trees").with_header("authorization", "Bearer t");
        judge(request.with_body("application/json; charset=utf-8", json))
    };
    assert_eq!(post("{\"kind\": \"apple\", \"rows\": [1]}").violations, []);
    assert_eq!(post("{\"kind\":").violations[0].rule, "syntax");
    assert_eq!(post("{\"kind\": 1}").violations[0].rule, "type");
}

#[test]
fn a_multipart_body_keeps_name_and_size_of_its_files() {
    let request = Incoming::new("POST", "/v1/trees/1/photo").with_header("authorization", "Bearer t").with_body(
        "multipart/form-data; boundary=B",
        "--B\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"p.png\"\r\n\r\npixels\r\n\
         --B\r\nContent-Disposition: form-data; name=\"caption\"\r\n\r\nmuch too long\r\n--B--\r\n",
    );
    let verdict = judge(request);
    assert_eq!(verdict.files[0].0, "/photo");
    assert_eq!((verdict.files[0].1.file_name.as_deref(), verdict.files[0].1.size), (Some("p.png"), 6));
    assert_eq!(verdict.violations.len(), 1);
    assert_eq!(verdict.violations[0].rule, "maxLength");
}

#[test]
fn a_file_is_held_to_its_size() {
    let request = Incoming::new("POST", "/v1/trees/1/photo").with_header("authorization", "Bearer t").with_body(
        "multipart/form-data; boundary=B",
        "--B\r\nContent-Disposition: form-data; name=photo; filename=p\r\n\r\nfar too many pixels for this\r\n--B--",
    );
    assert_eq!(broken(request), [body("/photo", "max-bytes")]);
}

#[test]
fn media_types_are_held_to_the_document() {
    let request = Incoming::new("POST", "/v1/trees").with_header("authorization", "Bearer t");
    assert_eq!(broken(request.clone().with_body("text/plain", "x")), [(Place::MediaType, "media-type".into())]);
    assert_eq!(broken(request), [body("", "required")]);
    assert_eq!(
        broken(get("/v1/trees").with_header("accept", "text/html")),
        [(Place::Accept, "not-acceptable".into())]
    );
    assert_eq!(broken(get("/v1/trees").with_header("accept", "text/html, */*;q=0.1")), []);
    assert_eq!(broken(get("/v1/trees").with_body("text/plain", "x")), [body("", "unexpected-body")]);
}

#[test]
fn what_is_asked_for_in_vain_is_told_as_far_as_the_document_has_it() {
    let said = |method: &str, path: &str| judge(Incoming::new(method, path)).violations.remove(0).message;
    assert_eq!(said("GET", "/v2/trees/ada@example.com?page=1"), "no operation has this path: GET /…/trees/…");
    assert_eq!(said("PATCH", "/v1/trees/7"), "PATCH is not documented for this path: /v1/trees/…");
}

#[test]
fn an_unknown_path_or_method_is_a_violation() {
    assert_eq!(broken(get("/v2/trees")), [(Place::Path(String::new()), "unknown-path".into())]);
    let verdict = judge(Incoming::new("PATCH", "/v1/trees/1"));
    assert_eq!(verdict.violations[0].rule, "unknown-method");
    assert_eq!(verdict.allowed, ["DELETE", "GET", "PUT"]);
}

#[test]
fn a_violation_says_where_the_document_says_so_and_shows_no_secret() {
    let verdict = judge(post_form("/v1/trees", "kind=apple&secret=hunter2"));
    let violation = &verdict.violations[0];
    let text = orchard().document().text().lines().nth(violation.spec.line - 1).unwrap().to_owned();
    assert!(text.contains("secret: {type: string, x-secret: true, maxLength: 3}"), "{text}");
    assert!(violation.spec.pointer.ends_with("/TreeRequest/properties/secret/maxLength"), "{}", violation.spec);
    let verdict = judge(get("/v1/trees?owner=Ada+Lovelace"));
    assert_eq!(verdict.violations[0].rule, "maxLength");
    for shown in [serde_json::to_string(&verdict.violations).unwrap(), format!("{verdict:?}")] {
        assert!(!shown.contains("hunter2") && !shown.contains("Lovelace"), "{shown}");
    }
}

#[test]
fn a_reply_is_held_to_its_document() {
    let validator = Validator::new(orchard());
    let rules = |status: u16, content_type: Option<&str>, reply: &str| -> Vec<(Place, String)> {
        let violations = validator.reply("get_tree", status, content_type, reply.as_bytes());
        violations.into_iter().map(|violation| (violation.place, violation.rule)).collect()
    };
    let json = Some("application/json; charset=utf-8");
    let at = |pointer: &str, rule: &str| vec![(Place::ReplyBody(pointer.into()), rule.to_owned())];
    assert_eq!(rules(200, json, "{\"id\": 1, \"kind\": \"apple\", \"graft\": null, \"new\": 1}"), []);
    assert_eq!(rules(200, json, "{\"id\": 1, \"kind\": \"fig\"}"), at("/kind", "enum"));
    assert_eq!(rules(200, json, "{\"id\": 1, \"kind\": \"pear\", \"graft\": {\"id\": 2}}"), at("/graft", "required"));
    assert_eq!(rules(200, json, ""), at("", "required"));
    assert_eq!(rules(200, json, "{"), at("", "syntax"));
    assert_eq!(rules(200, Some("text/html"), "<html>"), [(Place::ReplyMediaType, "media-type".into())]);
    assert_eq!(rules(500, json, "{}"), [(Place::ReplyStatus, "undocumented-status".into())]);
    let unknown = validator.unknown_reply_members("get_tree", 200, &json!({"id": 1, "kind": "apple", "new": 1}));
    assert_eq!(unknown[0].place, Place::ReplyBody("/new".into()));
}

#[test]
fn a_reply_that_may_hold_anything_has_to_be_json_all_the_same() {
    let validator = Validator::new(orchard());
    let rules = |body: &str| -> Vec<String> {
        let violations = validator.reply("get_health", 200, Some("application/json"), body.as_bytes());
        violations.into_iter().map(|violation| violation.rule).collect()
    };
    assert_eq!(rules("[1, {\"a\": null}]"), Vec::<String>::new());
    assert_eq!(rules("<html>It is over.</html>"), ["syntax"]);
}
