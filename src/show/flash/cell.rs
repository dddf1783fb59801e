//! One cell of the grid: when its luminance, and its red, turned last.

/// Changes in a second that three flashes are made of.
const TURNS: usize = 6;
/// Seconds; a little more than one, for frames that do not fall on it.
const PERIOD: f64 = 1.02;

/// Follows one quantity and remembers its last turns.
#[derive(Clone, Copy, Debug)]
struct Turns {
    /// Least and greatest since the last turn.
    range: [f32; 2],
    /// Which way it went at the last turn.
    rising: Option<bool>,
    times: [f64; TURNS],
    oldest: usize,
    /// Where the last turn began, while it is so small that a stricter or a laxer eye would date it otherwise.
    doubtful: Option<f32>,
}

impl Default for Turns {
    fn default() -> Self {
        let times = [f64::NEG_INFINITY; TURNS];
        Self { range: [0.0; 2], rising: None, times, oldest: 0, doubtful: None }
    }
}

impl Turns {
    /// Where the value would turn from, if it lies `step` or more back from there.
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

    /// Takes in a value that turned from another or did not. A turn is dated when it is beyond doubt, so that no
    /// threshold between that of [`COUNTED`] and that of [`CERTAIN`] finds a seventh within the second.
    fn follow(&mut self, value: f32, from: Option<f32>, certain: impl Fn(f32) -> bool, now: f64) {
        if let Some(from) = from {
            self.times[self.oldest] = now;
            self.oldest = (self.oldest + 1) % TURNS;
            self.rising = Some(value > from);
            self.range = [value; 2];
            self.doubtful = Some(from);
        } else {
            let goes_on =
                if self.rising == Some(true) { value > self.range[1] } else { value < self.range[0] };
            if self.doubtful.is_some() && goes_on {
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
    light: Turns,
    red: Turns,
    /// Whether there was a saturated red since the last turn.
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
/// What everybody counts, whatever their rounding.
const CERTAIN: Limits = Limits { light: 0.11, bright: 0.795, red: 22.0 };
/// What may be shown where nothing more may be counted: rounding to 8 bits must not make a change of it.
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

    /// A step on the way to or from a saturated red counts, though it may not be saturated itself.
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

    /// Takes in what is shown on the way to a goal.
    pub fn follow(&mut self, value: [f32; 3], goal: [f32; 3], now: f64) {
        let (turns, reddens) = (self.light_turns(value, COUNTED), self.red_turns(value, goal, COUNTED));
        let (l, r) = (light(value), red(value));
        let seen = |from: f32| (l - from).abs() >= CERTAIN.light && l.min(from) < CERTAIN.bright;
        self.light.follow(l, turns, seen, now);
        self.red.follow(r, reddens, |from| (r - from).abs() >= CERTAIN.red, now);
        self.saturated = is_saturated(goal) || self.saturated && reddens.is_none();
    }
}
