//! Labels of the split-screen comparison: the name, price and verdict of each side, and how far both are apart.

use egui_macroquad::egui::{Align2, Area, Color32, Context, Id, Label, Order, RichText, Ui, vec2};

use super::panel::{WIDTH, card};
use show::{PictureDistance, ShowState, SideState, SplitMode, VoteState};
use world::votes::VoteSide;

/// Approximate height of a card of three lines, and of one more, points.
const HEIGHT: (f32, f32) = (72.0, 16.0);
/// Least distance between the middles of two cards side by side, of a ballot and of prices; closer ones are stacked.
const APART: (f32, f32) = (130.0, 300.0);

/// Draws a card for each side over the picture (`rect`: left, top, width, height in points).
pub fn draw(ctx: &Context, state: &ShowState, rect: [f32; 4], panel: bool) {
    let [left, right] = match &state.sides[..] {
        [left, right] => [left, right],
        _ => return,
    };
    let [x, y, w, _] = rect;
    let free = if panel { (ctx.screen_rect().width() - WIDTH - x).min(w) } else { w };
    let side_by_side = state.way == SplitMode::Beside;
    let places = if side_by_side {
        [x + w * 0.25, (x + w * 0.75).min(x + free * 0.85)]
    } else {
        [x + 130.0, x + free - 130.0]
    };
    let shares = match state.way {
        SplitMode::Beside => [None, None],
        SplitMode::Wipe | SplitMode::Blend => [Some(1.0 - state.share), Some(state.share)],
    };
    let asks = state.vote.as_ref().is_some_and(|v| v.ruled.is_none());
    let stacked = places[1] - places[0] < if asks { APART.0 } else { APART.1 };
    // The same for both, so that both are above the picture or on it: above if there is room.
    let more = [left, right].map(|s| s.training_lines().len()).into_iter().max().unwrap_or(0);
    let height = HEIGHT.0 + HEIGHT.1 * more as f32;
    let high = height * if stacked { 2.0 } else { 1.0 };
    let top = if y > high + 8.0 { y - high - 4.0 } else { y + 12.0 };
    for (i, side) in [left, right].into_iter().enumerate() {
        let area = Area::new(Id::new(("side", i))).order(Order::Middle).interactable(false);
        let (at, down) = if stacked { (x + free / 2.0, i as f32 * height) } else { (places[i], 0.0) };
        let corner = vec2(at - ctx.screen_rect().width() / 2.0, top + down);
        area.anchor(Align2::CENTER_TOP, corner).show(ctx, |ui| {
            card(Color32::from_gray(70)).inner_margin(8.0).show(ui, |ui| match &state.vote {
                Some(vote) if vote.ruled.is_none() => ballot(ui, vote, i),
                _ => lines(ui, side, shares[i], state),
            });
        });
    }
}

fn line(ui: &mut Ui, text: RichText) {
    ui.add(Label::new(text).extend());
}

fn lines(ui: &mut Ui, side: &SideState, share: Option<f32>, state: &ShowState) {
    let share = share.map_or(String::new(), |s| format!("  {:.0} %", 100.0 * s));
    line(ui, RichText::new(format!("{}{share}", side.title())).strong().size(14.0));
    let cost = side.cost();
    if !cost.is_empty() {
        line(ui, RichText::new(cost).size(12.0));
    }
    // The distance is that of the rival from the rule.
    let distance = state.distance.as_ref().filter(|_| side.ruled == Some(false)).map(PictureDistance::words);
    let seen: Vec<String> = [verdict(side)].into_iter().chain(distance).collect();
    line(ui, RichText::new(seen.join(" · ")).size(12.5));
    side.training_lines().into_iter().for_each(|text| line(ui, RichText::new(text).size(12.0)));
    for problem in side.problems.iter().take(3) {
        line(ui, RichText::new(problem).monospace().size(11.5).color(super::panel::WRONG));
    }
}

/// What a side shows while people vote.
fn ballot(ui: &mut Ui, vote: &VoteState, i: usize) {
    let (side, key) = [(VoteSide::Left, "U"), (VoteSide::Right, "O")][i];
    line(ui, RichText::new(format!("{}: ruled? {key}", side.word())).strong().size(14.0));
    let about = match side {
        VoteSide::Left => format!("round {} · votes: {}", vote.round, vote.votes),
        VoteSide::Right if vote.covered => "shown in a moment".into(),
        VoteSide::Right => "I: reveal · J: next".into(),
    };
    line(ui, RichText::new(about).size(12.0));
}

fn verdict(side: &SideState) -> String {
    let Some(verdict) = &side.verdict else { return "no judge".into() };
    match (verdict.top.first(), verdict.unsure) {
        (Some((name, _)), true) => format!("unsure ({name}?)"),
        (Some((name, _)), false) => format!("{name} {:.0} %", 100.0 * verdict.confidence),
        (None, _) => "nothing yet".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drawn_text::texts;
    use show::TrainingState;

    fn rule() -> SideState {
        let (milliseconds, cpu_milliseconds, joules) = (12.34, 20.0, 0.24);
        let bytes = 1_234;
        SideState {
            name: "ink".into(),
            ruled: Some(true),
            milliseconds,
            cpu_milliseconds,
            joules,
            bytes,
            ..SideState::default()
        }
    }

    fn drawn(state: &ShowState) -> String {
        let seen = texts((1280.0, 720.0), |ctx| draw(ctx, state, [0.0, 100.0, 1280.0, 520.0], false));
        seen.into_iter().map(|t| t.text + "\n").collect()
    }

    #[test]
    fn a_card_has_the_price_that_is_known() {
        let training = Some(TrainingState { cpu_seconds: 3600.0, images: 128_000, joules: 43_200.0 });
        let rival = SideState {
            name: "ink (diffusion)".into(),
            ruled: Some(false),
            training,
            break_even: "never, it is dearer".into(),
            ..rule()
        };
        let distance = Some(PictureDistance { rms: 0.25, correlation: Some(-0.5) });
        let text = drawn(&ShowState { sides: vec![rule(), rival], distance, ..ShowState::default() });
        for expected in [
            "ink · ruled\n1.23 kB · a frame: 12.3 ms, CPU 20.0 ms, 240 mJ (est.)\nno judge\n",
            "ink (diffusion)\n",
            "no judge · apart: 0.250 RMS, correlation -0.50\n",
            "trained: 60 min CPU, 43.2 kJ (est.), 128,000 pictures\n",
            "paid for: never, it is dearer\n",
        ] {
            assert!(text.contains(expected), "{expected}: {text}");
        }
        assert_eq!(text.matches("apart").count(), 1);
    }

    #[test]
    fn a_blind_round_asks_and_tells_nothing() {
        let side = |name: &str| SideState { name: name.into(), ..SideState::default() };
        let vote = VoteState { round: 2, votes: 1, ..VoteState::default() };
        let sides = vec![side("left"), side("right")];
        let hidden = ShowState { sides, vote: Some(vote.clone()), ..ShowState::default() };
        let asked = "left: ruled? U\nround 2 · votes: 1\nright: ruled? O\nI: reveal · J: next\n";
        assert_eq!(drawn(&hidden), asked);
        let covered = Some(VoteState { covered: true, ..vote.clone() });
        assert!(drawn(&ShowState { vote: covered, ..hidden }).contains("shown in a moment"));
        let vote = Some(VoteState { ruled: Some(VoteSide::Left), ..vote });
        let text = drawn(&ShowState { sides: vec![rule(), side("b")], vote, ..ShowState::default() });
        assert!(text.contains("ink · ruled") && text.contains("\nb\n") && !text.contains("ruled?"), "{text}");
    }

    /// Regression: beside the panel, and in narrow windows, one card once covered the other.
    #[test]
    fn cards_do_not_overlap() {
        let training = Some(TrainingState { cpu_seconds: 3600.0, images: 128_000, joules: 43_200.0 });
        let rival = SideState { name: "imitator:ink (diffusion)".into(), training, ..rule() };
        let open = ShowState { sides: vec![rule(), rival], ..ShowState::default() };
        let asks = ShowState { vote: Some(VoteState::default()), ..open.clone() };
        for (w, panel) in [(1280.0, true), (960.0, false), (640.0, false), (640.0, true), (480.0, false)] {
            for (state, lines) in [(&asks, [2, 2]), (&open, [3, 4])] {
                for way in [SplitMode::Beside, SplitMode::Wipe] {
                    let state = ShowState { way, ..state.clone() };
                    let seen = texts((w, 360.0), |ctx| draw(ctx, &state, [0.0, 90.0, w, 180.0], panel));
                    assert_eq!(seen.len(), lines[0] + lines[1]);
                    let (left, right) = seen.split_at(lines[0]);
                    let clash = left.iter().find(|l| right.iter().any(|r| l.rect.intersects(r.rect)));
                    assert!(clash.is_none(), "{w} {panel} {way:?}: {clash:?}");
                }
            }
        }
    }
}
