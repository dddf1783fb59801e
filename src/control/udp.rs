//! A thread that listens on a UDP port: what OSC and TUIO share.

use std::net::{SocketAddr, ToSocketAddrs, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use show::{Hub, Worker};

/// Largest UDP datagram.
const LARGEST: usize = 65_536;
/// How often the thread looks whether it is to end.
const LOOK: Duration = Duration::from_millis(200);
/// Shortest time that it sleeps.
const SHORTEST: Duration = Duration::from_millis(1);

/// Why a port is not listened to; the show goes on without it.
#[derive(Debug, thiserror::Error)]
#[error("{what} cannot listen on {address}: {source}")]
pub struct PortError {
    /// Who wants it.
    pub what: &'static str,
    /// What was asked for.
    pub address: String,
    /// What the system says.
    pub source: std::io::Error,
}

/// What hears the datagrams of a port.
pub trait DatagramHandler: Send + 'static {
    /// A datagram came from somewhere at `now`, seconds; gives the number of messages that could not be done.
    fn hear(&mut self, bytes: &[u8], from: SocketAddr, now: f64, hub: &Hub) -> u64;
    /// Time has passed; gives the number of messages that were waiting for it and could not be done.
    fn pass(&mut self, now: f64, hub: &Hub) -> u64;
    /// Seconds until time must pass again, where something is under way.
    fn soon(&self, now: f64) -> Option<f64>;
}

/// Listens until it is dropped.
pub struct Listener {
    address: SocketAddr,
    rejected: Arc<AtomicU64>,
    _worker: Worker,
}

impl Listener {
    /// Listens on `HOST:PORT`; a port alone means this machine only.
    ///
    /// # Errors
    /// [`PortError`] names the address: it is none, or it is taken.
    pub fn open(
        what: &'static str,
        address: &str,
        hub: Arc<Hub>,
        mut input: impl DatagramHandler,
    ) -> Result<Self, PortError> {
        let fail = |source| PortError { what, address: address.into(), source };
        let full = if address.contains(':') { address.into() } else { format!("127.0.0.1:{address}") };
        let places: Vec<SocketAddr> = full.to_socket_addrs().map_err(fail)?.collect();
        let socket = UdpSocket::bind(&places[..]).map_err(fail)?;
        socket.set_read_timeout(Some(LOOK)).map_err(fail)?;
        let address = socket.local_addr().map_err(fail)?;
        let rejected = Arc::new(AtomicU64::new(0));
        let wrong = rejected.clone();
        let listen = move |end: &AtomicBool| {
            let (mut bytes, begun, mut sleep) = (vec![0; LARGEST], Instant::now(), LOOK);
            while !end.load(Relaxed) && !hub.is_closing() {
                let heard = socket.recv_from(&mut bytes);
                let mut now = begun.elapsed().as_secs_f64();
                if let Ok((n, from)) = heard {
                    wrong.fetch_add(input.hear(&bytes[..n], from, now, &hub), Relaxed);
                    now = begun.elapsed().as_secs_f64();
                }
                wrong.fetch_add(input.pass(now, &hub), Relaxed);
                let soon = input.soon(now).map_or(LOOK, |s| Duration::from_secs_f64(s).clamp(SHORTEST, LOOK));
                if soon != sleep {
                    sleep = soon;
                    // Without the other timeout it looks a little too often or too seldom.
                    let _ = socket.set_read_timeout(Some(sleep));
                }
            }
        };
        let worker = Worker::start(&what.to_lowercase(), listen).map_err(|source| PortError {
            what,
            address: address.to_string(),
            source,
        })?;
        Ok(Self { address, rejected, _worker: worker })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Messages that were none, led nowhere, or held no number.
    pub fn rejected(&self) -> u64 {
        self.rejected.load(Relaxed)
    }
}
