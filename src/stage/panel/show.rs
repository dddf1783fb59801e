//! The show: cues, tempo, undo, film, slots; and what goes wrong with devices.

use egui_macroquad::egui::{Button, Color32, Label, RichText, Sense, Slider, Ui, vec2};

use super::style::{ACCENT, FAINT, MOVED, TEXT};
use super::{Desk, WRONG};
use show::{Command, Cue, RecordState};

/// Cues, tempo, moves and film.
pub fn section(ui: &mut Ui, desk: &mut Desk) {
    // Learn mode has a section of its own for these.
    if desk.learn.on
        || !desk.filter.is_empty() && !desk.passes(&["show", "cues", "tempo", "record", "slots", "light"])
    {
        return;
    }
    let filtered = !desk.filter.is_empty();
    super::section(ui, RichText::new("show").strong(), "show", true, filtered, |ui| {
        cues(ui, desk);
        tempo(ui, desk);
        moves(ui, desk);
        slots(ui, desk);
        light(ui, desk);
    });
}

fn cues(ui: &mut Ui, desk: &mut Desk) {
    let state = desk.state;
    if state.face.cues.is_empty() {
        return;
    }
    for (i, cue) in state.face.cues.iter().enumerate() {
        let (mark, colour) = match Some(i) {
            n if n == state.cue.now => ("▶", ACCENT),
            n if n == state.cue.next => ("·", MOVED),
            _ => (" ", TEXT),
        };
        let text = RichText::new(format!("{mark} {}  {}", i + 1, cue.name)).color(colour);
        let row = ui.add(Label::new(text).truncate().sense(Sense::click()));
        if row.on_hover_text(format!("{}: {}", cue.scene, cue.about)).clicked() {
            desk.wishes.push(Command::Cue(Cue::To(i)));
        }
    }
    ui.horizontal(|ui| {
        if ui.button("back").clicked() {
            desk.wishes.push(Command::Cue(Cue::Back));
        }
        if ui.button("go").clicked() {
            desk.wishes.push(Command::Cue(Cue::Go));
        }
        let word = format!("{:.0} s · next {}", state.cue.seconds, state.cue.waits_for);
        ui.add(Label::new(RichText::new(word).small().color(FAINT)).truncate());
    });
}

fn tempo(ui: &mut Ui, desk: &mut Desk) {
    let tempo = &desk.state.tempo;
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
            desk.wishes.push(Command::Tap);
        }
        if bpm > 0.0 && ui.button("off").clicked() {
            desk.wishes.push(Command::Tempo(0.0));
        }
    });
}

fn moves(ui: &mut Ui, desk: &mut Desk) {
    let (back, on) = desk.state.undo;
    ui.horizontal(|ui| {
        if ui.add_enabled(back > 0, Button::new(format!("undo {back}"))).clicked() {
            desk.wishes.push(Command::Undo);
        }
        if ui.add_enabled(on > 0, Button::new("redo")).clicked() {
            desk.wishes.push(Command::Redo);
        }
        let runs = desk.state.record.as_ref().map(|film| film.problem.is_none());
        let word = match runs {
            Some(true) => RichText::new("● film").color(WRONG),
            Some(false) => RichText::new("end film"),
            None => RichText::new("film"),
        };
        if ui.button(word).clicked() {
            desk.wishes.push(Command::Record(!desk.hub.wishes().record()));
        }
        if let (Some(true), Some(film)) = (runs, &desk.state.record) {
            film_word(ui, film);
        }
    });
    // Why takes lines of its own.
    desk.state.record.iter().filter(|film| film.problem.is_some()).for_each(|film| film_word(ui, film));
}

fn film_word(ui: &mut Ui, film: &RecordState) {
    let (word, fine) = film_says(film);
    let word = RichText::new(word).small().color(if fine { FAINT } else { WRONG });
    ui.add(Label::new(word).wrap());
}

/// How a film stands, and whether all is well with it.
fn film_says(film: &RecordState) -> (String, bool) {
    match (&film.problem, film.dropped) {
        (Some(why), _) => (format!("film failed: {why}"), false),
        (None, 0) => (format!("{} frames", film.frames), true),
        (None, lost) => (format!("{} frames, {lost} dropped", film.frames), false),
    }
}

fn slots(ui: &mut Ui, desk: &mut Desk) {
    ui.horizontal(|ui| {
        ui.label(RichText::new("slots").small().color(FAINT));
        for slot in 0..8 {
            let full = desk.state.kept.contains(&slot);
            let text = RichText::new(slot.to_string()).color(if full { ACCENT } else { FAINT });
            let button = ui.add(Button::new(text).small());
            let button = button.on_hover_text("click: knobs as kept · right click: keep the knobs");
            if button.secondary_clicked() {
                desk.wishes.push(Command::Keep(slot));
            } else if button.clicked() && full {
                desk.wishes.push(Command::Recall(slot));
            }
        }
    });
}

/// Light of the master, and what the limiter does. It is switched by address or at the start, never by a slip here.
fn light(ui: &mut Ui, desk: &mut Desk) {
    let master = desk.hub.master();
    ui.horizontal(|ui| {
        ui.label(RichText::new("light").small().color(FAINT));
        let mut level = master.goal().0;
        if ui.add(Slider::new(&mut level, 0.0..=1.0).show_value(false)).changed() {
            master.fade(level, 0.15);
        }
        let (word, colour): (&str, Color32) = match desk.state.limiter {
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
        let film = |dropped, problem: Option<&str>| {
            let problem = problem.map(String::from);
            film_says(&RecordState { path: "a.mp4".into(), frames: 90, dropped, problem })
        };
        assert_eq!(film(0, None), ("90 frames".into(), true));
        assert_eq!(film(2, None), ("90 frames, 2 dropped".into(), false));
        assert_eq!(film(2, Some("the disk is full")), ("film failed: the disk is full".into(), false));
    }
}
