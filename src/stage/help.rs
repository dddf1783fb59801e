//! The list of keys over the picture, in the largest type in which all of it fits.

use std::sync::Arc;

use egui_macroquad::egui::{Align2, Area, Color32, Context, FontId, Galley, Id, Order, Sense, Vec2, vec2};

use super::keys::{KEYS, KeyAction, MOUSE};
use super::panel::{ACCENT, TEXT, card};

/// The largest type and the smallest that can be read.
const TYPE: (f32, f32) = (13.0, 7.0);
/// Column counts to try, the best first.
const COLUMNS: [usize; 3] = [3, 2, 1];
/// Around the text inside the card, and around the card.
const MARGIN: f32 = 10.0;
const EDGE: f32 = 4.0;
/// Least and most space between two lines.
const GAP: (f32, f32) = (1.0, 8.0);

/// A key or gesture, and what it does.
type HelpEntry = (&'static str, &'static str);
/// Laid-out text.
type HelpText = Arc<Galley>;

/// Texts with their positions.
struct HelpLayout {
    words: Vec<(Vec2, HelpText)>,
    size: Vec2,
}

/// Draws the overlay in the middle.
pub fn draw(ctx: &Context) {
    let room = ctx.screen_rect().size() - Vec2::splat(2.0 * (MARGIN + EDGE));
    let layout = fitting(ctx, room);
    // If even the smallest type does not fit, its beginning is shown.
    let fits = layout.size.x <= room.x && layout.size.y <= room.y;
    let (place, off) = match fits {
        true => (Align2::CENTER_CENTER, Vec2::ZERO),
        false => (Align2::LEFT_TOP, Vec2::splat(EDGE)),
    };
    let area = Area::new(Id::new("help")).order(Order::Foreground).interactable(false).constrain(fits);
    area.anchor(place, off).show(ctx, |ui| {
        card(Color32::from_gray(90)).inner_margin(MARGIN).show(ui, |ui| {
            let (rect, _) = ui.allocate_exact_size(layout.size, Sense::hover());
            for (at, words) in layout.words {
                ui.painter().galley(rect.min + at, words, TEXT);
            }
        });
    });
}

/// All keys that have a description of their own, then the mouse.
fn lines() -> Vec<HelpEntry> {
    let keys = KEYS.iter().filter(|k| !k.about.is_empty());
    let keys = keys.map(|k| (if k.action == KeyAction::Scene(0) { "1–9" } else { k.label }, k.about));
    keys.chain(MOUSE.iter().copied()).collect()
}

/// The layout in the largest type that fits, else in the smallest.
fn fitting(ctx: &Context, room: Vec2) -> HelpLayout {
    let lines = lines();
    let (mut size, mut last) = (TYPE.0, None);
    while size >= TYPE.1 {
        let (title, words) = set(ctx, &lines, size);
        for columns in COLUMNS {
            let layout = place(&title, &words, columns, size / TYPE.0, room.y);
            if layout.size.x <= room.x && layout.size.y <= room.y {
                return layout;
            }
            // Two columns are the smallest in both directions.
            last = if columns == 2 { Some(layout) } else { last };
        }
        size -= 0.5;
    }
    last.unwrap_or(HelpLayout { words: Vec::new(), size: Vec2::ZERO })
}

/// Title and lines in one size of type.
fn set(ctx: &Context, lines: &[HelpEntry], size: f32) -> (HelpText, Vec<[HelpText; 2]>) {
    let (plain, mono) = (FontId::proportional(size), FontId::monospace(size * 12.0 / TYPE.0));
    let title = FontId::proportional(size * 17.0 / TYPE.0);
    ctx.fonts(|fonts| {
        let lay = |text: &str, font: &FontId, colour| fonts.layout_no_wrap(text.into(), font.clone(), colour);
        let line = |l: &HelpEntry| [lay(l.0, &mono, ACCENT), lay(l.1, &plain, TEXT)];
        (lay("untrained", &title, TEXT), lines.iter().map(line).collect())
    })
}

/// Arranges the lines in columns below the title, as far apart as `height` allows.
fn place(title: &HelpText, lines: &[[HelpText; 2]], columns: usize, scale: f32, height: f32) -> HelpLayout {
    let rows = lines.len().div_ceil(columns).max(1);
    let high = lines.iter().flatten().map(|w| w.size().y).fold(0.0, f32::max);
    let top = title.size().y + 6.0 * scale;
    let pitch = ((height - top) / rows as f32).clamp(high + GAP.0, high + GAP.1 * scale.max(0.5));
    let mut words = vec![(Vec2::ZERO, title.clone())];
    let mut x = 0.0;
    for column in lines.chunks(rows) {
        let widest = |i: usize| column.iter().map(|l| l[i].size().x).fold(0.0, f32::max);
        let about = x + widest(0) + 12.0 * scale;
        for (row, [key, word]) in column.iter().enumerate() {
            let middle = top + pitch * row as f32 + pitch / 2.0;
            words.push((vec2(x, middle - key.size().y / 2.0), key.clone()));
            words.push((vec2(about, middle - word.size().y / 2.0), word.clone()));
        }
        x = about + widest(1) + 24.0 * scale;
    }
    let width = (x - 24.0 * scale).max(title.size().x);
    HelpLayout { words, size: vec2(width, top + pitch * rows as f32) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drawn_text::texts;
    use egui_macroquad::egui::{Rect, pos2};

    /// Regression: the title and the first column were once outside a window of 500 × 340.
    #[test]
    fn the_whole_list_of_keys_is_readable_also_in_small_windows() {
        for (window, least) in [
            ((1920.0, 1080.0), 13.0),
            ((1280.0, 720.0), 13.0),
            ((960.0, 540.0), 12.0),
            ((640.0, 360.0), 11.0),
            ((500.0, 340.0), 9.0),
            ((480.0, 320.0), 9.0),
            ((320.0, 800.0), 8.0),
        ] {
            let seen = texts(window, draw);
            assert_eq!(seen.len(), 1 + 2 * lines().len());
            let screen = Rect::from_min_size(pos2(0.0, 0.0), vec2(window.0, window.1));
            for (i, text) in seen.iter().enumerate() {
                assert!(screen.contains_rect(text.rect), "{window:?}: {text:?}");
                assert!(text.size * 13.0 / 12.0 >= least, "{window:?}: {text:?}");
                // Texts do not overlap.
                let clash = seen[..i].iter().find(|t| t.rect.shrink(0.1).intersects(text.rect.shrink(0.1)));
                assert!(clash.is_none(), "{window:?}: {clash:?} {text:?}");
            }
        }
        let first = &texts((300.0, 200.0), draw)[0];
        assert!(first.text == "untrained" && first.rect.left() > 0.0 && first.rect.top() > 0.0);
    }
}
