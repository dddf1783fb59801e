//! What the collisions of a model conserve, and how they behave under rotation, reflection and exchange of particles and
//! holes: counted over the circuits that the gas runs with, as the number of outcomes that break a rule.

use systems::gas::lattice_gas::circuit::collide;
use systems::gas::lattice_gas::model::Model;

/// A rule, by its name in files, and whether an outcome of (state, chirality) breaks it.
pub type Rule = (&'static str, fn(Model, u8, bool) -> bool);

/// The rules that all models on triangles keep.
pub const RULES: &[Rule] = &[
    ("mass", |m, s, c| collide(m, s, c).count_ones() != s.count_ones()),
    ("momentum", |m, s, c| momentum(m, collide(m, s, c)) != momentum(m, s)),
    ("bijective", |m, s, c| states(m).filter(|other| collide(m, *other, c) == collide(m, s, c)).count() != 1),
    ("chirality1_is_inverse_of_0", |m, s, c| collide(m, collide(m, s, c), !c) != s),
    ("rotation_equivariant", |m, s, c| collide(m, turned(s), c) != turned(collide(m, s, c))),
    ("mirror_swaps_chirality", |m, s, c| collide(m, mirrored(m, s), !c) != mirrored(m, collide(m, s, c))),
];

/// Outcomes of both chiralities that break a rule.
pub fn breaches(model: Model, rule: &Rule) -> usize {
    states(model).flat_map(|s| [(s, false), (s, true)]).filter(|(s, c)| rule.1(model, *s, *c)).count()
}

/// States that a collision changes.
pub fn active(model: Model, chirality: bool) -> usize {
    states(model).filter(|s| collide(model, *s, chirality) != *s).count()
}

/// Outcomes whose holes are no outcome of the state's holes.
pub fn not_dual(model: Model) -> usize {
    let holes = |s: u8| !s & all(model);
    let breaks = |s: u8, c: bool| {
        ![false, true].iter().any(|d| collide(model, holes(s), *d) == holes(collide(model, s, c)))
    };
    states(model).flat_map(|s| [(s, false), (s, true)]).filter(|(s, c)| breaks(*s, *c)).count()
}

/// All states of a model.
pub fn states(model: Model) -> impl Iterator<Item = u8> {
    0..=all(model)
}

fn all(model: Model) -> u8 {
    ((1u16 << model.planes()) - 1) as u8
}

fn momentum(model: Model, state: u8) -> [i64; 2] {
    let held = (0..model.planes()).filter(|p| state >> p & 1 == 1).map(|p| model.whole_momenta()[p]);
    held.fold([0, 0], |sum, m| [sum[0] + m[0], sum[1] + m[1]])
}

/// Rotated by 60 degrees counterclockwise.
fn turned(state: u8) -> u8 {
    let (moving, rest) = (state & 63, state & !63);
    (moving << 1 | moving >> 5) & 63 | rest
}

/// Mirrored left to right.
fn mirrored(model: Model, state: u8) -> u8 {
    (0..model.planes()).fold(0, |m, p| m | (state >> p & 1) << model.mirrored(p, true))
}
