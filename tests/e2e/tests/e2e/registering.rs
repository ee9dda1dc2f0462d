//! `taid register`: new accounts.

use super::held::Keyring;
use std::fs::File;
use tai_e2e::{Machine, PASSWORD, USER};
use tai_sandbox::FaultKind;

const LOGIN: &str = "POST /api/v1/login";

#[test]
fn a_new_account_is_created_and_signed_in() {
    let machine = Machine::new();
    let register = |args: &[&str], password: &str| {
        let args = [&["register", "--password-stdin"][..], args].concat();
        machine.say(&machine.cli_reading(&args, password))
    };
    let mut page = String::new();
    page.push_str(&register(&["Bob"], PASSWORD));
    page.push_str(&register(&["b b"], PASSWORD));
    page.push_str(&register(&["bob"], "short"));
    page.push_str(&register(&[USER], PASSWORD));
    page.push_str(&register(&["bob"], PASSWORD));
    insta::assert_snapshot!(page, @"
    exit 1
    error: the username is not valid
    caused by: the username of a new account has lower-case letters, digits and hyphens
    hint: correct it and try again; nothing was sent
    exit 1
    error: the username is not valid
    caused by: a username has 3 to 50 characters: ASCII letters, digits and hyphens
    hint: correct it and try again; nothing was sent
    exit 1
    error: the password is not valid
    caused by: a password has 8 to 128 characters
    hint: correct it and try again; nothing was sent
    exit 1
    error: this username is taken
    caused by: the bridge says: Username already exists (USER_EXISTS)
    hint: choose another username, or run `taid login` if the account is yours
    exit 0
    account created: bob@tai.chat
    Next: `taid run`, then `taid login bob`
    ");
    let _taid = machine.start_bare(&[]);
    insta::assert_snapshot!(register(&["carol"], PASSWORD), @"
    exit 0
    account created: carol@tai.chat
    ✅ Login successful
    📧 Instance email: carol@tai.chat
    taid forgets the password when it exits; `taid login --save` keeps it, if a keyring runs.
    Next: `taid setup` adds tai to your MCP clients.
    ");
    assert_eq!(machine.status()["account"]["username"], "carol");
    // taid could not sign in with it, so that it is not created.
    insta::assert_snapshot!(register(&["david"], PASSWORD), @"
    exit 1
    error: this taid belongs to carol, not to david
    caused by: one taid holds one account
    hint: to use both accounts, run `taid register david --profile david`, which reads config-david.toml and not config.toml; to replace the account, run `taid logout` first
    ");
    assert_eq!(machine.sandbox.count("POST /api/v1/register"), 3);
}

#[test]
fn an_account_that_a_taid_which_does_not_run_could_not_hold_is_not_created() {
    let machine = Machine::new();
    let password = machine.home().join("password");
    std::fs::write(&password, PASSWORD).unwrap();
    let run = |args: &[&str], more: &[(&str, &str)]| {
        let mut command = machine.command("taid");
        command.args(args).arg("--password-stdin");
        command.envs(more.iter().copied());
        let output = command.stdin(File::open(&password).unwrap()).output();
        machine.say(&output.unwrap())
    };
    let expected = "exit 1\nerror: this taid belongs to alice, not to bob\n";
    machine.configure("username = \"alice\"\n");
    for may_start in ["0", "1"] {
        let said = run(&["register", "bob"], &[("TAI_MCP_AUTOSTART", may_start)]);
        assert!(said.starts_with(expected), "{may_start}: {said}");
        let is_off = machine.cli(&["status"]).status.code() == Some(3);
        assert_eq!(is_off, may_start == "0");
        assert_eq!(said.contains("change `username` in the"), is_off, "{said}");
    }
    assert!(machine.cli(&["stop"]).status.success());

    if let Some(keyring) = Keyring::start(&machine) {
        machine.configure("");
        let bus = keyring.bus();
        let saved = run(&["login", USER, "--save"], &[bus]);
        assert!(saved.starts_with("exit 0\n"), "{saved}");
        // A keyring's taid that the bridge has not signed in does not know its account.
        machine.sandbox.fail(FaultKind::Html502, 100, LOGIN);
        for may_start in ["0", "1"] {
            for command in [&["register", "bob"][..], &["login", "bob", "--save"]] {
                let said = run(command, &[bus, ("TAI_MCP_AUTOSTART", may_start)]);
                assert!(said.starts_with(expected), "{may_start}: {said}");
            }
        }
        // A command that cannot reach the keyring learns it from taid.
        let said = run(&["login", "bob", "--save"], &[]);
        assert!(said.starts_with(expected), "{said}");
        machine.sandbox.heal();
        // The keyring has the same account as before.
        let said = run(
            &["login", USER, "--save"],
            &[bus, ("TAI_MCP_AUTOSTART", "0")],
        );
        assert!(said.starts_with("exit 0\n"), "{said}");
    }
    assert_eq!(machine.sandbox.count("POST /api/v1/register"), 0);
}

#[test]
fn the_length_of_a_password_is_counted_as_the_bridge_counts_it() {
    let machine = Machine::new();
    let _taid = machine.start_bare(&[]);
    let with = |command: &str, emoji: usize| {
        let password = "😀".repeat(emoji);
        machine.cli_reading(&[command, "emoji", "--password-stdin"], &password)
    };
    for refused in [3, 65] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(machine.say(&with("register", refused)), @"
            exit 1
            error: the password is not valid
            caused by: a password has 8 to 128 characters
            hint: correct it and try again; nothing was sent
            ");
        }
    }
    assert_eq!(machine.sandbox.count("POST /api/v1/register"), 0);
    // The bridge counts UTF-16 units, of which each of these has two.
    assert!(with("register", 4).status.success());
    assert_eq!(machine.status()["account"]["username"], "emoji");
    assert!(with("login", 4).status.success());
}
