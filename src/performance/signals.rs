//! The input signals of the show: verdicts, beat, audio features, time, touch and boredom. All of them become events
//! where a scene reads them, so the tape holds them.

use super::Performance;
use super::judge::JudgeRunner;
use show::program::{TimeOfDay, TriggerInputs};
use world::audible::samples_of_tick;
use world::room_sound::RoomSound;
use world::tape::Event;

/// Seconds between two ticks beyond which the show was stalled.
const LONGEST: f64 = 1.0;
/// Confidence from which a tracked beat is followed.
const BEAT: f64 = 0.25;

impl Performance {
    /// Verdicts become signals where a scene reads them.
    pub(super) fn take_verdict(&mut self) {
        let Some(judged) = &mut self.judge else { return };
        let signals: Vec<(String, f64)> =
            judged.poll().iter().filter(|s| self.director.reads(&s.0)).cloned().collect();
        let tick = self.director.tick();
        judged.offer_late(self.director.front_mut(), tick);
        signals.into_iter().for_each(|(name, value)| self.signal_now(name, value));
    }

    /// Audio features become signals where a scene reads them, if they have changed.
    pub(super) fn take_sound(&mut self) {
        let (tick, place) = (self.director.tick(), self.place());
        let audio = &mut self.audio;
        let now: Vec<(&'static str, f64)> = match (&mut audio.listening, &audio.live) {
            (Some(clip), _) => clip.tick(place).collect(),
            (None, Some(live)) => live.signals(),
            _ => return,
        };
        let old = std::mem::replace(&mut audio.heard, now);
        self.take_room();
        let audio = &self.audio;
        let mut events = Vec::new();
        for (i, (name, value)) in audio.heard.iter().enumerate() {
            let name = format!("sound.{name}");
            let changed = old.get(i).is_none_or(|o| o.1 != *value) || tick.is_multiple_of(600);
            if changed && self.director.reads(&name) {
                events.push((name, *value));
            }
        }
        events.into_iter().for_each(|(name, value)| self.signal_now(name, value));
        self.follow_beat();
    }

    /// Worlds that hear the room get its sound itself, unless it is silent.
    fn take_room(&mut self) {
        if !self.director.hears() {
            return;
        }
        let samples = samples_of_tick(self.director.tick(), self.engine().scene().dt() as f32);
        let room = match (&self.audio.listening, &self.audio.live) {
            (Some(clip), _) => RoomSound::of(clip.room().iter().copied()),
            (None, Some(live)) => RoomSound::of(live.room(samples)),
            _ => return,
        };
        if !room.is_silent() {
            self.act(Event::Room(room));
        }
    }

    /// Follows a beat that is tracked with confidence.
    fn follow_beat(&mut self) {
        if self.audio.get("confidence") > BEAT {
            self.tempo.follow_sound(self.audio.get("bpm"), self.audio.get("beat"));
        }
    }

    /// Position in a file that is analysed, in ticks: it plays in real time, however slow the show is, and is paused
    /// with the show.
    fn place(&self) -> u64 {
        (self.time * self.engine().scene().rate) as u64
    }

    /// Seconds since the show began.
    pub(super) fn now(&self) -> f64 {
        self.begun.elapsed().as_secs_f64()
    }

    /// Seconds of the performance, pauses excluded.
    pub(super) fn time_now(&self) -> f64 {
        self.time + self.last.map_or(0.0, |last| (self.now() - last).clamp(0.0, LONGEST))
    }

    pub(super) fn take_beat(&mut self) {
        let values = [
            ("tempo.bpm", self.tempo.bpm()),
            ("tempo.beat", self.tempo.beats().floor()),
            ("tempo.phase", self.tempo.phase()),
        ];
        let quantised = self.director.is_quantised();
        for (name, value) in values {
            if quantised || self.director.reads(name) {
                self.signal_now(name.into(), value);
            }
        }
    }

    /// Sets a signal that the worlds read. Non-finite values, which a tape cannot hold, become 0.
    fn signal_now(&mut self, name: String, value: f64) {
        self.act(Event::Signal(name, if value.is_finite() { value } else { 0.0 }));
    }

    /// Sonifies the tick just made.
    pub(super) fn sound(&mut self) {
        let (place, transition_seconds) = (self.place(), std::mem::take(&mut self.transition_seconds));
        if let Some(live) = &mut self.audio.live {
            live.tick(self.director.front(), place, transition_seconds);
        }
    }

    /// Accounts for the time since the last call: for the beat always, for the performance unless paused. Returns the
    /// share of the performance, seconds.
    ///
    /// People and music keep real time: a show that is too slow for its ticks does not slow them down. What it receives
    /// goes onto the tape with its tick, so it is replayed all the same.
    pub(super) fn pass_time(&mut self) -> f64 {
        let now = self.now();
        // Before the first tick no time has passed.
        let passed = self.last.replace(now).map_or(0.0, |last| (now - last).max(0.0));
        self.tempo.pass(passed);
        let dt = if self.paused { 0.0 } else { passed.min(LONGEST) };
        self.time += dt;
        self.quiet = if self.audio.is_quiet() { self.quiet + dt } else { 0.0 };
        let bored = self.judge.as_ref().is_some_and(JudgeRunner::is_bored);
        self.bored = if bored { self.bored + dt } else { 0.0 };
        dt
    }

    /// Inputs of the cue list after a tick that took `dt` seconds.
    pub(super) fn trigger_inputs(&self, dt: f64) -> TriggerInputs {
        TriggerInputs {
            dt,
            beats: self.tempo.beats(),
            bored: self.bored,
            quiet: self.quiet,
            idle: self.time - self.touched,
            moment: TimeOfDay::now(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::sample;
    use super::BEAT;
    use crate::PerformanceSetup;
    use show::{ShowDriver, SoundControl};
    use sound::{Clip, WavWriter};
    use world::tape::{Event, Tape};

    /// Number of discontinuities in a tone of 440 Hz.
    fn jumps(samples: &[f32]) -> usize {
        let left: Vec<f32> = samples.iter().step_by(2).copied().collect();
        left.windows(3).filter(|w| (w[0] - 2.0 * w[1] + w[2]).abs() > 0.02).count()
    }

    #[test]
    fn a_beat_is_followed_while_confidence_is_high_and_kept_when_it_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("a.toml");
        std::fs::write(&file, "[node.a]\nsystem = \"noise\"\n[[layer]]\nshow = \"a.value\"\n").unwrap();
        let mut played = sample::setup(&[file]).start().unwrap();
        let mut after = |confidence: f64, bpm: f64| {
            played.audio.heard = vec![("confidence", confidence), ("bpm", bpm), ("beat", 0.25)];
            played.follow_beat();
            (played.tempo.bpm(), played.tempo.source().name())
        };
        assert_eq!(after(BEAT, 120.0), (0.0, ""), "nothing clear yet");
        assert_eq!(after(BEAT + 0.1, 120.0), (120.0, "sound"));
        assert_eq!(after(BEAT - 0.1, 90.0), (120.0, "sound"));
    }

    #[test]
    fn a_file_plays_without_gaps_however_slow_the_show_is() {
        let dir = tempfile::tempdir().unwrap();
        let file = |name: &str| dir.path().join(name);
        let scene = "size = [32, 20]\n[node.a]\nsystem = \"noise\"\n[[layer]]\nshow = \"a.value\"\n";
        std::fs::write(file("a.toml"), scene).unwrap();
        let tone = |n: usize| 0.3 * (std::f32::consts::TAU * 440.0 * (n / 2) as f32 / 48_000.0).sin();
        let mut wav = WavWriter::create(&file("tone.wav"), 48_000).unwrap();
        wav.add(&(0..2 * 480_000).map(tone).collect::<Vec<f32>>()).unwrap();
        wav.finish().unwrap();
        let setup = PerformanceSetup {
            sound: Some(sample::listening(file("tone.wav"))),
            ..sample::setup(&[file("a.toml")])
        };
        let mut played = setup.start().unwrap();
        let status = played.audio.live.as_ref().unwrap().status().clone();
        let take = file("take.wav");
        status.write_to(Some(take.clone()));
        for _ in 0..24 {
            played.tick();
            std::thread::sleep(Duration::from_millis(80));
        }
        status.write_to(None);
        let heard = loop {
            match Clip::read(&take) {
                Ok(clip) => break clip,
                Err(_) => std::thread::sleep(Duration::from_millis(20)),
            }
        };
        let loud = heard.samples().iter().fold(0.0f32, |m, v| m.max(v.abs()));
        assert!(heard.seconds() > 1.0 && loud > 0.2, "{} s, peak {loud}", heard.seconds());
        // A few for a machine that stalls in between; in step with the ticks there were dozens.
        assert!(jumps(heard.samples()) < 6, "{}", jumps(heard.samples()));
        drop(played);
    }

    /// What does not change is repeated only now and then, for replays that start late.
    #[test]
    fn audio_features_go_onto_the_tape_where_they_are_read_and_have_changed() {
        let dir = tempfile::tempdir().unwrap();
        let wav = dir.path().join("silence.wav");
        let mut writer = WavWriter::create(&wav, 48_000).unwrap();
        writer.add(&vec![0.0f32; 2 * 480_000]).unwrap();
        writer.finish().unwrap();
        let scene = "size = [8, 4]\n[node.a]\nsystem = \"noise\"\n[[link]]\nfrom = \"sound.level\"\nto = \"a.scale\"\n\
                     [[layer]]\nshow = \"a.value\"\n";
        let mut played = sample::with(dir.path(), &[scene], |s| PerformanceSetup {
            sound: Some(sample::listening(wav)),
            ..s
        });
        assert!(played.sound_control().is_some());
        (0..700).for_each(|_| played.tick());
        assert!(played.audio.shown().iter().any(|s| s.0 == "level") && played.audio.is_quiet());
        played.time = 2.5;
        assert_eq!(played.place(), 150, "ticks of sixty a second");
        drop(played);
        let tape = Tape::read(&std::fs::read(dir.path().join("t.tape")).unwrap()[..]).unwrap();
        let signals: Vec<(u64, Event)> =
            tape.events.into_iter().filter(|e| matches!(e.1, Event::Signal(..))).collect();
        let level = |tick: u64| (tick, Event::Signal("sound.level".into(), 0.0));
        assert_eq!(signals, [level(0), level(600)]);
    }
}
