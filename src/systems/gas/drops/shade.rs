//! Colours of a relief: drops of water before a night sky, or of mercury, lit from the upper left; and stones.
//!
//! Water: where a dome is steep, light from behind is bent: dark towards the lamp, a bright crescent away from it, and a
//! highlight where the surface mirrors the lamp. Mercury mirrors a room: a bright sky, a dark horizon, a dim floor.

use super::params::Look;

/// Direction of the lamp.
const LAMP: [f32; 2] = [-0.53, -0.85];
/// Slope at which the lamp is mirrored.
const MIRROR: [f32; 2] = [-0.33, -0.53];
/// Of the lamp.
const LIGHT: [f32; 3] = [1.0, 0.95, 0.86];

/// What a pixel is drawn from.
pub struct Relief {
    /// Share of liquid.
    pub phase: f32,
    /// Slope of the liquid's dome across and down, downhill positive.
    pub slope: [f32; 2],
    /// Share of solid, and slope of its dome.
    pub solid: [f32; 3],
    /// 0 at the top of the world, 1 at its bottom.
    pub up: f32,
}

/// Colours, linear RGB.
pub struct Palette {
    look: Look,
    /// Of the night, at the top and at the bottom.
    night: [[f32; 3]; 2],
    /// Of vapour where it is dense.
    fog: [f32; 3],
    /// Of light that has passed through liquid or that it mirrors, dim and bright.
    liquid: [[f32; 3]; 2],
    /// Of solids.
    stone: [f32; 3],
}

const WATER: Palette = Palette {
    look: Look::Water,
    night: [[0.004, 0.006, 0.018], [0.022, 0.018, 0.050]],
    fog: [0.10, 0.13, 0.22],
    liquid: [[0.005, 0.036, 0.070], [0.30, 0.82, 0.95]],
    stone: [0.20, 0.125, 0.075],
};

const MERCURY: Palette = Palette {
    look: Look::Mercury,
    night: [[0.020, 0.013, 0.010], [0.050, 0.030, 0.020]],
    fog: [0.16, 0.12, 0.09],
    liquid: [[0.030, 0.030, 0.036], [0.86, 0.87, 0.90]],
    stone: [0.11, 0.045, 0.020],
};

fn mix(a: [f32; 3], b: [f32; 3], t: f32) -> [f32; 3] {
    core::array::from_fn(|c| a[c] + t * (b[c] - a[c]))
}

/// From 0 to 1 as `v` goes from `low` to `high`, smoothly.
fn step(low: f32, high: f32, v: f32) -> f32 {
    let t = ((v - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// A slope, at most 1 long.
fn bounded([x, y]: [f32; 2]) -> [f32; 2] {
    let long = (x * x + y * y).sqrt().max(1.0);
    [x / long, y / long]
}

impl Palette {
    /// The palette of a look.
    pub fn of(look: Look) -> Self {
        if look == Look::Mercury { MERCURY } else { WATER }
    }

    /// The colour of a pixel.
    pub fn colour(&self, at: &Relief) -> [f32; 3] {
        let night = mix(self.night[0], self.night[1], at.up * at.up);
        let mut colour = mix(night, self.fog, 0.6 * at.phase.min(0.5));
        if at.phase > 0.02 {
            let slope = bounded(at.slope);
            // Sharper than the interface is.
            let body = step(0.30, 0.66, at.phase);
            let wet = match self.look {
                Look::Water => self.water(slope, at.up),
                Look::Mercury => self.mercury(slope, at.up),
            };
            let rim = 4.0 * at.phase * (1.0 - at.phase).max(0.0);
            let lit = (0.5 - 0.5 * (slope[0] * LAMP[0] + slope[1] * LAMP[1])).clamp(0.0, 1.0);
            let glow = if self.look == Look::Water { 0.13 * rim * rim * lit } else { 0.0 };
            colour = mix(colour, wet, body);
            colour = core::array::from_fn(|c| colour[c] + glow * self.liquid[1][c]);
        }
        let [share, x, y] = at.solid;
        if share > 0.0 {
            colour = mix(colour, self.rock(bounded([x, y])), step(0.22, 0.62, share));
        }
        colour.map(|v| v.clamp(0.0, 1.2))
    }

    /// Light through liquid whose surface has a slope.
    fn water(&self, slope: [f32; 2], up: f32) -> [f32; 3] {
        let toward = slope[0] * LAMP[0] + slope[1] * LAMP[1];
        let crescent = (-toward).max(0.0);
        let dark = 1.0 - 0.75 * toward.max(0.0);
        let light = 0.085 - 0.06 * up + 0.78 * crescent * crescent;
        let through = mix(self.liquid[0], self.liquid[1], light).map(|c| c * dark);
        let shine = highlight(slope, 11.0);
        core::array::from_fn(|c| through[c] + shine * LIGHT[c])
    }

    /// What a mirror of a slope shows of a room.
    fn mercury(&self, slope: [f32; 2], up: f32) -> [f32; 3] {
        let [x, y] = slope;
        // How high the mirrored ray goes: 1 straight up, −1 down; the eye is before the drop.
        let high = -1.6 * y - 0.35 * x - 0.30 * (up - 0.5);
        let sky = step(-0.30, 0.60, high) * (1.0 - 0.55 * step(0.7, 1.5, high));
        let floor = 0.42 * step(0.16, 0.9, -high) * (1.0 - 0.6 * step(1.0, 1.7, -high));
        let room = 0.10 + 0.90 * (sky + floor);
        let steep = (x * x + y * y).min(1.0);
        let tone = mix(self.liquid[0], self.liquid[1], room * (1.0 - 0.5 * steep * steep));
        // The lamp is warm, the floor cool.
        let tint = [1.0 - 0.10 * floor, 1.0 - 0.03 * sky, 1.0 - 0.10 * sky + 0.04 * floor];
        let shine = highlight(slope, 16.0);
        core::array::from_fn(|c| tone[c] * tint[c] + shine * LIGHT[c])
    }

    /// A stone lit from the lamp.
    fn rock(&self, slope: [f32; 2]) -> [f32; 3] {
        let toward = (slope[0] * LAMP[0] + slope[1] * LAMP[1]).clamp(-1.0, 1.0);
        let light = 0.10 + 0.9 * toward.max(0.0) + 0.05 * (-toward).max(0.0);
        self.stone.map(|c| c * light)
    }
}

/// The lamp in a surface of a slope: narrow where `sharp` is large.
fn highlight([x, y]: [f32; 2], sharp: f32) -> f32 {
    let (dx, dy) = (x - MIRROR[0], y - MIRROR[1]);
    let near = (1.0 - (dx * dx + dy * dy) * sharp).max(0.0);
    near * near * near
}
