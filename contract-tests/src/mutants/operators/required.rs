//! Whether a body or a parameter has to be there.

use serde_json::json;

use crate::mutants::{edit::Edit, site::Site};

pub(super) fn require(site: &Site<'_>) -> Vec<Edit> {
    set(site, true)
}

pub(super) fn relax(site: &Site<'_>) -> Vec<Edit> {
    set(site, false)
}

/// No edit where the document says so already.
fn set(site: &Site<'_>, required: bool) -> Vec<Edit> {
    if site.node.flag("required") == required {
        return Vec::new();
    }
    vec![Edit::set(&site.below("required"), json!(required))]
}
