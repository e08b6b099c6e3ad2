//! What lies below a deleted thing in the path is gone with it, even where the document keeps no collection of it.

use cx_spec::{Api, Operation, ResourceRole};

/// The collections whose things stand above an operation, each with the path parameter that names the thing: what
/// `DELETE /a/{id}` deletes stands above `/a/{a_id}/b`.
pub(super) fn above<'a>(api: &'a Api, operation: &'a Operation) -> impl Iterator<Item = (&'a str, &'a str)> {
    api.operations.iter().filter_map(|other| {
        let resource = other.resource.as_ref().filter(|one| one.role == ResourceRole::Delete)?;
        let parameter = named(&other.path, resource.parameter.as_deref()?, &operation.path)?;
        Some((resource.collection.as_str(), parameter))
    })
}

/// What a longer path calls the parameter of a shorter one above it.
fn named<'p>(above: &str, parameter: &str, path: &'p str) -> Option<&'p str> {
    let mut segments = path.split('/');
    let mut found = None;
    for wanted in above.split('/') {
        let segment = segments.next()?;
        match (parameter_of(wanted), parameter_of(segment)) {
            (Some(name), Some(own)) if name == parameter => found = Some(own),
            (Some(_), Some(_)) => {}
            _ if wanted == segment => {}
            _ => return None,
        }
    }
    segments.next().and(found)
}

fn parameter_of(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_longer_paths_lie_below() {
        let below = |path| named("/v1/trees/{id}", "id", path);
        assert_eq!(below("/v1/trees/{tree_id}/fruits/{id}"), Some("tree_id"));
        assert_eq!(below("/v1/trees/{id}"), None);
        assert_eq!(below("/v1/trees"), None);
        assert_eq!(below("/v1/trees/ripe/fruits"), None);
        assert_eq!(below("/v1/bushes/{id}/fruits"), None);
        assert_eq!(named("/a/{x}/b/{y}", "y", "/a/{p}/b/{q}/c"), Some("q"));
    }
}
