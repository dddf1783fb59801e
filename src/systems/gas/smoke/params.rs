//! Knobs of the smoke.

use super::advect::Scheme;
use super::sides::{Side, Sides};
use world::params;
use world::params::Choice as _;
use world::rng::Rng;

world::choices! {
    /// What touches do.
    pub enum Hand {
        /// Pour smoke; with negative strength take it away.
        Smoke: "smoke",
        /// Pour burning fuel; with negative strength put out what burns.
        Fire: "fire",
        /// Pour fuel that does not burn yet.
        Fuel: "fuel",
        /// Move the gas only.
        Push: "push",
        /// Are solid bodies in the gas.
        Solid: "solid",
    }
}

world::choices! {
    /// What is there at the start.
    pub enum Start {
        /// Burners that have been burning for some seconds.
        Burning: "burning",
        /// Clear air, a little stirred.
        Clear: "clear",
    }
}

params! {
    /// Knobs of the smoke. Lengths are heights of the world, so a picture is the same at any number of cells.
    pub struct SmokeKnobs {
        /// How fast time runs; 0 stops it.
        speed: f32 = 1.0 in 0.0..=4.0;
        /// Steps per tick: more follow fast gas more closely.
        steps: u32 = 1 in 1..=8, unit "steps/tick";
        /// How velocity, smoke and heat are carried along: `clamp` and `revert` are sharp, `semi_lagrangian` blurs,
        /// `maccormack` overshoots at edges.
        scheme: Choice of Scheme = "clamp";
        /// Carries the reflected flow in every second step, which keeps swirls turning; it fades near open sides.
        reflection: bool = true;
        /// Vorticity confinement: gives small swirls back what the grid takes from them.
        confinement: f32 = 2.5 in 0.0..=30.0, unit "1/s";
        /// Kinematic viscosity: above 0 the gas turns syrupy, and `stick` and `moving` sides hold it.
        viscosity: f32 = 0.0 in 0.0..=0.01, unit "heights²/s";
        /// How fast the gas comes to rest.
        drag: f32 = 0.1 in 0.0..=5.0, unit "1/s";
        /// The side on the left; `periodic` needs the opposite side to be periodic too, else it is a wall.
        left: Choice of Side = "open";
        /// The side on the right.
        right: Choice of Side = "open";
        /// The side at the top.
        top: Choice of Side = "open";
        /// The side at the bottom.
        bottom: Choice of Side = "slip";
        /// Speed of `moving` sides along themselves, clockwise round the world; felt where `viscosity` is above 0.
        wall_speed: f32 = 0.5 in -2.0..=2.0, unit "heights/s";
        /// What is there at the start: burners that have been burning for some seconds, or clear air.
        start: Choice of Start = "burning", rebirth;
        /// Pressure solver: fraction of the divergence that may be left.
        tolerance: f32 = 0.0001 in 0.000001..=0.1, Log;
        /// Pressure solver: most V-cycles in a step.
        cycles: u32 = 16 in 1..=64;
        /// How hard heat lifts the gas: acceleration at 1000 K above the air outside.
        buoyancy: f32 = 2.0 in -10.0..=10.0, unit "heights/s²";
        /// How hard smoke of density 1 pulls the gas down.
        weight: f32 = 0.15 in -5.0..=5.0, unit "heights/s²";
        /// Acceleration of the wind to the right.
        wind_x: f32 = 0.0 in -5.0..=5.0, unit "heights/s²";
        /// Acceleration of the wind downwards.
        wind_y: f32 = 0.0 in -5.0..=5.0, unit "heights/s²";
        /// Strength of the `force` input: acceleration where it is 1.
        force_gain: f32 = 2.0 in 0.0..=50.0, unit "heights/s²";
        /// Temperature of the air outside.
        ambient: f32 = 293.0 in 0.0..=1000.0, unit "K";
        /// Temperature above which fuel burns.
        ignition: f32 = 550.0 in 0.0..=3000.0, unit "K";
        /// How fast hot fuel burns in fresh air.
        burning: f32 = 5.0 in 0.0..=60.0, unit "1/s";
        /// Fresh air that a unit of fuel needs; at 0 it burns without air.
        air_need: f32 = 1.2 in 0.0..=8.0;
        /// How fast fresh air mixes into burnt gas everywhere, so that fire lives in a closed world too.
        fresh_air: f32 = 0.3 in 0.0..=10.0, unit "1/s";
        /// Temperature that a unit of fuel adds.
        heat: f32 = 2600.0 in 0.0..=8000.0, unit "K";
        /// Smoke that a unit of fuel makes.
        soot: f32 = 1.1 in 0.0..=5.0;
        /// How much a unit of fuel swells the gas as it burns.
        expansion: f32 = 0.25 in 0.0..=2.0;
        /// Radiation, ∝ T⁴: how fast gas cools, per second, at 2000 K above the air outside.
        cooling: f32 = 2.4 in 0.0..=20.0, unit "1/s";
        /// Cooling that does not depend on temperature.
        chill: f32 = 0.25 in 0.0..=10.0, unit "1/s";
        /// How fast smoke thins out.
        fade: f32 = 0.1 in 0.0..=10.0, unit "1/s";
        /// Burners, side by side; 0 is none.
        burners: u32 = 3 in 0..=16;
        /// Position of the burners across, as a fraction of the width.
        burner_x: f32 = 0.5 in 0.0..=1.0;
        /// Position of the burners down, as a fraction of the height.
        burner_y: f32 = 0.95 in 0.0..=1.0;
        /// From the first burner to the last, as a fraction of the width.
        burner_spread: f32 = 0.12 in 0.0..=1.0;
        /// Radius of a burner.
        burner_radius: f32 = 0.06 in 0.0..=0.5, unit "heights";
        /// Fuel of the burners: at which rate it flows.
        burner_fuel: f32 = 7.0 in 0.0..=60.0, unit "1/s";
        /// Smoke of the burners.
        burner_smoke: f32 = 0.4 in 0.0..=60.0, unit "1/s";
        /// Temperature of what burners give, above the air outside.
        burner_heat: f32 = 1100.0 in 0.0..=3000.0, unit "K";
        /// How much burners flicker and sway.
        flicker: f32 = 0.6 in 0.0..=1.0;
        /// Smoke where the `source` input is 1.
        source_gain: f32 = 4.0 in 0.0..=60.0, unit "1/s";
        /// Fuel where the `fuel` input is 1.
        fuel_gain: f32 = 6.0 in 0.0..=60.0, unit "1/s";
        /// Temperature of fuel from the `fuel` input, above the air outside: below `ignition` it waits for a flame.
        fuel_heat: f32 = 900.0 in 0.0..=3000.0, unit "K";
        /// How quickly the `dye` input colours the gas.
        dye_gain: f32 = 4.0 in 0.0..=60.0, unit "1/s";
        /// What touches do: pour smoke, fire or fuel, push only, or be solid.
        hand: Choice of Hand = "fire";
        /// How much touches pour.
        pour: f32 = 14.0 in 0.0..=60.0, unit "1/s";
        /// How hard touches push: 1 gives the gas their own speed.
        push: f32 = 1.0 in 0.0..=4.0;
        /// The `obstacle` input is solid above this.
        threshold: f32 = 0.5 in 0.0..=1.0;
        /// Radius of a solid disc; it drags the gas along as it moves; 0 is none.
        disc: f32 = 0.0 in 0.0..=0.5, unit "heights";
        /// Position of the disc across, as a fraction of the width.
        disc_x: f32 = 0.5 in 0.0..=1.0;
        /// Position of the disc down, as a fraction of the height.
        disc_y: f32 = 0.4 in 0.0..=1.0;
        /// Brightness of the fire in the picture `fire`.
        exposure: f32 = 1.0 in 0.0..=10.0;
        /// Light on the smoke in the picture `fire`, from above.
        daylight: f32 = 0.6 in 0.0..=4.0;
        /// Where the daylight comes from: −1 left, 0 straight above, 1 right.
        daylight_x: f32 = -0.5 in -1.0..=1.0;
        /// Light of the fire on the smoke round it.
        glow: f32 = 1.0 in 0.0..=4.0;
        /// How thick smoke looks in the picture `fire`.
        thickness: f32 = 1.0 in 0.0..=10.0;
        /// Crackles a second of a fire that burns a hundredth of the world's fuel a second; for voices.
        crackle: f32 = 8.0 in 0.0..=400.0, unit "1/s";
    }
}

impl SmokeKnobs {
    /// The four sides.
    pub fn sides(&self) -> Sides {
        Sides { left: self.left, right: self.right, top: self.top, bottom: self.bottom }
    }
}

/// A fire, a smoking vent or a closed box of swirling smoke.
pub fn habitat(r: Rng) -> Vec<(&'static str, f64)> {
    let fire = r.unit(0) < 0.6;
    let closed = r.unit(1) < 0.25;
    let side = if closed { Side::Slip } else { Side::Open }.index() as f64;
    vec![
        ("left", side),
        ("right", side),
        ("top", side),
        ("bottom", Side::Slip.index() as f64),
        ("burners", 1.0 + (4.0 * r.unit64(2)).floor()),
        ("burner_x", 0.3 + 0.4 * r.unit64(3)),
        ("burner_y", 0.8 + 0.18 * r.unit64(4)),
        ("burner_spread", 0.35 * r.unit64(5)),
        ("burner_radius", 0.02 + 0.05 * r.unit64(6)),
        ("burner_fuel", if fire { 4.0 + 8.0 * r.unit64(7) } else { 0.0 }),
        ("burner_smoke", if fire { r.unit64(8) } else { 3.0 + 6.0 * r.unit64(8) }),
        ("burner_heat", if fire { 1100.0 } else { 150.0 + 500.0 * r.unit64(9) }),
        ("confinement", 1.0 + 5.0 * r.unit64(10)),
        ("disc", if r.unit(11) < 0.3 { 0.05 + 0.08 * r.unit64(12) } else { 0.0 }),
        ("disc_x", 0.3 + 0.4 * r.unit64(13)),
        ("disc_y", 0.25 + 0.3 * r.unit64(14)),
        ("viscosity", 0.0),
        ("wind_x", 0.6 * (r.unit64(15) - 0.5)),
        ("wind_y", 0.0),
        ("speed", 1.0),
    ]
}
