//! Fields, frame by frame: a `.npy` array of shape (frames, planes, height, width), single precision (NumPy's format
//! 1.0).

use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::error::OutputError;
use super::part::{make_parent, part_of};
use super::sink::Done;
use world::field::Field;

/// Bytes of the header: room for any number of frames, which is known only at the end.
const HEADER: usize = 128;

/// A `.npy` file being written.
pub struct NpyWriter {
    path: PathBuf,
    file: BufWriter<File>,
    /// Planes, height, width.
    shape: [usize; 3],
    frames: u64,
}

impl NpyWriter {
    /// Begins the file; every frame has `planes` planes of `width` × `height`.
    ///
    /// # Errors
    /// An unwritable path.
    pub fn create(path: &Path, planes: usize, (width, height): (usize, usize)) -> Result<Self, OutputError> {
        make_parent(path)?;
        let file = File::create(part_of(path)).map_err(OutputError::write(path))?;
        let mut array =
            Self { path: path.into(), file: BufWriter::new(file), shape: [planes, height, width], frames: 0 };
        array.head()?;
        Ok(array)
    }

    fn head(&mut self) -> Result<(), OutputError> {
        let [planes, height, width] = self.shape;
        let shape = format!("({}, {planes}, {height}, {width})", self.frames);
        let text = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}");
        let mut head = b"\x93NUMPY\x01\x00".to_vec();
        head.extend((HEADER as u16 - 10).to_le_bytes());
        head.extend(format!("{text:<width$}\n", width = HEADER - 11).bytes());
        self.file.write_all(&head).map_err(OutputError::write(&self.path))
    }

    /// Adds the next frame: the planes of all fields, concatenated.
    ///
    /// # Errors
    /// Planes or sizes that differ from the declared ones, or a full disk.
    pub fn frame(&mut self, fields: &[Field]) -> Result<(), OutputError> {
        let [planes, height, width] = self.shape;
        let found: usize = fields.iter().map(Field::planes).sum();
        if found != planes || fields.iter().any(|f| f.size() != (width, height)) {
            let reason = format!("expected {planes} planes of {width}×{height}, found a different layout");
            return Err(OutputError::Size { path: self.path.clone(), reason });
        }
        let bytes = fields.iter().flat_map(Field::data).flat_map(|v| v.to_le_bytes());
        self.file.write_all(&bytes.collect::<Vec<u8>>()).map_err(OutputError::write(&self.path))?;
        self.frames += 1;
        Ok(())
    }

    /// Completes the file and renames it to its final name.
    ///
    /// # Errors
    /// A full disk.
    pub fn finish(mut self) -> Result<Done, OutputError> {
        self.file.seek(SeekFrom::Start(0)).map_err(OutputError::write(&self.path))?;
        self.head()?;
        self.file.flush().map_err(OutputError::write(&self.path))?;
        std::fs::rename(part_of(&self.path), &self.path).map_err(OutputError::write(&self.path))?;
        Ok(Done { path: self.path, frames: self.frames })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_reader_reads_every_value() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("deep/run.npy");
        let field = |planes: usize, from: f32| {
            let mut f = Field::new(4, 3, planes);
            f.data_mut().iter_mut().enumerate().for_each(|(i, v)| *v = from + i as f32);
            f
        };
        let mut array = NpyWriter::create(&path, 3, (4, 3)).unwrap();
        for t in 0..11 {
            let from = 100.0 * t as f32;
            array.frame(&[field(1, from), field(2, from + 12.0)]).unwrap();
        }
        assert!(array.frame(&[field(1, 0.0)]).is_err());
        assert!(array.frame(&[field(1, 0.0), Field::new(3, 4, 2)]).is_err());
        assert!(!path.exists(), "a partial array does not have the final name");
        assert_eq!(array.finish().unwrap().frames, 11);
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(bytes.len(), HEADER + 11 * 36 * 4);
        let file = npyz::NpyFile::new(&bytes[..]).unwrap();
        assert_eq!((file.shape(), file.order()), (&[11, 3, 3, 4][..], npyz::Order::C));
        let values: Vec<f32> = file.into_vec().unwrap();
        assert!(values.iter().enumerate().all(|(i, v)| *v == (100 * (i / 36) + i % 36) as f32));
    }

    #[test]
    fn the_longest_header_has_room() {
        let dir = tempfile::tempdir().unwrap();
        let most = usize::MAX >> 1;
        let mut array = NpyWriter::create(&dir.path().join("a.npy"), 9999, (most, 1)).unwrap();
        array.frames = u64::MAX;
        array.shape[1] = 1 << 30;
        array.finish().unwrap();
        assert_eq!(std::fs::metadata(dir.path().join("a.npy")).unwrap().len(), HEADER as u64);
    }
}
