//! Chladni's figures: sand gathers at the nodes.

use super::super::knobs::{Form, MembraneKnobs};
use super::super::{Membrane, Output, Readout};
use super::system::{born, env};
use world::field::Field;
use world::system::System;
use world::view::View;

/// A square drum, shaken at the tone of its mode (2, 2), whose nodes are its two middle lines and its rim.
#[test]
fn sand_finds_the_nodes() {
    let knobs = MembraneKnobs {
        form: Form::Full,
        pitch: 150.0,
        shake_pitch: 300.0,
        shake_x: 0.25,
        shake_y: 0.25,
        roam: 0.0,
        seek: 0.0,
        grains: 4000,
        weight: 0.08,
        shake: 0.3,
        ..MembraneKnobs::default()
    };
    let mut drum: Membrane = born(&knobs, (48, 48));
    // A share of the grains within two cells and a half of a node.
    let near = |drum: &Membrane| {
        let mut sand = Field::new(48, 48, 1);
        drum.show(Output::Sand, &View::WHOLE, &mut sand);
        let (mut at, mut all) = (0.0, 0.0);
        for (i, v) in sand.data().iter().enumerate() {
            let line = |v: usize| {
                let v = v as f32 + 0.5;
                v.min(48.0 - v).min((v - 24.0).abs())
            };
            let node = line(i % 48).min(line(i / 48)) < 2.5;
            all += v;
            at += if node { *v } else { 0.0 };
        }
        at / all
    };
    let before = near(&drum);
    (0..600).for_each(|tick| drum.step(&knobs, &env(tick, &[None; 3], &[])));
    let after = near(&drum);
    assert!(before < 0.45 && after > 0.85, "{before} before, {after} after");
    let settled = drum.read(Readout::Settled);
    assert!(settled > 0.5, "{settled}");
}

/// The shaker turns to a tone at which the skin answers.
#[test]
fn the_shaker_seeks_a_tone() {
    let energy = |seek: f32| {
        let knobs = MembraneKnobs {
            form: Form::Full,
            pitch: 150.0,
            shake_pitch: 155.0,
            shake_x: 0.5,
            shake_y: 0.5,
            roam: 0.0,
            seek,
            t60: 6.0,
            ..MembraneKnobs::default()
        };
        let mut drum: Membrane = born(&knobs, (32, 32));
        (0..400).for_each(|tick| drum.step(&knobs, &env(tick, &[None; 3], &[])));
        (drum.read(Readout::Energy), drum.read(Readout::Tone))
    };
    let ((fixed, _), (found, tone)) = (energy(0.0), energy(0.5));
    assert!((tone / 150.0 - 1.0).abs() < 0.006 && found > 4.0 * fixed, "{tone} Hz, {fixed} to {found}");
}
