//! Where a document breaks the typed model. The model itself does not say: each part is read alone, and the smallest that
//! cannot be is the one at fault.

use serde::de::DeserializeOwned;

use crate::{document::Node, index::METHODS};

/// A part that the model has a type for.
#[derive(Clone, Copy)]
enum Part {
    Info,
    Server,
    Tag,
    PathItem,
    Operation,
    Parameter,
    Body,
    Reply,
    Header,
    Media,
    Example,
    Link,
    Schema,
    SecurityScheme,
}

/// Components by the key that they stand under.
const COMPONENTS: &[(&str, Part)] = &[
    ("schemas", Part::Schema),
    ("responses", Part::Reply),
    ("parameters", Part::Parameter),
    ("examples", Part::Example),
    ("requestBodies", Part::Body),
    ("headers", Part::Header),
    ("securitySchemes", Part::SecurityScheme),
    ("links", Part::Link),
];

/// Pointer of the smallest part of a document that cannot be read, and why; none if it is none of those with a type.
pub(crate) fn smallest(root: &Node<'_>) -> Option<(String, String)> {
    let mut parts: Vec<(Part, Node<'_>)> = root.member("info").map(|info| (Part::Info, info)).into_iter().collect();
    parts.extend(all(root, "servers", Part::Server));
    parts.extend(all(root, "tags", Part::Tag));
    let paths = root.member("paths").map(|paths| paths.members()).unwrap_or_default();
    let items = paths.into_iter().filter(|(path, _)| !path.starts_with("x-"));
    parts.extend(items.map(|(_, item)| (Part::PathItem, item)));
    if let Some(components) = root.member("components") {
        parts.extend(COMPONENTS.iter().flat_map(|(key, part)| all(&components, key, *part)));
    }
    parts.iter().find_map(|(part, node)| part.smallest(node))
}

impl Part {
    fn smallest(self, node: &Node<'_>) -> Option<(String, String)> {
        // A path item with one is refused elsewhere; for anything else it is what stands in its place.
        if node.text("$ref").is_some() {
            return None;
        }
        let fault = self.fault(node)?;
        let inner = self.inner(node).into_iter().find_map(|(part, node)| part.smallest(&node));
        Some(inner.unwrap_or_else(|| (node.pointer().to_owned(), fault)))
    }

    fn fault(self, node: &Node<'_>) -> Option<String> {
        fn read<T: DeserializeOwned>(node: &Node<'_>) -> Option<String> {
            serde_json::from_value::<T>(node.value().clone()).err().map(|error| error.to_string())
        }
        match self {
            Self::Info => read::<openapiv3::Info>(node),
            Self::Server => read::<openapiv3::Server>(node),
            Self::Tag => read::<openapiv3::Tag>(node),
            Self::PathItem => read::<openapiv3::PathItem>(node),
            Self::Operation => read::<openapiv3::Operation>(node),
            Self::Parameter => read::<openapiv3::Parameter>(node),
            Self::Body => read::<openapiv3::RequestBody>(node),
            Self::Reply => read::<openapiv3::Response>(node),
            Self::Header => read::<openapiv3::Header>(node),
            Self::Media => read::<openapiv3::MediaType>(node),
            Self::Example => read::<openapiv3::Example>(node),
            Self::Link => read::<openapiv3::Link>(node),
            Self::Schema => read::<openapiv3::Schema>(node),
            Self::SecurityScheme => read::<openapiv3::SecurityScheme>(node),
        }
    }

    /// The parts that stand directly inside one.
    fn inner<'d>(self, node: &Node<'d>) -> Vec<(Part, Node<'d>)> {
        let one = |key: &str, part: Part| node.member(key).map(|inner| (part, inner));
        let mut found = Vec::new();
        match self {
            Self::PathItem => {
                found.extend(all(node, "parameters", Self::Parameter));
                found.extend(METHODS.iter().copied().filter_map(|method| one(method, Self::Operation)));
            }
            Self::Operation => {
                found.extend(all(node, "parameters", Self::Parameter));
                found.extend(one("requestBody", Self::Body));
                found.extend(all(node, "responses", Self::Reply));
            }
            Self::Parameter | Self::Header | Self::Media | Self::Body | Self::Reply => {
                found.extend(one("schema", Self::Schema));
                found.extend(all(node, "headers", Self::Header));
                found.extend(all(node, "examples", Self::Example));
                found.extend(all(node, "links", Self::Link));
                found.extend(all(node, "content", Self::Media));
            }
            Self::Schema => {
                for key in ["properties", "allOf", "oneOf", "anyOf"] {
                    found.extend(all(node, key, Self::Schema));
                }
                found.extend(["items", "not"].into_iter().filter_map(|key| one(key, Self::Schema)));
                let others = one("additionalProperties", Self::Schema);
                found.extend(others.filter(|(_, others)| !others.value().is_boolean()));
            }
            Self::Info | Self::Server | Self::Tag | Self::Example | Self::Link | Self::SecurityScheme => {}
        }
        found
    }
}

/// Members or items under a key.
fn all<'d>(node: &Node<'d>, key: &str, part: Part) -> Vec<(Part, Node<'d>)> {
    let Some(inner) = node.member(key) else { return Vec::new() };
    // Only among statuses may an extension stand; elsewhere the keys are names that a vendor chose.
    let is_part = |(name, _): &(&str, Node<'d>)| key != "responses" || !name.starts_with("x-");
    let members = inner.members().into_iter().filter(is_part).map(|(_, one)| one);
    members.chain(inner.items()).map(|one| (part, one)).collect()
}
