//! When two bodies touch: the first time that a distance that falls becomes zero.
//!
//! All of them are stable (Bannerman, Strobl, Formella and Pöschel 2014): bodies that rounding has left overlapping touch
//! at once if they approach, and never if they separate. So nothing falls through, and nothing is hit twice.

/// Share of the closing speed below which overlapping bodies count as passing each other.
const GRAZING: f64 = 1e-13;
/// Halvings of an interval in which roots are searched for.
const DEEPEST: u32 = 48;

/// When a height `h` with velocity `v` and acceleration `a` falls through zero; infinity if it never does.
#[inline(always)]
pub fn falls(h: f64, v: f64, a: f64) -> f64 {
    if a == 0.0 {
        return if v < 0.0 { h.max(0.0) / -v } else { f64::INFINITY };
    }
    if h <= 0.0 && v < 0.0 {
        return 0.0;
    }
    let square = v * v - 2.0 * a * h;
    match a < 0.0 {
        // It rises first, or is at rest: the root after the apex.
        true if v >= 0.0 => (v + square.max(0.0).sqrt()) / -a,
        _ if v >= 0.0 || square < 0.0 => f64::INFINITY,
        _ => 2.0 * h / (square.sqrt() - v),
    }
}

/// When two points at `r` from each other, moving at `v` towards each other along straight lines, come as close as
/// `reach`; infinity if they never do.
#[inline(always)]
pub fn approaches(r: [f64; 2], v: [f64; 2], reach: f64) -> f64 {
    let b = r[0] * v[0] + r[1] * v[1];
    let (square, speed) = (r[0] * r[0] + r[1] * r[1], v[0] * v[0] + v[1] * v[1]);
    let c = square - reach * reach;
    let d = b * b - speed * c;
    // Whether two discs meet is anybody's guess, so it is no branch; that they overlap is rare.
    let meets = (b < 0.0) & (d >= 0.0);
    if meets & (c <= 0.0) {
        return if b < -GRAZING * (square * speed).sqrt() { 0.0 } else { f64::INFINITY };
    }
    let wait = c / (if d > 0.0 { d } else { 0.0 }.sqrt() - b);
    if meets { wait } else { f64::INFINITY }
}

/// The same along a parabola, up to a time: `g` is the acceleration. The square of the distance is of fourth degree; its
/// roots are isolated by the signs of its Bernstein coefficients (Lane and Riesenfeld 1981).
pub fn approaches_falling(r: [f64; 2], v: [f64; 2], g: [f64; 2], reach: f64, until: f64) -> f64 {
    let dot = |a: [f64; 2], b: [f64; 2]| a[0] * b[0] + a[1] * b[1];
    let until = until.min(1e6);
    let gap = dot(r, r) - reach * reach;
    if gap <= 0.0 && dot(r, v) < -GRAZING * (dot(r, r) * dot(v, v)).sqrt() {
        return 0.0;
    }
    let (t, tt) = (until, until * until);
    let power = [
        gap,
        2.0 * dot(r, v) * t,
        (dot(v, v) + dot(r, g)) * tt,
        dot(v, g) * tt * t,
        0.25 * dot(g, g) * tt * tt,
    ];
    first_descent(bernstein(power), 0).map_or(f64::INFINITY, |share| share * until)
}

/// Bernstein coefficients on 0..1 of a polynomial by powers.
fn bernstein(c: [f64; 5]) -> [f64; 5] {
    let [a, b, c, d, e] = [c[0], c[1] / 4.0, c[2] / 6.0, c[3] / 4.0, c[4]];
    [a, a + b, a + 2.0 * b + c, a + 3.0 * b + 3.0 * c + d, a + 4.0 * b + 6.0 * c + 4.0 * d + e]
}

/// The polynomial on the first and on the second half (de Casteljau).
fn halves(b: [f64; 5]) -> ([f64; 5], [f64; 5]) {
    let (mut row, mut first, mut second) = (b, b, b);
    for k in 1..5 {
        (0..5 - k).for_each(|i| row[i] = 0.5 * (row[i] + row[i + 1]));
        first[k] = row[0];
        second[4 - k] = row[4 - k];
    }
    (first, second)
}

/// The first place in 0..1 where it goes from above zero to below.
fn first_descent(b: [f64; 5], depth: u32) -> Option<f64> {
    let changes = b.windows(2).filter(|w| (w[0] > 0.0) != (w[1] > 0.0)).count();
    match changes {
        0 => None,
        // One root: down, or up.
        1 if b[0] > 0.0 => Some(descent(b)),
        1 => None,
        _ if depth == DEEPEST => None,
        _ => {
            let (first, second) = halves(b);
            let later = || first_descent(second, depth + 1).map(|t| 0.5 + 0.5 * t);
            first_descent(first, depth + 1).map(|t| 0.5 * t).or_else(later)
        }
    }
}

/// The only root, by bisection, from above.
fn descent(b: [f64; 5]) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..52 {
        let t = 0.5 * (low + high);
        let mut row = b;
        for k in 1..5 {
            (0..5 - k).for_each(|i| row[i] += t * (row[i + 1] - row[i]));
        }
        if row[0] > 0.0 { low = t } else { high = t }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::rng::Rng;

    /// The first time that a function goes from above zero to below, in small steps.
    fn stepped(f: impl Fn(f64) -> f64, until: f64) -> f64 {
        let steps = 200_000;
        let at = |k: usize| until * k as f64 / steps as f64;
        (1..=steps).find(|&k| f(at(k - 1)) > 0.0 && f(at(k)) <= 0.0).map_or(f64::INFINITY, at)
    }

    fn any(r: Rng, cell: u64) -> f64 {
        r.range(cell, -2.0, 2.0) as f64
    }

    #[test]
    fn heights_fall_through_zero_when_they_should() {
        for k in 0..60 {
            let r = Rng::new(7).fork(k);
            let (h, v, a) = (any(r, 0).abs(), any(r, 1), if k % 3 == 0 { 0.0 } else { any(r, 2) });
            let (found, slow) = (falls(h, v, a), stepped(|t| h + v * t + 0.5 * a * t * t, 20.0));
            assert!(
                found > 20.0 && slow == f64::INFINITY || (found - slow).abs() < 2e-4,
                "{h} {v} {a}: {found} {slow}"
            );
        }
        assert_eq!(falls(-1e-16, -1.0, 0.0), 0.0, "overlapping and approaching: at once");
        assert_eq!(falls(-1e-16, 1.0, 0.0), f64::INFINITY, "overlapping and separating: never");
        assert!((falls(-1e-16, 1.0, -2.0) - 1.0).abs() < 1e-9, "thrown up from the floor it falls back");
        assert_eq!(falls(0.0, 0.0, 1.0), f64::INFINITY);
    }

    #[test]
    fn discs_meet_when_they_should_along_lines_and_parabolas() {
        let mut met = 0;
        for k in 0..120 {
            let r = Rng::new(9).fork(k);
            let (at, v) = ([any(r, 0), any(r, 1)], [any(r, 2), any(r, 3)]);
            let g = if k % 2 == 0 { [0.0; 2] } else { [any(r, 4), any(r, 5)] };
            let reach = 0.6;
            if at[0].hypot(at[1]) < reach {
                continue;
            }
            let path = |t: f64, i: usize| at[i] + v[i] * t + 0.5 * g[i] * t * t;
            let slow = stepped(|t| path(t, 0).hypot(path(t, 1)) - reach, 8.0);
            let found = approaches_falling(at, v, g, reach, 8.0);
            assert!(found == slow || (found - slow).abs() < 1e-4, "{at:?} {v:?} {g:?}: {found} {slow}");
            if g == [0.0; 2] {
                let line = approaches(at, v, reach);
                assert!(found == line || line > 8.0 || (found - line).abs() < 1e-9, "{found} {line}");
            }
            met += (slow < 8.0) as u32;
        }
        assert!(met > 20, "{met}");
    }

    #[test]
    fn what_overlaps_meets_at_once_or_not_at_all() {
        assert_eq!(approaches([0.9, 0.0], [-1.0, 0.0], 1.0), 0.0);
        assert_eq!(approaches([0.9, 0.0], [1.0, 0.0], 1.0), f64::INFINITY);
        assert_eq!(approaches([0.9, 0.0], [0.0, 1.0], 1.0), f64::INFINITY);
        assert_eq!(approaches_falling([0.9, 0.0], [-1.0, 0.0], [0.0, 1.0], 1.0, 9.0), 0.0);
        let back = approaches_falling([1.0, 0.0], [1.0, 0.0], [-1.0, 0.0], 1.0, 9.0);
        assert!((back - 2.0).abs() < 1e-9, "{back}");
    }
}
