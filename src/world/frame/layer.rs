//! A layer: how a field is shown. Which field it is, is up to the engine.

use super::blend::Blend;
use super::palette::Palette;
use super::wrap_mode::WrapMode;
use crate::ports::Port;
use crate::view::View;

crate::params! {
    /// How a field becomes light. Every knob can be linked as `layer.NAME.knob`.
    pub struct LayerKnobs {
        /// How much of the layer is seen; 0 leaves it out.
        opacity: f32 = 1.0 in 0.0..=1.0;
        /// How far opacity follows the value: at 1 the darkest value is clear and the brightest covers.
        fade: f32 = 0.0 in 0.0..=1.0;
        /// Value shown with the palette's first colour. Unless given, it is what the shown output names.
        low: f32 = 0.0 in -1e6..=1e6;
        /// Value shown with the palette's last colour. Unless given, it is what the shown output names.
        high: f32 = 1.0 in -1e6..=1e6;
        /// Exponent on the toned value: below 1 lifts the dark, above 1 deepens it.
        gamma: f32 = 1.0 in 0.1..=10.0, Log;
        /// What values outside low..high show: the nearest end, the palette again, or the palette there and back.
        beyond: Choice of WrapMode = "clamp";
        /// Offset along the palette; 1 is once round (there and back, for a palette that is not cyclic).
        shift: f32 = 0.0 in 0.0..=1.0, unit "turns";
        /// Brightness in linear light.
        gain: f32 = 1.0 in 0.0..=8.0;
        /// Rotation of every hue, at equal luminance.
        hue: f32 = 0.0 in -0.5..=0.5, unit "turns";
        /// Colourfulness: 0 is grey, 1 as the palette has it.
        chroma: f32 = 1.0 in 0.0..=2.0;
        /// World position at the picture's centre, across.
        x: f64 = 0.5 in -4.0..=5.0, unit "world widths";
        /// World position at the picture's centre, down.
        y: f64 = 0.5 in -4.0..=5.0, unit "world heights";
        /// Magnification; 1 shows the whole world.
        zoom: f64 = 1.0 in 0.1..=1e13, Log;
        /// Rotation of the picture, clockwise.
        angle: f64 = 0.0 in -1.0..=1.0, unit "turns";
    }
}

/// One field's part in the picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// Name in scene files (`layer.NAME.opacity`).
    pub name: String,
    /// Colours of a scalar field, and of a vector field's length; a circular palette colours a vector by direction.
    pub palette: Palette,
    /// How it is blended with what lies below.
    pub blend: Blend,
    /// Opacity, tone and view.
    pub knobs: LayerKnobs,
}

impl Layer {
    /// A layer with the default palette, showing a port over its usual range.
    pub fn new(name: impl Into<String>, port: &Port) -> Self {
        let knobs = LayerKnobs { low: port.lo, high: port.hi, ..LayerKnobs::default() };
        Self { name: name.into(), palette: Palette::default(), blend: Blend::default(), knobs }
    }

    /// Which part of the world it shows.
    pub fn view(&self) -> View {
        View { x: self.knobs.x, y: self.knobs.y, zoom: self.knobs.zoom, angle: self.knobs.angle }
    }
}
