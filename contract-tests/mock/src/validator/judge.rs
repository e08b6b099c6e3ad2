//! The validator: one request in, one verdict out.

use std::sync::Arc;

use cx_spec::{Api, Operation};

use super::{body, parameters, security, verdict::Verdict};
use crate::{
    incoming::Incoming,
    router::{Found, Router},
    schema::Schemas,
    violation::{Place, Violation, clip},
};

/// Judges requests and replies by one document.
///
/// ```
/// use cx_mock::{Incoming, Validator};
/// # let text = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths:\n  /a:\n    get:\n      operationId: list_a\n      \
/// #     parameters: [{name: page, in: query, schema: {type: integer, minimum: 1}}]\n      responses: {}\n";
/// # let api = cx_spec::Api::index(cx_spec::Document::parse("t", "t.yaml", text)?)?;
/// let validator = Validator::new(api);
/// let verdict = validator.request(&Incoming::new("GET", "/a?page=0"));
/// assert_eq!(verdict.operation.as_deref(), Some("list_a"));
/// assert_eq!(verdict.violations[0].rule, "minimum");
/// # Ok::<(), cx_spec::SpecError>(())
/// ```
#[derive(Debug)]
pub struct Validator {
    pub(super) schemas: Schemas,
    router: Router,
    pub(super) unknown_members: bool,
    tokens_only: bool,
}

impl Validator {
    /// A validator over all operations of a document. Schemas are compiled when they are first used.
    pub fn new(api: impl Into<Arc<Api>>) -> Self {
        let api = api.into();
        let router = Router::new(&api);
        Self { schemas: Schemas::new(api), router, unknown_members: true, tokens_only: false }
    }

    /// A validator over those operations that are part of the token flow: for a document that only lends its tokens.
    pub(crate) fn over_token_flow(api: Arc<Api>) -> Self {
        let router = Router::over(&api, |operation| operation.oauth.is_some());
        Self { schemas: Schemas::new(api), router, unknown_members: true, tokens_only: true }
    }

    /// A validator over another document, or another version of it, with the settings of this one.
    pub(crate) fn with_api(&self, api: Arc<Api>) -> Self {
        let next = if self.tokens_only { Self::over_token_flow(api) } else { Self::new(api) };
        Self { unknown_members: self.unknown_members, ..next }
    }

    /// Lets members of bodies and of object-valued parameters pass that a request schema does not name. They are
    /// violations otherwise: a schema without `additionalProperties` leaves open what it has never heard of, and a client
    /// should not send that.
    #[must_use]
    pub fn allowing_unknown_members(self) -> Self {
        Self { unknown_members: false, ..self }
    }

    /// The document.
    pub fn api(&self) -> &Arc<Api> {
        self.schemas.api()
    }

    /// The compiled schemas of the document.
    pub fn schemas(&self) -> &Schemas {
        &self.schemas
    }

    /// The operation of this id, unless it is none of those that are judged.
    pub(crate) fn operation(&self, id: &str) -> Option<&Operation> {
        self.api().operation(id).filter(|operation| self.has(operation))
    }

    /// Whether an operation of the document is one of those that are judged.
    pub(crate) fn has(&self, operation: &Operation) -> bool {
        !self.tokens_only || operation.oauth.is_some()
    }

    /// The operation under a method and a path.
    pub fn route(&self, method: &str, path: &str) -> Option<&Operation> {
        match self.router.find(method, path) {
            Found::Operation { index, .. } => self.api().operations.get(index),
            _ => None,
        }
    }

    /// Judges a request.
    pub fn request(&self, incoming: &Incoming) -> Verdict {
        let api = self.api();
        let mut verdict = Verdict { api: api.name().to_owned(), ..Verdict::default() };
        let (operation, path_parameters) = match self.router.find(incoming.method(), incoming.path()) {
            Found::Operation { index, parameters } => match api.operations.get(index) {
                Some(operation) => (operation, parameters),
                None => return verdict,
            },
            Found::OtherMethods(allowed) => {
                let (method, path) = (clip(incoming.method()), self.shown(incoming.path()));
                let message = format!("{method} is not documented for this path: {path}");
                verdict.violations.push(self.violation(None, Place::Method, "unknown-method", message, "/paths"));
                verdict.allowed = allowed;
                return verdict;
            }
            Found::Nothing => {
                let (method, path) = (clip(incoming.method()), self.shown(incoming.path()));
                let message = format!("no operation has this path: {method} {path}");
                let place = Place::Path(String::new());
                verdict.violations.push(self.violation(None, place, "unknown-path", message, "/paths"));
                return verdict;
            }
        };
        verdict.operation = Some(operation.id.clone());
        let mut case = Case { validator: self, operation, incoming, verdict };
        parameters::path(&mut case, &path_parameters);
        security::judge(&mut case);
        parameters::query(&mut case);
        parameters::headers(&mut case);
        body::judge(&mut case, self.unknown_members);
        case.verdict
    }

    /// A path as far as the document has its segments: any other may be an id, or an address.
    fn shown(&self, path: &str) -> String {
        let is_known = |segment: &&str| {
            !segment.contains('{')
                && self.api().operations.iter().any(|one| one.path.split('/').any(|own| own == *segment))
        };
        let segments = path.split('/').map(|segment| Some(segment).filter(is_known).unwrap_or("…"));
        clip(&segments.collect::<Vec<_>>().join("/"))
    }

    pub(super) fn violation(
        &self,
        operation: Option<&Operation>,
        place: Place,
        rule: impl Into<String>,
        message: impl Into<String>,
        pointer: &str,
    ) -> Violation {
        Violation {
            api: self.api().name().to_owned(),
            operation: operation.map(|operation| operation.id.clone()),
            place,
            rule: rule.into(),
            message: message.into(),
            spec: self.api().document().place(pointer),
        }
    }
}

/// One request on its way through the validator.
pub(super) struct Case<'c> {
    pub validator: &'c Validator,
    pub operation: &'c Operation,
    pub incoming: &'c Incoming,
    pub verdict: Verdict,
}

impl Case<'_> {
    /// Reports a violation at a pointer of the document.
    pub fn report(&mut self, place: Place, rule: impl Into<String>, message: impl Into<String>, pointer: &str) {
        let violation = self.validator.violation(Some(self.operation), place, rule, message, pointer);
        self.verdict.violations.push(violation);
    }

    /// Pointer of a member of the operation.
    pub fn pointer(&self, member: &str) -> String {
        format!("{}/{member}", self.operation.place.pointer)
    }
}
