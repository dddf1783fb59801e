//! Worlds at the edge of what there is: that repeat, that are flat, too large, run dry or are solid all over.

use world::field::Field;
use world::rng::Rng;
use world::system::{Env, InitContext, System, Texts};

use super::super::params::Start;
use super::super::sort::Sorted;
use super::super::*;

fn liquid(knobs: &LiquidKnobs, (width, height): (usize, usize)) -> Liquid {
    let texts = Texts::default();
    Liquid::new(knobs, &InitContext { width, height, rng: Rng::new(2), texts: &texts }).unwrap()
}

fn tick(liquid: &mut Liquid, knobs: &LiquidKnobs, tick: u64, obstacle: Option<&Field>) {
    let inputs = [obstacle, None, None, None, None];
    let rng = Rng::new(8).fork(tick);
    liquid.step(knobs, &Env { tick, dt: 1.0 / 60.0, rng, inputs: &inputs, touches: &[], switches: &[] });
}

/// Worlds that repeat not at all, across, down, and both.
fn repeating(base: &LiquidKnobs) -> [LiquidKnobs; 4] {
    use grid::Edge::{Closed, Periodic};
    let side = |periodic: bool| if periodic { Periodic } else { Closed };
    [(false, false), (true, false), (false, true), (true, true)].map(|(across, down)| LiquidKnobs {
        left: side(across),
        right: side(across),
        top: side(down),
        bottom: side(down),
        ..base.clone()
    })
}

/// Particles are counted once, wherever they are: what is counted twice grows for ever.
fn count_is_right(liquid: &Liquid) {
    let (tank, grid) = (&liquid.tank, &liquid.tank.grid);
    let cells = (0..grid.h).flat_map(|y| &tank.cells.fill[grid.row(y)]);
    let sum = 4.0 * cells.map(|f| *f as f64).sum::<f64>();
    let count = tank.sorted.all().len() as f64;
    assert!((sum / count - 1.0).abs() < 1e-3, "{sum} {count} {grid:?}");
}

#[test]
fn colours_stay_within_those_that_were_there() {
    for size in [(64, 36), (24, 40), (33, 7), (3, 20)] {
        for knobs in repeating(&LiquidKnobs { springs: 0, ..Default::default() }) {
            let mut liquid = liquid(&knobs, size);
            // Red, green or blue: whatever they mix to adds up to 1.
            for p in liquid.tank.sorted.all_mut() {
                let part = (p.at[1] * 1.7 + p.at[0]) as usize % 3;
                p.paint = core::array::from_fn(|c| if c == part { 1.0 } else { 0.0 });
            }
            for t in 0..600 {
                tick(&mut liquid, &knobs, t, None);
                count_is_right(&liquid);
                for p in liquid.tank.sorted.all() {
                    let [red, green, blue, _] = p.paint;
                    let sum = red + green + blue;
                    assert!((sum - 1.0).abs() < 0.01, "{t} {size:?} {p:?} {:?}", liquid.tank.grid);
                    assert!(red.min(green).min(blue) > -1e-4, "{t} {size:?} {p:?}");
                }
            }
        }
    }
}

#[test]
fn colours_of_springs_stay_within_those_too() {
    let plain = LiquidKnobs::default();
    for size in [(64, 36), (20, 90)] {
        for knobs in repeating(&plain) {
            let mut liquid = liquid(&knobs, size);
            // Half of the time before its sides begin to repeat.
            for t in 0..600 {
                tick(&mut liquid, if (t / 100) % 2 == 0 { &plain } else { &knobs }, t, None);
                count_is_right(&liquid);
                let brightest = liquid
                    .tank
                    .sorted
                    .all()
                    .iter()
                    .flat_map(|p| &p.paint[..3])
                    .fold(0.0f32, |a, b| a.max(*b));
                assert!(brightest < 0.64, "{t} {size:?} {brightest} {:?}", liquid.tank.grid);
            }
        }
    }
}

/// Rows near particles are those within three, round the world where it repeats.
#[test]
fn rows_near_particles_are_found_across_the_seam() {
    for h in [1usize, 2, 4, 7, 20] {
        for y in 0..h {
            for wraps in [false, true] {
                let mut sorted = Sorted::new((4, h));
                sorted.set_wraps(wraps);
                sorted.all_mut().push(Particle::new([1.5, y as f32 + 0.5], [0.0; 3]));
                sorted.sort();
                for r in 0..h {
                    let straight = r.abs_diff(y);
                    let far = if wraps { straight.min(h - straight) } else { straight };
                    assert_eq!(sorted.near()[r + 1], far <= 3, "{h} {y} {r} {wraps}");
                }
            }
        }
    }
}

/// In worlds of few cells, however long, nothing is faster than a fall over the height, and along the tilt.
#[test]
fn flat_and_narrow_worlds_stay_slow() {
    let few = (1..4).flat_map(|n| (1..4).map(move |m| (n, m)));
    let wide = [(64, 1), (256, 1), (4096, 1), (64, 2), (256, 2), (2048, 2), (64, 3), (256, 3)];
    let high = [(1, 64), (2, 64), (3, 64), (1, 256), (2, 256)];
    for size in few.chain(wide).chain(high) {
        for start in [Start::Dam, Start::Pool] {
            let knobs = LiquidKnobs { start, ..Default::default() };
            let mut liquid = liquid(&knobs, size);
            let (w, h) = (size.0 as f32, size.1 as f32);
            let slope = libm::sinf(core::f32::consts::TAU * knobs.sway);
            let fall = 2.0 * knobs.gravity * (1.0 + slope * w / h);
            let (mut fastest, mut most) = (0.0f32, 0.0f32);
            for t in 0..400 {
                tick(&mut liquid, &knobs, t, None);
                fastest = fastest.max(liquid.tank.top_speed() / h);
                most = most.max(liquid.read(Readout::Kinetic));
                let said = liquid.message();
                assert!(said.is_none(), "{size:?} {t} {said:?}");
            }
            let share = fastest / libm::sqrtf(fall);
            assert!(share < 1.5, "{size:?} {start:?}: {share} of a fall");
            assert!(most < 0.3, "{size:?} {start:?}: {most}");
            let volume = liquid.read(Readout::Volume);
            assert!(h == 1.0 || w < 8.0 || (0.28..0.45).contains(&volume), "{size:?} {start:?}: {volume}");
        }
    }
}

#[test]
fn a_start_that_is_cut_is_said_with_numbers() {
    let knobs = LiquidKnobs::default();
    let fits = liquid(&knobs, (320, 180));
    assert_eq!(fits.message(), None);
    let mut cut = liquid(&knobs, (960, 540));
    for t in 0..2 {
        let said = cut.message().unwrap();
        for part in ["746496", "200000", "0.360", "0.09"] {
            assert!(said.contains(part), "{said}");
        }
        tick(&mut cut, &knobs, t, None);
    }
    let begun = cut.read(Readout::Particles) / (4.0 * 960.0 * 540.0);
    assert!(cut.message().unwrap().contains(&format!("level of {begun:.3}")), "{begun}");
}

/// The kinetic energy is the mean of what is there, to the last drop.
#[test]
fn a_world_that_runs_dry_does_so_without_a_spike() {
    for (size, start) in [((96, 54), Start::Pool), ((96, 54), Start::Dam), ((40, 40), Start::Blob)] {
        let knobs = LiquidKnobs { drain: 1.0, start, ..Default::default() };
        let mut liquid = liquid(&knobs, size);
        let (mut before, mut t) = (0.0f32, 0);
        while !liquid.tank.sorted.all().is_empty() {
            assert!(t < 400, "{size:?} {start:?} runs dry");
            tick(&mut liquid, &knobs, t, None);
            let square =
                |p: &Particle| (p.velocity[0] * p.velocity[0] + p.velocity[1] * p.velocity[1]) as f64;
            let all = liquid.tank.sorted.all();
            let height = size.1 as f64;
            let mean =
                0.5 * all.iter().map(square).sum::<f64>() / (all.len().max(1) as f64 * height * height);
            let now = liquid.read(Readout::Kinetic);
            assert!((now as f64 - mean).abs() < 1e-5, "{t}: {now} {mean}");
            // Gravity over one height gives 1 at most.
            assert!(now < 1.0 && (all.is_empty() || now < before + 0.1), "{t}: {now} after {before}");
            (before, t) = (now, t + 1);
        }
        assert_eq!(liquid.read(Readout::Kinetic), 0.0);
    }
}

#[test]
fn liquid_in_a_world_that_is_all_solid_rests_until_it_melts() {
    let knobs = LiquidKnobs::default();
    let (w, h) = (96, 54);
    let mut liquid = liquid(&knobs, (w, h));
    (0..30).for_each(|t| tick(&mut liquid, &knobs, t, None));
    let places = |liquid: &Liquid| liquid.tank.sorted.all().iter().map(|p| p.at).collect::<Vec<_>>();
    let (before, volume) = (places(&liquid), liquid.read(Readout::Volume));
    let solid = Field::from_fn(w, h, |_, _| 1.0);
    for t in 30..200 {
        tick(&mut liquid, &knobs, t, Some(&solid));
        assert!((liquid.read(Readout::Volume) - volume).abs() < 0.02);
    }
    assert_eq!(places(&liquid), before);
    assert_eq!((liquid.tank.top_speed(), liquid.read(Readout::Kinetic)), (0.0, 0.0));
    let mut shown = Field::new(w, h, 1);
    liquid.show(Output::Speed, &world::view::View::WHOLE, &mut shown);
    assert!(shown.data().iter().all(|v| *v == 0.0));
    for t in 200..400 {
        tick(&mut liquid, &knobs, t, None);
        assert!((liquid.read(Readout::Volume) - volume).abs() < 0.02, "{t}");
    }
    assert!(liquid.tank.top_speed() > 1.0, "it flows again");
}
