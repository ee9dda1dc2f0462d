//! The executable. Everything is in the library.

fn main() -> std::process::ExitCode {
    taid::cli::main()
}
