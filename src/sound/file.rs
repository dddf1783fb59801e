//! Sound files: WAV, FLAC, MP3 and Ogg Vorbis in, WAV out.

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;

use super::RATE;
use super::resample::resampled;
use super::synth::Track;

/// Longest clip, seconds: it is held in memory whole (23 MB a minute).
pub const LONGEST: f64 = 3600.0;
/// Packets in a row that cannot be read before the rest is given up.
const PATIENCE: u32 = 64;

/// Why a file is not heard.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It cannot be read.
    #[error("cannot read the sound {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// It is no sound.
    #[error(
        "{path} is no sound that can be heard here: {reason}; expected a whole .wav, .flac, .mp3 or .ogg file"
    )]
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// It cannot be written.
    #[error("cannot write the sound {path}: {reason}")]
    Write {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

/// A sound in memory: stereo, at [`RATE`], left and right in turn.
#[derive(Clone, Debug, PartialEq)]
pub struct Clip {
    samples: Track,
    /// Packets that could not be read; their place is missing.
    pub broken: u32,
}

impl Clip {
    /// Reads a file whole.
    ///
    /// # Errors
    /// [`FileError`] names the file and what was expected.
    pub fn read(path: &Path) -> Result<Self, FileError> {
        let bytes = std::fs::read(path).map_err(|source| FileError::Read { path: path.into(), source })?;
        let ending = path.extension().and_then(|e| e.to_str()).unwrap_or("");
        Self::decode(bytes, ending).map_err(|reason| FileError::Format { path: path.into(), reason })
    }

    /// Reads a file's bytes; `ending` helps where they do not tell what they are.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn decode(bytes: Vec<u8>, ending: &str) -> Result<Self, String> {
        let mut hint = Hint::new();
        hint.with_extension(ending);
        let stream = MediaSourceStream::new(Box::new(Cursor::new(bytes)), Default::default());
        let probe = symphonia::default::get_probe();
        let opened = probe.probe(&hint, stream, FormatOptions::default(), MetadataOptions::default());
        let mut format = opened.map_err(|e| e.to_string())?;
        let track = format.default_track(TrackType::Audio).ok_or("it holds no sound")?;
        let params =
            track.codec_params.as_ref().and_then(|p| p.audio()).ok_or("it does not say what it holds")?;
        let codecs = symphonia::default::get_codecs();
        let mut decoder =
            codecs.make_audio_decoder(params, &AudioDecoderOptions::default()).map_err(|e| e.to_string())?;
        let id = track.id;
        let (stereo, rate, broken) = packets(&mut *format, &mut *decoder, id)?;
        let samples = if rate == RATE { stereo } else { resampled(&stereo, rate, RATE) };
        Ok(Self { samples: samples.into(), broken })
    }

    /// A clip of stereo samples at [`RATE`].
    pub fn new(stereo: Vec<f32>) -> Self {
        Self { samples: stereo.into(), broken: 0 }
    }

    /// Seconds.
    pub fn seconds(&self) -> f64 {
        (self.samples.len() / 2) as f64 / RATE as f64
    }

    /// Samples at [`RATE`], left and right in turn.
    pub fn samples(&self) -> &Track {
        &self.samples
    }

    /// The clip at the sample rate of a device.
    pub fn at(&self, rate: u32) -> Track {
        match rate {
            RATE => self.samples.clone(),
            rate => resampled(&self.samples, RATE, rate).into(),
        }
    }
}

/// Everything that can be decoded, as stereo, with its rate and the number of packets that could not.
fn packets(
    format: &mut dyn FormatReader,
    decoder: &mut dyn AudioDecoder,
    id: u32,
) -> Result<(Vec<f32>, u32, u32), String> {
    let (mut stereo, mut rate, mut broken, mut row) = (Vec::new(), 0, 0u32, 0u32);
    let mut block: Vec<f32> = Vec::new();
    // A file that is cut off is heard as far as it goes.
    while let Ok(Some(packet)) = format.next_packet() {
        if packet.track_id != id {
            continue;
        }
        match decoder.decode(&packet) {
            Ok(heard) => {
                let (channels, now) = (heard.spec().channels().count(), heard.spec().rate());
                if channels == 0 || !(1000..=768_000).contains(&now) || (rate != 0 && now != rate) {
                    return Err(format!("{channels} channels at {now} Hz cannot be played"));
                }
                rate = now;
                block.resize(heard.samples_interleaved(), 0.0);
                heard.copy_to_slice_interleaved(&mut block);
                stereo.extend(block.chunks_exact(channels).flat_map(two));
                row = 0;
            }
            Err(Error::DecodeError(_) | Error::IoError(_)) if row < PATIENCE => {
                (broken, row) = (broken + 1, row + 1)
            }
            Err(e) if stereo.is_empty() => return Err(e.to_string()),
            Err(_) => break,
        }
        if stereo.len() as f64 / 2.0 > LONGEST * rate as f64 {
            return Err(format!("it is longer than {} minutes", LONGEST / 60.0));
        }
    }
    match stereo.is_empty() {
        true => Err("nothing in it can be decoded".into()),
        false => Ok((stereo, rate, broken)),
    }
}

/// The first two channels, or the only one twice; what is no number is silence.
fn two(frame: &[f32]) -> [f32; 2] {
    let tame = |v: f32| if v.is_finite() { v.clamp(-4.0, 4.0) } else { 0.0 };
    [tame(frame[0]), tame(frame[frame.len().min(2) - 1])]
}

/// A sound on its way into a WAV file: 24 bits, stereo.
pub struct WavWriter {
    path: PathBuf,
    writer: hound::WavWriter<std::io::BufWriter<std::fs::File>>,
}

impl WavWriter {
    /// Begins a file at a sample rate.
    ///
    /// # Errors
    /// [`FileError::Write`] names it.
    pub fn create(path: &Path, rate: u32) -> Result<Self, FileError> {
        let spec = hound::WavSpec {
            channels: 2,
            sample_rate: rate,
            bits_per_sample: 24,
            sample_format: hound::SampleFormat::Int,
        };
        let writer = hound::WavWriter::create(path, spec).map_err(|e| failed(path, &e))?;
        Ok(Self { path: path.into(), writer })
    }

    /// Adds samples, left and right in turn.
    ///
    /// # Errors
    /// As [`Self::create`].
    pub fn add(&mut self, samples: &[f32]) -> Result<(), FileError> {
        for s in samples {
            let v = (s.clamp(-1.0, 1.0) * 8_388_607.0).round() as i32;
            self.writer.write_sample(v).map_err(|e| failed(&self.path, &e))?;
        }
        Ok(())
    }

    /// Closes the file.
    ///
    /// # Errors
    /// As [`Self::create`].
    pub fn finish(self) -> Result<PathBuf, FileError> {
        let path = self.path;
        self.writer.finalize().map_err(|e| failed(&path, &e))?;
        Ok(path)
    }
}

fn failed(path: &Path, e: &hound::Error) -> FileError {
    FileError::Write { path: path.into(), reason: e.to_string() }
}

/// A clip that a show listens to, in step with its ticks: from the beginning again when it ends.
pub struct Listening {
    analyser: super::analysis::Analyser,
    samples: Track,
    tick: f64,
    heard: u64,
    mono: Vec<f32>,
}

impl Listening {
    /// Listens to a clip at so many ticks a second.
    pub fn new(clip: &Clip, ticks: f64) -> Self {
        let tick = RATE as f64 / ticks.max(1.0);
        let analyser = super::analysis::Analyser::new(RATE);
        Self { analyser, samples: Arc::clone(clip.samples()), tick, heard: 0, mono: Vec::new() }
    }

    /// Hears what sounds until the end of tick `tick`, and gives the signals: (name without `sound.`, value).
    pub fn tick(&mut self, tick: u64) -> impl Iterator<Item = (&'static str, f64)> {
        let until = ((tick + 1) as f64 * self.tick + 1e-6) as u64;
        let frames = (self.samples.len() / 2) as u64;
        // After a jump of the clock only the newest second counts.
        let from = self.heard.max(until.saturating_sub(RATE as u64)).min(until);
        self.mono.clear();
        if frames > 0 {
            self.mono.extend((from..until).map(|n| {
                let i = 2 * (n % frames) as usize;
                0.5 * (self.samples[i] + self.samples[i + 1])
            }));
        }
        self.heard = until;
        self.analyser.push(&self.mono);
        super::analysis::SIGNALS.iter().map(|s| s.name).zip(self.analyser.signals().iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tone(rate: u32, seconds: f32) -> Vec<f32> {
        let n = (rate as f32 * seconds) as usize;
        (0..n).flat_map(|i| [0.5 * crate::sound::math::sine(i as f32 * 440.0 / rate as f32); 2]).collect()
    }

    fn wav(rate: u32) -> Vec<u8> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.wav");
        let mut w = WavWriter::create(&path, rate).unwrap();
        w.add(&tone(rate, 1.0)).unwrap();
        w.finish().unwrap();
        std::fs::read(path).unwrap()
    }

    #[test]
    fn a_written_file_reads_back_and_other_rates_keep_their_pitch() {
        let same = Clip::decode(wav(48_000), "wav").unwrap();
        let worst =
            same.samples().iter().zip(tone(48_000, 1.0)).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(worst < 1e-6, "{worst}");
        let other = Clip::decode(wav(44_100), "wav").unwrap();
        assert!((other.seconds() - 1.0).abs() < 0.001, "{}", other.seconds());
        let mut listening = Listening::new(&other, 60.0);
        let heard: Vec<(&str, f64)> = (0..30).map(|t| listening.tick(t).collect()).last().unwrap();
        let pitch = heard.iter().find(|s| s.0 == "pitch").unwrap().1;
        assert!((pitch - 440.0).abs() < 0.5, "{pitch}");
        assert!((other.at(22_050).len() as f64 / 2.0 - 22_050.0).abs() < 10.0);
    }

    /// Encodes with ffmpeg where it is installed.
    #[test]
    fn all_four_kinds_are_heard() {
        let dir = tempfile::tempdir().unwrap();
        let from = dir.path().join("a.wav");
        std::fs::write(&from, wav(44_100)).unwrap();
        for ending in ["flac", "mp3", "ogg"] {
            let to = dir.path().join(format!("a.{ending}"));
            let codec = if ending == "ogg" { "libvorbis" } else { ending };
            let run = std::process::Command::new("ffmpeg")
                .args(["-loglevel", "error", "-y", "-i"])
                .arg(&from)
                .args(["-c:a", if ending == "mp3" { "libmp3lame" } else { codec }])
                .arg(&to)
                .status();
            if !run.is_ok_and(|s| s.success()) {
                eprintln!("skipped: no ffmpeg with {codec}");
                continue;
            }
            let clip = Clip::read(&to).unwrap();
            assert!((clip.seconds() - 1.0).abs() < 0.08, "{ending}: {} s", clip.seconds());
            let rms =
                (clip.samples().iter().map(|v| v * v).sum::<f32>() / clip.samples().len() as f32).sqrt();
            assert!((rms - 0.3536).abs() < 0.02, "{ending}: {rms}");
        }
    }

    #[test]
    fn what_is_no_sound_is_said_to_be_none() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.mp3");
        std::fs::write(&path, b"not a sound at all").unwrap();
        let text = Clip::read(&path).unwrap_err().to_string();
        assert!(text.contains("a.mp3") && text.contains("expected"), "{text}");
        let text = Clip::read(&dir.path().join("none.wav")).unwrap_err().to_string();
        assert!(text.contains("none.wav"), "{text}");
        let mut cut = wav(48_000);
        cut.truncate(cut.len() / 2);
        let clip = Clip::decode(cut, "wav").unwrap();
        assert!((clip.seconds() - 0.5).abs() < 0.05, "a file that is cut off is heard as far as it goes");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]
        #[test]
        fn no_bytes_break_it(
            at in proptest::collection::vec((0usize..400, any::<u8>()), 0..12), cut in 0usize..3000,
            noise in proptest::collection::vec(any::<u8>(), 0..200), kind in 0usize..6,
        ) {
            let heads: [&[u8]; 5] = [b"fLaC\0\0\0\x22", b"OggS\0\x02", b"\xff\xfb\x90\x64", b"ID3\x04\0\0\0\0\0\x0a", b"RIFF\xff\xff\xff\xffWAVEfmt "];
            let mut bytes = match heads.get(kind) {
                Some(head) => [head, &noise[..]].concat(),
                None => WAV.with(Clone::clone),
            };
            for (i, b) in at { if let Some(v) = bytes.get_mut(i) { *v = b; } }
            bytes.truncate(cut);
            let _ = Clip::decode(bytes, "");
        }
    }

    thread_local! { static WAV: Vec<u8> = { let mut w = wav(8000); w.truncate(3000); w }; }
}
