//! One client's WebSocket, on a thread of its own. Reading and writing both give up after a moment, so that neither
//! a silent client nor one that takes nothing holds up the other direction; what could not be sent is not queued: the
//! next message says how things stand then.

use std::io::ErrorKind::{TimedOut, WouldBlock};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tungstenite::{Error, Message, WebSocket};

use super::input::{ClientInput, ClientReply};
use super::server::ServerState;
use super::snapshot::{self, delta};
use super::token::RateLimiter;

/// How long reading or writing may take at once.
const MOMENT: Duration = Duration::from_millis(15);
/// A client that takes nothing for so long is dropped.
const STUCK: Duration = Duration::from_secs(5);
/// One that says nothing for so long, not even an answer to a ping, is gone.
const GONE: Duration = Duration::from_secs(20);
/// Between pings.
const PING: Duration = Duration::from_secs(4);
/// Between two previews.
const PICTURE: Duration = Duration::from_millis(100);
/// Messages a second.
pub const RATE: f64 = 200.0;
/// Messages above the rate that are let fall before the client is sent away.
pub const PATIENCE: u32 = 1000;
/// Largest message that is taken, bytes.
pub const LARGEST: usize = 4096;
/// Most that waits to be sent.
const WAITING: usize = 4 << 20;
/// Messages that are read before it is looked whether there is something to send.
const TURN: usize = 32;

/// Why a client is let go.
enum Disconnect {
    /// It went, or its line broke.
    Gone,
    /// It spoke too much, or too long at once.
    ProtocolError(&'static str),
    /// The show ends.
    Closing,
}

struct Client<'a> {
    server: &'a ServerState,
    socket: WebSocket<TcpStream>,
    hand: ClientInput,
    rate: RateLimiter,
    fallen: u32,
    told: Map<String, Value>,
    description: u64,
    snapshot: u64,
    wants_picture: bool,
    picture: (u64, Instant),
    stuck: Option<Instant>,
    heard: Instant,
    pinged: Instant,
    looked: Instant,
}

/// Serves a client until it goes or the show ends.
pub fn serve(stream: TcpStream, rest: Vec<u8>, server: &ServerState, who: u32) {
    let timed = stream.set_read_timeout(Some(MOMENT)).and_then(|()| stream.set_write_timeout(Some(MOMENT)));
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
        hand: ClientInput::new(who),
        rate: RateLimiter::new(RATE, now),
        fallen: 0,
        told: Map::new(),
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
    client.hand.leave(&server.hub);
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
            if let Err(end) = self.receive().and_then(|()| self.tell()) {
                return end;
            }
        }
    }

    /// Takes what has come, waiting for a moment.
    fn receive(&mut self) -> Result<(), Disconnect> {
        for _ in 0..TURN {
            match self.socket.read() {
                Ok(Message::Text(text)) => self.hear(&text)?,
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

    /// Whether this message is within the rate. Too many are let fall, and in the end their sender is sent away.
    fn count(&mut self) -> Result<(), Disconnect> {
        if self.rate.allows(Instant::now()) {
            return Ok(());
        }
        self.fallen += 1;
        self.server.let_fall();
        if self.fallen > PATIENCE { Err(Disconnect::ProtocolError("too many messages")) } else { Ok(()) }
    }

    fn hear(&mut self, text: &str) -> Result<(), Disconnect> {
        let fallen = self.fallen;
        self.count()?;
        if self.fallen > fallen {
            return Ok(());
        }
        match self.hand.take(text, &self.server.hub) {
            Ok(ClientReply::None) => Ok(()),
            Ok(ClientReply::Preview) => {
                self.wants_picture = true;
                Ok(())
            }
            Ok(ClientReply::Pong(n)) => self.send(Message::text(json!({ "pong": n }).to_string())),
            Err(e) => self.send(Message::text(json!({ "error": e.to_string() }).to_string())),
        }
    }

    /// Sends what is due, unless something is still on its way.
    fn tell(&mut self) -> Result<(), Disconnect> {
        if self.heard.elapsed() > GONE {
            return Err(Disconnect::Gone);
        }
        if let Some(since) = self.stuck {
            let sent = self.socket.flush();
            self.sent(sent)?;
            if self.stuck.is_some() {
                return if since.elapsed() > STUCK { Err(Disconnect::Gone) } else { Ok(()) };
            }
        }
        if self.looked.elapsed() >= snapshot::EVERY {
            self.looked = Instant::now();
            self.hand.rest(&self.server.hub);
            self.tell_state()?;
        }
        if self.wants_picture && self.picture.1.elapsed() >= PICTURE && self.stuck.is_none() {
            self.tell_picture()?;
        }
        if self.pinged.elapsed() > PING && self.stuck.is_none() {
            self.pinged = Instant::now();
            self.send(Message::Ping(tungstenite::Bytes::new()))?;
        }
        Ok(())
    }

    fn tell_state(&mut self) -> Result<(), Disconnect> {
        let snapshot = self.server.snapshot();
        if snapshot.description_number != self.description {
            self.description = snapshot.description_number;
            self.told = Map::new();
            self.send(Message::text(snapshot.description.to_string()))?;
        }
        if snapshot.number != self.snapshot
            && let Some(state) = delta(&self.told, &snapshot)
        {
            self.told.clone_from(&snapshot.parts);
            self.send(Message::text(json!({ "state": state }).to_string()))?;
        }
        self.snapshot = snapshot.number;
        Ok(())
    }

    fn tell_picture(&mut self) -> Result<(), Disconnect> {
        let Some((number, bytes)) = self.server.picture(self.picture.0) else { return Ok(()) };
        self.picture = (number, Instant::now());
        self.wants_picture = false;
        self.send(Message::Binary(bytes.into()))
    }

    /// Sends a message, or keeps it for when there is room again.
    fn send(&mut self, message: Message) -> Result<(), Disconnect> {
        let sent = self.socket.send(message);
        self.sent(sent)
    }

    fn sent(&mut self, result: Result<(), Error>) -> Result<(), Disconnect> {
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
