//! The rows of the table.

use std::process::ExitCode;

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

/// Prints the table. Fails if a limit is missed.
pub(crate) fn print(rows: &[Row]) -> ExitCode {
    eprintln!("done\n");
    println!("| Measured | Median | Limit | | Beside it, in the same run |");
    println!("|---|---|---|---|---|");
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
        println!("| {what} | {measured} | {limit} | {verdict} | {beside} |");
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
