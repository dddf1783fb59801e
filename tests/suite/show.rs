//! Whole performances with the built program: tapes, cues, films, and a supervisor that brings the show back.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use untrained::world::frame::read_provenance;

use crate::window::Screen;

const SCENE: &str = "size = [320, 200]\n[node.cloud]\nsystem = \"noise\"\ndetail = 0.1\nscale = 3\nspeed = 1.5\n[[layer]]\n\
                     show = \"cloud.value\"\npalette = \"inferno\"\n";

pub struct Hall {
    pub screen: Screen,
    pub folder: tempfile::TempDir,
}

impl Hall {
    pub fn new() -> Option<Self> {
        let hall = Self { screen: Screen::open()?, folder: tempfile::tempdir().unwrap() };
        hall.write("a.toml", SCENE);
        hall.write("b.toml", &SCENE.replace("inferno", "viridis").replace("scale = 3", "scale = 6"));
        Some(hall)
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }

    pub fn command(&self, line: &str) -> Command {
        let mut program = Command::new(env!("CARGO_BIN_EXE_untrained"));
        program
            .current_dir(self.folder.path())
            .env("DISPLAY", &self.screen.display)
            .env("XDG_STATE_HOME", self.folder.path().join("own"))
            .env("XDG_CONFIG_HOME", self.folder.path().join("own"))
            .env_remove("WAYLAND_DISPLAY");
        // A word may hold spaces, written as `~`.
        program
            .args(line.split_whitespace().map(|w| w.replace('~', " ")))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        program
    }

    pub fn run(&self, line: &str) -> String {
        let out = self.command(line).output().unwrap();
        let text =
            format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
        assert!(out.status.success(), "{line}: {text}");
        text
    }
}

/// (scene, tick) of `shown: tick N of SCENE`.
pub fn shown(text: &str) -> (String, u64) {
    let rest = text.split("shown: tick ").nth(1).unwrap_or_else(|| panic!("{text}"));
    let mut words = rest.split_whitespace();
    let tick = words.next().unwrap().parse().unwrap();
    (words.nth(1).unwrap().to_string(), tick)
}

/// Share of pixels that are alike to two steps of 255.
fn alike(a: &Path, b: &Path) -> f64 {
    let [a, b] = [a, b].map(|p| image::open(p).unwrap().to_rgb8());
    assert_eq!(a.dimensions(), b.dimensions());
    let same =
        a.pixels().zip(b.pixels()).filter(|(p, q)| p.0.iter().zip(q.0).all(|(x, y)| x.abs_diff(y) <= 2));
    same.count() as f64 / (a.width() * a.height()) as f64
}

#[test]
fn what_was_performed_is_rendered_again_from_its_tape_alone() {
    let Some(hall) = Hall::new() else { return };
    let play = "play a.toml b.toml --no-judge --window 320x200 --transition dissolve:1.5 --tape t.tape --frames 140 \
                --screenshot shot.png --keys 2@40~down:0.3,0.5@60~up@70";
    let text = hall.run(play);
    assert!(text.contains("tape: "), "{text}");
    let (scene, tick) = shown(&text);
    assert_eq!(scene, "b", "the key has brought the second scene");
    // The tape holds the scenes: their files are gone.
    for file in ["a.toml", "b.toml"] {
        std::fs::remove_file(hall.folder.path().join(file)).unwrap();
    }
    hall.run("render --tape t.tape --out again --only");
    let pictures: Vec<_> =
        std::fs::read_dir(hall.folder.path().join("again")).unwrap().map(|e| e.unwrap().path()).collect();
    let of = |p: &Path| read_provenance(p).map(|o| (o.scene, o.tick)).ok();
    let same =
        pictures.iter().find(|p| of(p) == Some((scene.clone(), tick))).expect("the tick is on the tape");
    let share = alike(same, &hall.folder.path().join("shot.png"));
    assert!(share > 0.9, "{share} of the picture (a notice lies over some of it)");
    let other = pictures.iter().find(|p| of(p) == Some(("a".into(), 20))).unwrap();
    assert!(alike(other, &hall.folder.path().join("shot.png")) < 0.5, "the comparison tells pictures apart");
    // Twice, and at another size.
    hall.run("render --tape t.tape --out twice --only --seconds 1");
    for i in 0..60 {
        let bytes = |folder: &str| {
            std::fs::read(hall.folder.path().join(folder).join(format!("frame-{i:06}.png"))).unwrap()
        };
        assert!(bytes("again") == bytes("twice"), "picture {i}");
    }
    hall.run("render --tape t.tape --out small.png --only --seconds 1 --size 160x100");
    assert_eq!(image::image_dimensions(hall.folder.path().join("small.png")).unwrap(), (160, 100));
}

#[test]
fn a_tape_of_another_version_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let tape = folder.path().join("old.tape");
    std::fs::write(&tape, "{\"tape\":2,\"version\":\"0.1.0\",\"scene\":\"x\",\"rate\":60.0}\n").unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_untrained"));
    let out = program.args(["render", "--out", "x.png", "--tape"]).arg(&tape).output().unwrap();
    let text = String::from_utf8_lossy(&out.stderr).into_owned();
    assert_eq!(out.status.code(), Some(2), "{text}");
    // Long messages are wrapped to the terminal.
    let words = text.split_whitespace().filter(|w| *w != "│").collect::<Vec<_>>().join(" ");
    assert!(words.contains("version 2, expected 3"), "{text}");
}

#[test]
fn cues_follow_one_another_and_a_film_is_made() {
    let Some(hall) = Hall::new() else { return };
    hall.write(
        "evening.toml",
        "[[cue]]\nscene = \"a\"\nthen = { after = 0.4 }\n[[cue]]\nscene = \"b\"\ntransition = \"black\"\nseconds = 1\n",
    );
    let film = Command::new("ffmpeg").arg("-version").output().is_ok();
    let record = if film { "--record film.mp4" } else { "" };
    let text = hall.run(&format!(
        "play --show evening.toml --no-judge --window 320x200 --frames 160 --screenshot s.png {record}"
    ));
    assert_eq!(shown(&text).0, "b");
    if film {
        let size = std::fs::metadata(hall.folder.path().join("film.mp4")).unwrap().len();
        assert!(size > 2_000, "{size} bytes");
    }
    let out = hall.command("play --show nothing.toml").output().unwrap();
    assert_eq!(out.status.code(), Some(2));
    hall.write("bad.toml", "[[cue]]\nscene = \"nowhere\"\n");
    let out = hall.command("play --show bad.toml").output().unwrap();
    let text = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(out.status.code() == Some(2) && text.contains("nowhere"), "{text}");
}

/// Ends the whole family with the test.
pub struct Family(pub Child);

impl Family {
    pub fn child(&self) -> Option<u32> {
        let tasks = format!("/proc/{0}/task/{0}/children", self.0.id());
        std::fs::read_to_string(tasks).ok()?.split_whitespace().next()?.parse().ok()
    }
}

impl Drop for Family {
    fn drop(&mut self) {
        let child = self.child();
        let _ = self.0.kill();
        let _ = self.0.wait();
        signal("KILL", child);
    }
}

fn signal(name: &str, process: Option<u32>) {
    let pid = process.map_or(String::new(), |p| p.to_string());
    let _ = Command::new("kill").args([&format!("-{name}"), &pid]).stderr(Stdio::null()).status();
}

/// Waits until `of` is some, at most so many seconds.
pub fn wait<T>(seconds: u64, mut of: impl FnMut() -> Option<T>) -> Option<T> {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(seconds) {
        if let Some(found) = of() {
            return Some(found);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    None
}

#[test]
fn a_killed_or_hanging_show_comes_back_where_it_stood() {
    let Some(hall) = Hall::new() else { return };
    if !crate::skip::proc() {
        return;
    }
    let state = hall.folder.path().join("state.json");
    let command =
        "play a.toml b.toml --no-judge --window 320x200 --supervise --state state.json --seed 77 --keys 2@20";
    let family = Family(hall.command(command).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    let saved = || -> Option<serde_json::Value> { serde_json::from_slice(&std::fs::read(&state).ok()?).ok() };
    let at_b = || saved().filter(|s| s["scene"] == "b");
    let before = wait(30, at_b).expect("the second scene is saved");
    assert_eq!(before["seed"], 77);
    let first = family.child().unwrap();
    for (how, seconds) in [("KILL", 20), ("STOP", 30)] {
        let old = family.child().unwrap();
        signal(how, Some(old));
        let new = wait(seconds, || family.child().filter(|c| *c != old)).expect("another run begins");
        let since = SystemTime::now();
        let anew = || std::fs::metadata(&state).ok()?.modified().ok().filter(|t| *t > since);
        wait(30, anew).expect("and saves again");
        let after = saved().unwrap();
        assert_eq!(
            (&after["scene"], &after["seed"], &after["knobs"]),
            (&before["scene"], &before["seed"], &before["knobs"]),
            "{how}"
        );
        assert_ne!(new, first);
    }
}

/// Kinds of streams in a film, in order.
fn streams(film: &Path) -> String {
    let probe = Command::new("ffprobe")
        .args("-v error -show_entries stream=codec_type -of csv=p=0".split(' '))
        .arg(film)
        .output()
        .unwrap();
    String::from_utf8_lossy(&probe.stdout).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(unix)]
#[test]
fn a_film_survives_a_kill_and_is_finished_when_only_the_supervisor_is_told_to_end() {
    use std::os::unix::fs::PermissionsExt;
    let Some(hall) = Hall::new() else { return };
    if !crate::skip::ffmpeg() || !crate::skip::proc() {
        return;
    }
    // A disk so slow that putting the sound to a film takes longer than a show may hang.
    hall.write(
        "ffmpeg",
        "#!/bin/sh\ncase \"$*\" in *1:a*) sleep 5;; esac\nPATH=\"${PATH#*:}\" exec ffmpeg \"$@\"\n",
    );
    let file = |name: &str| hall.folder.path().join(name);
    std::fs::set_permissions(file("ffmpeg"), std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", hall.folder.path().display(), std::env::var("PATH").unwrap());
    let command = "play a.toml --no-judge --window 320x200 --supervise --state state.json --record film.mp4";
    let mut family = Family(hall.command(command).env("PATH", path).stdout(Stdio::null()).spawn().unwrap());
    let holds = |name: &str, bytes: u64| std::fs::metadata(file(name)).ok().filter(|m| m.len() > bytes);
    let filming = |name: &str| {
        let parts = [format!("{name}.mp4.part"), format!("{name}.aac.mka.part")];
        wait(60, || parts.iter().all(|p| holds(p, 2000).is_some()).then_some(())).expect(name)
    };
    filming("film");
    signal("KILL", family.child());
    filming("film-again1");
    let silent = || ["film.aac.mka.part", "film.aac.mka"].iter().any(|name| file(name).exists());
    wait(60, || if silent() { None } else { holds("film.mp4", 2000) }).expect("it is put together");
    assert_eq!(streams(&file("film.mp4")), "video audio");
    signal("INT", Some(family.0.id()));
    let status = wait(60, || family.0.try_wait().unwrap()).expect("the show ends");
    assert!(status.success(), "{status}");
    assert_eq!(streams(&file("film-again1.mp4")), "video audio");
    let left = std::fs::read_dir(hall.folder.path()).unwrap().map(|f| f.unwrap().file_name());
    let left: Vec<_> = left.filter(|f| f.to_string_lossy().contains(".part")).collect();
    assert!(left.is_empty(), "{left:?}");
}
