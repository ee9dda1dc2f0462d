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
