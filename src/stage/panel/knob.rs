//! One knob: a row with name, slider and value, built from its spec alone.

use egui_macroquad::egui::{
    self, Align, Color32, ComboBox, CornerRadius, DragValue, FontSelection, Label, Layout, Rect, Response,
    RichText, Sense, Ui, pos2, text::LayoutJob, vec2,
};

use super::style::{ACCENT, FAINT, GROOVE, MOVED, TEXT};
use world::params::{KnobKind, ParamSpec, Scale};

/// Widths of the three columns; fixed, because a row that requests the remaining space makes its section grow.
pub const NAME: f32 = 108.0;
const SLIDER: f32 = 116.0;
const VALUE: f32 = 70.0;
/// The width of a row next to the name.
pub const REST: f32 = SLIDER + VALUE + 6.0;

/// Draws a knob whose value is `set` by hand and `now` after links. Returns the value requested, if any.
pub fn row(ui: &mut Ui, spec: &ParamSpec, set: f64, now: f64) -> Option<f64> {
    ui.horizontal(|ui| {
        // Set, but not yet in force.
        let is_pending = spec.rebirth && set != now;
        let name = RichText::new(spec.name.replace('_', " ")).color(if is_pending { MOVED } else { TEXT });
        let word = if is_pending {
            format!("\nIn force: {}, until a restart.", spec.text(now))
        } else {
            String::new()
        };
        ui.allocate_ui_with_layout(vec2(NAME, 18.0), Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_width(NAME);
            ui.add(Label::new(name).truncate().sense(Sense::hover())).on_hover_text(tip(spec) + &word);
        });
        match spec.kind {
            KnobKind::Switch => switch(ui, spec, set, now),
            KnobKind::Choice(names) => choice(ui, spec, names, set),
            _ => slider(ui, spec, set, now),
        }
    })
    .inner
}

/// The tooltip of a knob.
pub fn tip(spec: &ParamSpec) -> String {
    let unit = if spec.unit.is_empty() { String::new() } else { format!(" {}", spec.unit) };
    let restart = if spec.rebirth { "\nTakes effect on the next restart (R)." } else { "" };
    format!(
        "{}\n{}{unit}, default {}{restart}\nDouble-click: reset to the default.",
        spec.doc(),
        spec.range_text(),
        spec.text(spec.default)
    )
}

fn switch(ui: &mut Ui, spec: &ParamSpec, set: f64, now: f64) -> Option<f64> {
    let mut on = set >= 0.5;
    let changed = ui.checkbox(&mut on, "").on_hover_text(tip(spec)).changed();
    if (now >= 0.5) != (set >= 0.5) {
        ui.label(RichText::new(if now >= 0.5 { "held on" } else { "held off" }).color(MOVED).small());
    }
    changed.then_some(on as u8 as f64)
}

fn choice(ui: &mut Ui, spec: &ParamSpec, names: &[&str], set: f64) -> Option<f64> {
    let mut index = (set as usize).min(names.len() - 1);
    let before = index;
    ComboBox::from_id_salt(spec.name)
        .width(SLIDER + VALUE - 10.0)
        .truncate()
        .show_index(ui, &mut index, names.len(), |i| names[i])
        .on_hover_text(tip(spec));
    (index != before).then_some(index as f64)
}

fn slider(ui: &mut Ui, spec: &ParamSpec, set: f64, now: f64) -> Option<f64> {
    let (rect, bar) = ui.allocate_exact_size(vec2(SLIDER, 16.0), Sense::click_and_drag());
    let groove = rect.shrink2(vec2(0.0, 5.0));
    let mut requested = None;
    if bar.double_clicked() {
        requested = Some(spec.default);
    } else if (bar.dragged() || bar.is_pointer_button_down_on())
        && let Some(pointer) = bar.interact_pointer_pos()
    {
        let wanted = spec.value_at(((pointer.x - groove.left()) / groove.width()) as f64);
        requested = (wanted != set).then_some(wanted);
    }
    paint(ui, spec, groove, requested.unwrap_or(set), now, &bar);
    bar.on_hover_text(tip(spec));
    value_box(ui, spec, set, requested)
}

fn paint(ui: &Ui, spec: &ParamSpec, groove: Rect, set: f64, now: f64, bar: &Response) {
    let painter = ui.painter();
    let round = CornerRadius::same(3);
    let at = |v: f64| groove.left() + groove.width() * spec.position_of(v) as f32;
    let colour = if bar.hovered() || bar.dragged() { ACCENT } else { ACCENT.gamma_multiply(0.75) };
    painter.rect_filled(groove, round, GROOVE);
    let zero =
        if spec.lo < 0.0 && spec.hi > 0.0 && spec.scale == Scale::Linear { at(0.0) } else { groove.left() };
    let x = at(set);
    let fill = Rect::from_x_y_ranges(zero.min(x)..=zero.max(x), groove.y_range());
    painter.rect_filled(fill, round, colour.gamma_multiply(0.55));
    if (spec.position_of(now) - spec.position_of(set)).abs() > 1e-3 {
        let m = at(now);
        let trail =
            Rect::from_x_y_ranges(m.min(x)..=m.max(x), groove.center().y - 1.0..=groove.center().y + 1.0);
        painter.rect_filled(trail, 0, MOVED.gamma_multiply(0.7));
        painter.circle_filled(pos2(m, groove.center().y), 3.5, MOVED);
    }
    painter.circle(pos2(x, groove.center().y), 5.0, colour, egui::Stroke::new(1.0, Color32::BLACK));
}

fn value_box(ui: &mut Ui, spec: &ParamSpec, set: f64, requested: Option<f64>) -> Option<f64> {
    let mut value = requested.unwrap_or(set);
    let speed = match (spec.kind, spec.scale) {
        (KnobKind::Whole, _) => 0.1,
        (_, Scale::Log) => value.abs().max(spec.lo) * 0.01,
        (_, Scale::Linear) => (spec.hi - spec.lo) * 0.002,
    };
    let drag = DragValue::new(&mut value).range(spec.lo..=spec.hi).speed(speed);
    // A long unit would not fit; the tooltip of the knob has it.
    let unit = if spec.unit.chars().count() <= 3 { spec.unit } else { "" };
    let drag = drag.custom_formatter(
        move |v, _| if unit.is_empty() { short(v) } else { format!("{} {unit}", short(v)) },
    );
    let drag = drag.custom_parser(move |text| text.trim().trim_end_matches(unit).trim().parse().ok());
    ui.style_mut().override_font_id = Some(egui::FontId::monospace(11.0));
    let response = ui.add_sized([VALUE, 16.0], drag);
    ui.style_mut().override_font_id = None;
    let typed = response.changed().then(|| spec.clamp(value));
    response.on_hover_text(tip(spec));
    typed.or(requested)
}

/// Four significant digits, without needless zeros.
pub fn short(v: f64) -> String {
    let size = v.abs();
    if v == 0.0 {
        return "0".into();
    }
    if !(1e-3..1e5).contains(&size) {
        return format!("{v:.2e}");
    }
    let digits = (3 - size.log10().floor() as i32).clamp(0, 6) as usize;
    let text = format!("{v:.digits$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_string(),
        false => text,
    }
}

/// A read-only value with its name; no line break between them.
pub fn readout(ui: &mut Ui, name: &str, value: f64, about: &str) {
    let mut both = LayoutJob::default();
    let name = RichText::new(format!("{}  ", name.replace('_', " "))).color(FAINT).small();
    let value = RichText::new(short(value)).color(TEXT).monospace().size(11.0);
    for part in [name, value] {
        part.append_to(&mut both, ui.style(), FontSelection::Default, Align::Center);
    }
    ui.add(Label::new(both).extend()).on_hover_text(about);
}

#[cfg(test)]
mod tests {
    use super::{readout, short};
    use crate::drawn_text::texts;
    use egui_macroquad::egui::{Area, Id};

    #[test]
    fn numbers_are_short() {
        let shown: Vec<String> =
            [0.0, 0.1, 1.0, 12.3456, 1234.56, -0.05, 4e-5, 1e13, 99999.4].map(short).into();
        assert_eq!(shown, ["0", "0.1", "1", "12.35", "1235", "-0.05", "4.00e-5", "1.00e13", "99999"]);
    }

    /// Regression: "activity" once ended a line and its number began the next.
    #[test]
    fn a_readout_stays_with_its_name_in_one_line() {
        for width in (120..300).step_by(7) {
            let seen = texts((400.0, 300.0), |ctx| {
                let _ = Area::new(Id::new("readouts")).show(ctx, |ui| {
                    ui.set_width(width as f32);
                    ui.horizontal_wrapped(|ui| {
                        for name in ["activity", "population", "age", "born_now"] {
                            readout(ui, name, 0.1499, "");
                            ui.add_space(6.0);
                        }
                    });
                });
            });
            assert!(seen.len() == 4 && seen.iter().all(|t| t.rows == 1 && t.text.ends_with(" 0.1499")));
            let left = seen[0].rect.left();
            assert!(seen.iter().all(|t| t.rect.right() - left <= width as f32 + 0.5), "{width}: {seen:?}");
            assert!(seen[3].rect.top() > seen[0].rect.top(), "it takes more than one line");
        }
    }
}
