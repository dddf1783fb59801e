//! One client's WebSocket, on a thread of its own. Reading and writing both time out, so that neither a silent client
//! nor one that reads nothing blocks the other direction; a state that could not be sent is not queued: the next
//! message has the newest one.

use std::io::ErrorKind::{TimedOut, WouldBlock};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tungstenite::{Error, Message, WebSocket};

use super::input::{ClientInput, ClientReply};
use super::server_state::ServerState;
use super::snapshot::{self, delta};
use super::token::RateLimiter;

/// Timeout of a single read or write.
const TIMEOUT: Duration = Duration::from_millis(15);
/// A client that reads nothing for this long is disconnected.
const STUCK: Duration = Duration::from_secs(5);
/// A client that sends nothing for this long, not even a pong, is gone.
const GONE: Duration = Duration::from_secs(20);
/// Interval of pings.
const PING: Duration = Duration::from_secs(4);
/// Shortest interval of previews.
const PICTURE: Duration = Duration::from_millis(100);
/// Rate limit, messages per second.
pub const RATE: f64 = 200.0;
/// Messages dropped by the rate limit before the client is disconnected.
pub const PATIENCE: u32 = 1000;
/// Largest accepted message, bytes.
pub const LARGEST: usize = 4096;
/// Largest send buffer, bytes.
const WAITING: usize = 4 << 20;
/// Messages that are read in a row before sending.
const TURN: usize = 32;

/// Why a client is disconnected.
enum Disconnect {
    /// It left, or its connection broke.
    Gone,
    /// It broke the protocol, the rate limit or the size limit.
    ProtocolError(&'static str),
    /// The show ends.
    Closing,
}

struct Client<'a> {
    server: &'a ServerState,
    socket: WebSocket<TcpStream>,
    input: ClientInput,
    rate: RateLimiter,
    dropped: u32,
    sent: Map<String, Value>,
    description: u64,
    snapshot: u64,
    wants_picture: bool,
    picture: (u64, Instant),
    stuck: Option<Instant>,
    heard: Instant,
    pinged: Instant,
    looked: Instant,
}

/// Serves a client until it leaves or the show ends.
pub fn serve(stream: TcpStream, rest: Vec<u8>, server: &ServerState, who: u32) {
    let timed = stream.set_read_timeout(Some(TIMEOUT)).and_then(|()| stream.set_write_timeout(Some(TIMEOUT)));
    if timed.is_err() {
        return;
    }
    let config = WebSocketConfig::default()
        .read_buffer_size(8192)
        .write_buffer_size(0)
        .max_write_buffer_size(WAITING)
        .max_message_size(Some(LARGEST))
        .max_frame_size(Some(LARGEST));
    let now = Instant::now();
    let mut client = Client {
        server,
        socket: WebSocket::from_partially_read(stream, rest, Role::Server, Some(config)),
        input: ClientInput::new(who),
        rate: RateLimiter::new(RATE, now),
        dropped: 0,
        sent: Map::new(),
        description: 0,
        snapshot: 0,
        wants_picture: false,
        picture: (0, now),
        stuck: None,
        heard: now,
        pinged: now,
        looked: now - snapshot::EVERY,
    };
    let end = client.run();
    client.input.leave(&server.hub);
    let (code, reason) = match end {
        Disconnect::Gone => return,
        Disconnect::ProtocolError(why) => (CloseCode::Policy, why),
        Disconnect::Closing => (CloseCode::Away, "the show ends"),
    };
    let _ = client.socket.close(Some(CloseFrame { code, reason: reason.into() }));
    let _ = client.socket.flush();
}

impl Client<'_> {
    fn run(&mut self) -> Disconnect {
        loop {
            if self.server.is_closing() {
                return Disconnect::Closing;
            }
            if let Err(end) = self.receive().and_then(|()| self.send_due()) {
                return end;
            }
        }
    }

    /// Reads pending messages, up to the timeout.
    fn receive(&mut self) -> Result<(), Disconnect> {
        for _ in 0..TURN {
            match self.socket.read() {
                Ok(Message::Text(text)) => self.handle(&text)?,
                Ok(Message::Close(_)) => return Err(Disconnect::Gone),
                Ok(Message::Binary(_)) => return Err(Disconnect::ProtocolError("expected text")),
                Ok(_) => self.count()?,
                Err(Error::Io(e)) if matches!(e.kind(), WouldBlock | TimedOut) => return Ok(()),
                Err(Error::Capacity(_)) => return Err(Disconnect::ProtocolError("a message was too large")),
                Err(_) => return Err(Disconnect::Gone),
            }
            self.heard = Instant::now();
        }
        Ok(())
    }

    /// Counts a message against the rate limit. Excess ones are dropped, and after too many the client is disconnected.
    fn count(&mut self) -> Result<(), Disconnect> {
        if self.rate.allows(Instant::now()) {
            return Ok(());
        }
        self.dropped += 1;
        self.server.count_dropped();
        if self.dropped > PATIENCE { Err(Disconnect::ProtocolError("too many messages")) } else { Ok(()) }
    }

    fn handle(&mut self, text: &str) -> Result<(), Disconnect> {
        let dropped = self.dropped;
        self.count()?;
        if self.dropped > dropped {
            return Ok(());
        }
        match self.input.take(text, &self.server.hub) {
            Ok(ClientReply::None) => Ok(()),
            Ok(ClientReply::Preview) => {
                self.wants_picture = true;
                Ok(())
            }
            Ok(ClientReply::Pong(n)) => self.send(Message::text(json!({ "pong": n }).to_string())),
            Err(e) => self.send(Message::text(json!({ "error": e.to_string() }).to_string())),
        }
    }

    /// Sends what is due, unless something is still being sent.
    fn send_due(&mut self) -> Result<(), Disconnect> {
        if self.heard.elapsed() > GONE {
            return Err(Disconnect::Gone);
        }
        if let Some(since) = self.stuck {
            let sent = self.socket.flush();
            self.check_sent(sent)?;
            if self.stuck.is_some() {
                return if since.elapsed() > STUCK { Err(Disconnect::Gone) } else { Ok(()) };
            }
        }
        if self.looked.elapsed() >= snapshot::EVERY {
            self.looked = Instant::now();
            self.input.rest(&self.server.hub);
            self.send_state()?;
        }
        if self.wants_picture && self.picture.1.elapsed() >= PICTURE && self.stuck.is_none() {
            self.send_preview()?;
        }
        if self.pinged.elapsed() > PING && self.stuck.is_none() {
            self.pinged = Instant::now();
            self.send(Message::Ping(tungstenite::Bytes::new()))?;
        }
        Ok(())
    }

    fn send_state(&mut self) -> Result<(), Disconnect> {
        let snapshot = self.server.snapshot();
        if snapshot.description_number != self.description {
            self.description = snapshot.description_number;
            self.sent = Map::new();
            self.send(Message::text(snapshot.description.to_string()))?;
        }
        if snapshot.number != self.snapshot
            && let Some(state) = delta(&self.sent, &snapshot)
        {
            self.sent.clone_from(&snapshot.parts);
            self.send(Message::text(json!({ "state": state }).to_string()))?;
        }
        self.snapshot = snapshot.number;
        Ok(())
    }

    fn send_preview(&mut self) -> Result<(), Disconnect> {
        let Some((number, bytes)) = self.server.picture(self.picture.0) else { return Ok(()) };
        self.picture = (number, Instant::now());
        self.wants_picture = false;
        self.send(Message::Binary(bytes.into()))
    }

    /// Sends a message, or buffers it until the socket accepts it.
    fn send(&mut self, message: Message) -> Result<(), Disconnect> {
        let sent = self.socket.send(message);
        self.check_sent(sent)
    }

    fn check_sent(&mut self, result: Result<(), Error>) -> Result<(), Disconnect> {
        match result {
            Ok(()) => self.stuck = None,
            Err(Error::Io(e)) if matches!(e.kind(), WouldBlock | TimedOut) => {
                self.stuck.get_or_insert_with(Instant::now);
            }
            Err(_) => return Err(Disconnect::Gone),
        }
        Ok(())
    }
}
