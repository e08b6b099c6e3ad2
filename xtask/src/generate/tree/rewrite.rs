//! What refers to progenitor's client and errors, made to refer to ours.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident};
use syn::{
    Expr, Ident, Lit, parse_quote,
    punctuated::Punctuated,
    visit_mut::{self, VisitMut},
};

/// Rewrites, and notes the arguments that it meets.
pub(super) struct Rewrite {
    /// The operation's row in the table.
    row: TokenStream,
    /// Arguments of query and headers: name on the wire, variable.
    pub wire_names: Vec<(String, Ident)>,
    /// Arguments of the path, in its order.
    pub path_arguments: Vec<Ident>,
    /// Whether this is inside `if let Some(value) = …`, where `value` is no argument.
    in_optional: bool,
}

impl Rewrite {
    pub(super) fn new(row: TokenStream) -> Self {
        Self { row, wire_names: Vec::new(), path_arguments: Vec::new(), in_optional: false }
    }
}

impl VisitMut for Rewrite {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if let Expr::If(condition) = expr {
            self.optional_header(condition);
            self.in_optional = true;
            visit_mut::visit_expr_if_mut(self, condition);
            self.in_optional = false;
            return;
        }
        visit_mut::visit_expr_mut(self, expr);
        let row = &self.row;
        match expr {
            Expr::Field(field) if field.base.to_token_stream().to_string() == "client" => {
                match field.member.to_token_stream().to_string().as_str() {
                    "client" => *expr = parse_quote!(client.core().http()),
                    "baseurl" => *expr = parse_quote!(client.core().base_url()),
                    _ => {}
                }
            }
            Expr::MethodCall(call)
                if call.method == "map_err"
                    && call.args.to_token_stream().to_string() == "Error :: InvalidRequest" =>
            {
                call.args = std::iter::once::<Expr>(parse_quote!(|reason| runtime::invalid(reason, #row))).collect();
            }
            // `reqwest` has a method for most methods, and for these it has none.
            Expr::MethodCall(call)
                if (call.method == "options" || call.method == "trace")
                    && call.receiver.to_token_stream().to_string() == "client . core () . http ()" =>
            {
                let method = format_ident!("{}", call.method.to_string().to_ascii_uppercase());
                let (http, url) = (&call.receiver, &call.args);
                *expr = parse_quote!(#http.request(::http::Method::#method, #url));
            }
            Expr::MethodCall(call) if call.method == "append" && !self.in_optional => {
                if let (Some(Expr::Lit(name)), Some(value)) = (call.args.first(), call.args.last())
                    && let (Lit::Str(name), Some(ident)) = (&name.lit, first_ident(value))
                {
                    self.wire_names.push((name.value(), ident));
                }
            }
            Expr::Try(tried) if matches!(&*tried.expr, Expr::MethodCall(call) if call.method == "try_into") => {
                let inner = &tried.expr;
                *expr = parse_quote!(#inner.map_err(|cause| runtime::unwritable_header(cause, #row))?);
            }
            Expr::Macro(one) if one.mac.path.is_ident("format") => self.url(&mut one.mac),
            Expr::Reference(reference) => self.query(&mut reference.expr),
            _ => {}
        }
    }
}

impl Rewrite {
    /// `format!("{}/v1/x/{}", client.baseurl, encode_path(&id.to_string()))`
    fn url(&mut self, mac: &mut syn::Macro) {
        let parser = Punctuated::<Expr, syn::Token![,]>::parse_terminated;
        let Ok(mut arguments) = mac.parse_body_with(parser) else { return };
        for argument in &mut arguments {
            self.visit_expr_mut(argument);
            let Expr::Call(call) = argument else { continue };
            if call.func.to_token_stream().to_string() != "encode_path" {
                continue;
            }
            let (Some(value), row) = (call.args.first().cloned(), &self.row) else { continue };
            if let Some(ident) = first_ident(&value) {
                self.path_arguments.push(ident);
            }
            *argument = parse_quote!(runtime::path_segment(#value, #row)?);
        }
        mac.tokens = arguments.to_token_stream();
    }

    /// `&progenitor_client::QueryParam::new("created[gte]", &created_gte)`
    fn query(&mut self, expr: &mut Expr) {
        let Expr::Call(call) = expr else { return };
        if !call.func.to_token_stream().to_string().ends_with("QueryParam :: new") {
            return;
        }
        if let (Some(Expr::Lit(name)), Some(value)) = (call.args.first(), call.args.last())
            && let (Lit::Str(name), Some(ident)) = (&name.lit, first_ident(value))
        {
            self.wire_names.push((name.value(), ident));
        }
        call.func = parse_quote!(runtime::QueryParam::new);
    }

    /// `if let Some(value) = x_foo { header_map.append("X-Foo", …); }`
    fn optional_header(&mut self, condition: &syn::ExprIf) {
        let text = condition.then_branch.to_token_stream().to_string();
        let name = text.split("header_map . append (\"").nth(1).and_then(|rest| rest.split('"').next());
        if let (Expr::Let(binding), Some(name)) = (&*condition.cond, name)
            && let Some(ident) = first_ident(&binding.expr)
        {
            self.wire_names.push((name.to_owned(), ident));
        }
    }
}

/// The variable that an expression such as `&id.to_string()` starts from.
fn first_ident(expr: &Expr) -> Option<Ident> {
    match expr {
        Expr::Path(path) => path.path.get_ident().cloned(),
        Expr::Reference(reference) => first_ident(&reference.expr),
        Expr::MethodCall(call) => first_ident(&call.receiver),
        Expr::Try(tried) => first_ident(&tried.expr),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    #[test]
    fn every_method_of_a_path_is_one_that_reqwest_can_send() {
        for (method, expected) in [
            ("options", "request (:: http :: Method :: OPTIONS , url) . query (& x) . build ()"),
            ("trace", "request (:: http :: Method :: TRACE , url) . query (& x) . build ()"),
            ("head", "head (url) . query (& x) . build ()"),
        ] {
            let mut expr: Expr = syn::parse_str(&format!("client.client.{method}(url).query(&x).build()")).unwrap();
            Rewrite::new(quote!(&ROW)).visit_expr_mut(&mut expr);
            assert_eq!(expr.to_token_stream().to_string(), format!("client . core () . http () . {expected}"));
        }
    }

    #[test]
    fn a_header_may_be_called_as_the_value_of_an_optional_one_is() {
        let mut block: syn::Block = parse_quote!({
            header_map.append("Value", value.to_string().try_into()?);
            if let Some(value) = x_trace {
                header_map.append("X-Trace", value.to_string().try_into()?);
            }
        });
        let mut rewrite = Rewrite::new(quote!(&ROW));
        rewrite.visit_block_mut(&mut block);
        let names: Vec<_> =
            rewrite.wire_names.iter().map(|(name, ident)| (name.as_str(), ident.to_string())).collect();
        assert_eq!(names, [("Value", "value".to_owned()), ("X-Trace", "x_trace".to_owned())]);
        let written = block.to_token_stream().to_string();
        assert_eq!(written.matches("unwritable_header").count(), 2, "{written}");
    }
}
