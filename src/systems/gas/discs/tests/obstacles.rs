//! Obstacles from fields.

use ::world::field::Field;

use super::super::arena::Arena;
use super::super::contour::{Contour, Piece};
use super::super::dynamics::Limits;
use super::super::record::Struck;
use super::*;

/// A disc of this radius, in the middle of a world of 60 by 40 cells, as a smooth field.
fn pillar(radius: f32) -> Field {
    Field::from_fn(60, 40, |x, y| 0.5 + 0.2 * (radius - (x as f32 + 0.5 - 30.0).hypot(y as f32 + 0.5 - 20.0)))
}

fn one(place: [f64; 2], velocity: [f64; 2], radius: f64, wraps: [bool; 2]) -> Dynamics {
    Dynamics::new(Arena::new([60.0, 40.0], wraps), vec![Disc::new(place, velocity, radius)], vec![1.0])
}

#[test]
fn a_contour_is_closed_and_lies_where_the_field_says() {
    for wraps in [[true; 2], [false; 2]] {
        let mut contour = Contour::default();
        contour.update(Some(&pillar(8.0)), 0.5, wraps);
        let (mut ends, mut length) = (Vec::new(), 0.0);
        contour.pieces([-1.0; 2], [61.0, 41.0], |piece| {
            if let Piece::Segment(from, way, long) = piece {
                let to = [from[0] + long * way[0], from[1] + long * way[1]];
                for at in [from, to] {
                    assert!(((at[0] - 30.0).hypot(at[1] - 20.0) - 8.0).abs() < 0.02, "{at:?}");
                }
                // Outwards is away from the middle.
                assert!(way[1] * (from[0] - 30.0) - way[0] * (from[1] - 20.0) > 0.0);
                ends.push((from, to));
                length += long;
            }
        });
        assert!((length - 16.0 * std::f64::consts::PI).abs() < 0.1, "{length}");
        for (_, to) in &ends {
            let next =
                ends.iter().filter(|(from, _)| (from[0] - to[0]).hypot(from[1] - to[1]) < 1e-9).count();
            assert_eq!(next, 1, "each segment ends where another begins");
        }
        assert!(contour.is_solid([30.0, 20.0]) && !contour.is_solid([5.0, 5.0]));
    }
}

#[test]
fn every_case_of_a_square_bounds_what_is_solid() {
    for case in 0..16u32 {
        for level in [0.3f32, 0.7] {
            let field = Field::from_fn(2, 2, |x, y| (case >> [[0, 1], [3, 2]][y][x] & 1) as f32);
            let mut contour = Contour::default();
            contour.update(Some(&field), level, [false; 2]);
            contour.pieces([0.6; 2], [1.4; 2], |piece| {
                if let Piece::Segment(from, way, long) = piece {
                    let middle = [from[0] + 0.5 * long * way[0], from[1] + 0.5 * long * way[1]];
                    // As far off as the segment may be from the curve that it stands for.
                    let at = |side: f64| [middle[0] + side * way[1] * 0.2, middle[1] - side * way[0] * 0.2];
                    let inner = (0.5..1.5).contains(&middle[0]) && (0.5..1.5).contains(&middle[1]);
                    if inner && case != 5 && case != 10 {
                        assert!(
                            contour.is_solid(at(-1.0)) && !contour.is_solid(at(1.0)),
                            "{case} {level} {middle:?}"
                        );
                    }
                }
            });
        }
    }
}

/// A disc thrown at a pillar comes back as from a circle.
#[test]
fn discs_bounce_off_a_pillar_as_off_a_circle() {
    for gravity in [0.0, 1e-9] {
        for offset in [0.0f64, 1.0, 3.0, 6.0, 9.0] {
            let mut dynamics = one([5.0, 20.0 + offset], [1.0, 0.0], 2.0, [false; 2]);
            dynamics.set_law([0.0, gravity], 1.0);
            dynamics.set_solids(Some(&pillar(8.0)), 0.5, Rng::new(1));
            dynamics.advance(22.0, Limits::NONE);
            let hit = dynamics.collisions()[0];
            assert_eq!(hit.struck, Struck::Solid, "{offset}");
            let time = 25.0 - (100.0 - offset * offset).sqrt();
            assert!((hit.time - time).abs() < 0.1, "{offset}: {} {time}", hit.time);
            // The angle doubles, to within that of a segment.
            let sine = offset / 10.0;
            let exact = [1.0 - 2.0 * (1.0 - sine * sine), 2.0 * sine * (1.0 - sine * sine).sqrt()];
            let v = dynamics.discs()[0].velocity;
            assert!((v[0] - exact[0]).hypot(v[1] - exact[1]) < 0.2, "{offset}: {v:?} {exact:?}");
            assert!((v[0].hypot(v[1]) - 1.0).abs() < 1e-6, "{v:?}");
        }
    }
}

/// A slot exactly as wide as the disc: it would rattle in there for ever at one moment.
#[test]
fn a_disc_may_get_wedged() {
    for gravity in [[0.0; 2], [0.0, 0.02], [0.013, 0.02]] {
        // Rounding aside, a disc of radius 3 touches both sides.
        let field = Field::from_fn(60, 40, |x, y| (y > 19 && !(27..33).contains(&x)) as u8 as f32);
        for (x, speed) in [(30.0, [0.0, 0.3]), (30.0 - 1e-12, [1e-3, 0.3]), (30.0 + 1e-10, [0.05, 0.1])] {
            let mut dynamics = one([x, 25.0], speed, 3.0 - 2e-10, [false; 2]);
            dynamics.set_law(gravity, 0.9);
            dynamics.set_solids(Some(&field), 0.5, Rng::new(1));
            let mut reached = 0.0;
            for _ in 0..20 {
                dynamics.push_ghosts_out(1.0, 14.0, Rng::new(1));
                dynamics.advance(1.0, Limits { collisions: 1000, ..Limits::NONE });
                reached += dynamics.now();
                dynamics.settle();
            }
            assert!(reached > 19.0, "{gravity:?} {x}: {reached}");
        }
    }
}

/// A slanting wall, thinner than the disc: its other side has nothing to say.
#[test]
fn a_disc_bounces_once_off_a_thin_wall() {
    let field = Field::from_fn(60, 40, |x, y| 1.0 - (x as f32 - y as f32 - 10.0).abs());
    for side in [-1.0, 1.0] {
        // Ten cells off the wall's middle, which is half a cell thick either side, across.
        let off = side * 10.0 / 2f64.sqrt();
        let start = [30.25 + off, 20.25 - off];
        let mut dynamics = one(start, [-side, side], 3.0, [false; 2]);
        dynamics.set_solids(Some(&field), 0.5, Rng::new(1));
        dynamics.advance(9.0, Limits::NONE);
        assert_eq!(dynamics.collisions().len(), 1, "{:?}", dynamics.collisions());
        let hit = dynamics.collisions()[0];
        let time = (10.0 - 3.0 - 0.5 / 2f64.sqrt()) / 2f64.sqrt();
        assert!((hit.time - time).abs() < 1e-9 && (hit.impulse - 8f64.sqrt()).abs() < 1e-9, "{hit:?} {time}");
        let v = dynamics.discs()[0].velocity;
        assert!((v[0] - side).hypot(v[1] + side) < 1e-9, "{v:?}");
    }
}

/// A maze of noise: nothing gets through its walls, and energy is kept.
#[test]
fn discs_stay_out_of_solids() {
    for (wraps, gravity) in [([true; 2], 0.0), ([false; 2], 0.0), ([true, false], 0.03)] {
        let rough = |x: usize, y: usize| {
            let (x, y) = (x as f32 / 60.0 * std::f32::consts::TAU, y as f32 / 40.0 * std::f32::consts::TAU);
            0.5 + 0.25 * ((3.0 * x).sin() * (2.0 * y).cos() + (2.0 * x + y).sin()) - 0.12
        };
        let field = Field::from_fn(60, 40, rough);
        let (mut dynamics, _) = gas(Arena::new([60.0, 40.0], wraps), [(60, 0.8, 1.0), (40, 0.4, 2.0)], 21);
        dynamics.set_law([0.0, gravity], 1.0);
        dynamics.set_solids(Some(&field), 0.5, Rng::new(2));
        let buried = dynamics.push_ghosts_out(1.0, 1.0, Rng::new(3));
        assert!(buried < 20, "most find a place: {buried}");
        for _ in 0..200 {
            dynamics.push_ghosts_out(1.0, 2.0, Rng::new(3));
            dynamics.advance(1.0, Limits::NONE);
            dynamics.settle();
        }
        assert_eq!(dynamics.push_ghosts_out(1.0, 2.0, Rng::new(3)), 0, "{wraps:?}");
        let kept = |d: &Dynamics| {
            d.energy() - gravity * d.discs().iter().zip(d.masses()).map(|(o, m)| m * o.place[1]).sum::<f64>()
        };
        let energy = kept(&dynamics);
        for _ in 0..1000 {
            dynamics.advance(1.0, Limits::NONE);
            dynamics.settle();
            for d in dynamics.discs() {
                let (depth, _) = dynamics.contour().depth(dynamics.arena().inside(d.place), d.radius);
                assert!(depth < 1e-6, "{wraps:?} {gravity}: {depth} at {:?}", d.place);
            }
        }
        assert!((kept(&dynamics) / energy - 1.0).abs() < 1e-10);
        assert!(dynamics.tally().bounces > 5000, "{}", dynamics.tally().bounces);
    }
}

/// A pillar that moves pushes discs away; a world that is solid everywhere does nothing to them.
#[test]
fn obstacles_that_move_or_fill_the_world_do_no_harm() {
    let (mut dynamics, _) = gas(Arena::new([60.0, 40.0], [true; 2]), [(150, 1.0, 1.0), (50, 0.7, 1.0)], 22);
    for tick in 0..200 {
        let x0 = 10.0 + tick as f32 * 0.2;
        let field = Field::from_fn(60, 40, |x, y| {
            (7.0 - (x as f32 + 0.5 - x0).hypot(y as f32 - 20.0)).clamp(-0.5, 0.5) + 0.5
        });
        dynamics.set_solids(Some(&field), 0.5, Rng::new(tick));
        dynamics.push_ghosts_out(1.0, 14.0, Rng::new(3));
        dynamics.advance(1.0, Limits { collisions: 20_000, ..Limits::NONE });
        dynamics.settle();
    }
    let deep = |d: &Disc| dynamics.contour().depth(d.place, d.radius).0 > d.radius;
    let left = dynamics.discs().iter().filter(|d| deep(d)).count();
    assert!(left < 4, "{left} are inside");
    for fill in [1.0, f32::MAX, 0.0] {
        dynamics.set_solids(Some(&Field::from_fn(60, 40, |_, _| fill)), 0.5, Rng::new(1));
        dynamics.push_ghosts_out(1.0, 14.0, Rng::new(3));
        let before = dynamics.tally().pairs;
        dynamics.advance(3.0, Limits::NONE);
        dynamics.settle();
        assert!(dynamics.tally().pairs > before, "they fly on");
    }
}
