//! Recovery of interrupted recordings. A show that is killed leaves video and audio of its recording in two unfinished
//! files: both play, but not under the intended name. The next show muxes them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::encoder::is_held;
use super::{OutputError, add_sound, part_of, sound_of};

/// Extensions of recordings that survive a crash of the show.
const ENDINGS: [&str; 3] = ["mp4", "mkv", "webm"];

/// Names and muxes the recordings in `folder` that no process is writing any more: all of them, or those named `stem`
/// (`set`, `set-2`, `set-again1`; all other files are left alone). Returns the outcome of each.
pub fn rescue(folder: &Path, stem: Option<&str>) -> Vec<(PathBuf, Result<(), OutputError>)> {
    let left = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let names = left.filter_map(|file| file.file_name().into_string().ok());
    // A recording may be found by its video and by its audio.
    let films: BTreeSet<_> = names.filter_map(|n| film_of(&n)).collect();
    let ours = |film: &&String| stem.is_none_or(|stem| is_named(film, stem));
    films.iter().filter(ours).filter_map(|name| recover(&folder.join(name))).collect()
}

/// Whether a recording has the name, or the name with the numbers that a show appends.
fn is_named(film: &str, stem: &str) -> bool {
    let name = film.rsplit_once('.').map_or(film, |n| n.0);
    let number = |piece: &str| piece.trim_start_matches("again").parse::<u32>().is_ok();
    match name.strip_prefix(stem) {
        Some("") => true,
        Some(rest) => rest.strip_prefix('-').is_some_and(|rest| rest.split('-').all(number)),
        None => false,
    }
}

/// The recording that an unfinished video, or a separate audio file, belongs to.
fn film_of(left: &str) -> Option<String> {
    let name = left.strip_suffix(".part").unwrap_or(left);
    let sound = |codec: &str, ending: &str| Some(format!("{}.{ending}", name.strip_suffix(codec)?));
    let film = sound(".opus.mka", "webm").or(sound(".flac.mka", "mkv")).or(sound(".aac.mka", "mp4"));
    let whole = || ENDINGS.iter().any(|e| name.ends_with(&format!(".{e}"))).then(|| name.to_string());
    film.or_else(|| whole().filter(|n| n != left))
}

/// `None` if another process is still writing it, or there is nothing to do.
fn recover(film: &Path) -> Option<(PathBuf, Result<(), OutputError>)> {
    let (picture, sound) = (part_of(film), sound_of(film));
    let pieces = [&picture, &sound, &part_of(&sound)];
    if pieces.into_iter().any(|p| is_held(p)) {
        return None;
    }
    // If the recording has its name already, an unfinished file of that name belongs to another process.
    let unnamed = !film.exists() && has_something(&picture);
    let silent = (unnamed || film.exists()) && [&sound, &part_of(&sound)].into_iter().any(has_something);
    (unnamed || silent).then(|| (film.into(), put_together(film, unnamed, silent)))
}

fn has_something(path: impl AsRef<Path>) -> bool {
    std::fs::metadata(path).is_ok_and(|m| m.is_file() && m.len() > 0)
}

fn put_together(film: &Path, unnamed: bool, silent: bool) -> Result<(), OutputError> {
    let name = |path: &Path| std::fs::rename(part_of(path), path).map_err(OutputError::write(path));
    if unnamed {
        name(film)?;
    }
    let sound = sound_of(film);
    if silent && !sound.exists() {
        name(&sound)?;
    }
    if silent {
        add_sound(film, &sound)?;
        let _ = std::fs::remove_file(sound);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::super::{Audio, Format, Sink, Video};
    use super::*;
    use world::frame::Frame;

    /// A recording of two seconds with audio, both unfinished.
    fn interrupted(film: &Path) -> Option<(Video, Audio)> {
        let format = Format { width: 64, height: 36, rate: 30.0 };
        let mut video = match Video::live(film, format) {
            Err(OutputError::NoFfmpeg) => return None,
            video => video.unwrap(),
        };
        let mut audio = Audio::create(&sound_of(film), 48_000).unwrap();
        for i in 0..60 {
            let mut frame = Frame::new(64, 36);
            frame.rgba[4 * i] = 255;
            video.frame(&frame).unwrap();
            audio.add(&[0.1; 3200]).unwrap();
        }
        Some((video, audio))
    }

    fn streams(film: &Path) -> String {
        let probe = Command::new("ffprobe")
            .args("-v error -show_entries stream=codec_type,duration -of csv=p=0".split(' '))
            .arg(film)
            .output()
            .unwrap();
        String::from_utf8(probe.stdout).unwrap()
    }

    #[test]
    fn an_abandoned_recording_gets_its_name_and_its_sound() {
        let folder = tempfile::tempdir().unwrap();
        let film = folder.path().join("ink.mp4");
        let Some(work) = interrupted(&film) else {
            return crate::skip::skip("ffmpeg", "it is not installed");
        };
        assert!(rescue(folder.path(), None).is_empty(), "it is still being made");
        drop(work);
        std::fs::write(folder.path().join("letter.pdf.part"), "x").unwrap();
        assert!(rescue(folder.path(), Some("in")).is_empty());
        let done = rescue(folder.path(), Some("ink"));
        assert!(matches!(&done[..], [(path, Ok(()))] if *path == film), "{done:?}");
        let streams = streams(&film);
        let lengths: Vec<f64> = streams.lines().filter_map(|l| l.split(',').nth(1)?.parse().ok()).collect();
        assert!(streams.contains("video") && streams.contains("audio"), "{streams}");
        assert!(lengths.len() == 2 && lengths.iter().all(|l| (l - 2.0).abs() < 0.1), "{streams}");
        let mut left: Vec<_> =
            std::fs::read_dir(folder.path()).unwrap().map(|f| f.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["ink.mp4", "letter.pdf.part"]);
        assert!(rescue(folder.path(), None).is_empty());
    }

    #[test]
    fn pieces_are_matched_to_their_recording() {
        let known = [
            ("a.mp4.part", Some("a.mp4")),
            ("a.mp4", None),
            ("a.b.aac.mka", Some("a.b.mp4")),
            ("a.opus.mka.part", Some("a.webm")),
            ("a.flac.mka", Some("a.mkv")),
            ("a.png.part", None),
            ("a.mka", None),
        ];
        for (film, ours) in [
            ("set.mp4", true),
            ("set-2.mp4", true),
            ("set-again1.mp4", true),
            ("set-again1-2.mp4", true),
            ("settlers.mp4", false),
            ("set-list.mp4", false),
            ("other.mp4", false),
        ] {
            assert_eq!(is_named(film, "set"), ours, "{film}");
        }
        known.iter().for_each(|(left, film)| assert_eq!(film_of(left).as_deref(), *film, "{left}"));
    }
}
