//! Programs that start another program, and where their arguments name it.

/// A program that starts another one, which its arguments name.
pub(super) struct Starter {
    /// Names of such programs.
    names: &'static str,
    /// Words before the operands.
    subcommands: &'static str,
    /// Options that take the next word.
    values: &'static str,
    /// Options that take the next two words.
    pairs: &'static str,
    /// Words between the options and the command.
    operands: usize,
    /// What follows.
    pub(super) then: Then,
}

/// What follows the options and the operands of a [`Starter`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// A package or a file for Node, or another command.
    Package,
    /// A command with the files of this system.
    Local,
    /// A command in a container, on another machine or in another system.
    Elsewhere,
    /// As `Elsewhere`, but only behind `--`.
    BehindDashes,
    /// A command, or its whole line as one word, for a shell of another machine.
    RemoteShell,
    /// The same for a shell of Windows.
    WindowsShell,
    /// A file, or a script behind `-c`.
    Shell,
}

const PLAIN: Starter = Starter {
    names: "",
    subcommands: "",
    values: "",
    pairs: "",
    operands: 0,
    then: Then::Local,
};

const STARTERS: [Starter; 24] = [
    Starter {
        names: "npx pnpx bunx npm pnpm yarn bun deno",
        subcommands: "exec x dlx run",
        values: "-p --package -c --call --registry --prefix --cache --userconfig -w --workspace -C \
                 --dir --cwd --config --env-file --import-map -r --preload --filter -F",
        then: Then::Package,
        ..PLAIN
    },
    Starter {
        names: "node nodejs tsx ts-node nodemon",
        subcommands: "watch",
        values: "-r --require --import --loader --experimental-loader --env-file --title -C \
                 --conditions -e --eval -p --print --tsconfig --project -P --watch-path",
        then: Then::Package,
        ..PLAIN
    },
    Starter {
        names: "cmd powershell pwsh",
        values: "-ExecutionPolicy -ep -ex -WorkingDirectory -wd -Version",
        then: Then::WindowsShell,
        ..PLAIN
    },
    Starter {
        names: "sh bash zsh dash ash ksh fish",
        values: "-o -O --rcfile --init-file",
        then: Then::Shell,
        ..PLAIN
    },
    Starter {
        names: "env",
        values: "-u --unset -C --chdir -a --argv0",
        ..PLAIN
    },
    Starter {
        names: "nohup setsid time torsocks dbus-run-session caffeinate catchsegv winpty",
        ..PLAIN
    },
    Starter {
        names: "nice",
        values: "-n --adjustment",
        ..PLAIN
    },
    Starter {
        names: "ionice",
        values: "-c --class -n --classdata",
        ..PLAIN
    },
    Starter {
        names: "stdbuf",
        values: "-i --input -o --output -e --error",
        ..PLAIN
    },
    Starter {
        names: "timeout",
        values: "-k --kill-after -s --signal",
        operands: 1,
        ..PLAIN
    },
    Starter {
        names: "strace ltrace proxychains proxychains4",
        values: "-o -e -f -p -s",
        ..PLAIN
    },
    Starter {
        names: "sudo doas runuser",
        values: "-u --user -g --group -h --host -p --prompt -C -D --chdir -R --chroot -r -t -T -U",
        ..PLAIN
    },
    Starter {
        names: "wsl",
        subcommands: "~",
        values: "-d --distribution -u --user --cd --shell-type",
        then: Then::Elsewhere,
        ..PLAIN
    },
    Starter {
        names: "bwrap",
        values: "--args --argv0 --userns --userns2 --pidns --uid --gid --hostname --chdir --unsetenv \
                 --lock-file --sync-fd --exec-label --file-label --proc --dev --tmpfs --mqueue --dir \
                 --seccomp --add-seccomp-fd --block-fd --userns-block-fd --info-fd --json-status-fd \
                 --cap-add --cap-drop --perms --size --remount-ro --overlay-src --tmp-overlay \
                 --ro-overlay",
        pairs: "--bind --bind-try --ro-bind --ro-bind-try --dev-bind --dev-bind-try --bind-fd \
                --ro-bind-fd --symlink --setenv --file --bind-data --ro-bind-data --chmod",
        then: Then::Elsewhere,
        ..PLAIN
    },
    Starter {
        names: "firejail flatpak-spawn distrobox-host-exec host-spawn",
        then: Then::Elsewhere,
        ..PLAIN
    },
    Starter {
        names: "docker podman nerdctl",
        subcommands: "container compose run exec",
        values: "-a --attach --add-host --cap-add --cap-drop --cidfile --context -c --cpus -e --env \
                 --entrypoint --env-file --device --dns --expose -f --file --group-add -h --hostname \
                 -H --host --init-path --ip --ipc -l --label --log-driver -m --memory --mount --name \
                 --network --net --pid --platform --project-directory --profile -p --publish \
                 --pull --restart --runtime --security-opt --shm-size --stop-signal --tmpfs -u \
                 --user --userns --ulimit --uts -v --volume --volumes-from -w --workdir",
        operands: 1,
        then: Then::Elsewhere,
        ..PLAIN
    },
    Starter {
        names: "toolbox",
        subcommands: "run",
        values: "-c --container -d --distro -r --release",
        then: Then::Elsewhere,
        ..PLAIN
    },
    Starter {
        names: "unshare",
        values: "-S --setuid -G --setgid -R --root -w --wd --propagation",
        then: Then::Elsewhere,
        ..PLAIN
    },
    Starter {
        names: "nsenter",
        values: "-t --target -S --setuid -G --setgid",
        then: Then::Elsewhere,
        ..PLAIN
    },
    Starter {
        names: "systemd-run",
        values: "-p --property -u --unit -E --setenv -M --machine -H --host --slice --uid --gid \
                 --description --working-directory --nice --service-type",
        then: Then::Elsewhere,
        ..PLAIN
    },
    Starter {
        names: "direnv envchain",
        subcommands: "exec",
        operands: 1,
        then: Then::Elsewhere,
        ..PLAIN
    },
    Starter {
        names: "ssh",
        values: "-b -c -D -E -e -F -I -i -J -L -l -m -O -o -p -Q -R -S -W -w -B",
        operands: 1,
        then: Then::RemoteShell,
        ..PLAIN
    },
    Starter {
        names: "op doppler infisical aws-vault dotenv dotenvx chamber teller mise devbox varlock \
                distrobox vaultenv",
        then: Then::BehindDashes,
        ..PLAIN
    },
    Starter {
        names: "chrt taskset",
        operands: 1,
        ..PLAIN
    },
];

impl Starter {
    /// Returns the starter with a name.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        STARTERS.iter().find(|starter| has(starter.names, name))
    }

    /// Returns the words from the command on.
    pub(super) fn command<'w>(&self, words: &'w [String]) -> Option<&'w [String]> {
        if self.then == Then::BehindDashes {
            let at = words.iter().position(|word| word == "--")?;
            return words.get(at + 1..);
        }
        let mut at = 0;
        let is_windows = self.then == Then::WindowsShell;
        while let Some(word) = words.get(at) {
            let is_option = word.starts_with('-') || is_windows && word.starts_with('/');
            at += match word.as_str() {
                "--" => {
                    at += 1;
                    break;
                }
                word if self.then == Then::Shell && is_script_option(word) => {
                    at += 1;
                    break;
                }
                word if has(self.pairs, word) => 3,
                word if has(self.values, word) => 2,
                _ if is_option => 1,
                word if has(self.subcommands, word) => 1,
                word if is_assignment(word) => 1,
                _ => break,
            };
        }
        at += self.operands;
        let is_dashes = self.operands > 0 && words.get(at).is_some_and(|word| word == "--");
        words.get(at + usize::from(is_dashes)..)
    }

    /// Returns whether the command of a shell is a script.
    pub(super) fn is_script(&self, words: &[String], command: &[String]) -> bool {
        let before = words.len().checked_sub(command.len() + 1);
        let option = before.and_then(|at| words.get(at));
        option.is_some_and(|option| is_script_option(option))
    }
}

fn has(words: &str, word: &str) -> bool {
    words.split_whitespace().any(|known| known == word)
}

/// Returns whether a word sets a variable.
pub(super) fn is_assignment(word: &str) -> bool {
    let name = word.split_once('=').map_or("", |(name, _)| name);
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !name.is_empty() && name.chars().all(is_name)
}

/// Returns whether an option of a shell, such as `-lc`, is followed by a script.
fn is_script_option(word: &str) -> bool {
    word.starts_with('-') && !word.starts_with("--") && word.ends_with('c')
}
