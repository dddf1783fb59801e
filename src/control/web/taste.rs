//! The taste that is learned while a show runs, as the remote shows it: two pictures to tap.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::jpeg::jpeg;
use show::{ShowState, TasteState};
use world::taste::{PairPicture, TastePair};

/// What was learned; null if the judge learns nothing.
pub fn learned(state: &ShowState) -> Value {
    state.taste.as_ref().map_or(
        Value::Null,
        |t: &Arc<TasteState>| json!({ "votes": t.votes, "words": t.words(), "agreement": t.agreement }),
    )
}

/// The pair to vote on with its pictures as JPEGs, which are encoded once for all clients.
#[derive(Default)]
pub struct PairCache {
    pair: Option<Arc<TastePair>>,
    value: Value,
}

impl PairCache {
    /// The pair of this state; null without one.
    pub fn latest(&mut self, state: &ShowState) -> Value {
        let now = state.taste.as_ref().and_then(|t| t.pair.as_ref());
        let is_same = match (now, &self.pair) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            (a, b) => a.is_none() && b.is_none(),
        };
        if !is_same {
            self.pair = now.cloned();
            self.value = now.map_or(Value::Null, |pair| {
                let [left, right] = [&pair.pictures[0], &pair.pictures[1]].map(url);
                // As a string: numbers in JavaScript hold 53 bits.
                json!({ "number": pair.number.to_string(), "left": left, "right": right })
            });
        }
        self.value.clone()
    }
}

/// A picture as a URL that holds it.
fn url(picture: &PairPicture) -> String {
    let bytes = jpeg(&picture.rgb, picture.width, picture.height).unwrap_or_default();
    format!("data:image/jpeg;base64,{}", STANDARD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(number: u64) -> ShowState {
        let picture = |v: u8| PairPicture { width: 2, height: 2, rgb: vec![v; 12], ..PairPicture::default() };
        let pair = Some(Arc::new(TastePair { number, pictures: [picture(0), picture(255)] }));
        let taste = TasteState { pair, votes: 3, agreement: "a".into(), score: Some(0.5) };
        ShowState { taste: Some(Arc::new(taste)), ..ShowState::default() }
    }

    #[test]
    fn a_pair_is_sent_as_pictures_and_encoded_once() {
        let mut cache = PairCache::default();
        assert_eq!(
            (cache.latest(&ShowState::default()), learned(&ShowState::default())),
            (Value::Null, Value::Null)
        );
        let first = state(1 << 60);
        let sent = cache.latest(&first);
        assert_eq!(sent["number"], json!((1u64 << 60).to_string()));
        for (side, bright) in [("left", false), ("right", true)] {
            let coded = sent[side].as_str().unwrap().strip_prefix("data:image/jpeg;base64,").unwrap();
            let picture = image::load_from_memory(&STANDARD.decode(coded).unwrap()).unwrap().to_rgb8();
            assert_eq!((picture.width(), picture.get_pixel(0, 0)[0] > 128), (2, bright), "{side}");
        }
        // The same pair is not encoded again: a mark in the cache is still there.
        cache.value = json!("mark");
        assert_eq!(cache.latest(&first), json!("mark"));
        assert_ne!(cache.latest(&state(2)), json!("mark"));
        assert_eq!(cache.latest(&ShowState::default()), Value::Null);
        assert_eq!(
            learned(&first),
            json!({ "votes": 3, "words": "3 votes · this picture: 50 %", "agreement": "a" })
        );
    }
}
