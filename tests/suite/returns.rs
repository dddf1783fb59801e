//! A show that is killed or hangs resumes as users had left it: scene, seed, knobs, layers, links, slots and tempo, by
//! its controller feedback, by what it saves, and by its pictures.

use std::collections::BTreeMap;
use std::net::UdpSocket;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant, SystemTime};

use rosc::{OscMessage, OscType, decoder, encoder};
use serde_json::Value;
use untrained::systems::CATALOGUE;
use untrained::world::engine::Engine;
use untrained::world::frame::Frame;
use untrained::world::scene::Scene;
use untrained::world::tape::Event;

use crate::controllers::{flat, free_port, message};
use crate::seen::{Picture, pictures};
use crate::show::{Family, Hall, signal, wait};

const SCENE: &str = r#"
size = [320, 200]

[node.cloud]
system = "noise"
detail = 0.1
scale = 3
speed = 1.5

[wave.slow]
period = 3

[[link]]
from = "wave.slow"
to = "cloud.drift_y"
span = [0.5, 1.5]

[[layer]]
show = "cloud.value"
palette = "inferno"
"#;

/// What users have moved, and the values then.
const MOVED: &[(&str, f32)] =
    &[("/cloud/scale", 9.0), ("/layer/cloud-value/opacity", 0.75), ("/link/0", 0.0), ("/tempo/bpm", 93.0)];

/// A controller: it moves, and receives feedback.
struct Surface {
    socket: UdpSocket,
    show: u16,
    /// The first and the last feedback of each address.
    heard: BTreeMap<String, (Vec<OscType>, Vec<OscType>)>,
}

impl Surface {
    fn new() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
        Self { socket, show: free_port(), heard: BTreeMap::new() }
    }

    fn place(&self) -> String {
        self.socket.local_addr().unwrap().to_string()
    }

    fn send(&self, address: &str, args: Vec<OscType>) {
        let bytes = encoder::encode(&message(address, args)).unwrap();
        // The show may be between two runs.
        let _ = self.socket.send_to(&bytes, ("127.0.0.1", self.show));
    }

    fn hear(&mut self) {
        let mut bytes = [0; 65_536];
        let Ok(n) = self.socket.recv(&mut bytes) else { return };
        let mut all = Vec::new();
        flat(decoder::decode_udp(&bytes[..n]).unwrap().1, &mut all);
        for OscMessage { addr, args } in all {
            let heard = self.heard.entry(addr).or_insert_with(|| (args.clone(), Vec::new()));
            heard.1 = args;
        }
    }

    /// Discards what an earlier run has sent.
    fn forget(&mut self) {
        while self.socket.recv(&mut [0; 65_536]).is_ok() {}
        self.heard.clear();
    }

    fn says(&self, address: &str, value: f32) -> bool {
        self.heard.get(address).is_some_and(|h| h.1 == [OscType::Float(value)])
    }

    /// Sends until the feedback confirms it.
    fn until(&mut self, what: &str, send: impl Fn(&Self), done: impl Fn(&Self) -> bool) {
        let begun = Instant::now();
        let mut sent = None::<Instant>;
        while !done(self) {
            if sent.is_none_or(|s| s.elapsed() > Duration::from_secs(10)) {
                sent = Some(Instant::now());
                send(self);
            }
            self.hear();
            assert!(begun.elapsed() < Duration::from_secs(90), "never {what}: {:?}", self.heard.keys());
        }
    }

    fn is_at(&self, scene: &str) -> bool {
        let name = OscType::String(scene.into());
        self.heard.get("/scene/now").is_some_and(|h| h.1.contains(&name))
    }

    /// Another scene, then everything that can be moved, and a slot with different values.
    fn play(&mut self) {
        self.until("the scene", |s| s.send("/scene/1", vec![]), |s| s.is_at("b"));
        let scale = |s: &Self, v: f32| s.send("/cloud/scale", vec![OscType::Float(v)]);
        self.until("a first move", |s| scale(s, 5.5), |s| s.says("/cloud/scale", 5.5));
        self.send("/keep/3", vec![]);
        for (address, value) in MOVED {
            let send = |s: &Self| s.send(address, vec![OscType::Float(*value)]);
            self.until(address, send, |s| s.says(address, *value));
        }
        self.send("/show/reseed", vec![OscType::Int(4242)]);
    }

    /// Everything is as it was, from the first message of this run on.
    fn finds_everything(&mut self) {
        let there = |s: &Self| s.is_at("b") && MOVED.iter().all(|m| s.says(m.0, m.1));
        self.until("the full feedback", |s| s.send("/refresh", vec![]), there);
        // The tempo is sent before there is a show.
        for (address, value) in MOVED.iter().filter(|m| m.0 != "/tempo/bpm") {
            assert_eq!(self.heard[*address].0, [OscType::Float(*value)], "{address} at first");
        }
    }

    /// The slot holds what was stored; then the knob is moved on.
    fn finds_the_slot(&mut self) {
        self.until("the slot", |s| s.send("/recall/3", vec![]), |s| s.says("/cloud/scale", 5.5));
        for (address, value) in MOVED {
            let send = |s: &Self| s.send(address, vec![OscType::Float(*value)]);
            self.until(address, send, |s| s.says(address, *value));
        }
    }
}

fn json(file: &Path) -> Option<Value> {
    serde_json::from_slice(&std::fs::read(file).ok()?).ok()
}

/// Everything saved except the time of day.
fn saved(file: &Path) -> Option<Value> {
    let mut state = json(file)?;
    state["moment"].take();
    Some(state)
}

fn all_is_saved(state: &Value) -> bool {
    state["scene"] == "b"
        && state["seed"] == 4242
        && state["bpm"] == 93.0
        && state["links"] == serde_json::json!([false])
        && state["kept"]["b"]["3"].is_array()
        && state["knobs"].as_array().is_some_and(|k| k.iter().any(|k| k[0] == "cloud.scale" && k[1] == 9.0))
}

/// The second scene as users have left it, after this many ticks.
fn composed(text: &str, tick: u64) -> image::RgbImage {
    let scene = Scene::parse(text, "b", Path::new("."), CATALOGUE).unwrap();
    let mut engine = Engine::new(scene, Some(4242)).unwrap();
    let set = |address: &str, value| Event::Set(address.into(), value);
    let hands = [set("cloud.scale", 9.0), set("layer.cloud-value.opacity", 0.75), Event::Link(0, false)];
    (0..tick).for_each(|t| engine.step(if t == 0 { &hands } else { &[] }));
    let mut frame = Frame::default();
    engine.compose(&mut frame);
    image::RgbImage::from_raw(320, 200, frame.rgb()).unwrap()
}

#[test]
fn a_killed_or_hanging_show_resumes_as_users_had_left_it() {
    let Some(hall) = Hall::new() else { return };
    if !crate::skip::proc() {
        return;
    }
    let second = SCENE.replace("inferno", "viridis").replace("scale = 3", "scale = 6");
    hall.write("a.toml", SCENE);
    hall.write("b.toml", &second);
    let file = |name: &str| hall.folder.path().join(name);
    let mut surface = Surface::new();
    let line = format!(
        "play a.toml b.toml --no-judge --no-sound --window 320x200 --supervise --state state.json --health h.json \
         --seed 77 --transition cut:0 --tape t.tape --keys s@20 --osc {} --osc-out {}",
        surface.show,
        surface.place()
    );
    let mut family = Family(hall.command(&line).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    surface.play();
    let state = file("state.json");
    let before =
        wait(60, || saved(&state).filter(all_is_saved)).unwrap_or_else(|| panic!("{:?}", saved(&state)));
    for (faults, how) in [(1, "KILL"), (2, "STOP")] {
        let old = family.child().unwrap();
        signal(how, Some(old));
        wait(60, || family.child().filter(|c| *c != old)).expect("another run begins");
        let since = SystemTime::now();
        surface.forget();
        surface.finds_everything();
        // A very busy machine may cause a fault of its own.
        let anew = |h: &Value| h["restarts"].as_u64() >= Some(faults);
        let health = wait(60, || json(&file("h.json")).filter(anew)).unwrap_or_else(|| panic!("{how}"));
        assert_eq!((&health["seed"], &health["scene"]), (&"4242".into(), &"b".into()), "{how}");
        let anew = || std::fs::metadata(&state).ok()?.modified().ok().filter(|t| *t > since);
        wait(60, anew).expect("it saves again");
        assert_eq!(saved(&state).unwrap(), before, "{how}");
        surface.finds_the_slot();
        wait(60, || saved(&state).filter(|s| *s == before)).expect("the knob stands where it stood");
    }
    signal("INT", Some(family.0.id()));
    let ended = wait(60, || family.0.try_wait().unwrap()).expect("the show ends");
    assert!(ended.success(), "{ended}");
    compare(&hall, &second);
}

/// What the key S saved of each run is on that run's tape, to the pixel; and after a fault it is the world that users
/// had left, restarted.
fn compare(hall: &Hall, second: &str) {
    let folder = hall.folder.path();
    let captures = pictures(&folder.join("captures"));
    let of = |scene: &str| captures.iter().filter(|p| p.scene == scene).collect::<Vec<&Picture>>();
    let (first, later) = (of("a"), of("b"));
    assert!(first.len() == 1 && first[0].seed == 77 && !later.is_empty(), "{}", captures.len());
    for picture in &later {
        assert_eq!(picture.seed, 4242);
        assert!(picture.image == composed(second, picture.tick), "tick {}", picture.tick);
    }
    let mut tapes: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".tape"))
        .collect();
    // `t.tape`, `t-again1.tape`, …
    tapes.sort_by_key(|name| (name.len(), name.clone()));
    assert!(tapes.len() >= 3, "a tape for each run: {tapes:?}");
    let mut found = Vec::new();
    for tape in &tapes {
        let out = format!("of-{}", tape.trim_end_matches(".tape"));
        hall.run(&format!("render --tape {tape} --out {out} --only"));
        let again = pictures(&folder.join(out));
        // A fault costs a tape its last seconds.
        // The first run ends in the second scene too, with a link that had moved a knob before it was cut.
        for picture in captures.iter().filter(|p| tape != "t.tape" || p.scene == "a") {
            let same =
                |p: &&Picture| (&p.scene, p.seed, p.tick) == (&picture.scene, picture.seed, picture.tick);
            if let Some(twin) = again.iter().find(same) {
                let off = twin.image.iter().zip(picture.image.iter()).filter(|(a, b)| a != b).count();
                let told = || std::fs::read_to_string(folder.join(tape)).unwrap_or_default();
                assert!(
                    twin.image == picture.image,
                    "{tape}: tick {} of {}, {off} values differ\n{}",
                    picture.tick,
                    picture.scene,
                    told()
                );
                found.push((tape.as_str(), picture.scene.as_str()));
            }
        }
    }
    let last = tapes[tapes.len() - 1].as_str();
    assert!(found.contains(&("t.tape", "a")) && found.contains(&(last, "b")), "{found:?}");
}
