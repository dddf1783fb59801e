//! The skin as an instrument: everything that moves it in a tick, sample by sample, and the ears that hear it.

use super::drive::{Drive, Excite, smooth};
use super::kernel::Factors;
use super::knobs::MembraneKnobs;
use super::listen::Ears;
use super::outline::Outline;
use super::seen::Seen;
use super::shaker::Shaker;
use super::skin::{Push, Skin};
use super::spot::Spot;
use super::strike::Hands;
use world::audible::AUDIO_RATE;
use world::field::Field;
use world::rng::Rng;
use world::system::Touch;

/// Most cell updates in a tick; a skin that needs more is stepped less often.
const MOST_UPDATES: usize = 48_000_000;
/// Displacement beyond which the skin is scaled down.
pub const LOUDEST: f32 = 1e4;
/// Displacement below which it is given a murmur: numbers that fade into the subnormal are slow.
const QUIETEST: f32 = 1e-15;
/// Part of the skin that a force at a spot is as strong as, spread over it.
const SPREAD: f32 = 0.05;
/// Greatest sample of the room that counts.
const ROOM_LIMIT: f32 = 4.0;
/// Most samples of the room that are kept for a tick.
const ROOM_MOST: usize = AUDIO_RATE as usize;

/// What acts on the skin in a tick, besides the knobs.
pub struct Acting<'a> {
    /// Force of a field.
    pub drive: Option<&'a Field>,
    /// Blows of a field.
    pub excite: Option<&'a Field>,
    /// Touches.
    pub touches: &'a [Touch],
    /// Numbers of the tick.
    pub rng: Rng,
    /// Length of the tick: samples of sound, and seconds.
    pub samples: usize,
    /// Seconds.
    pub seconds: f32,
}

/// What was limited in the last tick.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Part that frequencies fell to.
    pub slower: f64,
    /// Samples a step, where the knob asks for fewer.
    pub divide: Option<usize>,
    /// Whether displacements were scaled down.
    pub loud: bool,
}

/// A skin with what plays it.
pub struct Instrument {
    /// The skin.
    pub skin: Skin,
    /// Hammers and fingers.
    pub hands: Hands,
    /// What listens.
    pub ears: Ears,
    /// What is seen of the last tick.
    pub seen: Seen,
    /// What was limited.
    pub limits: Limits,
    /// Pitch of the shaker, Hz.
    pub tone: f32,
    /// Mean square of displacement over the skin and the tick.
    pub energy: f32,
    /// Change in a step to speed in displacements at the pitch.
    pub per_step: f32,
    shaker: Shaker,
    drive: Drive,
    excite: Excite,
    room: Vec<f32>,
    /// Samples of the present step that have been heard.
    carried: usize,
}

impl Instrument {
    /// At rest.
    pub fn new(skin: Skin, rng: Rng, tone: f32) -> Self {
        let mut seen = Seen::default();
        seen.begin(skin.outline());
        Self {
            skin,
            hands: Hands::default(),
            ears: Ears::default(),
            seen,
            limits: Limits { slower: 1.0, divide: None, loud: false },
            tone,
            energy: 0.0,
            per_step: 0.0,
            shaker: Shaker::new(rng),
            drive: Drive::default(),
            excite: Excite::default(),
            room: Vec::new(),
            carried: 0,
        }
    }

    /// Keeps the sound of the room for the next tick.
    pub fn hear(&mut self, room: &[f32]) {
        self.room.clear();
        self.room.extend_from_slice(&room[..room.len().min(ROOM_MOST)]);
    }

    /// A tick of sound.
    pub fn play(&mut self, knobs: &MembraneKnobs, acting: &Acting) {
        let Acting { samples, seconds, .. } = *acting;
        self.drive.aim(self.skin.outline(), acting.drive);
        self.excite.aim(self.skin.outline(), acting.excite);
        let cells = self.skin.outline().floats();
        let needed = (cells * samples).div_ceil(MOST_UPDATES).max(1);
        let divide = needed.max(knobs.divide as usize);
        let rate = AUDIO_RATE as f64 / divide as f64;
        let (physics, slower) =
            knobs.physics((self.skin.outline().width, self.skin.outline().height), rate).stable();
        self.limits =
            Limits { slower, divide: (divide > knobs.divide as usize).then_some(divide), loud: false };
        self.hands.take(self.skin.outline(), knobs, acting.touches, rate);
        self.ears.begin(self.skin.outline(), [knobs.left_x, knobs.left_y, knobs.right_x, knobs.right_y]);
        self.wake(acting.rng.named("murmur"));
        let shaken = Spot::disc(self.skin.outline(), knobs.shake_x, knobs.shake_y, 2.5);
        let answer = if self.seen.envelope.is_empty() { 0.0 } else { self.seen.answer(&shaken) };
        self.shaker.tick(knobs, seconds, answer);
        self.tone = self.shaker.pitch(knobs) as f32;
        self.seen.begin(self.skin.outline());
        let run = Run::new(knobs, self.skin.outline(), shaken, physics.factors(), rate, samples);
        self.per_step = rate as f32 / knobs.turn();
        for sample in 0..samples {
            if self.carried == 0 {
                self.one(&run, knobs, sample, divide);
            }
            self.carried = (self.carried + 1) % divide;
            self.ears.sample(if self.carried == 0 { 1.0 } else { self.carried as f32 / divide as f32 });
        }
        self.room.clear();
        self.seen.finish(seconds, rate as f32);
        self.keep_bounds();
    }

    /// Measures the skin's motion, and scales it down where it is beyond all bounds.
    fn keep_bounds(&mut self) {
        let outline = self.skin.outline();
        let sum: f64 = self.seen.envelope.iter().map(|v| (v * v) as f64).sum();
        self.energy = (sum / outline.cells.max(1) as f64) as f32;
        let most = self.skin.most();
        if most > LOUDEST {
            self.skin.scale(LOUDEST / most);
            self.limits.loud = true;
        }
    }

    /// One step of the skin, at a sample of the tick.
    fn one(&mut self, run: &Run, knobs: &MembraneKnobs, sample: usize, divide: usize) {
        let step = 1.0 / run.rate;
        let square = (step * step) as f32 * run.turn * run.turn;
        let part = (sample + 1) as f32 / run.samples.max(1) as f32;
        let drive = self.drive.is_active().then(|| Push {
            fields: self.drive.fields(),
            part: smooth(part.min(1.0)),
            scale: square * knobs.drive_gain,
        });
        self.skin.step(run.factors, drive);
        if self.excite.is_active() && sample < run.blow {
            let turn = core::f32::consts::TAU * (sample as f32 + 0.5) / run.blow as f32;
            let kick = knobs.excite_gain * run.turn * step as f32 * divide as f32 / run.blow as f32;
            self.skin.push(Push {
                fields: self.excite.fields(),
                part: 0.0,
                scale: kick * (1.0 - libm::cosf(turn)),
            });
        }
        self.hands.act(&mut self.skin, step as f32);
        let tone = self.shaker.turn(self.tone as f64, step);
        for (force, spot) in [
            (knobs.shake * tone[0] * run.area, &run.shaken),
            (knobs.hear_gain * self.heard(sample, divide, run.samples) * run.area, &run.heard),
        ] {
            if force != 0.0 {
                spot.cells
                    .iter()
                    .for_each(|&(at, weight)| self.skin.add(at as usize, square * force * weight));
            }
        }
        self.seen.look(&self.skin, tone);
        self.ears.hear(self.skin.displacement(), run.gain, run.rate as f32);
    }

    /// Mean of the room's sound over the samples of a step.
    fn heard(&self, sample: usize, divide: usize, samples: usize) -> f32 {
        let n = self.room.len();
        if n == 0 {
            return 0.0;
        }
        let at = |k: usize| (k * n / samples.max(1)).min(n);
        let block = &self.room[at(sample)..at(sample + divide).max(at(sample) + 1).min(n)];
        let sum: f32 =
            block.iter().map(|v| if v.is_finite() { v.clamp(-ROOM_LIMIT, ROOM_LIMIT) } else { 0.0 }).sum();
        sum / block.len().max(1) as f32
    }

    /// Gives a skin that is all but still a murmur far below hearing.
    fn wake(&mut self, rng: Rng) {
        if self.skin.most() < QUIETEST {
            let w = self.skin.outline().width;
            self.skin.fill(|x, y| [1e-13 * (rng.unit((y * w + x) as u64) - 0.5); 2]);
        }
    }
}

/// What does not change within a tick.
struct Run {
    factors: Factors,
    rate: f64,
    samples: usize,
    /// Angular frequency of the pitch.
    turn: f32,
    /// Cells that a force at a spot is as strong as, spread over the skin.
    area: f32,
    shaken: Spot,
    heard: Spot,
    /// Samples of a blow.
    blow: usize,
    /// Change of displacement in a step to sound.
    gain: f32,
}

impl Run {
    fn new(
        knobs: &MembraneKnobs,
        outline: &Outline,
        shaken: Spot,
        factors: Factors,
        rate: f64,
        samples: usize,
    ) -> Self {
        let level = libm::powf(10.0, knobs.level / 20.0);
        Self {
            factors,
            rate,
            samples,
            turn: knobs.turn(),
            area: SPREAD * outline.cells as f32,
            shaken,
            heard: Spot::disc(outline, knobs.hear_x, knobs.hear_y, 2.5),
            blow: ((knobs.hammer * 1e-3 * AUDIO_RATE as f32) as usize).clamp(1, samples.max(1)),
            gain: level * rate as f32 / knobs.turn(),
        }
    }
}
