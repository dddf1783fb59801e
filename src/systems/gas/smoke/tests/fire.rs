//! Combustion and its light.

use super::super::blackbody::{BlackBody, REFERENCE, tristimulus};
use super::super::combust::Rates;
use super::super::gas::{FUEL, Gas, HEAT, SMOKE, SPENT};
use super::super::params::SmokeKnobs;
use super::super::sides::{Side, Sides};
use super::super::{Input, Output, Readout};
use super::stage::{Stage, bare};
use world::field::Field;
use world::system::System;

const DT: f32 = 1.0 / 60.0;

fn still() -> SmokeKnobs {
    SmokeKnobs { ambient: 293.0, ..bare(Sides::all(Side::Slip)) }
}

#[test]
fn fuel_becomes_heat_soot_and_spent_air_in_proportion() {
    let knobs = still();
    let rates = Rates::new(&knobs, DT);
    let mut gas: Gas = [0.1, 900.0, 0.8, 0.05];
    let (start, mut burnt) = (gas, 0.0);
    for _ in 0..600 {
        burnt += rates.burn(&mut gas);
    }
    let close = |a: f32, b: f32| (a - b).abs() < 1e-3 * b.abs().max(1e-3);
    assert!(burnt > 0.5);
    assert!(close(gas[FUEL], start[FUEL] - burnt), "{gas:?} {burnt}");
    assert!(close(gas[HEAT], start[HEAT] + knobs.heat * burnt), "{gas:?} {burnt}");
    assert!(close(gas[SMOKE], start[SMOKE] + knobs.soot * burnt), "{gas:?} {burnt}");
    assert!(close(gas[SPENT], start[SPENT] + knobs.air_need * burnt), "{gas:?} {burnt}");
}

#[test]
fn nothing_burns_cold_or_without_air() {
    let rates = Rates::new(&still(), DT);
    assert_eq!(rates.burn(&mut [0.0, 200.0, 1.0, 0.0]), 0.0);
    assert_eq!(rates.burn(&mut [0.0, 1500.0, 1.0, 1.0]), 0.0);
    assert!(rates.burn(&mut [0.0, 1500.0, 1.0, 0.0]) > 0.0);
    // Where fuel needs no air it burns in spent air too.
    let rates = Rates::new(&SmokeKnobs { air_need: 0.0, ..still() }, DT);
    assert!(rates.burn(&mut [0.0, 1500.0, 1.0, 1.0]) > 0.0);
}

/// Radiation against the exact solution T (1 + 3ct (T/T₀)³)^(−1/3); twice the temperature cools sixteen times as fast.
#[test]
fn gas_radiates_with_the_fourth_power() {
    let knobs = SmokeKnobs { cooling: 3.0, ..still() };
    let after = |heat: f32, dt: f32, steps: usize| {
        let rates = Rates::new(&knobs, dt);
        let mut gas: Gas = [0.0, heat, 0.0, 0.0];
        (0..steps).for_each(|_| {
            rates.burn(&mut gas);
        });
        gas[HEAT] as f64
    };
    let exact = |heat: f64, t: f64| heat / libm::cbrt(1.0 + 9.0 * t * libm::pow(heat / 2000.0, 3.0));
    for heat in [500.0, 1500.0, 3000.0] {
        let (found, expected) = (after(heat, DT, 60), exact(heat as f64, 1.0));
        assert!((found / expected - 1.0).abs() < 2e-3, "{heat}: {found} {expected}");
    }
    let lost = |heat: f32| heat as f64 - after(heat, 1e-3, 1);
    assert!((lost(1600.0) / lost(800.0) - 16.0).abs() < 0.3, "{}", lost(1600.0) / lost(800.0));
    // A step as long as a second is stable too.
    assert!((0.0..3000.0).contains(&after(6000.0, 1.0, 3)));
}

/// Burning gas swells: in an open world what leaves is what burning makes.
#[test]
fn fire_pushes_gas_out() {
    let knobs = SmokeKnobs { expansion: 1.0, heat: 0.0, tolerance: 1e-5, ..bare(Sides::all(Side::Open)) };
    let mut stage = Stage::new((48, 48), knobs);
    for i in [23 * 48 + 23, 23 * 48 + 24, 24 * 48 + 23, 24 * 48 + 24] {
        stage.smoke.air.gas.now[i] = [0.0, 1500.0, 1.0, 0.0];
    }
    stage.run(1);
    let air = &stage.smoke.air;
    let burnt: f64 = air.burnt.iter().map(|&b| b as f64).sum();
    let flow = &air.flow;
    let (mut out, w) = (0.0f64, 48);
    for i in 0..w {
        out += (flow.u[i * (w + 1) + w] - flow.u[i * (w + 1)]) as f64;
        out += (flow.v[w * w + i] - flow.v[i]) as f64;
    }
    assert!(burnt > 0.1 && (out / burnt - 1.0).abs() < 1e-3, "{out} of {burnt}");
}

/// Chromaticities of black bodies (CIE 15): 1931 observer, as closely as the fit of its curves allows.
#[test]
fn black_bodies_have_their_colours() {
    for (kelvin, x, y) in [(2000.0, 0.5267, 0.4133), (2856.0, 0.4476, 0.4074), (6500.0, 0.3135, 0.3237)] {
        let [a, b, c] = tristimulus(kelvin);
        let (found_x, found_y) = (a / (a + b + c), b / (a + b + c));
        assert!((found_x - x).abs() < 0.006 && (found_y - y).abs() < 0.006, "{kelvin}: {found_x} {found_y}");
    }
    let body = BlackBody::default();
    let luminance = |k: f32| {
        let [r, g, b] = body.colour(k);
        0.2126 * r + 0.7152 * g + 0.0722 * b
    };
    assert!((luminance(REFERENCE as f32) - 1.0).abs() < 0.02);
    // Wien: at these temperatures light rises with a high power of temperature.
    assert!(luminance(2000.0) / luminance(1000.0) > 1000.0);
    assert_eq!(body.colour(300.0), [0.0; 3]);
    let [r, g, b] = body.colour(1500.0);
    assert!(r > 2.0 * g && g > 2.0 * b, "{r} {g} {b}");
}

#[test]
fn a_fire_glows_crackles_and_lives() {
    let mut stage = Stage::new((96, 72), SmokeKnobs { crackle: 20.0, ..SmokeKnobs::default() });
    let (mut pops, mut expected) = (0, 0.0);
    for tick in 0..600 {
        stage.run(1);
        let mut sounds = Vec::new();
        stage.smoke.soundings(&mut sounds);
        let burning = stage.show(Output::Burning);
        for s in &sounds {
            let (x, y) = ((s.x * 96.0) as usize, (s.y * 72.0) as usize);
            assert!(burning.at(0, x, y) > 0.0, "a pop at {x}, {y} where nothing burns");
            assert!((0.0..1.0).contains(&s.at) && (0.0..=1.0).contains(&s.strength));
        }
        pops += sounds.len();
        expected += 20.0 * stage.smoke.read(Readout::Burning) / 0.01 / 60.0;
        if tick % 100 == 99 {
            let rate = stage.smoke.read(Readout::Burning);
            assert!((0.005..0.2).contains(&rate), "burns {rate} at {tick}");
            let picture = stage.show(Output::Fire);
            let bright = picture.plane(0).iter().filter(|&&v| v > 0.5).count();
            assert!((30..3500).contains(&bright), "{bright} bright cells at {tick}");
        }
    }
    // Random numbers of mean `expected`: within five standard deviations.
    assert!((pops as f32 - expected).abs() < 5.0 * expected.sqrt(), "{pops} pops, {expected} expected");
    assert_eq!(stage.smoke.message(), None);
}

#[test]
fn inputs_give_smoke_fuel_dye_and_wind() {
    let spot = || Field::from_fn(48, 48, |x, y| (x.abs_diff(24) < 4 && y.abs_diff(24) < 4) as u8 as f32);
    let mut stage = Stage::new((48, 48), still());
    stage.wire(Input::Source, spot());
    stage.run(5);
    assert!(stage.smoke.read(Readout::Smoke) > 0.0 && stage.smoke.read(Readout::Burning) == 0.0);
    stage.wire(Input::Fuel, spot());
    stage.run(30);
    assert!(stage.smoke.read(Readout::Burning) > 0.0);
    let mut dye = Field::new(48, 48, 3);
    dye.plane_mut(1).fill(0.5);
    assert_eq!(stage.show(Output::Dye).extent(1), (0.0, 0.0));
    stage.wire(Input::Dye, dye);
    stage.run(2);
    assert!(stage.show(Output::Dye).extent(1).1 > 0.0 && stage.show(Output::Dye).extent(0).1 == 0.0);
    let mut stage = Stage::new((48, 48), bare(Sides::TORUS));
    let mut wind = Field::new(48, 48, 2);
    wind.plane_mut(0).fill(1.0);
    stage.wire(Input::Force, wind);
    stage.run(30);
    // Half a second at `force_gain` heights/s².
    let u = stage.show(Output::Velocity).at(0, 10, 10);
    assert!((u - 0.5 * stage.knobs.force_gain).abs() < 0.08, "{u}");
}
