//! Composes the standard input, and prints the sizes and the time. Usage: `compose [html] < FILE`.
use std::io::Read as _;
use tai_reader::outgoing::{Format, parts};

fn main() {
    let mut content = String::new();
    std::io::stdin().read_to_string(&mut content).unwrap();
    let format = match std::env::args().nth(1).as_deref() {
        Some("html") => Format::Html,
        _ => Format::Markdown,
    };
    let begun = std::time::Instant::now();
    match parts(&content, format) {
        Ok(parts) => println!(
            "text {} html {} preview {}",
            parts.text.len(),
            parts.html.len(),
            parts.preview.full().len()
        ),
        Err(refusal) => println!("refused: {refusal}"),
    }
    println!("{:?}", begun.elapsed());
}
