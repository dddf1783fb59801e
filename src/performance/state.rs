//! State of the performance: for panels and pages, and for autosave and resume.

use super::Performance;
use super::descriptions;
use super::favourites::{enabled_links, restoration};
use super::judge::JudgeRunner;
use super::tape::TapeRecorder;
use show::autosave::{Autosave, SavedState};
use show::program::TimeOfDay;
use show::source::SceneSource;
use show::{CueState, MasterState, ShowState, TempoState};
use world::scene::ParameterOverrides;
use world::tape::Event;

impl Performance {
    /// Writes the state for panels.
    pub(super) fn write_state(&self, into: &mut ShowState) {
        let engine = self.engine();
        into.description = self.description.clone();
        into.tick = self.director.tick();
        into.seed = engine.seed();
        into.nodes = descriptions::node_states(engine);
        into.links = engine.links().iter().map(|l| descriptions::link_state(engine, l)).collect();
        into.layers = descriptions::layer_states(engine);
        into.voices = descriptions::voice_states(engine);
        into.heard = self.audio.shown();
        into.devices = self.audio.live.as_ref().map_or(Vec::new(), |l| l.devices());
        into.devices.extend(self.judge.as_ref().and_then(JudgeRunner::fault_state));
        into.messages = engine.messages();
        into.problems.clone_from(&self.problems);
        into.problems.extend(self.tape.as_ref().and_then(TapeRecorder::problem));
        into.problems.extend(self.saver.as_ref().and_then(Autosave::problem));
        into.problems.extend(self.favourites.problem());
        into.tape = self.tape.as_ref().map(|t| t.path().display().to_string());
        into.notice.clone_from(&self.notice);
        into.problems.extend(self.judge.as_ref().and_then(JudgeRunner::problem));
        into.taste = self.judge.as_ref().and_then(JudgeRunner::taste);
        into.verdict = self.judge.as_ref().and_then(JudgeRunner::verdict);
        into.looking = self.judge.as_ref().is_some_and(JudgeRunner::is_looking);
        into.gaze = self.judge.as_ref().and_then(JudgeRunner::gaze);
        into.transition = self.director.transition();
        into.kept = self.presets.slots(&engine.scene().name);
        into.undo = self.history.depth();
        let still = engine.scene().still;
        into.still = self.cues.as_ref().map_or(still.filter(|s| *s > 0.0), |c| c.still(still));
        let tempo = &self.tempo;
        into.tempo = TempoState {
            bpm: tempo.bpm(),
            phase: tempo.phase(),
            beat: tempo.beats() as u64,
            source: tempo.source().name(),
        };
        if let Some(cues) = &self.cues {
            into.closed = !cues.program().is_open(TimeOfDay::now().minute);
            into.cue = CueState {
                now: cues.now(),
                next: cues.next(),
                waits_for: cues.plan().map_or(String::new(), |p| p.waits_for()),
                seconds: cues.seconds() as f32,
            };
        }
    }

    /// What is needed to resume from here.
    pub(super) fn saved(&self) -> SavedState {
        let front = self.engine();
        SavedState {
            scene: front.scene().name.clone(),
            cue: self.cues.as_ref().and_then(|c| c.now()),
            moment: Some(TimeOfDay::now()),
            seed: front.seed(),
            born: front.created_with(),
            knobs: front.set_values(),
            links: enabled_links(front),
            kept: self.presets.clone(),
            bpm: self.tempo.bpm(),
            standing: self.master,
            ..SavedState::default()
        }
    }

    /// Resumes from a saved state: the scene was created with its seed and its original knobs; manual settings, links
    /// and presets follow here.
    pub(super) fn restore(&mut self, saved: SavedState) {
        (self.master, self.saved_master) = (saved.standing, Some(saved.standing));
        let (_, then) = restoration(ParameterOverrides::new(), saved.knobs, &saved.links);
        for event in then {
            let is_same =
                |e: &Event| matches!(e, Event::Set(a, v) if self.engine().get(a).is_none_or(|is| is == *v));
            if !is_same(&event) {
                self.act(event);
            }
        }
        self.presets = saved.kept;
        if saved.bpm > 0.0 {
            self.tempo.set(saved.bpm);
        }
        if let (Some(cues), Some(cue)) = (&mut self.cues, saved.cue) {
            cues.resume(cue, saved.moment);
        }
        let MasterState { black, mute, paused, .. } = self.master;
        let words = [(black, ", blacked out"), (mute, ", muted"), (paused, ", paused")];
        let words: String = words.into_iter().filter(|w| w.0).map(|w| w.1).collect();
        self.notify(format!("resumed where the show left off{words}"));
    }
}

/// The index of the scene that an earlier run saved, among those of this show.
pub(super) fn place(saved: &SavedState, sources: &[SceneSource]) -> Option<usize> {
    let place = sources.iter().position(|s| s.name() == saved.scene)?;
    let cue = saved.cue.filter(|c| sources.get(*c).is_some_and(|s| s.name() == saved.scene));
    Some(cue.unwrap_or(place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_saved_scene_is_found_where_its_cue_was_or_where_its_name_is() {
        let sources = ["a", "b", "a"].map(|n| SceneSource::Generated(n.into(), String::new()));
        let at = |scene: &str, cue: Option<usize>| {
            place(&SavedState { scene: scene.into(), cue, ..SavedState::default() }, &sources)
        };
        assert_eq!(
            [at("a", Some(2)), at("a", Some(0)), at("a", None), at("b", None)],
            [Some(2), Some(0), Some(0), Some(1)]
        );
        assert_eq!([at("a", Some(1)), at("a", Some(9))], [Some(0); 2], "that cue has another scene now");
        assert_eq!(at("c", Some(0)), None);
    }
}
