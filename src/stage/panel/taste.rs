//! The taste that is learned while a show runs: two of its pictures, of which one is clicked.

use std::sync::Arc;

use egui_macroquad::egui::{
    Color32, ColorImage, CornerRadius, Id, Label, Rect, RichText, Sense, Stroke, StrokeKind, TextureHandle,
    TextureOptions, Ui, pos2, vec2,
};

use super::context::PanelContext;
use super::section::folding_section;
use super::style::{ACCENT, FAINT, GROOVE, TEXT};
use show::{Command, TasteCommand, TasteState};
use world::taste::{PairPicture, TastePair};
use world::votes::{VoteSide, Voter};

/// Between the two pictures, points.
const GAP: f32 = 6.0;

/// The section of the taste, where one is learned.
pub fn section(ui: &mut Ui, context: &mut PanelContext) {
    let hidden = !context.filter.is_empty() && !context.passes(&["taste", "vote"]);
    let Some(taste) = context.state.taste.as_ref().filter(|_| !hidden && !context.learn.on) else { return };
    let filtered = !context.filter.is_empty();
    folding_section(ui, RichText::new("taste").strong(), "taste", true, filtered, |ui| {
        match &taste.pair {
            Some(pair) => ballot(ui, pair, context.requests),
            None => faint(ui, "two pictures to choose from come in a moment"),
        }
        learned(ui, taste);
    });
}

fn faint(ui: &mut Ui, text: &str) {
    ui.add(Label::new(RichText::new(text).small().color(FAINT)).wrap());
}

fn learned(ui: &mut Ui, taste: &TasteState) {
    ui.label(RichText::new(taste.words()).color(TEXT).size(12.0));
    faint(ui, &taste.agreement);
}

/// Both pictures side by side, and a button for another pair.
fn ballot(ui: &mut Ui, pair: &Arc<TastePair>, requests: &mut Vec<Command>) {
    let textures = textures(ui, pair);
    let width = ((ui.available_width() - GAP) / 2.0).max(1.0);
    let tall = |p: &PairPicture| width * p.height as f32 / p.width.max(1) as f32;
    let height = pair.pictures.iter().map(tall).fold(1.0, f32::max).min(1.5 * width);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = GAP;
        for (i, side) in [VoteSide::Left, VoteSide::Right].into_iter().enumerate() {
            if picture(ui, &textures[i], vec2(width, height)) {
                let prefer = TasteCommand::Prefer(side, Voter::Local, Some(pair.number));
                requests.push(Command::Taste(prefer));
            }
        }
    });
    ui.horizontal(|ui| {
        ui.label(RichText::new("click the one that you like better").color(FAINT).size(12.0));
        if ui.button("skip").clicked() {
            requests.push(Command::Taste(TasteCommand::Skip(Some(pair.number))));
        }
    });
}

/// A picture as large as fits; whether it was clicked.
fn picture(ui: &mut Ui, texture: &TextureHandle, room: egui_macroquad::egui::Vec2) -> bool {
    let (rect, response) = ui.allocate_exact_size(room, Sense::click());
    let own = texture.size_vec2();
    let size = own * (room.x / own.x).min(room.y / own.y);
    let shown = Rect::from_center_size(rect.center(), size);
    let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    ui.painter().image(texture.id(), shown, whole, Color32::WHITE);
    let edge = if response.hovered() { Stroke::new(2.0, ACCENT) } else { Stroke::new(1.0, GROOVE) };
    ui.painter().rect_stroke(shown, CornerRadius::same(2), edge, StrokeKind::Inside);
    response.clicked()
}

/// The pictures of a pair on the GPU, until another pair is drawn.
fn textures(ui: &Ui, pair: &Arc<TastePair>) -> [TextureHandle; 2] {
    type Uploaded = (Arc<TastePair>, [TextureHandle; 2]);
    let id = Id::new("pictures to vote on");
    let kept = ui.data(|d| d.get_temp::<Uploaded>(id)).filter(|(of, _)| Arc::ptr_eq(of, pair));
    kept.map(|(_, textures)| textures).unwrap_or_else(|| {
        let new = [0, 1].map(|i| upload(ui, &pair.pictures[i]));
        ui.data_mut(|d| d.insert_temp::<Uploaded>(id, (pair.clone(), new.clone())));
        new
    })
}

fn upload(ui: &Ui, picture: &PairPicture) -> TextureHandle {
    let PairPicture { width, height, rgb, .. } = picture;
    let image = match rgb.len() == width * height * 3 && !rgb.is_empty() {
        true => ColorImage::from_rgb([*width, *height], rgb),
        false => ColorImage::new([1, 1], Color32::BLACK),
    };
    ui.ctx().load_texture("picture to vote on", image, TextureOptions::LINEAR)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effects::EffectChain;
    use crate::pace::FramePacing;
    use crate::panel::mapping_view::MappingView;
    use egui_macroquad::egui::{CentralPanel, Context, Event, Modifiers, PointerButton, Pos2, RawInput};
    use show::{Hub, ShowState};

    fn state(number: u64) -> ShowState {
        let picture =
            PairPicture { width: 16, height: 9, rgb: vec![90; 16 * 9 * 3], ..PairPicture::default() };
        let pair = Some(Arc::new(TastePair { number, pictures: [picture.clone(), picture] }));
        let taste = TasteState { pair, votes: 12, agreement: "predicts 9 of 12".into(), score: Some(0.5) };
        ShowState { taste: Some(Arc::new(taste)), ..ShowState::default() }
    }

    /// What is requested when the panel is clicked at a place.
    fn clicked(state: &ShowState, at: Pos2) -> Vec<Command> {
        let ctx = Context::default();
        let (hub, _inbox) = Hub::new();
        let (mut chain, pace) = (EffectChain::default(), FramePacing::new(60.0));
        let (mut requests, mut learn) = (Vec::new(), MappingView::default());
        let button = |pressed| Event::PointerButton {
            pos: at,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        };
        let screen_rect = Some(Rect::from_min_size(Pos2::ZERO, vec2(340.0, 600.0)));
        let inputs = [vec![], vec![Event::PointerMoved(at)], vec![button(true)], vec![button(false)], vec![]];
        for (i, events) in inputs.into_iter().enumerate() {
            let input = RawInput { screen_rect, time: Some(i as f64 * 0.05), events, ..RawInput::default() };
            let _ = ctx.run(input, |ctx| {
                CentralPanel::default().show(ctx, |ui| {
                    let (chain, requests, learn) = (&mut chain, &mut requests, &mut learn);
                    let (hub, pace, filter) = (&hub, &pace, String::new());
                    section(ui, &mut PanelContext { state, hub, chain, pace, requests, learn, filter });
                });
            });
        }
        requests
    }

    #[test]
    fn the_picture_that_is_clicked_is_voted_for() {
        let prefer = |side| Command::Taste(TasteCommand::Prefer(side, Voter::Local, Some(7)));
        assert_eq!(clicked(&state(7), pos2(80.0, 70.0)), [prefer(VoteSide::Left)]);
        assert_eq!(clicked(&state(7), pos2(260.0, 70.0)), [prefer(VoteSide::Right)]);
        assert_eq!(clicked(&state(7), pos2(80.0, 500.0)), []);
        let empty = ShowState { taste: Some(Arc::default()), ..ShowState::default() };
        assert_eq!(clicked(&empty, pos2(80.0, 70.0)), []);
        assert_eq!(clicked(&ShowState::default(), pos2(80.0, 70.0)), []);
    }
}
