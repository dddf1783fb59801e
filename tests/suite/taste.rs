//! A taste is learned from votes on files, and is a signal of a show.

use std::path::Path;
use std::process::{Command, Output};

use untrained::world::rng::Rng;

fn program(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_untrained")).args(args).output().unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Waves of a period in pixels, in some direction and colour.
fn waves(path: &Path, period: f32, r: Rng) {
    let (angle, colour) = (r.unit(0) * std::f32::consts::TAU, [r.unit(1), r.unit(2), r.unit(3)]);
    let picture = image::RgbImage::from_fn(96, 96, |x, y| {
        let along = x as f32 * angle.cos() + y as f32 * angle.sin();
        let wave = 0.5 + 0.5 * (along * std::f32::consts::TAU / period).sin();
        image::Rgb(colour.map(|c| (255.0 * (0.15 + 0.7 * c) * wave + 20.0) as u8))
    });
    picture.save(path).unwrap();
}

/// Sixty pictures and a hundred votes of someone who likes long waves, and errs.
fn votes(folder: &Path) -> Vec<f32> {
    let r = Rng::new(6);
    let periods: Vec<f32> = (0..60).map(|i| 3.0 * 10f32.powf(r.unit(i))).collect();
    for (i, period) in periods.iter().enumerate() {
        waves(&folder.join(format!("{i}.png")), *period, r.named("picture").fork(i as u64));
    }
    let mut table = "left,right,choice,voter\n".to_string();
    for vote in 0..100 {
        let v = r.named("vote").fork(vote);
        let a = v.below(0, 60) as usize;
        let b = (a + 1 + v.below(1, 59) as usize) % 60;
        let odds = 4.0 * (periods[a] / periods[b]).ln();
        let left = v.unit(2) < 1.0 / (1.0 + (-odds).exp());
        table += &format!("{a}.png,{b}.png,{},ann\n", if left { "left" } else { "right" });
    }
    std::fs::write(folder.join("votes.csv"), table).unwrap();
    periods
}

#[test]
fn a_hundred_votes_are_enough_to_know_what_is_liked() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name).display().to_string();
    votes(folder.path());
    let learned = program(&["taste", "learn", &place("votes.csv"), "--out", &place("taste.json")]);
    let text = told(&learned);
    assert!(learned.status.success() && text.contains("100 votes of one voter on "), "{text}");
    assert!(text.contains("better than chance"), "{text}");
    // New pictures, of which one is far more to its taste.
    waves(&folder.path().join("long.png"), 28.0, Rng::new(1));
    waves(&folder.path().join("short.png"), 3.2, Rng::new(2));
    let files = [place("short.png"), place("long.png")];
    let ranked = told(&program(&["taste", "pictures", &place("taste.json"), &files[0], &files[1]]));
    assert!(ranked.lines().next().unwrap().ends_with("long.png"), "{ranked}");
}

#[test]
fn a_taste_is_a_signal_of_a_show() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name).display().to_string();
    votes(folder.path());
    assert!(
        program(&["taste", "learn", &place("votes.csv"), "--out", &place("taste.json")]).status.success()
    );
    let scene = "size = [64, 36]\n[node.it]\nsystem = \"noise\"\nsize = [64, 36]\n\
                 [[link]]\nfrom = \"taste.score\"\nto = \"it.scale\"\n[[layer]]\nshow = \"it.value\"\n";
    std::fs::write(place("scene.toml"), scene).unwrap();
    let hashes = |more: &[&str]| {
        let scene = place("scene.toml");
        let base = ["render", &scene, "--seconds", "1", "--hash", "--no-sound"];
        let output = program(&[&base[..], more].concat());
        assert!(output.status.success(), "{}", told(&output));
        told(&output)
    };
    let taste = place("taste.json");
    let with = hashes(&["--taste", &taste]);
    assert_ne!(with, hashes(&[]), "the link follows the taste");
    assert_eq!(with, hashes(&["--taste", &taste]));
    std::fs::write(&taste, "{}").unwrap();
    let scene = place("scene.toml");
    let broken = program(&["render", &scene, "--hash", "--taste", &taste]);
    assert!(
        broken.status.code() == Some(2) && told(&broken).contains("untrained taste learn"),
        "{}",
        told(&broken)
    );
}
