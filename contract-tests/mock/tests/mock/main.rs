//! The mock against a vendor that does not exist, and against the documents of this workspace.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may stop where it fails"
)]

mod documents;
mod fault;
mod honesty;
mod hostile;
mod issuer;
mod keywords;
mod lies;
mod lifecycle;
mod requests;
mod server;
mod state;
mod strategy;
mod unseen;
mod wire;

use std::sync::Arc;

use cx_spec::{Api, Document};

/// A vendor that asks for two credentials at once, or for one of them where that is enough.
pub fn vault() -> Api {
    let text = "openapi: 3.0.3\ninfo: {title: Vault, version: '1'}\npaths:\n  /coins:\n    get:\n      operationId: list_coins\n      \
        security: [{bearer: [], key: []}]\n      responses: {'200': {description: Coins.}, '401': {description: No.}}\n  /doors:\n    get:\n      \
        operationId: list_doors\n      security: [{bearer: [], key: []}, {key: []}]\n      responses: {'200': {description: Doors.}}\n\
        components:\n  securitySchemes:\n    bearer: {type: http, scheme: bearer}\n    key: {type: apiKey, in: header, name: X-Key}\n";
    Api::index(Document::parse("vault", "vault.yaml", text).unwrap()).unwrap()
}

/// The documents of this workspace, and the made-up vendor.
pub fn apis() -> Vec<Arc<Api>> {
    cx_spec::embedded_all().unwrap().into_iter().chain([orchard()]).map(Arc::new).collect()
}

/// The made-up vendor.
pub fn orchard() -> Api {
    Api::index(Document::parse("orchard", "orchard.yaml", include_str!("../fixtures/orchard.yaml")).unwrap()).unwrap()
}
