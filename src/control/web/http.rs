//! As much of HTTP/1.1 as the remote needs: GET of three pages and the way into a WebSocket. One request a connection;
//! who is slow to ask, or asks at length, is let go.

use std::io::{Read, Write};
use std::net::{IpAddr, TcpStream};
use std::time::{Duration, Instant};

use super::token::Token;

/// Time for a whole request to arrive.
pub const PATIENCE: Duration = Duration::from_secs(3);
/// Longest head of a request, bytes.
const LONGEST: usize = 8192;
/// Most lines in it.
const LINES: usize = 64;

/// A request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ask {
    /// What for: `/`, `/health`, …
    pub path: String,
    /// The token in its query; empty without one.
    pub token: String,
    /// The host that it was sent to, as its sender names it.
    pub host: String,
    /// The page that sent it.
    pub origin: Option<String>,
    /// The key of a WebSocket's beginning, where it is one.
    pub key: Option<String>,
    /// What came after the head.
    pub rest: Vec<u8>,
}

impl Ask {
    /// Reads one; nothing if it is none, too long, or too slow.
    pub fn read(stream: &mut TcpStream, patience: Duration) -> Option<Self> {
        let start = Instant::now();
        let mut bytes = Vec::new();
        let mut part = [0; 1024];
        while bytes.len() < LONGEST {
            let left = patience.checked_sub(start.elapsed()).filter(|t| *t > Duration::from_millis(1))?;
            stream.set_read_timeout(Some(left)).ok()?;
            match stream.read(&mut part).ok()? {
                0 => return None,
                n => bytes.extend_from_slice(&part[..n]),
            }
            match Self::parse(&bytes) {
                Some(None) => {}
                Some(Some(ask)) => return Some(ask),
                None => return None,
            }
        }
        None
    }

    /// What the bytes ask for: `None` for nonsense, `Some(None)` while more must come.
    pub fn parse(bytes: &[u8]) -> Option<Option<Self>> {
        let mut headers = [httparse::EMPTY_HEADER; LINES];
        let mut request = httparse::Request::new(&mut headers);
        let end = match request.parse(bytes).ok()? {
            httparse::Status::Partial => return Some(None),
            httparse::Status::Complete(end) => end,
        };
        if request.method != Some("GET") {
            return None;
        }
        let (path, query) = request.path?.split_once('?').unwrap_or((request.path?, ""));
        let token = query.split('&').find_map(|p| p.strip_prefix("token=")).unwrap_or("");
        let header = |name: &str| {
            let found = request.headers.iter().find(|h| h.name.eq_ignore_ascii_case(name));
            found.and_then(|h| std::str::from_utf8(h.value).ok()).map(|v| v.trim().to_string())
        };
        let upgrades = header("Upgrade").is_some_and(|v| v.eq_ignore_ascii_case("websocket"))
            && header("Sec-WebSocket-Version").is_some_and(|v| v == "13");
        Some(Some(Self {
            path: path.into(),
            token: token.into(),
            host: header("Host").unwrap_or_default(),
            origin: header("Origin"),
            key: header("Sec-WebSocket-Key").filter(|_| upgrades),
            rest: bytes[end..].to_vec(),
        }))
    }

    /// Whether it may have an answer: the right token, sent to a host that is this machine's, by a page of that host.
    ///
    /// A name that is not `localhost` or the one that was told could be made to lead here by whoever owns it, so a page of
    /// theirs would speak to us (DNS rebinding). A request that names no origin is no page's: browsers always send one
    /// with a WebSocket, and other programs are held by the token.
    pub fn is_welcome(&self, token: &Token, told: &str) -> bool {
        let right = token.is(&self.token);
        let own = self.origin.as_ref().is_none_or(|o| o.strip_prefix("http://") == Some(&self.host));
        right && own && is_ours(&self.host, told)
    }
}

fn is_ours(host: &str, told: &str) -> bool {
    let fine = |c: char| c.is_ascii_alphanumeric() || "[]:.-".contains(c);
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if port.parse::<u16>().is_ok() => (name, Some(port)),
        _ => (host, None),
    };
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    let known = bare.parse::<IpAddr>().is_ok() || bare.eq_ignore_ascii_case("localhost");
    let named = !told.is_empty() && bare.eq_ignore_ascii_case(told);
    host.chars().all(fine) && (known || named) && (port.is_some() || !host.ends_with(':'))
}

/// Answers with a page.
pub fn reply(stream: &mut TcpStream, host: &str, kind: &str, body: &[u8]) {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nCache-Control: no-store\r\n\
         Content-Security-Policy: default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; \
         connect-src 'self' ws://{host}; img-src data: blob:; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'\r\n\
         X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.set_write_timeout(Some(PATIENCE));
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
}

/// Answers with nothing at all in it, whatever was wrong.
pub fn refuse(stream: &mut TcpStream) {
    let _ = stream.set_write_timeout(Some(PATIENCE));
    let _ = stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

/// Opens the way into a WebSocket; whether that went well.
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

    fn asked(text: &str) -> Ask {
        Ask::parse(text.as_bytes()).unwrap().unwrap()
    }

    #[test]
    fn a_request_is_read_when_it_is_whole() {
        let text = "GET /socket?a=b&token=12 HTTP/1.1\r\nHost: 10.0.0.2:8090\r\norigin: http://10.0.0.2:8090\r\n\
                    Upgrade: WebSocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: k\r\n\r\nrest";
        let ask = asked(text);
        assert_eq!((ask.path.as_str(), ask.token.as_str(), ask.key.as_deref()), ("/socket", "12", Some("k")));
        assert_eq!((ask.host.as_str(), ask.rest.as_slice()), ("10.0.0.2:8090", &b"rest"[..]));
        assert_eq!(Ask::parse(&text.as_bytes()[..60]), Some(None));
        assert_eq!(Ask::parse(b"POST / HTTP/1.1\r\n\r\n"), None);
        assert_eq!(Ask::parse(b"\x16\x03\x01"), None);
    }

    #[test]
    fn only_pages_of_this_machine_with_the_token_are_welcome() {
        let token = Token::new().unwrap();
        let may = |host: &str, origin: Option<&str>, told: &str| {
            let ask = Ask {
                token: token.text().into(),
                host: host.into(),
                origin: origin.map(String::from),
                ..Ask::default()
            };
            assert!(!Ask { token: "0".into(), ..ask.clone() }.is_welcome(&token, told));
            ask.is_welcome(&token, told)
        };
        assert!(may("127.0.0.1:8090", None, ""));
        assert!(may("localhost:8090", Some("http://localhost:8090"), ""));
        assert!(may("[::1]:8090", Some("http://[::1]:8090"), ""));
        assert!(may("Stage.local", Some("http://Stage.local"), "stage.local"));
        assert!(!may("evil.example:8090", Some("http://evil.example:8090"), "stage.local"), "rebinding");
        assert!(!may("127.0.0.1:8090", Some("http://127.0.0.1:9999"), ""), "another page of this machine");
        assert!(!may("127.0.0.1:8090", Some("https://127.0.0.1:8090"), ""));
        assert!(!may("127.0.0.1:8090", Some("null"), ""));
        assert!(!may("", None, "") && !may("a b", None, "a b") && !may("1.2.3.4\r\nX: y", None, ""));
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(bytes in proptest::collection::vec(any::<u8>(), 0..400), cut in 0usize..90) {
            let _ = Ask::parse(&bytes);
            let start = b"GET /?token=1 HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n";
            let mut mixed = start[..cut.min(start.len())].to_vec();
            mixed.extend(bytes);
            let _ = Ask::parse(&mixed);
        }
    }
}
