//! Where the discs move: a rectangle, each pair of whose sides is joined or is two walls that may move.

/// A side of the rectangle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// x = 0.
    Left,
    /// x = width.
    Right,
    /// y = 0.
    Top,
    /// y = height.
    Bottom,
}

impl Side {
    /// All four.
    pub const ALL: [Self; 4] = [Self::Left, Self::Right, Self::Top, Self::Bottom];

    /// 0 for left and right, 1 for top and bottom.
    #[inline(always)]
    pub fn axis(self) -> usize {
        self as usize / 2
    }
    /// Whether it is at the low end of its axis: left or top.
    #[inline(always)]
    pub fn is_low(self) -> bool {
        matches!(self, Self::Left | Self::Top)
    }
    /// Inwards along the axis: 1, or −1 for right and bottom.
    #[inline(always)]
    pub fn inwards(self) -> f64 {
        1.0 - 2.0 * (self as usize % 2) as f64
    }
    /// The side at the low (`false`) or the high end of an axis.
    #[inline(always)]
    pub fn of(axis: usize, high: bool) -> Self {
        Self::ALL[2 * axis + high as usize]
    }
}

/// A wall: a line that moves at a constant speed along its axis.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Wall {
    /// Where it is at time 0, cells.
    pub place: f64,
    /// Its speed, cells/step.
    pub speed: f64,
}

/// The rectangle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arena {
    /// Width and height, cells.
    pub size: [f64; 2],
    /// Whether left and right, top and bottom are joined.
    pub wraps: [bool; 2],
    /// The walls, by [`Side`]; unused where sides are joined.
    pub walls: [Wall; 4],
}

impl Arena {
    /// A rectangle with walls at rest where sides are not joined.
    pub fn new(size: [f64; 2], wraps: [bool; 2]) -> Self {
        let at = |place| Wall { place, speed: 0.0 };
        Self { size, wraps, walls: [at(0.0), at(size[0]), at(0.0), at(size[1])] }
    }

    /// Area, cells².
    pub fn area(&self) -> f64 {
        self.size[0] * self.size[1]
    }

    /// The shortest of a vector's images.
    #[inline(always)]
    pub fn nearest(&self, mut r: [f64; 2]) -> [f64; 2] {
        for (r, (&size, wraps)) in r.iter_mut().zip(self.size.iter().zip(self.wraps)) {
            if wraps {
                *r -= if *r > 0.5 * size { size } else { 0.0 };
                *r += if *r < -0.5 * size { size } else { 0.0 };
            }
        }
        r
    }

    /// Where sides are joined, the image inside of a position less than one rectangle away; elsewhere the position itself.
    pub fn inside(&self, mut at: [f64; 2]) -> [f64; 2] {
        for (at, (&size, wraps)) in at.iter_mut().zip(self.size.iter().zip(self.wraps)) {
            if wraps {
                *at += if *at < 0.0 { size } else { 0.0 };
                *at -= if *at >= size { size } else { 0.0 };
            }
        }
        at
    }

    /// Height of a disc's rim above a wall, and its velocity towards the inside, at a time.
    #[inline(always)]
    pub fn above(&self, side: Side, place: f64, velocity: f64, radius: f64, now: f64) -> (f64, f64) {
        let (wall, sign) = (&self.walls[side as usize], side.inwards());
        (sign * (place - wall.place - wall.speed * now) - radius, sign * (velocity - wall.speed))
    }
}
