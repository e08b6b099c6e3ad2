//! Lists by operation id, with rows of JSON.

use std::{fmt, sync::Arc};

use serde_json::{Map, Value};

use super::{Fetch, Items, List, Pages, odd};
use crate::{
    client::Core,
    dynamic::{Registered, unknown_operation},
    envelope::canonical,
    error::{Error, ErrorKind, Result, Sent},
    export::Export,
    operation::{Operation, Pagination, Window},
    options::CallOptions,
    response::Response,
    transport::json_text,
};

/// A call of a list operation by its id. Its items are JSON as it was received, so that no member is lost that the types do
/// not know (of numbers, what [`Reply::raw`](crate::dynamic::Reply::raw) says); what is sent goes through the typed builders
/// like any other call by id.
///
/// A page with a value that no [`Value`] can hold, such as a number beyond `f64` or half of a surrogate pair, ends in an
/// error of the kind [`Decode`](ErrorKind::Decode). [`odd_values_as_text`](Self::odd_values_as_text) keeps it, unless it
/// stands where the types look.
///
/// ```no_run
/// # async fn example(core: cx_client::Core) -> Result<(), cx_client::Error> {
/// use cx_client::{CallOptions, generated::REGISTRY, pages::JsonList};
/// use futures_util::TryStreamExt;
///
/// let Some(registered) = REGISTRY.iter().find(|one| one.api.name == "wootric") else { return Ok(()) };
/// let arguments = serde_json::json!({"created[gte]": 1_515_940_485});
/// let list = JsonList::new(registered, core, "list_responses", arguments, CallOptions::new())?;
/// let mut rows = list.export().stream()?;
/// while let Some(row) = rows.try_next().await? {
///     println!("{row}");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct JsonList {
    registered: &'static Registered,
    core: Core,
    operation: &'static Operation,
    arguments: Map<String, Value>,
    options: CallOptions,
    /// Told of pages whose odd values became texts. Without it they stay as they are, and such a page is an error.
    told: Option<Arc<dyn Fn() + Send + Sync>>,
}

impl JsonList {
    /// A call of an operation, with the arguments of [`dynamic`](crate::dynamic).
    ///
    /// # Errors
    /// An id that the API does not have or whose operation has no pages; arguments that are no JSON object; a page, a size
    /// or a bound that is no whole number. Other arguments that the operation does not take are refused when the first page
    /// is asked for.
    pub fn new(
        registered: &'static Registered,
        core: Core,
        id: &str,
        arguments: Value,
        options: CallOptions,
    ) -> Result<Self> {
        let refuse = |message: &'static str| Error::new(ErrorKind::InvalidRequest, message);
        let operation = registered.api.operations.iter().find(|operation| operation.id == id);
        let operation = operation.ok_or_else(unknown_operation)?;
        let Some(pagination) = &operation.pagination else {
            return Err(refuse("the operation has no pages").with_operation(operation));
        };
        let arguments = match arguments {
            Value::Object(members) => members,
            Value::Null => Map::new(),
            _ => return Err(refuse("arguments are a JSON object").with_operation(operation)),
        };
        let list = Self { registered, core, operation, arguments, options, told: None };
        // Paging goes on from these numbers and writes its own over them: one that it cannot read would just be gone.
        let mut numbers =
            operation.parameters.iter().filter(|one| one.kind == "integer" && is_counted(pagination, one.name));
        match numbers.find(|one| list.is_set(one.name) && list.number(one.name).is_none()) {
            Some(one) => {
                let message = format!("argument `{}` is no whole number", one.name);
                Err(Error::new(ErrorKind::InvalidRequest, message).with_operation(operation))
            }
            None => Ok(list),
        }
    }

    /// Has every value that no [`Value`] can hold come as a text, letter for letter as it was written, without its quotes:
    /// `1e400` as `"1e400"`. Else one of them is enough to end an export, each time at the same page. Whoever asks for that
    /// is told of every page that has any, as it comes: it may come more than once.
    pub fn odd_values_as_text(mut self, told: impl Fn() + Send + Sync + 'static) -> Self {
        self.told = Some(Arc::new(told));
        self
    }

    /// The pages, one after the other. See [`Pages`].
    pub fn pages(self) -> Pages<'static, Self> {
        Pages::new(self)
    }

    /// The items of all pages. See [`Items`].
    pub fn stream(self) -> Items<'static, Self> {
        Items::new(self)
    }

    /// The whole list, however long it is. See [`Export`]; an operation without windows is refused when it starts.
    pub fn export(self) -> Export<'static, Self> {
        Export::new(self)
    }

    fn given(&self, parameter: &str) -> Option<&Value> {
        self.arguments.get(parameter).filter(|value| !value.is_null())
    }
}

impl List for JsonList {
    type Item = Value;

    fn operation(&self) -> &'static Operation {
        self.operation
    }

    fn core(&self) -> &Core {
        &self.core
    }

    fn is_set(&self, parameter: &str) -> bool {
        self.given(parameter).is_some()
    }

    fn number(&self, parameter: &str) -> Option<i64> {
        let value = self.given(parameter)?;
        value.as_i64().or_else(|| value.as_str()?.parse().ok())
    }

    fn set_number(self, parameter: &str, value: i64) -> Self {
        self.with(parameter, value.into())
    }

    fn set_text(self, parameter: &str, value: &str) -> Self {
        self.with(parameter, value.into())
    }

    fn fetch<'f>(self) -> Fetch<'f, Value>
    where
        Self: 'f,
    {
        let Self { registered, core, operation, arguments, options, told } = self;
        let call = (registered.call)(core, operation.id, Value::Object(arguments), options);
        Box::pin(async move {
            let reply = call.await?;
            let received = reply.raw.or_else(|| {
                let told = told?;
                let read = odd::read(&reply.body)?;
                told();
                Some(read)
            });
            let fail = |message: &'static str| {
                Error::new(ErrorKind::Decode, message).with_operation(operation).with_sent(Sent::Yes)
            };
            // In an envelope nothing at all is a list without items.
            if received.is_none() && !json_text(&reply.body).is_empty() {
                return Err(fail("the reply holds a number or a text that cannot be kept"));
            }
            let items = items(operation, received).ok_or_else(|| fail("the reply holds no list"))?;
            Ok(Response::new(items, reply.meta))
        })
    }

    fn member(item: &Value, name: &str) -> Option<Value> {
        item.get(name).filter(|value| !value.is_null()).cloned()
    }
}

impl JsonList {
    fn with(mut self, parameter: &str, value: Value) -> Self {
        if self.operation.parameters.iter().any(|one| one.name == parameter) {
            self.arguments.insert(parameter.to_owned(), value);
        }
        self
    }
}

/// Whether paging reads a parameter: the number or the size of a page, a bound of a window.
fn is_counted(pagination: &Pagination, parameter: &str) -> bool {
    let is_bound =
        |window: &Window| parameter.strip_prefix(window.parameter).is_some_and(|rest| rest.starts_with('['));
    [pagination.page, pagination.per_page].contains(&parameter) || pagination.windows.iter().any(is_bound)
}

/// The items as they were received. An envelope is taken off as on the way to the types, whichever form it has.
fn items(operation: &Operation, received: Option<Value>) -> Option<Vec<Value>> {
    let pointer = operation.pagination.as_ref()?.items;
    let mut reply = match &operation.envelope {
        Some(envelope) => canonical(received.unwrap_or_default(), envelope),
        None => received?,
    };
    match reply.pointer_mut(pointer).map(Value::take) {
        Some(Value::Array(items)) => Some(items),
        // In an envelope a success may lack its payload.
        None | Some(Value::Null) if operation.envelope.is_some() => Some(Vec::new()),
        _ => None,
    }
}

// Arguments may be secret or personal.
impl fmt::Debug for JsonList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonList").field("operation", &self.operation.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use bytes::Bytes;
    use futures_util::{FutureExt, StreamExt};
    use http::{HeaderMap, Method, StatusCode};
    use serde_json::json;

    use super::*;
    use crate::{
        client::CoreBuilder,
        dynamic::{Future, Reply},
        operation::{Api, Envelope, Location, Parameter},
        response::Meta,
    };

    const PARAMETERS: &[Parameter] = &[
        parameter("page", "integer"),
        parameter("per_page", "integer"),
        parameter("made[gte]", "integer"),
        parameter("name", "string"),
    ];
    static OPERATION: Operation = listed();
    static API: Api = Api { operations: &[&OPERATION], ..Api::made_up() };
    static REGISTERED: Registered =
        Registered { api: &API, call: nobody, schemas: &[], decode_schema: no_schema, guides: &[] };

    const fn listed() -> Operation {
        let mut operation = Operation::made_up(Method::GET, "list_things", "/v1/things");
        operation.parameters = PARAMETERS;
        operation.pagination = Some(Pagination {
            page: "page",
            per_page: "per_page",
            first_page: 1,
            max_page: None,
            max_per_page: Some(50),
            items: "",
            sort_key: None,
            sort_order: None,
            default_sort_key: None,
            ascending: None,
            descending: None,
            key: Some("id"),
            windows: &[Window { parameter: "made", member: "made_at", exclusive: true, grain_seconds: 1 }],
        });
        operation
    }

    const fn parameter(name: &'static str, kind: &'static str) -> Parameter {
        Parameter {
            name,
            location: Location::Query,
            required: false,
            kind,
            description: "",
            delimiter: None,
            values: &[],
            secret: false,
            personal: false,
        }
    }

    fn nobody(_: Core, _: &str, _: Value, _: CallOptions) -> Future {
        Box::pin(std::future::ready(Err(unknown_operation())))
    }

    fn no_schema(_: &str, _: Value) -> Result<Value> {
        Err(crate::dynamic::unknown_schema())
    }

    fn list(arguments: Value) -> Result<JsonList> {
        JsonList::new(&REGISTERED, CoreBuilder::new(&API).build()?, "list_things", arguments, CallOptions::new())
    }

    #[test]
    fn a_number_that_is_none_is_refused_and_not_passed_over() {
        for name in ["page", "per_page", "made[gte]"] {
            for value in [json!("yesterday"), json!(1.5), json!(true), json!([7])] {
                let error = list(json!({name: value})).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::InvalidRequest);
                assert_eq!(error.operation().map(|one| one.id), Some("list_things"));
                assert!(error.to_string().contains(&format!("`{name}`")), "{error}");
            }
            for value in [json!(7), json!("7"), json!(null)] {
                assert!(list(json!({name: value})).is_ok(), "{name}: {value}");
            }
        }
        assert!(list(json!({"name": "seven"})).is_ok());
    }

    /// A reply with a number that no value can hold, in a member that no type knows.
    fn odd_page(_: Core, _: &str, _: Value, _: CallOptions) -> Future {
        let body = Bytes::from_static(b"[{\"id\": 1, \"not\": [1e400, 2]}]");
        let meta = Meta { status: StatusCode::OK, headers: HeaderMap::new(), body: body.clone(), attempts: 1 };
        let (status, headers) = (meta.status, meta.headers.clone());
        Box::pin(std::future::ready(Ok(Reply { status, headers, raw: None, body, typed: json!([{"id": 1}]), meta })))
    }

    #[test]
    fn a_value_that_cannot_be_held_is_an_error_or_a_text_and_never_lost() {
        static ODD: Registered =
            Registered { api: &API, call: odd_page, schemas: &[], decode_schema: no_schema, guides: &[] };
        let core = || CoreBuilder::new(&API).build().unwrap();
        let list = || JsonList::new(&ODD, core(), "list_things", json!({}), CallOptions::new()).unwrap();
        let page = |list: JsonList| list.fetch().now_or_never().unwrap();

        let error = page(list()).unwrap_err();
        assert_eq!((error.kind(), error.was_sent()), (ErrorKind::Decode, Sent::Yes));
        assert!(error.to_string().contains("cannot be kept"), "{error}");

        let told = Arc::new(AtomicBool::new(false));
        let heard = Arc::clone(&told);
        let kept = page(list().odd_values_as_text(move || heard.store(true, Ordering::Relaxed))).unwrap();
        assert_eq!(kept.into_inner(), [json!({"id": 1, "not": ["1e400", 2]})]);
        assert!(told.load(Ordering::Relaxed));
    }

    #[test]
    fn the_last_number_there_is_may_be_that_of_a_page() {
        let mut pages = list(json!({"page": i64::MAX})).unwrap().pages().prefetch(2);
        let page = pages.next().now_or_never().flatten().unwrap();
        assert_eq!(page.unwrap_err().to_string(), unknown_operation().to_string());
        assert!(pages.next().now_or_never().flatten().is_none());
    }

    #[test]
    fn items_are_those_that_were_received_whatever_they_are_wrapped_in() {
        // A time and a member that no type would bring back as they are.
        let things = json!([{"id": 1, "made_at": "2018-03-05 09:41:27 -0800", "not": "known"}]);
        let bare = listed();
        assert_eq!(items(&bare, Some(things.clone())), things.as_array().cloned());
        assert_eq!(items(&bare, Some(json!({"things": things}))), None);

        let mut wrapped = listed();
        wrapped.envelope = Some(Envelope { data: "data", reserved: &["data"], items: Some("things") });
        wrapped.pagination.as_mut().unwrap().items = "/things";
        for form in [json!({"things": things}), json!({"data": {"things": things}}), json!({"data": things})] {
            assert_eq!(items(&wrapped, Some(form)), things.as_array().cloned());
        }
        for nothing in [None, Some(json!({})), Some(json!({"data": null}))] {
            assert_eq!(items(&wrapped, nothing), Some(Vec::new()));
        }
        assert_eq!(items(&wrapped, Some(json!({"things": 7}))), None);
    }
}
