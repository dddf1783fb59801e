//! A film on the shelf, encoded without loss, so that its pixels are known.

use std::path::Path;
use std::process::Command;

use untrained::bench::generator::Generator;

use super::{LINE, SPEC, SampleSpec, card, drawn, open};

const FRAMES: u64 = 12;

fn encode(folder: &Path, first: u64) {
    (0..FRAMES).for_each(|i| drawn(first + i, i).save(folder.join(format!("{i}.png"))).unwrap());
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args("-nostdin -v error -y -framerate 10 -i %d.png -c:v ffv1 -pix_fmt bgr0 film.mkv".split(' '));
    assert!(ffmpeg.current_dir(folder).status().unwrap().success());
}

#[test]
fn a_film_gives_its_frames_and_what_follows_them() {
    if !crate::skip::ffmpeg() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    encode(dir.path(), 0);
    let path = card(dir.path(), "a.toml", "film = \"film.mkv\"");
    let film = open(&path).unwrap();
    assert_eq!((film.size(), film.notes().len()), (Some(FRAMES as usize), 0));
    let all: Vec<Vec<u8>> = (0..FRAMES).map(|i| drawn(i, i).into_raw()).collect();
    let mut found = Vec::new();
    for seed in 0..FRAMES {
        let clip = film.sample(seed, &SampleSpec { frames: 4, every: 2, ..SPEC }).unwrap();
        let still = film.sample(seed, &SPEC).unwrap().frames.remove(0);
        let at = all.iter().position(|f| *f == still).expect("a frame of the film, as it was encoded");
        let start = at.min(FRAMES as usize - 7);
        let expected: Vec<&Vec<u8>> = (0..4).map(|i| &all[start + 2 * i]).collect();
        assert_eq!(clip.frames.iter().collect::<Vec<_>>(), expected, "seed {seed}");
        found.push(at);
    }
    found.sort_unstable();
    assert_eq!(found, (0..FRAMES as usize).collect::<Vec<_>>(), "each frame once");
    let long = film.sample(0, &SampleSpec { frames: 5, every: 3, ..SPEC }).unwrap_err().to_string();
    assert!(
        long.contains("at least 13 frames") && long.contains(&format!("a.toml:{LINE}: `film`")),
        "{long}"
    );
    let profile = film.profile();
    assert!(profile.foreign.unwrap().is_reproducible && profile.foreign.unwrap().joules(5.0).is_none());
    assert!(film.cost().description_bytes == std::fs::metadata(dir.path().join("film.mkv")).unwrap().len());
    let before = film.hash();
    encode(dir.path(), 100);
    assert_ne!(open(&path).unwrap().hash(), before);
}

#[test]
fn what_is_no_such_film_is_reported() {
    if !crate::skip::ffmpeg() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    encode(dir.path(), 0);
    std::fs::write(dir.path().join("text.mp4"), "a film").unwrap();
    let failure = |source: &str| open(&card(dir.path(), "bad.toml", source)).err().unwrap().to_string();
    let missing = failure("film = \"nowhere.mp4\"");
    assert!(
        missing.contains("nowhere.mp4") && missing.contains(&format!("line {LINE}: `film`")),
        "{missing}"
    );
    let text = failure("film = \"text.mp4\"");
    assert!(text.contains("text.mp4: ") && text.contains("its last words"), "{text}");
    let folder = failure("film = \".\"");
    assert!(folder.contains("found a folder"), "{folder}");
    let path = card(dir.path(), "large.toml", "film = \"film.mkv\"");
    let large = std::fs::read_to_string(&path).unwrap().replace("[16, 16]", "[32, 16]");
    std::fs::write(&path, large).unwrap();
    let why = open(&path).err().unwrap().to_string();
    assert!(why.contains("expected 32 × 16 pixels, as `resolution` says, found 16 × 16"), "{why}");
}
