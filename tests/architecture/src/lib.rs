//! Checks of the sources beyond those of the compiler.
//!
//! `syn` parses the sources, and each path is followed through imports, aliases, globs and
//! re-exports to its definition. [`rules`] holds the tables: crate walls, module walls, pure
//! files, limits.
//!
//! Limits: the arguments of macro calls and attributes are searched for paths, but not parsed.
//! Paths in string literals, items that a macro defines, and method calls are not seen.

#![warn(missing_docs)]

pub mod circles;
pub mod files;
pub mod finding;
pub mod manifest;
pub mod modules;
mod parse;
pub mod prose;
pub mod pure;
mod resolve;
pub mod rules;
pub mod source;
pub mod walls;

pub use files::Files;
pub use finding::Finding;
pub use modules::Modules;
