//! A real window on a virtual screen: the built program is run under Xvfb and what the window shows is compared
//! with the same tick composed without one.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use untrained::systems::CATALOGUE;
use untrained::world::engine::Engine;
use untrained::world::frame::Frame;
use untrained::world::scene::Scene;
use untrained::world::system::{Phase, Touch};
use untrained::world::tape::{Event, Tape};
use untrained::world::votes::{VoteSide, Voter, VotesFile};

use crate::seen::pictures;

const SIZE: (usize, usize) = (800, 450);
/// Points that the panel takes from the right.
const PANEL: usize = 340;

const SCENE: &str = r#"
size = [800, 450]

[node.cloud]
system = "noise"
detail = 0.1
scale = 3

[[layer]]
show = "cloud.value"
palette = "inferno"
"#;

/// A virtual screen; it ends with the test.
pub struct Screen {
    server: Child,
    /// What DISPLAY must say.
    pub display: String,
}

impl Screen {
    pub fn open() -> Option<Self> {
        let mut server = Command::new("Xvfb")
            .args("-displayfd 1 -screen 0 1280x720x24 -nolisten tcp -noreset".split(' '))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|e| crate::skip::skip("xvfb", &e.to_string()))
            .ok()?;
        let mut number = String::new();
        let first_line = BufReader::new(server.stdout.take().unwrap()).read_line(&mut number);
        let screen = Self { server, display: format!(":{}", number.trim()) };
        if first_line.is_err() || number.trim().is_empty() {
            crate::skip::skip("xvfb", "it does not start");
            return None;
        }
        Some(screen)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// A folder with one scene, in which the program is run.
struct Stage {
    screen: Screen,
    folder: tempfile::TempDir,
    judged: bool,
}

/// The results of a run.
struct Shown {
    tick: u64,
    picture: image::RgbImage,
}

impl Stage {
    fn new() -> Option<Self> {
        let stage = Self { screen: Screen::open()?, folder: tempfile::tempdir().unwrap(), judged: false };
        stage.write(SCENE);
        Some(stage)
    }

    fn write(&self, text: &str) {
        std::fs::write(self.folder.path().join("a.toml"), text).unwrap();
    }

    fn program(&self, args: &str) -> Command {
        let mut program = Command::new(env!("CARGO_BIN_EXE_untrained"));
        program.current_dir(self.folder.path()).env("DISPLAY", &self.screen.display);
        program.env("XDG_STATE_HOME", self.folder.path().join("own"));
        program.env("XDG_CONFIG_HOME", self.folder.path().join("own"));
        let scene: &[&str] = if args.contains("--versus") { &[] } else { &["a.toml"] };
        program
            .arg("play")
            .args(scene)
            .args(if self.judged { &[][..] } else { &["--no-judge"] })
            .args(["--window", "800x450"])
            .args(args.split_whitespace());
        program.stdout(Stdio::piped());
        program
    }

    /// Runs for some frames with these keys; `when_open` happens after the first frame.
    fn show(&self, frames: u64, args: &str, keys: &str, when_open: impl FnOnce()) -> Shown {
        let file = self.folder.path().join("shot.png");
        let mut program = self.program(args);
        program.args(["--frames", &frames.to_string(), "--keys", keys, "--screenshot"]).arg(&file);
        let mut run = program.spawn().unwrap();
        let mut lines = BufReader::new(run.stdout.take().unwrap());
        let mut text = String::new();
        lines.read_line(&mut text).unwrap();
        assert_eq!(text.trim(), "open");
        when_open();
        lines.read_to_string(&mut text).unwrap();
        assert!(run.wait().unwrap().success(), "{text}");
        let tick = text.split("shown: tick ").nth(1).and_then(|t| t.split(' ').next()).unwrap();
        Shown { tick: tick.parse().unwrap(), picture: image::open(file).unwrap().to_rgb8() }
    }
}

/// The same scene at the same tick, without a window.
fn headless(text: &str, tick: u64) -> Frame {
    let scene = Scene::parse(text, "a", Path::new("."), CATALOGUE).unwrap();
    let mut engine = Engine::new(scene, None).unwrap();
    (0..tick).for_each(|_| engine.step(&[]));
    let mut frame = Frame::default();
    engine.compose(&mut frame);
    frame
}

/// Share of pixels in a range of columns and rows that are alike to two steps of 255.
fn alike(shown: &Shown, frame: &Frame, columns: std::ops::Range<usize>, rows: std::ops::Range<usize>) -> f64 {
    let all = rows.clone().flat_map(|y| columns.clone().map(move |x| (x, y)));
    let same = all.filter(|&(x, y)| {
        let (a, b) = (shown.picture.get_pixel(x as u32, y as u32).0, frame.pixel(x, y));
        a.iter().zip(b).all(|(a, b)| a.abs_diff(b) <= 2)
    });
    same.count() as f64 / (columns.len() * rows.len()) as f64
}

fn is_constant(shown: &Shown) -> bool {
    shown.picture.pixels().all(|p| p == shown.picture.get_pixel(0, 0))
}

#[test]
fn the_window_shows_the_scene_and_the_panel_opens_next_to_it() {
    let Some(stage) = Stage::new() else { return };
    let shown = stage.show(30, "", "", || ());
    let frame = headless(SCENE, shown.tick);
    assert!(!is_constant(&shown) && shown.tick > 0);
    let share = alike(&shown, &frame, 0..SIZE.0, 0..SIZE.1);
    assert!(share > 0.97, "{share} of the window is the scene");
    let other = alike(&shown, &headless(SCENE, shown.tick + 40), 0..SIZE.0, 0..SIZE.1);
    assert!(other < 0.9, "the comparison tells ticks apart: {other}");

    let shown = stage.show(40, "", "tab@5", || ());
    let frame = headless(SCENE, shown.tick);
    let picture = alike(&shown, &frame, 0..SIZE.0 - PANEL, 0..SIZE.1);
    let panel = alike(&shown, &frame, SIZE.0 - PANEL..SIZE.0, 0..SIZE.1);
    assert!(picture > 0.95 && panel < 0.1, "picture {picture}, panel {panel}");
    // It reaches from top to bottom and from its edge to the right, and is of greys; the same key closes it.
    for column in [SIZE.0 - PANEL + 3, SIZE.0 - 3] {
        let grey = |p: &[u8; 3]| p.iter().all(|v| v.abs_diff(p[0]) < 24) && p[0] < 90;
        let greys =
            (0..SIZE.1).filter(|y| grey(&shown.picture.get_pixel(column as u32, *y as u32).0)).count();
        assert!(greys * 20 > SIZE.1 * 19, "column {column}: {greys} of {} rows are the panel", SIZE.1);
    }
    let shown = stage.show(40, "", "tab@5 tab@20", || ());
    let share = alike(&shown, &headless(SCENE, shown.tick), 0..SIZE.0, 0..SIZE.1);
    assert!(share > 0.97, "{share} of the window is the scene again");
}

#[test]
fn a_touch_on_the_panel_does_not_reach_the_world_and_one_beside_it_does() {
    let Some(stage) = Stage::new() else { return };
    let felt = |x: f32, keys: &str| {
        let keys = format!("{keys} finger:1,{x},0.5@30 finger:1,{x},0.52@36 lift:1@42");
        let tape = stage.folder.path().join("t.tape");
        let _ = std::fs::remove_file(&tape);
        stage.show(60, "--tape t.tape --no-sound", &keys, || ());
        let tape = Tape::read(BufReader::new(std::fs::File::open(tape).unwrap())).unwrap();
        let touches = tape.events.into_iter().filter_map(|(_, e)| match e {
            Event::Touch(t) => Some(t),
            _ => None,
        });
        touches.collect::<Vec<Touch>>()
    };
    let beside = felt(0.25, "tab@5");
    assert_eq!((beside[0].phase, beside[beside.len() - 1].phase), (Phase::Down, Phase::Up));
    assert!((beside[0].x - 0.25).abs() < 0.01 && (beside[0].y - 0.5).abs() < 0.01, "{:?}", beside[0]);
    assert_eq!(felt(0.9, "tab@5").len(), 0, "it lies on the panel");
    assert!(!felt(0.9, "").is_empty(), "there is no panel");
}

/// 800 × 225 in a window of 800 × 450: two pictures of 400 × 225, 112 points from the top.
#[test]
fn two_sides_are_shown_side_by_side_and_swap() {
    let Some(stage) = Stage::new() else { return };
    let greener = SCENE.replace("inferno", "viridis");
    std::fs::write(stage.folder.path().join("b.toml"), &greener).unwrap();
    for (keys, scenes) in [("", [SCENE, &greener]), ("x@9", [&greener, SCENE])] {
        let shown = stage.show(40, "--versus a.toml b.toml", keys, || ());
        for (side, text) in scenes.into_iter().enumerate() {
            let scene = Scene::parse(text, "a", Path::new("."), CATALOGUE).unwrap().with_size((400, 225));
            let mut engine = Engine::new(scene, None).unwrap();
            (0..shown.tick).for_each(|_| engine.step(&[]));
            let mut frame = Frame::default();
            engine.compose(&mut frame);
            let same = |&(x, y): &(usize, usize)| {
                let at = shown.picture.get_pixel((side * 400 + x) as u32, (112 + y) as u32).0;
                at.iter().zip(frame.pixel(x, y)).all(|(a, b)| a.abs_diff(b) <= 12)
            };
            let all = (20..380).flat_map(|x| (20..200).map(move |y| (x, y)));
            let share = all.filter(same).count() as f64 / (360.0 * 180.0);
            assert!(share > 0.9, "side {side} after `{keys}`: {share}");
        }
    }
}

#[test]
fn blind_votes_by_key_count_once_a_round_and_are_saved_with_the_answer() {
    let Some(stage) = Stage::new() else { return };
    stage.write(SCENE);
    std::fs::write(stage.folder.path().join("b.toml"), SCENE.replace("inferno", "viridis")).unwrap();
    let args = "--versus a.toml b.toml --blind --seed 3 --votes v.jsonl";
    // The first two seconds of each round are covered: nobody can vote.
    stage.show(450, args, "u@5 u@200 u@205 o@210 i@215 o@220 j@225 u@230 o@440", || ());
    let read = VotesFile::parse(&std::fs::read(stage.folder.path().join("v.jsonl")).unwrap());
    let cast: Vec<_> = read.votes.iter().map(|v| (v.show, v.round, v.vote, v.voter)).collect();
    let (left, right) = (VoteSide::Left, VoteSide::Right);
    assert_eq!(cast, [(3, 1, left, Voter::Local), (3, 2, right, Voter::Local)]);
    assert!(read.votes.iter().all(|v| (v.rule.name.as_str(), v.rival.name.as_str()) == ("a", "b")));
    assert!(read.votes[0].rule.hash != read.votes[0].rival.hash && read.damages == 0);
    assert_eq!((read.votes[0].seed, read.votes[1].seed != 3), (3, true));
}

/// Where the judge does not look the picture is dimmed, where it does it is not; the same key takes the gaze away.
#[test]
fn a_key_shows_where_the_judge_looks() {
    let Some(mut stage) = Stage::new() else { return };
    stage.judged = true;
    // What is left of the light in each square of 50 pixels.
    let left = |shown: &Shown| -> Vec<f64> {
        let frame = headless(SCENE, shown.tick);
        let light = |x: usize, y: usize, of: &dyn Fn(usize, usize) -> [u8; 3]| -> f64 {
            let square = (0..2500).map(|i| of(x + i % 50, y + i / 50));
            square.map(|p| p.iter().map(|v| *v as f64).sum::<f64>()).sum()
        };
        let on_screen = |x: usize, y: usize| shown.picture.get_pixel(x as u32, y as u32).0;
        let composed = |x: usize, y: usize| frame.pixel(x, y)[..3].try_into().unwrap();
        let squares = (0..144).map(|i| (i % 16 * 50, i / 16 * 50));
        squares.map(|(x, y)| light(x, y, &on_screen) / light(x, y, &composed)).collect()
    };
    let looked = left(&stage.show(160, "", "d@60", || ()));
    let (least, most) = looked.iter().fold((f64::MAX, 0f64), |(a, b), v| (a.min(*v), b.max(*v)));
    assert!((0.3..0.55).contains(&least) && most > 0.95, "between {least} and {most} of the light is left");
    let before = left(&stage.show(160, "", "d@60 d@100", || ()));
    let same = before.iter().filter(|v| (0.97..1.03).contains(*v)).count();
    assert!(same > 130, "{same} of 144 squares are as before");
}

#[test]
fn a_saved_scene_is_reloaded_and_a_bad_one_is_not() {
    let Some(stage) = Stage::new() else { return };
    let half = SIZE.1 / 2..SIZE.1;
    let shown = stage.show(150, "", "", || stage.write("[node.cloud]\nsystem = \"nosie\"\n"));
    let share = alike(&shown, &headless(SCENE, shown.tick), 0..SIZE.0, half.clone());
    assert!(share > 0.9, "a bad scene leaves the picture running: {share}");
    let words = alike(&shown, &headless(SCENE, shown.tick), 30..230, 20..60);
    assert!(words < 0.5, "and its problems are shown: {words}");

    stage.write(SCENE);
    let greener = SCENE.replace("inferno", "viridis");
    let shown = stage.show(150, "", "", || stage.write(&greener));
    let top = 0..SIZE.1 / 2;
    let share = alike(&shown, &headless(&greener, shown.tick), 0..SIZE.0, top);
    assert!(share > 0.9, "a good scene takes over with its world alive: {share}");
}

#[test]
fn a_key_blacks_out_and_esc_twice_quits() {
    let Some(stage) = Stage::new() else { return };
    let shown = stage.show(60, "", "b@5", || ());
    let black = shown.picture.pixels().filter(|p| p.0 == [0, 0, 0]).count();
    assert!(black > SIZE.0 * SIZE.1 * 9 / 10, "{black} black pixels");
    let left = stage.program("--no-sound").args(["--keys", "esc@10 s@12 esc@15"]).output().unwrap();
    assert!(left.status.success());
    assert_eq!(pictures(&stage.folder.path().join("captures")).len(), 1);
    // Esc once only: the show runs to its last frame.
    assert!(stage.show(60, "", "esc@10", || ()).tick > 0);
}

#[test]
fn the_key_s_saves_the_exact_picture_of_its_tick_with_its_provenance() {
    let Some(stage) = Stage::new() else { return };
    let shown = stage.show(140, "--no-sound --seed 21 --tape t.tape", "tab@3 f1@4 s@30 r@60 s@139", || ());
    let kept = pictures(&stage.folder.path().join("captures"));
    assert_eq!(kept.len(), 2);
    let first = kept.iter().find(|k| k.seed == 21).expect("a picture of the first seed");
    let second = kept.iter().find(|k| k.seed != 21).expect("a picture of the next seed");
    // Neither panel nor effect is in it. The new seed came during the run, at a tick recorded on the tape.
    let tape = Tape::read(BufReader::new(std::fs::File::open(stage.folder.path().join("t.tape")).unwrap()));
    let tape = tape.unwrap();
    let scene = Scene::parse(SCENE, "a", Path::new("."), CATALOGUE).unwrap();
    let (mut engine, mut frame) = (Engine::new(scene, Some(21)).unwrap(), Frame::default());
    for k in [first, second] {
        while engine.tick() < k.tick {
            let seeds = tape.at(engine.tick()).filter(|e| matches!(e, Event::Reborn(_)));
            let seeds: Vec<Event> = seeds.cloned().collect();
            engine.step(&seeds);
        }
        engine.compose(&mut frame);
        assert!(k.image.as_raw() == &frame.rgb(), "seed {}, tick {}", k.seed, k.tick);
        let name = format!("captures/a-{}-{:06}.png", k.seed, k.tick);
        assert!(stage.folder.path().join(&name).is_file(), "{name}");
    }
    assert!(second.tick <= shown.tick && second.tick + 8 > shown.tick, "{} of {}", second.tick, shown.tick);
    assert!(first.image != second.image);
}

/// A picture that strobes between two greys, many times a second.
pub const STROBE: &str = r##"
size = [800, 450]
background = "#404040"

[node.cloud]
system = "noise"

[[layer]]
name = "flash"
show = "cloud.value"
palette = "#fff #fff"

[wave.strobe]
shape = "square"
period = 0.125

[[link]]
from = "wave.strobe"
to = "layer.flash.opacity"
span = [0, 1]
"##;

/// Regression: the flash limiter was last in the chain, and delayed a blackout by up to a second.
#[test]
fn during_a_strobe_a_blackout_is_black_and_a_panic_bright_in_the_same_frame() {
    let Some(stage) = Stage::new() else { return };
    stage.write(STROBE);
    // A notification covers the lower part.
    let top = |shown: &Shown| -> Vec<u8> {
        shown.picture.rows().take(300).flatten().map(|p| *p.0.iter().max().unwrap()).collect()
    };
    for last in [120, 123, 126, 129] {
        let black = top(&stage.show(last + 1, "--no-sound", &format!("b@{last}"), || ()));
        assert_eq!(black.iter().max(), Some(&0), "blacked out in frame {last}");
        let bright = top(&stage.show(last + 1, "--no-sound", &format!("b@90 p@{last}"), || ()));
        assert!(bright.iter().all(|v| *v >= 60), "panic in frame {last}: {:?}", bright.iter().min());
    }
}

#[test]
fn without_a_display_the_scene_is_rendered_to_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let scene: PathBuf = folder.path().join("a.toml");
    std::fs::write(&scene, SCENE).unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_untrained"));
    program.current_dir(folder.path()).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    let out = program.args(["play", "a.toml", "--no-judge", "--size", "48x27"]).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let said = String::from_utf8_lossy(&out.stdout);
    assert!(said.lines().next().unwrap().contains("no display"), "{said}");
    // Ten seconds, thirty a second, each the picture of its tick.
    let all = pictures(&folder.path().join("out/a"));
    let all: Vec<_> = all.iter().filter(|p| p.image.dimensions() == (48, 27)).collect();
    assert_eq!(all.len(), 300);
    let scene = Scene::parse(SCENE, "a", Path::new("."), CATALOGUE).unwrap().with_size((48, 27));
    let (mut engine, mut frame) = (Engine::new(scene, None).unwrap(), Frame::default());
    for (i, picture) in all.iter().enumerate() {
        (0..2).for_each(|_| engine.step(&[]));
        engine.compose(&mut frame);
        assert_eq!((picture.tick, picture.scene.as_str()), (2 * i as u64 + 2, "a"));
        assert!(picture.image.as_raw() == &frame.rgb(), "picture {i}");
    }
}

/// Every drawn picture is counted, and each shows something new.
#[test]
fn a_long_run_draws_as_many_pictures_as_requested() {
    let Some(stage) = Stage::new() else { return };
    let shown = stage.show(420, "--no-sound --health h.json --tape t.tape", "", || ());
    let health = std::fs::read(stage.folder.path().join("h.json")).unwrap();
    let health: serde_json::Value = serde_json::from_slice(&health).unwrap();
    let drawn = health["frame_times"]["count"].as_u64().unwrap();
    // The first wait for the window and the first world, and are no pictures yet.
    assert!((300..=420).contains(&drawn), "{drawn} of 420");
    let bars: u64 = health["frames"].as_array().unwrap().iter().map(|b| b.as_u64().unwrap()).sum();
    assert_eq!(bars, drawn, "each has its place among the times");
    let ticks = health["tick_times"]["count"].as_u64().unwrap();
    assert!(
        ticks >= shown.tick && ticks <= shown.tick + 12,
        "{ticks} ticks, the last picture is of {}",
        shown.tick
    );
}
