//! Which cells are skin, and how far the rim is from them.
//!
//! The outline is where a function of place is zero. Between a cell of skin and one outside it, the function's zero
//! gives the distance to the rim in cells, and a held rim pulls as the skin between would: by the displacement over
//! that distance (Gibou, Fedkiw, Cheng and Kang 2002), which keeps the operator symmetric, so that energy is kept, and
//! makes it of second order where a staircase would be of first. Cells nearer than half a cell to the rim are left out
//! and their neighbours reach beyond them: then no pull is stiffer than inside, and the steps need not be shorter.

/// Farthest that the rim can be from a cell next to it, cells.
const FARTHEST: f32 = 1.5;
/// Nearest that it can be.
const NEAREST: f32 = 0.5;

world::choices! {
    /// What a skin does at its rim.
    pub enum Rim {
        /// It is held there: a drum.
        Held: "held",
        /// It ends there: a plate.
        Free: "free",
    }
}

/// Cells of skin with what the rim does to them. Planes have a border of one cell that is never skin; the one on the
/// right is that on the left of the next row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outline {
    /// Cells across.
    pub width: usize,
    /// Cells down.
    pub height: usize,
    /// 1 for skin, else 0.
    pub skin: Vec<f32>,
    /// What a cell is multiplied by in its Laplacian: 4 inside; 0 outside.
    pub diagonal: Vec<f32>,
    /// Number of cells of skin.
    pub cells: usize,
}

impl Outline {
    /// Floats from one row to the next.
    pub fn stride(&self) -> usize {
        self.width + 1
    }
    /// Floats of a plane.
    pub fn floats(&self) -> usize {
        self.stride() * (self.height + 2) + 1
    }
    /// Position of a cell.
    pub fn at(&self, x: usize, y: usize) -> usize {
        (y + 1) * self.stride() + x + 1
    }
    /// Positions of the cells of a row.
    pub fn row(&self, y: usize) -> std::ops::Range<usize> {
        self.at(0, y)..self.at(0, y) + self.width
    }

    /// The skin where `level` is above 0. `level(x, y)` is asked for cells, and for those next to the world's border
    /// (−1 and the size).
    pub fn new((width, height): (usize, usize), rim: Rim, level: impl Fn(isize, isize) -> f32) -> Self {
        let mut outline = Self { width, height, ..Self::default() };
        outline.skin = vec![0.0; outline.floats()];
        outline.diagonal = vec![0.0; outline.floats()];
        let (w, h) = (width as isize, height as isize);
        for y in 0..h {
            for x in 0..w {
                let own = level(x, y);
                let far = |(nx, ny): (isize, isize)| {
                    let next = level(nx, ny);
                    rim == Rim::Free || next > 0.0 || distance(own, next) >= NEAREST - 1e-4
                };
                let is = own > 0.0 && around(x, y).into_iter().all(far);
                let at = outline.at(x as usize, y as usize);
                outline.skin[at] = is as u8 as f32;
                outline.cells += is as usize;
            }
        }
        for y in 0..h {
            for x in 0..w {
                let at = outline.at(x as usize, y as usize);
                if outline.skin[at] > 0.0 {
                    outline.diagonal[at] =
                        around(x, y).map(|n| outline.side((x, y), n, rim, &level)).iter().sum();
                }
            }
        }
        outline
    }

    /// What one side of a cell adds to its diagonal.
    fn side(
        &self,
        (x, y): (isize, isize),
        (nx, ny): (isize, isize),
        rim: Rim,
        level: &impl Fn(isize, isize) -> f32,
    ) -> f32 {
        let (w, h) = (self.width as isize, self.height as isize);
        let within = |x: isize, y: isize| (0..w).contains(&x) && (0..h).contains(&y);
        if within(nx, ny) && self.skin[self.at(nx as usize, ny as usize)] > 0.0 {
            return 1.0;
        }
        if rim == Rim::Free {
            return 0.0;
        }
        let next = level(nx, ny);
        let reach = if next <= 0.0 {
            distance(level(x, y), next)
        } else if within(nx, ny) {
            // The neighbour was left out: the rim is beyond it.
            1.0 + distance(next, level(2 * nx - x, 2 * ny - y).min(0.0))
        } else {
            NEAREST
        };
        1.0 / reach.clamp(NEAREST, FARTHEST)
    }
}

fn around(x: isize, y: isize) -> [(isize, isize); 4] {
    [(x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)]
}

/// Where between two cells a function that is above 0 at the first and not at the second is zero.
fn distance(inside: f32, outside: f32) -> f32 {
    inside / (inside - outside).max(1e-12)
}
