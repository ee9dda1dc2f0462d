//! The walls between crates, and banned crates.

use crate::assert_reported;
use tai_architecture::{
    Files, Finding, manifest,
    rules::{BANS, CRATE_WALLS},
};

/// Returns the findings for manifests with these folders, names and texts.
fn found(crates: &[(&str, &str, &str)]) -> Vec<Finding> {
    let mut files = Files::default();
    files.insert(
        "Cargo.toml",
        "[workspace.dependencies]\nother = { package = \"taid\", path = \"daemon\" }\n\
         web = { package = \"reqwest\", version = \"1\" }\n",
    );
    for (folder, name, text) in crates {
        let manifest = format!("[package]\nname = \"{name}\"\n{text}");
        files.insert(format!("{folder}/Cargo.toml"), manifest);
    }
    manifest::check(&manifest::packages(&files).unwrap(), CRATE_WALLS, BANS)
}

/// The forms of a dependency.
const FORMS: &[&str] = &[
    "[dependencies]\nNAME.workspace = true\n",
    "[dependencies]\nNAME = { path = \"x\", optional = true }\n[features]\ndefault = [\"a\"]\na = [\"dep:NAME\"]\n",
    "[dependencies]\nx = { package = \"NAME\", path = \"x\" }\n",
    "[dependencies.NAME]\npath = \"x\"\n",
    "[build-dependencies]\nNAME = \"1\"\n",
    "[target.'cfg(unix)'.dependencies]\nNAME = \"1\"\n",
];

#[test]
fn each_forbidden_dependency_of_each_crate_is_reported() {
    for wall in CRATE_WALLS {
        for other in CRATE_WALLS {
            for form in FORMS {
                let text = form.replace("NAME", other.name);
                let found = found(&[("a", wall.name, &text), ("b", other.name, "")]);
                if wall.name == other.name {
                    continue;
                }
                if wall.may.contains(&other.name) {
                    assert_eq!(found, []);
                } else {
                    let words = format!("{} depends on {}", wall.name, other.name);
                    assert_reported(&found, "a/Cargo.toml", "crate walls", &words);
                    assert_reported(&found, "a/Cargo.toml", "crate walls", wall.reason);
                }
            }
        }
    }
}

#[test]
fn a_renamed_dependency_is_reported() {
    let text = "[dependencies]\nother.workspace = true\n";
    let found = found(&[("proto", "tai-proto", text), ("daemon", "taid", "")]);
    assert_reported(&found, "proto/Cargo.toml", "crate walls", "depends on taid");
}

#[test]
fn a_dependency_on_a_test_crate_is_reported() {
    for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
        let text = format!("[{kind}]\ntai-e2e.workspace = true\n");
        let found = found(&[("daemon", "taid", &text), ("tests/e2e", "tai-e2e", "")]);
        let words = "nothing depends on tests/";
        assert_reported(&found, "daemon/Cargo.toml", "crate walls", words);
    }
    let text = "[dependencies]\ntaid.workspace = true\ntai-sandbox.workspace = true\n";
    let clean = found(&[
        ("daemon", "taid", ""),
        ("tests/e2e", "tai-e2e", text),
        ("tests/sandbox", "tai-sandbox", ""),
    ]);
    assert_eq!(clean, []);
}

#[test]
fn a_crate_without_a_row_is_reported() {
    let found = found(&[("daemon/new", "tai-new", "")]);
    assert_reported(&found, "daemon/new/Cargo.toml", "crate walls", "no row");
}

#[test]
fn each_banned_crate_is_reported() {
    for ban in BANS {
        for banned in ban.banned {
            for form in FORMS {
                let text = form.replace("NAME", banned);
                let found = found(&[("a", ban.krate, &text)]);
                assert_reported(&found, "a/Cargo.toml", "banned crates", ban.reason);
            }
        }
    }
    let keyring = "[dependencies]\ndbus-secret-service-keyring-store = \"1\"\n";
    let reported = found(&[("daemon/auth", "tai-auth", keyring)]);
    assert_reported(
        &reported,
        "daemon/auth/Cargo.toml",
        "banned crates",
        "D-Bus",
    );
    let web = "[dependencies]\nweb.workspace = true\n";
    let reported = found(&[("shim", "tai-mcp", web)]);
    assert_reported(&reported, "shim/Cargo.toml", "banned crates", "has reqwest");
}

#[test]
fn optional_and_test_dependencies_on_banned_crates_are_allowed() {
    for text in [
        "[dependencies]\ndbus = { version = \"1\", optional = true }\n[features]\nkeyring = [\"dep:dbus\"]\n",
        "[dev-dependencies]\nclap = \"1\"\n",
        "[dependencies]\nclapper = \"1\"\n",
    ] {
        assert_eq!(found(&[("daemon/auth", "tai-auth", text)]), []);
    }
}
