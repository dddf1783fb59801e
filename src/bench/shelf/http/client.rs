//! One request and its answer, within a time.

use std::io::{Error, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use super::response::Response;
use super::template::Template;
use crate::shelf::request::Request;
use world::limits::PICTURE_FILE;

/// Asks an endpoint once and returns the file of a picture. `timeout` spans everything but the look-up of its name,
/// which the system does in its own time.
///
/// # Errors
/// The endpoint cannot be reached, is too slow, or answers with something else; the message says which.
pub fn ask(
    template: &Template,
    is_post: bool,
    request: &Request,
    timeout: Duration,
) -> Result<Vec<u8>, String> {
    let place = (template.host(), template.port());
    let addresses = place.to_socket_addrs().map_err(|e| format!("{} is not found: {e}", template.host()))?;
    let until = Instant::now() + timeout;
    let explain = |e: Error| match e.kind() {
        ErrorKind::TimedOut | ErrorKind::WouldBlock => {
            format!("no whole answer within {} s", timeout.as_secs_f64())
        }
        _ => e.to_string(),
    };
    let stream = connect(addresses, until).map_err(|e| format!("cannot connect: {}", explain(e)))?;
    let mut stream = Timed { stream, until };
    // An endpoint may answer before it has read everything, and close: then its answer tells more than the failure.
    let sent = stream.write_all(&head_and_body(template, is_post, request));
    let response = Response::read(&mut stream, PICTURE_FILE).map_err(|e| explain(sent.err().unwrap_or(e)))?;
    picture(response)
}

fn connect(addresses: impl Iterator<Item = SocketAddr>, until: Instant) -> std::io::Result<TcpStream> {
    let mut failure = Error::new(ErrorKind::NotFound, "its name has no address");
    for address in addresses {
        match left(until).and_then(|left| TcpStream::connect_timeout(&address, left)) {
            Ok(stream) => {
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
            Err(e) => failure = e,
        }
    }
    Err(failure)
}

/// Time left, or an error.
fn left(until: Instant) -> std::io::Result<Duration> {
    let left = until.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(ErrorKind::TimedOut.into()) } else { Ok(left) }
}

/// A connection whose reads and writes end at a time.
struct Timed {
    stream: TcpStream,
    until: Instant,
}

impl Read for Timed {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        self.stream.set_read_timeout(Some(left(self.until)?))?;
        self.stream.read(into)
    }
}

impl Write for Timed {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.stream.set_write_timeout(Some(left(self.until)?))?;
        self.stream.write(bytes)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        self.stream.flush()
    }
}

fn head_and_body(template: &Template, is_post: bool, request: &Request) -> Vec<u8> {
    let (method, body) = if is_post { ("POST", request.json()) } else { ("GET", String::new()) };
    let content = match is_post {
        true => format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len()),
        false => String::new(),
    };
    format!(
        "{method} {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: untrained/{}\r\nAccept: image/png, image/jpeg, image/webp\r\n\
         Accept-Encoding: identity\r\n{content}Connection: close\r\n\r\n{body}",
        template.fill(request),
        template.host_header(),
        env!("CARGO_PKG_VERSION")
    )
    .into_bytes()
}

/// The picture in an answer.
fn picture(response: Response) -> Result<Vec<u8>, String> {
    let said = match response.first_line() {
        line if line.is_empty() => String::new(),
        line => format!(": {line}"),
    };
    match response.status {
        200 => {}
        300..400 if !response.location.is_empty() => {
            return Err(format!("it points to {:?}; name that address in the card", response.location));
        }
        status => return Err(format!("{status} {}{said}", response.reason.trim())),
    }
    // Many a server does not know the type of what it sends: then the content decides.
    let unknown = ["", "application/octet-stream", "binary/octet-stream"].contains(&&*response.kind);
    match unknown || response.kind.starts_with("image/") {
        true => Ok(response.body),
        false => Err(format!("expected a picture, found {}{said}", response.kind.escape_debug())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_complete_and_carry_json_only_in_a_post() {
        let template = Template::parse("http://[::1]:8000/p?s={seed}").unwrap();
        let request = Request { seed: 7, prompt: "é", width: 8, height: 8, frame: 0, frames: 1 };
        let text = |is_post| String::from_utf8(head_and_body(&template, is_post, &request)).unwrap();
        let (head, body) =
            text(false).split_once("\r\n\r\n").map(|(h, b)| (h.to_string(), b.to_string())).unwrap();
        assert!(head.starts_with("GET /p?s=7 HTTP/1.1\r\nHost: [::1]:8000\r\n") && body.is_empty(), "{head}");
        assert!(!head.contains("Content-Length"));
        let (head, body) =
            text(true).split_once("\r\n\r\n").map(|(h, b)| (h.to_string(), b.to_string())).unwrap();
        assert!(head.starts_with("POST /p?s=7 ") && body == request.json(), "{head}");
        assert!(head.contains(&format!("Content-Length: {}\r\n", body.len())), "{head}");
    }

    #[test]
    fn answers_without_a_picture_are_explained() {
        let response = |status, kind: &str, body: &[u8]| Response {
            status,
            reason: "Reason".into(),
            kind: kind.into(),
            location: if status == 301 { "http://b/".into() } else { String::new() },
            body: body.into(),
        };
        let why = |status, kind, body| picture(response(status, kind, body)).unwrap_err();
        assert_eq!(why(503, "text/plain", b"loading the model"), "503 Reason: loading the model");
        assert_eq!(why(500, "", b"\xff"), "500 Reason");
        assert!(why(301, "", b"").contains("\"http://b/\"") && why(304, "", b"") == "304 Reason");
        assert_eq!(why(200, "text/html", b"<h1>Hello"), "expected a picture, found text/html: <h1>Hello");
        for kind in ["", "image/png", "application/octet-stream"] {
            assert_eq!(picture(response(200, kind, b"abc")).unwrap(), b"abc");
        }
    }
}
