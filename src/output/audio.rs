//! Audio of a video recording: encoded by a child `ffmpeg` while recording, into a file that plays up to wherever it
//! ends and may grow for days. [`super::add_sound`] muxes it into the video without re-encoding.

use std::path::{Path, PathBuf};

use super::encoder::Encoder;
use super::{OutputError, tool};

/// Sample rate of every file, Hz: the one that Opus uses anyway.
const RATE: &str = "48000";

/// Audio file of a recording in progress: Matroska, with the codec that the video's container needs in its name.
pub fn sound_of(film: &Path) -> PathBuf {
    let ending = film.extension().and_then(|e| e.to_str()).unwrap_or("").to_ascii_lowercase();
    film.with_extension(match ending.as_str() {
        "webm" => "opus.mka",
        "mkv" => "flac.mka",
        _ => "aac.mka",
    })
}

/// An audio track being encoded.
pub struct Audio {
    encoder: Encoder,
    bytes: Vec<u8>,
}

impl Audio {
    /// Starts the encoder for stereo samples at a rate, into a file that [`sound_of`] named.
    ///
    /// # Errors
    /// The path cannot be written, or ffmpeg is missing.
    pub fn create(path: &Path, rate: u32) -> Result<Self, OutputError> {
        let codec = match path.file_stem().and_then(|s| Path::new(s).extension()).and_then(|e| e.to_str()) {
            Some("opus") => "-c:a libopus -b:a 160k",
            Some("flac") => "-c:a flac",
            _ => "-c:a aac -b:a 256k",
        };
        let mut command = tool("ffmpeg");
        command.args(
            format!("-hide_banner -nostdin -y -loglevel error -f f32le -ac 2 -ar {rate} -i -").split(' '),
        );
        command.args(codec.split(' ')).args(["-ar", RATE]);
        command.args("-cluster_time_limit 1000 -flush_packets 1 -f matroska".split(' '));
        Ok(Self { encoder: Encoder::to_file(command, path)?, bytes: Vec::new() })
    }

    /// Adds samples, left and right interleaved.
    ///
    /// # Errors
    /// The encoder has failed.
    pub fn add(&mut self, samples: &[f32]) -> Result<(), OutputError> {
        self.bytes.clear();
        self.bytes.extend(samples.iter().flat_map(|s| s.to_le_bytes()));
        self.encoder.write(&self.bytes)
    }

    /// Closes the file and renames it to its final name.
    ///
    /// # Errors
    /// The encoder has failed.
    pub fn finish(self) -> Result<PathBuf, OutputError> {
        self.encoder.finish(true)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Format, Sink, Video, add_sound, part_of};
    use super::*;
    use std::process::Command;
    use world::frame::Frame;

    /// Half a second with one click, after a fifth of a second.
    fn click() -> Vec<f32> {
        (0..48_000).map(|i| if (19_200..19_296).contains(&i) { 0.9 } else { 0.0 }).collect()
    }

    /// Left samples of a file, as ffmpeg plays it.
    fn played(path: &Path) -> Vec<f32> {
        let out = Command::new("ffmpeg")
            .args(["-v", "error", "-i"])
            .arg(path)
            .args("-f f32le -ac 1 -ar 48000 -".split(' '))
            .output()
            .unwrap();
        out.stdout.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
    }

    #[test]
    fn a_click_keeps_its_time_in_every_container() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.mp4", "a.mkv", "a.webm"] {
            let film = folder.path().join(name);
            let format = Format { width: 32, height: 18, rate: 30.0 };
            let mut video = match Video::live(&film, format) {
                Err(OutputError::NoFfmpeg) => return crate::skip::skip("ffmpeg", "it is not installed"),
                video => video.unwrap(),
            };
            (0..15).for_each(|_| video.frame(&Frame::new(32, 18)).unwrap());
            Box::new(video).finish().unwrap();
            let mut sound = Audio::create(&sound_of(&film), 48_000).unwrap();
            click().chunks(1000).for_each(|c| sound.add(c).unwrap());
            let file = sound.finish().unwrap();
            add_sound(&film, &file).unwrap();
            let samples = played(&film);
            let at = samples.iter().position(|v| v.abs() > 0.2).unwrap();
            assert!(at.abs_diff(9_600) < 24, "{name}: at {at}");
            assert!(samples.len().abs_diff(24_000) < 2_000, "{name}: {} samples", samples.len());
        }
    }

    #[test]
    fn audio_plays_up_to_where_its_encoder_was_killed() {
        let folder = tempfile::tempdir().unwrap();
        let path = sound_of(&folder.path().join("film.mp4"));
        let mut sound = match Audio::create(&path, 44_100) {
            Err(OutputError::NoFfmpeg) => return crate::skip::skip("ffmpeg", "it is not installed"),
            sound => sound.unwrap(),
        };
        let tone: Vec<f32> = (0..2 * 441_000).map(|i| 0.4 * ((i / 2) as f32 * 0.06).sin()).collect();
        tone.chunks(4096).for_each(|c| sound.add(c).unwrap());
        sound.encoder.kill();
        assert!(sound.finish().is_err() && !path.exists());
        let samples = played(&part_of(&path));
        assert!(samples.len() > 5 * 48_000, "{:.1} of 10 s", samples.len() as f64 / 48e3);
    }
}
