//! Rejected requests: the sender gets an empty response, the operator one line in the log.

use std::net::IpAddr;
use std::sync::Mutex;
use std::time::Instant;

use super::token::RateLimiter;

/// Rate limit, lines per second; more are counted.
const LINES: f64 = 2.0;
/// Characters of received text that a line shows.
const SHOWN: usize = 80;

/// Why a request is rejected.
#[derive(Clone, Debug, PartialEq)]
pub enum RequestError {
    /// Closed without a request; this is no error, and is not logged.
    Silence,
    /// Not a complete HTTP/1.1 request.
    Malformed,
    /// A TLS handshake.
    Tls,
    /// A method other than GET and HEAD.
    Method(String),
    /// A host that is not this machine.
    Host(String),
    /// A page of another origin; the requested host.
    Origin(String, String),
    /// The access token is missing or wrong.
    Token,
    /// There is no such path.
    Path,
    /// The connection limit is reached.
    TooManyConnections,
}

impl std::fmt::Display for RequestError {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        let name = |text: &str| super::hosts::Host::parse(text).map_or("NAME".into(), |h| h.name);
        match self {
            Self::Silence => write!(f, "no request"),
            Self::Malformed => write!(f, "not a complete HTTP request"),
            Self::Tls => write!(f, "a TLS request (https); the remote serves http, or https behind a proxy"),
            Self::Method(method) => write!(f, "the method was {}, expected GET or HEAD", shown(method)),
            Self::Host(host) if host.is_empty() => write!(f, "it has no Host header"),
            Self::Host(host) => {
                write!(
                    f,
                    "{} is not a name of this machine; --remote-name {} allows it",
                    shown(host),
                    shown(&name(host))
                )
            }
            Self::Origin(origin, host) => {
                let from = origin.split_once("://").map_or("", |o| o.1);
                let (origin, host) = (shown(origin), shown(host));
                write!(
                    f,
                    "a page of {origin} requested {host}; --remote-name {} allows such pages",
                    shown(&name(from))
                )
            }
            Self::Token => write!(f, "the access token is missing or wrong"),
            Self::Path => write!(f, "no such path"),
            Self::TooManyConnections => write!(f, "connection limit reached"),
        }
    }
}

/// A rate-limited log of rejected requests.
pub struct RateLimitedLog {
    inner: Mutex<(RateLimiter, u64)>,
    write: Box<dyn Fn(&str) + Send + Sync>,
}

impl RateLimitedLog {
    /// To the log.
    pub fn new() -> Self {
        Self::to(|line| eprintln!("{line}"))
    }

    /// To any writer.
    pub fn to(write: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self { inner: Mutex::new((RateLimiter::new(LINES, Instant::now()), 0)), write: Box::new(write) }
    }

    /// Logs one. `path` is the requested path, without the token.
    pub fn report(&self, who: Option<IpAddr>, path: &str, why: &RequestError) {
        if *why == RequestError::Silence {
            return;
        }
        let skipped = {
            let mut inner = self.inner.lock().unwrap_or_else(|e| e.into_inner());
            match inner.0.allows(Instant::now()) {
                true => std::mem::take(&mut inner.1),
                false => return inner.1 += 1,
            }
        };
        let who = who.map_or("an unknown address".into(), |w| w.to_canonical().to_string());
        let more = if skipped > 0 { format!(" ({skipped} more rejected before)") } else { String::new() };
        let path = if path.is_empty() { String::new() } else { format!(" {}", shown(path)) };
        (self.write)(&format!("remote: request{path} from {who} rejected: {why}{more}"));
    }
}

/// Received text, truncated, and escaped so that it cannot harm a log or a terminal.
fn shown(text: &str) -> String {
    let sanitise =
        |c: char| if c.is_ascii_graphic() { c.to_string() } else { c.escape_default().to_string() };
    let short: String = text.chars().take(SHOWN).map(sanitise).collect();
    if text.chars().nth(SHOWN).is_some() { format!("{short}…") } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn a_rejection_is_one_escaped_line_and_a_flood_is_counted() {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let kept = lines.clone();
        let log = RateLimitedLog::to(move |l| kept.lock().unwrap().push(l.to_string()));
        let nasty = "evil\u{1b}[2J\r\nremote: fine\u{202e}é.example".to_string();
        log.report(Some("::ffff:10.0.0.7".parse().unwrap()), "/x\n", &RequestError::Host(nasty.clone()));
        (0..50).for_each(|_| log.report(None, "", &RequestError::Origin(nasty.repeat(99), nasty.clone())));
        std::thread::sleep(std::time::Duration::from_millis(1100));
        log.report(None, "/", &RequestError::Token);
        let lines = lines.lock().unwrap();
        let start = "remote: request /x\\n from 10.0.0.7 rejected: evil\\u{1b}[2J";
        assert!(lines[0].starts_with(start), "{}", lines[0]);
        assert!(lines.iter().all(|l| l.is_ascii() || l.contains('…')), "{lines:?}");
        assert!(lines.iter().all(|l| !l.contains(['\n', '\r', '\u{1b}']) && l.len() < 600), "{lines:?}");
        assert!(lines.len() <= 5 && lines.last().unwrap().contains("more rejected"), "{lines:?}");
    }

    #[test]
    fn the_remedy_is_named() {
        let said = |r: RequestError| r.to_string();
        assert!(
            said(RequestError::Host("show.example.org:443".into()))
                .ends_with("--remote-name show.example.org allows it")
        );
        let other = RequestError::Origin("https://show.example.org".into(), "127.0.0.1:8090".into());
        assert!(said(other).contains("--remote-name show.example.org"));
        assert!(
            said(RequestError::Tls).contains("https")
                && said(RequestError::Method("POST".into())).contains("POST")
        );
    }
}
