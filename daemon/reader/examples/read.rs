//! Prints the Markdown of HTML mails: of one file, or of all mails of a JSON file
//! (`[{"name", "html"}]`) as JSON with the time of each in microseconds.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::{env, fs, time::Instant};

fn main() {
    let mut arguments = env::args().skip(1);
    let path = arguments.next().unwrap_or_default();
    let input = fs::read_to_string(&path).unwrap();
    if !path.ends_with(".json") {
        let reading = tai_reader::read(Some(&input), None);
        println!("{}\n\n{:?}", reading.markdown, reading.findings);
        return;
    }
    let mails: Vec<serde_json::Value> = serde_json::from_str(&input).unwrap();
    let mut out = serde_json::Map::new();
    for mail in mails {
        let html = mail["html"].as_str().unwrap_or_default();
        let started = Instant::now();
        let reading = tai_reader::read(Some(html), None);
        let micros = started.elapsed().as_micros();
        out.insert(
            mail["name"].as_str().unwrap_or_default().to_owned(),
            serde_json::json!({
                "markdown": reading.markdown,
                "hidden": reading.findings.hidden,
                "findings": format!("{:?}", reading.findings),
                "micros": u64::try_from(micros).unwrap_or(u64::MAX),
            }),
        );
    }
    println!("{}", serde_json::Value::Object(out));
}
