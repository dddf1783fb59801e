//! A blind vote over the web remote: several people, one vote each, and nothing on the wire that tells the sides apart.

use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tungstenite::{Message, WebSocket};
use untrained::CATALOGUE;
use untrained::control::web::Remote;
use untrained::performance::PerformanceSetup;
use untrained::performance::versus::{BlindSetup, SideSetup, Versus, VersusSetup};
use untrained::show::source::SceneSource;
use untrained::show::{Hub, ShowThread};

/// A page, and all that it was sent.
struct Page {
    socket: WebSocket<TcpStream>,
    vote: Value,
    read: String,
}

impl Page {
    fn open(remote: &Remote) -> Self {
        let stream = TcpStream::connect(remote.address()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let token = remote.link().split("token=").nth(1).unwrap();
        let url = format!("ws://{}/socket?token={token}", remote.address());
        let (socket, _) = tungstenite::client(url, stream).unwrap();
        Self { socket, vote: Value::Null, read: String::new() }
    }

    fn send(&mut self, what: &Value) {
        self.socket.send(Message::text(what.to_string())).unwrap();
    }

    fn vote(&mut self, side: &str, voter: &str) {
        self.send(&json!({ "vote": side, "voter": voter }));
    }

    /// Reads until the vote is as wanted, at most for ten seconds.
    fn until(&mut self, wanted: impl Fn(&Value) -> bool) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(10) {
            if wanted(&self.vote) {
                return true;
            }
            let Ok(Message::Text(text)) = self.socket.read() else { continue };
            self.read.push_str(&text);
            let message: Value = serde_json::from_str(&text).unwrap();
            if let Some(vote) = message["state"].get("vote") {
                self.vote = vote.clone();
            }
        }
        false
    }
}

fn side(name: &str) -> SideSetup {
    let source = SceneSource::find(name).unwrap();
    let setup = PerformanceSetup {
        size: Some((64, 36)),
        seed: Some(5),
        ..PerformanceSetup::of(CATALOGUE, vec![source])
    };
    SideSetup { name: name.into(), bytes: 77_777, hash: 7, training: None, setup }
}

#[test]
fn people_vote_on_the_remote_once_each_and_nothing_tells_them_the_answer() {
    let blind = Some(BlindSetup::default());
    let sides = [side("ants"), side("garden")];
    let versus = Versus::start(VersusSetup { sides, watts: 12.0, blind }).unwrap();
    let (hub, inbox) = Hub::new();
    let _show = ShowThread::at(hub.clone(), inbox, Box::new(versus));
    let remote = Remote::open("0", &[], hub.clone()).unwrap();
    let [mut a, mut b] = [Page::open(&remote), Page::open(&remote)];
    assert!(a.until(|v| v["round"] == 1) && b.until(|v| v["round"] == 1));
    a.vote("left", "aaaaaaaaaaaaaaaa");
    a.vote("right", "aaaaaaaaaaaaaaaa");
    a.vote("right", "cccccccccccccccc");
    b.vote("right", "bbbbbbbbbbbbbbbb");
    assert!(a.until(|v| v["votes"] == 2) && b.until(|v| v["votes"] == 2));
    // Second and foreign votes, and those of nobody, would have come by then.
    b.vote("left", "bbbbbbbbbbbbbbbb");
    b.send(&json!({ "move": "vote.left", "press": true }));
    b.send(&json!({ "move": "vote.left", "value": 17 }));
    assert!(b.until(|v| v["seconds"].as_u64() >= Some(1)) && b.vote["votes"] == 2, "{}", b.vote);
    assert_eq!((&b.vote["ruled"], &b.vote["tally"]), (&Value::Null, &json!([0, 0])));
    for told in [&a.read, &b.read, &untrained::show::report::health(&hub).to_string()] {
        for word in ["ants", "garden", "77.8 kB", "walkers", "\"ruled\":true"] {
            assert!(!told.contains(word), "{word}: {told}");
        }
    }
    a.send(&json!({ "move": "vote.reveal", "press": true }));
    assert!(a.until(|v| v["ruled"] == "left" || v["ruled"] == "right"));
    // One voted left, the other right.
    assert_eq!((&a.vote["this"], &a.vote["tally"]), (&json!([1, 2]), &json!([1, 2])));
    a.send(&json!({ "move": "vote.next", "press": true }));
    assert!(a.until(|v| v["round"] == 2) && a.vote["votes"] == 0 && a.read.contains("ants"));
    b.vote("right", "bbbbbbbbbbbbbbbb");
    assert!(b.until(|v| v["round"] == 2 && v["votes"] == 1), "each round has a vote for each");
}
