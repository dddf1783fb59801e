//! Generators of others beside ours: a folder, a film, a program and an HTTP endpoint of our own, good and bad ones.

mod endpoint;
mod film;
#[cfg(unix)]
mod pipe;

use std::io::Cursor;
use std::path::{Path, PathBuf};

use untrained::bench::generator::{Generator, GeneratorError, SampleSpec};
use untrained::bench::shelf::Shelf;
use untrained::data::picture::ReadOptions;

use super::learn::{done, rejected, untrained};

/// Pixels a side of every picture here, and of what is asked for, so that pixels stay as they are.
const SIDE: u32 = 16;
const SPEC: SampleSpec = SampleSpec { side: SIDE as usize, channels: 3, frames: 1, every: 1, warm_up: 0 };

/// What our generator draws for a frame of a seed.
fn drawn(seed: u64, frame: u64) -> image::RgbImage {
    image::RgbImage::from_fn(SIDE, SIDE, |x, y| {
        image::Rgb([(seed * 37 + x as u64) as u8, (y as u64 * 9 + frame * 50) as u8, (seed ^ frame) as u8])
    })
}

fn png(picture: &image::RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    picture.write_to(&mut Cursor::new(&mut bytes), image::ImageFormat::Png).unwrap();
    bytes
}

/// A card with this source.
fn card(folder: &Path, name: &str, source: &str) -> PathBuf {
    let path = folder.join(name);
    let text = format!(
        "[shelf]\nname = \"Ours\"\nmodel = \"a test\"\nresolution = [{SIDE}, {SIDE}]\nwatts = 100\nprompt = \"a b&c=é\"\n\
         [shelf.training]\nlicence = \"none\"\n[shelf.source]\n{source}\n"
    );
    std::fs::write(&path, text).unwrap();
    path
}

/// The line of the source in such a card.
const LINE: usize = 10;

fn open(path: &Path) -> Result<Shelf, GeneratorError> {
    Shelf::open("ours", path, &ReadOptions::default())
}

fn frames(shelf: &Shelf, seed: u64, frames: usize) -> Result<Vec<Vec<u8>>, String> {
    let clip = shelf.sample(seed, &SampleSpec { frames, ..SPEC }).map_err(|e| e.to_string())?;
    assert!(clip.milliseconds.len() == frames && clip.milliseconds.iter().all(|ms| *ms >= 0.0));
    Ok(clip.frames)
}

const SMALL: &str = "garden?canvas=64x36,cells=64x36,warm-up=20..40";

#[test]
fn a_card_stands_beside_our_generators_on_the_page() {
    let dir = tempfile::tempdir().unwrap();
    let pictures = dir.path().join("pictures");
    std::fs::create_dir(&pictures).unwrap();
    (0..24).for_each(|i| drawn(i, 0).save(pictures.join(format!("{i:02}.png"))).unwrap());
    let path = card(dir.path(), "stills.toml", "folder = \"pictures\"");
    let odd = dir.path().join("odd.card");
    std::fs::copy(&path, &odd).unwrap();
    let (out, word) = (dir.path().join("report"), format!("shelf:{}", odd.display()));
    let mut command = untrained(&["compare", path.to_str().unwrap(), &word, "noise", "--reference", SMALL]);
    command.args(["--n", "24", "--clips", "1", "--frames", "4", "--side", "32", "--out"]).arg(&out);
    done(&mut command);
    let json: serde_json::Value =
        serde_json::from_slice(&std::fs::read(out.join("report.json")).unwrap()).unwrap();
    let generators = json["generators"].as_array().unwrap();
    assert_eq!(
        (generators[0]["name"].as_str(), generators[1]["name"].as_str()),
        (Some("stills"), Some("odd"))
    );
    let about = generators[0]["about"].as_str().unwrap();
    assert!(about.starts_with("Shelf: Ours: a test") && about.contains("24 existing pictures"), "{about}");
    assert!(about.contains("training data: none") && about.contains("licence not stated"), "{about}");
    assert_eq!(generators[0]["samples_hash"], generators[1]["samples_hash"]);
}

#[test]
fn every_problem_of_a_card_is_reported_by_the_command() {
    let dir = tempfile::tempdir().unwrap();
    let path = card(dir.path(), "bad.toml", "http = \"https://model/{seed}\"\nretries = 3");
    let text = std::fs::read_to_string(&path).unwrap().replace("watts = 100", "watts = -100");
    std::fs::write(&path, text).unwrap();
    let compare = |word: &str| rejected(&mut untrained(&["compare", word, "--reference", SMALL]));
    let (code, said) = compare(path.to_str().unwrap());
    let place = |line: usize| format!("bad.toml:{line}:");
    assert_eq!(code, Some(2), "{said}");
    for words in
        ["3 problems", &place(5), "`watts`", &place(LINE), "a proxy on this machine", &place(11), "`retries`"]
    {
        // Long lines are wrapped.
        let bare = |text: &str| text.split_whitespace().collect::<String>();
        assert!(bare(&said).contains(&bare(words)), "{words}: {said}");
    }
    let (code, said) = compare("shelf:nowhere.toml");
    assert!(code == Some(2) && said.contains("nowhere.toml"), "{code:?} {said}");
}
