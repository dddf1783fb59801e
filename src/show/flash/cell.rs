//! One cell of the grid: when its luminance and its red last reversed.

/// Opposing changes that make up three flashes.
const TURNS: usize = 6;
/// Seconds; slightly over one, for frames that do not fall on it exactly.
const PERIOD: f64 = 1.02;

/// Tracks one quantity and the times of its last reversals.
#[derive(Clone, Copy, Debug)]
struct ExtremaTracker {
    /// Minimum and maximum since the last reversal.
    range: [f32; 2],
    /// Direction of the last reversal.
    rising: Option<bool>,
    times: [f64; TURNS],
    oldest: usize,
    /// Where the last reversal started, while it is so small that a stricter or laxer threshold would date it
    /// differently.
    doubtful: Option<f32>,
}

impl Default for ExtremaTracker {
    fn default() -> Self {
        let times = [f64::NEG_INFINITY; TURNS];
        Self { range: [0.0; 2], rising: None, times, oldest: 0, doubtful: None }
    }
}

impl ExtremaTracker {
    /// The extremum from which the value has reversed, if it is `step` or more away.
    fn turns(&self, value: f32, step: f32) -> Option<f32> {
        let [lo, hi] = self.range;
        match self.rising {
            Some(true) | None if value <= hi - step => Some(hi),
            Some(false) | None if value >= lo + step => Some(lo),
            _ => None,
        }
    }

    fn is_full(&self, now: f64) -> bool {
        now - self.times[self.oldest] < PERIOD
    }

    /// Updates with a value that has reversed (at `from`) or not. A reversal is dated once it is certain, so that no
    /// threshold between those of [`COUNTED`] and [`CERTAIN`] finds a seventh within the second.
    fn follow(&mut self, value: f32, from: Option<f32>, certain: impl Fn(f32) -> bool, now: f64) {
        if let Some(from) = from {
            self.times[self.oldest] = now;
            self.oldest = (self.oldest + 1) % TURNS;
            self.rising = Some(value > from);
            self.range = [value; 2];
            self.doubtful = Some(from);
        } else {
            let continues =
                if self.rising == Some(true) { value > self.range[1] } else { value < self.range[0] };
            if self.doubtful.is_some() && continues {
                self.times[(self.oldest + TURNS - 1) % TURNS] = now;
            }
            self.range = [self.range[0].min(value), self.range[1].max(value)];
        }
        self.doubtful = self.doubtful.filter(|from| !certain(*from));
    }
}

/// Luminance and red of one cell.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cell {
    light: ExtremaTracker,
    red: ExtremaTracker,
    /// Whether there was a saturated red since the last reversal.
    saturated: bool,
}

/// What counts as a change.
#[derive(Clone, Copy)]
struct Limits {
    /// Change of relative luminance.
    light: f32,
    /// A darker state above this does not count.
    bright: f32,
    /// Change of 320·max(0, R−G−B).
    red: f32,
}

/// What is counted: the standard's 0.1, 0.8 and 20, a little stricter.
const COUNTED: Limits = Limits { light: 0.095, bright: 0.805, red: 19.0 };
/// What any implementation counts, whatever its rounding.
const CERTAIN: Limits = Limits { light: 0.11, bright: 0.795, red: 22.0 };
/// What may be shown once no further change is allowed: rounding to 8 bits must not turn it into one.
const ALLOWED: Limits = Limits { light: 0.08, bright: 0.825, red: 16.0 };

fn light([r, g, b]: [f32; 3]) -> f32 {
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn red([r, g, b]: [f32; 3]) -> f32 {
    320.0 * (r - g - b).max(0.0)
}

fn is_saturated([r, g, b]: [f32; 3]) -> bool {
    r > 0.0 && r >= 0.8 * (r + g + b)
}

impl Cell {
    /// The first value.
    pub fn begin(&mut self, value: [f32; 3]) {
        (self.light.range, self.red.range) = ([light(value); 2], [red(value); 2]);
        self.saturated = is_saturated(value);
    }

    fn light_turns(&self, value: [f32; 3], by: Limits) -> Option<f32> {
        let l = light(value);
        self.light.turns(l, by.light).filter(|from| l.min(*from) < by.bright)
    }

    /// A step towards or away from a saturated red counts, even if it is not saturated itself.
    fn red_turns(&self, value: [f32; 3], goal: [f32; 3], by: Limits) -> Option<f32> {
        self.red.turns(red(value), by.red).filter(|_| self.saturated || is_saturated(goal))
    }

    /// Whether this value, on the way to a goal, would be a seventh change within a second.
    pub fn is_too_much(&self, value: [f32; 3], goal: [f32; 3], now: f64) -> bool {
        self.light.is_full(now) && self.light_turns(value, ALLOWED).is_some()
            || self.red.is_full(now) && self.red_turns(value, goal, ALLOWED).is_some()
    }

    /// Whether this value certainly would be a seventh change within a second, as [`Self::follow`] counts it.
    pub fn is_one_more(&self, value: [f32; 3], goal: [f32; 3], now: f64) -> bool {
        self.light.is_full(now) && self.light_turns(value, COUNTED).is_some()
            || self.red.is_full(now) && self.red_turns(value, goal, COUNTED).is_some()
    }

    /// Updates with what is shown on the way to a goal.
    pub fn follow(&mut self, value: [f32; 3], goal: [f32; 3], now: f64) {
        let (turns, reddens) = (self.light_turns(value, COUNTED), self.red_turns(value, goal, COUNTED));
        let (l, r) = (light(value), red(value));
        let seen = |from: f32| (l - from).abs() >= CERTAIN.light && l.min(from) < CERTAIN.bright;
        self.light.follow(l, turns, seen, now);
        self.red.follow(r, reddens, |from| (r - from).abs() >= CERTAIN.red, now);
        self.saturated = is_saturated(goal) || self.saturated && reddens.is_none();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grey(light: f32) -> [f32; 3] {
        [light; 3]
    }

    /// A cell that has turned six times within a second: to the first colour at 0 s, to the other at 0.1 s, and so on.
    fn full(turns: [[f32; 3]; 2]) -> Cell {
        let mut cell = Cell::default();
        cell.begin(turns[1]);
        for i in 0..6 {
            let (now, value) = (i as f64 * 0.1, turns[i % 2]);
            assert!(!cell.is_too_much(value, value, now) && !cell.is_one_more(value, value, now), "turn {i}");
            cell.follow(value, value, now);
        }
        cell
    }

    /// Whether a colour is too much, and whether it is certainly one more change.
    fn asked(cell: &Cell, value: [f32; 3], now: f64) -> (bool, bool) {
        (cell.is_too_much(value, value, now), cell.is_one_more(value, value, now))
    }

    #[test]
    fn the_seventh_turn_within_a_second_is_one_too_many() {
        let cell = full([grey(0.6), grey(0.3)]);
        for (light, found) in [
            (0.6, (true, true)),
            (0.37, (false, false)),
            (0.385, (true, false)),
            (0.4, (true, true)),
            (0.1, (false, false)),
        ] {
            assert_eq!(asked(&cell, grey(light), 0.6), found, "{light}: it has fallen and may fall further");
        }
        assert_eq!(asked(&cell, grey(0.6), 1.01), (true, true));
        assert_eq!(asked(&cell, grey(0.6), 1.03), (false, false), "the first is a second ago");
        let mut six = full([grey(0.3), grey(0.6)]);
        assert_eq!(asked(&six, grey(0.3), 0.6), (true, true), "and so the other way round");
        assert_eq!(asked(&six, grey(0.9), 0.6), (false, false));
        six.follow(grey(0.3), grey(0.3), 1.05);
        assert_eq!(asked(&six, grey(0.6), 1.1), (true, true), "the second of them is 1 s old, not more");
        assert_eq!(asked(&six, grey(0.6), 1.13), (false, false));
    }

    #[test]
    fn what_is_bright_on_both_sides_is_no_flash() {
        let cell = full([grey(0.7), grey(1.0)]);
        for (light, found) in [(0.83, (false, false)), (0.82, (true, false)), (0.8, (true, true))] {
            assert_eq!(asked(&cell, grey(light), 0.6), found, "{light}");
        }
        let mut bright = Cell::default();
        bright.begin(grey(1.0));
        (0..20).for_each(|i| bright.follow(grey([0.81, 1.0][i % 2]), grey(0.0), i as f64 * 0.05));
        assert_eq!(bright.light.oldest, 0);
        assert_eq!(bright.light.rising, None, "it never turned");
    }

    #[test]
    fn a_reversal_near_the_threshold_is_dated_once_it_is_certain() {
        let dated = |from: f32, rest: &[(f32, f64)]| {
            let mut cell = Cell::default();
            cell.begin(grey(from));
            rest.iter().for_each(|(light, now)| cell.follow(grey(*light), grey(*light), *now));
            (cell.light.times[0], cell.light.oldest)
        };
        assert_eq!(dated(0.5, &[(0.4, 1.0), (0.38, 1.1), (0.3, 1.2)]), (1.1, 1));
        assert_eq!(dated(0.5, &[(0.4, 1.0), (0.42, 1.1)]), (1.0, 1), "it does not continue");
        assert_eq!(dated(0.4, &[(0.5, 1.0), (0.49, 1.05), (0.52, 1.1), (0.6, 1.2)]), (1.1, 1));
        assert_eq!(dated(0.5, &[(0.3, 1.0), (0.2, 1.1)]), (1.0, 1), "certain at once");
        assert_eq!(dated(0.5, &[(0.55, 1.0), (0.46, 1.1)]), (f64::NEG_INFINITY, 0), "not far enough");
        assert_eq!(dated(0.5, &[(0.55, 1.0), (0.46, 1.1), (0.45, 1.2)]), (1.2, 1), "from the highest");
        assert_eq!(dated(0.5, &[(0.45, 1.0), (0.54, 1.1), (0.55, 1.2)]), (1.2, 1), "and from the lowest");
        // The seventh takes the place of the first.
        let walk: Vec<(f32, f64)> = (0..7).map(|i| ([0.2, 0.6][i % 2], i as f64)).collect();
        assert_eq!(dated(0.6, &walk), (6.0, 1));
    }

    /// A red and the grey of its light.
    fn of_one_light(red: [f32; 3]) -> [[f32; 3]; 2] {
        [red, grey(light(red))]
    }

    #[test]
    fn red_has_a_limit_of_its_own() {
        let cell = full(of_one_light([0.3, 0.0, 0.0]));
        assert_eq!((cell.light.oldest, cell.light.rising, cell.red.rising), (0, None, Some(false)));
        for (red, found) in [(0.049, (false, false)), (0.055, (true, false)), (0.061, (true, true))] {
            let [value, _] = of_one_light([red, 0.0, 0.0]);
            assert_eq!(asked(&cell, value, 0.6), found, "a change of {}", 320.0 * red);
        }
        // What is reddish, and no saturated red, may come and go.
        let mut dull = Cell::default();
        let turns = of_one_light([0.3, 0.06, 0.06]);
        dull.begin(turns[1]);
        (0..20).for_each(|i| dull.follow(turns[i % 2], turns[i % 2], i as f64 * 0.05));
        assert_eq!(asked(&dull, turns[0], 1.0), (false, false));
    }

    #[test]
    fn a_change_of_red_is_dated_once_it_is_certain() {
        let dated = |rest: &[(f32, f64)]| {
            let mut cell = Cell::default();
            cell.begin([0.05, 0.0, 0.0]);
            rest.iter().for_each(|(r, now)| cell.follow([*r, 0.0, 0.0], [*r, 0.0, 0.0], *now));
            (cell.red.times[0], cell.red.oldest)
        };
        // Changes of 20, 22.4 and more: 19 is counted, 22 is certain.
        assert_eq!(dated(&[(0.1125, 1.0), (0.12, 1.1), (0.2, 1.2)]), (1.1, 1));
        assert_eq!(dated(&[(0.1125, 1.0), (0.11, 1.1), (0.11, 1.2)]), (1.0, 1), "it does not continue");
        assert_eq!(dated(&[(0.12, 1.0), (0.2, 1.1)]), (1.0, 1), "certain at once");
    }

    #[test]
    fn a_way_out_of_a_saturated_red_counts_and_ends_there() {
        assert_eq!([[0.4, 0.1, 0.0], [0.39, 0.1, 0.0], [0.0; 3]].map(is_saturated), [true, false, false]);
        assert_eq!(
            (red([1.0, 0.25, 0.25]), red([0.1, 0.5, 0.0]), light([0.0, 1.0, 0.0])),
            (160.0, 0.0, 0.7152)
        );
        let steps = |all: &[[f32; 3]]| {
            let mut cell = Cell::default();
            cell.begin(all[0]);
            all[1..].iter().enumerate().for_each(|(i, v)| cell.follow(*v, *v, i as f64));
            (cell.red.oldest, cell.saturated)
        };
        let dull = [0.3, 0.06, 0.06];
        assert_eq!(steps(&[[0.3, 0.0, 0.0], [0.06; 3]]), (1, false));
        assert_eq!(steps(&[[0.3, 0.0, 0.0], [0.06; 3], dull]), (1, false), "the way on is none of it");
        assert_eq!(steps(&[[0.1, 0.0, 0.0], [0.1, 0.015, 0.015]]), (0, true), "it has not turned yet");
        assert_eq!(steps(&[dull, [0.3, 0.0, 0.0]]), (1, true), "a way into it");
        // Half way to a saturated red is on the way to one.
        let mut cell = Cell::default();
        cell.begin([0.1; 3]);
        cell.follow([0.2, 0.05, 0.05], [0.3, 0.0, 0.0], 0.0);
        assert_eq!((cell.red.oldest, cell.saturated), (1, true));
    }
}
