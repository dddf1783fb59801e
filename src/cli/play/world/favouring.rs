//! Favourites: a moment is kept on one key, and comes back on another.

use super::Played;
use super::coming::Order;
use crate::show::favourites::Favourite;
use crate::world::tape::Event;

impl Played {
    /// Scene, seed, knobs and links as they are now.
    fn moment(&self) -> Favourite {
        let front = self.director.front();
        Favourite {
            scene: front.scene().name.clone(),
            seed: front.seed(),
            knobs: self.knobs(),
            links: front.links().iter().map(|l| l.on).collect(),
        }
    }

    pub(super) fn favour(&mut self) {
        let moment = self.moment();
        let word = match self.favourites.keep(moment) {
            Ok(n) => format!("favourite {n} kept"),
            Err(e) => e,
        };
        self.say(word);
    }

    /// The next favourite that this show can play.
    pub(super) fn favourite(&mut self) {
        let sources: Vec<String> = self.sources.iter().map(|s| s.name()).collect();
        let found = self.favourites.next(|scene| sources.iter().any(|s| s == scene));
        let Some((n, favourite)) = found.map(|(n, f)| (n, f.clone())) else {
            let all = self.favourites.count();
            return self.say(format!("{all} favourites, none of a scene of this show"));
        };
        let Some(place) = sources.iter().position(|s| *s == favourite.scene) else { return };
        let (way, seconds) = self.by_hand;
        let knobs = favourite.knobs.into_iter().map(|(a, v)| Event::Set(a, v));
        let cut =
            favourite.links.into_iter().enumerate().filter(|l| !l.1).map(|(i, _)| Event::Link(i, false));
        let order = Order {
            source: self.sources[place].clone(),
            place,
            cue: None,
            way,
            seconds,
            seed: Some(favourite.seed),
            then: knobs.chain(cut).collect(),
        };
        self.coming.order(order, self.size);
        self.say(format!("favourite {n}"));
    }
}
