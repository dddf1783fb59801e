//! Ants on a bounded plane: they all read, then all write, then all move.
//!
//! Where several stand on one cell, the highest of the colours that they leave stays. So it does not matter who is asked
//! first, and what they do is the same in any order. One ant alone does as it would on an unbounded plane, up to the
//! border.

use super::plane::STEPS;
use super::table::Table;

/// An ant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ant {
    /// Column and row.
    pub place: [u32; 2],
    /// 0 north, 1 east, 2 south, 3 west.
    pub facing: u8,
    /// Its state.
    pub state: u8,
}

/// What an ant does in one case, with where it moves.
#[derive(Clone, Copy, Debug, Default)]
struct Move {
    /// The colour that it leaves.
    write: u8,
    /// Right and down.
    by: [i8; 2],
    /// Where its next state and direction stand in the program; its colour is added.
    next: u32,
    /// By how many cells it moves on, row after row.
    along: i32,
}

/// A table prepared for stepping on a plane: one case for each direction, state and colour. Directions, states and colours
/// are padded to powers of two, so that none is out of range.
#[derive(Clone, Debug)]
pub struct Program {
    moves: Vec<Move>,
    colour_bits: u32,
    state_bits: u32,
    /// Colours of the table.
    pub colours: usize,
    /// States of the table.
    pub states: usize,
}

impl Program {
    /// Prepares a table for a plane of so many columns. States and colours beyond the table's count modulo its numbers.
    pub fn new(table: &Table, columns: u32) -> Self {
        let (colours, states) = (table.colours(), table.states());
        let colour_bits = colours.next_power_of_two().trailing_zeros();
        let state_bits = states.next_power_of_two().trailing_zeros();
        let mut new = Self { moves: Vec::new(), colour_bits, state_bits, colours, states };
        let cases = 4 << (colour_bits + state_bits);
        new.moves = (0..cases).map(|case| new.case(table, case, columns)).collect();
        new
    }

    fn case(&self, table: &Table, case: usize, columns: u32) -> Move {
        let part = |from: u32, bits: u32| case >> from & ((1 << bits) - 1);
        let (colour, state) = (part(0, self.colour_bits), part(self.colour_bits, self.state_bits));
        let facing = part(self.colour_bits + self.state_bits, 2);
        let act = table.act((state % self.states) as u8, (colour % self.colours) as u8);
        let facing = (facing as u8 + act.turn as u8) % 4;
        let [dx, dy] = STEPS[facing as usize];
        let next = self.place(facing, act.next) as u32;
        Move {
            write: act.write,
            by: [dx as i8, dy as i8],
            next,
            along: dy as i32 * columns as i32 + dx as i32,
        }
    }

    /// Where the cases of a direction and state begin.
    #[inline(always)]
    fn place(&self, facing: u8, state: u8) -> usize {
        ((facing as usize) << self.state_bits | state as usize) << self.colour_bits
    }

    /// The direction and state whose cases begin somewhere.
    #[inline(always)]
    fn read(&self, place: u32) -> (u8, u8) {
        let both = place >> self.colour_bits;
        ((both >> self.state_bits) as u8 & 3, (both & ((1 << self.state_bits) - 1)) as u8)
    }

    #[inline(always)]
    fn at(&self, case: usize) -> Move {
        // The length is a power of two.
        self.moves[case & (self.moves.len() - 1)]
    }
}

/// The cells, and what keeps ants in them.
pub struct Ground<'a> {
    /// Columns and rows.
    pub size: [u32; 2],
    /// Colours, row after row.
    pub colours: &'a mut [u8],
    /// The tick in which each cell was last left.
    pub left: &'a mut [u32],
    /// Cells that no ant enters, if there are any: not 0.
    pub solid: Option<&'a [u8]>,
    /// Whether the sides are joined.
    pub torus: bool,
    /// The present tick.
    pub tick: u32,
}

impl Ground<'_> {
    #[inline(always)]
    fn index(&self, [x, y]: [u32; 2]) -> usize {
        y as usize * self.size[0] as usize + x as usize
    }

    /// The cell beside another; `None` if it cannot be entered.
    #[inline(always)]
    fn beside(&self, [x, y]: [u32; 2], [dx, dy]: [i8; 2]) -> Option<[u32; 2]> {
        let next = [step(x, dx, self.size[0], self.torus)?, step(y, dy, self.size[1], self.torus)?];
        match self.solid {
            Some(solid) if solid[self.index(next)] != 0 => None,
            _ => Some(next),
        }
    }
}

#[inline(always)]
fn step(at: u32, by: i8, n: u32, torus: bool) -> Option<u32> {
    let next = at.wrapping_add_signed(by as i32);
    if next < n {
        Some(next)
    } else if torus {
        Some(if by < 0 { n - 1 } else { 0 })
    } else {
        None
    }
}

/// An ant on its way.
#[derive(Clone, Copy, Debug)]
pub struct Walker {
    place: [u32; 2],
    /// Index of its cell.
    at: u32,
    /// Where the cases of its direction and state begin in the program.
    case: u32,
    /// What it is about to do.
    act: Move,
}

impl Walker {
    fn new(ant: &Ant, program: &Program, ground: &Ground) -> Self {
        let case = program.place(ant.facing, ant.state) as u32;
        Self { place: ant.place, at: ground.index(ant.place) as u32, case, act: Move::default() }
    }

    fn ant(&self, program: &Program) -> Ant {
        let (facing, state) = program.read(self.case);
        Ant { place: self.place, facing, state }
    }

    /// Sees what to do.
    #[inline(always)]
    fn look(&mut self, program: &Program, colours: &[u8]) {
        self.act = program.at(self.case as usize + colours[self.at as usize] as usize);
        self.case = self.act.next;
    }

    /// Moves on, or turns back where it is.
    #[inline(always)]
    fn advance(&mut self, program: &Program, ground: &Ground) {
        let ([x, y], by) = (self.place, self.act.by);
        let beside = [x.wrapping_add_signed(by[0] as i32), y.wrapping_add_signed(by[1] as i32)];
        let is_inside = (beside[0] < ground.size[0]) & (beside[1] < ground.size[1]);
        if is_inside && ground.solid.is_none() {
            self.place = beside;
            self.at = self.at.wrapping_add_signed(self.act.along);
            return;
        }
        match ground.beside(self.place, by) {
            Some(place) => (self.place, self.at) = (place, ground.index(place) as u32),
            None => {
                let (facing, state) = program.read(self.case);
                self.case = program.place((facing + 2) & 3, state) as u32;
            }
        }
    }
}

/// All ants take so many steps. `walkers` is memory for them.
pub fn run(ants: &mut [Ant], program: &Program, ground: &mut Ground, steps: u64, walkers: &mut Vec<Walker>) {
    walkers.clear();
    walkers.extend(ants.iter().map(|ant| Walker::new(ant, program, ground)));
    match &mut walkers[..] {
        [walker] => alone(walker, program, ground, steps),
        walkers => (0..steps).for_each(|_| together(walkers, program, ground)),
    }
    ants.iter_mut().zip(walkers).for_each(|(ant, walker)| *ant = walker.ant(program));
}

/// One ant: whatever it writes stays. From step to step only a colour and a case have to be fetched; that it is still
/// inside, and free to go on, is checked beside that.
fn alone(walker: &mut Walker, program: &Program, ground: &mut Ground, steps: u64) {
    let mut own = *walker;
    for _ in 0..steps {
        own.look(program, ground.colours);
        ground.colours[own.at as usize] = own.act.write;
        ground.left[own.at as usize] = ground.tick;
        own.advance(program, ground);
    }
    *walker = own;
}

/// One step of all.
fn together(walkers: &mut [Walker], program: &Program, ground: &mut Ground) {
    walkers.iter_mut().for_each(|w| w.look(program, ground.colours));
    for walker in walkers.iter() {
        ground.colours[walker.at as usize] = 0;
        ground.left[walker.at as usize] = ground.tick;
    }
    for walker in walkers {
        let cell = &mut ground.colours[walker.at as usize];
        *cell = (*cell).max(walker.act.write);
        walker.advance(program, ground);
    }
}
