//! The cue list of a show: what is due, what has failed.

use std::collections::BTreeSet;

use super::Performance;
use super::loader::IncomingScene;
use show::CueTarget;

/// Seconds after which cues that all failed are tried again.
const AGAIN: f64 = 10.0;

/// Cues that could not be played since one last could.
#[derive(Default)]
pub struct FailedCues {
    cues: BTreeSet<usize>,
    /// Seconds of the performance at which the last failed.
    at: f64,
    /// A hand wants the next one that can be played, or the one before.
    wanted: Option<CueTarget>,
    /// What was last told of them.
    told: String,
}

impl FailedCues {
    /// One has begun.
    pub fn clear(&mut self) {
        self.cues.clear();
        self.wanted = None;
    }

    /// How many have failed.
    #[cfg(test)]
    pub fn count(&self) -> usize {
        self.cues.len()
    }

    fn has(&self, cue: usize) -> bool {
        self.cues.contains(&cue)
    }
}

impl Performance {
    /// A hand asks for a cue. Those that have failed are passed over, unless one is asked for by its number.
    pub(super) fn execute_cue(&mut self, wanted: CueTarget) {
        let Some(cues) = &self.cues else { return self.say("this show has no cues".into()) };
        let near = |back: bool| match cues.nearest(back, |cue| !self.failed.has(cue)) {
            Some(cue) => Ok(cue),
            None if cues.nearest(back, |_| true).is_none() => Err("there is no cue that way"),
            None => Err("no cue that way can be played"),
        };
        let found = match wanted {
            CueTarget::Go => near(false),
            CueTarget::Back => near(true),
            CueTarget::To(cue) => Ok(cue),
        };
        match found {
            Ok(cue) => self.cue(cue),
            Err(why) => self.say(why.into()),
        }
        self.failed.wanted = Some(wanted).filter(|w| found.is_ok() && !matches!(w, CueTarget::To(_)));
    }

    pub(super) fn cue(&mut self, cue: usize) {
        let plan = self.cues.as_ref().and_then(|c| c.program().cues.get(cue));
        match plan.map(|p| (p.way, p.seconds)) {
            Some(passage) => self.order(cue, Some(cue), passage),
            None => self.say(format!("there is no cue {}", cue + 1)),
        }
    }

    /// What is due begins, once no other scene is on its way; the curator may want another scene.
    pub(super) fn follow_cues(&mut self, dt: f64) {
        let wants_next = self.director.front_mut().take_next_request();
        let facts = self.facts(dt);
        let Some(cues) = &mut self.cues else {
            if wants_next && self.sources.len() > 1 {
                self.go((self.current + 1) % self.sources.len());
            }
            return;
        };
        let due = cues.tick(&facts);
        if let Some(cue) = due
            && !self.loader.is_scene_coming()
        {
            self.begin_due(cue);
        }
    }

    /// A cue that has failed is passed over. Where all have, the scene that plays goes on, and they are tried again after
    /// a while.
    fn begin_due(&mut self, cue: usize) {
        let Some(list) = &self.cues else { return };
        let (count, repeats) = (list.program().cues.len(), list.program().repeats);
        let last = if repeats { cue + count } else { count };
        let next = (cue..last).map(|c| c % count).find(|c| !self.failed.has(*c));
        match next {
            Some(next) => self.cue(next),
            None if self.time - self.failed.at >= AGAIN => {
                self.failed.clear();
                self.cue(cue);
            }
            None => {}
        }
    }

    /// A scene that was on its way cannot be born: the one that plays goes on, or another cue is tried where a hand wants one.
    pub(super) fn scene_failed(&mut self, coming: &IncomingScene, problems: Vec<String>) {
        self.show_problems(&coming.source, problems);
        let Some(cue) = coming.cue else { return };
        self.failed.cues.insert(cue);
        self.failed.at = self.time;
        let name = self.cues.as_ref().and_then(|c| c.program().cues.get(cue)).map(|c| c.name.clone());
        let told =
            format!("cue {} ({}) cannot be played and is passed over", cue + 1, name.unwrap_or_default());
        let line = format!("{told}: {}", self.problems.join("; "));
        if line != self.failed.told {
            show::log::tell(line.clone());
            self.failed.told = line;
        }
        self.say(told);
        if let Some(wanted) = self.failed.wanted.take() {
            self.execute_cue(wanted);
        }
    }
}
