//! Sound of the room on its way to the worlds that hear it, as a tape keeps it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Most samples of a block: a second at [`AUDIO_RATE`](crate::audible::AUDIO_RATE).
pub const MOST: usize = crate::audible::AUDIO_RATE as usize;

/// Samples for one tick, mono at [`AUDIO_RATE`](crate::audible::AUDIO_RATE), of 16 bits. On a tape it is text in base 64:
/// 128 kB a second.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoomSound(Vec<i16>);

impl RoomSound {
    /// Samples, full scale ±1, rounded; at most [`MOST`].
    pub fn of(samples: impl IntoIterator<Item = f32>) -> Self {
        let rounded = |v: f32| (v.clamp(-1.0, 1.0) * 32_767.0).round() as i16;
        Self(samples.into_iter().take(MOST).map(|v| if v.is_finite() { rounded(v) } else { 0 }).collect())
    }

    /// The samples, full scale ±1.
    pub fn samples(&self) -> impl Iterator<Item = f32> {
        self.0.iter().map(|v| *v as f32 / 32_767.0)
    }

    /// Whether nothing is heard.
    pub fn is_silent(&self) -> bool {
        self.0.iter().all(|v| *v == 0)
    }
}

impl Serialize for RoomSound {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bytes: Vec<u8> = self.0.iter().flat_map(|v| v.to_le_bytes()).collect();
        serializer.serialize_str(&STANDARD.encode(bytes))
    }
}

impl<'de> Deserialize<'de> for RoomSound {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.len() > MOST.div_ceil(3) * 8 {
            return Err(D::Error::custom(format!("sound of a tick: at most {MOST} samples")));
        }
        let bytes = STANDARD.decode(text).map_err(|e| D::Error::custom(format!("sound of a tick: {e}")))?;
        if bytes.len() % 2 != 0 || bytes.len() > 2 * MOST {
            let found = bytes.len();
            return Err(D::Error::custom(format!(
                "sound of a tick: expected 16-bit samples, at most {MOST}; found {found} bytes"
            )));
        }
        let pairs = bytes.chunks_exact(2);
        Ok(Self(pairs.map(|b| i16::from_le_bytes([b[0], b[1]])).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(samples in prop::collection::vec(-1.5f32..1.5, 0..2000)) {
            let sound = RoomSound::of(samples.iter().copied());
            let text = serde_json::to_string(&sound).unwrap();
            prop_assert_eq!(&serde_json::from_str::<RoomSound>(&text).unwrap(), &sound);
            prop_assert!(sound.samples().zip(&samples).all(|(a, b)| (a - b.clamp(-1.0, 1.0)).abs() < 2e-5));
            // A tape that is replayed hears the same again.
            prop_assert_eq!(RoomSound::of(sound.samples()), sound);
        }
    }

    #[test]
    fn what_is_no_sound_is_refused() {
        let long = format!("{:?}", STANDARD.encode(vec![0u8; 2 * MOST + 2]));
        for text in ["\"?\"", "\"AAAA\"", "3", "\"AAA\"", &long] {
            assert!(serde_json::from_str::<RoomSound>(text).is_err(), "{}", &text[..text.len().min(20)]);
        }
        assert!(RoomSound::of([f32::NAN, 0.0]).is_silent() && !RoomSound::of([f32::MIN]).is_silent());
        assert_eq!(RoomSound::of(std::iter::repeat_n(0.5, 2 * MOST)).samples().count(), MOST);
    }
}
