//! Contact sheet: evenly spaced frames of a run on one picture, each with its tick.

use std::path::{Path, PathBuf};

use super::error::OutputError;
use super::part::make_parent;
use super::sink::{Done, Sink};
use world::field::Field;
use world::frame::colour::{linear_of_srgb, srgb_of_linear};
use world::frame::{Frame, write_png};

/// Pixels between the frames.
const GAP: usize = 6;
/// Height of the line under a frame that holds its tick.
const LINE: usize = 12;
const PAPER: [u8; 3] = [16, 16, 18];
const INK: [u8; 3] = [150, 150, 155];

/// Digits 0–9, 3 × 5 pixels, a row in three bits.
const DIGITS: [[u8; 5]; 10] = [
    [7, 5, 5, 5, 7],
    [2, 6, 2, 2, 7],
    [7, 1, 7, 4, 7],
    [7, 1, 7, 1, 7],
    [5, 5, 7, 1, 1],
    [7, 4, 7, 1, 7],
    [7, 4, 7, 5, 7],
    [7, 1, 1, 2, 2],
    [7, 5, 7, 5, 7],
    [7, 5, 7, 1, 7],
];

/// A contact sheet being collected.
pub struct ContactSheet {
    path: PathBuf,
    cells: usize,
    expected: u64,
    seen: u64,
    thumbs: Vec<Frame>,
    width: usize,
}

impl ContactSheet {
    /// A sheet of `cells` frames, each `width` pixels wide, out of `expected` frames to come.
    pub fn new(path: &Path, cells: usize, width: usize, expected: u64) -> Result<Self, OutputError> {
        make_parent(path)?;
        Ok(Self {
            path: path.into(),
            cells: cells.max(1),
            expected,
            seen: 0,
            thumbs: Vec::new(),
            width: width.max(8),
        })
    }

    /// Index of the frame that cell `i` shows: the first, the last, and evenly between.
    fn due(&self, i: usize) -> u64 {
        let last = self.expected.saturating_sub(1);
        match self.cells {
            1 => last / 2,
            n => (last * i as u64 + (n as u64 - 1) / 2) / (n as u64 - 1),
        }
    }

    /// The sheet as one picture; its provenance is the last frame's.
    pub fn picture(&self) -> Frame {
        let Some(first) = self.thumbs.first() else { return Frame::new(1, 1) };
        let mut columns = 1;
        while columns * columns < self.thumbs.len() {
            columns += 1;
        }
        let rows = self.thumbs.len().div_ceil(columns);
        let (w, h) = (first.width + GAP, first.height + LINE + GAP);
        let mut sheet = Frame::new(columns * w + GAP, rows * h + GAP);
        sheet.rgba.chunks_exact_mut(4).for_each(|p| p[..3].copy_from_slice(&PAPER));
        for (i, thumb) in self.thumbs.iter().enumerate() {
            let (x, y) = (GAP + i % columns * w, GAP + i / columns * h);
            paste(&mut sheet, thumb, x, y);
            label(&mut sheet, thumb.provenance.tick, x, y + thumb.height + 4, x + thumb.width);
        }
        let (width, height) = (sheet.width as u32, sheet.height as u32);
        let last = self.thumbs.last().unwrap_or(first).provenance.clone();
        sheet.provenance = world::frame::Provenance { width, height, ..last };
        sheet
    }
}

impl Sink for ContactSheet {
    fn frame(&mut self, frame: &Frame) -> Result<(), OutputError> {
        if self.thumbs.len() < self.cells && self.seen >= self.due(self.thumbs.len()) {
            self.thumbs.push(shrunk(frame, self.width));
        }
        self.seen += 1;
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Done, OutputError> {
        if !self.thumbs.is_empty() {
            write_png(&self.path, &self.picture())?;
        }
        Ok(Done { path: self.path, frames: self.thumbs.len() as u64 })
    }
}

/// The frame at `width` pixels across, averaged in linear light; a smaller frame stays as it is.
fn shrunk(frame: &Frame, width: usize) -> Frame {
    if frame.width <= width {
        return frame.clone();
    }
    let height = (frame.height * width + frame.width / 2) / frame.width;
    let light: Vec<f32> = (0..256).map(|b| linear_of_srgb(b as f64 / 255.0) as f32).collect();
    let mut whole = Field::new(frame.width, frame.height, 3);
    whole.fill_rows(|plane, y, row| {
        let from = &frame.rgba[y * frame.width * 4..];
        row.iter_mut().enumerate().for_each(|(x, v)| *v = light[from[x * 4 + plane] as usize]);
    });
    let mut small = Field::new(width, height, 3);
    whole.resample(&mut small);
    let mut out = Frame::new(width, height.max(1));
    for c in 0..3 {
        for (p, &v) in out.rgba.chunks_exact_mut(4).zip(small.plane(c)) {
            p[c] = (255.0 * srgb_of_linear(v.clamp(0.0, 1.0) as f64) + 0.5) as u8;
        }
    }
    out.provenance = frame.provenance.clone();
    out
}

fn paste(onto: &mut Frame, from: &Frame, x: usize, y: usize) {
    for row in 0..from.height {
        let at = ((y + row) * onto.width + x) * 4;
        onto.rgba[at..at + from.width * 4]
            .copy_from_slice(&from.rgba[row * from.width * 4..][..from.width * 4]);
    }
}

/// The number, as far as it fits before `end`.
fn label(onto: &mut Frame, number: u64, x: usize, y: usize, end: usize) {
    for (i, digit) in number.to_string().bytes().map(|b| (b - b'0') as usize).enumerate() {
        let left = x + i * 4;
        if left + 3 > end {
            return;
        }
        for (row, bits) in DIGITS[digit].iter().enumerate() {
            for column in (0..3).filter(|c| bits >> (2 - c) & 1 == 1) {
                let at = ((y + row) * onto.width + left + column) * 4;
                onto.rgba[at..at + 3].copy_from_slice(&INK);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(cells: usize, expected: u64, frames: u64) -> Vec<u64> {
        let folder = tempfile::tempdir().unwrap();
        let mut sheet = ContactSheet::new(&folder.path().join("s.png"), cells, 8, expected).unwrap();
        for tick in 0..frames {
            let mut frame = Frame::new(16, 8);
            frame.provenance.tick = tick;
            sheet.frame(&frame).unwrap();
        }
        sheet.thumbs.iter().map(|t| t.provenance.tick).collect()
    }

    #[test]
    fn frames_are_the_first_the_last_and_evenly_between() {
        assert_eq!(run(5, 101, 101), [0, 25, 50, 75, 100]);
        assert_eq!(run(4, 10, 10), [0, 3, 6, 9]);
        assert_eq!(run(1, 10, 10), [4]);
        assert_eq!(run(16, 3, 3), [0, 1, 2]);
        assert_eq!(run(5, 101, 60), [0, 25, 50], "an interrupted run keeps what it has");
    }

    #[test]
    fn shrinking_averages_light_not_bytes() {
        let mut frame = Frame::new(16, 16);
        frame.rgba.chunks_exact_mut(4).enumerate().for_each(|(i, p)| p[..3].fill((i % 2 * 255) as u8));
        let small = shrunk(&frame, 8);
        // Half the light is level 188 of sRGB.
        assert!(small.rgba.chunks_exact(4).all(|p| p[..3] == [188; 3]));
    }
}
