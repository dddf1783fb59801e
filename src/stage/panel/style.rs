//! How panel and overlays look: dark glass, small type, one accent.

use egui_macroquad::egui::{
    self, Color32, Context, CornerRadius, FontFamily, FontId, Frame, Margin, Stroke, TextStyle, Visuals,
};

/// Accent of values set by hand.
pub const ACCENT: Color32 = Color32::from_rgb(94, 200, 235);
/// Values moved by links.
pub const MOVED: Color32 = Color32::from_rgb(255, 178, 72);
/// Names.
pub const TEXT: Color32 = Color32::from_rgb(226, 230, 236);
/// Secondary text.
pub const FAINT: Color32 = Color32::from_rgb(146, 154, 166);
/// Errors.
pub const WRONG: Color32 = Color32::from_rgb(255, 128, 112);
/// Grooves and boxes.
pub const GROOVE: Color32 = Color32::from_rgb(44, 49, 58);

/// Scroll distance of one notch of the wheel, points.
const SCROLL: f32 = 45.0;
/// What the window reports for a notch: a click under X11, 120 under Windows. A Mac reports points, used one for one.
const NOTCH: f32 = if cfg!(windows) {
    120.0
} else if cfg!(target_os = "macos") {
    SCROLL
} else {
    1.0
};
/// egui_macroquad divides what the window reports by this, and calls the rest lines.
const DIVIDED: f32 = 90.0;

/// Sets the look once, and the scroll distance of the wheel.
pub fn apply(ctx: &Context) {
    ctx.options_mut(|options| options.line_scroll_speed = SCROLL * DIVIDED / NOTCH);
    let mut visuals = Visuals::dark();
    visuals.override_text_color = Some(TEXT);
    visuals.selection.bg_fill = ACCENT.gamma_multiply(0.45);
    visuals.hyperlink_color = ACCENT;
    visuals.extreme_bg_color = Color32::from_rgba_unmultiplied(8, 10, 14, 200);
    visuals.collapsing_header_frame = false;
    visuals.widgets.inactive.bg_fill = GROOVE;
    visuals.widgets.inactive.weak_bg_fill = GROOVE;
    visuals.widgets.inactive.bg_stroke = Stroke::new(1.0, Color32::from_rgb(74, 82, 94));
    visuals.widgets.hovered.bg_stroke = Stroke::new(1.0, ACCENT.gamma_multiply(0.6));
    visuals.popup_shadow = egui::Shadow::NONE;
    ctx.set_visuals(visuals);
    ctx.style_mut(|style| {
        let font = |size| FontId::new(size, FontFamily::Proportional);
        style.text_styles = [
            (TextStyle::Heading, font(17.0)),
            (TextStyle::Body, font(13.0)),
            (TextStyle::Button, font(13.0)),
            (TextStyle::Small, font(11.0)),
            (TextStyle::Monospace, FontId::new(12.0, FontFamily::Monospace)),
        ]
        .into();
        style.spacing.item_spacing = egui::vec2(6.0, 3.0);
        style.spacing.interact_size.y = 18.0;
        style.spacing.icon_width = 13.0;
        style.interaction.tooltip_delay = 0.3;
    });
}

/// The panel's background.
pub fn panel() -> Frame {
    Frame::new()
        .fill(Color32::from_rgba_unmultiplied(14, 17, 22, 222))
        .inner_margin(Margin::symmetric(12, 10))
}

/// A box over the picture.
pub fn card(edge: Color32) -> Frame {
    Frame::new()
        .fill(Color32::from_rgba_unmultiplied(14, 17, 22, 244))
        .stroke(Stroke::new(1.0, edge))
        .corner_radius(CornerRadius::same(8))
        .inner_margin(Margin::symmetric(16, 12))
}
