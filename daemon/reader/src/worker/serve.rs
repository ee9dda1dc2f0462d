//! The main loop of a worker.

#[cfg(unix)]
use super::limits;
#[cfg(debug_assertions)]
use super::planted;
use super::{
    confinement::Confinement,
    probe,
    wire::{self, Answer, MAX_ANSWER, MAX_REQUEST, Ready, Request},
};
use crate::{outgoing, reading};
use std::{
    io::{self, Read, Write},
    process::ExitCode,
};

/// Runs the worker until its standard input ends.
#[must_use]
pub fn main() -> ExitCode {
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    let ready = Ready {
        release: env!("CARGO_PKG_VERSION").to_owned(),
        confinement: Confinement::enforce(),
    };
    let served = wire::write(&mut output, &ready, MAX_ANSWER)
        .and_then(|()| serve(&mut input, &mut output, renew_time));
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn renew_time() {
    #[cfg(unix)]
    limits::renew_cpu_time();
}

/// Answers requests until the input ends, each after `begin`.
fn serve(input: &mut impl Read, output: &mut impl Write, begin: impl Fn()) -> io::Result<()> {
    while let Some(body) = wire::read(input, MAX_REQUEST)? {
        let request = wire::decode(&body)?;
        drop(body);
        begin();
        wire::write(output, &answer(request), MAX_ANSWER)?;
    }
    Ok(())
}

fn answer(request: Request) -> Answer {
    #[cfg(debug_assertions)]
    planted::run(&request);
    match request {
        Request::Read { html, text } => {
            Answer::Read(reading::read(html.as_deref(), text.as_deref()))
        }
        Request::Compose { content, format } => Answer::Compose(outgoing::parts(&content, format)),
        Request::Probe => Answer::Probe(probe::run()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_request_gets_its_answer_until_the_input_ends() {
        let mut input = Vec::new();
        for html in ["<b>a</b>", "<i>b</i>"] {
            let request = Request::Read {
                html: Some(html.into()),
                text: None,
            };
            wire::write(&mut input, &request, MAX_REQUEST).unwrap();
        }
        let mut output = Vec::new();
        // A limit would end the tests beside it.
        serve(&mut input.as_slice(), &mut output, || {}).unwrap();
        let mut output = output.as_slice();
        for expected in ["**a**", "*b*"] {
            let body = wire::read(&mut output, MAX_ANSWER).unwrap().unwrap();
            let Answer::Read(reading) = wire::decode(&body).unwrap() else {
                panic!("another answer");
            };
            assert_eq!(reading.markdown, expected);
        }
        assert!(output.is_empty());
    }

    #[test]
    fn a_broken_request_ends_the_worker() {
        let mut output = Vec::new();
        assert!(serve(&mut &[1, 0, 0, 0, 99][..], &mut output, || {}).is_err());
    }
}
