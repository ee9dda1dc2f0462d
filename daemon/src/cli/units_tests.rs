//! Plans for each system.

use super::*;
use std::fmt::Write as _;

/// Returns the profiles `default` and `work`.
fn profiles() -> [Profile; 2] {
    [Profile::default(), Profile::new("work").unwrap()]
}

fn place(manager: Manager, profile: &Profile) -> Place<'_> {
    Place {
        manager,
        profile,
        taid: Path::new("/home/alice/.cargo/bin/taid"),
        dir: Path::new("/home/alice/DIR"),
        packaged: false,
        shared: false,
        uid: 501,
    }
}

fn lines(steps: &[Step]) -> String {
    let mut text = String::new();
    for step in steps {
        let _ = match step {
            Step::Write { path, .. } => writeln!(text, "write {}", path.display()),
            Step::Remove { path } => writeln!(text, "remove {}", path.display()),
            Step::Run { argv, may_fail } => {
                let tries = if *may_fail { "try" } else { "run" };
                writeln!(text, "{tries} {}", argv.join(" "))
            }
        };
    }
    text
}

#[test]
fn the_plans_of_each_system() {
    let mut text = String::new();
    for manager in [Manager::Systemd, Manager::Launchd, Manager::Windows] {
        for profile in &profiles() {
            let place = place(manager, profile);
            let _ = write!(
                text,
                "# {manager:?} {profile}\n{}-\n{}\n",
                lines(&install(&place)),
                lines(&uninstall(&place))
            );
        }
    }
    insta::assert_snapshot!(text, @r#"
    # Systemd default
    write /home/alice/DIR/taid.socket
    write /home/alice/DIR/taid.service
    run systemctl --user daemon-reload
    run systemctl --user enable --now taid.socket
    -
    try systemctl --user disable --now taid.socket taid.service
    remove /home/alice/DIR/taid.socket
    remove /home/alice/DIR/taid.service
    try systemctl --user daemon-reload

    # Systemd work
    write /home/alice/DIR/taid@.socket
    write /home/alice/DIR/taid@.service
    run systemctl --user daemon-reload
    run systemctl --user enable --now taid@work.socket
    -
    try systemctl --user disable --now taid@work.socket taid@work.service
    remove /home/alice/DIR/taid@.socket
    remove /home/alice/DIR/taid@.service
    try systemctl --user daemon-reload

    # Launchd default
    write /home/alice/DIR/chat.tai.taid.plist
    try launchctl bootout gui/501/chat.tai.taid
    run launchctl bootstrap gui/501 /home/alice/DIR/chat.tai.taid.plist
    -
    try launchctl bootout gui/501/chat.tai.taid
    remove /home/alice/DIR/chat.tai.taid.plist

    # Launchd work
    write /home/alice/DIR/chat.tai.taid.work.plist
    try launchctl bootout gui/501/chat.tai.taid.work
    run launchctl bootstrap gui/501 /home/alice/DIR/chat.tai.taid.work.plist
    -
    try launchctl bootout gui/501/chat.tai.taid.work
    remove /home/alice/DIR/chat.tai.taid.work.plist

    # Windows default
    run schtasks /Create /F /SC ONLOGON /TN chat.tai.taid /TR conhost.exe --headless "/home/alice/.cargo/bin/taid" run --profile default
    run schtasks /Run /TN chat.tai.taid
    -
    try schtasks /End /TN chat.tai.taid
    try schtasks /Delete /F /TN chat.tai.taid

    # Windows work
    run schtasks /Create /F /SC ONLOGON /TN chat.tai.taid.work /TR conhost.exe --headless "/home/alice/.cargo/bin/taid" run --profile work
    run schtasks /Run /TN chat.tai.taid.work
    -
    try schtasks /End /TN chat.tai.taid.work
    try schtasks /Delete /F /TN chat.tai.taid.work
    "#);
}

#[test]
fn units_of_a_package_are_enabled_and_not_written() {
    let [default, _] = profiles();
    let place = Place {
        packaged: true,
        ..place(Manager::Systemd, &default)
    };
    assert_eq!(
        lines(&install(&place)),
        "run systemctl --user daemon-reload\nrun systemctl --user enable --now taid.socket\n"
    );
    assert!(!lines(&uninstall(&place)).contains("remove"));
}

#[test]
fn the_units_of_profiles_go_with_the_last_profile() {
    let [_, profile] = profiles();
    let work = place(Manager::Systemd, &profile);
    assert!(lines(&uninstall(&work)).contains("remove /home/alice/DIR/taid@.socket"));
    let shared = Place {
        shared: true,
        ..work
    };
    assert!(!lines(&uninstall(&shared)).contains("remove"));
    for (unit, is_other) in [
        ("taid@play.socket", true),
        ("taid@play.service", true),
        ("taid@work.socket", false),
        ("taid.socket", false),
        ("taid@.socket", false),
        ("other@play.socket", false),
    ] {
        assert_eq!(is_of_another_profile(unit, &profile), is_other, "{unit}");
    }
}

fn written(place: &Place<'_>) -> String {
    let steps = install(place).into_iter();
    let texts = steps.filter_map(|step| match step {
        Step::Write { text, .. } => Some(text),
        _ => None,
    });
    texts.collect()
}

#[test]
fn units_run_the_executable_that_installed_them() {
    let [default, work] = profiles();
    let text = written(&place(Manager::Systemd, &default));
    assert!(text.contains("\nExecStart=/home/alice/.cargo/bin/taid run\n"));
    assert!(text.contains("\nListenStream=%t/tai/default.sock\n"));
    assert!(text.contains("\nListenStream=%t/tai/default.admin.sock\n"));
    let text = written(&place(Manager::Systemd, &work));
    assert!(text.contains("\nExecStart=/home/alice/.cargo/bin/taid run --profile %i\n"));
    assert!(text.contains("\nListenStream=%t/tai/%i.sock\n"));
    assert!(text.contains("\nListenStream=%t/tai/%i.admin.sock\n"));
    assert!(!text.contains(PACKAGED));
}

#[test]
fn a_path_with_special_characters_stays_one_word() {
    assert_eq!(unit_word("/usr/bin/taid"), "/usr/bin/taid");
    assert_eq!(
        unit_word(r#"/a b/50% "$HOME"\x"#),
        r#""/a b/50%% \"$$HOME\"\\x""#
    );
    let [default, _] = profiles();
    let mut place = place(Manager::Launchd, &default);
    place.taid = Path::new("/Users/a & b/<taid>");
    let text = written(&place);
    assert!(text.contains("<string>/Users/a &amp; b/&lt;taid&gt;</string>"));
    assert!(!text.contains('@'), "{text}");
}
