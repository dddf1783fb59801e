//! Where the performance stands, to disk and back.

use super::{Args, Played};
use crate::cli::load::Source;
use crate::show::program::Moment;
use crate::show::saved::Saved;
use crate::world::tape::Event;

impl Played {
    /// What is needed to go on from here.
    pub(super) fn saved(&self) -> Saved {
        let front = self.director.front();
        Saved {
            scene: front.scene().name.clone(),
            cue: self.cues.as_ref().and_then(|c| c.now()),
            moment: Some(Moment::now()),
            seed: front.seed(),
            knobs: self.knobs(),
            links: front.links().iter().map(|l| l.on).collect(),
            kept: self.kept.clone(),
            bpm: self.tempo.bpm(),
            ..Saved::default()
        }
    }

    /// Goes on from what was saved: the scene and its seed were given at birth; knobs, links and slots follow here.
    pub(super) fn restore(&mut self, saved: Saved) {
        let front = self.director.front();
        let moved = |(a, v): &(String, f64)| front.get(a).is_some_and(|is| is != *v);
        let knobs = saved.knobs.into_iter().filter(moved).map(|(a, v)| Event::Set(a, v));
        self.waiting.extend(knobs);
        let cut = saved.links.iter().enumerate().filter(|l| !l.1).map(|(i, _)| Event::Link(i, false));
        self.waiting.extend(cut);
        self.kept = saved.kept;
        if saved.bpm > 0.0 {
            self.tempo.set(saved.bpm);
        }
        if let (Some(cues), Some(cue)) = (&mut self.cues, saved.cue) {
            cues.resume(cue, saved.moment);
        }
        self.say("going on from where the show stood".into());
    }
}

/// What an earlier run saved, with the place of its scene; a state that cannot be used is told and left alone.
pub(super) fn saved(args: &Args, sources: &[Source]) -> Option<(usize, Saved)> {
    let saved = match Saved::load(args.state.as_deref()?) {
        Ok(saved) => saved?,
        Err(problem) => {
            eprintln!("{problem}");
            return None;
        }
    };
    let place = sources.iter().position(|s| s.name() == saved.scene)?;
    let cue = saved.cue.filter(|c| sources.get(*c).is_some_and(|s| s.name() == saved.scene));
    Some((cue.unwrap_or(place), saved))
}
