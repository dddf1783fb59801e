//! Distance to the border of a solid, in cells: positive outside.

/// Farther than anything.
const FAR: f32 = 1e6;

/// Signed distances of the cells of a `w`×`h` field to where it crosses `threshold`; solid is above it. Next to the
/// border by linear interpolation, elsewhere by sweeping the eikonal equation (Zhao 2005).
pub fn signed(field: &[f32], (w, h): (usize, usize), threshold: f32, into: &mut [f32]) {
    for (i, d) in into.iter_mut().enumerate() {
        *d = beside(field, (w, h), threshold, (i % w, i / w));
    }
    let fixed: Vec<bool> = into.iter().map(|d| *d < FAR).collect();
    for (right, down) in [(true, true), (false, true), (false, false), (true, false)] {
        for j in 0..h {
            let y = if down { j } else { h - 1 - j };
            for i in 0..w {
                let x = if right { i } else { w - 1 - i };
                if !fixed[y * w + x] {
                    update(into, (w, h), (x, y));
                }
            }
        }
    }
    for (d, v) in into.iter_mut().zip(field) {
        *d = if *v > threshold { -*d } else { *d };
    }
}

/// Distance of a cell that has a neighbour on the other side; [`FAR`] for others.
fn beside(field: &[f32], (w, h): (usize, usize), threshold: f32, (x, y): (usize, usize)) -> f32 {
    let own = field[y * w + x] - threshold;
    let to = |inside: bool, i: usize| {
        let other = if inside { field[i] - threshold } else { own };
        if (own > 0.0) == (other > 0.0) { FAR } else { (own / (own - other)).clamp(0.01, 1.0) }
    };
    let i = y * w + x;
    let left = if x > 0 { to(true, i - 1) } else { FAR };
    let right = if x + 1 < w { to(true, i + 1) } else { FAR };
    let up = if y > 0 { to(true, i - w) } else { FAR };
    let down = if y + 1 < h { to(true, i + w) } else { FAR };
    let (dx, dy) = (left.min(right), up.min(down));
    if dx >= FAR && dy >= FAR {
        return FAR;
    }
    1.0 / (1.0 / (dx * dx) + 1.0 / (dy * dy)).sqrt()
}

fn update(d: &mut [f32], (w, h): (usize, usize), (x, y): (usize, usize)) {
    let i = y * w + x;
    let left = if x > 0 { d[i - 1] } else { FAR };
    let right = if x + 1 < w { d[i + 1] } else { FAR };
    let up = if y > 0 { d[i - w] } else { FAR };
    let down = if y + 1 < h { d[i + w] } else { FAR };
    let (a, b) = (left.min(right), up.min(down));
    let (near, far) = (a.min(b), a.max(b));
    let one = near + 1.0;
    let difference = far - near;
    let new = match difference < 1.0 {
        true => 0.5 * (a + b + (2.0 - difference * difference).sqrt()),
        false => one,
    };
    d[i] = d[i].min(new);
}
