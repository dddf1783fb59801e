//! Over real sockets: which clients are admitted, which are disconnected, and that none waits for another.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tungstenite::{Message, WebSocket};

use super::client::{LARGEST, PATIENCE, RATE};
use super::server_state::CLIENTS;
use super::*;
use crate::sample;
use show::Command;

fn get(remote: &Remote, path: &str, lines: &str) -> String {
    let mut stream = TcpStream::connect(remote.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\n{lines}\r\n").unwrap();
    let mut text = String::new();
    let _ = stream.read_to_string(&mut text);
    text
}

fn token(remote: &Remote) -> &str {
    remote.link().split("token=").nth(1).unwrap()
}

/// The response to any request.
fn ask(remote: &Remote, text: &str) -> String {
    let mut stream = TcpStream::connect(remote.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream.write_all(text.as_bytes()).unwrap();
    let mut text = String::new();
    let _ = stream.read_to_string(&mut text);
    text
}

/// A client like a page; `None` if it is not admitted.
struct TestClient(WebSocket<TcpStream>, serde_json::Map<String, Value>);

impl TestClient {
    fn with(remote: &Remote, token: &str, origin: Option<&str>) -> Option<Self> {
        let stream = TcpStream::connect(remote.address()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let url = format!("ws://{}/socket?token={token}", remote.address());
        let mut request = tungstenite::client::IntoClientRequest::into_client_request(url).unwrap();
        if let Some(origin) = origin {
            request.headers_mut().insert("Origin", origin.parse().unwrap());
        }
        let (socket, _) = tungstenite::client(request, stream).ok()?;
        Some(Self(socket, serde_json::Map::new()))
    }

    fn enter(remote: &Remote) -> Self {
        Self::with(remote, token(remote), None).unwrap()
    }

    fn say(&mut self, what: &Value) {
        let _ = self.0.send(Message::text(what.to_string()));
    }

    /// Reads until `wanted` holds; errors and pongs are parts too. `None` at the end or after ten seconds.
    fn until(&mut self, wanted: impl Fn(&serde_json::Map<String, Value>) -> bool) -> Option<()> {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(10) {
            if wanted(&self.1) {
                return Some(());
            }
            let Message::Text(text) = self.0.read().ok()? else { continue };
            let Ok(Value::Object(message)) = serde_json::from_str(&text) else { panic!("{text}") };
            for (key, value) in message {
                match (key.as_str(), value) {
                    ("state", Value::Object(parts)) => parts.into_iter().for_each(|(k, v)| self.merge(k, v)),
                    (_, value) => drop(self.1.insert(key, value)),
                }
            }
        }
        None
    }

    fn merge(&mut self, part: String, value: Value) {
        match (self.1.get_mut(&part), value) {
            (Some(Value::Object(old)), Value::Object(new)) if part != "health" => old.extend(new),
            (_, value) => drop(self.1.insert(part, value)),
        }
    }

    /// Whether the server closes the connection within some seconds.
    fn is_disconnected(&mut self, seconds: u64) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(seconds) {
            if self.0.read().is_err() {
                return true;
            }
        }
        false
    }
}

fn wait(wanted: impl Fn() -> bool) -> bool {
    (0..10_000).any(|_| {
        std::thread::sleep(Duration::from_millis(1));
        wanted()
    })
}

#[test]
fn remote_rejects_requests_without_the_token_or_from_another_page() {
    let (hub, _inbox) = sample::hub();
    let remote = Remote::open("0", &[], hub).unwrap();
    let own = format!("Host: {}\r\n", remote.address());
    let (right, wrong) = (token(&remote).to_string(), "0".repeat(32));
    let nothing = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    for path in ["/", "/health", "/health.json", "/socket", "/nowhere"] {
        for query in ["", "?token=", &format!("?token={wrong}"), &format!("?tokens={right}")] {
            assert_eq!(get(&remote, &format!("{path}{query}"), &own), nothing);
        }
        let rebound = get(&remote, &format!("{path}?token={right}"), "Host: evil.example:80\r\n");
        assert_eq!(rebound, nothing);
    }
    let page = get(&remote, &format!("/?token={right}"), &own);
    for head in ["200 OK", "no-store", "default-src 'none'", "nosniff", "Referrer-Policy: no-referrer"] {
        assert!(page.contains(head), "{head}");
    }
    assert!(!page.contains(&right) && !page.contains("https://"));
    let health = get(&remote, &format!("/health.json?token={right}"), &own);
    let health: Value = serde_json::from_str(health.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    assert_eq!((&health["scene"], &health["seed"]), (&json!("dawn"), &json!("7")));
    assert!(get(&remote, &format!("/health?token={right}"), &own).contains("health.json"));

    assert!(TestClient::with(&remote, &wrong, None).is_none());
    assert!(TestClient::with(&remote, &right, Some("http://evil.example")).is_none());
    let page = format!("http://{}", remote.address());
    assert!(TestClient::with(&remote, &right, Some(&page)).is_some());
}

#[test]
fn remote_answers_head_and_below_any_path() {
    let (hub, _inbox) = sample::hub();
    let remote = Remote::open("0", &[], hub).unwrap();
    let (right, place) = (token(&remote).to_string(), remote.address());
    let say = |method: &str, path: &str| {
        ask(&remote, &format!("{method} {path}?token={right} HTTP/1.1\r\nHost: {place}\r\n\r\n"))
    };
    for path in ["/", "/health", "/health.json", "/stage/", "/a/b/health", "/stage/health.json"] {
        let (page, head) = (say("GET", path), say("HEAD", path));
        let (top, body) = page.split_once("\r\n\r\n").unwrap();
        let (head, nothing) = head.split_once("\r\n\r\n").unwrap();
        assert!(
            head.starts_with("HTTP/1.1 200 OK") && nothing.is_empty() && !body.is_empty(),
            "{path}: {head}"
        );
        let lines = |t: &str| t.lines().map(|l| l.split(':').next().unwrap().to_string()).collect::<Vec<_>>();
        assert_eq!(lines(head), lines(top));
        assert!(head.contains("Content-Length: ") && !head.contains("Content-Length: 0"));
    }
    assert!(say("HEAD", "/socket").starts_with("HTTP/1.1 404"));
    assert!(
        say("POST", "/").starts_with("HTTP/1.1 404") && say("GET", "/socket").starts_with("HTTP/1.1 404")
    );
    let slash = say("GET", "/stage");
    assert!(
        slash.contains(&format!("308 Permanent Redirect\r\nLocation: stage/?token={right}\r\n")),
        "{slash}"
    );
    assert!(!say("GET", "/sta\"ge").contains("308"));
    // Nothing in the pages is requested by an absolute path, or with a scheme of its own.
    let page = say("GET", "/") + &say("GET", "/health");
    for absolute in ["fetch(`/", "ws://${", "href = `/", "location.host}"] {
        assert!(!page.contains(absolute), "{absolute}");
    }
}

/// Pages that come through proxies of several kinds, and those that must not.
#[test]
fn remote_knows_its_names_and_logs_rejections() {
    let (hub, _inbox) = sample::hub();
    let lines = std::sync::Arc::new(std::sync::Mutex::new(Vec::<String>::new()));
    let kept = lines.clone();
    let log = request_error::RateLimitedLog::to(move |line| kept.lock().unwrap().push(line.into()));
    let allowed = [Host::parse("show.example.org").unwrap()];
    let remote = Remote::open_with("0", &allowed, hub, log).unwrap();
    let (right, place) = (token(&remote).to_string(), remote.address());
    let enters = |host: &str, lines: &str| {
        let text = format!(
            "GET /stage/socket?token={right} HTTP/1.1\r\nHost: {host}\r\n{lines}Upgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        let mut stream = TcpStream::connect(place).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        let mut start = [0; 12];
        stream.read_exact(&mut start).unwrap();
        &start == b"HTTP/1.1 101"
    };
    let own = place.to_string();
    assert!(enters(&own, &format!("Origin: http://{own}\r\n")));
    assert!(enters("show.example.org", "Origin: https://show.example.org\r\nX-Forwarded-Proto: https\r\n"));
    assert!(enters(&own, "Origin: https://show.example.org\r\n"), "the proxy put our own address in");
    assert!(enters(&own, "X-Forwarded-Host: localhost:8443\r\nOrigin: https://localhost:8443\r\n"));
    assert!(enters("localhost", "Origin: https://localhost:8443\r\n"));
    assert!(lines.lock().unwrap().is_empty());
    assert!(!enters("box.evil.example", "Origin: http://box.evil.example\r\n"));
    assert!(!enters(&own, "X-Forwarded-Host: evil.example\r\nOrigin: https://evil.example\r\n"));
    assert!(wait(|| lines.lock().unwrap().len() == 2), "{:?}", lines.lock().unwrap());
    let said = lines.lock().unwrap().clone();
    assert!(
        said[0].contains("box.evil.example is not a name of this machine; --remote-name box.evil.example")
    );
    assert!(said[0].contains("request /stage/socket from 127.0.0.1 rejected"));
    assert!(!said.concat().contains(&right));
    std::thread::sleep(Duration::from_millis(1100));
    assert!(!enters(&own, "Origin: https://evil.example\r\n"));
    let mut tls = TcpStream::connect(place).unwrap();
    tls.write_all(&[0x16, 3, 1, 2, 0, 1, 0]).unwrap();
    drop(TcpStream::connect(place).unwrap());
    assert!(wait(|| lines.lock().unwrap().len() == 4), "{:?}", lines.lock().unwrap());
    let said = lines.lock().unwrap().concat();
    for why in ["a page of https://evil.example requested", "a TLS request"] {
        assert!(said.contains(why), "{said}");
    }
}

#[test]
fn remote_clients_stay_in_sync_and_receive_errors() {
    let (hub, inbox) = sample::hub();
    let remote = Remote::open("0", &[], hub.clone()).unwrap();
    let [mut a, mut b] = [TestClient::enter(&remote), TestClient::enter(&remote)];
    a.until(|p| p.contains_key("face") && p.contains_key("set")).unwrap();
    assert!(wait(|| hub.devices().iter().any(|d| d.word == "2 clients")));
    // Commands are not processed here, as if the engine hung: blackout acts all the same, and the others see it.
    a.say(&json!({ "move": "master.blackout", "press": true }));
    b.until(|p| p.get("set").is_some_and(|s| s["master.blackout"] == json!(1.0))).unwrap();
    b.until(|p| p.get("still").is_some_and(|s| s.as_u64() >= Some(1))).unwrap();
    b.say(&json!({ "move": "gas.inflow", "travel": 0.5 }));
    assert_eq!(inbox.recv_timeout(Duration::from_secs(5)), Ok(Command::Travel("gas.inflow".into(), 0.5)));
    let mut state = sample::state();
    state.nodes[0].set[0] = 5.0;
    hub.publish(state);
    a.until(|p| p["set"]["gas.inflow"] == json!(5.0)).unwrap();
    a.say(&json!({ "move": "gas.inflo", "travel": 0.5 }));
    a.until(|p| p.get("error").is_some_and(|e| e.as_str().unwrap().contains("did you mean"))).unwrap();
    a.say(&json!({ "touch": { "id": 0, "x": 0.5, "y": 0.5, "phase": "down" } }));
    assert!(matches!(inbox.recv_timeout(Duration::from_secs(5)), Ok(Command::Event(_))));
    drop(a);
    let lifted = inbox.recv_timeout(Duration::from_secs(5));
    assert!(format!("{lifted:?}").contains("Up"), "{lifted:?}");
    drop(remote);
    assert!(b.is_disconnected(5), "the end of the show disconnects clients");
}

#[test]
fn remote_reports_the_number_of_clients() {
    let (hub, _inbox) = sample::hub();
    let remote = Remote::open("0", &[], hub.clone()).unwrap();
    let reports = |word: &str| wait(|| hub.devices().iter().any(|d| d.what == "remote" && d.word == word));
    assert!(reports("no clients"), "{:?}", hub.devices());
    let guest = TestClient::enter(&remote);
    assert!(reports("1 client"), "{:?}", hub.devices());
    drop(guest);
    assert!(reports("no clients"), "{:?}", hub.devices());
}

#[test]
fn remote_disconnects_clients_over_a_limit() {
    let (hub, inbox) = sample::hub();
    let remote = Remote::open("0", &[], hub).unwrap();
    let mut big = TestClient::enter(&remote);
    big.say(&json!({ "move": "a".repeat(LARGEST) }));
    assert!(big.is_disconnected(5));
    let mut calm = TestClient::enter(&remote);
    let mut loud = TestClient::enter(&remote);
    let begun = Instant::now();
    for _ in 0..2 * PATIENCE + 2 * RATE as u32 {
        loud.say(&json!({ "move": "gas.inflow", "travel": 0.5 }));
    }
    assert!(loud.is_disconnected(5));
    let (most, came) = (RATE * (1.0 + begun.elapsed().as_secs_f64()), inbox.try_iter().count() as f64);
    assert!(came > 0.0 && came <= most, "{came} messages arrived, at most {most} may");
    assert_eq!(remote.dropped(), PATIENCE as u64 + 1);
    calm.say(&json!({ "ping": 3 }));
    calm.until(|p| p.get("pong") == Some(&json!(3.0))).unwrap();
}

#[test]
fn remote_drops_slow_requests_and_serves_others_meanwhile() {
    let (hub, _inbox) = sample::hub();
    let remote = Remote::open("0", &[], hub).unwrap();
    let begun = Instant::now();
    let slow = TcpStream::connect(remote.address()).unwrap();
    let mut voice = slow.try_clone().unwrap();
    std::thread::spawn(move || {
        for byte in b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ".iter().chain([b'a'; 900].iter()) {
            if voice.write_all(&[*byte]).is_err() {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    let mut guests: Vec<TestClient> = (0..CLIENTS).map(|_| TestClient::enter(&remote)).collect();
    for guest in &mut guests {
        guest.until(|p| p.contains_key("set")).unwrap();
    }
    assert!(TestClient::with(&remote, token(&remote), None).is_none(), "one client too many");
    assert!(begun.elapsed() < super::http::PATIENCE, "the slow one delayed no other");
    slow.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut slow = slow;
    assert!(matches!(slow.read(&mut [0; 9]), Ok(0) | Err(_)));
    assert!(begun.elapsed() < 2 * super::http::PATIENCE, "{:?}", begun.elapsed());
}

/// A client that reads nothing: its buffer fills up, and it is disconnected. The other one is served meanwhile.
#[test]
fn remote_does_not_wait_for_a_client_that_reads_nothing() {
    let (hub, _inbox) = sample::hub();
    let remote = Remote::open("0", &[], hub.clone()).unwrap();
    let (stalled, mut other) = (TestClient::enter(&remote), TestClient::enter(&remote));
    let (mut longest, mut last, begun) = (Duration::ZERO, Instant::now(), Instant::now());
    let mut n = 0;
    while remote.clients() == 2 || n < 20 {
        assert!(begun.elapsed() < Duration::from_secs(60), "the stalled client is still connected");
        let mut state = sample::state();
        state.description = hub.state().description.clone();
        n += 1;
        state.notice = (n, format!("{n}").repeat(100_000));
        hub.publish(state);
        other.until(|p| p.get("notice").is_some_and(|w| w[0] == json!(n))).unwrap();
        longest = longest.max(last.elapsed());
        last = Instant::now();
    }
    assert!(longest < Duration::from_secs(2), "{longest:?}");
    drop(stalled);
}

#[test]
fn remote_ports_are_named_when_they_are_taken_and_free_again_afterwards() {
    let (hub, _inbox) = sample::hub();
    let first = Remote::open("0", &[], hub.clone()).unwrap();
    let place = first.address().to_string();
    let text = Remote::open(&place, &[], hub.clone()).err().unwrap().to_string();
    assert!(text.contains(&place), "{text}");
    let guest = TestClient::enter(&first);
    drop(first);
    let again = Remote::open(&place, &[], hub.clone()).unwrap();
    drop((guest, again));
    let everywhere = Remote::open("0.0.0.0:0", &[], hub).unwrap();
    assert!(!everywhere.link().contains("0.0.0.0"), "{}", everywhere.link());
}
