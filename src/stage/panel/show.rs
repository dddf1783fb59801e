//! The show: cues, tempo, undo, recording, presets, master brightness.

use egui_macroquad::egui::{Button, Color32, Label, RichText, Sense, Slider, Ui, vec2};

use super::context::PanelContext;
use super::section::folding_section;
use super::style::{ACCENT, FAINT, MOVED, TEXT, WRONG};
use show::{Command, CueTarget, RecordState};

/// Cues, tempo, edits, recording and presets.
pub fn section(ui: &mut Ui, context: &mut PanelContext) {
    // Learn mode has a section of its own for these.
    if context.learn.on
        || !context.filter.is_empty()
            && !context.passes(&["show", "cues", "tempo", "record", "slots", "presets", "light"])
    {
        return;
    }
    let filtered = !context.filter.is_empty();
    folding_section(ui, RichText::new("show").strong(), "show", true, filtered, |ui| {
        cues(ui, context);
        tempo(ui, context);
        edits(ui, context);
        slots(ui, context);
        light(ui, context);
    });
}

fn cues(ui: &mut Ui, context: &mut PanelContext) {
    let state = context.state;
    if state.description.cues.is_empty() {
        return;
    }
    for (i, cue) in state.description.cues.iter().enumerate() {
        let (mark, colour) = match Some(i) {
            n if n == state.cue.now => ("▶", ACCENT),
            n if n == state.cue.next => ("·", MOVED),
            _ => (" ", TEXT),
        };
        let text = RichText::new(format!("{mark} {}  {}", i + 1, cue.name)).color(colour);
        let row = ui.add(Label::new(text).truncate().sense(Sense::click()));
        if row.on_hover_text(format!("{}: {}", cue.scene, cue.about)).clicked() {
            context.requests.push(Command::Cue(CueTarget::To(i)));
        }
    }
    ui.horizontal(|ui| {
        if ui.button("back").clicked() {
            context.requests.push(Command::Cue(CueTarget::Back));
        }
        if ui.button("go").clicked() {
            context.requests.push(Command::Cue(CueTarget::Go));
        }
        let word = format!("{:.0} s · next {}", state.cue.seconds, state.cue.waits_for);
        ui.add(Label::new(RichText::new(word).small().color(FAINT)).truncate());
    });
}

fn tempo(ui: &mut Ui, context: &mut PanelContext) {
    let tempo = &context.state.tempo;
    let (bpm, phase, beat, source) = (tempo.bpm, tempo.phase as f32, tempo.beat, tempo.source);
    ui.horizontal(|ui| {
        let (lamp, _) = ui.allocate_exact_size(vec2(14.0, 14.0), Sense::hover());
        let light = if bpm > 0.0 { (1.0 - 2.5 * phase).max(0.12) } else { 0.0 };
        let colour = if beat.is_multiple_of(4) { MOVED } else { ACCENT };
        ui.painter().circle_filled(lamp.center(), 6.0, colour.gamma_multiply(light));
        let word = if bpm > 0.0 { format!("{bpm:.1} bpm") } else { "no tempo".into() };
        ui.label(RichText::new(word).color(TEXT));
        ui.label(RichText::new(source).small().color(FAINT));
        if ui.button("tap").clicked() {
            context.requests.push(Command::Tap);
        }
        if bpm > 0.0 && ui.button("off").clicked() {
            context.requests.push(Command::Tempo(0.0));
        }
    });
}

fn edits(ui: &mut Ui, context: &mut PanelContext) {
    let (undo, redo) = context.state.undo;
    ui.horizontal(|ui| {
        if ui.add_enabled(undo > 0, Button::new(format!("undo {undo}"))).clicked() {
            context.requests.push(Command::Undo);
        }
        if ui.add_enabled(redo > 0, Button::new("redo")).clicked() {
            context.requests.push(Command::Redo);
        }
        let runs = context.state.record.as_ref().map(|recording| recording.problem.is_none());
        let word = match runs {
            Some(true) => RichText::new("● recording").color(WRONG),
            Some(false) => RichText::new("stop recording"),
            None => RichText::new("record"),
        };
        if ui.button(word).clicked() {
            context.requests.push(Command::Record(!context.hub.requests().record()));
        }
        if let (Some(true), Some(recording)) = (runs, &context.state.record) {
            recording_status(ui, recording);
        }
    });
    // A reason takes lines of its own.
    context
        .state
        .record
        .iter()
        .filter(|recording| recording.problem.is_some())
        .for_each(|recording| recording_status(ui, recording));
}

fn recording_status(ui: &mut Ui, recording: &RecordState) {
    let (word, fine) = recording_text(recording);
    let word = RichText::new(word).small().color(if fine { FAINT } else { WRONG });
    ui.add(Label::new(word).wrap());
}

/// Status of a recording, and whether it is fine.
fn recording_text(recording: &RecordState) -> (String, bool) {
    match (&recording.problem, recording.dropped) {
        (Some(why), _) => (format!("recording failed: {why}"), false),
        (None, 0) => (format!("{} frames", recording.frames), true),
        (None, lost) => (format!("{} frames, {lost} dropped", recording.frames), false),
    }
}

fn slots(ui: &mut Ui, context: &mut PanelContext) {
    ui.horizontal(|ui| {
        ui.label(RichText::new("presets").small().color(FAINT));
        for slot in 0..8 {
            let full = context.state.kept.contains(&slot);
            let text = RichText::new(slot.to_string()).color(if full { ACCENT } else { FAINT });
            let button = ui.add(Button::new(text).small());
            let button = button.on_hover_text("click: recall the preset · right-click: store it");
            if button.secondary_clicked() {
                context.requests.push(Command::Keep(slot));
            } else if button.clicked() && full {
                context.requests.push(Command::Recall(slot));
            }
        }
    });
}

/// Master brightness, and the state of the limiter, which is switched by address or at the start, never by accident
/// here.
fn light(ui: &mut Ui, context: &mut PanelContext) {
    let master = context.hub.master();
    ui.horizontal(|ui| {
        ui.label(RichText::new("light").small().color(FAINT));
        let mut level = master.goal().0;
        if ui.add(Slider::new(&mut level, 0.0..=1.0).show_value(false)).changed() {
            master.fade(level, 0.15);
        }
        let (word, colour): (&str, Color32) = match context.state.limiter {
            l if !l.on => ("limiter OFF", WRONG),
            l if l.acting => ("limiter active", MOVED),
            _ => ("limiter on", FAINT),
        };
        ui.label(RichText::new(word).small().color(colour));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_that_has_failed_says_why_and_not_how_many_frames_it_dropped() {
        let recording = |dropped, problem: Option<&str>| {
            let problem = problem.map(String::from);
            recording_text(&RecordState { path: "a.mp4".into(), frames: 90, dropped, problem })
        };
        assert_eq!(recording(0, None), ("90 frames".into(), true));
        assert_eq!(recording(2, None), ("90 frames, 2 dropped".into(), false));
        assert_eq!(
            recording(2, Some("the disk is full")),
            ("recording failed: the disk is full".into(), false)
        );
    }
}
