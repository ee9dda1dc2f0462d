//! Checks of the sources that the compiler does not make.
//!
//! The sources are parsed with `syn`, and each path in them is followed through imports, aliases
//! and re-exports to the item that it names. [`rules`] holds the tables: crate walls, module
//! walls, pure files, limits. [`pending`] holds the violations of today; an entry of it that
//! nothing needs any longer is itself a violation.
//!
//! Attributes' strings and the names that a macro makes are not seen. A macro call's arguments
//! are searched for paths.

#![warn(missing_docs)]

pub mod circles;
pub mod files;
pub mod finding;
pub mod manifest;
pub mod modules;
mod parse;
pub mod pending;
pub mod prose;
pub mod pure;
mod resolve;
pub mod rules;
pub mod source;
pub mod walls;

pub use files::Files;
pub use finding::Finding;
pub use modules::Modules;
