//! Average precision of detections, as COCO defines it (Lin et al. 2014) for pictures without crowds: the mean over the
//! thresholds 0.50, 0.55, …, 0.95 of intersection over union, and over the classes, of the precision at the recalls 0,
//! 0.01, …, 1, each being the highest precision at that recall or a higher one.

/// Thresholds of intersection over union.
pub const THRESHOLDS: usize = 10;
/// Detections of a class in a picture that count: the surest.
pub const MOST: usize = 100;
/// Recalls at which precision is read.
const RECALLS: usize = 101;

/// A box that a detector found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Detection {
    /// Its class.
    pub class: usize,
    /// Left, upper, right and lower edge, pixels.
    pub edges: [f32; 4],
    /// How sure it is, 0..1.
    pub score: f32,
}

/// A true box.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Target {
    /// Its class.
    pub class: usize,
    /// Left, upper, right and lower edge, pixels.
    pub edges: [f32; 4],
}

/// What was found and what is true in one picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evaluated {
    /// All detections.
    pub found: Vec<Detection>,
    /// All true boxes.
    pub targets: Vec<Target>,
}

/// Average precision, 0..1; `None` where there is no true box.
#[derive(Clone, Debug, PartialEq)]
pub struct AveragePrecision {
    /// Mean over all thresholds and classes.
    pub mean: Option<f64>,
    /// At the threshold 0.50, mean over the classes.
    pub at_50: Option<f64>,
    /// At the threshold 0.75.
    pub at_75: Option<f64>,
    /// Of each class, mean over all thresholds.
    pub classes: Vec<Option<f64>>,
}

/// A threshold, by its place.
pub fn threshold(place: usize) -> f64 {
    0.5 + 0.05 * place as f64
}

/// Intersection over union of two boxes, 0..1.
pub fn box_iou(a: &[f32; 4], b: &[f32; 4]) -> f64 {
    let [a, b] = [a, b].map(|e| e.map(f64::from));
    let overlap = |low: usize, high: usize| (a[high].min(b[high]) - a[low].max(b[low])).max(0.0);
    let area = |e: &[f64; 4]| (e[2] - e[0]) * (e[3] - e[1]);
    let both = overlap(0, 2) * overlap(1, 3);
    let either = area(&a) + area(&b) - both;
    if either > 0.0 { both / either } else { 0.0 }
}

/// Average precision over all pictures.
pub fn average_precision(pictures: &[Evaluated], classes: usize) -> AveragePrecision {
    let table: Vec<Option<Vec<f64>>> = (0..classes).map(|class| of_class(pictures, class)).collect();
    let mean =
        |values: Vec<f64>| (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64);
    let at = |place: usize| mean(table.iter().flatten().map(|t| t[place]).collect());
    AveragePrecision {
        mean: mean(table.iter().flatten().flatten().copied().collect()),
        at_50: at(0),
        at_75: at(5),
        classes: table.iter().map(|t| t.clone().and_then(mean)).collect(),
    }
}

/// Average precision of a class at each threshold; none if there is no true box of it.
fn of_class(pictures: &[Evaluated], class: usize) -> Option<Vec<f64>> {
    let targets = pictures.iter().flat_map(|p| &p.targets).filter(|t| t.class == class).count();
    if targets == 0 {
        return None;
    }
    let precision = |place: usize| {
        let mut verdicts: Vec<(f32, bool)> =
            pictures.iter().flat_map(|p| matched(p, class, threshold(place))).collect();
        // The sort is stable: of equally sure ones the first picture's come first.
        verdicts.sort_by(|a, b| b.0.total_cmp(&a.0));
        interpolated(&verdicts, targets)
    };
    Some((0..THRESHOLDS).map(precision).collect())
}

/// The surest detections of a class in a picture, and whether each meets a true box that no surer one has met: the one that
/// it overlaps most.
fn matched(picture: &Evaluated, class: usize, threshold: f64) -> Vec<(f32, bool)> {
    let mut found: Vec<&Detection> = picture.found.iter().filter(|d| d.class == class).collect();
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    let targets: Vec<&Target> = picture.targets.iter().filter(|t| t.class == class).collect();
    let mut met = vec![false; targets.len()];
    let one = |d: &Detection| {
        let (mut most, mut at) = (threshold.min(1.0 - 1e-10), None);
        for (i, t) in targets.iter().enumerate().filter(|(i, _)| !met[*i]) {
            let iou = box_iou(&d.edges, &t.edges);
            if iou >= most {
                (most, at) = (iou, Some(i));
            }
        }
        if let Some(i) = at {
            met[i] = true;
        }
        (d.score, at.is_some())
    };
    found.into_iter().take(MOST).map(one).collect()
}

/// Mean of the highest precision at each recall or beyond.
fn interpolated(verdicts: &[(f32, bool)], targets: usize) -> f64 {
    let mut right = 0usize;
    let mut points: Vec<(f64, f64)> = Vec::with_capacity(verdicts.len());
    for (i, (_, is_right)) in verdicts.iter().enumerate() {
        right += *is_right as usize;
        points.push((right as f64 / targets as f64, right as f64 / (i + 1) as f64));
    }
    for i in (1..points.len()).rev() {
        points[i - 1].1 = points[i - 1].1.max(points[i].1);
    }
    let at = |recall: f64| points.get(points.partition_point(|p| p.0 < recall)).map_or(0.0, |p| p.1);
    (0..RECALLS).map(|i| at(i as f64 / (RECALLS - 1) as f64)).sum::<f64>() / RECALLS as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(score: f32, edges: [f32; 4]) -> Detection {
        Detection { class: 0, edges, score }
    }

    fn target(edges: [f32; 4]) -> Target {
        Target { class: 0, edges }
    }

    const A: [f32; 4] = [0.0, 0.0, 10.0, 10.0];
    const B: [f32; 4] = [20.0, 20.0, 30.0, 30.0];
    const FAR: [f32; 4] = [50.0, 50.0, 60.0, 60.0];

    fn ap(pictures: &[Evaluated]) -> f64 {
        average_precision(pictures, 1).mean.unwrap()
    }

    #[test]
    fn overlaps_by_hand() {
        assert_eq!(box_iou(&A, &[5.0, 0.0, 15.0, 10.0]), 50.0 / 150.0);
        assert_eq!(box_iou(&A, &[2.0, 2.0, 8.0, 7.0]), 0.3);
        assert_eq!((box_iou(&A, &B), box_iou(&A, &A)), (0.0, 1.0));
    }

    /// Right, wrong, right of two: precision 1 up to recall 0.5 (51 of 101 points), then 2/3 (50 points).
    #[test]
    fn a_wrong_one_between_two_right_ones() {
        let picture = Evaluated {
            found: vec![found(0.9, A), found(0.8, FAR), found(0.7, B)],
            targets: vec![target(A), target(B)],
        };
        assert!((ap(&[picture]) - (51.0 + 50.0 * 2.0 / 3.0) / 101.0).abs() < 1e-12);
    }

    /// One of two is found: precision 1 at 51 of 101 recalls, 0 beyond. A second box on it is wrong, but comes after.
    #[test]
    fn what_is_missed_and_what_is_found_twice() {
        let picture = |found: Vec<Detection>| Evaluated { found, targets: vec![target(A), target(B)] };
        assert!((ap(&[picture(vec![found(0.9, A)])]) - 51.0 / 101.0).abs() < 1e-12);
        assert!((ap(&[picture(vec![found(0.9, A), found(0.8, A)])]) - 51.0 / 101.0).abs() < 1e-12);
        // Surer than the right one, it halves the precision.
        let first = picture(vec![found(0.9, FAR), found(0.8, A)]);
        assert!((ap(&[first]) - 0.5 * 51.0 / 101.0).abs() < 1e-12);
    }

    /// A box of overlap 0.8 counts at the thresholds 0.50 to 0.80, seven of ten.
    #[test]
    fn thresholds_are_met_or_not() {
        let near = Evaluated { found: vec![found(0.9, [0.0, 0.0, 8.0, 10.0])], targets: vec![target(A)] };
        assert!((ap(std::slice::from_ref(&near)) - 0.7).abs() < 1e-12);
        let all = average_precision(&[near], 1);
        assert_eq!((all.at_50, all.at_75), (Some(1.0), Some(1.0)));
    }

    /// Scores are ranked over all pictures; classes without a true box do not count, nor do detections of them.
    #[test]
    fn pictures_are_ranked_together_and_empty_classes_left_out() {
        let one = Evaluated { found: vec![found(0.6, A)], targets: vec![target(A)] };
        let two = Evaluated { found: vec![found(0.9, FAR), found(0.5, B)], targets: vec![target(B)] };
        // Wrong, right, right: precision 2/3 at every recall.
        assert!((ap(&[one.clone(), two]) - 2.0 / 3.0).abs() < 1e-12);
        let stray =
            Evaluated { found: vec![Detection { class: 1, edges: A, score: 0.9 }], targets: Vec::new() };
        let all = average_precision(&[one, stray], 2);
        assert_eq!((all.mean, all.classes), (Some(1.0), vec![Some(1.0), None]));
        assert_eq!(average_precision(&[], 3).mean, None);
    }

    /// Each takes the free box that it overlaps most, the surest first.
    #[test]
    fn the_surest_choose_first() {
        let shifted = [1.0, 0.0, 11.0, 10.0];
        let picture = Evaluated {
            found: vec![found(0.9, shifted), found(0.8, shifted)],
            targets: vec![target(A), target(shifted)],
        };
        // The second overlaps A by 9/11 = 0.82: it is right up to 0.80, and wrong at 0.85, 0.90 and 0.95.
        assert!((ap(&[picture]) - (0.7 + 0.3 * 51.0 / 101.0)).abs() < 1e-12);
    }

    /// Only the hundred surest of a picture count.
    #[test]
    fn no_more_than_a_hundred_count() {
        let mut all: Vec<Detection> = (0..100).map(|i| found(0.9 - 0.001 * i as f32, FAR)).collect();
        all.push(found(0.1, A));
        let picture = |found: Vec<Detection>| Evaluated { found, targets: vec![target(A)] };
        assert_eq!(ap(&[picture(all.clone())]), 0.0);
        all.remove(0);
        assert!((ap(&[picture(all)]) - 0.01).abs() < 1e-12);
    }

    /// Random boxes of three classes, against what pycocotools 2.0 makes of them.
    #[test]
    fn it_agrees_with_the_reference_implementation() {
        let mut state = 7u64;
        let mut below = |n: u64| {
            state = (state * 1_103_515_245 + 12_345) % (1 << 31);
            (state >> 8) % n
        };
        let edges = |x: u64, y: u64, w: u64, h: u64| [x, y, x + w, y + h].map(|v| v as f32);
        let mut pictures = Vec::new();
        for _ in 0..12 {
            let mut picture = Evaluated::default();
            for _ in 0..below(7) {
                let (class, x, y, w, h) = (below(3), below(44), below(44), 4 + below(16), 4 + below(16));
                picture.targets.push(Target { class: class as usize, edges: edges(x, y, w, h) });
                for _ in 0..below(3) {
                    // One pixel to the left or up at most: in whole numbers that are never negative.
                    let (dx, dy, dw, dh) = (x + below(4), y + below(4), w + below(3) - 1, h + below(3) - 1);
                    let edges = edges(dx, dy, dw, dh).map(|v| v - 1.0);
                    let class = if below(8) > 0 { class } else { (class + 1) % 3 } as usize;
                    picture.found.push(Detection { class, edges, score: (1 + below(999)) as f32 / 1000.0 });
                }
            }
            for _ in 0..below(4) {
                let class = below(3) as usize;
                let edges = edges(below(44), below(44), 4 + below(16), 4 + below(16));
                picture.found.push(Detection { class, edges, score: (1 + below(700)) as f32 / 1000.0 });
            }
            pictures.push(picture);
        }
        let found = average_precision(&pictures, 3);
        let near = |a: Option<f64>, b: f64| assert!((a.unwrap() - b).abs() < 1e-9, "{a:?} for {b}");
        near(found.mean, 0.221_050_605_060_506);
        near(found.at_50, 0.482_307_873_644_507_4);
        near(found.at_75, 0.178_312_116_925_977_9);
        let classes = [0.155_030_645_921_735_04, 0.138_896_746_817_538_89, 0.369_224_422_442_244_2];
        found.classes.iter().zip(classes).for_each(|(a, b)| near(*a, b));
    }
}
