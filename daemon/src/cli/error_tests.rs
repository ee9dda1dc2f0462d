//! Errors as a person reads them.

use super::*;
use tai_proto::Hint;

#[test]
fn a_fault_is_printed_for_a_person_with_its_exit_code() {
    let fault = |code| {
        let hint = Hint::each("ask the user", "run it");
        CliError::from(Fault::new(code, "what").because("why").hint(hint))
    };
    insta::assert_snapshot!(fault(FaultCode::Internal), @"
    error: what
    caused by: why
    hint: run it
    ");
    let exits = [
        FaultCode::Internal,
        FaultCode::NotRunning,
        FaultCode::NotSignedIn,
        FaultCode::AuthRefused,
        FaultCode::VersionMismatch,
    ]
    .map(|code| fault(code).exit() as u8);
    assert_eq!(exits, [1, 3, 4, 4, 5]);
}

#[test]
fn several_errors_are_printed_in_order_with_the_first_exit_code() {
    let first = CliError::new("one")
        .caused_by("a")
        .exit_with(Exit::NotRunning);
    let second = CliError::new("two").hint("b");
    let error = CliError::combined(vec![first, second]).unwrap();
    assert_eq!(error.exit(), Exit::NotRunning);
    insta::assert_snapshot!(error, @"
    error: one
    caused by: a
    error: two
    hint: b
    ");
    assert_eq!(CliError::combined(Vec::new()), None);
}

#[test]
fn the_commands_in_all_hints_are_for_the_profile() {
    let error = |n| {
        CliError::new(format!("mail {n} does not wait")).hint("list the mails with `taid approve`")
    };
    let error = CliError::combined(vec![error(1), error(2)]).unwrap();
    insta::assert_snapshot!(error.for_profile(&Profile::new("work").unwrap()), @"
    error: mail 1 does not wait
    hint: list the mails with `taid approve --profile work`
    error: mail 2 does not wait
    hint: list the mails with `taid approve --profile work`
    ");
}
