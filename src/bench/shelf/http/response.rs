//! Reading an answer.

use std::io::{BufRead, BufReader, Error, ErrorKind, Read, Result};

use world::limits;

/// Bytes of a head, with its status line and headers.
const HEAD: usize = 64 << 10;
/// Header lines.
const LINES: usize = 128;
/// Bytes of the line before a chunk, and of all lines after the last one.
const LINE: u64 = 4096;
/// Bytes read of the body of an answer that reports an error.
const COMPLAINT: u64 = 64 << 10;

/// A whole answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// Status code.
    pub status: u16,
    /// Status text.
    pub reason: String,
    /// Media type, in lower case and without parameters; empty if it is not stated.
    pub kind: String,
    /// Where it is said to be instead.
    pub location: String,
    /// The content.
    pub body: Vec<u8>,
}

/// How the length of a body is known (RFC 9112, section 6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Framing {
    Length(u64),
    Chunked,
    UntilClosed,
}

struct Head {
    response: Response,
    framing: Framing,
    encoding: String,
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidData, message.into())
}

impl Response {
    /// Reads an answer whose body has at most `most` bytes; a larger one is rejected before it is read where its length
    /// is stated, and nothing is allocated by a stated length. Of an answer that reports an error, only the beginning of
    /// the body is read.
    ///
    /// # Errors
    /// The stream fails, ends early, or holds no such answer.
    pub fn read(stream: &mut impl Read, most: u64) -> Result<Self> {
        let mut stream = BufReader::new(stream);
        let mut head = Head::read(&mut stream)?;
        // Interim answers (RFC 9110, section 15.2).
        while (100..200).contains(&head.response.status) {
            head = Head::read(&mut stream)?;
        }
        let Head { mut response, framing, encoding } = head;
        if response.status != 200 {
            // Whatever can be read of it serves as the reason.
            let _ = body(&mut stream.take(COMPLAINT), framing, COMPLAINT, &mut response.body);
            return Ok(response);
        }
        if !encoding.is_empty() && encoding != "identity" {
            return Err(invalid(format!(
                "expected an answer that is not compressed, found the encoding `{encoding}`"
            )));
        }
        body(&mut stream, framing, most, &mut response.body)?;
        Ok(response)
    }

    /// The first line of the body for a message, if it is text.
    pub fn first_line(&self) -> String {
        let start = &self.body[..self.body.len().min(400)];
        let text = String::from_utf8_lossy(start);
        let line = text.lines().map(str::trim).find(|l| !l.is_empty()).unwrap_or_default();
        let is_text = !line.contains('\u{fffd}') && !line.chars().any(char::is_control);
        if is_text { line.chars().take(200).collect() } else { String::new() }
    }
}

impl Head {
    fn read(stream: &mut impl BufRead) -> Result<Self> {
        let mut bytes = Vec::new();
        // Up to the empty line; lines may end in a line feed alone.
        while !bytes.ends_with(b"\n\r\n") && !bytes.ends_with(b"\n\n") {
            let left = HEAD.saturating_sub(bytes.len()) as u64;
            let before = bytes.len();
            if stream.by_ref().take(left).read_until(b'\n', &mut bytes)? == 0 {
                return Err(match (left, before) {
                    (0, _) => invalid(format!("expected a head of at most {}", limits::size(HEAD as u64))),
                    (_, 0) => {
                        Error::new(ErrorKind::UnexpectedEof, "the connection was closed without an answer")
                    }
                    _ => Error::new(ErrorKind::UnexpectedEof, "the connection was closed within the head"),
                });
            }
        }
        Self::parse(&bytes)
    }

    fn parse(bytes: &[u8]) -> Result<Self> {
        let mut headers = [httparse::EMPTY_HEADER; LINES];
        let mut parsed = httparse::Response::new(&mut headers);
        let status = parsed.parse(bytes);
        let (Ok(httparse::Status::Complete(_)), Some(code)) = (&status, parsed.code) else {
            let why = status.err().map_or("it is incomplete".into(), |e| e.to_string());
            return Err(invalid(format!("expected an answer in HTTP/1.1: {why}")));
        };
        let all = |name: &str| {
            let named = parsed.headers.iter().filter(|h| h.name.eq_ignore_ascii_case(name));
            named.map(|h| String::from_utf8_lossy(h.value).trim().to_string()).collect::<Vec<_>>()
        };
        let first = |name: &str| all(name).into_iter().next().unwrap_or_default();
        let kind = first("Content-Type").split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let response = Response {
            status: code,
            reason: parsed.reason.unwrap_or_default().to_string(),
            kind,
            location: first("Location"),
            body: Vec::new(),
        };
        let framing = framing(&all("Transfer-Encoding"), &all("Content-Length"))?;
        Ok(Self { response, framing, encoding: first("Content-Encoding").to_ascii_lowercase() })
    }
}

/// A transfer encoding overrides a length; several lengths must agree.
fn framing(encodings: &[String], lengths: &[String]) -> Result<Framing> {
    if !encodings.is_empty() {
        let joined = encodings.join(",");
        return match joined.eq_ignore_ascii_case("chunked") {
            true => Ok(Framing::Chunked),
            false => Err(invalid(format!("expected the transfer encoding `chunked`, found `{joined}`"))),
        };
    }
    let [first, others @ ..] = lengths else { return Ok(Framing::UntilClosed) };
    let number = Some(first).filter(|l| l.bytes().all(|b| b.is_ascii_digit())).and_then(|l| l.parse().ok());
    match number {
        Some(length) if others.iter().all(|l| l == first) => Ok(Framing::Length(length)),
        _ => Err(invalid(format!("expected one Content-Length, found `{}`", lengths.join("`, `")))),
    }
}

fn too_large(found: &str, most: u64) -> Error {
    invalid(format!("expected an answer of at most {}, found {found}", limits::size(most)))
}

fn cut_off(read: usize, of: &str) -> Error {
    Error::new(ErrorKind::UnexpectedEof, format!("the connection was closed after {read} bytes{of}"))
}

/// Appends the body to `into`.
fn body(stream: &mut impl BufRead, framing: Framing, most: u64, into: &mut Vec<u8>) -> Result<()> {
    match framing {
        Framing::Length(length) if length > most => Err(too_large(&limits::size(length), most)),
        Framing::Length(length) => {
            let read = stream.take(length).read_to_end(into)?;
            if (read as u64) < length { Err(cut_off(read, &format!(" of {length}"))) } else { Ok(()) }
        }
        Framing::Chunked => chunks(stream, most, into),
        Framing::UntilClosed => match stream.take(most.saturating_add(1)).read_to_end(into)? as u64 > most {
            true => Err(too_large("more", most)),
            false => Ok(()),
        },
    }
}

/// Chunks (RFC 9112, section 7.1); extensions and trailers are skipped.
fn chunks(stream: &mut impl BufRead, most: u64, into: &mut Vec<u8>) -> Result<()> {
    loop {
        let line = line(stream, into.len())?;
        let digits = line.split(|b| *b == b';').next().unwrap_or_default().trim_ascii();
        let text = std::str::from_utf8(digits).unwrap_or_default();
        let is_hex = text.bytes().all(|b| b.is_ascii_hexdigit());
        let Some(length) = Some(text).filter(|_| is_hex).and_then(|t| u64::from_str_radix(t, 16).ok()) else {
            let shown = String::from_utf8_lossy(&digits[..digits.len().min(40)]).escape_debug().to_string();
            return Err(invalid(format!(
                "expected the length of a chunk in hexadecimal digits, found `{shown}`"
            )));
        };
        let whole = length.saturating_add(into.len() as u64);
        if whole > most {
            return Err(too_large(&format!("{} and more", limits::size(whole)), most));
        }
        if length == 0 {
            return trailers(stream, into.len());
        }
        let read = stream.by_ref().take(length).read_to_end(into)?;
        if (read as u64) < length {
            return Err(cut_off(into.len(), ", within a chunk"));
        }
        if !self::line(stream, into.len())?.is_empty() {
            return Err(invalid("expected the end of a line after a chunk"));
        }
    }
}

/// Lines up to an empty one.
fn trailers(stream: &mut impl BufRead, read: usize) -> Result<()> {
    for _ in 0..LINES {
        if line(stream, read)?.is_empty() {
            return Ok(());
        }
    }
    Err(invalid(format!("expected at most {LINES} trailers")))
}

/// A line without its end.
fn line(stream: &mut impl BufRead, read: usize) -> Result<Vec<u8>> {
    let mut line = Vec::new();
    stream.take(LINE).read_until(b'\n', &mut line)?;
    match line.pop() {
        Some(b'\n') => {
            let _ = line.pop_if(|b| *b == b'\r');
            Ok(line)
        }
        Some(_) if line.len() as u64 + 1 >= LINE => {
            Err(invalid(format!("expected a line of at most {LINE} bytes")))
        }
        _ => Err(cut_off(read, ", before the last chunk")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(bytes: &[u8]) -> std::result::Result<Response, String> {
        Response::read(&mut &bytes[..], 100).map_err(|e| e.to_string())
    }

    fn answer(head: &str, body: &[u8]) -> std::result::Result<Response, String> {
        read(&[format!("HTTP/1.1 200 OK\r\n{head}\r\n").as_bytes(), body].concat())
    }

    #[test]
    fn bodies_of_all_framings_are_read() {
        let length = answer("Content-Length: 3\r\nContent-Type: Image/PNG; q=1\r\n", b"abcmore").unwrap();
        assert_eq!(
            (&length.body[..], &*length.kind, length.status, &*length.reason),
            (&b"abc"[..], "image/png", 200, "OK")
        );
        let chunks = b"2;x=1\r\nab\r\n0003\r\ncde\r\n0\r\nTrailer: 1\r\n\r\n";
        assert_eq!(
            answer("Transfer-Encoding: Chunked\r\nContent-Length: 1\r\n", chunks).unwrap().body,
            b"abcde"
        );
        assert_eq!(answer("", b"to the end").unwrap().body, b"to the end");
        assert_eq!(answer("Content-Length: 2\r\nContent-Length: 2\r\n", b"ab").unwrap().body, b"ab");
        assert_eq!(answer("Content-Length: 0\r\n", b"").unwrap().body, b"");
        let interim = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\nContent-Length: 1\n\nx";
        assert_eq!(read(interim).unwrap().body, b"x");
    }

    #[test]
    fn what_is_wrong_with_an_answer_is_said() {
        for (head, body, words) in [
            ("Content-Length: 101\r\n", &b""[..], "at most 100 bytes, found 101 bytes"),
            (
                "Content-Length: 99999999999999999999\r\n",
                b"",
                "one Content-Length, found `99999999999999999999`",
            ),
            ("Content-Length: -1\r\n", b"", "found `-1`"),
            ("Content-Length: 1\r\nContent-Length: 2\r\n", b"ab", "found `1`, `2`"),
            ("Content-Length: 5\r\n", b"abc", "closed after 3 bytes of 5"),
            ("Transfer-Encoding: gzip, chunked\r\n", b"", "found `gzip, chunked`"),
            ("Content-Encoding: gzip\r\nContent-Length: 1\r\n", b"x", "the encoding `gzip`"),
            ("Transfer-Encoding: chunked\r\n", b"65\r\n", "at most 100 bytes, found 101 bytes and more"),
            ("Transfer-Encoding: chunked\r\n", b"ffffffffffffffff\r\n", "at most 100 bytes"),
            ("Transfer-Encoding: chunked\r\n", b"60\r\n", "within a chunk"),
            ("Transfer-Encoding: chunked\r\n", b"2\r\nab\r\n", "before the last chunk"),
            ("Transfer-Encoding: chunked\r\n", b"2\r\nabc\r\n", "after a chunk"),
            ("Transfer-Encoding: chunked\r\n", b"+2\r\nab\r\n", "found `+2`"),
            ("Transfer-Encoding: chunked\r\n", b"\r\nab\r\n", "found ``"),
        ] {
            let why = answer(head, body).unwrap_err();
            assert!(why.contains(words), "{head:?} {body:?}: {why}");
        }
        let long = answer("", &[7; 101]).unwrap_err();
        assert!(long.contains("at most 100 bytes, found more"), "{long}");
        let endless = answer(&"A: b\r\n".repeat(20_000), b"").unwrap_err();
        assert!(endless.contains("head of at most 64 KiB"), "{endless}");
        assert!(read(b"").unwrap_err().contains("without an answer"));
        assert!(read(b"HTTP/1.1 200").unwrap_err().contains("within the head"));
        assert!(read(b"SSH-2.0-OpenSSH_9\r\n\r\n").unwrap_err().contains("expected an answer in HTTP/1.1"));
    }

    #[test]
    fn an_error_is_an_answer_with_its_reason() {
        let missing =
            read(b"HTTP/1.1 404 Not Found\r\nContent-Length: 500\r\n\r\n\n no such model \nmore").unwrap();
        assert_eq!(
            (missing.status, &*missing.reason, missing.first_line()),
            (404, "Not Found", "no such model".into())
        );
        let moved = read(b"HTTP/1.1 302 Found\r\nLocation: /b\r\n\r\n").unwrap();
        assert_eq!((moved.status, &*moved.location, moved.first_line()), (302, "/b", String::new()));
        let binary = read(b"HTTP/1.1 500 \r\n\r\n\x00\xff\x01").unwrap();
        assert_eq!((binary.status, binary.first_line()), (500, String::new()));
    }

    /// A stream that gives its bytes in pieces.
    struct Pieces<'a>(&'a [u8], usize);

    impl Read for Pieces<'_> {
        fn read(&mut self, into: &mut [u8]) -> Result<usize> {
            let n = self.1.min(self.0.len()).min(into.len());
            into[..n].copy_from_slice(&self.0[..n]);
            self.0 = &self.0[n..];
            Ok(n)
        }
    }

    proptest! {
        #[test]
        fn a_body_arrives_in_any_framing_and_in_any_pieces(body in proptest::collection::vec(any::<u8>(), 0..100), cut in 1usize..40, piece in 1usize..50) {
            let mut chunked = Vec::new();
            for part in body.chunks(cut) {
                chunked.extend(format!("{:x}\r\n", part.len()).bytes().chain(part.iter().copied()).chain(*b"\r\n"));
            }
            chunked.extend(b"0\r\n\r\n");
            let plain = [format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes(), &body].concat();
            let closed = [&b"\r\n"[..], &body].concat();
            let chunked = [&b"Transfer-Encoding: chunked\r\n\r\n"[..], &chunked].concat();
            for rest in [plain, closed, chunked] {
                let bytes = [&b"HTTP/1.1 200 OK\r\n"[..], &rest].concat();
                prop_assert_eq!(&Response::read(&mut Pieces(&bytes, piece), 100).unwrap().body, &body);
                prop_assert!(body.is_empty() || Response::read(&mut Pieces(&bytes, piece), body.len() as u64 - 1).is_err());
            }
        }

        #[test]
        fn any_bytes_are_an_answer_or_an_error(noise in proptest::collection::vec(any::<u8>(), 0..200), kind in 0usize..4) {
            let heads = ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 404 \r\n\r\n"];
            if let Ok(response) = read(&[heads[kind].as_bytes(), &noise].concat()) {
                prop_assert!(response.body.len() <= 100 || response.status != 200);
                prop_assert!(!response.first_line().contains(char::is_control));
            }
        }
    }
}
