//! Component schemas: the types of the client, each compared once, in the directions in which it travels.

use std::collections::{BTreeMap, BTreeSet};

use cx_spec::{Api, Media, Node};

use super::{
    change::Changes,
    schemas::{self, Pair, Way},
};
use crate::lint;

pub fn compare(changes: &mut Changes<'_>) {
    let (old, new) = (changes.old, changes.new);
    let ways = [ways(old), ways(new)];
    let after: BTreeMap<&str, Node<'_>> = new.schemas().into_iter().collect();
    for (name, before) in old.schemas() {
        let Some(after) = after.get(name) else {
            changes.lost(before.pointer(), format!("`types::{name}` is gone"));
            continue;
        };
        let mut travels: BTreeSet<Way> = ways.iter().filter_map(|ways| ways.get(name)).flatten().copied().collect();
        if travels.is_empty() {
            // What no operation refers to is there to be decoded: the body of a webhook or an event.
            travels.insert(Way::Reply);
        }
        for way in travels {
            schemas::compare(changes, &Pair::new(&before, after, way, format!("`types::{name}`")));
        }
    }
    for (name, schema) in after {
        if old.document().at(schema.pointer()).is_none() {
            changes.compatible(schema.pointer(), format!("`types::{name}` is new"));
        }
    }
}

/// The directions in which each component travels.
fn ways(api: &Api) -> BTreeMap<&str, BTreeSet<Way>> {
    let mut found: BTreeMap<&str, BTreeSet<Way>> = BTreeMap::new();
    for operation in &api.operations {
        let parameters = operation.parameters.iter().map(|parameter| parameter.pointer.as_str());
        let sent = operation.body.iter().flat_map(|body| &body.media).map(pointer);
        let received = operation.replies.iter().flat_map(|reply| &reply.media).map(pointer);
        let requests = parameters.chain(sent).map(|pointer| (Way::Request, pointer));
        for (way, pointer) in requests.chain(received.map(|pointer| (Way::Reply, pointer))) {
            if let Some(schema) = api.document().at(pointer) {
                reach(&schema, way, &mut found);
            }
        }
    }
    found
}

fn pointer(media: &Media) -> &str {
    &media.pointer
}

fn reach<'d>(schema: &Node<'d>, way: Way, found: &mut BTreeMap<&'d str, BTreeSet<Way>>) {
    if let Some(reference) = schema.text("$ref") {
        // What is no component may lead back to itself as well: the reference stands for its name.
        let name = reference.strip_prefix("#/components/schemas/").unwrap_or(reference);
        if found.entry(name).or_default().insert(way)
            && let Ok(target) = schema.resolve()
        {
            reach(&target, way, found);
        }
        return;
    }
    for (_, inner) in lint::inner_schemas(schema) {
        reach(&inner, way, found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cx_spec::Document;

    #[test]
    fn a_schema_that_is_no_component_may_lead_back_to_itself() {
        let reply = "#/paths/~1a/get/responses/200/content/application~1json/schema";
        let text = format!(
            "openapi: 3.0.3\ninfo: {{title: T, version: '1'}}\npaths:\n  /a:\n    get:\n      operationId: get_a\n      responses:\n        \
             '200': {{description: ok, content: {{application/json: {{schema: {{type: object, properties: {{next: {{$ref: '{reply}'}}, \
             leaf: {{$ref: '#/components/schemas/Leaf'}}}}}}}}}}}}\ncomponents: {{schemas: {{Leaf: {{type: string}}}}}}\n"
        );
        let api = Api::index(Document::parse("t", "t.yaml", &text).unwrap()).unwrap();
        assert_eq!(ways(&api).get("Leaf"), Some(&BTreeSet::from([Way::Reply])));
    }
}
