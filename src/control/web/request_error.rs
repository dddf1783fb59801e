//! Why somebody got no answer: to them it is nothing at all, to whoever runs the show one line in the log.

use std::net::IpAddr;
use std::sync::Mutex;
use std::time::Instant;

use super::token::RateLimiter;

/// Lines a second; more are counted.
const LINES: f64 = 2.0;
/// Letters of what somebody sent that a line repeats.
const SHOWN: usize = 80;

/// What was wrong with a request.
#[derive(Clone, Debug, PartialEq)]
pub enum RequestError {
    /// Nothing was asked; that is no fault, and not told.
    Silence,
    /// No request of HTTP/1.1 that ends.
    Malformed,
    /// The beginning of TLS.
    Tls,
    /// Another method than GET and HEAD.
    Method(String),
    /// A host that is not this machine.
    Host(String),
    /// A page of another host; the host that it asked.
    Origin(String, String),
    /// The secret is missing or wrong.
    Token,
    /// Nothing lies there.
    Path,
    /// Too many clients.
    TooManyConnections,
}

impl std::fmt::Display for RequestError {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        let name = |text: &str| super::hosts::Host::parse(text).map_or("NAME".into(), |h| h.name);
        match self {
            Self::Silence => write!(f, "nothing was asked"),
            Self::Malformed => write!(f, "it was no whole HTTP request"),
            Self::Tls => write!(f, "it spoke TLS (https); the remote speaks http, or https behind a proxy"),
            Self::Method(method) => write!(f, "the method was {}, expected GET or HEAD", shown(method)),
            Self::Host(host) if host.is_empty() => write!(f, "it named no host"),
            Self::Host(host) => {
                write!(
                    f,
                    "{} is none of this machine's names; --remote-name {} allows it",
                    shown(host),
                    shown(&name(host))
                )
            }
            Self::Origin(origin, host) => {
                let from = origin.split_once("://").map_or("", |o| o.1);
                let (origin, host) = (shown(origin), shown(host));
                write!(
                    f,
                    "a page of {origin} asked {host}; --remote-name {} allows such pages",
                    shown(&name(from))
                )
            }
            Self::Token => write!(f, "the link's token was missing or wrong"),
            Self::Path => write!(f, "nothing lies there"),
            Self::TooManyConnections => write!(f, "too many pages are open"),
        }
    }
}

/// Lines of the log, not more than somebody can read.
pub struct RateLimitedLog {
    inner: Mutex<(RateLimiter, u64)>,
    write: Box<dyn Fn(&str) + Send + Sync>,
}

impl RateLimitedLog {
    /// Lines go to the log.
    pub fn new() -> Self {
        Self::to(|line| eprintln!("{line}"))
    }

    /// Lines go somewhere.
    pub fn to(write: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self { inner: Mutex::new((RateLimiter::new(LINES, Instant::now()), 0)), write: Box::new(write) }
    }

    /// Tells one. `path` is what was asked for, without its secret.
    pub fn tell(&self, who: Option<IpAddr>, path: &str, why: &RequestError) {
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
        let who = who.map_or("somebody".into(), |w| w.to_canonical().to_string());
        let more = if skipped > 0 { format!(" ({skipped} more were refused before)") } else { String::new() };
        let path = if path.is_empty() { String::new() } else { format!(" {}", shown(path)) };
        (self.write)(&format!("remote: {who} was refused{path}: {why}{more}"));
    }
}

/// What somebody sent, in a form that can do no harm to a log or a terminal.
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
    fn a_refusal_is_one_harmless_line_and_a_flood_is_counted() {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let kept = lines.clone();
        let log = RateLimitedLog::to(move |l| kept.lock().unwrap().push(l.to_string()));
        let nasty = "evil\u{1b}[2J\r\nremote: fine\u{202e}é.example".to_string();
        log.tell(Some("::ffff:10.0.0.7".parse().unwrap()), "/x\n", &RequestError::Host(nasty.clone()));
        (0..50).for_each(|_| log.tell(None, "", &RequestError::Origin(nasty.repeat(99), nasty.clone())));
        std::thread::sleep(std::time::Duration::from_millis(1100));
        log.tell(None, "/", &RequestError::Token);
        let lines = lines.lock().unwrap();
        assert!(lines[0].starts_with("remote: 10.0.0.7 was refused /x\\n: evil\\u{1b}[2J"), "{}", lines[0]);
        assert!(lines.iter().all(|l| l.is_ascii() || l.contains('…')), "{lines:?}");
        assert!(lines.iter().all(|l| !l.contains(['\n', '\r', '\u{1b}']) && l.len() < 600), "{lines:?}");
        assert!(lines.len() <= 5 && lines.last().unwrap().contains("more were refused"), "{lines:?}");
    }

    #[test]
    fn the_cure_is_named() {
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
