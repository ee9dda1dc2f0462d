//! Reads a source file: modules, items, imports and the paths that its code names.

mod tokens;
mod visitor;

use crate::source::Module;

/// Parses a source file.
///
/// # Errors
/// A text that is not Rust. The error names the line.
pub(crate) fn parse(text: &str) -> Result<Module, String> {
    let file = syn::parse_file(text)
        .map_err(|error| format!("line {}: {error}", error.span().start().line))?;
    Ok(visitor::contents(&file.items, &file.attrs))
}
