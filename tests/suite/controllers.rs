//! Controllers of a whole performance with the built program: OSC input and output, TUIO, control maps with mistakes,
//! key mappings.

use std::io::{BufRead, BufReader, Read};
use std::net::UdpSocket;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rosc::{OscBundle, OscMessage, OscPacket, OscTime, OscType, decoder, encoder};
use untrained::control::touch;
use untrained::systems::CATALOGUE;
use untrained::world::system::Phase;
use untrained::world::tape::{Event, Tape};

use crate::window::Screen;

const SCENE: &str =
    "size = [320, 200]\n[node.cloud]\nsystem = \"noise\"\nscale = 3\n[[layer]]\nshow = \"cloud.value\"\n";

struct Rig {
    screen: Screen,
    folder: tempfile::TempDir,
}

impl Rig {
    fn new() -> Option<Self> {
        let desk = Self { screen: Screen::open()?, folder: tempfile::tempdir().unwrap() };
        desk.write("a.toml", SCENE);
        Some(desk)
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, name: &str, text: &str) {
        let file = self.path().join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }

    /// Settings are in the folder of the test.
    fn play(&self, args: &str) -> Command {
        let mut program = Command::new(env!("CARGO_BIN_EXE_untrained"));
        program
            .current_dir(self.path())
            .env("DISPLAY", &self.screen.display)
            .env("XDG_CONFIG_HOME", self.path().join("settings"))
            .env("XDG_STATE_HOME", self.path().join("own"))
            .args(["play", "a.toml", "--no-judge", "--no-sound", "--window", "320x200"])
            .args(args.split_whitespace())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        program
    }

    /// Plays to a successful end; returns what was printed.
    fn printed(&self, args: &str) -> String {
        let out = self.play(args).output().unwrap();
        let text =
            format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
        assert!(out.status.success() && !text.contains("panicked"), "{args}: {text}");
        text
    }
}

/// Ends the program with the test.
struct Run(Child);

impl Drop for Run {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub fn free_port() -> u16 {
    UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

pub fn message(addr: &str, args: Vec<OscType>) -> OscPacket {
    OscPacket::Message(OscMessage { addr: addr.into(), args })
}

pub fn flat(packet: OscPacket, into: &mut Vec<OscMessage>) {
    match packet {
        OscPacket::Message(m) => into.push(m),
        OscPacket::Bundle(b) => b.content.into_iter().for_each(|p| flat(p, into)),
    }
}

/// A frame of a tracker with these cursors.
fn cursors(number: i32, all: &[(i32, f32, f32)]) -> OscPacket {
    let word = |w: &str| OscType::String(w.into());
    let ids = std::iter::once(word("alive")).chain(all.iter().map(|c| OscType::Int(c.0))).collect();
    let mut content = vec![message("/tuio/2Dcur", ids)];
    for (id, x, y) in all {
        let mut args = vec![word("set"), OscType::Int(*id)];
        args.extend([*x, *y, 0.0, 0.0, 0.0].map(OscType::Float));
        content.push(message("/tuio/2Dcur", args));
    }
    content.push(message("/tuio/2Dcur", vec![word("fseq"), OscType::Int(number)]));
    OscPacket::Bundle(OscBundle { timetag: OscTime { seconds: 0, fractional: 1 }, content })
}

#[test]
fn a_surface_moves_a_knob_gets_feedback_and_two_cursors_touch_at_once() {
    let Some(desk) = Rig::new() else { return };
    let surface = UdpSocket::bind("127.0.0.1:0").unwrap();
    surface.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    let (osc, tuio, out) = (free_port(), free_port(), surface.local_addr().unwrap());
    let args = format!("--osc {osc} --osc-out {out} --tuio {tuio} --tape t.tape --frames 100000");
    let mut run = Run(desk.play(&args).spawn().unwrap());
    let mut lines = BufReader::new(run.0.stdout.take().unwrap());
    let mut line = String::new();
    while line.trim() != "open" {
        line.clear();
        assert!(lines.read_line(&mut line).unwrap() > 0, "the show ended before it began");
    }
    let send = |p: &OscPacket, port: u16| {
        surface.send_to(&encoder::encode(p).unwrap(), ("127.0.0.1", port)).unwrap();
    };
    let (mut bytes, mut heard, begun) = ([0; 65_536], Vec::new(), Instant::now());
    let is = |m: &OscMessage, addr: &str, v: f32| m.addr == addr && m.args == [OscType::Float(v)];
    while !heard.iter().any(|m| is(m, "/cloud/scale", 5.0)) {
        assert!(begun.elapsed() < Duration::from_secs(30), "the knob never came back: {heard:?}");
        send(&message("/a/cloud/scale", vec![OscType::Float(5.0)]), osc);
        if let Ok(n) = surface.recv(&mut bytes) {
            flat(decoder::decode_udp(&bytes[..n]).unwrap().1, &mut heard);
        }
    }
    send(&message("/refresh", vec![]), osc);
    heard.clear();
    while !heard.iter().any(|m| m.addr == "/scene/now") {
        assert!(begun.elapsed() < Duration::from_secs(40), "nothing was sent again");
        if let Ok(n) = surface.recv(&mut bytes) {
            flat(decoder::decode_udp(&bytes[..n]).unwrap().1, &mut heard);
        }
    }
    for n in 0..20 {
        let x = 0.25 + n as f32 / 100.0;
        send(&cursors(n, &[(70, x, 0.3), (71, 1.0 - x, 0.6)]), tuio);
        std::thread::sleep(Duration::from_millis(20));
    }
    send(&cursors(20, &[]), tuio);
    std::thread::sleep(Duration::from_millis(500));
    let _ = Command::new("kill").args(["-INT", &run.0.id().to_string()]).status();
    let mut rest = String::new();
    lines.read_to_string(&mut rest).unwrap();
    assert!(run.0.wait().unwrap().success() && rest.contains("tape: "), "{rest}");
    let file = std::fs::File::open(desk.path().join("t.tape")).unwrap();
    let tape = Tape::read(BufReader::new(file)).unwrap();
    let of = |phase: Phase| {
        let felt = tape.events.iter().filter_map(|(_, e)| match e {
            Event::Touch(t) if t.phase == phase => Some(t.id),
            _ => None,
        });
        felt.collect::<Vec<_>>()
    };
    assert_eq!(of(Phase::Down), [touch::TUIO, touch::TUIO + 1]);
    assert_eq!(of(Phase::Up), [touch::TUIO, touch::TUIO + 1]);
    let ticks = |id: u32| {
        tape.events.iter().filter(move |(_, e)| matches!(e, Event::Touch(t) if t.id == id)).map(|e| e.0)
    };
    assert!(ticks(touch::TUIO).any(|t| ticks(touch::TUIO + 1).any(|u| t == u)), "both in one tick");
    // Where they were put down, and where they moved; and the knob moved where it was sent.
    for (id, y, from, to) in [(touch::TUIO, 0.3, 0.25, 0.44), (touch::TUIO + 1, 0.6, 0.75, 0.56)] {
        let way: Vec<(f32, f32)> = tape
            .events
            .iter()
            .filter_map(|(_, e)| match e {
                Event::Touch(t) if t.id == id && t.phase != Phase::Up => Some((t.x, t.y)),
                _ => None,
            })
            .collect();
        let near = |a: (f32, f32), x: f32| (a.0 - x).abs() < 1e-5 && (a.1 - y).abs() < 1e-5;
        assert!(near(way[0], from) && near(way[way.len() - 1], to), "{id}: {way:?}");
    }
    assert_eq!(moves(&tape, "cloud.scale").last(), Some(&5.0));
}

/// Where a knob was set, one after the other.
fn moves(tape: &Tape, address: &str) -> Vec<f64> {
    let set = tape.events.iter().filter_map(|(_, e)| match e {
        Event::Set(a, v) if a.as_str() == address => Some(*v),
        _ => None,
    });
    set.collect()
}

fn tape(desk: &Rig) -> Tape {
    Tape::read(BufReader::new(std::fs::File::open(desk.path().join("t.tape")).unwrap())).unwrap()
}

/// All feedback to a surface comes straight back as an echo, during a transition between scenes and without any touch:
/// the tape holds no move.
#[test]
fn a_surface_that_echoes_leaves_no_move_on_the_tape() {
    let Some(desk) = Rig::new() else { return };
    desk.write("b.toml", &SCENE.replace("scale = 3", "scale = 7"));
    let surface = UdpSocket::bind("127.0.0.1:0").unwrap();
    surface.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    let (osc, out) = (free_port(), surface.local_addr().unwrap());
    let args = format!(
        "b.toml --osc {osc} --osc-out {out} --tape t.tape --transition morph:2 --frames 360 --keys 2@60"
    );
    let mut run = Run(desk.play(&args).spawn().unwrap());
    let (mut bytes, mut echoed, begun) = ([0; 65_536], 0, Instant::now());
    while run.0.try_wait().unwrap().is_none() && begun.elapsed() < Duration::from_secs(120) {
        if let Ok(n) = surface.recv(&mut bytes) {
            surface.send_to(&bytes[..n], ("127.0.0.1", osc)).unwrap();
            echoed += 1;
        }
    }
    assert!(run.0.wait().unwrap().success() && echoed > 30, "{echoed}");
    let file = std::fs::File::open(desk.path().join("t.tape")).unwrap();
    let tape = Tape::read(BufReader::new(file)).unwrap();
    let moves: Vec<_> =
        tape.events.iter().filter(|(_, e)| matches!(e, Event::Set(..) | Event::Link(..))).collect();
    assert!(moves.is_empty(), "{moves:?}");
    assert_eq!(tape.events.iter().filter(|(_, e)| matches!(e, Event::Enter(_))).count(), 2);
}

#[test]
fn what_cannot_be_opened_is_reported_and_the_show_continues() {
    let Some(desk) = Rig::new() else { return };
    desk.write("settings/untrained/midi.toml", "[[\"nano:1\"]]\ncontrol = 16\nto = \"cloud.scale\"\n");
    desk.write("bad.flac", "fLaC but nothing more");
    let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let text = desk.printed(&format!(
        "--osc {port} --tuio {port} --osc-out nowhere --midi launch --listen bad.flac --frames 20"
    ));
    for words in [
        format!("OSC cannot listen on {port}"),
        format!("TUIO cannot listen on {port}"),
        "OSC cannot be sent to nowhere: expected HOST:PORT".into(),
        "no MIDI controller called `launch` is plugged in".into(),
        "the map has controls of `nano:1`, which is not plugged in".into(),
        "bad.flac cannot be decoded".into(),
    ] {
        assert!(text.contains(&words), "expected `{words}` in: {text}");
    }
    assert_eq!(text.matches("continuing without").count(), 3, "{text}");
    assert!(text.contains("shown: tick"), "{text}");
}

#[test]
fn broken_maps_are_reported_with_their_lines_and_left_as_they_were() {
    let Some(desk) = Rig::new() else { return };
    let midi = "# by hand\n[[\"pads\"]]\nnote = 300\nto = \"show.go\"\n";
    let keys = "q = \"master.blackout\"\nb = \"cloud.scale\"\nqq = \"cloud.scale\"\n";
    desk.write("settings/untrained/midi.toml", midi);
    desk.write("settings/untrained/keys.toml", keys);
    let text = desk.printed("--frames 20 --keys m@5");
    for words in [
        "midi.toml: line 2: `note` must be a whole number in 0..=127, found 300",
        "line 2: the key `B` already means \"blackout\" on the stage",
        "line 3: unknown key `qq`; did you mean `Q`",
        "the file is left as it is",
    ] {
        assert!(text.contains(words), "expected `{words}` in: {text}");
    }
    let read =
        |name: &str| std::fs::read_to_string(desk.path().join("settings/untrained").join(name)).unwrap();
    assert_eq!((read("midi.toml").as_str(), read("keys.toml").as_str()), (midi, keys));
}

#[test]
fn a_key_mapping_acts_and_overrides_a_stage_key_only_on_purpose() {
    let Some(desk) = Rig::new() else { return };
    desk.write("k.toml", "q = \"master.blackout\"\nb = { to = \"a.cloud.scale\", instead = true }\n");
    let black = |keys: &str| {
        let mut run = desk.play("--keys-map k.toml --frames 60 --tape t.tape --screenshot s.png --keys");
        assert!(run.arg(keys).output().unwrap().status.success());
        let shot = image::open(desk.path().join("s.png")).unwrap().to_rgb8();
        shot.pixels().filter(|p| p.0 == [0, 0, 0]).count() > 320 * 200 * 9 / 10
    };
    assert!(black("q@5"));
    assert!(!black("b@5"), "B no longer means blackout");
    let tape = tape(&desk);
    assert_eq!(moves(&tape, "cloud.scale"), [4.0], "it brings the knob to its default");
}

/// Steps are in normalised values, which are logarithmic here.
#[test]
fn keys_move_their_knobs_to_the_exact_value_and_release_them() {
    let Some(desk) = Rig::new() else { return };
    desk.write(
        "k.toml",
        "q = \"cloud.scale\"\nw = { to = \"cloud.scale\", step = 0.1 }\ne = { to = \"cloud.scale\", hold = 0.75 }\n\
         u = { to = \"a.layer.cloud-value.opacity\", step = -0.25 }\ni = { to = \"b.cloud.scale\", step = 0.5 }\n",
    );
    let keys = "w@30 w@60 hold:e@90 let:e@120 u@150 u@180 i@200 q@220 w@250";
    let mut run = desk.play("--keys-map k.toml --tape t.tape --frames 290 --keys");
    let out = run.arg(keys).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let noise = CATALOGUE.iter().find(|k| k.name == "noise").unwrap();
    let spec = noise.knobs.iter().find(|k| k.name == "scale").unwrap();
    let step = |from: f64, by: f64| spec.value_at(spec.position_of(from) + by);
    let (one, two) = (step(3.0, 0.1), step(step(3.0, 0.1), 0.1));
    let expected = [one, two, spec.value_at(0.75), two, 4.0, step(4.0, 0.1)];
    let tape = tape(&desk);
    let found = moves(&tape, "cloud.scale");
    let same = |(a, b): (&f64, &f64)| (a / b - 1.0).abs() < 1e-9;
    assert!(found.len() == 6 && found.iter().zip(&expected).all(same), "{found:?}, expected {expected:?}");
    assert!((one / 3.0 - 128f64.powf(0.1)).abs() < 1e-9, "a tenth of 0.5..=64, logarithmic");
    assert_eq!(moves(&tape, "layer.cloud-value.opacity"), [0.75, 0.5]);
}

#[test]
fn addresses_are_listed_and_printed_as_json() {
    let run = |args: &[&str]| Command::new(env!("CARGO_BIN_EXE_untrained")).args(args).output().unwrap();
    let text = String::from_utf8(run(&["addresses", "ink"]).stdout).unwrap();
    for words in ["/master/fade", "/show/go", "/layer/", "/recall/9"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let json = run(&["addresses", "ink", "--json"]).stdout;
    let tree: serde_json::Value = serde_json::from_slice(&json).unwrap();
    let fade = &tree["CONTENTS"]["master"]["CONTENTS"]["fade"];
    assert_eq!(
        (fade["FULL_PATH"].as_str(), fade["RANGE"][0]["MAX"].as_f64()),
        (Some("/master/fade"), Some(1.0))
    );
    assert_eq!(run(&["addresses", "inkk"]).status.code(), Some(2));
}
