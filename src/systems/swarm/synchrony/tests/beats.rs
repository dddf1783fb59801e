//! The room's beat.

use crate::swarm::synchrony::Synchrony;
use crate::swarm::synchrony::beat::{Beat, BeatKind};
use crate::swarm::synchrony::knobs::{Readout, SynchronyKnobs};
use crate::swarm::synchrony::tests::world_of::World;
use world::system::System;

/// Mean frequency over ten seconds, after ten with a beat of so many Hz.
fn rate(knobs: &SynchronyKnobs, hz: f64) -> f64 {
    let mut world = World::<Synchrony>::new(knobs, (64, 36), 5);
    let mut sum = 0.0;
    for tick in 0..1200 {
        let turns = hz * tick as f64 / 60.0;
        let phase = turns - libm::floor(turns);
        let beat = match knobs.beat_kind {
            BeatKind::Phase => phase,
            BeatKind::Pulse => libm::exp(-10.0 * phase / hz),
        };
        world.run(&SynchronyKnobs { beat: beat as f32, ..knobs.clone() }, 1);
        sum += if tick >= 600 { world.0.read(Readout::Rate) as f64 / 600.0 } else { 0.0 };
    }
    sum
}

fn fireflies(beat_kind: BeatKind, beat_gain: f32) -> SynchronyKnobs {
    SynchronyKnobs { number: 300, frequency: 1.0, beat_kind, beat_gain, ..SynchronyKnobs::default() }
}

/// At 1.1 times their own frequency they follow the beat, whichever way it is told; unheard they do not.
#[test]
fn they_keep_the_beat() {
    for kind in [BeatKind::Phase, BeatKind::Pulse] {
        let (heard, unheard) = (rate(&fireflies(kind, 2.0), 1.1), rate(&fireflies(kind, 0.0), 1.1));
        assert!((heard - 1.1).abs() < 2e-3, "{kind:?}: {heard}");
        assert!((unheard - 1.0).abs() < 0.01, "{kind:?}: {unheard}");
    }
}

/// As told, or by themselves where that suits them.
#[test]
fn they_blink_every_other_beat() {
    for beats in [2, 0] {
        let found = rate(&SynchronyKnobs { beats, ..fireflies(BeatKind::Phase, 2.0) }, 2.2);
        assert!((found - 1.1).abs() < 2e-3, "{found}");
    }
}

/// A beat too far from their own frequency for its strength does not hold them: |Ω − ω| > F.
#[test]
fn a_weak_beat_does_not_hold() {
    let found = rate(&SynchronyKnobs { spread: 0.0, ..fireflies(BeatKind::Phase, 0.3) }, 1.1);
    assert!(found < 1.07, "{found}");
}

/// Silence does not stop the clock.
#[test]
fn silence_leaves_them_alone() {
    let knobs = fireflies(BeatKind::Phase, 20.0);
    let mut world = World::<Synchrony>::new(&knobs, (64, 36), 5);
    world.run(&knobs, 100);
    assert!((world.0.read(Readout::Rate) - 1.0).abs() < 0.02);
}

/// Between pulses the phase runs on at their pace.
#[test]
fn pulses_become_a_phase() {
    let mut beat = Beat::default();
    for tick in 0..135 {
        let value = if tick % 30 == 0 { 1.0 } else { 0.0 };
        beat.hear(value, BeatKind::Pulse, 1.0 / 60.0);
    }
    let forcing = beat.forcing(1.0, (1, 0.0), 2.0);
    // Two beats a second, in time that is twice as fast; 14 ticks after a pulse.
    assert!((forcing.rate - core::f32::consts::TAU).abs() < 1e-4, "{forcing:?}");
    assert!((forcing.phase / core::f32::consts::TAU - 14.0 / 30.0).abs() < 1e-4, "{forcing:?}");
}
