//! The output chain: the flash limiter, then master brightness. Its result is two numbers, so that the renderer needs
//! nothing else: the stage applies them on the GPU.
//!
//! Brightness comes last, because a blackout must never wait: a limiter after it would delay a blackout by up to a
//! second during a strobe. The limiter is given the brightness all the same, and counts what is seen. So darkness is
//! always reached in the frame in which it is requested, and the picture by itself never makes more than three flashes
//! a second, at any brightness.

use super::flash::FlashLimiter;
use super::{LimiterState, Master, MasterFade};
use world::frame::colour::linear_of_srgb;

/// How a picture is shown: its share over the last output, and the brightness of both.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OutputMix {
    /// How much of the new picture is mixed, in linear light, over the last output: 0..1.
    pub share: f32,
    /// The factor on its linear light: 0..1.
    pub light: f32,
}

/// Limiter and brightness of one output.
#[derive(Default)]
pub struct OutputChain {
    light: MasterFade,
    limiter: FlashLimiter,
    off: bool,
    time: f64,
}

impl OutputChain {
    /// Switches the limiter on or off. What is seen is counted either way.
    pub fn set_limits(&mut self, on: bool) {
        (self.off, self.light.limits) = (!on, on);
    }

    /// How to show a picture, `seconds` after the last; `cells` are its mean linear RGB on
    /// [`GRID`](super::flash::GRID), or `None` while the master is frozen. Unless frozen, [`Self::commit`] must follow.
    pub fn process(&mut self, cells: Option<&[[f32; 3]]>, master: &Master, seconds: f32) -> OutputMix {
        self.time += seconds.max(0.0) as f64;
        let light = linear_of_srgb(self.light.follow(master, seconds) as f64) as f32;
        let share = match cells {
            Some(cells) if self.off => {
                self.limiter.expect(cells, light);
                1.0
            }
            Some(cells) => self.limiter.share(cells, light, self.time),
            None => {
                self.limiter.repeat(light, self.time);
                0.0
            }
        };
        OutputMix { share, light }
    }

    /// Commits the actual output, rounding included, before brightness.
    pub fn commit(&mut self, cells: &[[f32; 3]]) {
        self.limiter.commit(cells, self.time);
    }

    /// State of the limiter.
    pub fn state(&self) -> LimiterState {
        LimiterState { on: !self.off, acting: self.limiter.is_acting(), held: self.limiter.held() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::flash::GRID;
    use super::super::flash::tests::{changes, flashes, most};
    use super::*;
    use world::frame::Frame;
    use world::frame::colour::srgb_of_linear;
    use world::rng::Rng;

    /// One output that shows plain greys, as the stage does it, with its 8 bits.
    struct GreyOutput {
        chain: OutputChain,
        master: Master,
        passed: f32,
        /// Time, what is seen, and in how much light.
        seen: Vec<(f64, f32, f32)>,
    }

    fn rounded(light: f32) -> f32 {
        let byte = (srgb_of_linear(light as f64) * 255.0).round() / 255.0;
        linear_of_srgb(byte) as f32
    }

    impl GreyOutput {
        fn new() -> Self {
            Self { chain: OutputChain::default(), master: Master::default(), passed: 0.0, seen: Vec::new() }
        }

        /// Shows a grey, `seconds` after the last.
        fn show(&mut self, grey: f32, seconds: f64) {
            let cells = vec![[grey; 3]; GRID.0 * GRID.1];
            let frozen = self.master.is_frozen();
            let shown = self.chain.process((!frozen).then_some(&cells), &self.master, seconds as f32);
            if !frozen {
                self.passed = match shown.share {
                    1.0 => grey,
                    share => rounded(self.passed + (grey - self.passed) * share),
                };
                self.chain.commit(&vec![[self.passed; 3]; GRID.0 * GRID.1]);
            }
            let time = self.seen.last().map_or(0.0, |s| s.0) + seconds;
            self.seen.push((time, rounded(self.passed * shown.light), shown.light));
        }

        fn series(&self) -> Vec<(f64, f32)> {
            self.seen.iter().map(|s| (s.0, s.1)).collect()
        }
    }

    /// Times at which the brightness reverses.
    fn reversals(seen: &[(f64, f32, f32)]) -> Vec<f64> {
        let (mut times, mut direction) = (Vec::new(), 0.0);
        for pair in seen.windows(2) {
            let step = pair[1].2 - pair[0].2;
            if step != 0.0 && step.signum() != direction {
                direction = step.signum();
                times.push(pair[1].0);
            }
        }
        times
    }

    /// Regression: it once took up to a second.
    #[test]
    fn a_blackout_is_dark_and_a_panic_light_in_the_same_frame_of_any_strobe() {
        for hertz in [3.0, 8.0, 10.0, 15.0, 30.0] {
            for at in 0..12 {
                let mut stage = GreyOutput::new();
                let frame = 1.0 / 60.0;
                let grey = |i: usize| ((i as f64 * frame * hertz).fract() < 0.5) as u8 as f32;
                (0..70 + at).for_each(|i| stage.show(grey(i), frame));
                stage.master.blackout(true);
                stage.show(grey(70 + at), frame);
                assert_eq!(stage.seen.last().unwrap().1, 0.0, "{hertz} Hz, frame {at}");
                (0..at).for_each(|i| stage.show(grey(71 + at + i), frame));
                stage.master.release();
                stage.show(1.0, frame);
                assert_eq!(stage.seen.last().unwrap().2, 1.0);
                stage.master.fade(0.0, 0.0);
                stage.show(1.0, frame);
                assert_eq!(stage.seen.last().unwrap().1, 0.0);
            }
        }
    }

    #[test]
    fn a_frozen_picture_stays_while_its_brightness_changes() {
        let mut stage = GreyOutput::new();
        stage.show(0.5, 0.1);
        stage.master.freeze(true);
        stage.master.fade(0.0, 1.0);
        (0..5).for_each(|i| stage.show(i as f32 / 5.0, 0.1));
        assert!(stage.passed == 0.5 && stage.seen[5].1 < 0.2 && stage.seen[5].1 > 0.0);
        stage.master.release();
        stage.show(0.4, 0.1);
        assert_eq!(stage.seen[6].2, 1.0);
        assert!((stage.seen[6].1 - 0.4).abs() < 0.01);
    }

    /// A strobe during a blackout is not seen; what was seen before still counts when the light returns.
    #[test]
    fn the_count_of_a_strobe_does_not_start_over_when_the_light_returns() {
        let mut stage = GreyOutput::new();
        let frame = 1.0 / 60.0;
        let mut i = 0;
        let mut run = |stage: &mut GreyOutput, frames: usize| {
            for _ in 0..frames {
                i += 1;
                stage.show((i / 3 % 2) as f32, frame);
            }
        };
        run(&mut stage, 90);
        stage.master.blackout(true);
        run(&mut stage, 12);
        stage.master.release();
        run(&mut stage, 120);
        // The blackout and its release are the performer's; everything else is one strobe.
        let most = most(&changes(&stage.series(), 0.105, 0.8));
        assert!(most <= 6 + 2, "{most} changes");
        assert!(stage.chain.state().held > 60);
        (0..90).for_each(|_| stage.show(0.5, frame));
        assert!(!stage.chain.state().acting && stage.chain.state().on);
    }

    #[test]
    fn the_state_says_whether_the_last_frame_was_attenuated() {
        let mut stage = GreyOutput::new();
        for i in 0..120 {
            let before = stage.chain.state().held;
            stage.show((i / 3 % 2) as f32, 1.0 / 60.0);
            let state = stage.chain.state();
            assert_eq!(state.held, before + state.acting as u64);
            assert_eq!(state.acting, stage.passed != (i / 3 % 2) as f32, "frame {i}");
        }
        assert!(stage.chain.state().held > 30);
    }

    #[test]
    fn a_limiter_that_is_off_attenuates_nothing_but_keeps_counting() {
        let mut stage = GreyOutput::new();
        stage.chain.set_limits(false);
        (0..120).for_each(|i| stage.show((i / 3 % 2) as f32, 1.0 / 60.0));
        assert!(flashes(&stage.series(), 0.105, 0.8) >= 9);
        assert_eq!(stage.chain.state(), LimiterState { on: false, acting: false, held: 0 });
        stage.chain.set_limits(true);
        let from = stage.seen.len();
        (0..40).for_each(|i| stage.show((i / 3 % 2) as f32, 1.0 / 60.0));
        let after = flashes(&stage.series()[from..], 0.105, 0.8);
        assert_eq!(after, 0, "the second before was full of them");
    }

    #[test]
    fn the_stage_and_a_render_are_limited_alike() {
        let (rng, mut stage) = (Rng::new(9), GreyOutput::new());
        let mut render = super::super::flash::FlashLimiter::default();
        for i in 0..240u64 {
            let grey = (rng.unit(i / 4) * 256.0) as u8;
            let mut frame = Frame::new(GRID.0, GRID.1);
            frame.rgba.chunks_exact_mut(4).for_each(|p| p[..3].fill(grey));
            render.pass(&mut frame, (i + 1) as f64 / 60.0);
            stage.show(linear_of_srgb(grey as f64 / 255.0) as f32, 1.0 / 60.0);
            let byte = srgb_of_linear(stage.passed as f64) * 255.0;
            assert!(
                (byte - frame.pixel(5, 5)[0] as f64).abs() < 1.01,
                "frame {i}: {byte} and {:?}",
                frame.pixel(5, 5)
            );
        }
        assert!(render.held() > 20 && render.held() == stage.chain.state().held);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]
        #[test]
        fn whatever_strobes_and_however_the_master_moves_darkness_is_at_once_and_the_picture_never_flashes(
            seed in any::<u64>(),
            hertz in 1.0f64..40.0,
            rate in 24.0f64..120.0,
            busy in 0.0f32..0.15,
        ) {
            let rng = Rng::new(seed);
            let mut stage = GreyOutput::new();
            let mut free = MasterFade::free();
            for i in 0..(3.0 * rate) as u64 {
                let [a, b, c, d] = [0, 1, 2, 3].map(|k| rng.unit(4 * i + k));
                if a < busy {
                    match (b * 6.0) as u32 {
                        0 | 1 => stage.master.blackout(c < 0.5),
                        2 => stage.master.fade(c, d * d),
                        3 => stage.master.fade((c > 0.5) as u8 as f32, 0.0),
                        4 => stage.master.freeze(c < 0.3),
                        _ => stage.master.release(),
                    }
                }
                let lit = (i as f64 / rate * hertz).fract() < 0.5;
                stage.show(if lit { 1.0 - 0.2 * d } else { 0.3 * c }, 1.0 / rate);
                let shown = stage.seen[i as usize].2;
                let wanted = linear_of_srgb(free.follow(&stage.master, (1.0 / rate) as f32) as f64) as f32;
                prop_assert!(shown <= wanted + 1e-6, "frame {i}: {shown} for {wanted}");
                prop_assert!(!stage.master.is_black() || shown == 0.0);
            }
            let (all, moves) = (changes(&stage.series(), 0.105, 0.8), reversals(&stage.seen));
            for (k, from) in all.iter().enumerate() {
                let within = |times: &[f64]| times.iter().filter(|t| (from - 1e-9..from + 1.0 - 1e-9).contains(*t)).count();
                let (n, moved) = (within(&all[k..]), within(&moves));
                prop_assert!(n <= 6 + moved + 1, "{n} changes with {moved} moves of the light, from {from}");
                let still = stage.seen.windows(2).filter(|p| p[1].0 >= *from && p[1].0 < from + 1.0).all(|p| p[0].2 == p[1].2);
                prop_assert!(!still || n <= 6, "{n} changes by the picture alone, from {from}");
            }
        }
    }
}
