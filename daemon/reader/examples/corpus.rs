//! Reads each mail of a corpus (`[{"name": "...", "html": "..."}]`) from standard input, and writes
//! the readings as JSON to standard output. The comparison with Chromium in `tests/reader` uses it.

use serde_json::{Map, Value, json};
use std::{error::Error, io::Read as _, time::Instant};

fn main() -> Result<(), Box<dyn Error>> {
    let mut input = String::new();
    std::io::stdin().read_to_string(&mut input)?;
    let mails: Vec<Value> = serde_json::from_str(&input)?;
    let mut readings = Map::new();
    for mail in &mails {
        let part = |key: &str| mail.get(key).and_then(Value::as_str);
        let name = part("name").unwrap_or_default();
        let start = Instant::now();
        let reading = tai_reader::read(part("html"), None);
        let micros = u64::try_from(start.elapsed().as_micros())?;
        let reading = json!({
            "markdown": reading.markdown,
            "hidden": reading.findings.hidden,
            "simplified": reading.findings.simplified,
            "micros": micros,
        });
        readings.insert(name.to_owned(), reading);
    }
    println!("{}", Value::Object(readings));
    Ok(())
}
