//! The remote as a performer uses it: a real show on a virtual screen, its page on a phone's screen in a real browser.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::browser::Browser;
use crate::window::Screen;

const SCENE: &str = r#"
size = [320, 180]

[node.cloud]
system = "noise"
detail = 0.1
scale = 3

[wave.slow]
period = 3

[[link]]
from = "wave.slow"
to = "cloud.speed"
span = [0.5, 1.5]

[[layer]]
show = "cloud.value"
palette = "inferno"
"#;

/// A show with its web remote; it ends with the test.
struct Show {
    child: Child,
    link: String,
}

impl Show {
    fn start(screen: &Screen, folder: &std::path::Path, place: &str, token: Option<&str>) -> Self {
        Self::with(screen, folder, place, token, &[])
    }

    fn with(
        screen: &Screen,
        folder: &std::path::Path,
        place: &str,
        token: Option<&str>,
        more: &[&str],
    ) -> Self {
        let mut program = Command::new(env!("CARGO_BIN_EXE_untrained"));
        program
            .current_dir(folder)
            .env("DISPLAY", &screen.display)
            .env("XDG_STATE_HOME", folder)
            .env("XDG_CONFIG_HOME", folder)
            .env_remove("WAYLAND_DISPLAY")
            .args([
                "play",
                "a.toml",
                "b.toml",
                "--no-judge",
                "--no-sound",
                "--window",
                "640x360",
                "--remote",
                place,
            ])
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        if let Some(token) = token {
            program.env("UNTRAINED_REMOTE_TOKEN", token);
        }
        let mut child = program.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let link = lines.find_map(|l| l.unwrap().strip_prefix("remote: ").map(String::from)).unwrap();
        // Its further output is read, so that it never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, link }
    }

    fn place(&self) -> &str {
        self.link.trim_start_matches("http://").split('/').next().unwrap()
    }

    fn token(&self) -> &str {
        self.link.split("token=").nth(1).unwrap()
    }
}

impl Drop for Show {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Mean of all channels of the preview, as the page shows it.
const MEAN: &str = "(() => { const c = document.getElementById('preview'); if (!c.width || !c.height) return 0; const d = c.getContext('2d').getImageData(0, 0, \
                    c.width, c.height).data; let s = 0; for (let i = 0; i < d.length; i += 4) s += d[i] + d[i + 1] + d[i + 2]; \
                    return s / d.length * 4 / 3; })()";

fn fits(browser: &mut Browser) {
    let wide = browser.look("document.documentElement.scrollWidth <= innerWidth");
    assert_eq!(wide, Value::Bool(true), "the page is wider than its screen");
}

/// A second client, which receives, and may send.
struct Other(tungstenite::WebSocket<std::net::TcpStream>);

impl Other {
    fn enter(show: &Show) -> Self {
        let stream = std::net::TcpStream::connect(show.place()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let url = format!("ws://{}/socket?token={}", show.place(), show.token());
        Self(tungstenite::client(url, stream).unwrap().0)
    }

    fn say(&mut self, message: Value) {
        self.0.send(tungstenite::Message::text(message.to_string())).unwrap();
    }

    /// Waits until a value is received that is as wanted.
    fn hears(&mut self, address: &str, wanted: impl Fn(f64) -> bool) {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(20) {
            let text = self.0.read().unwrap().into_text().unwrap_or_default();
            let message: Value = serde_json::from_str(&text).unwrap_or_default();
            if message["state"]["set"][address].as_f64().is_some_and(&wanted) {
                return;
            }
        }
        panic!("{address} never had the wanted value");
    }
}

/// A knob is dragged: another client is notified, and the picture changes. Moves are undone and redone.
fn turns_knobs(browser: &mut Browser, other: &mut Other) {
    browser.tap("[data-go=layers]");
    browser.shot("phone-layers");
    fits(browser);
    browser.drag("[data-address='layer.cloud-value.opacity']", 0.95, 0.02);
    other.hears("layer.cloud-value.opacity", |v| v == 0.0);
    browser.tap("[data-go=play]");
    browser.wait(&format!("{MEAN} < 8"));
    browser.tap("[data-go=layers]");
    // Within half a second it would be part of the same move, and be undone with it.
    std::thread::sleep(Duration::from_secs(1));
    browser.tap("[data-layer=cloud-value]");
    other.hears("layer.cloud-value.opacity", |v| v == 1.0);
    browser.tap("[data-go=more]");
    fits(browser);
    browser.wait("document.getElementById('health').textContent.includes('memory')");
    browser.wait("[...document.querySelectorAll('#others [data-address]')].map(e => e.dataset.address).join() === 'show.favour,show.favourite,tempo.bpm'");
    browser.drag("[data-address='tempo.bpm']", 0.0, 0.5);
    other.hears("tempo.bpm", |v| v > 100.0);
    browser.shot("phone-more");
    browser.tap("#undo");
    other.hears("layer.cloud-value.opacity", |v| v < 0.5);
    browser.wait("!document.getElementById('redo').disabled");
    browser.tap("#redo");
    other.hears("layer.cloud-value.opacity", |v| v == 1.0);
    browser.tap("[data-go=knobs]");
    browser.wait("document.querySelector('.linked') !== null");
    browser.drag("[data-address='cloud.scale']", 0.2, 0.7);
    other.hears("cloud.scale", |v| v > 3.5);
    fits(browser);
    browser.shot("phone-knobs");
}

/// Black at once, and back the second time.
fn darkens(browser: &mut Browser, other: &mut Other) {
    browser.tap("#black");
    other.hears("master.blackout", |v| v == 1.0);
    browser.wait("document.getElementById('black').getAttribute('aria-pressed') === 'true'");
    browser.tap("[data-go=play]");
    browser.shot("phone-black");
    browser.tap("#black");
    other.hears("master.blackout", |v| v == 0.0);
    browser.tap("#scenes button:nth-child(2)");
    browser.wait("show.face.scene === 1");
}

/// The laptop next to the projector, and the health page.
fn plays_on_a_laptop(browser: &mut Browser, show: &Show) {
    browser.resize(1280, 800, false);
    browser.wait("getComputedStyle(document.getElementById('tabs')).display === 'none'");
    browser.wait(&format!("{MEAN} > 25"));
    fits(browser);
    let mut other = Other::enter(show);
    browser.drag_with_mouse("[data-address='cloud.scale']", 0.5, 0.9);
    other.hears("cloud.scale", |v| v > 3.5);
    browser.shot("laptop");
    browser.visit(&show.link.replace("/?", "/health?"));
    browser.wait("document.querySelectorAll('.chart div').length >= 10");
    browser.resize(360, 740, true);
    fits(browser);
    browser.shot("phone-health");
}

#[test]
fn remote_on_a_phone_plays_the_show() {
    let (Some(screen), Some(mut browser)) = (Screen::open(), Browser::open()) else { return };
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.toml"), SCENE).unwrap();
    std::fs::write(folder.path().join("b.toml"), SCENE.replace("inferno", "viridis")).unwrap();
    let show = Show::start(&screen, folder.path(), "0", None);
    let mut other = Other::enter(&show);

    browser.resize(360, 740, true);
    browser.visit(&show.link);
    browser.wait("typeof show !== 'undefined' && show.face !== null && document.querySelectorAll('#scenes button').length === 2");
    browser.wait(&format!("{MEAN} > 25"));
    fits(&mut browser);
    browser.shot("phone-play");

    turns_knobs(&mut browser, &mut other);
    darkens(&mut browser, &mut other);

    // The show is killed and restarts: the page reconnects by itself.
    let (place, token) = (show.place().to_string(), show.token().to_string());
    drop(show);
    browser.wait("document.body.classList.contains('off')");
    browser.shot("phone-off");
    let show = Show::start(&screen, folder.path(), &place, Some(&token));
    assert_eq!((show.place(), show.token()), (place.as_str(), token.as_str()));
    browser.wait("!document.body.classList.contains('off') && show.face.scene === 0");

    plays_on_a_laptop(&mut browser, &show);
    let (asked, wrong) = browser.overheard();
    let outside =
        |u: &&String| !u.contains(&place) && !["data:", "blob:", "about:"].iter().any(|p| u.starts_with(p));
    assert!(asked.len() > 3 && !asked.iter().any(|u| outside(&u)), "{asked:?}");
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// What a page requests reaches the audience, not only the other pages; and a touch on it reaches the world.
#[test]
fn remote_moves_reach_the_audience() {
    let Some(screen) = Screen::open() else { return };
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.toml"), SCENE).unwrap();
    std::fs::write(folder.path().join("b.toml"), SCENE.replace("inferno", "viridis")).unwrap();
    let (pipe, tape) = (folder.path().join("pipe"), folder.path().join("t.tape"));
    if !crate::skip::fifo(&pipe) {
        return;
    }
    let more = ["--feed", pipe.to_str().unwrap(), "--tape", tape.to_str().unwrap(), "--transition", "cut:0"];
    let show = Show::with(&screen, folder.path(), "0", None, &more);
    let mut other = Other::enter(&show);
    let mut pipe = std::fs::File::open(&pipe).unwrap();
    let mut until = |what: &str, wanted: &dyn Fn(&image::RgbImage) -> bool| {
        let begun = Instant::now();
        while !wanted(&crate::seen::frame(&mut pipe, (320, 180)).expect("the show goes on")) {
            assert!(begun.elapsed() < Duration::from_secs(60), "never {what}");
        }
    };
    let sums =
        |p: &image::RgbImage| p.pixels().fold([0u64; 3], |s, p| [0, 1, 2].map(|c| s[c] + p.0[c] as u64));
    let dark = |p: &image::RgbImage| sums(p).iter().sum::<u64>() < 320 * 180 * 3;
    let warm = |p: &image::RgbImage| !dark(p) && sums(p)[0] > sums(p)[1];
    let green = |p: &image::RgbImage| !dark(p) && sums(p)[1] > sums(p)[0];
    until("the first scene", &warm);
    other.say(serde_json::json!({ "move": "master.blackout", "value": 1 }));
    until("a blackout", &crate::seen::is_black);
    other.say(serde_json::json!({ "move": "master.blackout", "value": 0 }));
    until("light again", &warm);
    other.say(serde_json::json!({ "move": "layer.cloud-value.opacity", "travel": 0 }));
    until("a layer that is gone", &dark);
    other.say(serde_json::json!({ "move": "layer.cloud-value.opacity", "travel": 1 }));
    until("it again", &warm);
    for (phase, x) in [("down", 0.25), ("move", 0.5), ("up", 0.5)] {
        other.say(serde_json::json!({ "touch": { "id": 0, "x": x, "y": 0.75, "phase": phase } }));
        std::thread::sleep(Duration::from_millis(60));
    }
    other.say(serde_json::json!({ "move": "scene.1", "press": true }));
    until("the second scene", &green);
    let _ = Command::new("kill").args(["-INT", &show.child.id().to_string()]).status();
    let mut show = show;
    let ended = crate::show::wait(60, || show.child.try_wait().unwrap()).expect("it ends");
    assert!(ended.success(), "{ended}");
    let tape =
        untrained::world::tape::Tape::read(BufReader::new(std::fs::File::open(tape).unwrap())).unwrap();
    use untrained::world::tape::Event;
    let touches: Vec<(f32, f32)> = tape
        .events
        .iter()
        .filter_map(|(_, e)| if let Event::Touch(t) = e { Some((t.x, t.y)) } else { None })
        .collect();
    assert_eq!(touches, [(0.25, 0.75), (0.5, 0.75), (0.5, 0.75)]);
    let set = tape.events.iter().filter(|(_, e)| matches!(e, Event::Set(..))).count();
    let enters = tape.events.iter().filter(|(_, e)| matches!(e, Event::Enter(_))).count();
    assert_eq!((set, enters), (2, 2), "both moves of the layer and both scenes, and nothing else");
}

#[test]
fn remote_port_that_is_taken_is_reported_and_the_show_continues() {
    let Some(screen) = Screen::open() else { return };
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.toml"), SCENE).unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let place = taken.local_addr().unwrap().to_string();
    let out = Command::new(env!("CARGO_BIN_EXE_untrained"))
        .current_dir(folder.path())
        .env("DISPLAY", &screen.display)
        .env("XDG_STATE_HOME", folder.path())
        .env("XDG_CONFIG_HOME", folder.path())
        .env_remove("WAYLAND_DISPLAY")
        .args(["play", "a.toml", "--no-judge", "--no-sound", "--frames", "20", "--remote", &place])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(
        out.status.success() && text.contains(&place) && text.contains("ontinuing without the remote"),
        "{text}"
    );
}
