//! Which operation a method and a path belong to.

use std::cmp::Reverse;

use cx_spec::{Api, Location, Operation};
use percent_encoding::percent_decode_str;

/// The paths of one document.
///
/// ```
/// use cx_mock::{Found, Router};
/// # let text = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths:\n  /a/{id}:\n    get: {operationId: get_a, responses: {}}\n";
/// # let api = cx_spec::Api::index(cx_spec::Document::parse("t", "t.yaml", text)?)?;
/// let router = Router::new(&api);
/// let Found::Operation { parameters, .. } = router.find("GET", "/a/b%2Fc") else { panic!("there is such a path") };
/// assert_eq!(parameters, [("id".to_owned(), "b/c".to_owned())]);
/// # Ok::<(), cx_spec::SpecError>(())
/// ```
#[derive(Debug)]
pub struct Router {
    routes: Vec<Route>,
}

#[derive(Debug)]
struct Route {
    method: String,
    segments: Vec<Segment>,
    /// Index among the operations of the document.
    operation: usize,
}

#[derive(Debug, PartialEq, Eq)]
enum Segment {
    Literal(String),
    Template(Template),
}

/// A segment with parameters, such as `{name}.{extension}`.
#[derive(Debug, PartialEq, Eq)]
struct Template {
    /// What stands before the first parameter.
    prefix: String,
    parameters: Vec<Slot>,
}

/// The place of a parameter.
#[derive(Debug, PartialEq, Eq)]
struct Slot {
    name: String,
    /// What stands between it and the next one or the end.
    after: String,
    /// What ends its value: `after`, and the sign that the value of the next one begins with.
    until: String,
}

impl Template {
    /// None where a brace is not closed or there is no parameter.
    fn read(text: &str, operation: &Operation) -> Option<Self> {
        let mut pieces = text.split('{');
        let prefix = pieces.next()?.to_owned();
        let pieces = pieces.map(|piece| piece.split_once('}')).collect::<Option<Vec<_>>>()?;
        let signs = pieces.iter().skip(1).map(|(name, _)| sign(operation, name)).chain([""]);
        let slot = |((name, after), sign): (&(&str, &str), &str)| Slot {
            name: (*name).to_owned(),
            after: (*after).to_owned(),
            until: format!("{after}{sign}"),
        };
        let parameters: Vec<Slot> = pieces.iter().zip(signs).map(slot).collect();
        (!parameters.is_empty()).then_some(Self { prefix, parameters })
    }

    /// The texts that stand around the parameters.
    fn around(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.prefix.as_str()).chain(self.parameters.iter().map(|slot| slot.after.as_str()))
    }

    /// The value of each parameter. None is empty, and each but the last is as short as it can be.
    fn values<'t>(&self, text: &'t str) -> Option<Vec<&'t str>> {
        let mut rest = text.strip_prefix(self.prefix.as_str())?;
        let (last, others) = self.parameters.split_last()?;
        let mut values = Vec::new();
        for slot in others {
            let first = rest.chars().next()?.len_utf8();
            let end = first + rest.get(first..)?.find(slot.until.as_str())?;
            values.push(rest.get(..end)?);
            rest = rest.get(end + slot.after.len()..)?;
        }
        let value = rest.strip_suffix(last.after.as_str())?;
        values.push(Some(value).filter(|value| !value.is_empty())?);
        Some(values)
    }
}

impl Segment {
    /// The least is preferred: a literal segment, then the template with most around its parameters, whatever they are called.
    fn rank(&self) -> (bool, Reverse<usize>) {
        match self {
            Self::Literal(_) => (false, Reverse(0)),
            Self::Template(template) => (true, Reverse(template.around().map(str::len).sum())),
        }
    }
}

/// What stands under a method and a path.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// An operation.
    Operation {
        /// Index among the operations of the document.
        index: usize,
        /// Path parameters, decoded, in the order of the path.
        parameters: Vec<(String, String)>,
    },
    /// The path with other methods, as `Allow` lists them.
    OtherMethods(Vec<String>),
    /// Nothing.
    Nothing,
}

impl Router {
    /// The router over all operations of a document.
    pub fn new(api: &Api) -> Self {
        Self::over(api, |_| true)
    }

    /// The router over those operations that a test picks.
    pub(crate) fn over(api: &Api, picked: impl Fn(&cx_spec::Operation) -> bool) -> Self {
        let routes = api.operations.iter().enumerate().filter(|(_, operation)| picked(operation));
        let mut routes: Vec<Route> = routes
            .map(|(index, operation)| Route {
                method: operation.method.clone(),
                segments: operation.path.split('/').skip(1).map(|text| segment(text, operation)).collect(),
                operation: index,
            })
            .collect();
        // Literal segments first, from the left; the sort is stable, so the document's order decides the rest.
        routes.sort_by_cached_key(|route| route.segments.iter().map(Segment::rank).collect::<Vec<_>>());
        Self { routes }
    }

    /// Finds the operation. `path` is still encoded: a `%2F` does not part segments.
    ///
    /// The path is found before the method: the standard matches concrete paths before templated ones, so that a method
    /// which `/users/me` lacks is not looked for in `/users/{id}`.
    pub fn find(&self, method: &str, path: &str) -> Found {
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        let mut matching = self.routes.iter().filter_map(|route| Some((route, route.matches(&segments)?)));
        let Some(first) = matching.next() else { return Found::Nothing };
        let path = first.0;
        let mut allowed: Vec<String> = Vec::new();
        for (route, parameters) in std::iter::once(first).chain(matching).filter(|(route, _)| route.is_beside(path)) {
            if route.method == method {
                return Found::Operation { index: route.operation, parameters };
            }
            if !allowed.contains(&route.method) {
                allowed.push(route.method.clone());
            }
        }
        allowed.sort();
        Found::OtherMethods(allowed)
    }
}

impl Route {
    /// Whether two routes have one path, whatever they call its parameters.
    fn is_beside(&self, other: &Self) -> bool {
        self.segments.iter().zip(&other.segments).all(|(own, other)| match (own, other) {
            (Segment::Template(own), Segment::Template(other)) => own.around().eq(other.around()),
            (own, other) => own == other,
        })
    }

    fn matches(&self, segments: &[&str]) -> Option<Vec<(String, String)>> {
        if segments.len() != self.segments.len() {
            return None;
        }
        let mut parameters = Vec::new();
        for (own, found) in self.segments.iter().zip(segments) {
            let found = percent_decode_str(found).decode_utf8_lossy();
            match own {
                Segment::Literal(text) => {
                    if *text != found {
                        return None;
                    }
                }
                Segment::Template(template) => {
                    let names = template.parameters.iter().map(|slot| slot.name.clone());
                    parameters.extend(names.zip(template.values(&found)?.into_iter().map(str::to_owned)));
                }
            }
        }
        Some(parameters)
    }
}

fn segment(text: &str, operation: &Operation) -> Segment {
    Template::read(text, operation).map_or_else(|| Segment::Literal(text.to_owned()), Segment::Template)
}

/// What every value of a parameter begins with, by its style.
fn sign(operation: &Operation, name: &str) -> &'static str {
    let own = operation.parameters.iter().find(|one| one.location == Location::Path && one.name == name);
    match own.map(|parameter| parameter.style.as_str()) {
        Some("label") => ".",
        Some("matrix") => ";",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cx_spec::Document;

    fn api() -> Api {
        let mut text = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths:\n".to_owned();
        for (id, method, path) in [
            ("get_user", "get", "/users/{id}"),
            ("delete_user", "delete", "/users/{id}"),
            ("patch_user", "patch", "/users/{name}"),
            ("get_me", "get", "/users/me"),
            ("get_by_phone", "get", "/users/phone/{number}"),
            ("export", "get", "/users/{id}/export"),
            ("get_file", "get", "/files/{name}.csv"),
        ] {
            if !text.contains(&format!("  {path}:\n")) {
                text.push_str(&format!("  {path}:\n"));
            }
            text.push_str(&format!("    {method}: {{operationId: {id}, responses: {{}}}}\n"));
        }
        Api::index(Document::parse("t", "t.yaml", &text).unwrap()).unwrap()
    }

    fn find(method: &str, path: &str) -> (String, Vec<String>) {
        find_in(&api(), method, path)
    }

    fn find_in(api: &Api, method: &str, path: &str) -> (String, Vec<String>) {
        match Router::new(api).find(method, path) {
            Found::Operation { index, parameters } => {
                (api.operations[index].id.clone(), parameters.into_iter().map(|(_, value)| value).collect())
            }
            Found::OtherMethods(allowed) => ("405".into(), allowed),
            Found::Nothing => ("404".into(), vec![]),
        }
    }

    #[test]
    fn prefers_literal_segments() {
        assert_eq!(find("GET", "/users/me"), ("get_me".into(), vec![]));
        assert_eq!(find("GET", "/users/7"), ("get_user".into(), vec!["7".into()]));
        assert_eq!(find("PATCH", "/users/7"), ("patch_user".into(), vec!["7".into()]));
        assert_eq!(find("GET", "/users/phone/export"), ("get_by_phone".into(), vec!["export".into()]));
        assert_eq!(find("DELETE", "/users/me"), ("405".into(), vec!["GET".into()]));
    }

    #[test]
    fn what_a_parameter_is_called_decides_nothing() {
        let text = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths:\n  \
            /trees/{a}/{part}:\n    get: {operationId: get_part, responses: {}}\n  \
            /trees/{tree}/fruits:\n    get: {operationId: list_fruits, responses: {}}\n  \
            /files/{a}:\n    get: {operationId: get_file, responses: {}}\n  \
            /files/{a}.csv:\n    get: {operationId: get_table, responses: {}}\n";
        let api = Api::index(Document::parse("t", "t.yaml", text).unwrap()).unwrap();
        assert_eq!(find_in(&api, "GET", "/trees/7/fruits"), ("list_fruits".into(), vec!["7".into()]));
        assert_eq!(find_in(&api, "GET", "/trees/7/bark"), ("get_part".into(), vec!["7".into(), "bark".into()]));
        assert_eq!(find_in(&api, "GET", "/files/a.csv"), ("get_table".into(), vec!["a".into()]));
        assert_eq!(find_in(&api, "GET", "/files/a.png"), ("get_file".into(), vec!["a.png".into()]));
    }

    #[test]
    fn a_segment_may_have_several_parameters() {
        let text = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths:\n  \
            /files/{name}.{extension}:\n    get: {operationId: get_file, responses: {}}\n  \
            /files/v{major}-{minor}.zip:\n    get: {operationId: get_release, responses: {}}\n  \
            /pairs/{a}{b}:\n    get: {operationId: get_pair, responses: {}}\n";
        let api = Api::index(Document::parse("t", "t.yaml", text).unwrap()).unwrap();
        let find = |path: &str| find_in(&api, "GET", path);
        assert_eq!(find("/files/a.csv"), ("get_file".into(), vec!["a".into(), "csv".into()]));
        assert_eq!(find("/files/a.tar.gz"), ("get_file".into(), vec!["a".into(), "tar.gz".into()]));
        assert_eq!(find("/files/.a.b"), ("get_file".into(), vec![".a".into(), "b".into()]));
        assert_eq!(find("/files/v1-2.zip"), ("get_release".into(), vec!["1".into(), "2".into()]));
        assert_eq!(find("/files/v1.zip"), ("get_file".into(), vec!["v1".into(), "zip".into()]));
        assert_eq!(find("/pairs/%C3%A9bc"), ("get_pair".into(), vec!["é".into(), "bc".into()]));
        for path in ["/files/a", "/files/.csv", "/files/a.", "/pairs/a"] {
            assert_eq!(find(path).0, "404", "{path}");
        }
    }

    #[test]
    fn a_parameter_ends_where_the_sign_of_the_next_one_stands() {
        let parameter = |name: &str, style: &str| {
            format!("{{name: {name}, in: path, required: true, style: {style}, schema: {{type: string}}}}")
        };
        let text = format!(
            "openapi: 3.0.3\ninfo: {{title: T, version: '1'}}\npaths:\n  \
            /files/{{name}}{{format}}:\n    get: {{operationId: get_file, parameters: [{}, {}], responses: {{}}}}\n  \
            /map{{north}}{{east}}:\n    get: {{operationId: get_map, parameters: [{}, {}], responses: {{}}}}\n",
            parameter("name", "simple"),
            parameter("format", "label"),
            parameter("north", "matrix"),
            parameter("east", "matrix"),
        );
        let api = Api::index(Document::parse("t", "t.yaml", &text).unwrap()).unwrap();
        let find = |path: &str| find_in(&api, "GET", path);
        assert_eq!(find("/files/leaf.png"), ("get_file".into(), vec!["leaf".into(), ".png".into()]));
        assert_eq!(find("/map;north=51;east=7"), ("get_map".into(), vec![";north=51".into(), ";east=7".into()]));
        assert_eq!(find("/files/leaf").0, "404");
    }

    #[test]
    fn decodes_each_segment_on_its_own() {
        assert_eq!(find("GET", "/users/a%2Fb%40c"), ("get_user".into(), vec!["a/b@c".into()]));
        assert_eq!(find("GET", "/users/phone/+1%2B"), ("get_by_phone".into(), vec!["+1+".into()]));
        assert_eq!(find("GET", "/files/a.csv"), ("get_file".into(), vec!["a".into()]));
    }

    #[test]
    fn tells_an_unknown_path_from_an_unknown_method() {
        assert_eq!(find("PUT", "/users/7"), ("405".into(), vec!["DELETE".into(), "GET".into(), "PATCH".into()]));
        for path in ["/", "/users", "/users/", "/users/7/", "/users/7/exports", "/files/.csv", "users/7"] {
            assert_eq!(find("GET", path), ("404".into(), vec![]), "{path}");
        }
    }
}
