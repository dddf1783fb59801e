//! Whole performances with the built program: tapes, cues, video, and a supervisor that restarts the show.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::seen::{self, Picture, apart, nearest, pictures};
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
        // An argument may contain spaces, written as `~`.
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

/// Share of the pixels of the upper fifty rows, without notifications, that are alike to two steps of 255.
fn alike(a: &Path, b: &Path) -> f64 {
    let [a, b] = [a, b].map(|p| image::open(p).unwrap().crop_imm(0, 0, u32::MAX, 50).to_rgb8());
    assert_eq!(a.dimensions(), b.dimensions());
    let same =
        a.pixels().zip(b.pixels()).filter(|(p, q)| p.0.iter().zip(q.0).all(|(x, y)| x.abs_diff(y) <= 2));
    same.count() as f64 / (a.width() * a.height()) as f64
}

#[test]
fn what_was_performed_is_rendered_again_from_its_tape_alone() {
    let Some(hall) = Hall::new() else { return };
    let file = |name: &str| hall.folder.path().join(name);
    // Pictures are saved before, during and after the transition, and during and after a touch.
    let play = "play a.toml b.toml --no-judge --window 320x200 --transition dissolve:1.5 --tape t.tape --frames 230 \
                --screenshot shot.png --keys s@20~2@40~s@70~down:0.3,0.5@150~s@160~move:0.6,0.5@165~up@180~s@200~s@229";
    let text = hall.run(play);
    assert!(text.contains("tape: "), "{text}");
    let (scene, tick) = shown(&text);
    assert_eq!(scene, "b", "the key has brought the second scene");
    // The tape contains the scenes: their files are deleted.
    for name in ["a.toml", "b.toml"] {
        std::fs::remove_file(file(name)).unwrap();
    }
    hall.run("render --tape t.tape --out again --only");
    let (kept, again) = (pictures(&file("captures")), pictures(&file("again")));
    let same = |k: &Picture| again.iter().position(|p| (&p.scene, p.tick) == (&k.scene, k.tick));
    assert_eq!(kept.len(), 5);
    for k in &kept {
        let place = same(k).unwrap_or_else(|| panic!("tick {} of {} is not on the tape", k.tick, k.scene));
        assert!(again[place].image == k.image, "tick {} of {}", k.tick, k.scene);
    }
    let last =
        same(kept.iter().find(|k| (&k.scene, k.tick) == (&scene, tick)).expect("the last tick")).unwrap();
    // One tick a picture, from the first to the last; those after what was shown last were performed while closing.
    let ticks = |name: &str| again.iter().filter(|p| p.scene == name).map(|p| p.tick).collect::<Vec<_>>();
    for name in ["a", "b"] {
        assert!(ticks(name).windows(2).all(|w| w[1] == w[0] + 1) && ticks(name).len() > 20, "{name}");
    }
    let share = alike(&file("again").join(format!("frame-{last:06}.png")), &file("shot.png"));
    assert!(share > 0.97, "{share} of the picture");
    let other = alike(&file("again/frame-000019.png"), &file("shot.png"));
    assert!(other < 0.5, "the comparison tells pictures apart: {other}");
    // Without the touch it would be another performance.
    let tape = std::fs::read_to_string(file("t.tape")).unwrap();
    let untouched: Vec<&str> = tape.lines().filter(|l| !l.contains("\"Touch\"")).collect();
    assert!(tape.lines().count() >= untouched.len() + 3, "down, moves and up are on the tape");
    hall.write("untouched.tape", &(untouched.join("\n") + "\n"));
    hall.run("render --tape untouched.tape --out untouched --only");
    let felt = pictures(&file("untouched")).iter().zip(&again).filter(|(u, a)| u.image != a.image).count();
    assert!(felt > 10 && felt < again.len() - 30, "the finger is felt in {felt} pictures and not before");
    // Twice, and at another size.
    hall.run("render --tape t.tape --out twice --only");
    for i in 0..again.len() {
        let bytes = |folder: &str| std::fs::read(file(folder).join(format!("frame-{i:06}.png"))).unwrap();
        assert!(bytes("again") == bytes("twice"), "picture {i}");
    }
    hall.run("render --tape t.tape --out small --only --seconds 0.3 --size 160x100");
    for (small, large) in pictures(&file("small")).iter().zip(&again) {
        assert_eq!((small.image.dimensions(), small.tick), ((160, 100), large.tick));
        let half = image::imageops::resize(&large.image, 160, 100, image::imageops::FilterType::Triangle);
        let difference = apart(&small.image, &half);
        assert!(difference < 6.0, "the same world on another canvas: {difference} apart");
    }
}

#[test]
fn a_tape_of_another_version_is_rejected_with_a_message() {
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
fn cues_follow_one_another_and_a_video_is_recorded() {
    let Some(hall) = Hall::new() else { return };
    hall.write(
        "evening.toml",
        "[[cue]]\nscene = \"a\"\nthen = { after = 0.4 }\n[[cue]]\nscene = \"b\"\ntransition = \"black\"\nseconds = 1\n",
    );
    let film = crate::skip::ffmpeg();
    let record = if film { "--record film.mp4" } else { "" };
    let begun = Instant::now();
    let text = hall.run(&format!(
        "play --show evening.toml --no-judge --window 320x200 --frames 200 --tape t.tape --screenshot s.png {record}"
    ));
    let took = begun.elapsed().as_secs_f64();
    assert_eq!(shown(&text).0, "b");
    if film {
        holds_the_evening(&hall, took);
    }
    let out = hall.command("play --show nothing.toml").output().unwrap();
    assert_eq!(out.status.code(), Some(2));
    hall.write("bad.toml", "[[cue]]\nscene = \"nowhere\"\n");
    let out = hall.command("play --show bad.toml").output().unwrap();
    let text = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(out.status.code() == Some(2) && text.contains("nowhere"), "{text}");
}

/// The video shows the pictures of the tape in order, at the pace at which they were played, fades in between included.
fn holds_the_evening(hall: &Hall, took: f64) {
    let file = hall.folder.path().join("film.mp4");
    let film = seen::film(&file, (320, 200));
    hall.run("render --tape t.tape --out again --only");
    let tape = pictures(&hall.folder.path().join("again"));
    let found: Vec<(usize, f64)> = film.iter().map(|f| nearest(f, &tape)).collect();
    let worst = found.iter().map(|f| f.1).fold(0.0, f64::max);
    assert!(worst < 12.0, "a picture of the film is {worst} from any of the tape");
    // Neighbouring pictures are so alike that an encoder may take one for another.
    let back = found.windows(2).map(|w| w[0].0.saturating_sub(w[1].0)).max().unwrap();
    assert!(back <= 4, "it goes back by {back} ticks");
    let (first, last) = (found[0].0, found[found.len() - 1].0);
    assert_eq!((tape[first].scene.as_str(), tape[last].scene.as_str()), ("a", "b"));
    assert!(last + 8 > tape.len(), "it goes on to the end: tick {last} of {}", tape.len());
    let dark = film.iter().map(|f| f.as_raw().iter().map(|v| *v as u64).sum::<u64>()).min().unwrap();
    let black = dark as f64 / film[0].as_raw().len() as f64;
    assert!(black < 6.0, "the passage through black is filmed: {black}");
    assert_eq!(streams(&file), "video audio");
    let (seconds, heard) = (seen::seconds(&file, "v"), seen::seconds(&file, "a"));
    assert!((seconds - film.len() as f64 / 30.0).abs() < 0.02, "{seconds} s for {} pictures", film.len());
    // Ticks are at most sixty a second, however fast the machine is.
    let ticks = (last - first) as f64 / 60.0;
    assert!(seconds > ticks - 0.1 && seconds < took, "{seconds} s for {ticks} s of ticks, in {took} s");
    assert!((heard - seconds).abs() < 0.5, "{heard} s of sound for {seconds} s");
}

/// Ends supervisor and show with the test.
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

pub fn signal(name: &str, process: Option<u32>) {
    let pid = process.map_or(String::new(), |p| p.to_string());
    let _ = Command::new("kill").args([&format!("-{name}"), &pid]).stderr(Stdio::null()).status();
}

/// Waits until `of` is some, at most this many seconds.
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

/// Share of pixels that are near a colour of the palette of [`SCENE`].
fn inferno(picture: &image::RgbImage) -> f64 {
    let at = |i: usize| colorous::INFERNO.eval_continuous(i as f64 / 63.0);
    let colours: Vec<[u8; 3]> = (0..64).map(|i| [at(i).r, at(i).g, at(i).b]).collect();
    let near = |p: &[u8; 3]| colours.iter().any(|c| c.iter().zip(p).all(|(a, b)| a.abs_diff(*b) < 28));
    let some = picture.pixels().step_by(11);
    some.clone().filter(|p| near(&p.0)).count() as f64 / some.count() as f64
}

/// Kinds of streams in a video, in order.
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
fn a_video_survives_a_kill_and_is_finished_when_only_the_supervisor_is_stopped() {
    use std::os::unix::fs::PermissionsExt;
    let Some(hall) = Hall::new() else { return };
    if !crate::skip::ffmpeg() || !crate::skip::proc() {
        return;
    }
    // A disk so slow that muxing the sound into a video takes longer than a show may hang.
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
    // Both play to their ends, and show moving pictures of the scene.
    for name in ["film.mp4", "film-again1.mp4"] {
        let film = seen::film(&file(name), (320, 200));
        assert!(film.len() > 5, "{name}: {} pictures", film.len());
        assert!(film.iter().any(|f| seen::apart(f, &film[0]) > 2.0), "{name} moves");
        assert!(film.iter().all(|f| inferno(f) > 0.8), "{name} shows the scene");
    }
    let left = std::fs::read_dir(hall.folder.path()).unwrap().map(|f| f.unwrap().file_name());
    let left: Vec<_> = left.filter(|f| f.to_string_lossy().contains(".part")).collect();
    assert!(left.is_empty(), "{left:?}");
}
