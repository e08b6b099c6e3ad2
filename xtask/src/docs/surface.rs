//! What the generated code is like from outside: names of methods, setters, types and fields.
//!
//! Read from the code itself. Dispatch calls every operation through its builder, so it has the name of each method and
//! of each setter beside the name on the wire; the types say which fields a body has.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use quote::ToTokens;
use serde_json::Value;
use syn::{
    Expr, ExprMethodCall, ExprStruct, Fields, GenericArgument, Item, Lit, Type,
    visit::{self, Visit},
};

use crate::generate::Generated;

/// The generated code of one API.
pub struct Surface {
    /// Path of the module, such as `cx_client::name`.
    pub path: String,
    /// Name of the module.
    pub module: String,
    calls: BTreeMap<String, Call>,
    guides: BTreeMap<String, Guide>,
    structs: BTreeMap<String, Struct>,
    enums: BTreeMap<String, BTreeMap<String, String>>,
}

/// How one operation is called.
#[derive(Default)]
pub struct Call {
    /// Method of the client.
    pub method: String,
    /// Setters by the name on the wire.
    pub setters: BTreeMap<String, Named>,
    /// Type of the body that is sent by default.
    pub body: Option<String>,
}

/// What the guide of an operation says beside its document.
#[derive(Default)]
pub struct Guide {
    /// Example arguments by their names on the wire, the body under `body`.
    pub example: Value,
    /// Members of the body that are credentials.
    pub request_secrets: BTreeSet<String>,
}

/// A setter or a field.
pub struct Named {
    /// Its name in Rust.
    pub name: String,
    /// What it takes or holds.
    pub ty: String,
}

/// Fields of a struct by the name on the wire.
pub type Struct = BTreeMap<String, Named>;

impl Surface {
    /// Reads the generated files. `library` is the text of the client's `lib.rs`, which says where the module lies.
    pub fn read(generated: &Generated, library: &str) -> Result<Self> {
        let file = |name: &str| {
            let (_, text) = generated
                .files
                .iter()
                .find(|(file, _)| file == name)
                .with_context(|| format!("the generator wrote no `{name}`"))?;
            syn::parse_file(text).with_context(|| format!("the generated `{name}` is not Rust"))
        };
        let mut surface = Self {
            path: module_path(&generated.module, library),
            module: generated.module.clone(),
            calls: calls(&file("dispatch.rs")?),
            guides: guides(&file("guides.rs")?),
            structs: BTreeMap::new(),
            enums: BTreeMap::new(),
        };
        surface.read_types(&file("types.rs")?);
        Ok(surface)
    }

    /// How an operation is called.
    pub fn call(&self, id: &str) -> Option<&Call> {
        self.calls.get(id)
    }

    /// The guide of an operation.
    pub fn guide(&self, id: &str) -> Option<&Guide> {
        self.guides.get(id)
    }

    /// The fields of a type that is a struct with a builder.
    pub fn structure(&self, name: &str) -> Option<&Struct> {
        self.structs.get(name)
    }

    /// The variant that stands for a value in an enum of known strings.
    pub fn variant(&self, name: &str, value: &str) -> Option<&str> {
        self.enums.get(name)?.get(value).map(String::as_str)
    }

    fn read_types(&mut self, file: &syn::File) {
        for item in &file.items {
            match item {
                Item::Struct(one) => {
                    let Fields::Named(fields) = &one.fields else { continue };
                    let field = |field: &syn::Field| {
                        let name = field.ident.as_ref()?.to_string();
                        let wire = renamed(&field.attrs).unwrap_or_else(|| name.clone());
                        Some((wire, Named { name, ty: plain(&field.ty) }))
                    };
                    self.structs.insert(one.ident.to_string(), fields.named.iter().filter_map(field).collect());
                }
                Item::Enum(one) => {
                    let unit = |variant: &syn::Variant| {
                        let name = variant.ident.to_string();
                        let wire = renamed(&variant.attrs).unwrap_or_else(|| name.clone());
                        matches!(variant.fields, Fields::Unit).then_some((wire, name))
                    };
                    self.enums.insert(one.ident.to_string(), one.variants.iter().filter_map(unit).collect());
                }
                _ => {}
            }
        }
    }
}

/// A module that the client does not name at its top lies below `generated`.
fn module_path(module: &str, library: &str) -> String {
    let named = [format!("pub mod {module};"), format!("pub use generated::{module};")];
    if library.lines().any(|line| named.iter().any(|one| line.trim() == one)) {
        format!("cx_client::{module}")
    } else {
        format!("cx_client::generated::{module}")
    }
}

fn calls(file: &syn::File) -> BTreeMap<String, Call> {
    let mut calls = BTreeMap::new();
    for item in &file.items {
        if let Item::Fn(function) = item
            && function.sig.asyncness.is_some()
        {
            let mut reader = CallReader::default();
            reader.visit_block(&function.block);
            calls.insert(function.sig.ident.to_string(), reader.call);
        }
    }
    calls
}

/// Reads the function of one operation: an argument is taken out by its name on the wire, then given to its setter.
#[derive(Default)]
struct CallReader {
    call: Call,
    taken: Option<(String, String)>,
}

impl<'f> Visit<'f> for CallReader {
    fn visit_expr_method_call(&mut self, node: &'f ExprMethodCall) {
        let method = node.method.to_string();
        let generic = node.turbofish.as_ref().and_then(|one| match one.args.first() {
            Some(GenericArgument::Type(ty)) => Some(plain(ty)),
            _ => None,
        });
        match (receiver(node).as_deref(), method.as_str(), generic) {
            (Some("arguments"), "take", Some(ty)) => {
                self.taken = node.args.first().and_then(text).map(|wire| (wire, ty))
            }
            (Some("arguments"), "body", Some(ty)) => self.call.body = Some(ty.replace("types::", "")),
            (Some("client"), _, _) => self.call.method = method,
            (Some("call"), _, _) => {
                if let Some((wire, ty)) = self.taken.take() {
                    self.call.setters.insert(wire, Named { name: method, ty });
                }
            }
            _ => {}
        }
        visit::visit_expr_method_call(self, node);
    }
}

fn receiver(node: &ExprMethodCall) -> Option<String> {
    match &*node.receiver {
        Expr::Path(path) => path.path.get_ident().map(ToString::to_string),
        _ => None,
    }
}

fn guides(file: &syn::File) -> BTreeMap<String, Guide> {
    let mut reader = GuideReader::default();
    reader.visit_file(file);
    reader.guides
}

#[derive(Default)]
struct GuideReader {
    guides: BTreeMap<String, Guide>,
}

impl<'f> Visit<'f> for GuideReader {
    fn visit_expr_struct(&mut self, node: &'f ExprStruct) {
        let member = |name: &str| {
            node.fields.iter().find(|field| matches!(&field.member, syn::Member::Named(one) if one == name))
        };
        let words = |name: &str| member(name).and_then(|field| text(&field.expr));
        let Some(operation) = words("operation") else { return };
        let example = words("example").and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        let mut secrets = Strings::default();
        if let Some(field) = member("request_secrets") {
            secrets.visit_expr(&field.expr);
        }
        self.guides.insert(operation, Guide { example, request_secrets: secrets.0 });
    }
}

/// All string literals of an expression.
#[derive(Default)]
struct Strings(BTreeSet<String>);

impl<'f> Visit<'f> for Strings {
    fn visit_lit_str(&mut self, node: &'f syn::LitStr) {
        self.0.insert(node.value());
    }
}

fn text(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Lit(one) => match &one.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

/// A type without blanks and without the path of the standard library's modules.
fn plain(ty: &Type) -> String {
    let text: String = ty.to_token_stream().to_string().chars().filter(|letter| !letter.is_whitespace()).collect();
    let short = ["::std::option::", "::std::string::", "::std::vec::", "::std::collections::", "super::"];
    short.iter().fold(text, |text, path| text.replace(path, ""))
}

/// The name that serde gives a field or variant.
fn renamed(attributes: &[syn::Attribute]) -> Option<String> {
    let mut name = None;
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        // Other arguments of the attribute are read over.
        let _ = attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("rename") {
                name = Some(meta.value()?.parse::<syn::LitStr>()?.value());
            } else if meta.input.peek(syn::Token![=]) {
                meta.value()?.parse::<Expr>()?;
            }
            Ok(())
        });
    }
    name
}
