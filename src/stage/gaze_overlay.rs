//! Where the judge looks, over the picture: what it does not look at is dimmed, and its gaze glows.

use std::sync::Arc;

use egui_macroquad::egui::{
    Align2, Color32, ColorImage, Context, FontId, LayerId, Rect, TextureHandle, TextureOptions, pos2, vec2,
};

use super::panel::{ACCENT, TEXT};
use show::{GazeState, ShowState};

/// How much of the picture's light is taken where nothing is looked at.
const DIM: f32 = 0.6;
/// Light of the gaze, 0..1.
const GLOW: f32 = 0.35;
/// Seconds in which two thirds of the way to a new map are gone.
const EASE: f32 = 0.12;

/// The overlay with what it shows.
#[derive(Default)]
pub struct GazeOverlay {
    target: Arc<GazeState>,
    values: Vec<f32>,
    texture: Option<TextureHandle>,
}

impl GazeOverlay {
    /// Draws the gaze over the picture (`rect`: left, top, width, height in points), if it is shown.
    pub fn draw(&mut self, ctx: &Context, state: &ShowState, [x, y, w, h]: [f32; 4], seconds: f32) {
        match &state.gaze {
            Some(gaze) => self.target.clone_from(gaze),
            None if !state.looking => return *self = Self::default(),
            None => {}
        }
        let GazeState { size, values, class } = &*self.target;
        if values.is_empty() {
            return;
        }
        follow(&mut self.values, values, seconds);
        let pixels = self.values.iter().map(|v| colour(*v)).collect();
        let image = ColorImage { size: [size.0, size.1], pixels };
        match &mut self.texture {
            Some(texture) => texture.set(image, TextureOptions::LINEAR),
            none => *none = Some(ctx.load_texture("gaze", image, TextureOptions::LINEAR)),
        }
        let Some(texture) = &self.texture else { return };
        let painter = ctx.layer_painter(LayerId::background());
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        painter.image(texture.id(), Rect::from_min_size(pos2(x, y), vec2(w, h)), whole, Color32::WHITE);
        let unsure = state.verdict.as_ref().is_some_and(|v| v.unsure);
        let (words, colour) = if unsure { (format!("{class}?"), TEXT) } else { (class.clone(), ACCENT) };
        let corner = pos2(x + 14.0, y + h - 12.0);
        painter.text(corner, Align2::LEFT_BOTTOM, words, FontId::proportional(18.0), colour);
    }
}

/// Moves towards a map, smoothly; at once to one of another size.
fn follow(values: &mut Vec<f32>, target: &[f32], seconds: f32) {
    if values.len() != target.len() {
        return target.clone_into(values);
    }
    let share = seconds / (seconds + EASE);
    values.iter_mut().zip(target).for_each(|(v, t)| *v += share * (t - *v));
}

/// What is laid over the picture: shadow, and amber light.
fn colour(gaze: f32) -> Color32 {
    let gaze = gaze.clamp(0.0, 1.0);
    let light = GLOW * gaze * gaze;
    let byte = |v: f32| (255.0 * v + 0.5) as u8;
    Color32::from_rgba_premultiplied(
        byte(light),
        byte(0.55 * light),
        byte(0.12 * light),
        byte(DIM * (1.0 - gaze)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gaze_is_light_and_all_else_is_dimmed() {
        assert_eq!(colour(0.0).to_array(), [0, 0, 0, 153]);
        let [r, g, b, a] = colour(1.0).to_array();
        assert!(r > g && g > b && r > 80 && a == 0, "it adds to the picture");
        assert_eq!(colour(f32::NAN).to_array(), [0; 4], "nothing is laid over what nobody knows");
    }

    #[test]
    fn it_moves_smoothly_and_arrives() {
        let mut values = Vec::new();
        follow(&mut values, &[0.0, 1.0], 0.1);
        assert_eq!(values, [0.0, 1.0], "there is nothing to come from");
        let mut last = 0.0;
        for _ in 0..120 {
            follow(&mut values, &[1.0, 0.0], 1.0 / 60.0);
            assert!(values[0] >= last && values[0] - last < 0.15);
            last = values[0];
        }
        assert!(values[0] > 0.999 && values[1] < 0.001, "{values:?}");
    }
}
