//! Audio input and output of the show.

use sound::{ClipAnalyser, LiveAudio};

/// RMS below which the room is quiet (−40 dB).
const QUIET: f64 = 0.01;
/// Audio features that panels show.
const SHOWN: &[&str] = &[
    "level", "low", "mid", "high", "onset", "beat", "bpm", "lufs", "pitch", "clarity", "flatness", "centroid",
];

/// Audio input and output of the show.
#[derive(Default)]
pub struct AudioIo {
    /// The devices.
    pub live: Option<LiveAudio>,
    /// A file that is analysed instead of the microphone.
    pub listening: Option<ClipAnalyser>,
    /// The newest audio features: (name, value).
    pub heard: Vec<(&'static str, f64)>,
}

impl AudioIo {
    /// An audio feature by name; 0 if there is none of that name.
    pub fn get(&self, name: &str) -> f64 {
        self.heard.iter().find(|h| h.0 == name).map_or(0.0, |h| h.1)
    }

    /// Whether the room is quiet; never without audio input.
    pub fn is_quiet(&self) -> bool {
        !self.heard.is_empty() && self.get("rms") < QUIET
    }

    /// What panels show: (name, value), with bars where there is a range of 0..1.
    pub fn shown(&self) -> Vec<(String, f64)> {
        let shown = self.heard.iter().filter(|h| SHOWN.contains(&h.0));
        shown.map(|(n, v)| (n.to_string(), *v)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_read_by_name_and_a_room_is_quiet_below_minus_forty_decibels() {
        let heard = |all: &[(&'static str, f64)]| AudioIo { heard: all.to_vec(), ..Default::default() };
        let audio = heard(&[("rms", 0.5), ("level", 0.25), ("bpm", 120.0), ("confidence", 0.1)]);
        assert_eq!((audio.get("rms"), audio.get("bpm"), audio.get("nothing")), (0.5, 120.0, 0.0));
        assert_eq!(audio.shown(), [("level".to_string(), 0.25), ("bpm".to_string(), 120.0)]);
        let quiet = |rms: f64| heard(&[("rms", rms)]).is_quiet();
        assert!(quiet(0.0099) && !quiet(0.01) && !heard(&[]).is_quiet());
    }
}
