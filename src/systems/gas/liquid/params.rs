//! Knobs of the liquid. Lengths are in heights of the world, so a scene looks the same on finer cells.

use super::grid::{Edge, Grid};
use world::params;
use world::rng::Rng;

world::choices! {
    /// Initial condition.
    pub enum Start {
        /// A column on the left, held by a dam that is gone.
        Dam: "dam",
        /// A pool at rest.
        Pool: "pool",
        /// A ball in the air.
        Blob: "blob",
        /// A ball that turns, clockwise.
        Spin: "spin",
        /// Nothing.
        Empty: "empty",
    }
}

params! {
    /// Knobs of the liquid; heights are heights of the world.
    pub struct LiquidKnobs {
        /// Gravity.
        gravity: f32 = 1.0 in 0.0..=8.0, unit "heights/s²";
        /// Direction of gravity: 0 is down, above 0 to the right.
        tilt: f32 = 0.0 in -0.5..=0.5, unit "turns";
        /// How far gravity sways to either side.
        sway: f32 = 0.025 in 0.0..=0.25, unit "turns";
        /// Period of the sway.
        sway_period: f32 = 5.5 in 0.5..=120.0, Log, unit "s";
        /// How fast time passes.
        pace: f32 = 1.0 in 0.0..=4.0;
        /// Steps a tick, at most; there are more where the liquid is faster.
        substeps: u32 = 2 in 1..=8;
        /// Kinematic viscosity: 0 is water, 0.01 syrup.
        viscosity: f32 = 0.0 in 0.0..=0.1, unit "heights²/s";
        /// Surface tension over density: it rounds what is small.
        tension: f32 = 0.0 in 0.0..=0.001, unit "heights³/s²";
        /// Left side; `periodic` needs the opposite side to be periodic too, else it is a wall.
        left: Choice of Edge = "closed";
        /// Right side.
        right: Choice of Edge = "closed";
        /// Top side.
        top: Choice of Edge = "closed";
        /// Bottom side.
        bottom: Choice of Edge = "closed";
        /// The `obstacle` input is solid above this.
        threshold: f32 = 0.5 in 0.0..=1.0;
        /// Strength of the `force` input: acceleration where the input is 1.
        force_gain: f32 = 1.0 in 0.0..=20.0, unit "heights/s²";
        /// Initial condition.
        start: Choice of Start = "dam", rebirth;
        /// Share of the world that is liquid at the start.
        level: f32 = 0.36 in 0.0..=1.0, rebirth;
        /// Most particles; four fill a cell. What would be more is not poured.
        particles: u32 = 200_000 in 1_000..=200_000;
        /// Speed of a fountain; 0 is none.
        fountain: f32 = 0.0 in 0.0..=4.0, unit "heights/s";
        /// Place of the fountain across, as a fraction of the width.
        fountain_x: f32 = 0.2 in 0.0..=1.0;
        /// Place of the fountain down, as a fraction of the height.
        fountain_y: f32 = 0.3 in 0.0..=1.0;
        /// Direction of the fountain: 0 is up, 0.25 to the right.
        fountain_angle: f32 = 0.15 in -0.5..=0.5, unit "turns";
        /// Width of the fountain.
        fountain_width: f32 = 0.05 in 0.005..=0.3, unit "heights";
        /// Width of a hole in a closed bottom, as a fraction of the width.
        drain: f32 = 0.0 in 0.0..=1.0;
        /// Place of the hole, as a fraction of the width.
        drain_x: f32 = 0.5 in 0.0..=1.0;
        /// Rate at which the `source` input fills cells where it is 1, and empties them where it is −1.
        source_gain: f32 = 4.0 in 0.0..=60.0, unit "1/s";
        /// Rate at which touches pour, and take away.
        pour: f32 = 6.0 in 0.0..=60.0, unit "1/s";
        /// How hard touches push.
        push: f32 = 1.0 in 0.0..=4.0;
        /// Layers of colour at the start, from the top down.
        colours: u32 = 4 in 1..=16;
        /// Hue of the first layer and of what is poured, in turns: 0 red, 1/3 green, 2/3 blue.
        hue: f32 = 0.5 in 0.0..=1.0, unit "turns";
        /// Hue from the first layer to the last.
        hue_spread: f32 = 0.22 in 0.0..=1.0, unit "turns";
        /// How fast the hue of what is poured goes round.
        hue_drift: f32 = 0.0 in -2.0..=2.0, unit "turns/s";
        /// Springs of colour in the liquid, from the hue of the first layer to that of the last.
        springs: u32 = 4 in 0..=64;
        /// Radius of a spring.
        spring_radius: f32 = 0.05 in 0.005..=0.3, unit "heights";
        /// How quickly the `dye` input colours the liquid: fraction of the difference taken each tick.
        inject: f32 = 0.1 in 0.0..=1.0;
        /// How quickly colours mix with those beside them.
        mixing: f32 = 0.5 in 0.0..=20.0, unit "1/s";
        /// How long foam lasts.
        foam: f32 = 1.2 in 0.1..=20.0, unit "s";
        /// How deep light reaches in `picture`.
        clarity: f32 = 0.3 in 0.05..=4.0, Log, unit "heights";
        /// Brightness behind the liquid in `picture`.
        backdrop: f32 = 0.45 in 0.0..=1.0;
    }
}

impl LiquidKnobs {
    /// The world that these knobs make.
    pub fn grid(&self, (w, h): (usize, usize)) -> Grid {
        let grid = Grid::new((w, h), [self.left, self.right, self.top, self.bottom]);
        let (middle, half) = (self.drain_x * w as f32, 0.5 * self.drain * w as f32);
        let column = |x: f32| libm::roundf(x.clamp(0.0, w as f32)) as usize;
        let hole = [column(middle - half), column(middle + half)];
        if self.drain > 0.0 { grid.with_hole(hole) } else { grid }
    }

    /// Gravity at a time in seconds, heights/s².
    pub fn gravity_at(&self, seconds: f64) -> [f32; 2] {
        let swing = libm::sin(core::f64::consts::TAU * seconds / self.sway_period.max(0.1) as f64);
        let angle = core::f64::consts::TAU * (self.tilt as f64 + self.sway as f64 * swing);
        [(self.gravity as f64 * libm::sin(angle)) as f32, (self.gravity as f64 * libm::cos(angle)) as f32]
    }
}

/// A liquid with something to see: a dam, a pool that sways, a ball, or a fountain over a drain.
pub fn habitat(rng: Rng) -> Vec<(&'static str, f64)> {
    let between = |cell: u64, lo: f64, hi: f64| lo + (hi - lo) * rng.unit64(cell);
    let mut knobs = vec![
        ("gravity", between(0, 0.6, 2.0)),
        ("level", between(1, 0.2, 0.5)),
        ("sway", between(2, 0.01, 0.06)),
        ("colours", (2.0 + 5.0 * rng.unit64(3)).floor()),
        ("hue", rng.unit64(4)),
        ("hue_spread", between(5, 0.15, 0.6)),
        ("pace", between(6, 0.7, 1.3)),
        ("tilt", 0.0),
        ("top", 0.0),
        ("drain", 0.0),
        ("fountain", 0.0),
        ("start", rng.below(7, 3) as f64),
    ];
    if rng.below(8, 3) == 0 {
        let set = [
            ("fountain", between(9, 0.6, 1.4)),
            ("drain", between(10, 0.05, 0.2)),
            ("fountain_y", between(11, 0.1, 0.4)),
        ];
        knobs.retain(|k| !set.iter().any(|s| s.0 == k.0));
        knobs.extend(set);
    }
    knobs
}
