//! Huffman codes.

/// A table of Huffman codes.
#[derive(Clone, Debug)]
pub(super) struct HuffmanTable {
    /// Symbol and length by the first eight bits; length 0 where the code is longer.
    short: Vec<(u8, u8)>,
    /// For each length: the first code beyond it, shifted to 16 bits, and what to add to a code to find its symbol.
    long: [(usize, isize); 17],
    symbols: Vec<u8>,
}

impl HuffmanTable {
    /// From the number of codes of each length, and their symbols; `None` if they are invalid.
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

    /// Symbol and length of the code at the start of these sixteen bits; length 0 if there is none.
    pub(super) fn find(&self, bits: usize) -> (u8, u8) {
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
