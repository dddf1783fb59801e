//! Knobs, inputs, outputs and readouts.

use super::beat::BeatKind;
use super::integrate::Method;
use super::natural::Distribution;

world::choices! {
    /// Whether oscillators move.
    pub enum Motion {
        /// They stay where they are: fireflies, metronomes (Kuramoto 1975).
        Still: "still",
        /// They swarm: like phases attract (O'Keeffe, Hong and Strogatz 2017).
        Swarmalators: "swarmalators",
    }
}

world::choices! {
    /// What the picture's colours mean.
    pub enum Look {
        /// Warm light for those that stay, the hue of the phase for those that move.
        Auto: "auto",
        /// Warm light that flashes at phase 0.
        Warm: "warm",
        /// The hue of the phase, of even lightness.
        Hue: "hue",
    }
}

world::params! {
    /// Time is in units of which `pace` pass in a second; lengths are heights of the world, those of swarmalators units of
    /// which one is `scale` heights.
    pub struct SynchronyKnobs {
        /// Whether they move. Swarmalators with J = 0.1: K = 1 is the static synchronous state, K = −1 the static asynchronous
        /// one; with J = 1: K = 0 is the static, K = −0.1 the splintered and K = −0.75 the active phase wave (O'Keeffe et al.
        /// 2017).
        motion: Choice of Motion = "still", rebirth;
        /// How many oscillators; of swarmalators at most 2,500, as each acts on each. Of more than 60,000 the picture shows
        /// an even choice.
        number: u32 = 1400 in 1..=1000000, Log, rebirth;
        /// Coupling K: phases align above 0 and oppose below. All to all, some keep step from 2/(π g(0)) on: with normally
        /// distributed frequencies 10 times their spread in Hz.
        coupling: f32 = 1.6 in -20.0..=20.0, unit "1/s";
        /// How far still ones see each other; 0 couples all to all, by their mean field.
        reach: f32 = 0.15 in 0.0..=1.0, unit "height";
        /// Mean of the natural frequencies.
        frequency: f32 = 0.55 in -4.0..=4.0, unit "Hz";
        /// Spread of the natural frequencies: standard deviation, half width at half height or half width.
        spread: f32 = 0.025 in 0.0..=2.0, unit "Hz";
        /// Distribution of the natural frequencies.
        distribution: Choice of Distribution = "gaussian";
        /// J of swarmalators: like phases attract above 0, and repel below.
        affinity: f32 = 1.0 in -2.0..=2.0;
        /// Units of time per second.
        pace: f32 = 1.0 in 0.0..=20.0, unit "1/s";
        /// Steps of the integrator.
        steps: u32 = 1 in 1..=16, unit "steps/tick";
        /// Integrator. More than 1,800 swarmalators take Euler's steps, as rk4's do not fit a tick.
        method: Choice of Method = "euler";
        /// The room's beat, linked from `tempo.phase`, `sound.beat` or `sound.onset`. It pulls while it moves.
        beat: f32 = 0.0 in 0.0..=1.0;
        /// Whether the beat is a phase or pulses.
        beat_kind: Choice of BeatKind = "phase";
        /// How strongly the beat pulls on phases, F sin(Φ − θ): it entrains those whose frequency differs by less than F/2π,
        /// slow ones a little late and fast ones early.
        beat_gain: f32 = 0.0 in 0.0..=20.0, unit "1/s";
        /// Beats from blink to blink; with 0 they are 1, 2, 4, 8 or 16, whichever is nearest to the natural frequency.
        beats: u32 = 0 in 0..=16;
        /// How sharply each blink glows; 0 shines steadily.
        pulse: f32 = 7.0 in 0.0..=40.0;
        /// What the picture's colours mean.
        look: Choice of Look = "auto";
        /// Radius of a light.
        radius: f32 = 0.0065 in 0.001..=0.1, Log, unit "height";
        /// Radius of the halo around lights.
        halo: f32 = 0.03 in 0.002..=0.3, Log, unit "height";
        /// Brightness of the halo.
        haze: f32 = 0.5 in 0.0..=4.0;
        /// Heights that a unit of length of swarmalators has.
        scale: f32 = 0.29 in 0.01..=1.0, Log, unit "height";
        /// How fast the middle of the swarm returns to the middle of the world.
        home: f32 = 0.3 in 0.0..=10.0, unit "1/s";
    }
}

world::inputs! {
    /// Fields that may drive it.
    pub enum Input {
        /// Raises the natural frequency where it shines, in Hz per unit, limited to ±4.
        Light: "light" scalar 0.0..=1.0;
        /// Carries swarmalators along, in heights per second, limited to ±4 along each axis. Those that stay do not mind.
        Wind: "wind" vector 1.0;
    }
}

world::outputs! {
    /// Fields that it shows.
    pub enum Output {
        /// The lights, with halos, in colour.
        Picture: "picture" colour;
        /// Phase, 0..1: that of the mean of e^{iθ} of those near by.
        Phase: "phase" scalar 0.0..=1.0;
        /// The flashes alone: 1 at the moment of a blink.
        Flash: "flash" scalar 0.0..=1.0;
        /// How many are near, relative to as many evenly all over the world.
        Density: "density" scalar 0.0..=3.0;
        /// Local order parameter: 1 where neighbours are in step, 0 where they are scattered or nobody is.
        Order: "order" scalar 0.0..=1.0;
    }
}

world::readouts! {
    /// What it reports each tick.
    pub enum Readout {
        /// Order parameter r = |⟨e^{iθ}⟩| (Kuramoto 1975).
        R: "r" 0.0..=1.0;
        /// Phase of the mean of e^{iθ}, turns.
        MeanPhase: "mean_phase" 0.0..=1.0;
        /// Mean frequency in the last tick, Hz.
        Rate: "rate" 0.0..=2.0;
        /// Rainbow order parameter |⟨e^{i(φ + θ)}⟩|, φ the angle about the centroid (O'Keeffe et al. 2017).
        SPlus: "s_plus" 0.0..=1.0;
        /// Rainbow order parameter |⟨e^{i(φ − θ)}⟩|.
        SMinus: "s_minus" 0.0..=1.0;
        /// Share of those who got a full turn ahead of the mean, or behind, within the last 100 units of time (γ of O'Keeffe et
        /// al. 2017).
        Cycling: "cycling" 0.0..=1.0;
        /// Mean speed of those that move, units of length per unit of time.
        Speed: "speed" 0.0..=0.5;
        /// Blinks in the last tick.
        Flashes: "flashes" 0.0..=100.0;
    }
}
