//! The part of HTTP/1.1 that the remote needs: GET and HEAD of three pages, and the upgrade to a WebSocket. One request
//! per connection; slow and oversized requests are dropped.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::hosts::{AllowedHosts, Host};
use super::request_error::RequestError;
use super::token::Token;

/// Timeout of a request.
pub const PATIENCE: Duration = Duration::from_secs(3);
/// Longest request head, bytes.
const LONGEST: usize = 8192;
/// Most header lines.
const LINES: usize = 64;

/// A request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HttpRequest {
    /// `GET`, `HEAD`, …
    pub method: String,
    /// `/`, `/health`, …; a proxy may have added a prefix.
    pub path: String,
    /// The query string.
    pub query: String,
    /// The token in the query; empty without one.
    pub token: String,
    /// The requested host: as forwarded by a proxy, otherwise from the `Host` header.
    pub host: String,
    /// Whether it came through a proxy.
    pub forwarded: bool,
    /// The origin of the page that sent it.
    pub origin: Option<String>,
    /// The key of a WebSocket upgrade, if it is one.
    pub key: Option<String>,
    /// Bytes after the head.
    pub rest: Vec<u8>,
}

impl HttpRequest {
    /// Reads a request.
    ///
    /// # Errors
    /// It is malformed, too long, or too slow.
    pub fn read(stream: &mut TcpStream, timeout: Duration) -> Result<Self, RequestError> {
        let start = Instant::now();
        let mut bytes = Vec::new();
        let mut part = [0; 1024];
        // Browsers open spare connections, and close them unused.
        let none =
            |bytes: &[u8]| if bytes.is_empty() { RequestError::Silence } else { RequestError::Malformed };
        while bytes.len() < LONGEST {
            let left = timeout.checked_sub(start.elapsed()).filter(|t| *t > Duration::from_millis(1));
            let left = left.ok_or_else(|| none(&bytes))?;
            let timed = stream.set_read_timeout(Some(left));
            match timed.and_then(|()| stream.read(&mut part)).map_err(|_| none(&bytes))? {
                0 => return Err(none(&bytes)),
                n => bytes.extend_from_slice(&part[..n]),
            }
            // A TLS handshake record.
            if bytes.starts_with(&[0x16, 3]) {
                return Err(RequestError::Tls);
            }
            match Self::parse(&bytes) {
                Some(None) => {}
                Some(Some(ask)) => return Ok(ask),
                None => return Err(RequestError::Malformed),
            }
        }
        Err(RequestError::Malformed)
    }

    /// Parses the bytes: `None` if they are malformed, `Some(None)` if they are incomplete.
    pub fn parse(bytes: &[u8]) -> Option<Option<Self>> {
        let mut headers = [httparse::EMPTY_HEADER; LINES];
        let mut request = httparse::Request::new(&mut headers);
        let end = match request.parse(bytes).ok()? {
            httparse::Status::Partial => return Some(None),
            httparse::Status::Complete(end) => end,
        };
        let (path, query) = request.path?.split_once('?').unwrap_or((request.path?, ""));
        let token = query.split('&').find_map(|p| p.strip_prefix("token=")).unwrap_or("");
        let header = |name: &str| {
            let found = request.headers.iter().find(|h| h.name.eq_ignore_ascii_case(name));
            found.and_then(|h| std::str::from_utf8(h.value).ok()).map(|v| v.trim().to_string())
        };
        let upgrades = header("Upgrade").is_some_and(|v| v.eq_ignore_ascii_case("websocket"))
            && header("Sec-WebSocket-Version").is_some_and(|v| v == "13");
        // Of several proxies, the one that the browser connected to comes first.
        let first = |v: String| v.split(',').next().unwrap_or("").trim().to_string();
        let named = header("X-Forwarded-Host").map(first);
        let named = named.or_else(|| header("Forwarded").and_then(|v| forwarded(&first(v), "host")));
        let proxied = ["X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-For", "Forwarded", "Via"];
        Some(Some(Self {
            method: request.method?.into(),
            path: path.into(),
            query: query.into(),
            token: token.into(),
            host: named.filter(|h| !h.is_empty()).or(header("Host")).unwrap_or_default(),
            forwarded: proxied.iter().any(|name| header(name).is_some()),
            origin: header("Origin"),
            key: header("Sec-WebSocket-Key").filter(|_| upgrades),
            rest: bytes[end..].to_vec(),
        }))
    }

    /// The requested host, if the request is authorised: with the right token, to a host that is this machine's or
    /// allowed, from a page of that host.
    ///
    /// Any other name could be pointed at this machine by its owner, whose page could then connect (DNS rebinding). A
    /// request without an origin is not from a page: browsers always send one with a WebSocket, and other programs need
    /// the token. Headers of a proxy are trusted as far as they name such a host: no page can set them in its own
    /// requests.
    ///
    /// # Errors
    /// Why it is rejected.
    pub fn authorise(&self, token: &Token, names: &AllowedHosts) -> Result<Host, RequestError> {
        let right = token.is(&self.token);
        let host = Host::parse(&self.host).filter(|h| names.is_own(h) || names.is_allowed(h));
        let host = host.ok_or_else(|| RequestError::Host(self.host.clone()))?;
        if let Some(origin) = &self.origin
            && !self.is_same(origin, &host, names)
        {
            return Err(RequestError::Origin(origin.clone(), self.host.clone()));
        }
        if right { Ok(host) } else { Err(RequestError::Token) }
    }

    /// Whether a page is of the requested host, or of an allowed one.
    fn is_same(&self, origin: &str, host: &Host, names: &AllowedHosts) -> bool {
        let (scheme, place) = origin.split_once("://").unwrap_or(("", ""));
        let usual = match scheme {
            "http" => 80,
            "https" => 443,
            _ => return false,
        };
        let Some(page) = Host::parse(place) else { return false };
        let port = |h: &Host| h.port.unwrap_or(usual);
        let lost = names.lacks_port(host) || (host.port.is_none() && self.forwarded);
        let same_port = port(&page) == port(host) || lost;
        names.is_allowed(&page) || (page.name == host.name && same_port)
    }

    /// Whether only the head of the response is wanted.
    pub fn is_head(&self) -> bool {
        self.method == "HEAD"
    }

    /// The last part of the path: a proxy may have added any prefix.
    pub fn page(&self) -> &str {
        self.path.rsplit_once('/').map_or(self.path.as_str(), |p| p.1)
    }
}

/// A field of `Forwarded: for=1.2.3.4;host="a.b:80"` (RFC 7239).
fn forwarded(value: &str, field: &str) -> Option<String> {
    let pairs = value.split(';').filter_map(|pair| pair.split_once('='));
    let found = pairs.into_iter().find(|p| p.0.trim().eq_ignore_ascii_case(field));
    found.map(|p| p.1.trim().trim_matches('"').to_string())
}

/// Responds with a page, or with its head alone.
pub fn reply(stream: &mut TcpStream, ask: &HttpRequest, host: &Host, kind: &str, body: &[u8]) {
    let host = host.text();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nCache-Control: no-store\r\n\
         Content-Security-Policy: default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; \
         connect-src 'self' ws://{host} wss://{host}; img-src data: blob:; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'\r\n\
         X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let body = if ask.is_head() { &[] } else { body };
    let _ = stream.set_write_timeout(Some(PATIENCE));
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
}

/// Redirects to the same path with a trailing slash, so that the page's relative addresses resolve.
pub fn add_slash(stream: &mut TcpStream, ask: &HttpRequest) {
    let fine = |c: char| c.is_ascii_alphanumeric() || "-._~%=&".contains(c);
    let (page, query) = (ask.page(), ask.query.as_str());
    if !page.chars().chain(query.chars()).all(fine) {
        return reject(stream);
    }
    let head = format!(
        "HTTP/1.1 308 Permanent Redirect\r\nLocation: {page}/?{query}\r\nContent-Length: 0\r\nCache-Control: no-store\r\n\
         Referrer-Policy: no-referrer\r\nConnection: close\r\n\r\n"
    );
    let _ = stream.set_write_timeout(Some(PATIENCE));
    let _ = stream.write_all(head.as_bytes());
}

/// Responds with an empty 404, whatever the reason.
pub fn reject(stream: &mut TcpStream) {
    let _ = stream.set_write_timeout(Some(PATIENCE));
    let _ = stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

/// Upgrades to a WebSocket; returns whether that succeeded.
pub fn upgrade(stream: &mut TcpStream, key: &str) -> bool {
    let accept = tungstenite::handshake::derive_accept_key(key.as_bytes());
    let head = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: \
         {accept}\r\n\r\n"
    );
    let timed = stream.set_write_timeout(Some(PATIENCE));
    timed.and_then(|()| stream.write_all(head.as_bytes())).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn asked(text: &str) -> HttpRequest {
        HttpRequest::parse(text.as_bytes()).unwrap().unwrap()
    }

    #[test]
    fn a_complete_request_is_parsed() {
        let text = "GET /socket?a=b&token=12 HTTP/1.1\r\nHost: 10.0.0.2:8090\r\norigin: http://10.0.0.2:8090\r\n\
                    Upgrade: WebSocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: k\r\n\r\nrest";
        let ask = asked(text);
        assert_eq!((ask.path.as_str(), ask.token.as_str(), ask.key.as_deref()), ("/socket", "12", Some("k")));
        assert_eq!((ask.host.as_str(), ask.rest.as_slice()), ("10.0.0.2:8090", &b"rest"[..]));
        assert!(!ask.forwarded && !ask.is_head());
        assert_eq!(HttpRequest::parse(&text.as_bytes()[..60]), Some(None));
        assert_eq!(asked("HEAD /a/health HTTP/1.1\r\n\r\n").page(), "health");
        assert_eq!(asked("POST / HTTP/1.1\r\n\r\n").method, "POST");
        assert_eq!(HttpRequest::parse(b"\x16\x03\x01"), None);
    }

    #[test]
    fn the_host_that_a_proxy_names_is_the_requested_one() {
        let host =
            |lines: &str| asked(&format!("GET / HTTP/1.1\r\nHost: 127.0.0.1:8090\r\n{lines}\r\n")).host;
        assert_eq!(host(""), "127.0.0.1:8090");
        assert_eq!(host("X-Forwarded-Host: show.example.org:8443, inner\r\n"), "show.example.org:8443");
        assert_eq!(host("Forwarded: for=\"[::1]\";proto=https;Host=\"a.b:1\", for=x\r\n"), "a.b:1");
        assert!(asked("GET / HTTP/1.0\r\nX-Forwarded-Proto: https\r\n\r\n").forwarded);
    }

    #[test]
    fn only_pages_of_this_machine_with_the_token_are_authorised() {
        let token = Token::new().unwrap();
        let allowed = [Host::parse("show.example.org").unwrap()];
        let names = AllowedHosts::new("stage.local", 80, &allowed);
        let ask = |host: &str, origin: Option<&str>, forwarded: bool| HttpRequest {
            token: token.text().into(),
            host: host.into(),
            origin: origin.map(String::from),
            forwarded,
            ..HttpRequest::default()
        };
        for forwarded in [false, true] {
            let may = |host: &str, origin: Option<&str>| {
                let ask = ask(host, origin, forwarded);
                assert!(HttpRequest { token: "0".into(), ..ask.clone() }.authorise(&token, &names).is_err());
                ask.authorise(&token, &names).is_ok()
            };
            assert!(may("127.0.0.1:8090", None));
            assert!(may("localhost:8090", Some("http://localhost:8090")));
            assert!(may("[::1]:8090", Some("http://[::1]:8090")));
            assert!(
                may("Stage.local", Some("http://Stage.local"))
                    && may("stage.local.", Some("http://stage.local"))
            );
            assert!(may("stage.local", Some("https://stage.local")), "TLS ends at a proxy");
            assert!(may("stage.local:443", Some("https://stage.local")));
            assert!(may("show.example.org", Some("https://show.example.org")));
            assert!(may("127.0.0.1:8090", Some("https://show.example.org:8443")), "it was allowed by name");
            assert!(!may("evil.example:8090", Some("http://evil.example:8090")), "rebinding");
            assert!(!may("evil.example", None) && !may("show.example.org.evil.example", None));
            assert!(!may("127.0.0.1:8090", Some("http://127.0.0.1:9999")), "another page of this machine");
            assert!(!may("127.0.0.1:8090", Some("http://evil.example")));
            assert!(!may("127.0.0.1:8090", Some("null")) && !may("127.0.0.1:8090", Some("file://")));
            assert!(!may("", None) && !may("a b", None) && !may("1.2.3.4\r\nX: y", None));
            // A proxy that drops the port identifies itself as a proxy.
            assert_eq!(may("stage.local", Some("https://stage.local:8443")), forwarded);
        }
        let elsewhere = AllowedHosts::new("stage.local", 8090, &allowed);
        let lost = ask("stage.local", Some("https://stage.local:8443"), false);
        assert!(
            lost.authorise(&token, &elsewhere).is_ok(),
            "no browser connects to port 8090 without naming it"
        );
        let why = |host: &str, origin| ask(host, origin, false).authorise(&token, &names).unwrap_err();
        assert_eq!(why("evil.example", None), RequestError::Host("evil.example".into()));
        assert!(matches!(why("127.0.0.1", Some("http://evil.example")), RequestError::Origin(..)));
    }

    proptest! {
        #[test]
        fn bytes_in_any_pieces_are_one_request_or_none(
            noise in proptest::collection::vec(any::<u8>(), 0..400), cut in 0usize..90, ends in any::<bool>(), part in 0.0..1.0f64,
        ) {
            let start = b"GET /a/?b=c&token=1 HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n";
            let end = if ends { &b"\r\n\r\n"[..] } else { b"" };
            for bytes in [noise.clone(), [&start[..cut.min(start.len())], end, &noise].concat()] {
                let whole = HttpRequest::parse(&bytes);
                // A part of it is the same request, an incomplete one, or malformed as the whole is.
                let fewer = &bytes[..(part * bytes.len() as f64) as usize];
                match (&whole, HttpRequest::parse(fewer)) {
                    (_, Some(None)) | (None, None) => {}
                    (Some(Some(ask)), Some(Some(early))) => {
                        prop_assert_eq!(&HttpRequest { rest: ask.rest.clone(), ..early }, ask);
                    }
                    (whole, part) => return Err(TestCaseError::fail(format!("{part:?} of {whole:?}"))),
                }
                if let Some(Some(ask)) = whole {
                    prop_assert!(bytes.ends_with(&ask.rest) && !ask.method.is_empty());
                    let plain = |text: &str| text.chars().all(|c| !c.is_ascii_control() && c != ' ');
                    prop_assert!(plain(&ask.path) && plain(&ask.query) && !ask.path.contains('?'), "{ask:?}");
                    prop_assert!(ask.query.contains(&ask.token) && !ask.token.contains('&') && !ask.page().contains('/'));
                    let named = [Some(&ask.host), ask.origin.as_ref(), ask.key.as_ref()];
                    prop_assert!(named.into_iter().flatten().all(|v| !v.contains(['\r', '\n'])), "{ask:?}");
                }
            }
        }
    }
}
