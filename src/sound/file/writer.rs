//! WAV output.

use std::path::{Path, PathBuf};

use super::FileError;

/// Writes a WAV file: 24 bits, stereo.
pub struct WavWriter {
    path: PathBuf,
    writer: hound::WavWriter<std::io::BufWriter<std::fs::File>>,
}

impl WavWriter {
    /// Creates a file at a sample rate, Hz.
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

    /// Appends interleaved stereo samples.
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
