//! The walk over a parsed file.

use super::tokens::{paths, plain};
use crate::source::{Declared, Import, Module, Name};
use syn::{
    Attribute, Expr, ExprLit, Item, Lit, Meta, UseTree, Visibility,
    visit::{self, Visit},
};

/// Returns the contents of a module.
pub(super) fn contents(items: &[Item], attributes: &[Attribute]) -> Module {
    let mut visitor = Visitor {
        module: Module::default(),
        test: false,
    };
    for attribute in attributes {
        visitor.visit_attribute(attribute);
    }
    for item in items {
        visitor.module.items.extend(defined(item));
        visitor.visit_item(item);
    }
    visitor.module
}

/// Returns the name that an item defines; `None` for modules and imports.
fn defined(item: &Item) -> Option<String> {
    let ident = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::TraitAlias(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(plain(ident))
}

/// Returns whether an item is compiled for tests only: `#[test]`, `#[cfg(test)]`, or
/// `#[cfg(all(test, ...))]`.
fn for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let last = attribute.path().segments.last();
        if last.is_some_and(|segment| segment.ident == "test") {
            return true;
        }
        let Meta::List(list) = &attribute.meta else {
            return false;
        };
        list.path.is_ident("cfg") && requires_test(list.parse_args::<Meta>().ok().as_ref())
    })
}

fn requires_test(condition: Option<&Meta>) -> bool {
    match condition {
        Some(Meta::Path(path)) => path.is_ident("test"),
        Some(Meta::List(list)) if list.path.is_ident("all") => list
            .parse_args_with(syn::punctuated::Punctuated::<Meta, syn::Token![,]>::parse_terminated)
            .is_ok_and(|all| all.iter().any(|one| requires_test(Some(one)))),
        Some(Meta::List(_) | Meta::NameValue(_)) | None => false,
    }
}

/// Returns the value of `#[path = "..."]`.
fn file_of(attributes: &[Attribute]) -> Option<String> {
    attributes.iter().find_map(|attribute| {
        let Meta::NameValue(pair) = &attribute.meta else {
            return None;
        };
        match &pair.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) if pair.path.is_ident("path") => Some(text.value()),
            _ => None,
        }
    })
}

struct Visitor {
    module: Module,
    test: bool,
}

impl Visitor {
    fn within(&mut self, attributes: &[Attribute], visit: impl FnOnce(&mut Self)) {
        let before = self.test;
        self.test |= for_tests(attributes);
        visit(self);
        self.test = before;
    }

    fn mention(&mut self, name: Name, line: usize) {
        let mentions = if self.test {
            &mut self.module.test_mentions
        } else {
            &mut self.module.mentions
        };
        mentions.entry(name).or_insert(line);
    }

    fn import(&mut self, tree: &UseTree, mut path: Name, exported: bool) {
        let mut line = 0;
        let mut at = |ident: &syn::Ident| line = ident.span().start().line;
        let binds = match tree {
            UseTree::Path(tree) => {
                path.push(plain(&tree.ident));
                return self.import(&tree.tree, path, exported);
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.import(tree, path.clone(), exported);
                }
                return;
            }
            UseTree::Name(tree) => {
                at(&tree.ident);
                if tree.ident != "self" {
                    path.push(plain(&tree.ident));
                }
                path.last().cloned()
            }
            UseTree::Rename(tree) => {
                at(&tree.ident);
                if tree.ident != "self" {
                    path.push(plain(&tree.ident));
                }
                Some(plain(&tree.rename))
            }
            UseTree::Glob(tree) => {
                line = tree.star_token.span.start().line;
                None
            }
        };
        self.module.imports.push(Import {
            path,
            binds,
            exported,
            test: self.test,
            line,
        });
    }

    fn tokens(&mut self, stream: &proc_macro2::TokenStream) {
        paths(stream.clone(), &mut |name, line| self.mention(name, line));
    }

    fn function(&mut self, signature: &syn::Signature) {
        let line = signature.ident.span().start().line;
        if !self.test {
            let name = plain(&signature.ident);
            self.module.functions.entry(name).or_insert(line);
            if let Some(token) = &signature.asyncness {
                self.module.asynchronous.insert(token.span.start().line);
            }
        }
    }

    fn asynchronous(&mut self, line: usize) {
        if !self.test {
            self.module.asynchronous.insert(line);
        }
    }
}

impl<'ast> Visit<'ast> for Visitor {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes: &[Attribute] = match item {
            Item::Const(item) => &item.attrs,
            Item::Enum(item) => &item.attrs,
            Item::ExternCrate(item) => &item.attrs,
            Item::Fn(item) => &item.attrs,
            Item::ForeignMod(item) => &item.attrs,
            Item::Impl(item) => &item.attrs,
            Item::Macro(item) => &item.attrs,
            Item::Mod(item) => &item.attrs,
            Item::Static(item) => &item.attrs,
            Item::Struct(item) => &item.attrs,
            Item::Trait(item) => &item.attrs,
            Item::TraitAlias(item) => &item.attrs,
            Item::Type(item) => &item.attrs,
            Item::Union(item) => &item.attrs,
            Item::Use(item) => &item.attrs,
            _ => &[],
        };
        self.within(attributes, |visitor| visit::visit_item(visitor, item));
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        let name = plain(&item.ident);
        match &item.content {
            Some((_, items)) => {
                let inner = contents(items, &item.attrs);
                self.module.inline.push((name, self.test, inner));
            }
            None => self.module.declared.push(Declared {
                name,
                path: file_of(&item.attrs),
                test: self.test,
            }),
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let exported = !matches!(item.vis, Visibility::Inherited);
        let path = match item.leading_colon {
            Some(_) => vec![String::new()],
            None => Vec::new(),
        };
        self.import(&item.tree, path, exported);
    }

    fn visit_item_extern_crate(&mut self, item: &'ast syn::ItemExternCrate) {
        let renamed = item.rename.as_ref().map(|(_, name)| name);
        self.module.imports.push(Import {
            path: vec![String::new(), plain(&item.ident)],
            binds: Some(plain(renamed.unwrap_or(&item.ident))),
            exported: !matches!(item.vis, Visibility::Inherited),
            test: self.test,
            line: item.ident.span().start().line,
        });
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let mut name: Name = path
            .segments
            .iter()
            .map(|part| plain(&part.ident))
            .collect();
        if path.leading_colon.is_some() {
            name.insert(0, String::new());
        }
        let first = path.segments.first();
        self.mention(name, first.map_or(0, |part| part.ident.span().start().line));
        visit::visit_path(self, path);
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if attribute.path().segments.len() > 1 {
            self.visit_path(attribute.path());
        }
        match &attribute.meta {
            Meta::List(list) => self.tokens(&list.tokens),
            Meta::NameValue(pair) => self.visit_expr(&pair.value),
            Meta::Path(_) => {}
        }
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.visit_path(&call.path);
        self.tokens(&call.tokens);
    }

    // `pub(in path)` and `pub(super)` name no dependency.
    fn visit_visibility(&mut self, _: &'ast Visibility) {}

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.within(&item.attrs, |visitor| {
            visit::visit_impl_item_fn(visitor, item);
        });
    }

    fn visit_signature(&mut self, signature: &'ast syn::Signature) {
        self.function(signature);
        visit::visit_signature(self, signature);
    }

    fn visit_expr_async(&mut self, expression: &'ast syn::ExprAsync) {
        self.asynchronous(expression.async_token.span.start().line);
        visit::visit_expr_async(self, expression);
    }

    fn visit_expr_await(&mut self, expression: &'ast syn::ExprAwait) {
        self.asynchronous(expression.await_token.span.start().line);
        visit::visit_expr_await(self, expression);
    }

    fn visit_expr_closure(&mut self, expression: &'ast syn::ExprClosure) {
        if let Some(token) = &expression.asyncness {
            self.asynchronous(token.span.start().line);
        }
        visit::visit_expr_closure(self, expression);
    }
}
