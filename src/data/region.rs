//! Random regions of a picture: half planes, ellipses, rectangles and blobs. Each is written as a line of text, from which
//! it is made again to the pixel.

use std::fmt::{Display, Formatter};
use std::str::FromStr;

use world::rng::Rng;

/// A part of the unit square, (0, 0) being its upper left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Region {
    /// All points further than `offset` from the centre in a direction.
    HalfPlane {
        /// Direction, turns clockwise from the right.
        angle: f64,
        /// Distance of the border from the centre.
        offset: f64,
    },
    /// An ellipse.
    Ellipse(Frame),
    /// A rectangle.
    Rectangle(Frame),
    /// Where smooth noise is above a level.
    Blobs {
        /// Seed of the noise.
        seed: u64,
        /// Cells of the noise along a side.
        cells: u32,
        /// The level, 0..1.
        level: f64,
    },
}

/// Place, size and direction of a shape.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// Centre, across.
    pub x: f64,
    /// Centre, down.
    pub y: f64,
    /// Half of its length along its own axis.
    pub rx: f64,
    /// Half of its width.
    pub ry: f64,
    /// Direction of its axis, turns clockwise from the right.
    pub angle: f64,
}

/// Numbers in a text have so many parts of one.
const PARTS: f64 = 1000.0;
/// Most cells of noise along a side.
const CELLS: u32 = 64;

impl Region {
    /// A random region; every kind is as likely as another.
    pub fn draw(rng: Rng) -> Self {
        let between = |cell: u64, low: f64, high: f64| rounded(low + (high - low) * rng.unit64(cell));
        let frame = || Frame {
            x: between(1, 0.15, 0.85),
            y: between(2, 0.15, 0.85),
            rx: between(3, 0.15, 0.45),
            ry: between(4, 0.15, 0.45),
            angle: between(5, 0.0, 0.5),
        };
        match rng.below(0, 4) {
            0 => Self::HalfPlane { angle: between(1, 0.0, 1.0), offset: between(2, 0.0, 0.3) },
            1 => Self::Ellipse(frame()),
            2 => Self::Rectangle(frame()),
            _ => Self::Blobs {
                seed: rng.below(1, 1 << 32),
                cells: 2 + rng.below(2, 3) as u32,
                level: between(3, 0.5, 0.62),
            },
        }
    }

    /// Whether it holds a point.
    pub fn contains(&self, x: f64, y: f64) -> bool {
        match *self {
            Self::HalfPlane { angle, offset } => {
                let (sin, cos) = direction(angle);
                (x - 0.5) * cos + (y - 0.5) * sin > offset
            }
            Self::Ellipse(frame) => {
                let (u, v) = frame.own(x, y);
                u * u + v * v < 1.0
            }
            Self::Rectangle(frame) => {
                let (u, v) = frame.own(x, y);
                u.abs() < 1.0 && v.abs() < 1.0
            }
            Self::Blobs { seed, cells, level } => noise(seed, x * cells as f64, y * cells as f64) > level,
        }
    }

    /// Whether it holds the centre of each pixel of a square picture, row after row.
    pub fn pixels(&self, side: usize) -> Vec<bool> {
        let at = |i: usize| (i as f64 + 0.5) / side as f64;
        (0..side * side).map(|i| self.contains(at(i % side), at(i / side))).collect()
    }
}

impl Frame {
    /// A point in units of the shape's half axes.
    fn own(&self, x: f64, y: f64) -> (f64, f64) {
        let (sin, cos) = direction(self.angle);
        let (u, v) = (x - self.x, y - self.y);
        ((u * cos + v * sin) / self.rx, (v * cos - u * sin) / self.ry)
    }
}

fn direction(turns: f64) -> (f64, f64) {
    let angle = turns * core::f64::consts::TAU;
    (libm::sin(angle), libm::cos(angle))
}

fn rounded(v: f64) -> f64 {
    libm::round(v * PARTS) / PARTS
}

/// Value noise: random values at whole points, smooth between them.
fn noise(seed: u64, x: f64, y: f64) -> f64 {
    let rng = Rng::new(seed).named("region");
    let (left, top) = (x.floor(), y.floor());
    let smooth = |t: f64| t * t * (3.0 - 2.0 * t);
    let (u, v) = (smooth(x - left), smooth(y - top));
    let value = |dx: f64, dy: f64| rng.fork((left + dx) as u64).unit64((top + dy) as u64);
    let mix = |a: f64, b: f64, t: f64| a + (b - a) * t;
    mix(mix(value(0.0, 0.0), value(1.0, 0.0), u), mix(value(0.0, 1.0), value(1.0, 1.0), u), v)
}

impl Display for Region {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let frame = |f: &mut Formatter<'_>, name: &str, s: &Frame| {
            write!(f, "{name} {} {} {} {} {}", s.x, s.y, s.rx, s.ry, s.angle)
        };
        match self {
            Self::HalfPlane { angle, offset } => write!(f, "half-plane {angle} {offset}"),
            Self::Ellipse(s) => frame(f, "ellipse", s),
            Self::Rectangle(s) => frame(f, "rectangle", s),
            Self::Blobs { seed, cells, level } => write!(f, "blobs {seed} {cells} {level}"),
        }
    }
}

impl FromStr for Region {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            let kinds = "`half-plane ANGLE OFFSET`, `ellipse X Y RX RY ANGLE`, `rectangle X Y RX RY ANGLE` or `blobs SEED CELLS LEVEL`";
            format!("expected {kinds}, found `{text}`")
        };
        let mut words = text.split(' ');
        let (name, words) = (words.next().unwrap_or(""), words.collect::<Vec<_>>());
        let numbers: Option<Vec<f64>> =
            words.iter().map(|w| w.parse().ok().filter(|v: &f64| v.is_finite())).collect();
        match (name, &numbers.ok_or_else(wrong)?[..]) {
            ("half-plane", &[angle, offset]) => Ok(Self::HalfPlane { angle, offset }),
            ("ellipse", &[x, y, rx, ry, angle]) if rx > 0.0 && ry > 0.0 => {
                Ok(Self::Ellipse(Frame { x, y, rx, ry, angle }))
            }
            ("rectangle", &[x, y, rx, ry, angle]) if rx > 0.0 && ry > 0.0 => {
                Ok(Self::Rectangle(Frame { x, y, rx, ry, angle }))
            }
            ("blobs", &[_, _, level]) => {
                let (seed, cells) = (words[0].parse().ok(), words[1].parse().ok());
                let cells = cells.filter(|n| (1..=CELLS).contains(n));
                let (seed, cells) = seed.zip(cells).ok_or_else(wrong)?;
                Ok(Self::Blobs { seed, cells, level })
            }
            _ => Err(wrong()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_region_is_made_again_from_its_text() {
        let mut kinds = std::collections::BTreeMap::<String, usize>::new();
        for i in 0..400 {
            let region = Region::draw(Rng::new(5).fork(i));
            let text = region.to_string();
            assert_eq!(text.parse(), Ok(region), "{text}");
            *kinds.entry(text.split(' ').next().unwrap().into()).or_default() += 1;
        }
        assert!(kinds.len() == 4 && kinds.values().all(|n| *n > 60), "{kinds:?}");
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "ellipse",
            "ellipse 0 0 1 1",
            "ellipse 0 0 0 1 0",
            "blobs 1 0 0.5",
            "blobs 1 1000000 0.5",
            "blobs -1 2 0.5",
            "half-plane NaN 0",
            "half-plane 0 0 0",
            "moon 1 2",
        ] {
            assert!(text.parse::<Region>().unwrap_err().contains("expected `half-plane"), "{text}");
        }
    }

    /// Areas by counting pixels, against the formulas.
    #[test]
    fn shapes_have_their_areas() {
        let share = |r: Region| {
            let pixels = r.pixels(512);
            pixels.iter().filter(|p| **p).count() as f64 / pixels.len() as f64
        };
        let frame = Frame { x: 0.5, y: 0.45, rx: 0.3, ry: 0.2, angle: 0.13 };
        assert!((share(Region::Ellipse(frame)) - core::f64::consts::PI * 0.06).abs() < 1e-3);
        assert!((share(Region::Rectangle(frame)) - 0.24).abs() < 2e-3);
        assert!((share(Region::HalfPlane { angle: 0.25, offset: 0.2 }) - 0.3).abs() < 2e-3);
        // Blobs are connected areas, not pixels: neighbours mostly agree.
        let blobs = Region::Blobs { seed: 3, cells: 3, level: 0.5 }.pixels(64);
        let same = blobs.windows(2).filter(|w| w[0] == w[1]).count();
        assert!(same > 64 * 64 * 9 / 10 && blobs.contains(&true) && blobs.contains(&false), "{same}");
    }
}
