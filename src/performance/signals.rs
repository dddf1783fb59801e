//! What the show senses: the judge's verdicts, the beat, the sound of the room, time, touch and boredom. All of it
//! becomes events where a scene reads it, so the tape holds it.

use super::Performance;
use super::judge::JudgeRunner;
use show::program::{TimeOfDay, TriggerInputs};
use sound::{ClipAnalyser, LiveAudio};
use world::tape::Event;

/// Below this (root mean square, −40 dB) the room is quiet.
const QUIET: f64 = 0.01;
/// Seconds between two ticks beyond which the show stood still.
const LONGEST: f64 = 1.0;
/// Confidence from which on a heard beat is believed.
const BEAT: f64 = 0.25;
/// What panels show of what is heard.
const SHOWN: &[&str] = &[
    "level", "low", "mid", "high", "onset", "beat", "bpm", "lufs", "pitch", "clarity", "flatness", "centroid",
];

/// Sound in and out of the show.
#[derive(Default)]
pub struct AudioIo {
    /// The devices.
    pub live: Option<LiveAudio>,
    /// A file that is listened to instead of a microphone.
    pub listening: Option<ClipAnalyser>,
    /// What was heard last: (name, value).
    pub heard: Vec<(&'static str, f64)>,
}

impl AudioIo {
    fn get(&self, name: &str) -> f64 {
        self.heard.iter().find(|h| h.0 == name).map_or(0.0, |h| h.1)
    }

    /// Whether the room is quiet; a show that hears nothing at all knows of no quiet.
    fn is_quiet(&self) -> bool {
        !self.heard.is_empty() && self.get("rms") < QUIET
    }

    /// What panels show: (name, value), with bars where there is a range of 0..1.
    pub fn shown(&self) -> Vec<(String, f64)> {
        let shown = self.heard.iter().filter(|h| SHOWN.contains(&h.0));
        shown.map(|(n, v)| (n.to_string(), *v)).collect()
    }
}

impl Performance {
    /// Verdicts become signals where somebody reads them.
    pub(super) fn take_verdict(&mut self) {
        let Some(judged) = &mut self.judge else { return };
        let said: Vec<(String, f64)> =
            judged.hear().iter().filter(|s| self.director.reads(&s.0)).cloned().collect();
        let tick = self.director.tick();
        judged.offer_late(self.director.front_mut(), tick);
        said.into_iter().for_each(|(name, value)| self.signal_now(name, value));
    }

    /// What is heard becomes signals where somebody reads them, if it has changed.
    pub(super) fn take_sound(&mut self) {
        let (tick, place) = (self.director.tick(), self.place());
        let sounding = &mut self.sounding;
        let now: Vec<(&'static str, f64)> = match (&mut sounding.listening, &sounding.live) {
            (Some(clip), _) => clip.tick(place).collect(),
            (None, Some(live)) => live.heard(),
            _ => return,
        };
        let old = std::mem::replace(&mut sounding.heard, now);
        let mut events = Vec::new();
        for (i, (name, value)) in sounding.heard.iter().enumerate() {
            let name = format!("sound.{name}");
            let changed = old.get(i).is_none_or(|o| o.1 != *value) || tick.is_multiple_of(600);
            if changed && self.director.reads(&name) {
                events.push((name, *value));
            }
        }
        events.into_iter().for_each(|(name, value)| self.signal_now(name, value));
        self.follow_beat();
    }

    /// A beat that is clear is followed.
    fn follow_beat(&mut self) {
        if self.sounding.get("confidence") > BEAT {
            self.tempo.hear(self.sounding.get("bpm"), self.sounding.get("beat"));
        }
    }

    /// Where a file that is listened to has come, in ticks: it sounds at its own pace, however slow the show is, and
    /// stands while the show is paused.
    fn place(&self) -> u64 {
        (self.time * self.engine().scene().rate) as u64
    }

    /// Seconds since the show began.
    pub(super) fn now(&self) -> f64 {
        self.begun.elapsed().as_secs_f64()
    }

    /// Seconds of the performance, pauses left out.
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

    /// A signal that the worlds read takes a value. What is no number would be none on the tape either.
    fn signal_now(&mut self, name: String, value: f64) {
        self.act(Event::Signal(name, if value.is_finite() { value } else { 0.0 }));
    }

    /// The tick that was just made is heard.
    pub(super) fn sound(&mut self) {
        let (place, passage) = (self.place(), std::mem::take(&mut self.passage));
        if let Some(live) = &mut self.sounding.live {
            live.tick(self.director.front(), place, passage);
        }
    }

    /// Time passes since this was called last: for the beat always, for the performance unless the clock stands. How much
    /// of it was the performance's, seconds.
    ///
    /// People and music keep their own time: a show that is too slow for its ticks does not slow them down. What it
    /// hears and is told goes onto the tape with its tick, so it is repeated all the same.
    pub(super) fn pass_time(&mut self) -> f64 {
        let now = self.now();
        // Until the first tick nothing has passed.
        let passed = self.last.replace(now).map_or(0.0, |last| (now - last).max(0.0));
        self.tempo.pass(passed);
        let dt = if self.paused { 0.0 } else { passed.min(LONGEST) };
        self.time += dt;
        self.quiet = if self.sounding.is_quiet() { self.quiet + dt } else { 0.0 };
        let bored = self.judge.as_ref().is_some_and(JudgeRunner::is_bored);
        self.bored = if bored { self.bored + dt } else { 0.0 };
        dt
    }

    /// What is true for the cue list after a tick that took `dt` seconds.
    pub(super) fn facts(&self, dt: f64) -> TriggerInputs {
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

    /// Places where a tone of 440 Hz is not smooth.
    fn jumps(samples: &[f32]) -> usize {
        let left: Vec<f32> = samples.iter().step_by(2).copied().collect();
        left.windows(3).filter(|w| (w[0] - 2.0 * w[1] + w[2]).abs() > 0.02).count()
    }

    #[test]
    fn a_beat_is_followed_while_it_is_clear_and_kept_when_it_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("a.toml");
        std::fs::write(&file, "[node.a]\nsystem = \"noise\"\n[[layer]]\nshow = \"a.value\"\n").unwrap();
        let mut played = sample::setup(&[file]).start().unwrap();
        let mut hears = |confidence: f64, bpm: f64| {
            played.sounding.heard = vec![("confidence", confidence), ("bpm", bpm), ("beat", 0.25)];
            played.follow_beat();
            (played.tempo.bpm(), played.tempo.source().name())
        };
        assert_eq!(hears(BEAT, 120.0), (0.0, ""), "nothing clear yet");
        assert_eq!(hears(BEAT + 0.1, 120.0), (120.0, "sound"));
        assert_eq!(hears(BEAT - 0.1, 90.0), (120.0, "sound"));
    }

    #[test]
    fn a_file_is_heard_unbroken_however_slow_the_show_is() {
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
        let status = played.sounding.live.as_ref().unwrap().status().clone();
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
        // One for a machine that stood still in between; in step with the ticks there were dozens.
        assert!(jumps(heard.samples()) < 6, "{}", jumps(heard.samples()));
        drop(played);
    }

    #[test]
    fn what_is_heard_is_read_by_name_and_a_room_is_quiet_below_minus_forty_decibels() {
        let heard =
            |all: &[(&'static str, f64)]| super::AudioIo { heard: all.to_vec(), ..Default::default() };
        let sounding = heard(&[("rms", 0.5), ("level", 0.25), ("bpm", 120.0), ("confidence", 0.1)]);
        assert_eq!((sounding.get("rms"), sounding.get("bpm"), sounding.get("nothing")), (0.5, 120.0, 0.0));
        assert_eq!(sounding.shown(), [("level".to_string(), 0.25), ("bpm".to_string(), 120.0)]);
        let quiet = |rms: f64| heard(&[("rms", rms)]).is_quiet();
        assert!(quiet(0.0099) && !quiet(0.01) && !heard(&[]).is_quiet());
    }

    /// What does not change need not be said again; now and then it is, for whoever joins a tape late.
    #[test]
    fn what_is_heard_goes_onto_the_tape_where_it_is_read_and_has_changed() {
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
        assert!(played.sounding.shown().iter().any(|s| s.0 == "level") && played.sounding.is_quiet());
        played.time = 2.5;
        assert_eq!(played.place(), 150, "ticks of sixty a second");
        drop(played);
        let tape = Tape::read(&std::fs::read(dir.path().join("t.tape")).unwrap()[..]).unwrap();
        let said: Vec<(u64, Event)> =
            tape.events.into_iter().filter(|e| matches!(e.1, Event::Signal(..))).collect();
        let level = |tick: u64| (tick, Event::Signal("sound.level".into(), 0.0));
        assert_eq!(said, [level(0), level(600)]);
    }
}
