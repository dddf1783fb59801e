//! Deposits of agents, summed as integers so that the order of arrival does not matter.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::grid::Grid;
use super::steer::Vec2;

/// Scent is counted in 2⁻¹²: at [`SCENT_MOST`] from each of the most agents there can be, a sum still fits 32 bits.
const SCENT: f32 = 4096.0;
/// Most scent that a body lays in a tick.
pub const SCENT_MOST: f32 = 3.99;
/// Headings are counted in 2⁻¹².
const HEADING: f32 = 4096.0;

/// The sums of one cell: bodies | laden ones, home scent | food scent.
pub type DepositCell = [AtomicU64; 2];

/// Sums of one tick. A word holds two sums of 32 bits: the lower is never negative, so there is no borrow.
#[derive(Debug, Default)]
pub struct Deposits {
    /// Per cell.
    cells: Vec<DepositCell>,
    /// Per block: empty ones (number | hx, hy), then the laden ones.
    blocks: Vec<[AtomicU64; 4]>,
    neighbours: bool,
}

fn add(sum: &AtomicU64, low: u32, high: i32) {
    sum.fetch_add(low as u64 | (high as u32 as u64) << 32, Relaxed);
}

/// The deposits of one cell.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Deposit {
    /// Agents in it.
    pub bodies: f32,
    /// Those of them that carry something.
    pub laden: f32,
    /// Scent laid by the empty.
    pub nest: f32,
    /// Scent laid by the laden.
    pub trail: f32,
}

impl Deposits {
    /// No deposits; headings are only counted for stacks that flock.
    pub fn new(grid: Grid, neighbours: bool) -> Self {
        let blocks = if neighbours { grid.coarse().cells() } else { 0 };
        Self {
            cells: (0..grid.cells()).map(|_| Default::default()).collect(),
            blocks: (0..blocks).map(|_| Default::default()).collect(),
            neighbours,
        }
    }

    /// Adds the deposits of a body.
    #[inline(always)]
    pub fn leave(&self, grid: Grid, at: Vec2, cell: usize, facing: Vec2, laden: bool, scent: f32) {
        let laid = (scent.clamp(0.0, SCENT_MOST) * SCENT) as u32;
        add(&self.cells[cell][0], 1, laden as i32);
        if laid > 0 {
            let (low, high) = if laden { (0, laid) } else { (laid, 0) };
            add(&self.cells[cell][1], low, high as i32);
        }
        if self.neighbours {
            let block = &self.blocks[grid.block(at)];
            let kind = 2 * laden as usize;
            add(&block[kind], 1, (facing.x * HEADING) as i32);
            add(&block[kind + 1], 0, (facing.y * HEADING) as i32);
        }
    }

    /// The cells' sums, row after row, to read and to clear with [`take`].
    pub fn cells_mut(&mut self) -> &mut [DepositCell] {
        &mut self.cells
    }

    /// The blocks' sums, to read and to clear with [`take_block`].
    pub fn blocks_mut(&mut self) -> &mut [[AtomicU64; 4]] {
        &mut self.blocks
    }
}

/// Reads and clears a cell.
#[inline(always)]
pub fn take(cell: &mut DepositCell) -> Deposit {
    let [a, b] = cell;
    let (count, scent) = (std::mem::take(a.get_mut()), std::mem::take(b.get_mut()));
    Deposit {
        bodies: count as u32 as f32,
        laden: (count >> 32) as u32 as f32,
        nest: scent as u32 as f32 * (1.0 / SCENT),
        trail: (scent >> 32) as u32 as f32 * (1.0 / SCENT),
    }
}

/// Reads and clears a block: number, hx and hy of the empty, then of the laden.
#[inline(always)]
pub fn take_block(block: &mut [AtomicU64; 4]) -> [f32; 6] {
    let [a, b, c, d] = block.each_mut().map(|v| std::mem::take(v.get_mut()));
    let signed = |v: u64| (v >> 32) as u32 as i32 as f32 * (1.0 / HEADING);
    [a as u32 as f32, signed(a), signed(b), c as u32 as f32, signed(c), signed(d)]
}
