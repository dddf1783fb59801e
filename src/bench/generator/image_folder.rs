//! Image folder: existing pictures, such as held-out real images or recorded frames, as a generator.

use std::path::Path;

use super::{Clip, Cost, Generator, GeneratorError, SampleSpec, Stopwatch, fitted, hash_of};
use crate::sets::image_set::ImageSet;
use crate::sets::pictures::{self, Subset};
use data::picture::{self, ReadOptions};
use data::sample::shuffled;
use world::rng::Rng;

/// Pictures of a folder in shuffled order. A seed indexes that order (modulo its length), so that as many consecutive
/// seeds as there are pictures give each once. Later frames of a clip are other pictures.
pub struct ImageFolder {
    name: String,
    about: String,
    pictures: ImageSet,
    native: (usize, usize),
    order: Vec<usize>,
    hash: u64,
    notes: Vec<String>,
}

/// Capitalises the first letter.
fn capitalised(line: &str) -> String {
    let mut letters = line.chars();
    letters.next().map_or(String::new(), |c| c.to_uppercase().chain(letters).collect())
}

impl ImageFolder {
    /// Opens a folder of frames, images or IDX files, or an array of pictures. Comma-separated `settings`: `part=test`,
    /// `part=train` or `part=all` (by default the test pictures if there are any, otherwise all); `over=COLOUR`, the
    /// background for transparent pixels (by default that of `reading`).
    ///
    /// # Errors
    /// It cannot be read, that part of it is empty, or a setting is unknown.
    pub fn open(
        name: &str,
        path: &Path,
        settings: &str,
        reading: &ReadOptions,
    ) -> Result<Self, GeneratorError> {
        let word = path.display().to_string();
        let wrong = |e: &dyn std::fmt::Display| GeneratorError::input(&word, e);
        let mut reading = *reading;
        let mut asked = None;
        for setting in settings.split(',').filter(|s| !s.is_empty()) {
            match setting.split_once('=').unwrap_or((setting, "")) {
                ("part", "all") => asked = Some(("all", Subset::All)),
                ("part", "train") => asked = Some(("train", Subset::Train)),
                ("part", "test") => asked = Some(("test", Subset::Test)),
                ("over", colour) => reading.background = picture::colour(colour).map_err(|e| wrong(&e))?,
                _ => {
                    let known = "part=test, part=train, part=all or over=COLOUR";
                    return Err(wrong(&format!("expected {known}, found `{setting}`")));
                }
            }
        }
        let read = |part| {
            pictures::read_part(path, part, &reading).map_err(|e| {
                GeneratorError::input(&word, e.to_string().trim_start_matches(&format!("{word}: ")))
            })
        };
        let (part, found) = match asked {
            Some((part, which)) => (part, read(which)?),
            None => match read(Subset::Test)? {
                test if test.pictures.pixels.is_empty() => ("all", read(Subset::All)?),
                test => ("test", test),
            },
        };
        let pictures::Read { pictures, notes } = found;
        if pictures.pixels.is_empty() {
            return Err(wrong(&format!("has no {part} pictures")));
        }
        let remarks: String = notes.iter().map(|n| format!(" {}.", capitalised(n))).collect();
        let about = format!("Image folder: {} pictures ({part}) of {word}.{remarks}", pictures.pixels.len());
        let own = Self::of(name.into(), about, pictures);
        Ok(Self { notes, native: pictures::native_size(path).unwrap_or(own.native), ..own })
    }

    /// What was skipped or assumed in reading it, one note a line.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// A generator from pictures in memory.
    pub fn of(name: String, about: String, pictures: ImageSet) -> Self {
        let order = shuffled(pictures.pixels.len(), Rng::new(0).named("shelf"));
        let hash = hash_of(pictures.pixels.iter().map(Vec::as_slice));
        let native = (pictures.side, pictures.side);
        Self { name, about, pictures, native, order, hash, notes: Vec::new() }
    }

    fn index(&self, seed: u64) -> usize {
        self.order[(seed % self.order.len() as u64) as usize]
    }
}

impl Generator for ImageFolder {
    fn name(&self) -> &str {
        &self.name
    }
    fn about(&self) -> String {
        self.about.clone()
    }
    fn cost(&self) -> Cost {
        let bytes = self.pictures.pixels.iter().map(|p| p.len() as u64).sum();
        Cost { description_bytes: bytes, ..Cost::default() }
    }
    fn hash(&self) -> u64 {
        self.hash
    }
    fn size(&self) -> Option<usize> {
        Some(self.order.len())
    }
    fn native_size(&self) -> Option<(usize, usize)> {
        Some(self.native)
    }
    fn classes(&self) -> &[String] {
        &self.pictures.classes
    }
    fn label(&self, seed: u64) -> Option<usize> {
        self.pictures.labels.get(self.index(seed)).copied()
    }
    fn sample(&self, seed: u64, spec: &SampleSpec) -> Result<Clip, GeneratorError> {
        let mut clock = Stopwatch::start();
        let ImageSet { side, channels, .. } = self.pictures;
        let mut clip = Clip {
            frames: Vec::new(),
            side: spec.side,
            channels: spec.channels,
            label: self.label(seed),
            milliseconds: Vec::new(),
        };
        for frame in 0..spec.frames as u64 {
            let index = match frame {
                0 => self.index(seed),
                _ => Rng::new(seed).named("shelf").below(frame, self.order.len() as u64) as usize,
            };
            clip.frames.push(fitted(&self.pictures.pixels[index], (side, side), channels, spec));
            clip.milliseconds.push(clock.lap());
        }
        Ok(clip)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consecutive_seeds_give_each_picture_once() {
        let pixels: Vec<Vec<u8>> = (0..37).map(|i| vec![i; 16]).collect();
        let labels = (0..37).map(|i| i % 3).collect();
        let classes = ["a", "b", "c"].map(String::from).to_vec();
        let pictures = ImageSet { channels: 1, side: 4, pixels: pixels.clone(), classes, labels };
        let image_folder = ImageFolder::of("s".into(), String::new(), pictures);
        let spec = SampleSpec { side: 4, channels: 1, frames: 1, every: 1, warm_up: 0 };
        for first in [0u64, 5, 1000] {
            let clips: Vec<Clip> =
                (first..first + 37).map(|s| image_folder.sample(s, &spec).unwrap()).collect();
            assert!(clips.iter().all(|c| c.label == Some(c.frames[0][0] as usize % 3)));
            let mut all: Vec<Vec<u8>> = clips.into_iter().map(|c| c.frames[0].clone()).collect();
            assert_ne!(all, pixels, "the order is shuffled");
            all.sort();
            assert_eq!(all, pixels);
        }
    }

    #[test]
    fn invalid_folders_and_settings_are_reported() {
        let dir = tempfile::tempdir().unwrap();
        let e = ImageFolder::open("s", dir.path(), "part=some", &ReadOptions::default())
            .err()
            .unwrap()
            .to_string();
        assert!(e.contains("part=train") && e.contains("`part=some`"), "{e}");
        assert!(ImageFolder::open("s", &dir.path().join("nowhere"), "", &ReadOptions::default()).is_err());
    }

    #[test]
    fn the_native_size_is_that_of_the_files() {
        let dir = tempfile::tempdir().unwrap();
        for i in 0..2u8 {
            image::GrayImage::from_pixel(20, 12, image::Luma([i]))
                .save(dir.path().join(format!("{i}.png")))
                .unwrap();
        }
        let folder = ImageFolder::open("s", dir.path(), "", &ReadOptions::default()).unwrap();
        assert_eq!(folder.native_size(), Some((20, 12)));
        let pictures =
            ImageSet { channels: 1, side: 4, pixels: vec![vec![0; 16]], classes: vec![], labels: vec![] };
        assert_eq!(ImageFolder::of("s".into(), String::new(), pictures).native_size(), Some((4, 4)));
    }
}
