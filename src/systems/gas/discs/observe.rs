//! What is measured of the gas each tick.

use super::arena::Side;
use super::dynamics::Dynamics;
use super::entropy;
use super::record::Tally;

/// Share of the past that is kept with each tick in means.
const KEEP: f64 = 0.96;

/// Sums over the recent past, older parts ever less.
#[derive(Clone, Copy, Debug, Default)]
struct Recent {
    time: f64,
    pairs: f64,
    virial: f64,
    /// Momentum given to each wall for each unit of its length.
    walls: [f64; 4],
    /// Way of all discs, cells.
    way: f64,
}

/// Measurements.
#[derive(Clone, Copy, Debug, Default)]
pub struct Figures {
    recent: Recent,
    /// H for each disc above its least value.
    pub h: f64,
    /// Mean kinetic energy of a disc, cells²/step².
    pub temperature: f64,
    /// The same by species; 0 if there is none.
    pub temperatures: [f64; 2],
    /// Pressure by the virial, mass/step².
    pub pressure: f64,
    /// Compressibility factor.
    pub compressibility: f64,
    /// Pressure on each wall, mass/step².
    pub walls: [f64; 4],
    /// Mean free path, cells.
    pub free_path: f64,
}

impl Figures {
    /// Takes in a tick, of which `tick` is what was counted.
    pub fn take(&mut self, dynamics: &Dynamics, species: &[u8], tick: &Tally) {
        let discs = dynamics.discs();
        let n = discs.len() as f64;
        if discs.is_empty() {
            return;
        }
        let (mut energy, mut count, mut speeds) = ([0.0; 2], [0.0; 2], 0.0);
        for ((disc, mass), kind) in discs.iter().zip(dynamics.masses()).zip(species) {
            energy[*kind as usize] += 0.5 * mass * disc.square_speed();
            count[*kind as usize] += 1.0;
            speeds += disc.square_speed().sqrt();
        }
        self.temperature = (energy[0] + energy[1]) / n;
        self.temperatures = [0, 1].map(|k| if count[k] > 0.0 { energy[k] / count[k] } else { 0.0 });
        let thermal = self.temperature.max(f64::MIN_POSITIVE);
        self.h = match self.temperature > 1e-12 {
            true => entropy::excess(discs.iter().zip(dynamics.masses()).map(|(d, mass)| {
                let scale = (mass / thermal).sqrt();
                [d.velocity[0] * scale, d.velocity[1] * scale]
            })),
            false => 0.0,
        };
        self.add(dynamics, tick, speeds);
        self.rates(dynamics, n);
    }

    fn add(&mut self, dynamics: &Dynamics, tick: &Tally, speeds: f64) {
        let (recent, arena) = (&mut self.recent, dynamics.arena());
        recent.time = KEEP * recent.time + tick.time;
        recent.pairs = KEEP * recent.pairs + tick.pairs as f64;
        recent.virial = KEEP * recent.virial + tick.virial;
        recent.way = KEEP * recent.way + speeds * tick.time;
        for side in Side::ALL {
            let k = side as usize;
            recent.walls[k] = KEEP * recent.walls[k] + tick.walls[k] / arena.size[1 - side.axis()];
        }
    }

    fn rates(&mut self, dynamics: &Dynamics, n: f64) {
        let Recent { time, pairs, virial, walls, way } = self.recent;
        // Long at rest, all of it has faded.
        if time < 1e-9 {
            return;
        }
        let area = dynamics.arena().area();
        self.pressure = (n * self.temperature + 0.5 * virial / time) / area;
        self.compressibility = match self.temperature > 1e-12 {
            true => self.pressure * area / (n * self.temperature),
            false => 1.0,
        };
        self.walls = walls.map(|momentum| momentum / time);
        // Two discs end a free path in each collision.
        self.free_path = if pairs > 1e-6 { way / (2.0 * pairs) } else { 0.0 };
    }
}
