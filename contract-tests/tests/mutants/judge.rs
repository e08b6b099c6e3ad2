//! Each kind of witness catches the mutants that it is there for.

use contract_tests::mutants::{
    edit::{Change, Edit},
    judge::{Judge, Verdict},
    witness::Origin,
};
use serde_json::{Value, json};

use crate::{Known, smallest};

fn origin(known: &Known, edit: &Edit) -> Option<Origin> {
    match Judge::new(&known.subject, &known.evidence).unwrap().judge(edit) {
        Verdict::Killed(origin, message) => {
            assert!(!message.is_empty());
            Some(origin)
        }
        Verdict::Survived => None,
        Verdict::Excluded(why) => panic!("{edit:?} makes no document: {why}"),
    }
}

/// Pointer of the first operation that fits.
fn operation(known: &Known, fits: impl Fn(&cx_spec::Operation) -> bool) -> String {
    known.subject.api.operations.iter().find(|one| fits(one)).unwrap().place.pointer.clone()
}

#[tokio::test]
async fn a_request_that_moved_is_caught_by_the_client() {
    let known = smallest().await;
    let pointer = operation(known, |one| one.method == "GET");
    assert_eq!(origin(known, &Edit::remove(&pointer)), Some(Origin::Client));
    assert_eq!(origin(known, &Edit::rename(&pointer, "trace")), Some(Origin::Client));
    let parameter = json!({"name": "added", "in": "query", "required": true, "schema": {"type": "string"}});
    let edit = Edit::set(&format!("{pointer}/parameters"), json!([parameter]));
    assert_eq!(origin(known, &edit), Some(Origin::Client));
}

#[tokio::test]
async fn credentials_addresses_and_scopes_are_caught() {
    let known = smallest().await;
    let pointer = operation(known, |one| !one.security.is_empty());
    let security = |value: Value| Edit::set(&format!("{pointer}/security"), value);
    assert_eq!(origin(known, &security(json!([]))), Some(Origin::Client), "credentials that nobody wants");
    assert_eq!(origin(known, &security(json!([{"oauth2": ["all"]}]))), Some(Origin::Authority));
    assert_eq!(origin(known, &security(json!([{"oauth2": []}]))), None, "one way in of two is enough");
    let token = "/components/securitySchemes/oauth2/flows/password/tokenUrl";
    assert_eq!(origin(known, &Edit::set(token, json!("https://x.example/oauth/token"))), Some(Origin::Authority));
    assert_eq!(origin(known, &Edit::set("/servers/0/url", json!("https://x.example"))), Some(Origin::Authority));
}

#[tokio::test]
async fn a_stricter_reply_is_caught_by_what_the_vendor_says_and_a_looser_one_by_what_it_must_not_say() {
    let known = smallest().await;
    let api = &known.subject.api;
    let (name, member) = api
        .schemas()
        .into_iter()
        .filter(|(_, schema)| {
            known
                .evidence
                .reach
                .touched(schema.pointer())
                .iter()
                .any(|unit| unit.part != contract_tests::mutants::reach::Part::Request)
        })
        .find_map(|(name, schema)| {
            let members = schema.member("properties")?.members();
            let found =
                members.into_iter().find(|(_, one)| one.text("type") == Some("string") && one.flag("nullable"));
            Some((name, found?.1))
        })
        .unwrap();
    let stricter = Edit::remove(&format!("{}/nullable", member.pointer()));
    let caught = origin(known, &stricter);
    assert!(matches!(caught, Some(Origin::Vendor | Origin::Golden)), "{name}: {caught:?}");
    let looser = Edit {
        pointer: member.pointer().to_owned(),
        changes: vec![Change::Set(member.pointer().to_owned(), json!({}))],
    };
    let caught = origin(known, &looser);
    assert!(matches!(caught, Some(Origin::Broken | Origin::Negative)), "{name}: {caught:?}");
}

#[tokio::test]
async fn what_nothing_refers_to_is_not_caught() {
    let known = smallest().await;
    let unused = Edit::set("/components/schemas/UnusedByAnybody", json!({"type": "string"}));
    assert_eq!(origin(known, &unused), None);
}
