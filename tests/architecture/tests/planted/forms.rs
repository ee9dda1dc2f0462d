//! The forms in which a source can name something.

/// Returns, for each form, a source of the module `from` that names a thing of the module `to`.
/// Both are absolute names; `to` may be in another crate.
pub(crate) fn forms(from: &str, to: &str) -> Vec<(&'static str, String)> {
    let (library, inner) = to.split_once("::").unwrap_or((to, ""));
    let same = from.split("::").next() == Some(library);
    let root = if same { "crate" } else { library };
    let path = if inner.is_empty() {
        root.to_owned()
    } else {
        format!("{root}::{inner}")
    };
    let nested = inner.split("::").filter(|part| !part.is_empty()).fold(
        (format!("{root}::{{"), "}".to_owned()),
        |(open, close), part| (format!("{open}{part}::{{"), format!("}}{close}")),
    );
    let mut forms = vec![
        ("import", format!("use {path}::Thing;")),
        (
            "list",
            format!("use {}self as _, Thing{};", nested.0, nested.1),
        ),
        ("renamed import", format!("use {path}::Thing as Other;")),
        ("trait import", format!("use {path}::Trait as _;")),
        ("glob", format!("use {path}::*;")),
        ("re-export", format!("pub use {path}::Thing;")),
        (
            "restricted re-export",
            format!("pub(super) use {path}::Thing;"),
        ),
        (
            "alias",
            format!("use {path} as m;\npub fn f() {{ m::call(); }}"),
        ),
        (
            "list in a list",
            format!(
                "use {}self as m{};\npub fn f(_: m::Thing) {{}}",
                nested.0, nested.1
            ),
        ),
        (
            "import in a function",
            format!("pub fn f() {{ use {path}::Thing; }}"),
        ),
        (
            "import in a module",
            format!("mod inner {{ use {path}::Thing; }}"),
        ),
        ("call", format!("pub fn f() {{ {path}::call(); }}")),
        ("argument", format!("pub fn f(_: {path}::Thing) {{}}")),
        (
            "generic argument",
            format!("pub fn f(_: Vec<{path}::Thing>) {{}}"),
        ),
        ("bound", format!("pub fn f<T: {path}::Trait>(_: T) {{}}")),
        ("field", format!("pub struct S({path}::Thing);")),
        (
            "implementation",
            format!("pub struct S;\nimpl {path}::Trait for S {{}}"),
        ),
        (
            "pattern",
            format!("pub fn f(x: u8) {{ match x {{ {path}::Thing => {{}} _ => {{}} }} }}"),
        ),
        ("macro call", format!("pub fn f() {{ {path}::call!(); }}")),
        (
            "macro argument",
            format!("pub fn f() {{ println!(\"{{:?}}\", {path}::Thing); }}"),
        ),
        ("derive", format!("#[derive({path}::Thing)]\npub struct S;")),
        (
            "async code",
            format!("pub async fn f() {{ {path}::call().await; }}"),
        ),
    ];
    if same {
        let above = vec!["super"; from.split("::").count() - 1].join("::");
        forms.push(("super", format!("use {above}::{inner}::Thing;")));
        forms.push((
            "self",
            format!("pub fn f() {{ self::{above}::{inner}::call(); }}"),
        ));
    } else {
        forms.push((
            "leading colons",
            format!("pub fn f() {{ ::{path}::call(); }}"),
        ));
        if !inner.is_empty() {
            forms.push((
                "extern crate",
                format!("extern crate {library} as x;\nuse x::{inner}::Thing;"),
            ));
        }
    }
    forms
}
