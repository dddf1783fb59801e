//! The next event of all discs: a tournament of eights, one leaf a disc (a heap without pointers, Knuth 1973, as wide as
//! a cache line).
//!
//! Each disc has one event, its earliest (Lubachevsky 1991), so an event never has to be searched for or deleted: its
//! time is overwritten. Eight times are one cache line, and only the smallest of them goes one level up; where that does
//! not change, nothing above does. Of equal times the disc with the lowest number is first.

/// Times under one parent.
const WIDTH: usize = 8;
/// Times at the top, at most.
const TOP: usize = 2 * WIDTH;

/// The earliest of many times, each of which may change.
#[derive(Clone, Debug, Default)]
pub struct Schedule {
    /// Leaves, then each level above, up to sixteen at the top; padded with infinity to whole eights, at the top to sixteen.
    times: Vec<f64>,
    /// Where each level begins.
    levels: Vec<usize>,
    /// The first disc of each part: below each time at the top.
    heralds: [u32; TOP],
    /// Parts whose first disc has to be found again, a bit each.
    unknown: u32,
}

impl Schedule {
    /// So many discs, none with an event.
    pub fn new(discs: usize) -> Self {
        let (mut levels, mut total, mut count) = (vec![0], 0, discs.max(1));
        while count > TOP {
            total += count.next_multiple_of(WIDTH);
            levels.push(total);
            count = count.div_ceil(WIDTH);
        }
        Self { times: vec![f64::INFINITY; total + TOP], levels, heralds: [0; TOP], unknown: (1 << count) - 1 }
    }

    /// The time of a disc's event.
    pub fn time(&self, disc: usize) -> f64 {
        self.times[disc]
    }

    /// Sets the time of a disc's event.
    #[inline]
    pub fn set(&mut self, disc: usize, time: f64) {
        let last = self.levels.len() - 1;
        let part = disc >> (WIDTH.ilog2() as usize * last);
        let is_first = self.heralds[part] as usize == disc || time <= self.times[self.levels[last] + part];
        self.unknown |= (is_first as u32) << part;
        let (mut at, mut time) = (disc, time);
        for (level, &start) in self.levels.iter().enumerate() {
            self.times[start + at] = time;
            let Some(above) = self.levels.get(level + 1) else { return };
            let from = start + at / WIDTH * WIDTH;
            time = least(&self.times[from..from + WIDTH]);
            at /= WIDTH;
            if self.times[above + at] == time {
                return;
            }
        }
    }

    /// Finds the first disc of a part in which that has changed; `None` if there is no such part. The discs that it returns are
    /// those whose events come soon.
    #[inline]
    pub fn herald(&mut self) -> Option<u32> {
        if self.unknown == 0 {
            return None;
        }
        let mut at = self.unknown.trailing_zeros() as usize;
        let (part, last) = (at, self.levels.len() - 1);
        self.unknown &= self.unknown - 1;
        let time = self.times[self.levels[last] + at];
        for &start in self.levels[..last].iter().rev() {
            let from = start + at * WIDTH;
            at = at * WIDTH + place(&self.times[from..from + WIDTH], time);
        }
        self.heralds[part] = at as u32;
        Some(at as u32)
    }

    /// The disc whose event is first, and its time, once there are no more heralds.
    #[inline]
    pub fn first(&self) -> (usize, f64) {
        let top = &self.times[self.levels[self.levels.len() - 1]..];
        let (one, two) = (least(&top[..WIDTH]), least(&top[WIDTH..TOP]));
        let (time, from) = if two < one { (two, WIDTH) } else { (one, 0) };
        (self.heralds[from + place(&top[from..from + WIDTH], time)] as usize, time)
    }

    /// Counts time from a later moment on.
    pub fn rebase(&mut self, by: f64) {
        // Rounding keeps the order, so the smallest of eight stays the smallest.
        self.times.iter_mut().for_each(|t| *t -= by);
    }
}

/// Up to two discs whose events come soon.
#[derive(Clone, Copy, Debug, Default)]
pub struct Soon {
    discs: [u32; 2],
    count: usize,
}

impl Soon {
    /// Adds a disc; of more than two the last two are kept.
    #[inline(always)]
    pub fn add(&mut self, disc: u32) {
        self.discs = [disc, self.discs[0]];
        self.count = (self.count + 1).min(2);
    }
    /// The discs.
    #[inline(always)]
    pub fn discs(&self) -> &[u32] {
        &self.discs[..self.count]
    }
}

#[inline(always)]
fn least(eight: &[f64]) -> f64 {
    let lower = |a: f64, b: f64| if b < a { b } else { a };
    let four: [f64; 4] = std::array::from_fn(|i| lower(eight[i], eight[i + 4]));
    lower(lower(four[0], four[2]), lower(four[1], four[3]))
}

/// The first place of a time among eight; 0 if it is not there. Where it is cannot be foreseen, so there is no branch.
#[inline(always)]
fn place(eight: &[f64], time: f64) -> usize {
    let is = |i: usize| (eight[i].to_bits() == time.to_bits()) as u32;
    (0..WIDTH).fold(0, |all, i| all | is(i) << i).trailing_zeros() as usize % 32
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::rng::Rng;

    #[test]
    fn the_first_is_the_earliest_and_of_equals_the_lowest() {
        for n in [1, 2, 7, 8, 9, 63, 64, 65, 513, 5000] {
            let (mut schedule, mut plain) = (Schedule::new(n), vec![f64::INFINITY; n]);
            while schedule.herald().is_some() {}
            assert_eq!(schedule.first().1, f64::INFINITY);
            for k in 0..4000 {
                let r = Rng::new(n as u64).fork(k);
                // Few values, so that many are equal.
                let (disc, time) = (r.below(0, n as u64) as usize, r.below(1, 40) as f64);
                schedule.set(disc, time);
                while schedule.herald().is_some() {}
                plain[disc] = time;
                let earliest = plain.iter().copied().fold(f64::INFINITY, f64::min);
                let lowest = plain.iter().position(|t| *t == earliest).unwrap();
                assert_eq!(schedule.first(), (lowest, earliest));
                if k % 500 == 499 {
                    schedule.rebase(0.1);
                    plain.iter_mut().for_each(|t| *t -= 0.1);
                }
            }
        }
    }
}
