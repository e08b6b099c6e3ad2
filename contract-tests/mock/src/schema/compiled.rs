//! Judging by the schemas of a document.

use std::{fmt, sync::Arc};

use cx_spec::{
    Api,
    schema::{Compiled, Reading, Usable, may_show},
};
use jsonschema::{ValidationError, error::ValidationErrorKind};
use serde_json::Value;

use crate::violation::clip;

/// One broken rule of a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fault {
    /// The keyword, such as `required` or `format`.
    pub rule: String,
    /// JSON pointer into the value.
    pub instance: String,
    /// What is wrong. Shows a value only where the document declares it and does not call it secret or personal.
    pub message: String,
    /// JSON pointer of the keyword in the document.
    pub schema: String,
}

/// The schemas of one document.
///
/// ```
/// use cx_mock::schema::{Reading, Schemas};
/// # let text = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths: {}\n\
/// #     components: {schemas: {Score: {type: integer, maximum: 10, nullable: true}}}\n";
/// # let api = cx_spec::Api::index(cx_spec::Document::parse("t", "t.yaml", text)?)?;
/// let schemas = Schemas::new(api);
/// assert!(schemas.judge("/components/schemas/Score", Reading::Reply, &serde_json::json!(null)).is_empty());
/// let faults = schemas.judge("/components/schemas/Score", Reading::Reply, &serde_json::json!(11));
/// assert_eq!(faults[0].rule, "maximum");
/// # Ok::<(), cx_spec::SpecError>(())
/// ```
pub struct Schemas {
    api: Arc<Api>,
}

impl fmt::Debug for Schemas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Schemas").field("api", &self.api.name()).finish_non_exhaustive()
    }
}

impl Schemas {
    /// The schemas that a document has. They are compiled when they are first asked for, and shared by all who judge by it.
    pub fn new(api: impl Into<Arc<Api>>) -> Self {
        Self { api: api.into() }
    }

    /// The document.
    pub fn api(&self) -> &Arc<Api> {
        &self.api
    }

    /// Judges a value by the schema at a pointer of the document.
    ///
    /// A schema that does not compile is itself a fault, with the rule `schema`: a mock has to keep answering.
    pub fn judge(&self, pointer: &str, reading: Reading, value: &Value) -> Vec<Fault> {
        self.judge_with(&self.api.compiled(pointer, reading), pointer, value, true)
    }

    /// As [`Schemas::judge`], with no value in any message: for what is secret by its parameter and not its schema.
    pub fn judge_hidden(&self, pointer: &str, reading: Reading, value: &Value) -> Vec<Fault> {
        self.judge_with(&self.api.compiled(pointer, reading), pointer, value, false)
    }

    /// Whether a value keeps the schema at a pointer of the document.
    pub fn accepts(&self, pointer: &str, reading: Reading, value: &Value) -> bool {
        match &*self.api.compiled(pointer, reading) {
            Ok(compiled) => compiled.validator.is_valid(value),
            Err(_) => false,
        }
    }

    /// Whether what lies at a JSON pointer of a value may be shown to people: the schema at `pointer` declares it, and
    /// calls neither it nor anything around it secret or personal.
    pub fn may_show(&self, pointer: &str, instance: &str) -> bool {
        may_show(&self.api, pointer, instance)
    }

    fn judge_with(&self, compiled: &Usable, pointer: &str, value: &Value, show: bool) -> Vec<Fault> {
        match compiled {
            Ok(compiled) => {
                let mut faults = Vec::new();
                let root = show.then_some(pointer);
                for error in compiled.validator.iter_errors(value) {
                    self.report(&error, compiled, root, &mut faults);
                }
                faults
            }
            // The document's own fault, reported for every value that is judged by it.
            Err(message) => vec![Fault {
                rule: "schema".to_owned(),
                instance: String::new(),
                message: message.clone(),
                schema: pointer.to_owned(),
            }],
        }
    }

    /// Turns an error of the validator into faults. `root` is the schema that says which values may be shown. An error of
    /// a whole `oneOf` or `anyOf` says little, so where one branch is clearly meant, what is wrong inside that branch is
    /// reported instead.
    fn report(&self, error: &ValidationError<'_>, compiled: &Compiled, root: Option<&str>, faults: &mut Vec<Fault>) {
        let branches = match error.kind() {
            ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => context,
            _ => {
                faults.push(self.fault(error, compiled, root));
                return;
            }
        };
        let meant = match branches.as_slice() {
            [_, inner] if is_nullable_wrapper(error.schema_path().as_str(), compiled) => Some(inner),
            _ => meant_branch(branches, error.instance_path().as_str()),
        };
        match meant {
            Some(branch) => branch.iter().for_each(|inner| self.report(inner, compiled, root, faults)),
            None => faults.push(self.fault(error, compiled, root)),
        }
    }

    fn fault(&self, error: &ValidationError<'_>, compiled: &Compiled, root: Option<&str>) -> Fault {
        let instance = error.instance_path().as_str().to_owned();
        let schema = compiled.document_pointer(error.schema_path().as_str());
        let mut rule = error.kind().keyword().to_owned();
        // Bounds that stand nowhere in the document came from the format.
        if matches!(rule.as_str(), "minimum" | "maximum") && self.api.document().at(&schema).is_none() {
            rule = "format".to_owned();
        }
        let value = error.instance();
        let message = match (&rule, error.kind()) {
            (rule, ValidationErrorKind::Minimum { .. } | ValidationErrorKind::Maximum { .. }) if rule == "format" => {
                "the number is outside the range of its format".to_owned()
            }
            _ if value.is_object() || value.is_array() => error.masked().to_string(),
            _ if root.is_some_and(|root| may_show(&self.api, root, &instance)) => {
                error.masked_with(clip(&value.to_string())).to_string()
            }
            _ => error.masked().to_string(),
        };
        Fault { rule, instance, message, schema }
    }
}

/// The one branch that fits the type of the value or, among several, that no tag of the value contradicts.
fn meant_branch<'b, 'e>(
    branches: &'b [Vec<ValidationError<'e>>],
    here: &str,
) -> Option<&'b Vec<ValidationError<'e>>> {
    let only = |found: Vec<&'b Vec<ValidationError<'e>>>| match found.as_slice() {
        [one] => Some(*one),
        _ => None,
    };
    let of_its_type = |branch: &&Vec<ValidationError<'e>>| {
        !branch.iter().any(|inner| inner.instance_path().as_str() == here && inner.kind().keyword() == "type")
    };
    let of_its_tag = |branch: &&Vec<ValidationError<'e>>| {
        !branch.iter().any(|inner| {
            let below = inner.instance_path().as_str().strip_prefix(here).unwrap_or_default();
            below.rfind('/') == Some(0) && inner.kind().keyword() == "enum"
        })
    };
    only(branches.iter().filter(of_its_type).collect())
        .or_else(|| only(branches.iter().filter(of_its_type).filter(of_its_tag).collect()))
}

/// Whether an `anyOf` was put there by the rewriting, to let `null` pass: then it and its second branch come from the
/// same schema.
fn is_nullable_wrapper(path: &str, compiled: &Compiled) -> bool {
    let own = path.strip_suffix("/anyOf").and_then(|parent| compiled.origin(parent));
    own.is_some() && own == compiled.origin(&format!("{path}/1"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use cx_spec::Document;
    use serde_json::json;

    const DOCUMENT: &str = "
openapi: 3.0.3
info: {title: T, version: '1'}
paths: {}
components:
  schemas:
    Person:
      type: object
      required: [name]
      properties:
        name: {type: string, maxLength: 3, x-personal: true}
        plan: {type: string, enum: [lite, pro]}
        size: {type: integer, format: int32}
        seen: {type: string, format: cx-time, nullable: true}
        boss: {nullable: true, allOf: [{$ref: '#/components/schemas/Person'}]}
    Broken: {type: string, pattern: (}
    Grant:
      oneOf:
        - {type: object, required: [kind, code], properties: {kind: {type: string, enum: [code]}, code: {type: string}}}
        - {type: object, required: [kind, user], properties: {kind: {type: string, enum: [user]}, user: {type: string}}}
";

    fn schemas() -> Schemas {
        Schemas::new(Api::index(Document::parse("t", "t.yaml", DOCUMENT).unwrap()).unwrap())
    }

    fn judge(name: &str, value: Value) -> Vec<(String, String, String)> {
        schemas()
            .judge(&format!("/components/schemas/{name}"), Reading::Reply, &value)
            .into_iter()
            .map(|fault| (fault.rule, fault.instance, fault.schema))
            .collect()
    }

    fn fault(rule: &str, instance: &str, schema: &str) -> (String, String, String) {
        (rule.into(), instance.into(), format!("/components/schemas/{schema}"))
    }

    #[test]
    fn names_rule_instance_and_document_pointer() {
        assert_eq!(
            judge("Person", json!({"name": "a", "boss": {"name": "b", "plan": "x"}})),
            [fault("enum", "/boss/plan", "Person/properties/plan/enum")]
        );
    }

    #[test]
    fn looks_into_the_branch_that_is_meant() {
        assert_eq!(judge("Grant", json!({"kind": "user"})), [fault("required", "", "Grant/oneOf/1/required")]);
        assert_eq!(judge("Grant", json!({"kind": "else"})), [fault("oneOf", "", "Grant/oneOf")]);
    }

    #[test]
    fn checks_the_width_of_integers_and_custom_formats() {
        assert_eq!(
            judge("Person", json!({"name": "a", "size": 1_u64 << 40})),
            [fault("format", "/size", "Person/properties/size/maximum")]
        );
        assert_eq!(
            judge("Person", json!({"name": "a", "seen": "soon"})),
            [fault("format", "/seen", "Person/properties/seen/format")]
        );
        assert_eq!(judge("Person", json!({"name": "a", "seen": null, "boss": null})), []);
    }

    #[test]
    fn shows_no_personal_value() {
        let pointer = "/components/schemas/Person";
        let faults = schemas().judge(pointer, Reading::Reply, &json!({"name": "Ada Lovelace", "plan": "gold"}));
        let messages: Vec<_> = faults.iter().map(|fault| fault.message.as_str()).collect();
        assert!(!messages.iter().any(|message| message.contains("Ada")), "{messages:?}");
        assert!(messages.iter().any(|message| message.contains("gold")), "{messages:?}");
    }

    #[test]
    fn reports_a_schema_that_cannot_be_used() {
        for (name, schema) in [("Broken", "/components/schemas/Broken"), ("Nowhere", "/components/schemas/Nowhere")] {
            let faults = judge(name, json!("a"));
            assert_eq!(faults, [("schema".into(), String::new(), schema.into())]);
        }
    }
}
