//! The cue list of a show: what is due, what has failed.

use super::Performance;
use super::loader::IncomingScene;
use show::CueTarget;

/// Seconds after which cues that have all failed are retried.
const RETRY: f64 = 10.0;

impl Performance {
    /// Executes a cue command. Cues that have failed are skipped, unless one is requested by its number.
    pub(super) fn execute_cue(&mut self, wanted: CueTarget) {
        let Some(cues) = &self.cues else { return self.notify("this show has no cues".into()) };
        let near = |back: bool| match cues.nearest(back, |cue| !self.failed.has(cue)) {
            Some(cue) => Ok(cue),
            None if cues.nearest(back, |_| true).is_none() => Err("there is no cue in that direction"),
            None => Err("no cue in that direction can be played"),
        };
        let found = match wanted {
            CueTarget::Go => near(false),
            CueTarget::Back => near(true),
            CueTarget::To(cue) => Ok(cue),
        };
        match found {
            Ok(cue) => self.cue(cue),
            Err(why) => self.notify(why.into()),
        }
        self.failed.wanted = Some(wanted).filter(|w| found.is_ok() && !matches!(w, CueTarget::To(_)));
    }

    pub(super) fn cue(&mut self, cue: usize) {
        let plan = self.cues.as_ref().and_then(|c| c.program().cues.get(cue));
        match plan.map(|p| (p.way, p.seconds)) {
            Some(transition) => self.request_scene(cue, Some(cue), transition),
            None => self.notify(format!("there is no cue {}", cue + 1)),
        }
    }

    /// Starts what is due, once no other scene is loading; the curator may request another scene.
    pub(super) fn follow_cues(&mut self, dt: f64) {
        let wants_next = self.director.front_mut().take_next_request();
        let inputs = self.trigger_inputs(dt);
        let Some(cues) = &mut self.cues else {
            if wants_next && self.sources.len() > 1 {
                self.go((self.current + 1) % self.sources.len());
            }
            return;
        };
        let due = cues.tick(&inputs);
        if let Some(cue) = due
            && !self.loader.is_scene_loading()
        {
            self.begin_due(cue);
        }
    }

    /// Skips cues that have failed. If all have, the active scene continues, and they are retried after a while.
    fn begin_due(&mut self, cue: usize) {
        let Some(list) = &self.cues else { return };
        let (count, repeats) = (list.program().cues.len(), list.program().repeats);
        let last = if repeats { cue + count } else { count };
        let next = (cue..last).map(|c| c % count).find(|c| !self.failed.has(*c));
        match next {
            Some(next) => self.cue(next),
            None if self.time - self.failed.at >= RETRY => {
                self.failed.clear();
                self.cue(cue);
            }
            None => {}
        }
    }

    /// A scene cannot be loaded: the active one continues, or another cue is tried if a command asked for one.
    pub(super) fn scene_failed(&mut self, incoming: &IncomingScene, problems: Vec<String>) {
        self.show_problems(&incoming.source, problems);
        let Some(cue) = incoming.cue else { return };
        self.failed.cues.insert(cue);
        self.failed.at = self.time;
        let name = self.cues.as_ref().and_then(|c| c.program().cues.get(cue)).map(|c| c.name.clone());
        let message =
            format!("cue {} ({}) cannot be played and is skipped", cue + 1, name.unwrap_or_default());
        let line = format!("{message}: {}", self.problems.join("; "));
        if line != self.failed.reported {
            show::log::status(line.clone());
            self.failed.reported = line;
        }
        self.notify(message);
        if let Some(wanted) = self.failed.wanted.take() {
            self.execute_cue(wanted);
        }
    }
}
