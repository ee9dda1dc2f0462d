//! Pages of `taid audit`. The names in the lines are the clients' own.

use super::count;
use crate::{
    audit::{
        By, Entry,
        verify::{self, Broken, Line, Verdict},
    },
    cli::{error::CliError, table::Table, terminal::printable},
};
use std::io;
use tai_proto::FaultCode;

const TABLE: Table<6> = Table {
    header: ["TIME", "EVENT", "BY", "INSTANCE", "MAIL", "OUTCOME"],
    numbers: &[],
    omitted_first: &["MAIL", "INSTANCE", "BY"],
};

/// Returns a table of lines. A line that is no entry is shown as such.
pub(in crate::cli) fn table(lines: &[Line], columns: Option<usize>) -> String {
    if lines.is_empty() {
        return "the audit log is empty".to_owned();
    }
    let rows: Vec<[String; 6]> = lines
        .iter()
        .map(|line| match verify::entry(line) {
            Some(entry) => row(&entry),
            None => {
                let mut row = <[String; 6]>::default();
                row[0] = "(cut line)".to_owned();
                row
            }
        })
        .collect();
    TABLE.lines(&rows, columns)
}

fn row(entry: &Entry) -> [String; 6] {
    let record = &entry.record;
    let event = serde_json::to_value(record.event).unwrap_or_default();
    let actor = &record.actor;
    let by = match actor.by {
        By::Agent => actor.client.clone(),
        By::Person => format!("you ({})", actor.client),
        By::Daemon => "taid".to_owned(),
    };
    let mail = match (&record.digest, record.mail_id) {
        (Some(digest), _) => digest.clone(),
        (None, Some(id)) => format!("id {id}"),
        (None, None) => String::new(),
    };
    let mut outcome = record.outcome.clone();
    if entry.left_out > 0 {
        outcome += &format!(" ({} refusals before it are not listed)", entry.left_out);
    }
    if entry.unwritten > 0 {
        outcome += &format!(
            " ({} before it could not be written)",
            count(entry.unwritten, "line")
        );
    }
    [
        entry.time.clone(),
        event.as_str().unwrap_or_default().to_owned(),
        match actor.pid {
            Some(pid) => format!("{by}, pid {pid}"),
            None => by,
        },
        actor.instance.clone().unwrap_or_default(),
        mail,
        outcome,
    ]
}

/// Returns the lines as they are.
pub(in crate::cli) fn json(lines: &[Line]) -> String {
    let lines: Vec<_> = lines
        .iter()
        .map(|line| String::from_utf8_lossy(&line.text))
        .collect();
    lines.join("\n")
}

/// Returns the result of a check that found no broken line. `compared` says whether the end is the one that
/// taid knows, or why taid did not tell it.
pub(in crate::cli) fn unbroken(verdict: &Verdict, compared: Result<(), FaultCode>) -> String {
    let mut text = format!("{}, chain unbroken", count(verdict.lines as u64, "line"));
    if verdict.first > 1 {
        text.push_str(&format!(
            "; the lines before number {} were rotated out",
            verdict.first
        ));
    }
    if verdict.cut > 0 {
        text.push_str(&format!(
            "; {} cut by a crash or a full disk",
            count(verdict.cut as u64, "line")
        ));
    }
    if verdict.unwritten > 0 {
        text.push_str(&format!(
            "; {} could not be written",
            count(verdict.unwritten, "line")
        ));
    }
    text.push_str(match compared {
        Ok(()) => "; the end is the one that the running taid knows",
        Err(FaultCode::NotRunning) => "; taid does not run, so removed last lines are not found",
        Err(_) => "; taid did not answer, so removed last lines are not found",
    });
    text
}

/// Returns the error for a log that cannot be read.
pub(in crate::cli) fn unreadable(error: io::Error) -> CliError {
    let hint = match error.kind() {
        io::ErrorKind::FileTooLarge => "run `taid doctor`, which names the file to move away",
        _ => "check that its files and their directory are yours",
    };
    CliError::new("cannot read the audit log")
        .caused_by(error)
        .hint(hint)
}

/// Returns the error for a broken chain.
pub(in crate::cli) fn broken(broken: &Broken) -> CliError {
    let Broken { file, number, why } = broken;
    let file = printable(&file.display().to_string());
    match number {
        0 => CliError::new("the audit log is broken: it has no lines")
            .caused_by("taid, which runs, has written some")
            .hint("look for a program that removed them; `taid stop` ends this chain"),
        _ => CliError::new(format!(
            "the audit log is broken at line {number} of {file}"
        ))
        .caused_by(why)
        .hint("keep a copy of the files; every line before this one is unchanged"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Actor, Event, Record};
    use std::path::PathBuf;

    fn line(event: Event, by: By, client: &str, outcome: &str) -> Line {
        let entry = Entry {
            n: 1,
            prev: String::new(),
            time: "2026-11-27T00:10:00Z".into(),
            unwritten: 0,
            record: Record {
                event,
                actor: Actor {
                    by,
                    client: client.into(),
                    pid: Some(77),
                    uid: Some(1000),
                    instance: Some("desk".into()),
                },
                digest: (event == Event::Send).then(|| "d".repeat(32)),
                mail_id: (event == Event::Delete).then_some(9),
                outcome: outcome.into(),
            },
            left_out: 0,
        };
        Line {
            file: PathBuf::from("audit-default.jsonl"),
            number: 1,
            text: serde_json::to_vec(&entry).unwrap(),
            is_ended: true,
        }
    }

    #[test]
    fn the_table_has_who_did_what_and_no_control_characters() {
        let mut lines = vec![
            line(Event::Send, By::Agent, "claude-code 2.1", "sent"),
            line(Event::Delete, By::Agent, "x\x1b[2J", "done"),
            line(Event::Approve, By::Person, "taid 0.1.0", "sent"),
        ];
        lines.push(Line {
            text: b"{\"n\":4,".to_vec(),
            ..lines[0].clone()
        });
        insta::assert_snapshot!(table(&lines, None), @"
        TIME                  EVENT    BY                        INSTANCE  MAIL                              OUTCOME
        2026-11-27T00:10:00Z  send     claude-code 2.1, pid 77   desk      dddddddddddddddddddddddddddddddd  sent
        2026-11-27T00:10:00Z  delete   x?[2J, pid 77             desk      id 9                              done
        2026-11-27T00:10:00Z  approve  you (taid 0.1.0), pid 77  desk                                        sent
        (cut line)
        ");
        assert_eq!(table(&[], None), "the audit log is empty");
    }

    #[test]
    fn a_check_says_how_much_it_proves() {
        let mut verdict = Verdict {
            lines: 1204,
            first: 1,
            cut: 0,
            unwritten: 0,
            broken: None,
        };
        let mut pages = vec![unbroken(&verdict, Ok(()))];
        (verdict.first, verdict.cut, verdict.unwritten) = (88, 1, 2);
        pages.push(unbroken(&verdict, Err(FaultCode::NotRunning)));
        pages.push(unbroken(&verdict, Err(FaultCode::DeadlinePassed)));
        pages.push(
            broken(&Broken {
                file: PathBuf::new(),
                number: 0,
                why: "the lines end before",
            })
            .to_string(),
        );
        pages.push(
            broken(&Broken {
                file: "audit-default.jsonl.1".into(),
                number: 7,
                why: "its number is not the next one",
            })
            .to_string(),
        );
        insta::assert_snapshot!(pages.join("\n\n"), @"
        1204 lines, chain unbroken; the end is the one that the running taid knows

        1204 lines, chain unbroken; the lines before number 88 were rotated out; 1 line cut by a crash or a full disk; 2 lines could not be written; taid does not run, so removed last lines are not found

        1204 lines, chain unbroken; the lines before number 88 were rotated out; 1 line cut by a crash or a full disk; 2 lines could not be written; taid did not answer, so removed last lines are not found

        error: the audit log is broken: it has no lines
        caused by: taid, which runs, has written some
        hint: look for a program that removed them; `taid stop` ends this chain

        error: the audit log is broken at line 7 of audit-default.jsonl.1
        caused by: its number is not the next one
        hint: keep a copy of the files; every line before this one is unchanged
        ");
    }
}
