//! The coded data of a JPEG's scan, followed without working out a pixel.

use super::jpeg::Frame;

/// Why a scan cannot be followed to its end.
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

    /// Bytes that were looked at; the next marker lies behind them.
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
            // A code of ones that was never given also ends a file that is cut off within its last byte.
            0 if self.count < 16 => Err(ScanStop::Truncated),
            0 => Err(ScanStop::Damaged),
            n => self.skip(n.into()).map(|()| symbol),
        }
    }

    /// Goes on behind the next marker for a restart, whichever number it has.
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

/// A table of Huffman codes.
#[derive(Clone, Debug)]
pub(super) struct HuffmanTable {
    /// Symbol and length of what begins with these eight bits; length 0 where the code is longer.
    short: Vec<(u8, u8)>,
    /// For each length: the first code beyond it, shifted to 16 bits, and what to add to a code to find its symbol.
    long: [(usize, isize); 17],
    symbols: Vec<u8>,
}

impl HuffmanTable {
    /// From how many codes there are of each length, and their symbols; none if they cannot be.
    pub(super) fn new(counts: &[u8], symbols: &[u8]) -> Option<Self> {
        let mut table = Self { short: vec![(0, 0); 256], long: [(0, 0); 17], symbols: symbols.into() };
        let (mut code, mut place) = (0usize, 0usize);
        for (length, count) in counts.iter().enumerate().map(|(i, n)| (i + 1, usize::from(*n))) {
            table.long[length].1 = place as isize - code as isize;
            for _ in 0..count {
                if code >> length > 0 {
                    return None;
                }
                if length <= 8 {
                    let first = code << (8 - length);
                    table.short[first..first + (1 << (8 - length))].fill((symbols[place], length as u8));
                }
                code += 1;
                place += 1;
            }
            table.long[length].0 = code << (16 - length);
            code <<= 1;
        }
        Some(table)
    }

    /// Symbol and length of the code that these sixteen bits begin with; length 0 if there is none.
    fn find(&self, bits: usize) -> (u8, u8) {
        let short = self.short[bits >> 8];
        if short.1 > 0 {
            return short;
        }
        let length = (9..=16).find(|&l| bits < self.long[l].0);
        let symbol = length.and_then(|l| {
            let place = (bits >> (16 - l)) as isize + self.long[l].1;
            self.symbols.get(usize::try_from(place).ok()?)
        });
        symbol.zip(length).map_or((0, 0), |(s, l)| (*s, l as u8))
    }
}

/// A component of a scan, with its tables for the mean (DC) and for the waves (AC).
pub(super) struct ScanComponent {
    pub(super) component: usize,
    pub(super) tables: [usize; 2],
}

/// First and last coefficient of a scan, and whether it refines what was there.
type Band = (usize, usize, bool);

/// Follows the scan's data; where it stops early, tells after which share of the picture.
pub(super) fn follow(
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

/// Units across and down: of all components together, or blocks of the one that is alone in its scan.
fn units(frame: &Frame, parts: &[ScanComponent]) -> (usize, usize) {
    let most = |f: fn(&super::jpeg::Component) -> usize| frame.components.iter().map(f).max().unwrap_or(1);
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
    let [means, waves] = [0, 1].map(|kind| frame.tables[kind][part.tables[kind]].as_ref());
    if first == 0 {
        if refines {
            return bits.skip(1);
        }
        let length = bits.symbol(means.ok_or(ScanStop::Damaged)?)?;
        bits.skip(u32::from(length).min(16))?;
        return match frame.progressive {
            true => Ok(()),
            false => sequential(waves.ok_or(ScanStop::Damaged)?, bits),
        };
    }
    let known = &mut frame.components[part.component].known;
    known.resize(known.len().max(all), 0);
    let (band, table) = ((first, last), waves.ok_or(ScanStop::Damaged)?);
    match refines {
        false => begun(&mut known[unit], band, table, run, bits),
        true => refined(&mut known[unit], band, table, run, bits),
    }
}

/// The waves of a block that come all at once.
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

/// The first bits of a band of waves; `run` counts blocks to come that have none.
fn begun(
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

/// One more bit for all waves of a band that were there, and waves that are new.
fn refined(
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
