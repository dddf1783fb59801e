//! What the audience sees: videos, live output, and the pictures of a tape.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use image::RgbImage;
use untrained::world::frame::read_provenance;

/// A picture of a performance: its scene, its tick, and itself.
pub struct Picture {
    pub scene: String,
    pub seed: u64,
    pub tick: u64,
    pub image: RgbImage,
}

/// All pictures of a folder, in the order of their names.
pub fn pictures(folder: &Path) -> Vec<Picture> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.retain(|f| f.extension().is_some_and(|e| e == "png") && !f.ends_with("sheet.png"));
    files.sort();
    let one = |file: &PathBuf| {
        let from = read_provenance(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        let image = image::open(file).unwrap().to_rgb8();
        Picture { scene: from.scene, seed: from.seed, tick: from.tick, image }
    };
    files.iter().map(one).collect()
}

/// Every picture of a video, as a player shows them; fails if any part of it cannot be decoded.
pub fn film(file: &Path, (w, h): (u32, u32)) -> Vec<RgbImage> {
    let mut player = Command::new("ffmpeg");
    player.args(["-v", "error", "-i"]).arg(file).args("-f rawvideo -pix_fmt rgb24 -".split(' '));
    let out = player.output().unwrap();
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success() && said.trim().is_empty(), "{}: {said}", file.display());
    let bytes = (w * h * 3) as usize;
    assert_eq!(out.stdout.len() % bytes, 0, "the size of the pictures");
    out.stdout.chunks(bytes).map(|b| RgbImage::from_raw(w, h, b.to_vec()).unwrap()).collect()
}

/// Seconds of the first stream of a kind (`v` or `a`).
pub fn seconds(file: &Path, kind: &str) -> f64 {
    let probe = Command::new("ffprobe")
        .args("-v error -show_entries stream=duration -of csv=p=0 -select_streams".split(' '))
        .arg(kind)
        .arg(file)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&probe.stdout).into_owned();
    text.trim().trim_end_matches(',').parse().unwrap_or_else(|_| panic!("{}: `{text}`", file.display()))
}

/// Mean difference of two pictures in steps of 255.
pub fn apart(a: &RgbImage, b: &RgbImage) -> f64 {
    assert_eq!(a.dimensions(), b.dimensions());
    let sum: u64 = a.as_raw().iter().zip(b.as_raw()).map(|(a, b)| a.abs_diff(*b) as u64).sum();
    sum as f64 / a.as_raw().len() as f64
}

/// The picture most like one: its index, and its distance.
pub fn nearest(of: &RgbImage, among: &[Picture]) -> (usize, f64) {
    let all = among.iter().enumerate().map(|(i, p)| (i, apart(of, &p.image)));
    all.min_by(|a, b| a.1.total_cmp(&b.1)).unwrap()
}

/// What is read from a pipe until its writer closes it: whole pictures of four bytes per pixel, each opaque.
pub fn fed(pipe: PathBuf, (w, h): (u32, u32)) -> std::thread::JoinHandle<Vec<RgbImage>> {
    std::thread::spawn(move || {
        let mut pipe = std::fs::File::open(pipe).unwrap();
        std::iter::from_fn(|| frame(&mut pipe, (w, h))).collect()
    })
}

/// The next picture of the live output.
pub fn frame(pipe: &mut impl Read, (w, h): (u32, u32)) -> Option<RgbImage> {
    let mut bytes = vec![0u8; (w * h * 4) as usize];
    pipe.read_exact(&mut bytes).ok()?;
    assert!(bytes.chunks_exact(4).all(|p| p[3] == 255), "a feed is opaque and begins with whole pictures");
    let rgb = bytes.chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]]).collect();
    RgbImage::from_raw(w, h, rgb)
}

pub fn is_black(picture: &RgbImage) -> bool {
    picture.as_raw().iter().all(|v| *v == 0)
}
