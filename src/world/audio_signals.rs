//! Audio signals, `sound.NAME`, each with its meaning and usual range. The audio analysis fills them; links, voices and
//! the manual read the ranges here.

/// One signal of the audio analysis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Signal {
    /// Name without `sound.`.
    pub name: &'static str,
    /// One sentence, with the unit.
    pub about: &'static str,
    /// Usual range.
    pub range: [f64; 2],
}

impl Signal {
    /// Its value in silence and before any input: 0, or the lower end of its range if that is negative.
    pub fn silence(&self) -> f64 {
        self.range[0].min(0.0)
    }
}

const fn signal(name: &'static str, about: &'static str, lo: f64, hi: f64) -> Signal {
    Signal { name, about, range: [lo, hi] }
}

/// Every signal, in the order in which the analysis computes them.
pub static SIGNALS: [Signal; 51] = [
    signal("rms", "Root mean square of the last 43 ms, full scale 1.", 0.0, 1.0),
    signal("level", "Loudness relative to the recent level: 1 is as loud as it was lately.", 0.0, 1.0),
    signal(
        "lufs",
        "Short-term loudness of the last three seconds (EBU R 128, 2020), LUFS; −70 is silence.",
        -70.0,
        0.0,
    ),
    signal("low", "Below 250 Hz, normalised over the last ten seconds.", 0.0, 1.0),
    signal("mid", "250 to 2500 Hz, normalised over the last ten seconds.", 0.0, 1.0),
    signal("high", "Above 2500 Hz, normalised over the last ten seconds.", 0.0, 1.0),
    signal("centroid", "Spectral centroid, Hz: the centre of mass of the spectrum.", 0.0, 8000.0),
    signal("flatness", "Spectral flatness: 0 is a tone, 1 is noise.", 0.0, 1.0),
    signal("onset", "1 at an onset, falling to a third within 100 ms.", 0.0, 1.0),
    signal("bpm", "Tempo, beats a minute; 0 while there is none.", 60.0, 200.0),
    signal("beat", "Phase within the beat, 0 to 1.", 0.0, 1.0),
    signal("confidence", "How clear the beat is.", 0.0, 1.0),
    signal("pitch", "The last clear pitch, Hz.", 50.0, 2000.0),
    signal("clarity", "How clear the pitch is now.", 0.0, 1.0),
    signal("band.0", "0 to 100 Hz, normalised over the last ten seconds.", 0.0, 1.0),
    signal("band.1", "100 to 200 Hz.", 0.0, 1.0),
    signal("band.2", "200 to 300 Hz.", 0.0, 1.0),
    signal("band.3", "300 to 400 Hz.", 0.0, 1.0),
    signal("band.4", "400 to 510 Hz.", 0.0, 1.0),
    signal("band.5", "510 to 630 Hz.", 0.0, 1.0),
    signal("band.6", "630 to 770 Hz.", 0.0, 1.0),
    signal("band.7", "770 to 920 Hz.", 0.0, 1.0),
    signal("band.8", "920 to 1080 Hz.", 0.0, 1.0),
    signal("band.9", "1080 to 1270 Hz.", 0.0, 1.0),
    signal("band.10", "1270 to 1480 Hz.", 0.0, 1.0),
    signal("band.11", "1480 to 1720 Hz.", 0.0, 1.0),
    signal("band.12", "1720 to 2000 Hz.", 0.0, 1.0),
    signal("band.13", "2000 to 2320 Hz.", 0.0, 1.0),
    signal("band.14", "2320 to 2700 Hz.", 0.0, 1.0),
    signal("band.15", "2700 to 3150 Hz.", 0.0, 1.0),
    signal("band.16", "3150 to 3700 Hz.", 0.0, 1.0),
    signal("band.17", "3700 to 4400 Hz.", 0.0, 1.0),
    signal("band.18", "4400 to 5300 Hz.", 0.0, 1.0),
    signal("band.19", "5300 to 6400 Hz.", 0.0, 1.0),
    signal("band.20", "6400 to 7700 Hz.", 0.0, 1.0),
    signal("band.21", "7700 to 9500 Hz.", 0.0, 1.0),
    signal("band.22", "9500 to 12000 Hz.", 0.0, 1.0),
    signal("band.23", "12000 to 15500 Hz.", 0.0, 1.0),
    signal(
        "chroma.c",
        "How much of the sound is a C, in any octave; the strongest of the twelve is 1.",
        0.0,
        1.0,
    ),
    signal("chroma.cs", "C sharp.", 0.0, 1.0),
    signal("chroma.d", "D.", 0.0, 1.0),
    signal("chroma.ds", "D sharp.", 0.0, 1.0),
    signal("chroma.e", "E.", 0.0, 1.0),
    signal("chroma.f", "F.", 0.0, 1.0),
    signal("chroma.fs", "F sharp.", 0.0, 1.0),
    signal("chroma.g", "G.", 0.0, 1.0),
    signal("chroma.gs", "G sharp.", 0.0, 1.0),
    signal("chroma.a", "A.", 0.0, 1.0),
    signal("chroma.as", "A sharp.", 0.0, 1.0),
    signal("chroma.b", "B.", 0.0, 1.0),
    signal("hops", "Analysis windows so far.", 0.0, 1e9),
];

/// The value of each in silence, in the order of [`SIGNALS`].
pub fn silence() -> Vec<f64> {
    SIGNALS.iter().map(Signal::silence).collect()
}

/// Index of a signal in [`SIGNALS`].
pub fn place(name: &str) -> Option<usize> {
    SIGNALS.iter().position(|s| s.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_ranges_rise() {
        for (i, s) in SIGNALS.iter().enumerate() {
            assert_eq!(place(s.name), Some(i), "{}", s.name);
            assert!(s.range[0] < s.range[1] && s.about.ends_with('.'), "{}", s.name);
        }
        assert_eq!(place("nothing"), None);
        let quiet = SIGNALS.iter().filter(|s| s.silence() != 0.0).map(|s| (s.name, s.silence()));
        assert_eq!(quiet.collect::<Vec<_>>(), [("lufs", -70.0)]);
    }
}
