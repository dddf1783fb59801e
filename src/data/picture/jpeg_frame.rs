//! The frame of a JPEG: its components and their parsing state.

use super::huffman::HuffmanTable;

/// One colour component of the frame.
#[derive(Clone, Debug)]
pub(super) struct Component {
    pub(super) id: u8,
    /// Blocks across and down in a unit of all components.
    pub(super) across: usize,
    pub(super) down: usize,
    /// For each coefficient, the number of low bits still missing; 255 before its first scan.
    pub(super) missing: [u8; 64],
    /// Nonzero coefficients of each block so far, as bits; filled where a scan needs them.
    pub(super) known: Vec<u64>,
}

/// What has been read of the file so far.
pub(super) struct Frame {
    pub(super) progressive: bool,
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) components: Vec<Component>,
    pub(super) tables: [[Option<HuffmanTable>; 4]; 2],
    pub(super) restart: usize,
}
