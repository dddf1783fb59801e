//! Frame pacing (vsync is only a hint) and recent frame and tick times.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use show::Clock;

/// Values kept for the plots: four seconds at 60 per second.
pub const KEPT: usize = 240;

/// The pace of the window.
pub struct FramePacing {
    clock: Clock,
    begun: Instant,
    /// Frame intervals in milliseconds, newest last.
    pub frames: VecDeque<f32>,
    /// Tick times in milliseconds, newest last.
    pub ticks: VecDeque<f32>,
}

impl FramePacing {
    /// At most `rate` frames per second.
    pub fn new(rate: f64) -> Self {
        let now = Instant::now();
        Self { clock: Clock::new(rate, now), begun: now, frames: VecDeque::new(), ticks: VecDeque::new() }
    }

    /// Sleeps until the next frame is due; returns the seconds since the last.
    pub fn wait(&mut self) -> f32 {
        let rest = self.clock.until_next(Instant::now());
        // With vsync the rest is tiny and not worth a sleep.
        if rest > Duration::from_millis(1) {
            std::thread::sleep(rest);
        }
        let seconds = self.begun.elapsed().as_secs_f32();
        self.begun = Instant::now();
        keep(&mut self.frames, seconds * 1e3);
        seconds.min(0.25)
    }

    /// Records a tick time.
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
