//! Boundary conditions of the four sides.

world::choices! {
    /// Boundary condition of a side.
    pub enum BoundaryCondition {
        /// Periodic: continues at the opposite side.
        Periodic: "periodic",
        /// A wall at rest.
        Wall: "wall",
        /// A wall that moves along itself, clockwise round the world.
        Moving: "moving",
        /// Gas enters at a given speed.
        Inflow: "inflow",
        /// Gas leaves; the pressure is held softly.
        Outflow: "outflow",
    }
}

/// All four sides and their speeds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BoundaryConditions {
    /// Left side.
    pub left: BoundaryCondition,
    /// Right side.
    pub right: BoundaryCondition,
    /// Top side.
    pub top: BoundaryCondition,
    /// Bottom side.
    pub bottom: BoundaryCondition,
    /// Speed of moving walls, cells/step; clockwise if positive.
    pub wall_speed: f32,
    /// Speed at which gas enters, cells/step.
    pub inflow: f32,
}

/// What a population that leaves a cell meets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BoundaryKind {
    /// The cell at this position (wrapped).
    Cell(usize, usize),
    /// A boundary half-way, moving at this velocity.
    Boundary(f32, f32),
    /// An open side.
    Open,
}

impl BoundaryConditions {
    /// All sides periodic.
    pub const TORUS: Self = Self {
        left: BoundaryCondition::Periodic,
        right: BoundaryCondition::Periodic,
        top: BoundaryCondition::Periodic,
        bottom: BoundaryCondition::Periodic,
        wall_speed: 0.0,
        inflow: 0.0,
    };

    /// Whether the world is periodic across.
    pub fn wraps_across(&self) -> bool {
        self.left == BoundaryCondition::Periodic && self.right == BoundaryCondition::Periodic
    }
    /// Whether the world is periodic downwards.
    pub fn wraps_down(&self) -> bool {
        self.top == BoundaryCondition::Periodic && self.bottom == BoundaryCondition::Periodic
    }

    /// The boundary at (`x`, `y`) of a world of `width`×`height`. A corner between two sides takes the first condition
    /// in this order: wall, then moving wall, then inflow, then outflow. A periodic side whose opposite is not is a
    /// wall.
    pub fn beyond(&self, x: isize, y: isize, width: usize, height: usize) -> BoundaryKind {
        let (w, h) = (width as isize, height as isize);
        let across = if (0..w).contains(&x) || self.wraps_across() {
            None
        } else {
            Some(if x < 0 { (self.left, 0.0, -1.0, 1.0, 0.0) } else { (self.right, 0.0, 1.0, -1.0, 0.0) })
        };
        let down = if (0..h).contains(&y) || self.wraps_down() {
            None
        } else {
            Some(if y < 0 { (self.top, 1.0, 0.0, 0.0, 1.0) } else { (self.bottom, -1.0, 0.0, 0.0, -1.0) })
        };
        let side = match (across, down) {
            (None, None) => return BoundaryKind::Cell(x.rem_euclid(w) as usize, y.rem_euclid(h) as usize),
            (Some(s), None) | (None, Some(s)) => s,
            (Some(a), Some(d)) => {
                if precedence(a.0) <= precedence(d.0) {
                    a
                } else {
                    d
                }
            }
        };
        let (edge, along_x, along_y, inward_x, inward_y) = side;
        match edge {
            BoundaryCondition::Periodic | BoundaryCondition::Wall => BoundaryKind::Boundary(0.0, 0.0),
            BoundaryCondition::Moving => {
                BoundaryKind::Boundary(along_x * self.wall_speed, along_y * self.wall_speed)
            }
            BoundaryCondition::Inflow => {
                BoundaryKind::Boundary(inward_x * self.inflow, inward_y * self.inflow)
            }
            BoundaryCondition::Outflow => BoundaryKind::Open,
        }
    }
}

fn precedence(edge: BoundaryCondition) -> u8 {
    match edge {
        BoundaryCondition::Periodic | BoundaryCondition::Wall => 0,
        BoundaryCondition::Moving => 1,
        BoundaryCondition::Inflow => 2,
        BoundaryCondition::Outflow => 3,
    }
}
