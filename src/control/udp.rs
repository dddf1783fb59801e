//! A UDP listener thread, shared by OSC and TUIO.

use std::net::{SocketAddr, ToSocketAddrs, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use show::{Hub, Worker};

/// Largest UDP datagram.
const LARGEST: usize = 65_536;
/// Longest time that it sleeps, after which it checks whether to end.
const LONG: Duration = Duration::from_millis(200);
/// Shortest time that it sleeps.
const SHORT: Duration = Duration::from_millis(1);

/// Why a port cannot be opened; the show continues without it.
#[derive(Debug, thiserror::Error)]
#[error("{what} cannot listen on {address}: {source}")]
pub struct PortError {
    /// Its protocol.
    pub what: &'static str,
    /// The address as given.
    pub address: String,
    /// The system's error.
    pub source: std::io::Error,
}

/// Handles the datagrams of a port.
///
/// ```
/// use std::net::{SocketAddr, UdpSocket};
/// use std::time::Duration;
///
/// use control::udp::{DatagramHandler, Listener};
/// use show::{Command, Hub};
///
/// /// `tap` is a beat; anything else is rejected.
/// struct Taps;
///
/// impl DatagramHandler for Taps {
///     fn receive(&mut self, bytes: &[u8], _: SocketAddr, _: f64, hub: &Hub) -> u64 {
///         let is_tap = bytes == b"tap";
///         if is_tap {
///             hub.send(Command::Tap);
///         }
///         !is_tap as u64
///     }
///     fn tick(&mut self, _: f64, _: &Hub) -> u64 {
///         0
///     }
///     fn next_tick(&self, _: f64) -> Option<f64> {
///         None
///     }
/// }
///
/// let (hub, inbox) = Hub::new();
/// // Port 0: any that is free on this machine.
/// let listener = Listener::open("taps", "0", hub, Taps)?;
/// UdpSocket::bind("127.0.0.1:0")?.send_to(b"tap", listener.address())?;
/// let received = (0..1000).find_map(|_| {
///     std::thread::sleep(Duration::from_millis(10));
///     inbox.try_iter().next()
/// });
/// assert_eq!((received, listener.rejected()), (Some(Command::Tap), 0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait DatagramHandler: Send + 'static {
    /// Handles a datagram received at `now`, s; returns the number of rejected messages.
    fn receive(&mut self, bytes: &[u8], from: SocketAddr, now: f64, hub: &Hub) -> u64;
    /// Does what is due at `now`, s; returns the number of queued messages that were rejected.
    fn tick(&mut self, now: f64, hub: &Hub) -> u64;
    /// Seconds until the next tick is due, if anything is pending.
    fn next_tick(&self, now: f64) -> Option<f64>;
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
    /// [`PortError`] names the address: it is invalid, or in use.
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
        socket.set_read_timeout(Some(LONG)).map_err(fail)?;
        let address = socket.local_addr().map_err(fail)?;
        let rejected = Arc::new(AtomicU64::new(0));
        let wrong = rejected.clone();
        let listen = move |end: &AtomicBool| {
            let (mut bytes, begun, mut sleep) = (vec![0; LARGEST], Instant::now(), LONG);
            while !end.load(Relaxed) && !hub.is_closing() {
                let received = socket.recv_from(&mut bytes);
                let mut now = begun.elapsed().as_secs_f64();
                if let Ok((n, from)) = received {
                    wrong.fetch_add(input.receive(&bytes[..n], from, now, &hub), Relaxed);
                    now = begun.elapsed().as_secs_f64();
                }
                wrong.fetch_add(input.tick(now, &hub), Relaxed);
                let soon = input.next_tick(now).map_or(LONG, Duration::from_secs_f64).clamp(SHORT, LONG);
                if soon != sleep {
                    sleep = soon;
                    // If the timeout cannot be set, it wakes slightly too often or too rarely.
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

    /// Messages rejected so far: malformed, to an unknown address, or without a number.
    pub fn rejected(&self) -> u64 {
        self.rejected.load(Relaxed)
    }
}
