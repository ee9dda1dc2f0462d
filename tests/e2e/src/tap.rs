//! A proxy that keeps what taid says to its clients.

use std::{
    io::{Read as _, Write as _},
    os::unix::net::{UnixListener, UnixStream},
    path::Path,
    sync::{Arc, Mutex},
};

/// Starts a proxy between clients and taid. Returns the bytes that taid sends.
///
/// # Panics
/// If it cannot listen.
pub fn tapped(socket: &Path, listen: &Path) -> Arc<Mutex<Vec<u8>>> {
    let said = Arc::new(Mutex::new(Vec::new()));
    let listener = UnixListener::bind(listen).unwrap();
    let (socket, kept) = (socket.to_owned(), said.clone());
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let (Ok(client), Ok(daemon)) = (client, UnixStream::connect(&socket)) else {
                return;
            };
            let (mut from, mut to) = (client.try_clone().unwrap(), daemon.try_clone().unwrap());
            std::thread::spawn(move || std::io::copy(&mut from, &mut to));
            let (mut from, mut to, kept) = (daemon, client, kept.clone());
            std::thread::spawn(move || {
                let mut piece = [0; 4096];
                while let Ok(n @ 1..) = from.read(&mut piece) {
                    kept.lock().unwrap().extend_from_slice(&piece[..n]);
                    if to.write_all(&piece[..n]).is_err() {
                        break;
                    }
                }
            });
        }
    });
    said
}
