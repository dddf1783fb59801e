//! Style transfer from the command line: a still, a network that learns, and what it paints.

use std::path::Path;
use std::process::{Command, Output};

fn program(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_untrained")).args(args).output().unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Stripes of a period and a colour.
fn stripes(path: &Path, (width, height): (u32, u32), period: u32, colour: [u8; 3]) {
    let picture = image::RgbImage::from_fn(width, height, |x, y| match (x + y) / (period / 2) % 2 {
        0 => image::Rgb(colour),
        _ => image::Rgb([20, 20, 40]),
    });
    picture.save(path).unwrap();
}

#[test]
fn a_still_takes_the_colours_of_the_style_or_keeps_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name).display().to_string();
    stripes(&folder.path().join("blue.png"), (60, 40), 20, [60, 90, 250]);
    stripes(&folder.path().join("red.png"), (40, 40), 6, [250, 60, 20]);
    let paint = |out: &str, more: &[&str]| {
        let (content, style, out) = (place("blue.png"), place("red.png"), place(out));
        let base = ["style", "still", &content, &style, "--steps", "20", "--scales", "1", "--out", &out];
        let output = program(&[&base[..], more].concat());
        assert!(output.status.success() && told(&output).contains("content by"), "{}", told(&output));
        image::open(&out).unwrap().to_rgb8()
    };
    let red = |p: &image::RgbImage| p.pixels().map(|p| p[0] as i64 - p[2] as i64).sum::<i64>();
    let (painted, kept) = (paint("a.png", &[]), paint("b.png", &["--keep-colours"]));
    assert_eq!(painted.dimensions(), (60, 40));
    assert!(red(&painted) > 0 && red(&kept) < 0, "{}, {}", red(&painted), red(&kept));
    assert_eq!(paint("c.png", &[]), painted);
    let other = program(&["style", "still", &place("blue.png"), &place("none.png")]);
    assert!(other.status.code() == Some(2) && told(&other).contains("none.png"), "{}", told(&other));
}

#[test]
fn a_network_learns_and_paints() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name).display().to_string();
    std::fs::create_dir(folder.path().join("pictures")).unwrap();
    stripes(&folder.path().join("pictures/a.png"), (80, 70), 20, [60, 90, 250]);
    stripes(&folder.path().join("style.png"), (64, 64), 6, [250, 60, 20]);
    let (pictures, style, out) = (place("pictures"), place("style.png"), place("net.safetensors"));
    let small = ["--set", "side=64", "--set", "channels=8", "--set", "blocks=1", "--set", "fine=4"];
    let base = ["style", "train", &pictures, &style, "--epochs", "1", "--batch", "1", "--out", &out];
    let learned = program(&[&base[..], &small].concat());
    assert!(learned.status.success() && told(&learned).contains("100 steps"), "{}", told(&learned));
    let card = std::fs::read_to_string(place("net.json")).unwrap();
    assert!(card.contains("\"method\": \"style\"") && card.contains("\"style\""), "{card}");
    let painted = program(&["style", "apply", &out, &style, "--out", &place("painted")]);
    assert!(painted.status.success(), "{}", told(&painted));
    let [before, after] = [&style, &place("painted/style.png")].map(|p| image::open(p).unwrap().to_rgb8());
    assert!(before.dimensions() == after.dimensions() && before != after);
    let wrong = program(&["style", "apply", &style, &style]);
    assert!(wrong.status.code() == Some(2) && told(&wrong).contains("style.png"), "{}", told(&wrong));
}
