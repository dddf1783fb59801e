//! Where discs begin: at random without overlap (random sequential adsorption, Widom 1966) or, where that would take too
//! long, at random sites of a lattice.

use std::f64::consts::PI;

use world::rng::Rng;

use super::arena::Arena;
use super::cells::Cells;
use super::disc::Disc;
use super::lattice::{Region, sites};

/// Packing fraction up to which discs are dropped at random.
const LOOSE: f64 = 0.35;
/// Places that are tried for each disc.
const TRIES: u64 = 400;

/// Discs of one kind, and where they begin.
#[derive(Clone, Copy, Debug)]
pub struct Crowd {
    /// How many.
    pub count: usize,
    /// Radius, cells.
    pub radius: f64,
    /// Where.
    pub region: Region,
}

impl Crowd {
    /// Area of its discs, cells².
    fn covers(&self) -> f64 {
        self.count as f64 * PI * self.radius * self.radius
    }

    fn disc(&self, place: [f64; 2]) -> Disc {
        Disc::new(place, [0.0; 2], self.radius)
    }
}

/// The discs of two kinds, at rest, each with its kind. There are fewer than wanted if they do not fit.
pub fn place(arena: &Arena, crowds: [Crowd; 2], rng: Rng) -> Vec<(Disc, u8)> {
    let together = crowds[0].region == crowds[1].region;
    let packing = |crowd: &Crowd| {
        let covered: f64 = crowds.iter().filter(|c| c.region == crowd.region).map(Crowd::covers).sum();
        covered / crowd.region.area()
    };
    let loose = crowds.iter().all(|c| c.count == 0 || packing(c) <= LOOSE);
    match (loose, together) {
        (true, _) => dropped(arena, &crowds, rng),
        (false, true) => mixed(&crowds, rng),
        (false, false) => apart(&crowds, rng),
    }
}

/// At random, the larger ones first.
fn dropped(arena: &Arena, crowds: &[Crowd; 2], rng: Rng) -> Vec<(Disc, u8)> {
    let largest = crowds[0].radius.max(crowds[1].radius);
    let total = crowds[0].count + crowds[1].count;
    let mut cells = Cells::of_one(arena, total, largest);
    let (mut discs, mut kinds): (Vec<Disc>, Vec<u8>) = (Vec::with_capacity(total), Vec::with_capacity(total));
    let order = if crowds[1].radius > crowds[0].radius { [1, 0] } else { [0, 1] };
    for kind in order {
        let (crowd, radius) = (&crowds[kind], crowds[kind].radius);
        for k in 0..crowd.count {
            let r = rng.fork(kind as u64).fork(k as u64);
            let found = (0..TRIES).find_map(|t| {
                let at = crowd.region.at([r.unit64(2 * t), r.unit64(2 * t + 1)], radius);
                cells.is_free(&discs, at, radius, None).then_some(at)
            });
            if let Some(at) = found {
                discs.push(crowd.disc(at));
                kinds.push(kind as u8);
                cells.add(&mut discs, kinds.len() - 1, radius);
            }
        }
    }
    discs.into_iter().zip(kinds).collect()
}

/// Both kinds at random sites of one lattice; side by side if the larger ones leave too little room for that.
fn mixed(crowds: &[Crowd; 2], rng: Rng) -> Vec<(Disc, u8)> {
    let total = crowds[0].count + crowds[1].count;
    let used = |crowd: &Crowd| if crowd.count == 0 { 0.0 } else { crowd.radius };
    let common = sites(&crowds[0].region, used(&crowds[0]).max(used(&crowds[1])), total);
    if common.len() < total && crowds.iter().all(|c| c.count > 0) && crowds[0].radius != crowds[1].radius {
        let mut split = *crowds;
        let (region, first) =
            (crowds[0].region, crowds[0].covers() / (crowds[0].covers() + crowds[1].covers()));
        let border = region.low[0] + first * (region.high[0] - region.low[0]);
        split[0].region.high[0] = border;
        split[1].region.low[0] = border;
        split.iter_mut().for_each(|c| c.region.wraps[0] = false);
        return apart(&split, rng);
    }
    let chosen = shuffled(common, rng);
    let kind =
        |i: usize| (i * crowds[1].count / total.max(1) != (i + 1) * crowds[1].count / total.max(1)) as usize;
    let disc = |(i, at): (usize, [f64; 2])| (crowds[kind(i)].disc(at), kind(i) as u8);
    chosen.into_iter().take(total).enumerate().map(disc).collect()
}

/// Each kind on a lattice in its own region.
fn apart(crowds: &[Crowd; 2], rng: Rng) -> Vec<(Disc, u8)> {
    let one = |kind: usize| {
        let crowd = crowds[kind];
        let found =
            if crowd.count == 0 { Vec::new() } else { sites(&crowd.region, crowd.radius, crowd.count) };
        let chosen = shuffled(found, rng.fork(kind as u64));
        chosen.into_iter().take(crowd.count).map(move |at| (crowd.disc(at), kind as u8))
    };
    one(0).chain(one(1)).collect()
}

/// Sites in random order, by address.
fn shuffled(sites: Vec<[f64; 2]>, rng: Rng) -> Vec<[f64; 2]> {
    let mut keyed: Vec<(u64, [f64; 2])> =
        sites.into_iter().enumerate().map(|(i, at)| (rng.bits(i as u64), at)).collect();
    keyed.sort_by_key(|(key, _)| *key);
    keyed.into_iter().map(|(_, at)| at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn overlap(arena: &Arena, discs: &[(Disc, u8)]) -> Option<(Disc, Disc)> {
        discs.iter().enumerate().find_map(|(i, (a, _))| {
            let touches = |b: &Disc| {
                let r = arena.nearest([a.place[0] - b.place[0], a.place[1] - b.place[1]]);
                r[0].hypot(r[1]) < (a.radius + b.radius) * (1.0 - 1e-9)
            };
            discs[..i].iter().find(|(b, _)| touches(b)).map(|(b, _)| (*a, *b))
        })
    }

    #[test]
    fn discs_of_any_density_begin_without_overlap() {
        for wraps in [[true; 2], [false; 2], [true, false]] {
            let arena = Arena::new([200.0, 120.0], wraps);
            for packing in [0.05, 0.3, 0.36, 0.5, 0.7] {
                for (share, ratio) in [(0.0, 1.0), (0.3, 1.0), (0.2, 1.6), (0.5, 0.4), (1.0, 3.0)] {
                    let radius = 2.0f64;
                    let mean = PI * radius * radius * (1.0 - share + share * ratio * ratio);
                    let total = (packing * arena.area() / mean) as usize;
                    let second = (share * total as f64) as usize;
                    let region = Region { low: [0.0; 2], high: arena.size, wraps };
                    let crowd = |count, radius| Crowd { count, radius, region };
                    let discs = place(
                        &arena,
                        [crowd(total - second, radius), crowd(second, radius * ratio)],
                        Rng::new(1),
                    );
                    let missing = total - discs.len();
                    assert!(
                        missing * 20 <= total,
                        "{wraps:?} {packing} {share} {ratio}: {missing} of {total}"
                    );
                    assert_eq!(overlap(&arena, &discs), None, "{wraps:?} {packing} {share} {ratio}");
                    let placed = discs.iter().filter(|d| d.1 == 1).count();
                    assert!(placed.abs_diff(second) * 20 <= total, "{placed} of {second}");
                }
            }
        }
    }

    #[test]
    fn discs_that_do_not_fit_are_left_out() {
        let arena = Arena::new([20.0, 20.0], [false; 2]);
        let region = Region { low: [0.0; 2], high: arena.size, wraps: [false; 2] };
        let crowd = |count| Crowd { count, radius: 2.0, region };
        let discs = place(&arena, [crowd(1000), crowd(1000)], Rng::new(1));
        assert!((20..30).contains(&discs.len()), "{}", discs.len());
        assert_eq!(overlap(&arena, &discs), None);
    }
}
