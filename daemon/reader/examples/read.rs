//! Reads the HTML in a file as a mail, and prints the Markdown. The findings go to standard error.

use std::{env, error::Error, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let file = env::args().nth(1).ok_or("usage: read FILE")?;
    let bytes = fs::read(file)?;
    let reading = tai_reader::read(Some(&String::from_utf8_lossy(&bytes)), None);
    println!("{}", reading.markdown);
    eprintln!("{:?}", reading.findings);
    Ok(())
}
