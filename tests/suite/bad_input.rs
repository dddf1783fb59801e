//! Bad input, full disks and signals, through the program itself: one clear message, the promised exit code (2 for bad
//! usage or input, 1 for failure), never a panic, and no partial file that passes for a complete one.

use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use crate::skip;

fn untrained(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_untrained"));
    command.args(args).env("NO_COLOR", "1").stdin(Stdio::null());
    command
}

/// The program's stderr, on one line; fails on a panic.
pub fn stderr(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!text.contains("panicked"), "{text}");
    // Long messages are wrapped to the terminal.
    text.split_whitespace().filter(|w| *w != "│").collect::<Vec<_>>().join(" ")
}

/// The program fails with this code and a message with all of these.
fn refuses(args: &[&str], code: i32, words: &[&str]) {
    let output = untrained(args).output().unwrap();
    let text = stderr(&output);
    assert_eq!(output.status.code(), Some(code), "{args:?}: {text}");
    for word in words {
        assert!(text.contains(word), "{args:?}: expected `{word}` in: {text}");
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn file(dir: &Path, name: &str, bytes: &[u8]) -> String {
    let path = dir.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().into()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

const SMALL: &str = "size = [64, 48]\n[node.it]\nsystem = \"noise\"\n[[layer]]\nshow = \"it.value\"\n";

#[test]
fn files_that_are_missing_or_of_another_kind_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let note = file(dir.path(), "note.txt", b"hello");
    let out = dir.path().join("o");
    refuses(&["render", "nowhere.toml", "--out", text(&out)], 2, &["nowhere.toml", "no scene file"]);
    refuses(&["check", "nowhere.toml"], 2, &["nowhere.toml"]);
    refuses(&["render", &note, "--out", text(&out)], 2, &["note.txt", "expected a .toml file"]);
    refuses(&["show", "nowhere.png"], 2, &["nowhere.png"]);
    refuses(&["show", &note], 2, &["note.txt"]);
    refuses(&["classify", "nowhere.png"], 2, &["nowhere.png"]);
    refuses(&["classify", &note], 2, &["note.txt", "no readable image"]);
    refuses(&["train", "nowhere", "--out", text(&out)], 2, &["nowhere", "expected a folder"]);
    let clip = dir.path().join("a.avi");
    refuses(&["render", "ants", "--out", text(&clip)], 2, &["a.avi", ".mp4"]);
    assert!(!out.exists() && !clip.exists());
}

#[test]
fn names_that_are_nearly_right_get_a_suggestion() {
    refuses(&["systems", "lbn"], 2, &["lbn", "lbm"]);
    refuses(&["render", "gardn", "--out", "x"], 2, &["gardn", "garden"]);
    refuses(&["check", "stret"], 2, &["stret", "street"]);
}

#[test]
fn sizes_and_lengths_that_make_no_sense_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("o");
    for size in ["0x0", "12", "axb", "-4x4", "1e9x2", "99999x3"] {
        let size = format!("--size={size}");
        refuses(&["render", "ants", &size, "--out", text(&out)], 2, &["--size", "1280x720"]);
    }
    for seconds in ["0", "-1", "nan", "inf", "1e12"] {
        let seconds = format!("--seconds={seconds}");
        refuses(&["render", "ants", &seconds, "--out", text(&out)], 2, &["--seconds"]);
    }
    refuses(&["render", "ants", "--fps=0", "--out", text(&out)], 2, &["--fps"]);
    assert!(!out.exists());
}

fn idx(dims: &[u32], bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![0, 0, 8, dims.len() as u8];
    dims.iter().for_each(|d| out.extend(d.to_be_bytes()));
    out.extend(bytes);
    out
}

#[test]
fn damaged_digits_are_reported_with_what_was_promised() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("j.safetensors");
    let pixels: Vec<u8> = (0..200 * 64).map(|i| (i * i % 251) as u8).collect();
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(&idx(&[200, 8, 8], &pixels)).unwrap();
    let whole = gz.finish().unwrap();
    file(dir.path(), "cut/train-images-idx3-ubyte.gz", &whole[..whole.len() / 2]);
    file(dir.path(), "cut/train-labels-idx1-ubyte", &idx(&[200], &[0; 200]));
    let cut = dir.path().join("cut");
    let words = ["train-images-idx3-ubyte.gz", "promises 200 items", "gzip stream is damaged"];
    refuses(&["train", text(&cut), "--out", text(&out)], 2, &words);
    file(dir.path(), "few/train-images-idx3-ubyte", &idx(&[200, 8, 8], &pixels));
    file(dir.path(), "few/train-labels-idx1-ubyte", &idx(&[199], &[0; 199]));
    let few = dir.path().join("few");
    refuses(&["train", text(&few), "--out", text(&out)], 2, &["200 images", "199 labels"]);
    assert!(!out.exists());
}

#[test]
fn the_truncated_fashion_set_is_reported() {
    let Some(shared) = skip::shared() else { return };
    let from = shared.join("data/fashion-mnist");
    let dir = tempfile::tempdir().unwrap();
    let copy = |a: &str, b: &str| std::fs::copy(from.join(a), dir.path().join(b)).unwrap();
    copy("truncated-images-idx3-ubyte.gz", "train-images-idx3-ubyte.gz");
    copy("subset-train7000-labels-idx1-ubyte.gz", "train-labels-idx1-ubyte.gz");
    let out = dir.path().join("j.safetensors");
    let words = ["train-images-idx3-ubyte.gz", "the file ends after", "gzip stream is damaged"];
    refuses(&["train", text(dir.path()), "--out", text(&out)], 2, &words);
}

#[test]
fn a_large_photo_among_small_ones_is_taken_and_an_empty_one_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("things");
    for (class, tone) in [("dark", 30u8), ("light", 220)] {
        std::fs::create_dir_all(data.join(class)).unwrap();
        for i in 0..12u32 {
            let side = if i == 3 && class == "dark" { 3024 } else { 100 };
            let pixel = |x: u32, _| image::Rgb([tone + (x % 20) as u8, tone, tone + i as u8]);
            let picture = image::RgbImage::from_fn(side, side, pixel);
            picture.save(data.join(class).join(format!("{i:02}.png"))).unwrap();
        }
    }
    let out = dir.path().join("j.safetensors");
    let train = ["train", text(&data), "--out", text(&out), "--epochs", "1", "--batch", "8"];
    let output = untrained(&train).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let large = data.join("dark/03.png");
    let empty = file(&data, "light/zero.png", b"");
    let both = ["classify", text(&large), &empty];
    let output = untrained(&both).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stdout).contains("03.png:"), "the good file is still reported");
    assert!(stderr(&output).contains("zero.png: the file is empty (0 bytes)"), "{}", stderr(&output));
    // One in 25 is skipped and reported; three in 27 are too many.
    let output = untrained(&train).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let words = "skipped 1 of 25 pictures that cannot be read: light/zero.png (the file is empty (0 bytes)";
    assert!(stderr(&output).contains(words), "{}", stderr(&output));
    ["dark/a.png", "dark/b.jpg"].iter().for_each(|name| drop(file(&data, name, b"\xff\xd8\xff no picture")));
    refuses(&train, 2, &["3 of 27 pictures cannot be read", "dark/a.png", "dark/b.jpg", "zero.png"]);
}

const TEN: &str = r#"size = [64, 0]
rate = -5
colour = "red"
[node.a]
system = "noyse"
[node.b]
system = "life"
rule = "B3/S2x"
densty = 0.5
[node.c]
system = "noise"
scale = "big"
[[layer]]
show = "b.ages"
[[layer]]
show = "nobody.value"
palette = "viridiss"
blend = "mulitply"
"#;

#[test]
fn ten_mistakes_of_a_scene_are_reported_at_once_with_their_lines() {
    let dir = tempfile::tempdir().unwrap();
    let scene = file(dir.path(), "ten.toml", TEN.as_bytes());
    let lines: Vec<String> = [1, 2, 3, 5, 8, 9, 12, 14, 16, 17, 18].map(|l| format!("ten.toml:{l}:")).into();
    let mut words: Vec<&str> = lines.iter().map(String::as_str).collect();
    words.extend(["noise", "density", "B3/S2x", "viridis", "multiply"]);
    refuses(&["check", &scene], 2, &words);
    refuses(&["render", &scene, "--out", text(&dir.path().join("o"))], 2, &words);
    assert!(!dir.path().join("o").exists());
}

#[test]
fn patterns_that_are_missing_or_truncated_are_reported() {
    let dir = tempfile::tempdir().unwrap();
    let scene = |pattern: &str| {
        let body = format!(
            "size = [64, 48]\n[node.b]\nsystem = \"life\"\npattern = \"{pattern}\"\n[[layer]]\nshow = \"b.alive\"\n"
        );
        file(dir.path(), "p.toml", body.as_bytes())
    };
    let out = dir.path().join("o");
    refuses(&["render", &scene("gone.rle"), "--out", text(&out)], 2, &["p.toml:4", "gone.rle"]);
    file(dir.path(), "cut.rle", b"x = 3, y = 3, rule = B3/S23\nbob$2bo$3");
    refuses(&["render", &scene("cut.rle"), "--out", text(&out)], 2, &["p.toml:4", "cut.rle"]);
    assert!(!out.exists());
}

#[test]
fn invalid_weights_are_reported_wherever_they_are_given() {
    let dir = tempfile::tempdir().unwrap();
    let shipped =
        std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/judge.safetensors")).unwrap();
    let cut = file(dir.path(), "cut.safetensors", &shipped[..shipped.len() / 2]);
    let none = file(dir.path(), "none.safetensors", b"not weights at all, only words");
    let claim = String::from_utf8_lossy(&shipped).into_owned();
    assert!(claim.contains(r#"\"side\":64"#));
    // The same length, another shape: twelve classes' worth of channels it does not have.
    let at = shipped.windows(14).position(|w| w == br#"\"channels\":3"#).unwrap();
    let mut other = shipped.clone();
    other[at + 13] = b'1';
    let other = file(dir.path(), "other.safetensors", &other);
    let picture = dir.path().join("x.png");
    image::RgbImage::new(64, 64).save(&picture).unwrap();
    let out = dir.path().join("o");
    for (weights, word) in [(&cut, "cut.safetensors"), (&none, "none.safetensors"), (&other, "architecture")]
    {
        refuses(&["classify", text(&picture), "--model", weights], 2, &[word]);
        refuses(&["render", "ants", "--out", text(&out), "--model", weights], 2, &[word]);
        refuses(&["train", text(dir.path()), "--out", text(&out), "--resume", weights], 2, &[word]);
    }
    assert!(!out.exists());
}

#[test]
fn a_picture_without_provenance_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let picture = dir.path().join("plain.png");
    image::RgbImage::new(8, 8).save(&picture).unwrap();
    refuses(&["show", text(&picture)], 2, &["plain.png", "has no provenance"]);
    let half = std::fs::read(&picture).unwrap();
    refuses(&["show", &file(dir.path(), "half.png", &half[..20])], 2, &["half.png", "damaged"]);
}

#[test]
fn unwritable_paths_are_reported_before_the_first_frame() {
    let dir = tempfile::tempdir().unwrap();
    let scene = file(dir.path(), "s.toml", SMALL.as_bytes());
    let block = file(dir.path(), "block", b"a file");
    for name in ["", "/a", "/a.gif", "/a.mp4", "/a.png"] {
        let out = format!("{block}{name}");
        let args = ["render", &scene, "--seconds", "0.2", "--no-judge", "--out", &out];
        refuses(&args, 1, &["cannot write", "block"]);
    }
    // Before the first frame: these would take hours.
    let long = ["--seconds", "86000", "--no-judge", "--out"];
    for name in ["/a", "/a.gif", "/a.mp4", "/a.png"] {
        let out = format!("{block}{name}");
        refuses(&[&["render", &scene][..], &long, &[&out]].concat(), 1, &["cannot write", "block"]);
    }
    refuses(&["dataset", "--each", "1", "--out", &format!("{block}/d")], 1, &["cannot write", "block"]);
    refuses(&["render", &scene, "--no-judge", "--out", "/proc/nowhere/a.gif"], 1, &["cannot write", "/proc"]);
    assert_eq!(std::fs::read(&block).unwrap(), b"a file");
}

#[test]
#[cfg(target_os = "linux")]
fn a_disk_that_is_full_ends_a_render_and_leaves_no_whole_file() {
    let dir = tempfile::tempdir().unwrap();
    let scene = file(dir.path(), "s.toml", SMALL.as_bytes());
    let ffmpeg = skip::ffmpeg();
    for (out, part) in [
        ("a.gif", "a.gif.part"),
        ("b.mp4", "b.mp4.part"),
        ("c.gif", "c.signals.csv.part"),
        ("d", "d/signals.csv.part"),
    ] {
        if out.ends_with("mp4") && !ffmpeg {
            continue;
        }
        let full = dir.path().join(part);
        std::fs::create_dir_all(full.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink("/dev/full", &full).unwrap();
        let path = dir.path().join(out);
        let args = ["render", &scene, "--seconds", "4", "--no-judge", "--out", text(&path)];
        refuses(&args, 1, &["No space left"]);
        // The final file would have the name of the unfinished one, without its extension.
        let whole = full.with_extension("");
        assert!(!whole.exists(), "{} passes for a whole", whole.display());
    }
}

/// A show that runs until it is stopped.
fn start(args: &[&str], folder: &Path) -> Child {
    let mut command = untrained(args);
    command.current_dir(folder).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn kill(child: &Child, signal: &str) {
    assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
}

/// Waits until `ready`, sends the signal, and returns the program's output.
fn stopped(mut child: Child, signal: &str, ready: impl Fn() -> bool) -> Output {
    while !ready() {
        assert!(child.try_wait().unwrap().is_none(), "ended too early");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    kill(&child, signal);
    child.wait_with_output().unwrap()
}

fn size_of(path: &Path) -> u64 {
    path.metadata().map_or(0, |m| m.len())
}

#[test]
#[cfg(unix)]
fn a_render_that_is_interrupted_keeps_whole_files() {
    let dir = tempfile::tempdir().unwrap();
    file(dir.path(), "s.toml", SMALL.as_bytes());
    let at = |name: &str| dir.path().join(name);
    let render =
        |out: &str| start(&["render", "s.toml", "--seconds", "9999", "--no-judge", "--out", out], dir.path());
    let output = stopped(render("p"), "-INT", || at("p/frame-000004.png").exists());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(String::from_utf8_lossy(&output.stdout).contains("interrupted"));
    for name in names(&at("p")) {
        assert!(!name.ends_with(".part") && !name.ends_with(".tmp"), "{name}");
        assert!(!name.ends_with(".png") || image::open(at("p").join(&name)).is_ok(), "{name}");
    }
    assert!(at("p/sheet.png").exists() && at("p/signals.csv").exists());
    let output = stopped(render("a.gif"), "-TERM", || size_of(&at("a.gif.part")) > 20_000);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let frames = {
        use image::AnimationDecoder;
        let file = std::io::BufReader::new(std::fs::File::open(at("a.gif")).unwrap());
        image::codecs::gif::GifDecoder::new(file).unwrap().into_frames().collect_frames().unwrap().len()
    };
    let rows = std::fs::read_to_string(at("a.signals.csv")).unwrap().lines().count() - 1;
    assert!(frames == rows && frames > 1, "{frames} frames, {rows} rows");
    assert!(!at("a.gif.part").exists());
    if !skip::ffmpeg() {
        return;
    }
    let output = stopped(render("v.mp4"), "-INT", || size_of(&at("v.signals.csv.part")) > 8_000);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let probe =
        Command::new("ffmpeg").args(["-v", "error", "-i", text(&at("v.mp4")), "-f", "null", "-"]).output();
    assert!(probe.unwrap().stderr.is_empty() && !at("v.mp4.part").exists());
}

#[test]
#[cfg(unix)]
fn an_interrupted_data_set_is_readable_and_can_be_appended_to() {
    let dir = tempfile::tempdir().unwrap();
    let frames = dir.path().join("set/frames");
    let child =
        start(&["dataset", "--each", "100000", "--out", "set", "--only", "life,escape,noise"], dir.path());
    let output = stopped(child, "-TERM", || frames.is_dir() && names(&frames).len() > 3);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let rows = untrained::data::dataset::rows(&dir.path().join("set")).unwrap();
    assert!(rows.len() > 3 && rows.iter().all(|r| image::open(&r.path).is_ok()));
    assert_eq!(names(&frames).len(), rows.len());
}

#[test]
#[cfg(unix)]
fn play_without_a_display_says_so_in_one_line_and_renders_until_it_is_stopped() {
    let dir = tempfile::tempdir().unwrap();
    file(dir.path(), "s.toml", SMALL.as_bytes());
    let out = dir.path().join("out/s");
    let child = start(&["play", "s.toml"], dir.path());
    let output = stopped(child, "-INT", || out.join("frame-000002.png").exists());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.lines().next().unwrap().contains("display"), "{said}");
    let all = names(&out);
    assert!(all.contains(&"sheet.png".into()) && all.contains(&"signals.csv".into()), "{all:?}");
    assert!(!all.iter().any(|n| n.ends_with(".part")));
    assert!(std::fs::read_to_string(out.join("signals.csv")).unwrap().contains("judge.confidence"));
    let again = start(&["play", "s.toml"], dir.path());
    stopped(again, "-INT", || dir.path().join("out/s-2/frame-000000.png").exists());
}
