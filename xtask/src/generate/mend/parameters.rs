//! Parameters whose notation the runtime does not write.

use cx_spec::{SpecError, pointer::escape};
use serde_json::{Value, json};

use super::{Mending, edit};

/// A parameter by `content` is one text, which the caller writes; a path style other than `simple` takes the operation
/// with it.
pub fn parameters(mending: &mut Mending<'_>) -> Result<(), SpecError> {
    let mut by_content = Vec::new();
    edit::each_object(&mending.value, &mut |pointer, object| {
        let is_parameter = object.get("in").is_some_and(Value::is_string) && object.get("name").is_some();
        if is_parameter && object.get("schema").is_none() && object.get("content").is_some() {
            by_content.push(pointer.to_owned());
        }
    });
    for pointer in by_content {
        let Some(parameter) = mending.value.pointer_mut(&pointer).and_then(Value::as_object_mut) else { continue };
        let content = parameter.shift_remove("content").unwrap_or_default();
        let media_type = content.as_object().and_then(|content| content.keys().next().cloned()).unwrap_or_default();
        parameter.insert("schema".into(), json!({"type": "string"}));
        mending.replaced(
            &pointer,
            format!("a parameter by `content`: a text, into which the caller writes {media_type}"),
        );
    }
    for (pointer, path, _) in mending.operations() {
        let item = format!("/paths/{}", escape(&path));
        let lists = [format!("{item}/parameters"), format!("{pointer}/parameters")];
        if let Some((at, reason)) = lists.iter().find_map(|list| mending.unwritable(list)) {
            mending.left_out(&at, reason);
            edit::remove(&mut mending.value, &pointer);
        }
    }
    Ok(())
}

impl Mending<'_> {
    /// The first parameter of a list that cannot be written, and why.
    fn unwritable(&self, list: &str) -> Option<(String, String)> {
        let parameters = self.value.pointer(list)?.as_array()?;
        parameters.iter().enumerate().find_map(|(index, parameter)| {
            let parameter = edit::follow(&self.value, parameter).ok()?;
            let text = |key: &str| parameter.get(key).and_then(Value::as_str);
            let name = text("name").unwrap_or_default();
            let reason = match (text("in"), text("style")) {
                (Some("path"), Some(style)) if style != "simple" => {
                    format!("path parameter `{name}` has `style: {style}`; only `simple` is written")
                }
                _ if parameter.get("schema").is_none() => {
                    format!("parameter `{name}` has neither `schema` nor `content`")
                }
                _ => return None,
            };
            Some((format!("{list}/{index}"), reason))
        })
    }
}
