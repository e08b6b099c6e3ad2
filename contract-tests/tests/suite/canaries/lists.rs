//! Pages and exports: printed while they hold rows and filters with canaries in them.

use cx_client::{ApiClient, CallOptions, export::CrowdedSecond, generated, pages::JsonList, wootric};
use cx_mock::{FaultServer, Step};
use futures_util::StreamExt;
use serde_json::json;

use super::{EMAIL, debug};
use crate::support;

/// Name and print of each type.
pub async fn printed() -> Vec<(&'static str, String)> {
    let rows = json!([{"id": 1, "email": EMAIL, "created_at": "2021-01-02 03:04:05 +0000"}]);
    let page = || Step::json(200, &rows);
    let server = FaultServer::start(vec![page(), page(), page()]).await.unwrap();
    let client = wootric::Client::from_core(support::core(&support::subject("wootric"), &server.base_url()));

    let mut pages = client.list_end_users().email(EMAIL).pages();
    pages.next().await.unwrap().unwrap();
    let mut items = client.list_end_users().email(EMAIL).stream();
    items.next().await.unwrap().unwrap();
    let export = client.list_end_users().email(EMAIL).export();
    let begun = debug(&export);
    let mut rows = export.stream().unwrap();
    drop(rows.next().await);

    let registered = generated::REGISTRY.iter().find(|one| one.api.name == "wootric").unwrap();
    let arguments = json!({"email": EMAIL});
    let options = CallOptions::new();
    let list = JsonList::new(registered, client.core().clone(), "list_end_users", arguments, options).unwrap();
    vec![
        ("pages::stream::Pages", debug(&pages)),
        ("pages::items::Items", debug(&items)),
        ("pages::json::JsonList", debug(&list)),
        ("export::builder::Export", begun),
        ("export::stream::Rows", debug(&rows)),
        ("export::cursor::Cursor", debug(&rows.cursor())),
        ("export::progress::Progress", debug(&rows.progress())),
        ("export::crowded::CrowdedSecond", debug(&CrowdedSecond { second: 1, shown: 1_500 })),
    ]
}
