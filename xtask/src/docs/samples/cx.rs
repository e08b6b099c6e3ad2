//! The sample for the `cx` tool.

use serde_json::Value;

use super::{
    Shown, json, kebab, plain,
    shell::{command, quoted},
};

pub fn sample(shown: &Shown<'_>) -> String {
    let mut words = vec![format!("cx {} {}", shown.api.name(), kebab(&shown.operation.id))];
    for argument in &shown.arguments {
        // A secret is read from its variable; nobody has to name it.
        if argument.secret {
            continue;
        }
        let items = argument.value.as_array().map_or_else(|| vec![&argument.value], |items| items.iter().collect());
        words.extend(items.into_iter().map(|item| format!("--{} {}", kebab(&argument.name), quoted(&plain(item)))));
    }
    let Some(body) = shown.body else { return command(&words) };
    if holds_a_secret(body, shown) {
        let body = json(body, &shown.secrets, |name| format!("\"${name}\""));
        words.push("--body -".to_owned());
        return format!("{} <<JSON\n{body}\nJSON", command(&words));
    }
    let mut body = body.clone();
    if let Some(file) = &shown.file {
        let name = file.rsplit('.').next().unwrap_or_default();
        if let Some(member) = body.pointer_mut(&format!("/{}", file.replace('.', "/"))) {
            *member = format!("@{name}.csv").into();
        }
    }
    words.push(format!("--body {}", quoted(&body.to_string())));
    command(&words)
}

fn holds_a_secret(value: &Value, shown: &Shown<'_>) -> bool {
    match value {
        Value::Object(members) => {
            members.iter().any(|(name, member)| shown.secrets.contains(name) || holds_a_secret(member, shown))
        }
        Value::Array(items) => items.iter().any(|item| holds_a_secret(item, shown)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{super::variable, *};

    #[test]
    fn names_are_those_of_the_tool() {
        assert_eq!(kebab("created[gte]"), "created-gte");
        assert_eq!(kebab("externalId.system"), "external-id-system");
        assert_eq!(kebab("X-Request-ID"), "x-request-id");
        assert_eq!(variable("externalId.system"), "CX_EXTERNAL_ID_SYSTEM");
    }
}
