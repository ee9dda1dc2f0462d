//! Certificate authorities that are trusted in addition to the system's: those of a file in the
//! configuration, or in the variable `SSL_CERT_FILE`.

use super::{
    options::NetworkOptions,
    proxy::Env,
    setup_error::{RootsError, SetupError},
};
use crate::{private_file, regular_file};
use reqwest::Certificate;
use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject as _},
};
use std::path::{Path, PathBuf};
use tai_names::variables::CERTIFICATE_FILE;

/// Longest file, in bytes. The authorities of a system are half a megabyte.
const MAX_BUNDLE: u64 = 16 << 20;
/// First byte of a certificate in binary form (DER).
const DER: u8 = 0x30;

/// Returns the authorities of the file that the configuration or the variable names.
///
/// # Errors
/// [`SetupError::Roots`].
pub(super) fn of(options: &NetworkOptions, env: Env<'_>) -> Result<Vec<Certificate>, SetupError> {
    // It replaces the system's authorities. macOS and Windows ignore it.
    let variable = env(CERTIFICATE_FILE).filter(|_| cfg!(all(unix, not(target_vendor = "apple"))));
    let (path, origin, found) = match (&options.ca_file, variable) {
        (Some(file), _) => {
            let path = file.value.clone();
            let found = authorities(&path);
            (path, file.origin.clone(), found)
        }
        (None, None) => return Ok(Vec::new()),
        (None, Some(path)) if path.is_empty() => return Ok(of_system()),
        (None, Some(path)) => {
            let path = PathBuf::from(path);
            // Every program of the environment trusts this file, and some write it for a group.
            let found = regular_file::read(&path, MAX_BUNDLE).map_err(RootsError::Read);
            let found = found.and_then(|bytes| parsed(&bytes));
            (path, format!("the variable {CERTIFICATE_FILE}"), found)
        }
    };
    match found {
        Ok(found) => Ok(certificates(&found)),
        Err(source) => Err(SetupError::Roots {
            origin,
            path,
            source,
        }),
    }
}

/// Returns the usable certificate authorities of a file in PEM form, at least one. No other user than root
/// may be able to change the file, because its authorities vouch for the host that gets the password.
///
/// # Errors
/// [`RootsError`].
pub fn authorities(path: &Path) -> Result<Vec<CertificateDer<'static>>, RootsError> {
    let file = regular_file::open(path).map_err(RootsError::Read)?;
    let meta = file.metadata().map_err(RootsError::Read)?;
    private_file::check_unshared(&meta).map_err(RootsError::Unsafe)?;
    parsed(&regular_file::rest(file, MAX_BUNDLE).map_err(RootsError::Read)?)
}

fn parsed(bytes: &[u8]) -> Result<Vec<CertificateDer<'static>>, RootsError> {
    let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let mut store = RootCertStore::empty();
    let found = CertificateDer::pem_slice_iter(text).filter_map(Result::ok);
    // A bundle may have certificates of kinds that TLS here does not know.
    let usable = found.filter(|certificate| store.add(certificate.clone()).is_ok());
    let usable: Vec<_> = usable.collect();
    match (usable.is_empty(), text.first()) {
        (false, _) => Ok(usable),
        (true, Some(&DER)) => Err(RootsError::Der),
        (true, _) => Err(RootsError::NoCertificate),
    }
}

fn certificates(found: &[CertificateDer<'_>]) -> Vec<Certificate> {
    let found = found.iter();
    found
        .filter_map(|certificate| Certificate::from_der(certificate).ok())
        .collect()
}

/// Returns the system's authorities. The TLS library finds none while the variable is empty,
/// which many environments mean as unset.
#[cfg(all(unix, not(target_vendor = "apple")))]
fn of_system() -> Vec<Certificate> {
    let places = openssl_probe::probe();
    let dir = places.cert_dir.first().map(PathBuf::as_path);
    let found = rustls_native_certs::load_certs_from_paths(places.cert_file.as_deref(), dir);
    certificates(&found.certs)
}

#[cfg(not(all(unix, not(target_vendor = "apple"))))]
fn of_system() -> Vec<Certificate> {
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(name: &str, contents: Option<&[u8]>) -> String {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(name);
        if let Some(contents) = contents {
            std::fs::write(&path, contents).unwrap();
        }
        let env = |_: &str| Some(path.clone().into_os_string());
        match of(&NetworkOptions::default(), &env) {
            Ok(found) => format!("{} certificates", found.len()),
            Err(error) => crate::chain(&error).replace(dir.path().to_str().unwrap(), "DIR"),
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_file_that_cannot_be_used_is_named_with_its_variable() {
        let pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let all = [
            problem("missing.pem", None),
            problem("ca.der", Some(&[DER, 0x82, 1, 2])),
            problem("empty.pem", Some(b"")),
            problem("broken.pem", Some(pem.as_bytes())),
        ];
        insta::assert_snapshot!(all.join("\n"), @"
        the file DIR/missing.pem from the variable SSL_CERT_FILE cannot be used: it cannot be read: No such file or directory (os error 2)
        the file DIR/ca.der from the variable SSL_CERT_FILE cannot be used: it is binary (DER); convert it with `openssl x509 -inform der -in FILE -out FILE.pem`
        the file DIR/empty.pem from the variable SSL_CERT_FILE cannot be used: it contains no valid certificate in PEM form (`-----BEGIN CERTIFICATE-----`)
        the file DIR/broken.pem from the variable SSL_CERT_FILE cannot be used: it contains no valid certificate in PEM form (`-----BEGIN CERTIFICATE-----`)
        ");
    }

    #[test]
    #[cfg(unix)]
    fn a_file_that_another_user_can_change_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ca.pem");
        std::fs::write(&path, "no certificate").unwrap();
        let problem = |mode| {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            authorities(&path).unwrap_err().to_string()
        };
        let all = [problem(0o666), problem(0o646), problem(0o644)];
        insta::assert_snapshot!(all.join("\n"), @"
        it has mode 0666, so other users can change it
        it has mode 0646, so other users can change it
        it contains no valid certificate in PEM form (`-----BEGIN CERTIFICATE-----`)
        ");
    }
}
