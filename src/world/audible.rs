//! What can be heard of a world: events of a tick, and sound at audio rate.

/// Sample rate of sound that worlds make and hear, Hz. A tick of a show at 60 ticks/s has 800 samples of it.
pub const AUDIO_RATE: u32 = 48_000;

/// Something that happened at a place within the last tick and may be heard.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sounding {
    /// When in the tick, 0..1.
    pub at: f32,
    /// Across, 0..1 of the world.
    pub x: f32,
    /// Down, 0..1 of the world.
    pub y: f32,
    /// How strong, 0..1.
    pub strength: f32,
    /// Size of what sounds (radius of a bubble, of a body), cells.
    pub size: f32,
    /// Which sort of event, as the system numbers them from 0.
    pub kind: u8,
}

impl Sounding {
    /// Most that a system gives in one tick.
    pub const MOST: usize = 256;

    /// Keeps the strongest [`MOST`](Self::MOST), in the order in which they happened; of equals the first.
    pub fn keep_strongest(all: &mut Vec<Self>) {
        let in_time = |a: &Self, b: &Self| {
            let place = a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)).then(a.size.total_cmp(&b.size));
            a.at.total_cmp(&b.at).then(place).then(a.kind.cmp(&b.kind))
        };
        if all.len() > Self::MOST {
            let stronger = |a: &Self, b: &Self| b.strength.total_cmp(&a.strength).then(in_time(a, b));
            all.select_nth_unstable_by(Self::MOST - 1, stronger);
            all.truncate(Self::MOST);
        }
        all.sort_unstable_by(in_time);
    }
}

/// Samples of a tick at [`AUDIO_RATE`]: tick `tick` of `dt` seconds ends before sample `⌊(tick + 1)·dt·rate⌋`, so that
/// no sample is lost where a tick is not a whole number of them.
pub fn samples_of_tick(tick: u64, dt: f32) -> usize {
    let length = dt.max(0.0) as f64 * AUDIO_RATE as f64;
    // A `dt` rounded to f32 stands for a whole number where it is that close.
    let length = if (length - length.round()).abs() < 1e-3 { length.round() } else { length };
    let end = |tick: u64| (tick as f64 * length).floor();
    (end(tick + 1) - end(tick)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_of_ticks_is_a_second_of_samples() {
        for rate in [24u64, 30, 50, 60, 61, 90, 120] {
            let dt = 1.0 / rate as f32;
            let sum: usize = (0..rate).map(|t| samples_of_tick(t, dt)).sum();
            assert!((sum as i64 - AUDIO_RATE as i64).abs() <= 1, "{rate}: {sum}");
        }
        assert_eq!(samples_of_tick(7, 1.0 / 60.0), 800);
    }

    #[test]
    fn the_strongest_are_kept_in_order_of_time() {
        let event = |i: usize| Sounding {
            at: 1.0 - i as f32 / 1000.0,
            strength: (i % 500) as f32,
            ..Sounding::default()
        };
        let mut all: Vec<Sounding> = (0..1000).map(event).collect();
        Sounding::keep_strongest(&mut all);
        assert_eq!(all.len(), Sounding::MOST);
        assert!(all.iter().all(|s| s.strength >= 372.0));
        assert!(all.windows(2).all(|w| w[0].at <= w[1].at));
    }
}
