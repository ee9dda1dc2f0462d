//! The search for secrets in files, output, arguments, environments and memory.

use std::{io::Read as _, path::Path};

/// Searched bytes, each with its place.
#[derive(Default)]
pub(super) struct Seen(Vec<(String, Vec<u8>)>);

impl Seen {
    pub(super) fn add(&mut self, place: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.0.push((place.into(), bytes.into()));
    }

    /// Adds the arguments of a process.
    pub(super) fn arguments(&mut self, name: &str, pid: u32) {
        self.shown(name, pid, "cmdline");
    }

    /// Adds the environment of a process, which must be [`observable`].
    pub(super) fn environment(&mut self, name: &str, pid: u32) {
        self.shown(name, pid, "environ");
    }

    /// Adds a file of `/proc`. An empty one would hide nothing.
    fn shown(&mut self, name: &str, pid: u32, file: &str) {
        let bytes = std::fs::read(format!("/proc/{pid}/{file}")).unwrap();
        assert!(!bytes.is_empty(), "the {file} of {name} is empty");
        self.add(format!("the {file} of {name}"), bytes);
    }

    pub(super) fn files(&mut self, dir: &Path) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                self.files(&path);
            } else if path.is_file() {
                let bytes = std::fs::read(&path).unwrap();
                self.add(path.display().to_string(), bytes);
            }
        }
    }

    /// Checks that no place has a secret as it is or in base64. JSON changes none of the secrets.
    pub(super) fn has_none_of(&self, secrets: &[&str]) {
        for secret in secrets {
            for form in forms(secret) {
                for (place, bytes) in &self.0 {
                    assert!(!contains(bytes, &form), "{secret} is in {place}, as {form}");
                }
            }
        }
    }
}

/// Returns whether bytes contain a text.
pub(super) fn contains(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|window| window == text.as_bytes())
}

/// Returns a text as it is, and in base64 at each of the three offsets in a longer text.
fn forms(text: &str) -> Vec<String> {
    let encoded = (0..3).map(|skipped| base64(&text.as_bytes()[skipped..]));
    std::iter::once(text.to_owned()).chain(encoded).collect()
}

/// Returns the base64 form of the whole groups of three bytes.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (groups, _) = bytes.as_chunks::<3>();
    let digits = groups.iter().flat_map(|[a, b, c]| {
        let group = u32::from_be_bytes([0, *a, *b, *c]);
        [18, 12, 6, 0].map(|shift| char::from(DIGITS[(group >> shift) as usize & 63]))
    });
    digits.collect()
}

/// Returns the writable memory of a process that this process may read.
pub(super) fn memory(pid: u32) -> std::io::Result<Vec<u8>> {
    use std::io::Seek as _;
    let mut file = std::fs::File::open(format!("/proc/{pid}/mem"))?;
    let maps = std::fs::read_to_string(format!("/proc/{pid}/maps"))?;
    let mut all = Vec::new();
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let range = line.split(' ').next().unwrap();
        let (from, to) = range.split_once('-').unwrap();
        let from = u64::from_str_radix(from, 16).unwrap();
        let to = u64::from_str_radix(to, 16).unwrap();
        let mut piece = vec![0; usize::try_from(to - from).unwrap()];
        if file.seek(std::io::SeekFrom::Start(from)).is_ok() && file.read_exact(&mut piece).is_ok()
        {
            all.extend(piece);
        }
    }
    Ok(all)
}
