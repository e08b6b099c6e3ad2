//! Every list of the documents that has pages, by its id and by its typed builder.

use std::sync::Arc;

use contract_tests::apis::Subject;
use cx_client::{
    ApiClient, CallOptions, Core,
    operation::{Operation, Pagination},
    pages::{JsonList, List},
    wootric, wootric_cxi,
};
use cx_mock::Validator;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::server::{PageServer, Render};
use crate::support;

/// A list, and the example of its reply.
#[derive(Clone)]
pub struct Listed {
    pub subject: Subject,
    pub operation: &'static Operation,
    example: Value,
    arguments: Map<String, Value>,
}

/// What is checked of every list, whichever way it is called.
pub trait Check {
    async fn check<'a, L>(&self, one: &Listed, server: &PageServer, call: L)
    where
        L: List<Item: Serialize> + 'a;

    /// How the server answers: with a list that is longer than anything asks of it, page by page.
    fn render(&self, one: Listed) -> Render {
        one.of_rows(1_000)
    }
}

/// The vendors whose lists are called by their builders too.
const TYPED: &[&str] = &["wootric", "wootric-cxi", "directly"];

/// Checks every list twice: as JSON by its id, and by its builder.
pub async fn check_all(check: impl Check) {
    let lists = Listed::all();
    let typed = lists.iter().filter(|one| TYPED.contains(&one.subject.name()));
    assert_eq!(typed.count(), 12, "the lists of the fact sheets that have pages");
    for one in &lists {
        let (server, core) = one.serve(&check).await;
        let arguments = Value::Object(one.arguments.clone());
        let json = JsonList::new(one.subject.client, core, one.operation.id, arguments, CallOptions::new()).unwrap();
        check.check(one, &server, json).await;
        server.assert_documented(&Validator::new(Arc::clone(&one.subject.api)));

        if !TYPED.contains(&one.subject.name()) {
            continue;
        }
        let (server, core) = one.serve(&check).await;
        one.check_typed(&check, &server, core).await;
        server.assert_documented(&Validator::new(Arc::clone(&one.subject.api)));
    }
}

impl Listed {
    /// What the documents say has pages; the generated tables say the same.
    fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for subject in support::subjects() {
            for operation in subject.client.api.operations {
                let documented = subject.api.operation(operation.id).unwrap();
                assert_eq!(documented.pagination.is_some(), operation.pagination.is_some(), "{}", operation.id);
                if operation.pagination.is_none() {
                    continue;
                }
                let required = documented.parameters.iter().filter(|one| one.required);
                let example = documented.reply(200).unwrap().media[0].examples[0].value.clone();
                all.push(Self {
                    subject: subject.clone(),
                    operation,
                    example,
                    arguments: required.map(|one| (one.name.clone(), one.example.clone().unwrap())).collect(),
                });
            }
        }
        all
    }

    pub fn pagination(&self) -> &'static Pagination {
        self.operation.pagination.as_ref().unwrap()
    }

    /// The reply of a list of so many rows, numbered from 1.
    pub fn page(&self, rows: i64, page: i64, size: usize) -> Vec<u8> {
        let size = i64::try_from(size).unwrap();
        let first = (page - 1) * size + 1;
        let mut reply = self.example.clone();
        let items = reply.pointer_mut(self.pagination().items).unwrap();
        let item = items[0].clone();
        let numbered = |id: i64| {
            let mut item = item.clone();
            item["id"] = json!(id);
            item
        };
        *items = (first..(first + size).min(rows + 1)).map(numbered).collect();
        reply.to_string().into_bytes()
    }

    /// A server that answers with a list of so many rows.
    pub fn of_rows(self, rows: i64) -> Render {
        Box::new(move |page, size| (200, self.page(rows, page, size)))
    }

    async fn serve(&self, check: &impl Check) -> (PageServer, Core) {
        let server = PageServer::start(check.render(self.clone())).await;
        let core = support::core(&self.subject, &server.base_url());
        (server, core)
    }

    #[expect(deprecated, reason = "a list that the vendor no longer documents has pages all the same")]
    async fn check_typed(&self, check: &impl Check, server: &PageServer, core: Core) {
        let owner = || self.arguments["end_user_id"].as_i64().unwrap();
        macro_rules! typed {
            ($client:ty, $list:ident $(, $owner:expr)?) => {{
                let client = <$client>::from_core(core);
                check.check(self, server, client.$list()$(.end_user_id($owner))?).await;
            }};
        }
        match (self.subject.name(), self.operation.id) {
            ("wootric", "list_end_users") => typed!(wootric::Client, list_end_users),
            ("wootric", "list_responses") => typed!(wootric::Client, list_responses),
            ("wootric", "list_declines") => typed!(wootric::Client, list_declines),
            ("wootric", "list_end_user_responses") => typed!(wootric::Client, list_end_user_responses, owner()),
            ("wootric", "list_end_user_promoters") => typed!(wootric::Client, list_end_user_promoters, owner()),
            ("wootric", "list_end_user_passives") => typed!(wootric::Client, list_end_user_passives, owner()),
            ("wootric", "list_end_user_detractors") => typed!(wootric::Client, list_end_user_detractors, owner()),
            ("wootric", "list_end_user_declines") => typed!(wootric::Client, list_end_user_declines, owner()),
            ("wootric", "list_page_views") => typed!(wootric::Client, list_page_views, owner()),
            ("wootric-cxi", "list_tags") => typed!(wootric_cxi::Client, list_tags),
            ("wootric-cxi", "list_imports") => typed!(wootric_cxi::Client, list_imports),
            ("wootric-cxi", "list_responses") => typed!(wootric_cxi::Client, list_responses),
            other => panic!("{other:?} has pages and no typed call here"),
        }
    }
}

/// The numbers of items.
pub fn ids<T: Serialize>(items: &[T]) -> Vec<i64> {
    items.iter().map(|item| serde_json::to_value(item).unwrap()["id"].as_i64().unwrap()).collect()
}
