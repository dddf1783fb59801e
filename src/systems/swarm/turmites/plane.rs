//! One turmite on an unbounded plane, as papers and other programs run them: for checks.

use super::table::{Table, Turn};

/// Cells by which the plane grows beyond an ant at its border.
const MARGIN: i64 = 32;

/// An unbounded plane of colours, all 0 at first, and one ant at (0, 0) that faces north in state 0.
///
/// ```
/// use systems::swarm::turmites::plane::Plane;
/// use systems::swarm::turmites::table::Table;
///
/// let mut langton = Plane::new(Table::ant("RL").unwrap());
/// langton.run(10_000);
/// assert_eq!(langton.counts().iter().sum::<u64>(), 720, "the cells that are black when the highway begins");
/// ```
#[derive(Clone, Debug)]
pub struct Plane {
    table: Table,
    /// Cell of the plane at index 0.
    origin: [i64; 2],
    size: [i64; 2],
    colours: Vec<u8>,
    place: [i64; 2],
    facing: u8,
    state: u8,
}

impl Plane {
    /// An empty plane.
    pub fn new(table: Table) -> Self {
        let side = 2 * MARGIN + 1;
        let colours = vec![0; (side * side) as usize];
        Self { table, origin: [-MARGIN; 2], size: [side; 2], colours, place: [0; 2], facing: 0, state: 0 }
    }

    /// Takes so many steps: write, turn, move by one cell.
    pub fn run(&mut self, steps: u64) {
        for _ in 0..steps {
            let at = self.index(self.place);
            let act = self.table.act(self.state, self.colours[at]);
            self.colours[at] = act.write;
            self.state = act.next;
            self.facing = (self.facing + act.turn as u8) % 4;
            let [dx, dy] = STEPS[self.facing as usize];
            self.place = [self.place[0] + dx, self.place[1] + dy];
            if (0..2)
                .any(|k| self.place[k] < self.origin[k] || self.place[k] >= self.origin[k] + self.size[k])
            {
                self.grow();
            }
        }
    }

    /// Where the ant is: right and down from where it began.
    pub fn place(&self) -> [i64; 2] {
        self.place
    }

    /// Where it faces: N, E, S or W.
    pub fn facing(&self) -> char {
        ['N', 'E', 'S', 'W'][self.facing as usize]
    }

    /// Its state.
    pub fn state(&self) -> u8 {
        self.state
    }

    /// The colour of a cell.
    pub fn colour(&self, place: [i64; 2]) -> u8 {
        let inside = (0..2).all(|k| (0..self.size[k]).contains(&(place[k] - self.origin[k])));
        if inside { self.colours[self.index(place)] } else { 0 }
    }

    /// Cells of each colour from 1 on.
    pub fn counts(&self) -> Vec<u64> {
        let mut counts = vec![0; self.table.colours()];
        self.colours.iter().for_each(|&c| counts[c as usize] += 1);
        counts.split_off(1)
    }

    /// The least and the greatest column and row with a colour other than 0: left, top, right, bottom.
    pub fn bounds(&self) -> Option<[i64; 4]> {
        let coloured = (0..self.colours.len()).filter(|&i| self.colours[i] != 0);
        coloured.fold(None, |all: Option<[i64; 4]>, i| {
            let [x, y] = [self.origin[0] + i as i64 % self.size[0], self.origin[1] + i as i64 / self.size[0]];
            let [a, b, c, d] = all.unwrap_or([x, y, x, y]);
            Some([a.min(x), b.min(y), c.max(x), d.max(y)])
        })
    }

    fn index(&self, [x, y]: [i64; 2]) -> usize {
        ((y - self.origin[1]) * self.size[0] + x - self.origin[0]) as usize
    }

    /// Doubles the plane, more on the side at which the ant is.
    fn grow(&mut self) {
        let old = (self.origin, self.size);
        for k in 0..2 {
            let (low, high) = (old.0[k], old.0[k] + old.1[k]);
            if self.place[k] < low {
                self.origin[k] = low - old.1[k] - MARGIN;
                self.size[k] = high - self.origin[k];
            } else if self.place[k] >= high {
                self.size[k] = 2 * old.1[k] + MARGIN;
            }
        }
        let mut grown = vec![0; (self.size[0] * self.size[1]) as usize];
        for (row, line) in self.colours.chunks_exact(old.1[0] as usize).enumerate() {
            let at = self.index([old.0[0], old.0[1] + row as i64]);
            grown[at..at + line.len()].copy_from_slice(line);
        }
        self.colours = grown;
    }
}

/// A step to the north, east, south and west: right and down.
pub const STEPS: [[i64; 2]; 4] = [[0, -1], [1, 0], [0, 1], [-1, 0]];

const _: () = assert!(Turn::Left as u8 == 3);
