//! What all connections share: the hub, the secret, the newest snapshot. And what becomes of a connection.

use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard};

use super::board::{Board, Pictures, Snapshot};
use super::http::{Ask, PATIENCE, refuse, reply, upgrade};
use super::token::Token;
use super::{client, page};
use crate::show::{DeviceState, Hub, report};

/// Clients at once.
pub const CLIENTS: usize = 16;
/// Connections at once, clients and those that are still asking.
pub const CONNECTIONS: usize = 64;

/// Shared by all connections.
pub struct Room {
    /// The show.
    pub hub: Arc<Hub>,
    token: Token,
    /// The host name that was told, which its link may bear.
    told: String,
    /// Where it listens, for the list of devices.
    place: String,
    ending: AtomicBool,
    connections: AtomicUsize,
    clients: AtomicUsize,
    number: AtomicU32,
    fallen: AtomicU64,
    board: Mutex<Board>,
    pictures: Mutex<Pictures>,
}

/// Counts down when its connection ends, however that happens.
struct Count<'a>(&'a AtomicUsize);

impl<'a> Count<'a> {
    /// One more, unless there are `most` already.
    fn up(count: &'a AtomicUsize, most: usize) -> Option<Self> {
        let counted = Self(count);
        (count.fetch_add(1, SeqCst) < most).then_some(counted)
    }
}

impl Drop for Count<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

/// The newest snapshot is whole even if another thread broke while it held the lock: it is replaced at once.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|e| e.into_inner())
}

impl Room {
    /// An empty room.
    pub fn new(hub: Arc<Hub>, token: Token, told: String, place: String) -> Self {
        let zero = || AtomicUsize::new(0);
        Self {
            hub,
            token,
            told,
            place,
            ending: AtomicBool::new(false),
            connections: zero(),
            clients: zero(),
            number: AtomicU32::new(0),
            fallen: AtomicU64::new(0),
            board: Mutex::default(),
            pictures: Mutex::default(),
        }
    }

    /// Takes a connection from beginning to end.
    pub fn host(&self, mut stream: TcpStream) {
        let Some(_here) = Count::up(&self.connections, CONNECTIONS) else { return };
        let _ = stream.set_nodelay(true);
        let Some(ask) = Ask::read(&mut stream, PATIENCE) else { return };
        if !ask.is_welcome(&self.token, &self.told) {
            return refuse(&mut stream);
        }
        match (ask.path.as_str(), &ask.key) {
            ("/socket", Some(key)) => {
                let Some(client) = Count::up(&self.clients, CLIENTS) else { return refuse(&mut stream) };
                if upgrade(&mut stream, key) {
                    self.tell_devices();
                    let who = self.number.fetch_add(1, SeqCst);
                    client::serve(stream, ask.rest, self, who);
                }
                drop(client);
                self.tell_devices();
            }
            ("/", None) => {
                reply(&mut stream, &ask.host, "text/html; charset=utf-8", page::remote().as_bytes())
            }
            ("/health", None) => {
                reply(&mut stream, &ask.host, "text/html; charset=utf-8", page::health().as_bytes());
            }
            ("/health.json", None) => {
                let mut value = report::health(&self.hub);
                value["clients"] = self.clients().into();
                value["messages_dropped"] = self.fallen().into();
                reply(&mut stream, &ask.host, "application/json", value.to_string().as_bytes());
            }
            _ => refuse(&mut stream),
        }
    }

    /// Clients that are there.
    pub fn clients(&self) -> usize {
        self.clients.load(SeqCst).min(CLIENTS)
    }

    /// Messages above the rate so far.
    pub fn fallen(&self) -> u64 {
        self.fallen.load(SeqCst)
    }

    /// One more message above the rate.
    pub fn let_fall(&self) {
        self.fallen.fetch_add(1, SeqCst);
    }

    /// How things stand.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        locked(&self.board).look(&self.hub, self.clients())
    }

    /// The newest picture, if it is not number `last`.
    pub fn picture(&self, last: u64) -> Option<(u64, Vec<u8>)> {
        let mut pictures = locked(&self.pictures);
        let (number, bytes) = pictures.look(&self.hub);
        (number != last && number != 0).then(|| (number, bytes.to_vec()))
    }

    /// Whether all are to go.
    pub fn is_closing(&self) -> bool {
        self.ending.load(SeqCst) || self.hub.is_closing()
    }

    /// All are to go.
    pub fn close(&self) {
        self.ending.store(true, SeqCst);
    }

    /// Whether nobody is left.
    pub fn is_empty(&self) -> bool {
        self.connections.load(SeqCst) == 0
    }

    /// Tells the hub how many are there.
    pub fn tell_devices(&self) {
        let word = match self.clients() {
            0 => "nobody is there yet".into(),
            1 => "1 client".into(),
            n => format!("{n} clients"),
        };
        let device = DeviceState { what: "remote", name: self.place.clone(), fine: true, word };
        self.hub.tell_devices("remote", vec![device]);
    }
}
