//! What a turn of a side costs, and when a training is paid for.
//!
//! The sides take turns on the show thread, each with the whole pool of threads. What the process spends in a turn is that
//! side's, and that of the threads that run beside the show (judge, window, encoder). How much those take is known from
//! the time in which the show thread waits for its next tick, and is taken off.

use std::time::{Duration, Instant};

use cpu_time::{ProcessTime, ThreadTime};

use world::units::{count, seconds};

/// Weight of a new value in a smoothed one.
const SMOOTHING: f32 = 0.05;
/// Shortest wait from which the load of other threads is measured.
const WAIT: Duration = Duration::from_millis(1);

/// The clocks of the show thread.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    wall: Instant,
    process: Duration,
    thread: Duration,
}

impl Reading {
    /// As of now; a clock that cannot be read stands still.
    fn now() -> Self {
        let process = ProcessTime::try_now().map_or(Duration::ZERO, |t| t.as_duration());
        let thread = ThreadTime::try_now().map_or(Duration::ZERO, |t| t.as_duration());
        Self { wall: Instant::now(), process, thread }
    }

    /// What has passed since an earlier one.
    fn since(self, from: Self) -> Elapsed {
        Elapsed {
            wall: self.wall.duration_since(from.wall).as_secs_f64(),
            process: self.process.saturating_sub(from.process).as_secs_f64(),
            thread: self.thread.saturating_sub(from.thread).as_secs_f64(),
        }
    }
}

/// Seconds on each clock.
#[derive(Clone, Copy, Debug)]
struct Elapsed {
    wall: f64,
    process: f64,
    thread: f64,
}

/// Milliseconds of a turn, and those of processors.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Turn {
    /// As a clock shows them.
    pub milliseconds: f32,
    /// On all cores.
    pub cpu_milliseconds: f32,
}

impl Turn {
    /// Takes a new one in, smoothed from the first on.
    pub fn smooth(&mut self, new: Self) {
        let blend =
            |old: &mut f32, new: f32| *old += (new - *old) * if *old == 0.0 { 1.0 } else { SMOOTHING };
        blend(&mut self.milliseconds, new.milliseconds);
        blend(&mut self.cpu_milliseconds, new.cpu_milliseconds);
    }

    /// Without what other threads took, `elsewhere` processor seconds a second; at least what the show thread itself
    /// spent.
    fn of(e: Elapsed, elsewhere: f64) -> Self {
        let cpu = (e.process - elsewhere * e.wall).max(e.thread);
        Self { milliseconds: (e.wall * 1e3) as f32, cpu_milliseconds: (cpu * 1e3) as f32 }
    }
}

/// Measures turns, and meanwhile what other threads take.
#[derive(Default)]
pub struct TurnMeter {
    /// Processor seconds a second of threads that run beside the show, smoothed.
    elsewhere: Option<f64>,
    last: Option<Reading>,
}

impl TurnMeter {
    /// The first turn of a round begins.
    pub fn begin(&mut self) -> Reading {
        let now = Reading::now();
        if let Some(waited) = self.last.map(|last| now.since(last)).filter(|w| w.wall >= WAIT.as_secs_f64()) {
            let load = (waited.process - waited.thread).max(0.0) / waited.wall;
            let old = self.elsewhere.unwrap_or(load);
            self.elsewhere = Some(old + (load - old) * f64::from(SMOOTHING));
        }
        self.last = Some(now);
        now
    }

    /// A turn ends, and the next begins.
    pub fn turn(&mut self, from: Reading) -> (Turn, Reading) {
        let now = Reading::now();
        self.last = Some(now);
        (Turn::of(now.since(from), self.elsewhere.unwrap_or(0.0)), now)
    }
}

/// When a training is paid for, in words: its joules, divided by what each frame saves against the rule. Empty while the
/// cost of a frame of either is unknown. `rate`: frames a second.
pub fn break_even(training: f64, rule: f64, trained: f64, rate: f64) -> String {
    if !(rule > 0.0 && trained > 0.0 && training.is_finite()) {
        return String::new();
    }
    let saved = rule - trained;
    if saved <= 0.0 {
        return "never, a frame costs no less than one of the rule".into();
    }
    let frames = (training / saved).ceil();
    format!("after {} frames, {} of show", count(frames), seconds(frames / rate.max(1e-3)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_other_threads_take_is_taken_off_but_not_what_the_show_thread_spent() {
        let turn = |process: f64, elsewhere: f64| {
            let t = Turn::of(Elapsed { wall: 0.010, process, thread: 0.008 }, elsewhere);
            [t.milliseconds, t.cpu_milliseconds].map(|v| (v * 1e3).round() / 1e3)
        };
        assert_eq!(turn(0.018, 0.0), [10.0, 18.0]);
        assert_eq!(turn(0.018, 0.5), [10.0, 13.0]);
        assert_eq!(turn(0.018, 2.0), [10.0, 8.0]);
        assert_eq!(turn(0.0, 0.0), [10.0, 8.0]);
    }

    #[test]
    fn turns_are_smoothed_from_the_first_on() {
        let mut smoothed = Turn::default();
        smoothed.smooth(Turn { milliseconds: 20.0, cpu_milliseconds: 40.0 });
        assert_eq!(smoothed, Turn { milliseconds: 20.0, cpu_milliseconds: 40.0 });
        smoothed.smooth(Turn { milliseconds: 0.0, cpu_milliseconds: 0.0 });
        assert!(
            (smoothed.milliseconds - 19.0).abs() < 1e-4 && (smoothed.cpu_milliseconds - 38.0).abs() < 1e-4
        );
    }

    #[test]
    fn a_turn_that_only_sleeps_costs_time_but_hardly_any_processor() {
        let mut meter = TurnMeter::default();
        let from = meter.begin();
        std::thread::sleep(Duration::from_millis(20));
        // Other tests run in the same process.
        let (turn, now) = meter.turn(from);
        assert!(turn.milliseconds >= 20.0 && now.wall >= from.wall);
        let work = Instant::now();
        let mut sum = 0u64;
        while work.elapsed() < Duration::from_millis(5) {
            sum = sum.wrapping_mul(31).wrapping_add(1);
        }
        let (turn, _) = meter.turn(now);
        assert!(turn.cpu_milliseconds > 0.0 && turn.milliseconds >= 5.0, "{turn:?} {sum}");
    }

    #[test]
    fn a_training_is_paid_for_by_what_frames_save() {
        assert_eq!(break_even(600.0, 0.75, 0.5, 60.0), "after 2,400 frames, 40.0 s of show");
        assert_eq!(break_even(7.2e4, 0.5, 0.25, 60.0), "after 288,000 frames, 80 min of show");
        assert!(break_even(600.0, 0.5, 0.5, 60.0).starts_with("never"));
        assert!(break_even(600.0, 0.5, 0.75, 60.0).starts_with("never"));
        assert_eq!(break_even(600.0, 0.0, 0.5, 60.0), "");
        assert_eq!(break_even(f64::NAN, 1.0, 0.5, 60.0), "");
    }
}
