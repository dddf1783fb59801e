//! Favourites: a moment is kept on one key, and comes back on another.

use super::Performance;
use super::loader::{IncomingScene, LoadRequest};
use show::favourites::Favourite;
use world::engine::{Engine, ParameterOverrides};
use world::tape::Event;

/// What brings a moment of a scene back: the knobs that its worlds were born with, and what happens to them then.
pub(super) fn comeback(
    born: ParameterOverrides,
    set: ParameterOverrides,
    links: &[bool],
) -> (ParameterOverrides, Vec<Event>) {
    let cut = links.iter().enumerate().filter(|l| !l.1).map(|(i, _)| Event::Link(i, false));
    let then = set.into_iter().map(|(address, value)| Event::Set(address, value)).chain(cut).collect();
    (born, then)
}

/// Whether each link is joined.
pub(super) fn joined(engine: &Engine) -> Vec<bool> {
    engine.links().iter().map(|l| l.on).collect()
}

impl Performance {
    /// Scene, seed, knobs and links as they are now.
    fn moment(&self) -> Favourite {
        let front = self.engine();
        Favourite {
            scene: front.scene().name.clone(),
            seed: front.seed(),
            born: front.born_with(),
            knobs: front.set_values(),
            links: joined(front),
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
        let (knobs, then) = comeback(favourite.born, favourite.knobs, &favourite.links);
        self.loader.order(LoadRequest::Scene(Box::new(IncomingScene {
            source: self.sources[place].clone(),
            place,
            cue: None,
            way,
            seconds,
            seed: Some(favourite.seed),
            size: self.size,
            knobs,
            then,
        })));
        self.say(format!("favourite {n}"));
    }
}
