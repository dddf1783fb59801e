//! A split-screen comparison: how far the sides are apart, what each costs, and the blind vote.

use egui_macroquad::egui::{Button, Label, RichText, Ui, vec2};

use super::context::PanelContext;
use super::section::folding_section;
use super::style::{ACCENT, FAINT, MOVED, TEXT};
use show::{Command, VoteCommand, VoteState, energy_note};
use world::votes::{VoteSide, Voter};

/// The section of a comparison, where there is one.
pub fn section(ui: &mut Ui, context: &mut PanelContext) {
    let hidden = !context.filter.is_empty() && !context.passes(&["versus", "comparison", "vote", "blind"]);
    if context.state.sides.is_empty() || context.learn.on || hidden {
        return;
    }
    let filtered = !context.filter.is_empty();
    folding_section(ui, RichText::new("versus").strong(), "versus", true, filtered, |ui| {
        if let Some(vote) = &context.state.vote {
            ballot(ui, vote, context.requests);
        }
        let state = context.state;
        for side in &state.sides {
            ui.label(RichText::new(side.title()).color(ACCENT));
            let cost = Some(side.cost()).filter(|text| !text.is_empty());
            cost.into_iter().chain(side.training_lines()).for_each(|line| faint(ui, &line));
        }
        if let Some(distance) = &state.distance {
            ui.label(RichText::new(distance.words()).color(TEXT));
        }
        faint(ui, &energy_note(state.watts));
    });
}

fn faint(ui: &mut Ui, text: &str) {
    ui.add(Label::new(RichText::new(text).small().color(FAINT)).wrap());
}

/// Buttons to vote, the course of the round, and the result so far.
fn ballot(ui: &mut Ui, vote: &VoteState, requests: &mut Vec<Command>) {
    let seconds = vote.seconds.clamp(0.0, 1e9);
    ui.label(format!("blind, round {} · {seconds:.0} s · votes: {}", vote.round, vote.votes));
    ui.horizontal(|ui| {
        for (side, label) in [(VoteSide::Left, "left is ruled"), (VoteSide::Right, "right is ruled")] {
            let button = Button::new(label).min_size(vec2(140.0, 30.0));
            if ui.add_enabled(vote.ruled.is_none() && !vote.covered, button).clicked() {
                requests.push(Command::Vote(VoteCommand::Cast(side, Voter::Local)));
            }
        }
    });
    ui.horizontal(|ui| {
        if ui.add_enabled(vote.ruled.is_none(), Button::new("reveal")).clicked() {
            requests.push(Command::Vote(VoteCommand::Reveal));
        }
        if ui.button("next round").clicked() {
            requests.push(Command::Vote(VoteCommand::Next));
        }
    });
    if let (Some(side), Some(this)) = (vote.ruled, vote.this) {
        let text = format!("{} was ruled; {} of {} right", side.word(), this.correct, this.total);
        ui.label(RichText::new(text).color(MOVED));
    }
    let [result, needed] = vote.words();
    ui.add(Label::new(RichText::new(result).color(TEXT)).wrap());
    faint(ui, &needed);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drawn_text::texts;
    use crate::effects::EffectChain;
    use crate::pace::FramePacing;
    use crate::panel::mapping_view::MappingView;
    use egui_macroquad::egui::CentralPanel;
    use show::{Hub, ShowState, SideState};
    use world::votes::Tally;

    fn drawn(state: &ShowState) -> String {
        let (hub, _inbox) = Hub::new();
        let (mut chain, pace) = (EffectChain::default(), FramePacing::new(60.0));
        let (mut requests, mut learn) = (Vec::new(), MappingView::default());
        let seen = texts((360.0, 600.0), |ctx| {
            CentralPanel::default().show(ctx, |ui| {
                let (chain, requests, learn) = (&mut chain, &mut requests, &mut learn);
                let filter = String::new();
                let hub = &hub;
                let pace = &pace;
                section(ui, &mut PanelContext { state, hub, chain, pace, requests, learn, filter });
            });
        });
        seen.into_iter().map(|t| t.text + "\n").collect()
    }

    #[test]
    fn the_section_shows_the_vote_and_what_the_state_tells_of_the_sides() {
        let side = |name: &str| SideState { name: name.into(), ..SideState::default() };
        let tally = Tally { correct: 7, total: 10 };
        let vote = VoteState { round: 4, votes: 3, tally, needed: 194, ..VoteState::default() };
        let sides = vec![side("left"), side("right")];
        let state = ShowState { sides, watts: 12.0, vote: Some(vote), ..ShowState::default() };
        let text = drawn(&state);
        for expected in
            ["blind, round 4", "votes: 3", "left is ruled", "7 of 10 right", "194 votes", "12.0 W"]
        {
            assert!(text.contains(expected), "{expected}: {text}");
        }
        assert!(!text.contains("was ruled") && !text.contains("ms"), "{text}");
        assert_eq!(drawn(&ShowState::default()), "");
    }
}
