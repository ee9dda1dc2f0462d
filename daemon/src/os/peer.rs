//! The user of the other end of a TCP connection on this machine.

use std::net::{SocketAddr, SocketAddrV4};

/// Returns whether a process of this user has the other end of a connection over loopback. Only
/// Linux tells; elsewhere, and if Linux does not tell, every peer passes.
pub(crate) fn is_own_peer(peer: SocketAddr, own: SocketAddr) -> bool {
    let (SocketAddr::V4(peer), SocketAddr::V4(own)) = (peer, own) else {
        return false;
    };
    if !cfg!(target_os = "linux") {
        return true;
    }
    match std::fs::read_to_string("/proc/net/tcp") {
        Ok(table) => owner(&table, peer, own) == Some(super::uid()),
        Err(_) => true,
    }
}

/// Returns the user of the socket at `local` that is connected to `remote`.
fn owner(table: &str, local: SocketAddrV4, remote: SocketAddrV4) -> Option<u32> {
    let text = |address: SocketAddrV4| {
        // The kernel prints the address as a number of this machine.
        let ip = u32::from_ne_bytes(address.ip().octets());
        format!("{ip:08X}:{:04X}", address.port())
    };
    let (local, remote) = (text(local), text(remote));
    table.lines().find_map(|line| {
        let mut fields = line.split_whitespace().skip(1);
        let ends = (fields.next()?, fields.next()?);
        if ends != (local.as_str(), remote.as_str()) {
            return None;
        }
        // State, queues, timer, retransmissions.
        fields.nth(4)?.parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_endian = "little")]
    fn the_owner_is_that_of_the_peer_and_not_of_the_own_end() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F40 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 1 1
   1: 0100007F:C350 0100007F:1F40 01 00000000:00000000 00:00000000 00000000  1001        0 2 1
";
        let (peer, own) = (
            "127.0.0.1:50000".parse().unwrap(),
            "127.0.0.1:8000".parse().unwrap(),
        );
        assert_eq!(owner(table, peer, own), Some(1001));
        assert_eq!(owner(table, own, peer), Some(1000));
        assert_eq!(owner(table, own, own), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_connection_of_this_process_is_of_this_user() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let client = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (server, peer) = listener.accept().unwrap();
        assert!(is_own_peer(peer, server.local_addr().unwrap()));
        drop(client);
    }
}
