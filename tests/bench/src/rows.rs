//! The rows of the table.

use std::{collections::HashMap, path::Path, process::ExitCode};

/// A row of the table: a measurement and its limit.
pub(crate) struct Row {
    what: String,
    measured: f64,
    limit: Option<f64>,
    unit: &'static str,
    beside: String,
}

/// Adds a row.
pub(crate) fn row(
    rows: &mut Vec<Row>,
    what: impl Into<String>,
    measured: f64,
    limit: Option<f64>,
    unit: &'static str,
    beside: String,
) {
    let what = what.into();
    rows.push(Row {
        what,
        measured,
        limit,
        unit,
        beside,
    });
}

/// Returns the rows as JSON. Each row names its unit.
pub(crate) fn json(rows: &[Row]) -> String {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            serde_json::json!({"what": row.what, "measured": row.measured, "unit": row.unit,
                "limit": row.limit, "met": row.limit.map(|limit| row.measured <= limit),
                "beside": row.beside})
        })
        .collect();
    format!("{}\n", serde_json::json!({ "rows": rows }))
}

/// Measurements of an earlier run, by the name of the row.
#[derive(Default)]
pub(crate) struct Before(HashMap<String, f64>);

impl Before {
    /// Reads the JSON of an earlier run.
    pub(crate) fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap();
        let run: serde_json::Value = serde_json::from_str(&text).unwrap();
        let rows = run["rows"].as_array().unwrap().iter();
        let value = |row: &serde_json::Value| {
            let what = row["what"].as_str().unwrap().to_owned();
            (what, row["measured"].as_f64().unwrap())
        };
        Self(rows.map(value).collect())
    }
}

/// Prints the table, beside an earlier run if there is one. Fails if a limit is missed.
pub(crate) fn print(rows: &[Row], before: &Before) -> ExitCode {
    eprintln!("done\n");
    let has_before = !before.0.is_empty();
    let (title, line) = match has_before {
        true => (" Before |", "---|"),
        false => ("", ""),
    };
    println!("| Measured |{title} Median | Limit | | Beside it, in the same run |");
    println!("|---|{line}---|---|---|---|");
    let mut all_met = true;
    for Row {
        what,
        measured,
        limit,
        unit,
        beside,
    } in rows
    {
        let (limit, verdict) = match limit {
            Some(limit) if measured <= limit => (shown(*limit, unit), "met"),
            Some(limit) => {
                all_met = false;
                (shown(*limit, unit), "missed")
            }
            None => (String::new(), ""),
        };
        let measured = shown(*measured, unit);
        let before = match before.0.get(what) {
            Some(before) => format!(" {} |", shown(*before, unit)),
            None if has_before => " |".to_owned(),
            None => String::new(),
        };
        println!("| {what} |{before} {measured} | {limit} | {verdict} | {beside} |");
    }
    if all_met {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn shown(value: f64, unit: &str) -> String {
    let digits = if unit == "ms" || unit == "MB" { 2 } else { 0 };
    format!("{value:.digits$} {unit}").trim_end().to_owned()
}
