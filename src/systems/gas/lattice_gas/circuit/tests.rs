//! The circuits against the rules in words, and their symmetries.

use super::*;
use world::params::Choice;

fn models() -> impl Iterator<Item = Model> {
    (0..Model::NAMES.len()).map(Model::at)
}

fn states(model: Model) -> impl Iterator<Item = u8> {
    0..1 << model.planes()
}

fn conserved(model: Model, state: u8) -> (u32, [i64; 2]) {
    let held = (0..model.planes()).filter(|p| state >> p & 1 == 1).map(|p| model.whole_momenta()[p]);
    (state.count_ones(), held.fold([0, 0], |sum, m| [sum[0] + m[0], sum[1] + m[1]]))
}

fn set(bits: &[usize]) -> u8 {
    bits.iter().fold(0, |state, bit| state | 1 << bit)
}

const REST: u8 = 1 << 6;

/// The rules of the papers, case by case; FHP-III by its classes of equal mass and momentum.
fn by_the_book(model: Model, state: u8, chirality: bool) -> u8 {
    let turn = |i: usize| if chirality { (i + 1) % 6 } else { (i + 5) % 6 };
    let pair = |i: usize| set(&[i, (i + 3) % 6]);
    let (even, odd) = (set(&[0, 2, 4]), set(&[1, 3, 5]));
    match model {
        Model::Hpp => match state {
            0b0101 => 0b1010,
            0b1010 => 0b0101,
            _ => state,
        },
        Model::FhpOne | Model::FhpTwo => {
            let (moving, rest) = (state & !REST, state & REST);
            if let Some(i) = (0..3).find(|i| pair(*i) == moving) {
                return pair(turn(i)) | rest;
            }
            if moving == even || moving == odd {
                return (moving ^ even ^ odd) | rest;
            }
            let merger = |i: usize| [set(&[(i + 5) % 6, (i + 1) % 6]), set(&[i]) | REST];
            let mergers = (0..6).map(merger).find(|m| m.contains(&state));
            match mergers {
                Some([a, b]) if model == Model::FhpTwo => a ^ b ^ state,
                _ => state,
            }
        }
        Model::FhpThree => {
            let class: Vec<u8> =
                states(model).filter(|s| conserved(model, *s) == conserved(model, state)).collect();
            match (class.len(), conserved(model, state).1) {
                (1, _) => state,
                (2, _) => class[0] ^ class[1] ^ state,
                // Pairs turn, with or without a spectator at rest, as particles or as holes; triangles swap.
                (_, [0, 0]) => {
                    let moving = state & !REST;
                    let seen = if moving.count_ones() > 3 { !moving & 63 } else { moving };
                    match (0..3).find(|i| pair(*i) == seen) {
                        Some(i) => state ^ seen ^ pair(turn(i)),
                        None => state ^ even ^ odd,
                    }
                }
                _ => cycled(&class, state, chirality),
            }
        }
    }
}

/// A class of three: two head-on pairs with a spectator on either side, or their holes, and one more.
fn cycled(class: &[u8], state: u8, chirality: bool) -> u8 {
    let holes = state.count_ones() > 3;
    let as_particles = |s: u8| if holes { !s & (REST | 63) } else { s };
    // {j, j − 1, j + 2}, {j, j + 1, j − 2}, {j − 1, j + 1, rest}, in the order of chirality 0 for particles.
    let of = |j: usize| {
        [
            set(&[j, (j + 5) % 6, (j + 2) % 6]),
            set(&[j, (j + 1) % 6, (j + 4) % 6]),
            set(&[(j + 5) % 6, (j + 1) % 6]) | REST,
        ]
    };
    let order = (0..6).map(of).find(|o| o.contains(&as_particles(state))).unwrap();
    assert!(order.iter().all(|s| class.contains(&as_particles(*s))));
    let at = order.iter().position(|s| *s == as_particles(state)).unwrap();
    as_particles(order[(at + if chirality ^ holes { 2 } else { 1 }) % 3])
}

#[test]
fn every_circuit_is_its_rule() {
    for model in models() {
        for state in states(model) {
            for chirality in [false, true] {
                let (found, expected) =
                    (collide(model, state, chirality), by_the_book(model, state, chirality));
                assert_eq!(found, expected, "{model:?} {state:#b} {chirality}");
            }
        }
    }
}

#[test]
fn collisions_conserve_are_undone_by_the_other_chirality_and_commute_with_rotation() {
    for model in models() {
        let active = states(model).filter(|s| collide(model, *s, true) != *s).count();
        // 76 of 128: d'Humières and Lallemand 1987.
        let known = [2, 5, 22, 76][model.index()];
        assert_eq!(active, known, "{model:?}");
        let turned = |state: u8| match model {
            Model::Hpp => (state << 1 | state >> 3) & 15,
            _ => ((state & 63) << 1 | (state & 63) >> 5) & 63 | state & REST,
        };
        let mirrored =
            |state: u8| (0..model.planes()).fold(0, |m, p| m | (state >> p & 1) << model.mirrored(p, true));
        for (state, chirality) in states(model).flat_map(|s| [(s, false), (s, true)]) {
            let after = collide(model, state, chirality);
            assert_eq!(conserved(model, after), conserved(model, state), "{model:?} {state:#b}");
            assert_eq!(collide(model, after, !chirality), state, "{model:?} {state:#b}");
            assert_eq!(collide(model, turned(state), chirality), turned(after), "{model:?} {state:#b}");
            assert_eq!(collide(model, mirrored(state), !chirality), mirrored(after), "{model:?} {state:#b}");
        }
    }
}
