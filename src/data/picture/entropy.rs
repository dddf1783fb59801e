//! The entropy-coded data of a JPEG's scan, parsed without decoding a pixel.

use super::huffman::HuffmanTable;
use super::jpeg_frame::{Component, Frame};

/// Why a scan cannot be parsed to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ScanStop {
    /// The data ends early.
    Truncated,
    /// A code that no symbol has.
    Damaged,
}

/// Bits of coded data up to the next marker.
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
    buffer: u64,
    count: u32,
}

impl<'a> Bits<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, buffer: 0, count: 0 }
    }

    /// Bytes that were read; the next marker follows them.
    pub(super) fn taken(&self) -> usize {
        self.at
    }

    fn fill(&mut self) {
        while self.count <= 48 {
            match (self.bytes.get(self.at), self.bytes.get(self.at + 1)) {
                (Some(0xff), Some(0)) => {
                    self.buffer = self.buffer << 8 | 0xff;
                    self.at += 2;
                }
                (Some(0xff) | None, _) => return,
                (Some(byte), _) => {
                    self.buffer = self.buffer << 8 | u64::from(*byte);
                    self.at += 1;
                }
            }
            self.count += 8;
        }
    }

    /// The next 16 bits; zeros where there are no more.
    fn peek(&mut self) -> usize {
        if self.count < 16 {
            self.fill();
        }
        let bits = match self.count {
            n @ 16.. => self.buffer >> (n - 16),
            n => self.buffer << (16 - n),
        };
        (bits & 0xffff) as usize
    }

    fn skip(&mut self, bits: u32) -> Result<(), ScanStop> {
        let (now, later) = (bits.min(32), bits.saturating_sub(32));
        if self.count < now {
            self.fill();
        }
        self.count = self.count.checked_sub(now).ok_or(ScanStop::Truncated)?;
        if later > 0 { self.skip(later) } else { Ok(()) }
    }

    fn take(&mut self, bits: u32) -> Result<usize, ScanStop> {
        let value = if bits == 0 { 0 } else { self.peek() >> (16 - bits) };
        self.skip(bits)?;
        Ok(value)
    }

    fn symbol(&mut self, table: &HuffmanTable) -> Result<u8, ScanStop> {
        let (symbol, length) = table.find(self.peek());
        match length {
            // An unassigned code of ones also ends a file that is truncated within its last byte.
            0 if self.count < 16 => Err(ScanStop::Truncated),
            0 => Err(ScanStop::Damaged),
            n => self.skip(n.into()).map(|()| symbol),
        }
    }

    /// Resumes after the next restart marker, whatever its number.
    fn restart(&mut self) -> Result<(), ScanStop> {
        (self.buffer, self.count) = (0, 0);
        loop {
            let rest = self.bytes.get(self.at..).ok_or(ScanStop::Truncated)?;
            self.at += rest.iter().position(|b| *b == 0xff).ok_or(ScanStop::Truncated)?;
            match self.bytes.get(self.at + 1) {
                Some(0xd0..=0xd7) => {
                    self.at += 2;
                    return Ok(());
                }
                Some(0xff) => self.at += 1,
                Some(0) => self.at += 2,
                _ => return Err(ScanStop::Truncated),
            }
        }
    }
}

/// A component of a scan, with its DC and AC tables.
pub(super) struct ScanComponent {
    pub(super) component: usize,
    pub(super) tables: [usize; 2],
}

/// First and last coefficient of a scan (spectral selection), and whether it is a refinement scan.
type Band = (usize, usize, bool);

/// Parses the scan's data; if it ends early, returns after which share of the picture.
pub(super) fn parse_scan(
    frame: &mut Frame,
    parts: &[ScanComponent],
    band: Band,
    bits: &mut Bits,
) -> Result<(), (ScanStop, String)> {
    let (columns, rows) = units(frame, parts);
    let all = columns * rows;
    let mut run = 0;
    for unit in 0..all {
        let share = |stop| (stop, format!("{:.0} % of the picture", 100.0 * unit as f64 / all as f64));
        if frame.restart > 0 && unit > 0 && unit % frame.restart == 0 {
            run = 0;
            bits.restart().map_err(share)?;
        }
        for part in parts {
            let blocks = match parts.len() {
                1 => 1,
                _ => frame.components[part.component].across * frame.components[part.component].down,
            };
            for _ in 0..blocks {
                block(frame, part, band, (unit, all), &mut run, bits).map_err(share)?;
            }
        }
    }
    Ok(())
}

/// MCUs across and down; for a scan of a single component, its blocks.
fn units(frame: &Frame, parts: &[ScanComponent]) -> (usize, usize) {
    let most = |f: fn(&Component) -> usize| frame.components.iter().map(f).max().unwrap_or(1);
    let (across, down) = (most(|c| c.across), most(|c| c.down));
    match parts {
        [one] => {
            let c = &frame.components[one.component];
            let blocks = |size: usize, of: usize, all: usize| (size * of).div_ceil(all).div_ceil(8);
            (blocks(frame.width, c.across, across), blocks(frame.height, c.down, down))
        }
        _ => (frame.width.div_ceil(8 * across), frame.height.div_ceil(8 * down)),
    }
}

fn block(
    frame: &mut Frame,
    part: &ScanComponent,
    (first, last, refines): Band,
    (unit, all): (usize, usize),
    run: &mut usize,
    bits: &mut Bits,
) -> Result<(), ScanStop> {
    let [dc, ac] = [0, 1].map(|kind| frame.tables[kind][part.tables[kind]].as_ref());
    if first == 0 {
        if refines {
            return bits.skip(1);
        }
        let length = bits.symbol(dc.ok_or(ScanStop::Damaged)?)?;
        bits.skip(u32::from(length).min(16))?;
        return match frame.progressive {
            true => Ok(()),
            false => sequential(ac.ok_or(ScanStop::Damaged)?, bits),
        };
    }
    let known = &mut frame.components[part.component].known;
    known.resize(known.len().max(all), 0);
    let (band, table) = ((first, last), ac.ok_or(ScanStop::Damaged)?);
    match refines {
        false => first_scan(&mut known[unit], band, table, run, bits),
        true => refinement_scan(&mut known[unit], band, table, run, bits),
    }
}

/// The AC coefficients of a block in a sequential scan.
fn sequential(table: &HuffmanTable, bits: &mut Bits) -> Result<(), ScanStop> {
    let mut k = 1;
    while k < 64 {
        let symbol = bits.symbol(table)?;
        let (zeros, length) = (symbol >> 4, symbol & 15);
        match length {
            0 if zeros < 15 => return Ok(()),
            0 => k += 16,
            n => {
                k += usize::from(zeros) + 1;
                bits.skip(n.into())?;
            }
        }
    }
    Ok(())
}

/// First scan of a band of AC coefficients; `run` counts the blocks left in an end-of-band run.
fn first_scan(
    known: &mut u64,
    (first, last): (usize, usize),
    table: &HuffmanTable,
    run: &mut usize,
    bits: &mut Bits,
) -> Result<(), ScanStop> {
    if *run > 0 {
        *run -= 1;
        return Ok(());
    }
    let mut k = first;
    while k <= last {
        let symbol = bits.symbol(table)?;
        let (zeros, length) = (symbol >> 4, symbol & 15);
        match length {
            0 if zeros < 15 => {
                *run = (1 << zeros) - 1 + bits.take(zeros.into())?;
                return Ok(());
            }
            0 => k += 16,
            n => {
                k += usize::from(zeros);
                bits.skip(n.into())?;
                *known |= 1u64.checked_shl(k as u32).unwrap_or(0);
                k += 1;
            }
        }
    }
    Ok(())
}

/// Refinement scan of a band: one more bit for nonzero AC coefficients, and newly nonzero ones.
fn refinement_scan(
    known: &mut u64,
    (first, last): (usize, usize),
    table: &HuffmanTable,
    run: &mut usize,
    bits: &mut Bits,
) -> Result<(), ScanStop> {
    let mut k = first;
    while k <= last && *run == 0 {
        let symbol = bits.symbol(table)?;
        let (mut zeros, length) = (symbol >> 4, symbol & 15);
        if length == 0 && zeros < 15 {
            *run = (1 << zeros) + bits.take(zeros.into())?;
            break;
        }
        bits.skip(u32::from(length > 0))?;
        while k <= last {
            if *known >> k & 1 == 1 {
                bits.skip(1)?;
            } else if zeros == 0 {
                *known |= u64::from(length > 0) << k;
                k += 1;
                break;
            } else {
                zeros -= 1;
            }
            k += 1;
        }
    }
    if *run > 0 {
        let rest = u64::MAX.checked_shl(k as u32).unwrap_or(0) & u64::MAX >> (63 - last);
        bits.skip((*known & rest).count_ones())?;
        *run -= 1;
    }
    Ok(())
}
