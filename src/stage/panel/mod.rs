//! The panel: built from the specs of whatever the scene holds; no system is known by name.

mod context;
mod effects;
mod judge;
mod knob;
mod mapping;
mod mapping_view;
mod nodes;
mod section;
mod show;
mod sound;
mod style;
mod taste;
mod timing;
mod versus;
mod wiring;

use egui_macroquad::egui::{self, Context, Id, RichText, ScrollArea, Ui};

use super::effects::EffectChain;
use super::pace::FramePacing;
use ::show::{Command, Hub, MappingControl, ShowState};
use context::PanelContext;
use mapping_view::MappingView;

pub use style::{ACCENT, TEXT, WRONG, apply as apply_style, card};

/// Width in points.
pub const WIDTH: f32 = 340.0;

/// What the panel remembers between frames.
#[derive(Default)]
pub struct Panel {
    /// Whether it is open.
    pub open: bool,
    /// Learn mode.
    pub learn: MappingView,
    filter: String,
}

impl Panel {
    /// A panel without a filter.
    pub fn new(open: bool) -> Self {
        Self { open, ..Self::default() }
    }

    /// Switches learn mode, opening the panel; whether there is anything to map.
    pub fn toggle_mapping(&mut self, context: Option<&dyn MappingControl>) -> bool {
        let there = self.learn.toggle(context);
        self.open |= self.learn.on;
        there
    }

    /// Draws the panel if it is open.
    pub fn show(
        &mut self,
        ctx: &Context,
        state: &ShowState,
        hub: &Hub,
        chain: &mut EffectChain,
        pace: &FramePacing,
        requests: &mut Vec<Command>,
    ) {
        if !self.open {
            return;
        }
        let filter = self.filter.trim().to_lowercase();
        let (learn, text) = (&mut self.learn, &mut self.filter);
        let mut context = PanelContext { state, hub, chain, pace, requests, learn, filter };
        egui::SidePanel::right("panel").exact_width(WIDTH).resizable(false).frame(style::panel()).show(
            ctx,
            |ui| {
                timing::header(ui, &mut context);
                ui.add_space(4.0);
                mapping::head(ui, &context);
                filter_box(ui, text);
                ui.add_space(2.0);
                ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                    ui.set_width(WIDTH - 34.0);
                    versus::section(ui, &mut context);
                    show::section(ui, &mut context);
                    judge::section(ui, &context);
                    taste::section(ui, &mut context);
                    nodes::sections(ui, &mut context);
                    wiring::layers(ui, &mut context);
                    wiring::links(ui, &mut context);
                    mapping::show(ui, &mut context);
                    sound::section(ui, &mut context);
                    effects::section(ui, &mut context);
                    nodes::messages(ui, &context);
                    sound::devices(ui, &context);
                    ui.add_space(8.0);
                });
            },
        );
    }
}

fn filter_box(ui: &mut Ui, text: &mut String) {
    let hint = RichText::new("filter knobs, links, layers").color(style::FAINT);
    ui.add(egui::TextEdit::singleline(text).id(filter_id()).hint_text(hint).desired_width(f32::INFINITY));
}

fn filter_id() -> Id {
    Id::new("panel filter")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Regression: the window once opened before the show had published anything, and the empty list of scenes crashed
    /// it.
    #[test]
    fn a_panel_over_a_show_without_a_state_is_drawn() {
        let ctx = Context::default();
        let (mut panel, mut requests) = (Panel::new(true), Vec::new());
        let (pace, (hub, _inbox)) = (FramePacing::new(60.0), Hub::new());
        for _ in 0..3 {
            let _ = ctx.run(egui::RawInput::default(), |ctx| {
                panel.show(
                    ctx,
                    &ShowState::default(),
                    &hub,
                    &mut EffectChain::default(),
                    &pace,
                    &mut requests,
                );
            });
        }
        assert!(requests.is_empty());
    }

    /// Regression: a notch was once half a point under X11.
    #[test]
    fn a_notch_of_the_wheel_scrolls_some_rows() {
        let (ctx, mut gone) = (Context::default(), 0.0);
        apply_style(&ctx);
        let notch = if cfg!(windows) {
            120.0
        } else if cfg!(target_os = "macos") {
            45.0
        } else {
            1.0
        };
        // As egui_macroquad passes it on.
        let (unit, delta) = (egui::MouseWheelUnit::Line, egui::vec2(0.0, notch / 90.0));
        let wheel = egui::Event::MouseWheel { unit, delta, modifiers: egui::Modifiers::NONE };
        let input = egui::RawInput { events: vec![wheel], ..Default::default() };
        let _ = ctx.run(input, |ctx| gone = ctx.input(|i| i.raw_scroll_delta.y));
        assert!((40.0..=50.0).contains(&gone), "{gone} points");
    }
}
