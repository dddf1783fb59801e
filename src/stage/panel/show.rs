//! The show: cues, tempo, undo, film, slots; and what goes wrong with devices.

use egui_macroquad::egui::{Button, Color32, Label, RichText, Sense, Slider, Ui, vec2};

use super::style::{ACCENT, FAINT, MOVED, TEXT};
use super::{PanelContext, WRONG};
use show::{Command, CueTarget, RecordState};

/// Cues, tempo, moves and film.
pub fn section(ui: &mut Ui, context: &mut PanelContext) {
    // Learn mode has a section of its own for these.
    if context.learn.on
        || !context.filter.is_empty()
            && !context.passes(&["show", "cues", "tempo", "record", "slots", "light"])
    {
        return;
    }
    let filtered = !context.filter.is_empty();
    super::section(ui, RichText::new("show").strong(), "show", true, filtered, |ui| {
        cues(ui, context);
        tempo(ui, context);
        moves(ui, context);
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

fn moves(ui: &mut Ui, context: &mut PanelContext) {
    let (back, on) = context.state.undo;
    ui.horizontal(|ui| {
        if ui.add_enabled(back > 0, Button::new(format!("undo {back}"))).clicked() {
            context.requests.push(Command::Undo);
        }
        if ui.add_enabled(on > 0, Button::new("redo")).clicked() {
            context.requests.push(Command::Redo);
        }
        let runs = context.state.record.as_ref().map(|video_capture| video_capture.problem.is_none());
        let word = match runs {
            Some(true) => RichText::new("● film").color(WRONG),
            Some(false) => RichText::new("end film"),
            None => RichText::new("film"),
        };
        if ui.button(word).clicked() {
            context.requests.push(Command::Record(!context.hub.requests().record()));
        }
        if let (Some(true), Some(video_capture)) = (runs, &context.state.record) {
            film_word(ui, video_capture);
        }
    });
    // Why takes lines of its own.
    context
        .state
        .record
        .iter()
        .filter(|video_capture| video_capture.problem.is_some())
        .for_each(|video_capture| film_word(ui, video_capture));
}

fn film_word(ui: &mut Ui, video_capture: &RecordState) {
    let (word, fine) = film_says(video_capture);
    let word = RichText::new(word).small().color(if fine { FAINT } else { WRONG });
    ui.add(Label::new(word).wrap());
}

/// How a film stands, and whether all is well with it.
fn film_says(video_capture: &RecordState) -> (String, bool) {
    match (&video_capture.problem, video_capture.dropped) {
        (Some(why), _) => (format!("film failed: {why}"), false),
        (None, 0) => (format!("{} frames", video_capture.frames), true),
        (None, lost) => (format!("{} frames, {lost} dropped", video_capture.frames), false),
    }
}

fn slots(ui: &mut Ui, context: &mut PanelContext) {
    ui.horizontal(|ui| {
        ui.label(RichText::new("slots").small().color(FAINT));
        for slot in 0..8 {
            let full = context.state.kept.contains(&slot);
            let text = RichText::new(slot.to_string()).color(if full { ACCENT } else { FAINT });
            let button = ui.add(Button::new(text).small());
            let button = button.on_hover_text("click: knobs as kept · right click: keep the knobs");
            if button.secondary_clicked() {
                context.requests.push(Command::Keep(slot));
            } else if button.clicked() && full {
                context.requests.push(Command::Recall(slot));
            }
        }
    });
}

/// Light of the master, and what the limiter does. It is switched by address or at the start, never by a slip here.
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
            l if l.acting => ("flashes held back", MOVED),
            _ => ("limiter on", FAINT),
        };
        ui.label(RichText::new(word).small().color(colour));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_film_that_has_failed_says_why_and_not_how_many_frames_it_lost() {
        let video_capture = |dropped, problem: Option<&str>| {
            let problem = problem.map(String::from);
            film_says(&RecordState { path: "a.mp4".into(), frames: 90, dropped, problem })
        };
        assert_eq!(video_capture(0, None), ("90 frames".into(), true));
        assert_eq!(video_capture(2, None), ("90 frames, 2 dropped".into(), false));
        assert_eq!(
            video_capture(2, Some("the disk is full")),
            ("film failed: the disk is full".into(), false)
        );
    }
}
