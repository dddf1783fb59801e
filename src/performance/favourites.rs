//! Favourites: saved with one key, recalled with another.

use super::Performance;
use super::loader::{IncomingScene, LoadRequest};
use show::favourites::Favourite;
use world::engine::Engine;
use world::scene::ParameterOverrides;
use world::tape::Event;

/// What restores a saved scene: the knobs with which its worlds are created, and the events applied to them then.
pub(super) fn restoration(
    born: ParameterOverrides,
    set: ParameterOverrides,
    links: &[bool],
) -> (ParameterOverrides, Vec<Event>) {
    let disabled = links.iter().enumerate().filter(|l| !l.1).map(|(i, _)| Event::Link(i, false));
    let then = set.into_iter().map(|(address, value)| Event::Set(address, value)).chain(disabled).collect();
    (born, then)
}

/// Whether each link is enabled.
pub(super) fn enabled_links(engine: &Engine) -> Vec<bool> {
    engine.links().iter().map(|l| l.on).collect()
}

impl Performance {
    /// Scene, seed, knobs and links as they are now.
    fn moment(&self) -> Favourite {
        let front = self.engine();
        Favourite {
            scene: front.scene().name.clone(),
            seed: front.seed(),
            born: front.created_with(),
            knobs: front.set_values(),
            links: enabled_links(front),
        }
    }

    pub(super) fn favour(&mut self) {
        let moment = self.moment();
        let message = match self.favourites.keep(moment) {
            Ok(n) => format!("favourite {n} saved"),
            Err(e) => e,
        };
        self.notify(message);
    }

    /// The next favourite that this show can play.
    pub(super) fn favourite(&mut self) {
        let sources: Vec<String> = self.sources.iter().map(|s| s.name()).collect();
        let found = self.favourites.next(|scene| sources.iter().any(|s| s == scene));
        let Some((n, favourite)) = found.map(|(n, f)| (n, f.clone())) else {
            let all = self.favourites.count();
            return self.notify(format!("{all} favourites, none of a scene of this show"));
        };
        let Some(place) = sources.iter().position(|s| *s == favourite.scene) else { return };
        let (way, seconds) = self.manual_transition;
        let (knobs, then) = restoration(favourite.born, favourite.knobs, &favourite.links);
        self.loader.request(LoadRequest::Scene(Box::new(IncomingScene {
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
        self.notify(format!("favourite {n}"));
    }
}
