//! The pinned hashes: a file for each thing that is pinned, with a hash a line.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use untrained::world::frame::{self, Frame, write_png};

const HEAD: &str =
    "# Pinned hashes; UNTRAINED_MINT=1 writes them anew, and CHANGELOG.md says why they changed.\n";

/// Hash of any bytes.
pub fn digest(bytes: &[u8]) -> u64 {
    frame::digest(0, bytes)
}

/// What was found, by name: `picture 1280x720 tick 60`.
#[derive(Default)]
pub struct Pins {
    found: BTreeMap<String, u64>,
    /// Pictures to look at when their hash differs, by the same names.
    pictures: BTreeMap<String, Frame>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

pub fn is_minting() -> bool {
    std::env::var_os("UNTRAINED_MINT").is_some()
}

fn read(path: &Path) -> BTreeMap<String, u64> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let table = text.parse::<toml_edit::DocumentMut>().unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let number = |v: &toml_edit::Item| u64::from_str_radix(v.as_str().unwrap(), 16).unwrap();
    table.iter().map(|(name, v)| (name.to_string(), number(v))).collect()
}

impl Pins {
    /// Adds a hash by name.
    pub fn add(&mut self, name: impl Into<String>, hash: u64) {
        self.found.insert(name.into(), hash);
    }

    /// Adds the hash of a picture, which can be looked at if it differs.
    pub fn add_picture(&mut self, name: &str, frame: &Frame) {
        self.add(name, frame.hash());
        self.pictures.insert(name.into(), frame.clone());
    }

    /// Compares what was found with what is pinned for `name`, or pins it.
    pub fn hold(&self, name: &str) {
        let path = folder().join(name).with_extension("toml");
        if is_minting() {
            let mut text = HEAD.to_string();
            self.found.iter().for_each(|(n, h)| writeln!(text, "\"{n}\" = \"{h:016x}\"").unwrap());
            std::fs::write(&path, text).unwrap();
            return;
        }
        let pinned = read(&path);
        let mut wrong: Vec<String> = self
            .found
            .iter()
            .filter(|(n, h)| pinned.get(*n) != Some(h))
            .map(|(n, h)| {
                let was = pinned.get(n).map_or("nothing".into(), |p| format!("{p:016x}"));
                format!("{name}: {n} is {h:016x}, pinned is {was}{}", self.show(name, n))
            })
            .collect();
        let gone = pinned.keys().filter(|n| !self.found.contains_key(*n) && !super::once());
        wrong.extend(gone.map(|n| format!("{name}: {n} is pinned and was not made")));
        assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
    }

    /// Writes the picture that was found, and says where.
    fn show(&self, of: &str, name: &str) -> String {
        let Some(frame) = self.pictures.get(name) else { return String::new() };
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("golden");
        let path = folder.join(format!("{of} {name}.png").replace(' ', "-"));
        std::fs::create_dir_all(&folder).unwrap();
        write_png(&path, frame).unwrap();
        format!("; the picture is in {}", path.display())
    }
}

/// Compares a picture with the pinned one, or pins it. It is for people to look at.
pub fn hold_picture(name: &str, width: usize, rgb: &[u8]) {
    let path = folder().join(name).with_extension("png");
    if is_minting() {
        let height = rgb.len() / 3 / width;
        image::save_buffer(&path, rgb, width as u32, height as u32, image::ColorType::Rgb8).unwrap();
    }
    let kept = image::open(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display())).to_rgb8();
    assert!(kept.as_raw() == rgb, "{} is not a picture of {name} as it is", path.display());
}

/// Short digests of what is pinned, by name.
fn words() -> BTreeMap<String, String> {
    let files = std::fs::read_dir(folder()).unwrap().map(|e| e.unwrap().path());
    let files = files.filter(|p| p.extension().is_some_and(|e| e == "toml"));
    let word = |path: PathBuf| {
        let all: String = read(&path).iter().map(|(n, h)| format!("{n} {h:016x}\n")).collect();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        (name, format!("{:08x}", digest(all.as_bytes()) >> 32))
    };
    files.map(word).collect()
}

/// Items of a changelog, the newest first: the names and digests that each lists, and the reason.
fn points(changelog: &str) -> Vec<(Vec<(String, String)>, String)> {
    // Items are wrapped anywhere.
    let plain = |p: &str| p.split_whitespace().collect::<Vec<_>>().join(" ");
    let points = changelog.split("\n- ").skip(1).map(|p| plain(p.split("\n\n").next().unwrap()));
    let item = |point: String| {
        let (head, reason) = point.split_once(':').unwrap_or((&point, ""));
        let pairs = head.split(',').filter_map(|pair| {
            let (name, word) = pair.trim().split_once(' ')?;
            let word = word.strip_prefix('`')?.strip_suffix('`')?;
            Some((name.to_string(), word.to_string()))
        });
        (pairs.collect(), reason.trim().to_string())
    };
    points.map(item).collect()
}

/// Pinned digests that a changelog does not list: the newest item that names a thing must give its digest, and a reason
/// of some words.
fn unlisted(words: &BTreeMap<String, String>, changelog: &str) -> Vec<String> {
    let points = points(changelog);
    let newest = |name: &str| {
        points
            .iter()
            .find_map(|(pairs, why)| pairs.iter().find(|p| p.0 == *name).map(|p| (p.1.clone(), why.clone())))
    };
    let is_listed =
        |name: &str, word: &str| newest(name).is_some_and(|(w, why)| w == word && why.split(' ').count() > 3);
    words.iter().filter(|(n, w)| !is_listed(n, w)).map(|(n, w)| format!("{n} `{w}`")).collect()
}

pub fn listed_in_the_changelog() {
    let words =
        BTreeMap::from([("ants".to_string(), "0123abcd".to_string()), ("judge".into(), "11112222".into())]);
    let changelog = "# Changes\n\n- ants `0123abcd`: their trails\n  fade as they should.\n- judge `11112222`, ants `9999`: all begins.\n";
    assert_eq!(unlisted(&words, changelog), ["judge `11112222`"], "a reason has some words");
    assert_eq!(unlisted(&words, &changelog.replace("all begins", "all of it begins here")), [""; 0]);
    assert_eq!(
        unlisted(&words, &changelog.replace("0123abcd", "0123abce")),
        ["ants `0123abcd`", "judge `11112222`"]
    );
    let changelog =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("CHANGELOG.md")).unwrap();
    let found = self::words();
    assert!(found.len() > 15, "{found:?}");
    let unlisted = unlisted(&found, &changelog);
    assert!(
        unlisted.is_empty(),
        "what is pinned has changed; say why in CHANGELOG.md, in a point above the older ones:\n\n- {}: WHY\n",
        unlisted.join(", ")
    );
}
