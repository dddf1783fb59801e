//! Pictures at any size, view and look.

use super::super::params::{Look, Start};
use super::super::{DropsKnobs, Output};
use super::world::{birth, step};
use proptest::prelude::*;
use world::field::Field;
use world::system::System as _;
use world::view::View;

fn picture(knobs: &DropsKnobs, world: (usize, usize), into: (usize, usize), view: &View) -> Field {
    let mut drops = birth(world, knobs);
    step(&mut drops, knobs, 0, [None; 3], &[]);
    let mut field = Field::new(into.0, into.1, 3);
    field.data_mut().fill(f32::NAN);
    drops.show(Output::Picture, view, &mut field);
    field
}

#[test]
fn a_drop_is_brightest_away_from_the_lamp_and_mercury_shines() {
    let knobs = DropsKnobs { start: Start::Drop, liquid: 0.15, pegs: 0, rain: 0.0, ..DropsKnobs::default() };
    let light = |f: &Field, x: usize, y: usize| (0..3).map(|c| f.at(c, x, y)).sum::<f32>();
    // The radius is 22.7 cells, 91 pixels; the drop lies in the middle. Half a right angle off the highlight.
    let water = picture(&knobs, (120, 90), (480, 360), &View::WHOLE);
    let at = |along: f32| light(&water, (240.0 + 0.23 * along) as usize, (180.0 - 0.97 * along) as usize);
    let mean = |side: f32| (70..95).map(|r| at(side * r as f32)).sum::<f32>() / 25.0;
    let (toward, away) = (mean(1.0), mean(-1.0));
    assert!(away > 1.7 * toward, "{toward} towards the lamp, {away} away from it");
    assert!(light(&water, 20, 20) < 0.05, "the night is dark");
    let mercury = DropsKnobs { look: Look::Mercury, ..knobs };
    let mercury = picture(&mercury, (120, 90), (480, 360), &View::WHOLE);
    let upper = (90..170).flat_map(|y| (190..250).map(move |x| (x, y)));
    let brightest = upper.map(|(x, y)| light(&mercury, x, y)).fold(0.0, f32::max);
    assert!(brightest > 1.5 && light(&mercury, 20, 20) < 0.15, "{brightest}");
}

#[test]
fn liquid_has_no_rim_where_it_sits_on_a_stone() {
    let knobs =
        DropsKnobs { start: Start::Pool, liquid: 0.8, pegs: 1, peg_radius: 0.1, ..DropsKnobs::default() };
    let with = picture(&knobs, (160, 90), (160, 90), &View::WHOLE);
    let without = picture(&DropsKnobs { pegs: 0, ..knobs }, (160, 90), (160, 90), &View::WHOLE);
    // Below the surface all that differs is the stone: the water round it looks as it does elsewhere.
    let world = birth((160, 90), &knobs);
    let round = (0..160 * 62).map(|c| (c % 160, 22 + c / 160)).filter(|&(x, y)| {
        let near = |dx: usize, dy: usize| world.lattice().walls().row(y - 3 + dy)[(x + 157 + dx) % 160] != 0;
        (0..7).any(|dx| (0..7).any(|dy| near(dx, dy))) && !(2..5).any(|dx| (2..5).any(|dy| near(dx, dy)))
    });
    let differ =
        |(x, y): (usize, usize)| (0..3).map(|c| (with.at(c, x, y) - without.at(c, x, y)).abs()).sum::<f32>();
    let (sum, count) = round.fold((0.0, 0), |(sum, n), at| (sum + differ(at), n + 1));

    assert!(count > 30 && sum / (count as f32) < 0.03, "{} over {count} cells", sum / count as f32);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 30, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn every_view_is_whole(w in 1usize..40, h in 1usize..40, a in 1usize..60, b in 1usize..60, zoom in 0.05f64..20.0, turn in 0.0f64..1.0, x in -1.0f64..2.0, mercury: bool, sides: bool) {
        let look = if mercury { Look::Mercury } else { Look::Water };
        let view = View { x, y: 0.4, zoom, angle: turn };
        let mut knobs = DropsKnobs { look, ..DropsKnobs::default() };
        if sides {
            knobs.sides = super::super::params::Sides::Closed;
        }
        let f = picture(&knobs, (w, h), (a, b), &view);
        prop_assert!(f.data().iter().all(|v| (0.0..=1.2).contains(v)));
    }
}
