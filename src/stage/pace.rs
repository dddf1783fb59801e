//! Frame pacing (vsync is only a hint) and how long frames and ticks took lately.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use show::Clock;

/// Values kept for the plots: four seconds at 60 a second.
pub const KEPT: usize = 240;

/// The pace of the window.
pub struct FramePacing {
    clock: Clock,
    begun: Instant,
    /// Milliseconds from frame to frame, newest last.
    pub frames: VecDeque<f32>,
    /// Milliseconds a tick took, newest last.
    pub ticks: VecDeque<f32>,
}

impl FramePacing {
    /// At most `rate` frames a second.
    pub fn new(rate: f64) -> Self {
        let now = Instant::now();
        Self { clock: Clock::new(rate, now), begun: now, frames: VecDeque::new(), ticks: VecDeque::new() }
    }

    /// Sleeps until the next frame is due; gives the seconds since the last.
    pub fn wait(&mut self) -> f32 {
        let rest = self.clock.until_next(Instant::now());
        // Where the window waits for the screen by itself, the rest is tiny and not worth a sleep.
        if rest > Duration::from_millis(1) {
            std::thread::sleep(rest);
        }
        let seconds = self.begun.elapsed().as_secs_f32();
        self.begun = Instant::now();
        keep(&mut self.frames, seconds * 1e3);
        seconds.min(0.25)
    }

    /// Remembers how long a tick took.
    pub fn tick(&mut self, ms: f32) {
        keep(&mut self.ticks, ms);
    }
}

fn keep(list: &mut VecDeque<f32>, value: f32) {
    if list.len() == KEPT {
        list.pop_front();
    }
    list.push_back(value);
}
