//! Replies of any bytes, decoded as those of any operation and into the types of any schema.
//!
//! The first two bytes choose, the rest is the body.
#![no_main]

use cx_client::{dynamic::Registered, fuzzing, generated::REGISTRY, operation::Operation};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|data: &[u8]| {
    let [first, second, body @ ..] = data else { return };
    let choice = usize::from(*first) * 256 + usize::from(*second);
    let operations: Vec<&'static Operation> = REGISTRY.iter().flat_map(|one| one.api.operations).copied().collect();
    if let Some(operation) = operations.get(choice % operations.len()) {
        as_reply(operation, body);
    }
    let schemas: Vec<(&Registered, &str)> =
        REGISTRY.iter().flat_map(|one| one.schemas.iter().map(move |schema| (one, *schema))).collect();
    if let (Some((api, schema)), Ok(value)) = (schemas.get(choice % schemas.len()), serde_json::from_slice(body)) {
        as_schema(api, schema, value);
    }
});

/// A reply that cannot be decoded is an error that has lost nothing of it.
fn as_reply(operation: &'static Operation, body: &[u8]) {
    if let Err(error) = fuzzing::reply(operation, 200, body) {
        assert!(error.is_decode(), "{error:?}");
        assert_eq!(error.body().map(|kept| &kept[..]), Some(body));
        assert_eq!(error.operation().map(|row| row.id), Some(operation.id));
    }
}

/// What was decoded and written again decodes to the same.
fn as_schema(api: &Registered, schema: &str, value: Value) {
    if let Ok(once) = (api.decode_schema)(schema, value) {
        let twice = (api.decode_schema)(schema, once.clone());
        assert_eq!(twice.ok().as_ref(), Some(&once), "{schema}");
    }
}
