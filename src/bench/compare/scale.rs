//! A scale of anchors: measured generators whose distance from the reference says what a figure means. Distances span
//! decades, so positions are logarithmic.

use crate::metrics::interval::Estimate;
use crate::report::shell::number;

/// Name of the anchor that is the reference against itself.
pub const ITSELF: &str = "itself";

/// One anchor.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Anchor {
    /// Short name.
    pub name: String,
    /// What it is, in a few words.
    pub words: String,
    /// Its distance from the reference.
    #[serde(flatten)]
    pub figure: Estimate,
}

/// Anchors in ascending order of their distance.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    /// Name of the distance.
    pub metric: &'static str,
    /// At least two.
    pub anchors: Vec<Anchor>,
}

/// Position of a value between two others on a logarithmic scale: 0 at `low`, 1 at `high`, less or more beyond. What is
/// near zero or negative (as unbiased estimates may be) counts as a small positive value. `None` if the two span nothing.
pub fn logarithmic(value: f64, low: f64, high: f64) -> Option<f64> {
    let base = low.max(1e-4 * high);
    let place = libm::log(value.max(1e-3 * base) / base) / libm::log(high / base);
    (high > base && place.is_finite()).then_some(place)
}

fn overlap(a: &Estimate, b: &Estimate) -> bool {
    a.interval[0] <= b.interval[1] && b.interval[0] <= a.interval[1]
}

impl Scale {
    /// The scale of these anchors; `None` if there are not two with finite values.
    pub fn new(metric: &'static str, mut anchors: Vec<Anchor>) -> Option<Self> {
        anchors.retain(|a| a.figure.value.is_finite());
        anchors.sort_by(|a, b| a.figure.value.total_cmp(&b.figure.value));
        (anchors.len() > 1).then_some(Self { metric, anchors })
    }

    /// Position of a value: 0 at the nearest anchor, 1 at the farthest. It does not saturate.
    pub fn position(&self, value: f64) -> Option<f64> {
        let [first, .., last] = &self.anchors[..] else { return None };
        logarithmic(value, first.figure.value, last.figure.value)
    }

    /// The last anchor that is not farther than a value, and the first that is.
    pub fn around(&self, value: f64) -> [Option<&Anchor>; 2] {
        let upper = self.anchors.partition_point(|a| a.figure.value <= value);
        [upper.checked_sub(1).and_then(|i| self.anchors.get(i)), self.anchors.get(upper)]
    }

    /// Where a distance from a reference of this name lies, in words.
    pub fn sentence(&self, figure: &Estimate, reference: &str) -> String {
        let with = |a: &Anchor| format!("{} ({})", a.words, number(a.figure.value));
        let [low, high] = figure.interval.map(number);
        let own = format!("{} {} ({low} to {high})", self.metric, number(figure.value));
        let itself = self.anchors.iter().find(|a| a.name == ITSELF);
        if let Some(a) = itself.filter(|a| figure.interval[0] <= a.figure.interval[1]) {
            let floor = number(a.figure.value);
            return format!(
                "is indistinguishable from {reference}: {own}, the reference against itself {floor}"
            );
        }
        let place = match self.around(figure.value) {
            [Some(a), Some(b)] => format!("lies between {} and {}", with(a), with(b)),
            [None, Some(b)] => {
                format!("is nearer to {reference} than every anchor, of which {} is the nearest", with(b))
            }
            [Some(a), None] => {
                format!("is farther from {reference} than every anchor, of which {} is the farthest", with(a))
            }
            [None, None] => "has no anchor to be held against".into(),
        };
        let level: Vec<&str> =
            self.anchors.iter().filter(|a| overlap(&a.figure, figure)).map(|a| a.words.as_str()).collect();
        let level = match level.is_empty() {
            true => String::new(),
            false => format!(", by its interval not told from {}", level.join(" and ")),
        };
        let percent = self.position(figure.value).map_or(String::new(), |p| {
            format!(
                ", {:.0} % of the way from the nearest anchor to the farthest on a logarithmic scale",
                100.0 * p
            )
        });
        format!("{place}: {own}{percent}{level}")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn anchor(name: &str, words: &str, value: f64) -> Anchor {
        let interval = [0.95 * value, 1.05 * value];
        Anchor { name: name.into(), words: words.into(), figure: Estimate { value, interval } }
    }

    /// As measured on the scene `ink`, in no order.
    fn ink() -> Scale {
        let all = [
            ("noise", "uniform noise", 601.7),
            ("tiles", "tiles of training frames", 37.7),
            (ITSELF, "the reference against itself", 1.48),
            ("phase", "randomised phases", 150.5),
            ("gaussian", "a normal distribution", 128.0),
        ];
        Scale::new("frechet", all.iter().map(|a| anchor(a.0, a.1, a.2)).collect()).unwrap()
    }

    fn figure(value: f64, off: f64) -> Estimate {
        Estimate { value, interval: [value - off, value + off] }
    }

    #[test]
    fn distances_of_32_170_and_600_are_told_apart() {
        let scale = ink();
        let say = |v: f64| scale.sentence(&figure(v, 1.0), "ink");
        let near = say(32.0);
        assert!(near.starts_with(
            "lies between the reference against itself (1.480) and tiles of training frames (37.70)"
        ));
        assert!(near.contains("frechet 32.00 (31.00 to 33.00), 51 % of the way"), "{near}");
        let far = say(170.0);
        assert!(far.starts_with("lies between randomised phases (150.5) and uniform noise (601.7)"), "{far}");
        assert!(far.contains("79 % of the way"), "{far}");
        let farthest = say(600.0);
        assert!(
            farthest.contains("100 % of the way") && farthest.ends_with("not told from uniform noise"),
            "{farthest}"
        );
        assert!(say(1.6).starts_with("is indistinguishable from ink: frechet 1.600"), "{}", say(1.6));
        assert!(
            say(2000.0).starts_with("is farther from ink than every anchor, of which uniform noise (601.7)")
        );
        let bare = Scale::new("kid", vec![anchor("a", "a", 2.0), anchor("b", "b", 3.0)]).unwrap();
        assert!(
            bare.sentence(&figure(1.0, 0.1), "ink")
                .starts_with("is nearer to ink than every anchor, of which a")
        );
        assert!(Scale::new("kid", vec![anchor("a", "a", 2.0), anchor("b", "b", f64::NAN)]).is_none());
    }

    #[test]
    fn positions_are_logarithmic() {
        let place = |v| logarithmic(v, 1.0, 100.0).unwrap();
        assert!((place(1.0), place(100.0)) == (0.0, 1.0) && (place(10.0) - 0.5).abs() < 1e-12);
        assert!((place(1000.0) - 1.5).abs() < 1e-12 && place(0.5) < 0.0);
        // A negative floor, as that of an unbiased estimate.
        assert!(logarithmic(-0.01, -0.02, 4.0).unwrap() < 0.0 && logarithmic(4.0, -0.02, 4.0) == Some(1.0));
        assert_eq!(logarithmic(1.0, 2.0, 2.0), None);
        assert_eq!(logarithmic(1.0, -2.0, -1.0), None);
    }

    proptest! {
        #[test]
        fn a_larger_distance_is_never_nearer(a in 0.01f64..5000.0, b in 0.01f64..5000.0) {
            let scale = ink();
            let (a, b) = (a.min(b), a.max(b));
            prop_assert!(scale.position(a).unwrap() <= scale.position(b).unwrap());
            let [low, high] = scale.around(a);
            prop_assert!(low.is_none_or(|l| l.figure.value <= a) && high.is_none_or(|h| h.figure.value > a));
        }
    }
}
