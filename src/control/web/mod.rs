//! The web remote: the whole show on a page, for a phone or for the laptop beside the projector.
//!
//! ```text
//!   page ──{"move":"gas.inflow","travel":0.3}──► input ──►  address::apply ──►  Hub
//!        ◄──{"face":…}  when the scene changes── snapshot ◄── newest state ───┘
//!        ◄──{"state":…} what differs, 15 a second─┘
//!        ◄──JPEG, when it has asked for one──
//! ```
//! A thread for each connection: none waits for another, nor the show for any.

mod client;
mod comparison;
mod description;
mod error;
mod hosts;
mod http;
mod input;
mod jpeg;
mod page;
mod request_error;
mod server;
mod server_state;
mod snapshot;
mod taste;
mod token;
mod voter;

use std::net::{SocketAddr, TcpListener, ToSocketAddrs, UdpSocket};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

pub use error::RemoteError;
use hosts::AllowedHosts;
pub use hosts::Host;
use request_error::RateLimitedLog;
use server_state::ServerState;
use show::Hub;
pub use token::{TOKEN, Token, take_from_environment};

/// The default port.
pub const PORT: u16 = 8090;
/// Interval at which new connections, and the end, are polled.
const POLL: Duration = Duration::from_millis(20);

/// Serves the page until it is dropped.
pub struct Remote {
    link: String,
    address: SocketAddr,
    server: Arc<ServerState>,
    thread: Option<JoinHandle<()>>,
}

impl Remote {
    /// Serves on `HOST:PORT`; a port alone means this machine only, and port 0 any that is free. `allowed` are host
    /// names besides the machine's own, such as that of a proxy.
    ///
    /// # Errors
    /// [`RemoteError::Port`] names the address.
    pub fn open(address: &str, allowed: &[Host], hub: Arc<Hub>) -> Result<Self, RemoteError> {
        Self::open_with(address, allowed, hub, RateLimitedLog::new())
    }

    fn open_with(
        address: &str,
        allowed: &[Host],
        hub: Arc<Hub>,
        rejections: RateLimitedLog,
    ) -> Result<Self, RemoteError> {
        let fail = |source| RemoteError::Port { address: address.into(), source };
        let token = Token::kept_or_new()?;
        let full = if address.contains(':') { address.into() } else { format!("127.0.0.1:{address}") };
        let places: Vec<SocketAddr> = full.to_socket_addrs().map_err(fail)?.collect();
        let listener = TcpListener::bind(&places[..]).map_err(fail)?;
        listener.set_nonblocking(true).map_err(fail)?;
        let bound = listener.local_addr().map_err(fail)?;
        let link = format!("http://{}/?token={}", reachable(bound), token.text());
        let names = AllowedHosts::new(&full, bound.port(), allowed);
        let server = Arc::new(ServerState::new(hub, token, names, bound.to_string(), rejections));
        server.report_devices();
        let host = server.clone();
        let accept = move || accept(&listener, &host);
        let thread = std::thread::Builder::new().name("remote".into()).spawn(accept).map_err(fail)?;
        Ok(Self { link, address: bound, server, thread: Some(thread) })
    }

    /// Serves this machine on the default port, or on another if that one is taken. The other one depends only on the
    /// token, so that pages find a restarted show.
    ///
    /// # Errors
    /// [`RemoteError::Port`] if no port is free.
    pub fn open_anywhere(allowed: &[Host], hub: Arc<Hub>) -> Result<Self, RemoteError> {
        let kept = Token::kept_or_new()?.port();
        Self::open(&PORT.to_string(), allowed, hub.clone())
            .or_else(|_| Self::open(&kept.to_string(), allowed, hub.clone()))
            .or_else(|_| Self::open("0", allowed, hub))
    }

    /// The link for a browser, with the access token.
    pub fn link(&self) -> &str {
        &self.link
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Number of connected clients.
    pub fn clients(&self) -> usize {
        self.server.clients()
    }

    /// Messages dropped by the rate limit.
    pub fn dropped(&self) -> u64 {
        self.server.dropped()
    }
}

impl Drop for Remote {
    fn drop(&mut self) {
        self.server.close();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        // Clients are told that the show ends; unfinished requests are not waited for.
        for _ in 0..10 {
            if self.server.is_empty() {
                return;
            }
            std::thread::sleep(POLL);
        }
    }
}

fn accept(listener: &TcpListener, server: &Arc<ServerState>) {
    while !server.is_closing() {
        let Ok((stream, _)) = listener.accept() else {
            std::thread::sleep(POLL);
            continue;
        };
        if stream.set_nonblocking(false).is_ok() {
            let server = server.clone();
            let _ = std::thread::Builder::new().name("client".into()).spawn(move || server.host(stream));
        }
    }
}

/// The address at which other machines reach it: where every address was bound, the one of the default route.
fn reachable(bound: SocketAddr) -> SocketAddr {
    if !bound.ip().is_unspecified() {
        return bound;
    }
    // Nothing is sent: the system only selects its own address. (The network is reserved for documentation, RFC 5737.)
    let own = || {
        let socket = UdpSocket::bind("0.0.0.0:0")?;
        socket.connect("192.0.2.1:9")?;
        socket.local_addr()
    };
    let ip = own().map_or(std::net::Ipv4Addr::LOCALHOST.into(), |a| a.ip());
    SocketAddr::new(ip, bound.port())
}

#[cfg(test)]
mod tests;
