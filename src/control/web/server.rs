//! Connections, and the routes of their requests.

use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use super::hosts::Host;
use super::http::{HttpRequest, PATIENCE, add_slash, reject, reply, upgrade};
use super::request_error::RequestError;
use super::server_state::{CLIENTS, ServerState};
use super::{client, page};
use show::report;

/// Most connections at once, clients and pending requests.
pub const CONNECTIONS: usize = 64;

/// The response to a request.
enum Route {
    Page,
    /// The page, requested without a trailing slash.
    Slash,
    Health,
    Metrics,
    /// A client's WebSocket, with the key of its upgrade.
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

impl ServerState {
    /// Handles a connection from beginning to end.
    pub fn host(&self, mut stream: TcpStream) {
        let Some(_here) = ConnectionGuard::up(&self.connections, CONNECTIONS) else { return };
        let _ = stream.set_nodelay(true);
        let who = stream.peer_addr().ok().map(|a| a.ip());
        let asked = HttpRequest::read(&mut stream, PATIENCE);
        let path = asked.as_ref().map_or("", |a| a.path.as_str()).to_string();
        if let Err(why) = asked.and_then(|ask| self.answer(stream, ask)) {
            self.rejections.report(who, &path, &why);
        }
    }

    /// Responds to a request, or serves a client until it leaves.
    fn answer(&self, mut stream: TcpStream, ask: HttpRequest) -> Result<(), RequestError> {
        let routed = self.route(&ask);
        let (host, route) = routed.inspect_err(|_| reject(&mut stream))?;
        let html = "text/html; charset=utf-8";
        match route {
            Route::Socket(key) => {
                let client = ConnectionGuard::up(&self.clients, CLIENTS);
                let client =
                    client.ok_or(RequestError::TooManyConnections).inspect_err(|_| reject(&mut stream))?;
                if upgrade(&mut stream, &key) {
                    self.report_devices();
                    let who = self.number.fetch_add(1, SeqCst);
                    client::serve(stream, ask.rest, self, who);
                }
                drop(client);
                self.report_devices();
            }
            Route::Page => reply(&mut stream, &ask, &host, html, page::remote().as_bytes()),
            Route::Slash => add_slash(&mut stream, &ask),
            Route::Health => reply(&mut stream, &ask, &host, html, page::health().as_bytes()),
            Route::Metrics => {
                let mut value = report::health(&self.hub);
                value["clients"] = self.clients().into();
                value["messages_dropped"] = self.dropped().into();
                reply(&mut stream, &ask, &host, "application/json", value.to_string().as_bytes());
            }
        }
        Ok(())
    }

    /// The requested host, and the route.
    fn route(&self, ask: &HttpRequest) -> Result<(Host, Route), RequestError> {
        if !matches!(ask.method.as_str(), "GET" | "HEAD") {
            return Err(RequestError::Method(ask.method.clone()));
        }
        let host = ask.authorise(&self.token, &self.names)?;
        let route = match (ask.page(), &ask.key) {
            ("socket", Some(key)) if !ask.is_head() => Route::Socket(key.clone()),
            ("", None) => Route::Page,
            ("health", None) => Route::Health,
            ("health.json", None) => Route::Metrics,
            ("socket" | "favicon.ico", _) | (_, Some(_)) => return Err(RequestError::Path),
            _ => Route::Slash,
        };
        Ok((host, route))
    }
}
