//! `membrane`: a skin or plate of any shape that vibrates at audio rate, is struck, shaken, driven by fields and by the
//! room's sound, and is heard. Sand finds its nodes.
//!
//! Reading order: [`outline`] (where the skin is), [`kernel`] and [`plate`] (one step), [`skin`] (the solver alone);
//! [`shape`], [`spot`], [`strike`], [`shaker`], [`drive`] (what acts on it); [`listen`], [`seen`] (what is heard and seen of
//! it); [`instrument`] (a tick of all that); [`sand`], [`picture`], [`knobs`]; then this file, which holds the system.

use world::audible::samples_of_tick;
use world::field::Field;
use world::rng::Rng;
use world::system::{Env, Fault, InitContext, System};
use world::view::{Sampling, View};

mod drive;
mod instrument;
pub mod kernel;
pub mod knobs;
mod listen;
pub mod outline;
mod picture;
pub mod plate;
mod sand;
mod seen;
mod shaker;
mod shape;
pub mod skin;
mod spot;
mod strike;
#[cfg(test)]
mod tests;

use instrument::{Acting, Instrument, LOUDEST, Limits};
pub use knobs::MembraneKnobs;
use sand::Sand;
use shape::Shape;
use skin::Skin;

/// Most cells; each takes about 80 bytes.
const MOST_CELLS: usize = 1 << 24;
/// Longest tick, s.
const LONGEST_TICK: f32 = 0.1;
world::inputs! {
    /// Fields that may drive it.
    pub enum Input {
        /// Skin where above the knob `threshold`, whose line is its rim
        Shape: "shape" scalar 0.0..=1.0;
        /// Bends the skin, times the knob `drive_gain`
        Drive: "drive" scalar -1.0..=1.0;
        /// Strikes where it rises, times the knob `excite_gain`
        Excite: "excite" scalar 0.0..=1.0;
    }
}

world::outputs! {
    /// Fields that it shows.
    pub enum Output {
        /// Picture: the skin lit by its slope, its motion slowed down, and sand
        Picture: "picture" colour;
        /// Displacement at the end of the tick
        Displacement: "displacement" scalar -0.3..=0.3;
        /// Speed upwards at the end of the tick, in displacements at the knob `pitch`
        Velocity: "velocity" scalar -1.5..=1.5;
        /// Root mean square of the displacement over the tick
        Envelope: "envelope" scalar 0.0..=0.15;
        /// The shaker's tone in the skin, slowed down to half a turn a second
        Slow: "slow" scalar -0.2..=0.2;
        /// Grains of sand on each cell
        Sand: "sand" scalar 0.0..=8.0;
        /// Sand at most one grain a cell: 1 where there is any
        Grains: "grains" scalar 0.0..=1.0;
        /// 1 where there is skin
        Skin: "skin" scalar 0.0..=1.0;
    }
}

world::readouts! {
    /// What it reports each tick.
    pub enum Readout {
        /// Mean square of the displacement over the skin and the tick
        Energy: "energy" 0.0..=0.006;
        /// Loudness at the listening points, root mean square, 0 to 1
        Loudness: "loudness" 0.0..=0.3;
        /// Strongest displacement at the end of the tick
        Peak: "peak" 0.0..=0.5;
        /// Pitch of the shaker, Hz
        Tone: "tone" 100.0..=1200.0;
        /// Share of the sand that lies still
        Settled: "settled" 0.0..=1.0;
        /// Share of the world that is skin
        Skin: "skin" 0.0..=1.0;
        /// Blows that began in the tick
        Blows: "blows" 0.0..=4.0;
    }
}

/// A vibrating skin.
pub struct Membrane {
    instrument: Instrument,
    shape: Shape,
    sand: Sand,
    strewing: Rng,
    glow: f32,
}

impl System for Membrane {
    const NAME: &'static str = "membrane";
    const ABOUT: &'static str = "A drum skin or plate of any shape, at audio rate: struck, shaken, driven by fields and by the room's sound, \
        heard at two points, with sand on it (finite differences: Bilbao 2009; Chladni 1787).";
    const FAMILY: &'static str = "gas";
    const WARM_UP: u64 = 120;
    const REDRAWN: bool = true;
    const AUDIO: bool = true;
    const HEARS: bool = true;
    type Input = Input;
    type Output = Output;
    type Readout = Readout;
    type Params = MembraneKnobs;

    fn new(knobs: &MembraneKnobs, birth: &InitContext) -> Result<Self, Fault> {
        let (w, h) = (birth.width, birth.height);
        if w * h > MOST_CELLS {
            let most = format!("{w}×{h} cells are too many for the membrane; it takes up to {MOST_CELLS}");
            return Err(Fault::at("size", most));
        }
        let mut shape = Shape::default();
        let outline = shape.update(knobs, (w, h), None).expect("the first outline is new");
        let strewing = birth.rng.named("sand");
        let mut sand = Sand::default();
        sand.strew(&outline, knobs.grains as usize, strewing);
        let skin = Skin::new(outline, knobs.rim);
        let instrument = Instrument::new(skin, birth.rng.named("shaker"), knobs.shake_pitch);
        Ok(Self { instrument, shape, sand, strewing, glow: knobs.glow })
    }

    fn step(&mut self, knobs: &MembraneKnobs, env: &Env) {
        let seconds = if env.dt.is_finite() { env.dt.clamp(0.0, LONGEST_TICK) } else { 0.0 };
        let outline = self.instrument.skin.outline();
        let size = (outline.width, outline.height);
        if let Some(outline) = self.shape.update(knobs, size, env.input(Input::Shape)) {
            self.instrument.skin.set_outline(outline, knobs.rim);
        }
        self.instrument.play(
            knobs,
            &Acting {
                drive: env.input(Input::Drive),
                excite: env.input(Input::Excite),
                touches: env.touches,
                rng: env.rng,
                samples: samples_of_tick(env.tick, seconds),
                seconds,
            },
        );
        self.glow = knobs.glow;
        self.pour_sand(knobs, env);
    }

    fn show(&self, port: Output, view: &View, into: &mut Field) {
        let Instrument { skin, seen, per_step, .. } = &self.instrument;
        let outline = skin.outline();
        let size = (outline.width, outline.height);
        if port == Output::Picture {
            let big = picture::size(size, into.size());
            let mut canvas = Field::new(big.0, big.1, 3);
            picture::draw(outline, seen, &self.sand, skin.displacement(), self.glow, &mut canvas);
            let row = |plane: usize, y: usize, row: &mut [f32]| row.copy_from_slice(canvas.row(plane, y));
            return view.project(into, big, Sampling::SmoothBound, row);
        }
        let sand = matches!(port, Output::Sand | Output::Grains).then(|| self.sand.density(outline));
        view.project(into, size, Sampling::SmoothBound, |_, y, row| {
            let cells = outline.row(y);
            match port {
                Output::Displacement => row.copy_from_slice(&skin.displacement()[cells]),
                Output::Velocity => {
                    let pairs = skin.displacement()[cells.clone()].iter().zip(&skin.before()[cells]);
                    row.iter_mut().zip(pairs).for_each(|(v, (now, old))| *v = per_step * (now - old));
                }
                Output::Envelope => row.copy_from_slice(&seen.envelope[cells]),
                Output::Slow => row.copy_from_slice(&seen.slow[cells]),
                Output::Skin => row.copy_from_slice(&outline.skin[cells]),
                Output::Sand | Output::Grains | Output::Picture => {
                    let density = sand.as_deref().unwrap_or(&[]);
                    let most = if port == Output::Grains { 1.0 } else { f32::INFINITY };
                    let w = outline.width;
                    row.iter_mut().zip(&density[y * w..(y + 1) * w]).for_each(|(v, d)| *v = d.min(most));
                }
            }
        });
    }

    fn read(&self, readout: Readout) -> f32 {
        let played = &self.instrument;
        let outline = played.skin.outline();
        match readout {
            Readout::Energy => played.energy,
            Readout::Loudness => played.ears.loudness(),
            Readout::Peak => played.skin.most(),
            Readout::Tone => played.tone,
            Readout::Settled => self.sand.settled(),
            Readout::Skin => outline.cells as f32 / (outline.width * outline.height) as f32,
            Readout::Blows => played.hands.struck as f32,
        }
    }

    fn message(&self) -> Option<String> {
        let Limits { slower, divide, loud } = self.instrument.limits;
        let mut all = Vec::new();
        if let Some(divide) = divide {
            all.push(format!(
                "so many cells take a step every {divide} samples only; a smaller size sounds better"
            ));
        }
        if slower < 0.999 {
            let part = 100.0 * slower;
            all.push(format!("tones are limited to {part:.0} % of their pitch: lower `pitch` or `stiffness`, or take fewer cells"));
        }
        if loud {
            all.push(format!("displacements were limited to {LOUDEST}"));
        }
        (!all.is_empty()).then(|| all.join("; "))
    }

    fn hear(&mut self, _: &MembraneKnobs, room: &[f32]) {
        self.instrument.hear(room);
    }

    fn audio(&self, into: &mut Vec<[f32; 2]>) {
        into.extend_from_slice(self.instrument.ears.heard());
    }
}

impl Membrane {
    /// The solver.
    pub fn skin(&self) -> &Skin {
        &self.instrument.skin
    }

    fn pour_sand(&mut self, knobs: &MembraneKnobs, env: &Env) {
        let Instrument { skin, seen, .. } = &self.instrument;
        self.sand.strew(skin.outline(), knobs.grains as usize, self.strewing);
        let per = 1.0 / (knobs.weight * knobs.turn());
        self.sand.hop(skin.outline(), &seen.speed, [per, knobs.hop], env.rng.named("hops"));
    }
}
