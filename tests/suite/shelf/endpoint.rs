//! A small HTTP generator, as others would write one, and bad ones.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rayon::prelude::*;
use untrained::bench::generator::Generator;
use untrained::bench::price::{EnergySource, Latency, Meter, Price, survey};

use super::{LINE, SIDE, SPEC, SampleSpec, card, drawn, frames, open, png};

/// A request as it arrived.
struct Asked {
    method: String,
    path: String,
    query: String,
    body: String,
}

impl Asked {
    fn read(stream: &TcpStream) -> Option<Self> {
        let mut reader = BufReader::new(stream);
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            match line.trim_end() {
                "" => break,
                line => lines.push(line.to_string()),
            }
        }
        let mut words = lines.first()?.split(' ');
        let (method, target) = (words.next()?.to_string(), words.next()?);
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let length = lines.iter().find_map(|l| l.strip_prefix("Content-Length: ")?.parse().ok());
        let mut body = vec![0; length.unwrap_or(0)];
        reader.read_exact(&mut body).ok()?;
        let body = String::from_utf8(body).ok()?;
        Some(Self { method, path: path.into(), query: query.into(), body })
    }

    fn value(&self, key: &str) -> Option<&str> {
        self.query.split('&').find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='))
    }

    fn number(&self, key: &str) -> u64 {
        self.value(key).and_then(|v| v.parse().ok()).unwrap_or(0)
    }
}

/// Serves on a free port, each connection on a thread of its own, until the test ends.
fn serve(answer: impl Fn(&Asked, &mut TcpStream) -> std::io::Result<()> + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let answer = Arc::new(answer);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (answer, mut stream) = (answer.clone(), stream.unwrap());
            std::thread::spawn(move || {
                // Who hung up has what it wanted.
                let _ = Asked::read(&stream).map(|asked| answer(&asked, &mut stream));
            });
        }
    });
    port
}

fn send(stream: &mut TcpStream, status: &str, headers: &str, body: &[u8]) -> std::io::Result<()> {
    stream.write_all(format!("HTTP/1.1 {status}\r\n{headers}\r\n").as_bytes())?;
    stream.write_all(body)
}

fn send_picture(stream: &mut TcpStream, bytes: &[u8]) -> std::io::Result<()> {
    send(stream, "200 OK", &format!("Content-Type: image/png\r\nContent-Length: {}\r\n", bytes.len()), bytes)
}

#[test]
fn an_endpoint_is_asked_for_each_frame_of_a_seed_one_at_a_time() {
    let (prompts, busy, most) =
        (Arc::new(Mutex::new(Vec::new())), AtomicUsize::new(0), Arc::new(AtomicUsize::new(0)));
    let (heard, seen) = (prompts.clone(), most.clone());
    let port = serve(move |asked, stream| {
        seen.fetch_max(busy.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        heard.lock().unwrap().push(asked.value("prompt").unwrap_or("none").to_string());
        std::thread::sleep(Duration::from_millis(5));
        busy.fetch_sub(1, Ordering::SeqCst);
        send_picture(stream, &png(&drawn(asked.number("seed"), asked.number("frame"))))
    });
    let dir = tempfile::tempdir().unwrap();
    let source =
        format!("http = \"http://127.0.0.1:{port}/p?seed={{seed}}&prompt={{prompt}}&frame={{frame}}\"");
    let shelf = open(&card(dir.path(), "a.toml", &source)).unwrap();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(4).build().unwrap();
    let clips: Vec<Vec<Vec<u8>>> =
        pool.install(|| (0..12u64).into_par_iter().map(|s| frames(&shelf, s, 3).unwrap()).collect());
    for (seed, clip) in clips.iter().enumerate() {
        let expected: Vec<Vec<u8>> = (0..3).map(|f| drawn(seed as u64, f).into_raw()).collect();
        assert_eq!(*clip, expected, "seed {seed}");
    }
    let prompts = prompts.lock().unwrap();
    assert!(prompts.len() == 36 && prompts.iter().all(|p| p == "a%20b%26c%3D%C3%A9"), "{prompts:?}");
    assert_eq!(most.load(Ordering::SeqCst), 1, "requests that wait for each other would be priced for it");
    let about = shelf.about();
    assert!(
        about.contains("not reproducible") && about.contains(&format!("http://127.0.0.1:{port}")),
        "{about}"
    );
    assert_eq!((shelf.size(), shelf.native_size()), (None, Some((SIDE as usize, SIDE as usize))));
}

#[test]
fn an_endpoint_of_stills_gives_a_picture_of_another_seed_for_each_later_frame() {
    let seeds = Arc::new(Mutex::new(Vec::new()));
    let heard = seeds.clone();
    let port = serve(move |asked, stream| {
        heard.lock().unwrap().push(asked.number("seed"));
        send_picture(stream, &png(&drawn(asked.number("seed"), 0)))
    });
    let dir = tempfile::tempdir().unwrap();
    let source = format!("http = \"http://127.0.0.1:{port}/{{width}}x{{height}}?seed={{seed}}\"");
    let shelf = open(&card(dir.path(), "a.toml", &source)).unwrap();
    let clip = frames(&shelf, 7, 4).unwrap();
    assert_eq!((&clip[0], clip[..1].to_vec()), (&drawn(7, 0).into_raw(), frames(&shelf, 7, 1).unwrap()));
    assert_eq!(frames(&shelf, 7, 4).unwrap(), clip, "the same seeds each time");
    let mut asked = seeds.lock().unwrap()[..4].to_vec();
    asked.sort_unstable();
    asked.dedup();
    assert!(asked.len() == 4 && asked.iter().all(|s| *s < 1 << 31), "{asked:?}");
}

#[test]
fn requests_by_post_carry_json_and_answers_may_come_in_chunks() {
    let port = serve(|asked, stream| {
        let json: serde_json::Value = serde_json::from_str(&asked.body).unwrap_or_default();
        let known = asked.method == "POST"
            && asked.path == "/make"
            && json["prompt"] == "a b&c=é"
            && json["width"] == SIDE
            && json["frames"] == 1;
        if !known {
            return send(stream, "400 Bad Request", "", asked.body.as_bytes());
        }
        let number = |key: &str| json[key].as_u64().unwrap_or(99);
        let bytes = png(&drawn(number("seed"), number("frame")));
        send(stream, "200 OK", "Transfer-Encoding: chunked\r\n", b"")?;
        for part in bytes.chunks(37) {
            stream.write_all(format!("{:x}\r\n", part.len()).as_bytes())?;
            stream.write_all(part)?;
            stream.write_all(b"\r\n")?;
        }
        stream.write_all(b"0\r\n\r\n")
    });
    let dir = tempfile::tempdir().unwrap();
    let source = format!("http = \"http://localhost:{port}/make\"\nmethod = \"post\"");
    let shelf = open(&card(dir.path(), "a.toml", &source)).unwrap();
    assert_eq!(frames(&shelf, 5, 2).unwrap(), [drawn(5, 0).into_raw(), drawn(5, 1).into_raw()]);
}

/// Answers by path, each wrong in its own way.
fn misbehave(asked: &Asked, stream: &mut TcpStream) -> std::io::Result<()> {
    let whole = png(&drawn(1, 0));
    match asked.path.as_str() {
        "/missing" => send(stream, "404 Not Found", "Content-Length: 14\r\n", b"no such model\n"),
        "/text" => send(stream, "200 OK", "Content-Type: text/html; charset=utf-8\r\n", b"<h1>Log in</h1>"),
        "/large" => send(stream, "200 OK", "Content-Length: 2147483648\r\n", &whole),
        "/early" => send(stream, "200 OK", "Content-Length: 1000\r\n", &whole[..10]),
        "/half" => send_picture(stream, &whole[..whole.len() / 2]),
        "/size" => send_picture(stream, &png(&image::RgbImage::new(8, 4))),
        "/moved" => send(stream, "302 Found", "Location: http://elsewhere/\r\n", b""),
        "/garbage" => stream.write_all(b"\x16\x03\x01 not HTTP\r\n\r\n"),
        "/slow" => {
            std::thread::sleep(Duration::from_secs(20));
            send_picture(stream, &whole)
        }
        "/drip" => {
            send(stream, "200 OK", "Content-Length: 1000\r\n", b"")?;
            loop {
                std::thread::sleep(Duration::from_millis(50));
                stream.write_all(b"x")?;
            }
        }
        _ => Ok(()),
    }
}

#[test]
fn endpoints_that_misbehave_are_reported_with_the_line_of_the_card() {
    let port = serve(misbehave);
    let dir = tempfile::tempdir().unwrap();
    for (path, words) in [
        ("missing", "404 Not Found: no such model"),
        ("text", "expected a picture, found text/html: <h1>Log in</h1>"),
        ("large", "expected an answer of at most 1.0 GiB, found 2.0 GiB"),
        ("early", "closed after 10 bytes of 1000"),
        ("half", "no readable image"),
        ("size", "expected 16 × 16 pixels, as `resolution` says, found 8 × 4"),
        ("moved", "\"http://elsewhere/\"; name that address in the card"),
        ("garbage", "expected an answer in HTTP/1.1"),
        ("silent", "closed without an answer"),
        ("slow", "no whole answer within 0.4 s"),
        ("drip", "no whole answer within 0.4 s"),
    ] {
        let seconds = if words.contains("0.4 s") { 0.4 } else { 20.0 };
        let source = format!("http = \"http://127.0.0.1:{port}/{path}?{{seed}}\"\ntimeout = {seconds:.1}");
        let shelf = open(&card(dir.path(), "bad.toml", &source)).unwrap();
        let start = Instant::now();
        let why = frames(&shelf, 3, 1).unwrap_err();
        assert!(why.contains(words), "{path}: {why}");
        assert!(
            why.starts_with("ours failed at seed 3: ") && why.contains(&format!("bad.toml:{LINE}: `http`: ")),
            "{why}"
        );
        assert!(start.elapsed() < Duration::from_secs(10), "{path}");
    }
    // A port that was free a moment ago.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let shelf = open(&card(dir.path(), "bad.toml", &format!("http = \"http://127.0.0.1:{free}/?{{seed}}\"")))
        .unwrap();
    let why = frames(&shelf, 3, 1).unwrap_err();
    assert!(why.contains("cannot connect"), "{why}");
}

#[test]
fn waiting_is_priced_with_the_watts_of_the_card() {
    let port = serve(|asked, stream| {
        std::thread::sleep(Duration::from_millis(40));
        send_picture(stream, &png(&drawn(asked.number("seed"), 0)))
    });
    let dir = tempfile::tempdir().unwrap();
    let source = format!("http = \"http://127.0.0.1:{port}/?seed={{seed}}\"");
    let shelf = open(&card(dir.path(), "a.toml", &source)).unwrap();
    let meter = Meter::at(dir.path(), 10.0);
    let costs = survey(&shelf, 0..2, &SampleSpec { frames: 3, ..SPEC }, &meter, &|| false).unwrap();
    assert_eq!((costs.first.len(), costs.next.len(), costs.source), (2, 4, Some(EnergySource::Stated)));
    for frame in costs.first.iter().chain(&costs.next) {
        assert!((40.0..5000.0).contains(&frame.milliseconds), "{frame:?}");
        // 100 W.
        assert!((frame.joules.unwrap() - 0.1 * frame.milliseconds).abs() < 1e-9, "{frame:?}");
    }
    let price = Price::of(("ours", 0), &shelf.cost(), &shelf.profile(), &costs, meter.watts());
    assert!(price.is_foreign && !price.is_reproducible && price.training.unwrap().energy.is_none());
    assert_eq!((price.steering.knobs, price.steering.latency), (1, Latency::Picture));
}
