//! What all connections share: the hub, the secret, the newest snapshot. And what becomes of a connection.

use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard};

use super::hosts::{AllowedHosts, Host};
use super::http::{HttpRequest, PATIENCE, add_slash, reject, reply, upgrade};
use super::request_error::{RateLimitedLog, RequestError};
use super::snapshot::{PreviewCache, Snapshot, SnapshotCache};
use super::token::Token;
use super::{client, page};
use show::{DeviceState, Hub, report};

/// Clients at once.
pub const CLIENTS: usize = 16;
/// Connections at once, clients and those that are still asking.
pub const CONNECTIONS: usize = 64;

/// Shared by all connections.
pub struct ServerState {
    /// The show.
    pub hub: Arc<Hub>,
    token: Token,
    /// What this machine is called.
    names: AllowedHosts,
    refusals: RateLimitedLog,
    /// Where it listens, for the list of devices.
    place: String,
    ending: AtomicBool,
    connections: AtomicUsize,
    clients: AtomicUsize,
    number: AtomicU32,
    fallen: AtomicU64,
    snapshots: Mutex<SnapshotCache>,
    pictures: Mutex<PreviewCache>,
}

/// What a request is answered with.
enum Route {
    Page,
    /// The page, asked for without the slash behind its path.
    Slash,
    Health,
    Figures,
    /// A client's line, with the key of its beginning.
    Socket(String),
}

/// Counts down when its connection ends, however that happens.
struct ConnectionGuard<'a>(&'a AtomicUsize);

impl<'a> ConnectionGuard<'a> {
    /// One more, unless there are `most` already.
    fn up(count: &'a AtomicUsize, most: usize) -> Option<Self> {
        let counted = Self(count);
        (count.fetch_add(1, SeqCst) < most).then_some(counted)
    }
}

impl Drop for ConnectionGuard<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

/// The newest snapshot is whole even if another thread broke while it held the lock: it is replaced at once.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|e| e.into_inner())
}

impl ServerState {
    /// An empty room.
    pub fn new(
        hub: Arc<Hub>,
        token: Token,
        names: AllowedHosts,
        place: String,
        refusals: RateLimitedLog,
    ) -> Self {
        let zero = || AtomicUsize::new(0);
        Self {
            hub,
            token,
            names,
            refusals,
            place,
            ending: AtomicBool::new(false),
            connections: zero(),
            clients: zero(),
            number: AtomicU32::new(0),
            fallen: AtomicU64::new(0),
            snapshots: Mutex::default(),
            pictures: Mutex::default(),
        }
    }

    /// Takes a connection from beginning to end.
    pub fn host(&self, mut stream: TcpStream) {
        let Some(_here) = ConnectionGuard::up(&self.connections, CONNECTIONS) else { return };
        let _ = stream.set_nodelay(true);
        let who = stream.peer_addr().ok().map(|a| a.ip());
        let asked = HttpRequest::read(&mut stream, PATIENCE);
        let path = asked.as_ref().map_or("", |a| a.path.as_str()).to_string();
        if let Err(why) = asked.and_then(|ask| self.answer(stream, ask)) {
            self.refusals.tell(who, &path, &why);
        }
    }

    /// Answers a request, or serves a client until it goes.
    fn answer(&self, mut stream: TcpStream, ask: HttpRequest) -> Result<(), RequestError> {
        let found = self.found(&ask);
        let (host, what) = found.inspect_err(|_| reject(&mut stream))?;
        let html = "text/html; charset=utf-8";
        match what {
            Route::Socket(key) => {
                let client = ConnectionGuard::up(&self.clients, CLIENTS);
                let client =
                    client.ok_or(RequestError::TooManyConnections).inspect_err(|_| reject(&mut stream))?;
                if upgrade(&mut stream, &key) {
                    self.tell_devices();
                    let who = self.number.fetch_add(1, SeqCst);
                    client::serve(stream, ask.rest, self, who);
                }
                drop(client);
                self.tell_devices();
            }
            Route::Page => reply(&mut stream, &ask, &host, html, page::remote().as_bytes()),
            Route::Slash => add_slash(&mut stream, &ask),
            Route::Health => reply(&mut stream, &ask, &host, html, page::health().as_bytes()),
            Route::Figures => {
                let mut value = report::health(&self.hub);
                value["clients"] = self.clients().into();
                value["messages_dropped"] = self.fallen().into();
                reply(&mut stream, &ask, &host, "application/json", value.to_string().as_bytes());
            }
        }
        Ok(())
    }

    /// What a request is to have, and the host that it was sent to.
    fn found(&self, ask: &HttpRequest) -> Result<(Host, Route), RequestError> {
        if !matches!(ask.method.as_str(), "GET" | "HEAD") {
            return Err(RequestError::Method(ask.method.clone()));
        }
        let host = ask.authorise(&self.token, &self.names)?;
        let what = match (ask.page(), &ask.key) {
            ("socket", Some(key)) if !ask.is_head() => Route::Socket(key.clone()),
            ("", None) => Route::Page,
            ("health", None) => Route::Health,
            ("health.json", None) => Route::Figures,
            ("socket" | "favicon.ico", _) | (_, Some(_)) => return Err(RequestError::Path),
            _ => Route::Slash,
        };
        Ok((host, what))
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
        locked(&self.snapshots).look(&self.hub, self.clients())
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
            0 => "nobody is there".into(),
            1 => "1 client".into(),
            n => format!("{n} clients"),
        };
        let device = DeviceState { what: "remote", name: self.place.clone(), fine: true, word };
        self.hub.tell_devices("remote", vec![device]);
    }
}
