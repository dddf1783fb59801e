//! Whether a JPEG is complete. Decoders silently fill in what is missing, so the file is parsed here: its segments and,
//! block by block, the extent of its coded data (ITU-T T.81). No pixel is decoded.

use super::entropy::{Bits, ScanComponent, ScanStop, parse_scan};
use super::huffman::HuffmanTable;
use super::jpeg_frame::{Component, Frame};
use world::limits::{PICTURE_BYTES, PICTURE_SIDE};

/// How a complete file ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileEnd {
    /// With an end marker (EOI), whatever may follow it.
    Marked,
    /// Without it, but nothing of the picture is missing.
    Unmarked,
}

/// Maximum number of scans.
const SCANS: usize = 100;
/// This many zeros at the end of a file without an end marker mean an unfinished copy.
const UNWRITTEN: usize = 64;

const NOTHING: u8 = 255;

/// Parses a file to its end. Kinds that it cannot parse (arithmetic coding, lossless) are reported as complete;
/// decoders reject them.
///
/// # Errors
/// A message: the file is truncated, or its coded data is damaged.
pub fn check(bytes: &[u8]) -> Result<FileEnd, String> {
    let mut frame = Frame {
        progressive: false,
        width: 0,
        height: 0,
        components: Vec::new(),
        tables: Default::default(),
        restart: 0,
    };
    let (mut at, mut scans) = (2, 0);
    loop {
        let Some((marker, start)) = next(bytes, at) else { return unmarked(bytes, &frame) };
        if marker == 0xd9 {
            return marked(&frame);
        }
        if matches!(marker, 0xd0..=0xd8 | 0x01) {
            at = start;
            continue;
        }
        let Some(segment) = segment(bytes, start) else { return unmarked(bytes, &frame) };
        at = start + 2 + segment.len();
        match marker {
            0xc4 => tables(&mut frame, segment)?,
            0xc0..=0xc2 => begin(&mut frame, marker, segment)?,
            0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => return Ok(FileEnd::Marked),
            0xdd if segment.len() >= 2 => {
                frame.restart = usize::from(u16::from_be_bytes([segment[0], segment[1]]))
            }
            0xda => {
                scans += 1;
                if scans > SCANS {
                    return Err(format!("expected at most {SCANS} scans, found more"));
                }
                at += scan(&mut frame, segment, &bytes[at..])?;
            }
            _ => {}
        }
    }
}

/// The next marker and where it ends.
fn next(bytes: &[u8], from: usize) -> Option<(u8, usize)> {
    let mut at = from;
    loop {
        at += bytes.get(at..)?.iter().position(|b| *b == 0xff)?;
        match bytes.get(at + 1)? {
            0xff => at += 1,
            0 => at += 2,
            marker => return Some((*marker, at + 2)),
        }
    }
}

/// Contents of a segment; `None` if the file ends within it.
fn segment(bytes: &[u8], start: usize) -> Option<&[u8]> {
    let length = usize::from(u16::from_be_bytes([*bytes.get(start)?, *bytes.get(start + 1)?]));
    bytes.get(start + 2..(start + length).max(start + 2))
}

fn begin(frame: &mut Frame, marker: u8, s: &[u8]) -> Result<(), String> {
    let wrong = || "damaged frame header".to_string();
    let count = usize::from(*s.get(5).ok_or_else(wrong)?);
    let parts = s.get(6..6 + 3 * count).ok_or_else(wrong)?;
    let component = |p: &[u8]| Component {
        id: p[0],
        across: usize::from(p[1] >> 4),
        down: usize::from(p[1] & 15),
        missing: [NOTHING; 64],
        known: Vec::new(),
    };
    frame.progressive = marker == 0xc2;
    frame.height = usize::from(u16::from_be_bytes([s[1], s[2]]));
    frame.width = usize::from(u16::from_be_bytes([s[3], s[4]]));
    frame.components = parts.chunks_exact(3).map(component).collect();
    let most = PICTURE_SIDE as usize;
    if frame.width.max(frame.height) > most || frame.width * frame.height * 3 > PICTURE_BYTES as usize {
        return Err(format!("expected at most {most} pixels a side, found {}×{}", frame.width, frame.height));
    }
    let fits = |c: &Component| (1..=4).contains(&c.across) && (1..=4).contains(&c.down);
    match (1..=4).contains(&count) && frame.components.iter().all(fits) {
        true => Ok(()),
        false => Err(wrong()),
    }
}

fn tables(frame: &mut Frame, mut s: &[u8]) -> Result<(), String> {
    while s.len() >= 17 {
        let (kind, place) = (usize::from(s[0] >> 4), usize::from(s[0] & 15));
        let count: usize = s[1..17].iter().map(|n| usize::from(*n)).sum();
        let table = s.get(17..17 + count).and_then(|symbols| HuffmanTable::new(&s[1..17], symbols));
        let (Some(table), true) = (table, kind < 2 && place < 4) else {
            return Err("damaged Huffman table".into());
        };
        frame.tables[kind][place] = Some(table);
        s = &s[17 + count..];
    }
    Ok(())
}

/// Parses a scan; returns the length of its coded data.
fn scan(frame: &mut Frame, s: &[u8], coded: &[u8]) -> Result<usize, String> {
    let wrong = || "damaged scan header".to_string();
    let count = usize::from(*s.first().ok_or_else(wrong)?);
    let (parts, rest) = (s.get(1..1 + 2 * count).ok_or_else(wrong)?, s.get(1 + 2 * count..4 + 2 * count));
    let rest = rest.ok_or_else(wrong)?;
    let place = |id: u8| frame.components.iter().position(|c| c.id == id);
    let named: Option<Vec<ScanComponent>> = parts
        .chunks_exact(2)
        .map(|p| {
            Some(ScanComponent {
                component: place(p[0])?,
                tables: [usize::from(p[1] >> 4), usize::from(p[1] & 15)],
            })
        })
        .collect();
    let named = named.filter(|n| !n.is_empty() && n.iter().all(|p| p.tables.iter().all(|t| *t < 4)));
    let named = named.ok_or_else(wrong)?;
    let (first, last, high, low) = match frame.progressive {
        true => (rest[0], rest[1], rest[2] >> 4, rest[2] & 15),
        false => (0, 63, 0, 0),
    };
    let fits = first <= last && last < 64 && low < 14 && (first == 0 || named.len() == 1);
    if !fits || frame.progressive && first == 0 && last != 0 {
        return Err(wrong());
    }
    let mut bits = Bits::new(coded);
    let parsed = parse_scan(frame, &named, (first.into(), last.into(), high > 0), &mut bits);
    match parsed {
        Ok(()) => {}
        Err((ScanStop::Damaged, share)) => return Err(format!("its data is damaged after {share}")),
        Err((ScanStop::Truncated, share)) => {
            return Err(format!("it is cut off: its data ends after {share}"));
        }
    }
    for part in &named {
        frame.components[part.component].missing[first.into()..=last.into()].fill(low);
    }
    Ok(bits.taken())
}

fn cut() -> String {
    "it is cut off: parts of the picture are missing".into()
}

/// At the end marker every component must have been present; refinements may have been omitted on purpose.
fn marked(frame: &Frame) -> Result<FileEnd, String> {
    let there = !frame.components.is_empty() && frame.components.iter().all(|c| c.missing[0] != NOTHING);
    if there { Ok(FileEnd::Marked) } else { Err(cut()) }
}

/// Without an end marker, everything must have been present.
fn unmarked(bytes: &[u8], frame: &Frame) -> Result<FileEnd, String> {
    let there = marked(frame).is_ok() && frame.components.iter().all(|c| c.missing.iter().all(|m| *m == 0));
    let zeros = bytes.iter().rev().take_while(|b| **b == 0).count();
    match there && zeros < UNWRITTEN {
        true => Ok(FileEnd::Unmarked),
        false if zeros >= UNWRITTEN => {
            Err(format!("it is cut off: its last {zeros} bytes were never written"))
        }
        false => Err(cut()),
    }
}
