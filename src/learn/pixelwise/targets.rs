//! What a detector should give for boxes, and the boxes that it gives: a body is a peak of the heatmap of its class, at
//! its centre, where two planes tell the logarithms of its width and height and two the place of the centre in the pixel
//! (CenterNet, Zhou et al. 2019). Around the centre the heatmap falls off as an elliptic Gaussian (Liu et al. 2020).

use data::dataset::LabelledBox;
use data::reduce::SIDE;

use super::GEOMETRY;
use super::precision::{Detection, MOST, Target};

/// Pixels of a plane.
pub const PLANE: usize = SIDE * SIDE;
/// Pixels a side of a box whose planes of size are 0.
const UNIT: f32 = 8.0;
/// Deviations of the Gaussian, as a share of the box.
const SPREAD: f32 = 1.0 / 6.0;
/// Added to the logits of heatmaps: at the start a centre is as likely as one pixel in ten (Lin et al. 2017).
pub const BIAS: f32 = -2.2;
/// Least score of a detection.
const LEAST: f32 = 0.02;

/// What a detector should give for one picture.
#[derive(Clone, Debug, PartialEq)]
pub struct DetectionTargets {
    /// Heatmaps `[classes][SIDE][SIDE]`, 0..1, 1 at the centres.
    pub heat: Vec<f32>,
    /// Size and place of the centre `[GEOMETRY][SIDE][SIDE]`; at the centres only.
    pub geometry: Vec<f32>,
    /// 1 at the centres, `[SIDE][SIDE]`.
    pub centres: Vec<f32>,
}

/// The true boxes of known classes.
pub fn known(boxes: &[LabelledBox], classes: &[String]) -> Vec<Target> {
    let one = |b: &LabelledBox| {
        let class = classes.iter().position(|c| *c == b.class)?;
        Some(Target { class, edges: b.edges })
    };
    boxes.iter().filter_map(one).collect()
}

/// The targets of these boxes. Where two have their centres in one pixel, the last is what its planes tell.
pub fn targets(boxes: &[Target], classes: usize) -> DetectionTargets {
    let mut all = DetectionTargets {
        heat: vec![0.0; classes * PLANE],
        geometry: vec![0.0; GEOMETRY * PLANE],
        centres: vec![0.0; PLANE],
    };
    for b in boxes {
        let [left, top, right, bottom] = b.edges;
        let [w, h] = [right - left, bottom - top];
        let [x, y] = [0.5 * (left + right), 0.5 * (top + bottom)];
        let [column, row] = [x, y].map(|v| (v as usize).min(SIDE - 1));
        let heat = &mut all.heat[b.class * PLANE..(b.class + 1) * PLANE];
        gaussian(heat, (column, row), [w, h]);
        let at = row * SIDE + column;
        all.centres[at] = 1.0;
        let values = [libm::logf(w / UNIT), libm::logf(h / UNIT), x - column as f32, y - row as f32];
        values.into_iter().enumerate().for_each(|(plane, v)| all.geometry[plane * PLANE + at] = v);
    }
    all
}

/// Raises a heatmap to a Gaussian around a pixel.
fn gaussian(heat: &mut [f32], (column, row): (usize, usize), size: [f32; 2]) {
    let [sx, sy] = size.map(|s| (s * SPREAD).max(0.4));
    let reach = |s: f32| (3.0 * s).ceil() as usize;
    for y in row.saturating_sub(reach(sy))..(row + reach(sy) + 1).min(SIDE) {
        for x in column.saturating_sub(reach(sx))..(column + reach(sx) + 1).min(SIDE) {
            let [u, v] = [(x as f32 - column as f32) / sx, (y as f32 - row as f32) / sy];
            let value = libm::expf(-0.5 * (u * u + v * v));
            let at = &mut heat[y * SIDE + x];
            *at = at.max(value);
        }
    }
}

/// The boxes at the peaks of the heatmaps, the surest first, from the planes of the network.
pub fn detections(planes: &[f32], classes: usize) -> Vec<Detection> {
    let geometry = &planes[classes * PLANE..];
    let mut all = Vec::new();
    for class in 0..classes {
        let heat = &planes[class * PLANE..(class + 1) * PLANE];
        for at in (0..PLANE).filter(|at| is_peak(heat, *at)) {
            let score = 1.0 / (1.0 + libm::expf(-(heat[at] + BIAS)));
            if score >= LEAST {
                all.push(Detection { class, edges: edges(geometry, at), score });
            }
        }
    }
    all.sort_by(|a, b| b.score.total_cmp(&a.score));
    all.truncate(MOST);
    all
}

/// Whether no pixel around is higher; of equal ones the first is the peak.
fn is_peak(heat: &[f32], at: usize) -> bool {
    let (x, y) = (at % SIDE, at / SIDE);
    let near = |v: usize| v.saturating_sub(1)..(v + 2).min(SIDE);
    let mut around = near(y).flat_map(|y| near(x).map(move |x| y * SIDE + x)).filter(|i| *i != at);
    around.all(|i| heat[i] < heat[at] || (heat[i] == heat[at] && i > at))
}

fn edges(geometry: &[f32], at: usize) -> [f32; 4] {
    let value = |plane: usize| geometry[plane * PLANE + at];
    let half = |plane: usize| 0.5 * UNIT * libm::expf(value(plane).clamp(-3.0, 3.0));
    let [x, y] = [(at % SIDE) as f32 + value(2), (at / SIDE) as f32 + value(3)];
    let (w, h) = (half(0), half(1));
    [x - w, y - h, x + w, y + h].map(|v| v.clamp(0.0, SIDE as f32))
}

#[cfg(test)]
mod tests {
    use super::super::precision::box_iou;
    use super::*;
    use world::rng::Rng;

    /// What a perfect network gives is read back as the boxes.
    #[test]
    fn boxes_are_read_back_from_their_targets() {
        for seed in 0..20 {
            let r = Rng::new(seed);
            // One in each quarter of the picture, so that none hides another's centre.
            let boxes: Vec<Target> = (0..4u64)
                .map(|i| {
                    let r = r.fork(i);
                    let (w, h) = (r.range(0, 2.0, 14.0), r.range(1, 2.0, 14.0));
                    let x = 32.0 * (i % 2) as f32 + r.range(2, 0.5 * w, 31.0 - 0.5 * w);
                    let y = 32.0 * (i / 2) as f32 + r.range(3, 0.5 * h, 31.0 - 0.5 * h);
                    let edges = [x - 0.5 * w, y - 0.5 * h, x + 0.5 * w, y + 0.5 * h];
                    Target { class: (i % 3) as usize, edges }
                })
                .collect();
            let all = targets(&boxes, 3);
            assert_eq!(all.centres.iter().sum::<f32>(), 4.0);
            assert_eq!(all.heat.iter().filter(|v| **v == 1.0).count(), 4);
            let logit = |p: &f32| libm::logf((p + 1e-4) / (1.0001 - p)) - BIAS;
            let planes: Vec<f32> = all.heat.iter().map(logit).chain(all.geometry.iter().copied()).collect();
            let found = detections(&planes, 3);
            for b in &boxes {
                let best = found.iter().filter(|d| d.class == b.class && d.score > 0.99);
                assert!(best.clone().any(|d| box_iou(&d.edges, &b.edges) > 0.999), "{b:?} in {found:?}");
            }
            assert_eq!(found.iter().filter(|d| d.score > 0.99).count(), 4);
            assert!(found.windows(2).all(|w| w[0].score >= w[1].score));
        }
    }

    #[test]
    fn a_plateau_has_one_peak() {
        let mut planes = vec![-9.0; (1 + GEOMETRY) * PLANE];
        planes[PLANE..].fill(0.0);
        [70, 71, 134, 135].into_iter().for_each(|i| planes[i] = 5.0);
        let found = detections(&planes, 1);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].edges, [2.0, 0.0, 10.0, 5.0]);
    }
}
