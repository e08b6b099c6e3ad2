//! Replies brought to one form, whether the vendor wrapped them or not.
//!
//! | wrapped | canonical |
//! |---|---|
//! | a resource: `{data: {…}}`, or the members of the resource at the top | `{data: {…}}` |
//! | a list: `{items: […]}`, `{data: {items: […]}}` or `{data: […]}` | `{items: […]}` |
//! | nothing: no body, `null`, `{}`, `data` missing, `null` or `{}` | `{}` |
//!
//! Other members of the envelope stay where they are. A reply of none of these forms is left as it is: decoding then says
//! what is wrong with it.

use serde_json::{Map, Value};

use crate::operation::Envelope;

/// The canonical form of a successful reply. A missing body counts as `null`.
pub(crate) fn canonical(value: Value, envelope: &Envelope) -> Value {
    let mut body = match value {
        Value::Null => Map::new(),
        Value::Object(body) => body,
        other => return other,
    };
    if body.get(envelope.data).is_some_and(is_nothing) {
        body.remove(envelope.data);
    }
    match envelope.items {
        Some(items) => list(&mut body, envelope.data, items),
        None => resource(&mut body, envelope),
    }
    Value::Object(body)
}

/// Success without payload.
fn is_nothing(data: &Value) -> bool {
    match data {
        Value::Null => true,
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

fn list(body: &mut Map<String, Value>, data: &str, items: &str) {
    match body.get(items) {
        Some(Value::Null) => {
            body.remove(items);
        }
        Some(_) => return,
        None => {}
    }
    let found = match body.get_mut(data) {
        Some(Value::Array(_)) => body.remove(data),
        Some(Value::Object(inner)) => {
            let found = inner.remove(items).filter(|found| !found.is_null());
            if inner.is_empty() {
                body.remove(data);
            }
            found
        }
        _ => None,
    };
    if let Some(found) = found {
        body.insert(items.to_owned(), found);
    }
}

fn resource(body: &mut Map<String, Value>, envelope: &Envelope) {
    let reserved = |name: &str| name == envelope.data || envelope.reserved.contains(&name);
    if body.get(envelope.data).is_some_and(Value::is_object) || body.keys().all(|name| reserved(name)) {
        return;
    }
    // A bare resource. It has no member of the envelope's by contract; should it have one called `data`, it is the
    // resource's.
    let (kept, own): (Map<_, _>, Map<_, _>) =
        std::mem::take(body).into_iter().partition(|(name, _)| name != envelope.data && reserved(name));
    *body = kept;
    body.insert(envelope.data.to_owned(), Value::Object(own));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const RESOURCE: Envelope = Envelope { data: "data", reserved: &["meta", "data", "error"], items: None };
    const LIST: Envelope = Envelope { items: Some("questions"), ..RESOURCE };

    #[test]
    fn a_resource_is_wrapped() {
        let resource = json!({"uuid": "q-1", "state": {"data": null}});
        for accepted in [json!({"data": resource}), resource.clone()] {
            assert_eq!(canonical(accepted, &RESOURCE), json!({"data": resource}));
        }
        for accepted in [
            json!({"meta": {"a": 1}, "data": resource}),
            json!({"meta": {"a": 1}, "uuid": "q-1", "state": {"data": null}}),
        ] {
            assert_eq!(canonical(accepted, &RESOURCE), json!({"meta": {"a": 1}, "data": resource}));
        }
    }

    #[test]
    fn a_success_may_lack_its_payload() {
        for envelope in [&RESOURCE, &LIST] {
            for nothing in [json!(null), json!({}), json!({"data": null}), json!({"data": {}})] {
                assert_eq!(canonical(nothing, envelope), json!({}));
            }
            for nothing in [json!({"meta": {}}), json!({"meta": {}, "data": null}), json!({"meta": {}, "data": {}})] {
                assert_eq!(canonical(nothing, envelope), json!({"meta": {}}));
            }
        }
    }

    #[test]
    fn the_items_of_a_list_move_to_the_top() {
        for items in [json!([]), json!([{"uuid": "q-1"}])] {
            for accepted in [
                json!({"questions": items}),
                json!({"questions": items, "data": null}),
                json!({"data": {"questions": items}}),
                json!({"questions": null, "data": {"questions": items}}),
                json!({"data": items}),
            ] {
                assert_eq!(canonical(accepted, &LIST), json!({"questions": items}));
            }
            let expected = json!({"meta": {"a": 1}, "questions": items});
            assert_eq!(canonical(json!({"meta": {"a": 1}, "data": items}), &LIST), expected);
        }
    }

    #[test]
    fn what_lies_beside_the_items_is_kept() {
        assert_eq!(
            canonical(json!({"data": {"questions": [1], "total": 9}, "error": {"message": "m"}}), &LIST),
            json!({"questions": [1], "data": {"total": 9}, "error": {"message": "m"}})
        );
    }

    #[test]
    fn another_form_is_left_for_the_decoder_to_refuse() {
        for other in [json!([1]), json!("text"), json!(7), json!({"data": "text"}), json!({"meta": {}, "data": 7})] {
            assert_eq!(canonical(other.clone(), &RESOURCE), other);
            assert_eq!(canonical(other.clone(), &LIST), other);
        }
        assert_eq!(canonical(json!({"data": [1]}), &RESOURCE), json!({"data": [1]}));
        assert_eq!(canonical(json!({"questions": 7, "data": [1]}), &LIST), json!({"questions": 7, "data": [1]}));
    }

    #[test]
    fn a_bare_resource_keeps_a_member_called_data() {
        assert_eq!(
            canonical(json!({"data": [1], "uuid": "q"}), &RESOURCE),
            json!({"data": {"data": [1], "uuid": "q"}})
        );
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let name = prop_oneof!["data", "meta", "error", "questions", "[a-c]"];
        let leaf =
            prop_oneof![Just(Value::Null), any::<bool>().prop_map(Value::from), "[a-z]{0,3}".prop_map(Value::from)];
        leaf.prop_recursive(4, 24, 4, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(name.clone(), inner, 0..4).prop_map(|map| json!(map)),
            ]
        })
    }

    proptest! {
        #[test]
        fn it_is_idempotent(value in any_json()) {
            for envelope in [&RESOURCE, &LIST] {
                let once = canonical(value.clone(), envelope);
                prop_assert_eq!(&canonical(once.clone(), envelope), &once);
            }
        }

        #[test]
        fn every_accepted_form_gives_the_same(
            members in prop::collection::btree_map("[a-c]{1,2}", any_json(), 1..4),
            items in prop::collection::vec(any_json(), 0..4),
            meta in prop::option::of(any_json()),
        ) {
            let with_meta = |mut body: Value| {
                if let (Some(meta), Some(body)) = (&meta, body.as_object_mut()) {
                    body.insert("meta".to_owned(), meta.clone());
                }
                body
            };
            let expected = with_meta(json!({"data": members}));
            for accepted in [json!({"data": members}), json!(members)] {
                prop_assert_eq!(&canonical(with_meta(accepted), &RESOURCE), &expected);
            }
            let expected = with_meta(json!({"questions": items}));
            for accepted in [json!({"questions": items}), json!({"data": {"questions": items}}), json!({"data": items})] {
                prop_assert_eq!(&canonical(with_meta(accepted), &LIST), &expected);
            }
        }
    }
}
