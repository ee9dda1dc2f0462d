//! Check of the worker that reads mails: it must start, and must not be able to do anything else.

use super::check::{Check, ok, wrong};
use serde::de::DeserializeOwned;
use std::{
    io::{self, ErrorKind},
    process::{ChildStdin, ChildStdout},
    time::Duration,
};
use tai_reader::worker::{
    self, Confinement, Trial, Verdict,
    wire::{self, Answer, MAX_ANSWER, MAX_REQUEST, Ready, Request},
};
use tokio::{task::spawn_blocking, time::timeout};

/// Time within which the worker answers.
const LIMIT: Duration = Duration::from_secs(10);

/// Starts a worker, which tries everything that it must not be able to do.
pub(super) async fn examine() -> Check {
    let name = "mail reader";
    match probe().await {
        Ok((confinement, trials)) => judge(name, confinement, &trials),
        Err(error) => broken(name, &error.to_string()),
    }
}

fn broken(name: &str, error: &str) -> Check {
    wrong(
        name,
        format!("cannot be started, so mails are shown as plain text: {error}"),
        match std::env::current_exe() {
            Ok(_) => "if taid was replaced, run it again from its new place",
            Err(_) => "check that /proc is mounted",
        },
    )
}

/// Judges the confinement by what the worker could do. A kernel without a layer is not a problem
/// that a person can solve.
fn judge(name: &str, confinement: Confinement, trials: &[Trial]) -> Check {
    let possible: Vec<&str> = trials
        .iter()
        .filter(|trial| trial.verdict == Verdict::Possible)
        .map(|trial| trial.what.as_str())
        .collect();
    let missing = confinement.missing().join(", ");
    ok(
        name,
        match (possible.as_slice(), missing.as_str()) {
            ([], "") => "confined: no files, no network, no other processes".to_owned(),
            ([], missing) => format!("confined, without {missing}, which this system lacks"),
            (possible, missing) => format!(
                "limited in time; this system lacks {missing}, so these are possible: {}",
                possible.join(", ")
            ),
        },
    )
}

async fn probe() -> io::Result<(Confinement, Vec<Trial>)> {
    let mut child = worker::command()?.spawn()?;
    let pipes = child.stdin.take().zip(child.stdout.take());
    let (input, output) = pipes.ok_or(ErrorKind::BrokenPipe)?;
    let asked = timeout(LIMIT, spawn_blocking(move || ask(input, output))).await;
    // The end of a worker that does not answer ends the wait for its answer, too.
    child.kill().and_then(|()| child.wait())?;
    asked.map_err(|_| io::Error::other("it does not answer"))??
}

fn ask(mut input: ChildStdin, mut output: ChildStdout) -> io::Result<(Confinement, Vec<Trial>)> {
    let ready: Ready = receive(&mut output)?;
    wire::write(&mut input, &Request::Probe, MAX_REQUEST)?;
    match receive(&mut output)? {
        Answer::Probe(trials) => Ok((ready.confinement, trials)),
        Answer::Read(_) | Answer::Compose(_) => Err(ErrorKind::InvalidData.into()),
    }
}

fn receive<T: DeserializeOwned>(output: &mut ChildStdout) -> io::Result<T> {
    let body = wire::read(output, MAX_ANSWER)?;
    wire::decode(&body.ok_or(ErrorKind::UnexpectedEof)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use worker::Layer;

    fn found(landlock: Layer, seccomp: Layer, verdict: Verdict) -> String {
        let confinement = Confinement {
            limits: Layer::Full,
            landlock,
            seccomp,
        };
        let trial = |what: &str| Trial {
            what: what.to_owned(),
            verdict: verdict.clone(),
        };
        judge(
            "mail reader",
            confinement,
            &[trial("reading a file"), trial("starting a program")],
        )
        .found
    }

    #[test]
    fn the_check_says_what_the_worker_is_able_to_do() {
        let refused = || Verdict::Refused("EPERM".into());
        let all = [
            found(Layer::Full, Layer::Full, refused()),
            found(Layer::Absent, Layer::Full, refused()),
            found(Layer::Absent, Layer::Absent, Verdict::Possible),
        ];
        insta::assert_snapshot!(all.join("\n"), @"
        confined: no files, no network, no other processes
        confined, without Landlock, which this system lacks
        limited in time; this system lacks Landlock, seccomp, so these are possible: reading a file, starting a program
        ");
    }
}
