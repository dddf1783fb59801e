//! The connection of the simulated user.

use std::io::ErrorKind;
use std::net::TcpStream;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use tungstenite::{Error, Message, WebSocket, client};

use super::user_counters::UserCounters;

/// Requests a preview.
const PREVIEW: &str = "{\"preview\":true}";
/// Interval between moves.
const MOVE: Duration = Duration::from_millis(100);

/// An open remote.
pub struct RemoteConnection {
    socket: WebSocket<TcpStream>,
    address: String,
    begun: Instant,
    moved: Instant,
    seen: bool,
}

impl RemoteConnection {
    /// Opens the remote of a link, to move the knob at `address`.
    pub fn open(link: &str, address: &str) -> Option<Self> {
        let (place, query) = link.strip_prefix("http://")?.split_once("/?")?;
        let stream = TcpStream::connect(place).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
        let (mut socket, _) = client(format!("ws://{place}/socket?{query}"), stream).ok()?;
        socket.get_mut().set_read_timeout(Some(MOVE / 4)).ok()?;
        socket.send(Message::text(PREVIEW)).ok()?;
        Some(Self {
            socket,
            address: address.into(),
            begun: Instant::now(),
            moved: Instant::now(),
            seen: false,
        })
    }

    /// Reads incoming messages and moves the knob when it is due; false once the connection is lost.
    pub fn turn(&mut self, counts: &UserCounters) -> bool {
        match self.socket.read() {
            Ok(Message::Binary(_)) => {
                counts.previews.fetch_add(1, Relaxed);
                self.seen = true;
            }
            Ok(_) => {}
            Err(Error::Io(e)) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(_) => return false,
        }
        if self.moved.elapsed() < MOVE {
            return true;
        }
        self.moved = Instant::now();
        // Between half and full, once in ten seconds.
        let turn = (self.begun.elapsed().as_secs_f64() * 0.1).fract();
        let travel = 0.5 + (turn - 0.5).abs();
        let text = format!("{{\"move\":\"{}\",\"travel\":{travel}}}", self.address);
        // Each preview is requested, as the page does.
        if std::mem::take(&mut self.seen) && self.socket.send(Message::text(PREVIEW)).is_err() {
            return false;
        }
        counts.moves.fetch_add(1, Relaxed);
        self.socket.send(Message::text(text)).is_ok()
    }
}
