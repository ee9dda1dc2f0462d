//! When the rules of a file are read again.

use super::*;
use crate::config::Inputs;
use std::{fs, path::PathBuf, time::SystemTime};
use tai_proto::{Tool, names::Profile};

const STRICT: &str = "[instances.desk]\nread_only = true\n";

/// A directory of configurations, and the configuration in force.
struct Place {
    dir: tempfile::TempDir,
    profile: Profile,
    rules: FileRules,
    in_force: SyncMutex<Config>,
}

impl Place {
    /// Returns a place whose `config.toml` has the text.
    fn new(text: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("config.toml"), text).unwrap();
        Self::with(dir, Profile::default())
    }

    fn with(dir: tempfile::TempDir, profile: Profile) -> Self {
        let config = reading(dir.path().to_owned(), profile.clone())().unwrap();
        Self {
            rules: FileRules::new(config.stamp.clone()),
            in_force: SyncMutex::new(config),
            profile,
            dir,
        }
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("config.toml")
    }

    fn write(&self, text: &str) {
        fs::write(self.path(), text).unwrap();
    }

    /// Refreshes the rules, and returns what an agent of `desk` gets for a send.
    async fn send(&self) -> &'static str {
        let read = reading(self.dir.path().to_owned(), self.profile.clone());
        let apply = |config| *self.in_force.lock().unwrap() = config;
        match self.rules.refresh(|| read, apply).await {
            Err(_) => "no tool",
            Ok(()) => self.ruled(),
        }
    }

    async fn reload(&self) -> &'static str {
        let read = reading(self.dir.path().to_owned(), self.profile.clone());
        let apply = |config| *self.in_force.lock().unwrap() = config;
        self.rules.reload(read, apply).await.unwrap();
        self.ruled()
    }

    fn ruled(&self) -> &'static str {
        let in_force = self.in_force.lock().unwrap();
        let desk = "desk".parse().unwrap();
        let rules = crate::config::ActivePolicy::new(in_force.policy.clone()).rules(Some(&desk));
        match rules.forbids_tool(Tool::SendEmail) {
            Some(_) => "refused",
            None => "sent",
        }
    }
}

fn reading(
    dir: PathBuf,
    profile: Profile,
) -> impl FnOnce() -> Result<Config, ConfigError> + Send + 'static {
    move || {
        let inputs = Inputs {
            env: &|_| Err(std::env::VarError::NotPresent),
            password: None,
            dir: Some(&dir),
            account: None,
        };
        Config::load(&profile, inputs)
    }
}

#[tokio::test]
async fn an_emptied_file_keeps_its_rules_until_it_has_text_again() {
    let place = Place::new(STRICT);
    for text in ["", " \n\t\n"] {
        place.write(text);
        assert_eq!(place.send().await, "refused", "{text:?}");
    }
    place.write("# no rules\n");
    assert_eq!(place.send().await, "sent");
    place.write(STRICT);
    assert_eq!(place.send().await, "refused");
    place.write("");
    assert_eq!(place.reload().await, "sent");
}

#[tokio::test]
async fn a_deleted_file_keeps_its_rules_and_no_problem() {
    let place = Place::new(STRICT);
    place.write("[instances.desk]\nread_onyl = true\n");
    assert_eq!(place.send().await, "no tool");
    assert!(place.rules.problem().unwrap().contains("line 2"));
    let aside = place.dir.path().join("aside");
    fs::rename(place.path(), &aside).unwrap();
    assert_eq!(place.send().await, "refused");
    assert_eq!(place.rules.problem(), None);
    // The same file is not valid where it was before.
    fs::rename(&aside, place.path()).unwrap();
    assert_eq!(place.send().await, "no tool");
    fs::remove_file(place.path()).unwrap();
    assert_eq!(place.send().await, "refused");
    assert_eq!(place.reload().await, "sent");
}

#[tokio::test]
async fn the_rules_of_a_profile_stay_although_another_file_is_there() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("config.toml"), "").unwrap();
    fs::write(dir.path().join("config-work.toml"), STRICT).unwrap();
    let place = Place::with(dir, Profile::new("work".to_owned()).unwrap());
    let own = place.dir.path().join("config-work.toml");
    fs::remove_file(&own).unwrap();
    place.write("# changed\n");
    assert_eq!(place.send().await, "refused");
    // The file that counts no more may go.
    fs::write(&own, "# no rules\n").unwrap();
    assert_eq!(place.send().await, "sent");
    fs::remove_file(place.path()).unwrap();
    fs::write(&own, STRICT).unwrap();
    assert_eq!(place.send().await, "refused");
}

#[cfg(unix)]
#[tokio::test]
async fn a_change_without_another_time_or_length_counts() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new("[instances.desk]\nread_only = true\n");
    let at = |path: PathBuf| {
        let file = fs::File::options().write(true).open(path).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH).unwrap();
    };
    at(place.path());
    assert_eq!(place.send().await, "refused");
    // The file is replaced by one of the same length and time.
    let other = place.dir.path().join("other");
    fs::write(&other, "[instances.dusk]\nread_only = true\n").unwrap();
    at(other.clone());
    fs::rename(&other, place.path()).unwrap();
    assert_eq!(place.send().await, "sent");
    // Another mode, and back.
    let chmod = |path: PathBuf, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    chmod(place.path(), 0o666);
    assert_eq!(place.send().await, "no tool");
    chmod(place.path(), 0o600);
    assert_eq!(place.send().await, "sent");
    // The mode of the directory counts when the file is read, and a file with a problem is read
    // each time.
    let dir = place.dir.path().to_owned();
    chmod(dir.clone(), 0o777);
    place.write(STRICT);
    assert_eq!(place.send().await, "no tool");
    chmod(dir, 0o700);
    assert_eq!(place.send().await, "refused");
}

#[tokio::test]
async fn a_disk_that_does_not_answer_holds_no_call_and_one_thread() {
    let place = Place::new("");
    let (let_go, held) = std::sync::mpsc::channel::<()>();
    let begun = Arc::new(tokio::sync::Notify::new());
    place.write(STRICT);
    let read = {
        let (begun, dir) = (begun.clone(), place.dir.path().to_owned());
        move || {
            begun.notify_one();
            held.recv().unwrap();
            reading(dir, Profile::default())()
        }
    };
    let apply = |config| *place.in_force.lock().unwrap() = config;
    {
        let hung = place.rules.refresh(|| read, apply);
        tokio::pin!(hung);
        tokio::select! {
            biased;
            _ = &mut hung => panic!("it cannot end"),
            () = begun.notified() => {}
        }
        // The caller goes.
    }
    assert_eq!(place.rules.problem().unwrap(), NO_ANSWER);
    assert_eq!(place.send().await, "no tool");
    let_go.send(()).unwrap();
    assert_eq!(place.send().await, "refused");
}

/// taid was suspended meanwhile, so that the limit has passed when the look goes on.
#[tokio::test(start_paused = true)]
async fn a_look_that_takes_too_long_permits_no_tool() {
    let place = Place::new("");
    place.write(STRICT);
    {
        let send = place.send();
        tokio::pin!(send);
        tokio::select! {
            biased;
            _ = &mut send => panic!("the file is not settled"),
            () = std::future::ready(()) => {}
        }
        // A program still writes the file.
        place.write(&format!("{STRICT}# more\n"));
        tokio::time::advance(LIMIT).await;
        assert_eq!(send.await, "no tool");
    }
    {
        let _look_of_another_call = place.rules.last.lock().await;
        assert_eq!(place.send().await, "no tool");
    }
    assert_eq!(place.send().await, "refused");
}
