//! Collisions as boolean circuits, 64 cells at a time.
//!
//! Most steps are functions of three bits, which the compiler turns into one ternary-logic instruction each. At most one
//! event happens in a cell; a mask says where, and the bits that it changes are the XOR of the masks that touch them.
//!
//! - A *turn* of a head-on pair by 60°, counterclockwise where the chirality bit is 1.
//! - A *flip* of the two triangles into one another.
//! - A *merger* at direction k: {k − 1, k + 1} ↔ {k, rest}.

use super::model::Model;

/// The collision of a model with P planes.
pub(super) trait Circuit<const P: usize>: Copy + Send + Sync + 'static {
    /// Whether the outcome depends on the chirality bit.
    const CHIRAL: bool = true;
    /// The planes after the collision of 64 cells.
    fn collide(s: [u64; P], chirality: u64) -> [u64; P];
}

/// No collisions.
#[derive(Clone, Copy)]
pub(super) struct Still;
/// HPP: exactly {E, W} ↔ exactly {N, S}.
#[derive(Clone, Copy)]
pub(super) struct Hpp;
/// FHP-I: exactly a head-on pair, exactly a triangle.
#[derive(Clone, Copy)]
pub(super) struct FhpOne;
/// FHP-II: the same with or without a particle at rest, and exact mergers.
#[derive(Clone, Copy)]
pub(super) struct FhpTwo;
/// FHP-III: all states of equal mass and momentum.
#[derive(Clone, Copy)]
pub(super) struct FhpThree;

impl<const P: usize> Circuit<P> for Still {
    const CHIRAL: bool = false;
    #[inline(always)]
    fn collide(s: [u64; P], _: u64) -> [u64; P] {
        s
    }
}

impl Circuit<4> for Hpp {
    const CHIRAL: bool = false;
    #[inline(always)]
    fn collide([e, n, w, s]: [u64; 4], _: u64) -> [u64; 4] {
        let turn = !(e ^ w) & (e ^ n) & !(n ^ s);
        [e ^ turn, n ^ turn, w ^ turn, s ^ turn]
    }
}

impl Circuit<6> for FhpOne {
    #[inline(always)]
    fn collide(s: [u64; 6], chirality: u64) -> [u64; 6] {
        let change = exact_changes(s, chirality);
        core::array::from_fn(|k| s[k] ^ change[k % 3])
    }
}

impl Circuit<7> for FhpTwo {
    #[inline(always)]
    fn collide(s: [u64; 7], chirality: u64) -> [u64; 7] {
        let [a, b, c, d, e, f, rest] = s;
        let moving = [a, b, c, d, e, f];
        let change = exact_changes(moving, chirality);
        let merger = |k: usize| {
            let others = moving[(k + 2) % 6] | moving[(k + 3) % 6] | moving[(k + 4) % 6];
            fork(moving, rest, k) & !others
        };
        merged(s, six(merger), change)
    }
}

impl Circuit<7> for FhpThree {
    /// A cell with four particles or more collides as its holes do. What follows is about at most three: an event's
    /// third particle, if there is one, is a spectator. A head-on pair turns if the place that it turns to is free; if
    /// the spectator is there, one of the pair merges with it instead.
    #[inline(always)]
    fn collide(s: [u64; 7], chirality: u64) -> [u64; 7] {
        let full = at_least_four(s);
        let [q0, q1, q2, q3, q4, q5, rest] = s.map(|plane| plane ^ full);
        let q = [q0, q1, q2, q3, q4, q5];
        // The mirror image of a collision of holes is one of particles; with no momentum it is the same.
        let side = chirality ^ full;
        let merging_side = side ^ rest;
        let merger = |k: usize| {
            let in_the_way = choose(merging_side, q[(k + 2) % 6], q[(k + 4) % 6]);
            fork(q, rest, k) & !(q[(k + 3) % 6] | in_the_way)
        };
        let axes = [q0 | q3, q1 | q4, q2 | q5];
        let pairs = [
            q0 & q3 & !choose(side, axes[1], axes[2]),
            q1 & q4 & !choose(side, axes[2], axes[0]),
            q2 & q5 & !choose(side, axes[0], axes[1]),
        ];
        let has_spectator = majority(axes[0], axes[1], axes[2]);
        let triangles = (q0 & q2 & q4) | (q1 & q3 & q5);
        let change = turned(pairs, chirality ^ (full & has_spectator), triangles);
        merged(s, six(merger), change)
    }
}

/// Changes on the three axes by exact pairs and exact triangles of moving particles.
#[inline(always)]
fn exact_changes(s: [u64; 6], chirality: u64) -> [u64; 3] {
    let axes = [s[0] | s[3], s[1] | s[4], s[2] | s[5]];
    let pairs = [
        s[0] & s[3] & !(axes[1] | axes[2]),
        s[1] & s[4] & !(axes[2] | axes[0]),
        s[2] & s[5] & !(axes[0] | axes[1]),
    ];
    let even = !((s[0] ^ s[2]) | (s[0] ^ s[4]));
    let odd = !((s[1] ^ s[3]) | (s[1] ^ s[5]));
    turned(pairs, chirality, even & odd & (s[0] ^ s[1]))
}

/// Changes on the three axes: each pair leaves its own and enters the next one, counterclockwise where `side` is 1; a
/// triangle changes all.
#[inline(always)]
fn turned(pairs: [u64; 3], side: u64, triangles: u64) -> [u64; 3] {
    let [a, b, c] = pairs;
    [
        a ^ choose(side, c, b) ^ triangles,
        b ^ choose(side, a, c) ^ triangles,
        c ^ choose(side, b, a) ^ triangles,
    ]
}

/// Where the state is {k − 1, k + 1} or {k, rest}, whatever the three directions opposite hold. Relative to the particle at
/// rest both are one pattern, for holes too.
#[inline(always)]
fn fork(s: [u64; 6], rest: u64, k: usize) -> u64 {
    (s[(k + 5) % 6] ^ rest) & !(s[k] ^ rest) & (s[(k + 1) % 6] ^ rest)
}

/// `array::from_fn` that is inlined.
#[inline(always)]
fn six(f: impl Fn(usize) -> u64) -> [u64; 6] {
    [f(0), f(1), f(2), f(3), f(4), f(5)]
}

/// The state with the changes of mergers and of axes.
#[inline(always)]
fn merged(s: [u64; 7], m: [u64; 6], axes: [u64; 3]) -> [u64; 7] {
    let near = six(|k| m[(k + 5) % 6] ^ m[k] ^ m[(k + 1) % 6]);
    [
        s[0] ^ near[0] ^ axes[0],
        s[1] ^ near[1] ^ axes[1],
        s[2] ^ near[2] ^ axes[2],
        s[3] ^ near[3] ^ axes[0],
        s[4] ^ near[4] ^ axes[1],
        s[5] ^ near[5] ^ axes[2],
        // All six mergers change the particle at rest.
        s[6] ^ near[1] ^ near[4],
    ]
}

#[inline(always)]
fn at_least_four([a, b, c, d, e, f, g]: [u64; 7]) -> u64 {
    let twos = majority(a ^ b ^ c, d ^ e ^ f, g);
    majority(majority(a, b, c), majority(d, e, f), twos)
}

/// As a selection, which becomes a single instruction.
#[inline(always)]
fn majority(a: u64, b: u64, c: u64) -> u64 {
    choose(a ^ b, c, a)
}

#[inline(always)]
fn choose(which: u64, yes: u64, no: u64) -> u64 {
    (which & yes) | (!which & no)
}

/// The state (one bit per plane) that a cell's state becomes in a collision.
pub fn collide(model: Model, state: u8, chirality: bool) -> u8 {
    fn one<C: Circuit<P>, const P: usize>(state: u8, chirality: bool) -> u8 {
        let planes = C::collide(core::array::from_fn(|p| (state >> p & 1) as u64), chirality as u64);
        planes.iter().enumerate().fold(0, |state, (p, plane)| state | ((plane & 1) as u8) << p)
    }
    match model {
        Model::Hpp => one::<Hpp, 4>(state, chirality),
        Model::FhpOne => one::<FhpOne, 6>(state, chirality),
        Model::FhpTwo => one::<FhpTwo, 7>(state, chirality),
        Model::FhpThree => one::<FhpThree, 7>(state, chirality),
    }
}

#[cfg(test)]
mod tests;
