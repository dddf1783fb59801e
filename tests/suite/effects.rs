//! Full-screen effects on a still picture, so that any difference is due to them; and hot reload of their files.

use std::io::Read;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use image::RgbImage;
use untrained::stage::effects::{EFFECTS, Effect};
use untrained::stage::keys::{KEYS, KeyAction};
use untrained::systems::CATALOGUE;
use untrained::world::engine::Engine;
use untrained::world::frame::Frame;
use untrained::world::scene::Scene;

use crate::seen::{apart, frame};
use crate::show::Hall;

/// A picture that never moves.
const STILL: &str = "size = [480, 270]\n[node.set]\nsystem = \"escape\"\n[[layer]]\nshow = \"set.smooth\"\npalette = \"viridis\"\n";
const SIZE: (u32, u32) = (480, 270);
/// Below it are notifications.
const ROWS: u32 = 170;

fn composed() -> RgbImage {
    let scene = Scene::parse(STILL, "still", std::path::Path::new("."), CATALOGUE).unwrap();
    let mut engine = Engine::new(scene, None).unwrap();
    engine.step(&[]);
    let mut frame = Frame::default();
    engine.compose(&mut frame);
    RgbImage::from_raw(SIZE.0, SIZE.1, frame.rgb()).unwrap()
}

fn top(picture: &RgbImage) -> RgbImage {
    image::imageops::crop_imm(picture, 0, 0, SIZE.0, ROWS).to_image()
}

fn shot(hall: &Hall, more: &str) -> RgbImage {
    let line =
        "play still.toml --no-judge --no-sound --no-tape --window 480x270 --frames 60 --screenshot s.png";
    hall.run(&format!("{line} {more}"));
    image::open(hall.folder.path().join("s.png")).unwrap().to_rgb8()
}

/// Minimum and maximum change of any channel of any pixel.
fn range(from: &RgbImage, to: &RgbImage) -> (i32, i32) {
    let steps = || from.as_raw().iter().zip(to.as_raw()).map(|(a, b)| *b as i32 - *a as i32);
    (steps().min().unwrap(), steps().max().unwrap())
}

/// Share of positions round the centre that look the same a sixth of a turn further.
fn sixfold(picture: &RgbImage) -> f64 {
    let place = |r: f64, a: f64| {
        let (x, y) = (SIZE.0 as f64 / 2.0 + r * a.cos(), SIZE.1 as f64 / 2.0 + r * a.sin());
        picture.get_pixel_checked(x as u32, y as u32).filter(|_| y < ROWS as f64)
    };
    let (mut same, mut all) = (0, 0);
    for (r, k) in (20..130).step_by(3).flat_map(|r| (0..120).map(move |k| (r as f64, k as f64))) {
        let a = k * std::f64::consts::TAU / 120.0;
        let (Some(p), Some(q)) = (place(r, a), place(r, a + std::f64::consts::TAU / 6.0)) else { continue };
        same += p.0.iter().zip(q.0).all(|(p, q)| p.abs_diff(q) < 24) as usize;
        all += 1;
    }
    same as f64 / all as f64
}

fn adds_light(own: &RgbImage, seen: &RgbImage) {
    let (least, most) = range(own, seen);
    assert!(least >= -2 && most > 20, "light is added: {least}, {most}");
}

/// What each effect does to the picture without it: (its name, what holds).
type Case = (&'static str, fn(&RgbImage, &RgbImage));
const CASES: &[Case] = &[
    ("feedback", adds_light),
    ("kaleidoscope", |own, seen| {
        let (before, after) = (sixfold(own), sixfold(seen));
        assert!(before < 0.6 && after > 0.9, "{before} {after}");
    }),
    ("bloom", adds_light),
    ("tube", |_, seen| {
        assert_eq!(seen.get_pixel(0, 0).0, [0, 0, 0], "bent glass leaves the corner dark");
    }),
];

#[test]
fn each_effect_does_what_its_name_says_and_no_two_do_the_same() {
    let Some(hall) = Hall::new() else { return };
    hall.write("still.toml", STILL);
    let bare = shot(&hall, "");
    let own = top(&composed());
    assert!(apart(&top(&bare), &own) < 0.5, "without effects the picture is that of the scene");
    let switched = |(i, e): (usize, &Effect)| match KEYS.iter().find(|k| k.action == KeyAction::Effect(i)) {
        Some(key) => shot(&hall, &format!("--keys {}@3", key.label)),
        None => shot(&hall, &format!("--shader {}", e.name)),
    };
    let mut all = vec![top(&bare)];
    for (i, e) in EFFECTS.iter().enumerate() {
        let seen = top(&switched((i, e)));
        let case = CASES.iter().find(|c| c.0 == e.name).unwrap_or_else(|| panic!("{} needs a case", e.name));
        case.1(&own, &seen);
        all.push(seen);
    }
    for (i, one) in all.iter().enumerate() {
        for (j, other) in all[..i].iter().enumerate() {
            let difference = apart(one, other);
            assert!(difference > 2.0, "{j} and {i} are only {difference} apart");
        }
    }
    let twice = shot(&hall, "--keys f3@3~f3@20");
    assert!(apart(&top(&twice), &own) < 0.5, "the same key takes it away again");
}

/// Ends the program with the test.
struct Run(Child);

impl Drop for Run {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Reads until a picture is as wanted.
fn until(pipe: &mut impl Read, wanted: &RgbImage, what: &str) {
    let begun = Instant::now();
    while apart(&frame(pipe, SIZE).expect("the show goes on"), wanted) >= 0.6 {
        assert!(begun.elapsed() < Duration::from_secs(60), "never {what}");
    }
}

#[test]
fn a_saved_shader_is_reloaded_and_a_broken_one_leaves_the_last_good_one() {
    let Some(hall) = Hall::new() else { return };
    hall.write("still.toml", STILL);
    let pipe = hall.folder.path().join("pipe");
    if !crate::skip::fifo(&pipe) {
        return;
    }
    std::fs::create_dir(hall.folder.path().join("shaders")).unwrap();
    let shader = |colour: &str| {
        let text = format!(
            "void main() {{ vec3 c = texture2D(picture, uv).rgb; gl_FragColor = vec4({colour}, 1.0); }}"
        );
        hall.write("shaders/tube.glsl", &text);
    };
    shader("1.0 - c");
    let line = "play still.toml --no-judge --no-sound --no-tape --window 480x270 --shader tube --feed pipe";
    let _run = Run(hall.command(line).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    let mut pipe = std::fs::File::open(pipe).unwrap();
    let own = composed();
    let as_if = |change: fn([u8; 3]) -> [u8; 3]| {
        let mut picture = own.clone();
        picture.pixels_mut().for_each(|p| p.0 = change(p.0));
        picture
    };
    let red = as_if(|p| [p[0], 0, 0]);
    until(&mut pipe, &as_if(|p| p.map(|v| 255 - v)), "the shader in the folder");
    shader("c.r, 0.0, 0.0");
    until(&mut pipe, &red, "the one that was saved");
    hall.write("shaders/tube.glsl", "void main() { nonsense }");
    // More than twice the polling interval of files, at sixty pictures a second.
    for i in 0..60 {
        let now = frame(&mut pipe, SIZE).expect("the show goes on");
        assert!(apart(&now, &red) < 0.6, "picture {i}: the last good one goes on");
    }
    shader("0.0, 0.0, c.b");
    until(&mut pipe, &as_if(|p| [0, 0, p[2]]), "a good one after the bad one");
}

#[test]
fn a_shader_that_is_broken_from_the_start_is_reported_and_the_built_in_one_used() {
    let Some(hall) = Hall::new() else { return };
    hall.write("still.toml", STILL);
    let built_in = shot(&hall, "--keys f4@3");
    std::fs::create_dir(hall.folder.path().join("shaders")).unwrap();
    hall.write("shaders/tube.glsl", "void main() { nonsense }");
    let broken = shot(&hall, "--keys f4@3");
    // The problem is shown at the top left; beside and below it is the built-in effect.
    let part = |p: &RgbImage, x: u32, y: u32| image::imageops::crop_imm(p, x, y, SIZE.0 - x, 60).to_image();
    let right = |p: &RgbImage| image::imageops::crop_imm(p, SIZE.0 - 100, 0, 100, ROWS).to_image();
    assert!(apart(&right(&broken), &right(&built_in)) < 1.5, "the built-in one is played");
    let problem = apart(&part(&broken, 0, 10), &part(&built_in, 0, 10));
    assert!(problem > 10.0, "what is wrong is shown: {problem}");
}
