//! A split-screen comparison as the remote shows it. What voters must not know is not in the state.

use serde_json::{Value, json};

use show::{PictureDistance, ShowState, SideState, VoteState, energy_note};

/// Both sides with their price, and how far they are apart; null without a comparison.
pub fn versus(state: &ShowState) -> Value {
    if state.sides.is_empty() {
        return Value::Null;
    }
    let distance = state.distance.as_ref().map(PictureDistance::words);
    let sides: Vec<Value> = state.sides.iter().map(side).collect();
    json!({ "sides": sides, "distance": distance, "note": energy_note(state.watts) })
}

fn side(s: &SideState) -> Value {
    let cost = Some(s.cost()).filter(|text| !text.is_empty());
    let lines: Vec<String> = cost.into_iter().chain(s.training_lines()).collect();
    json!({ "name": s.name, "ruled": s.ruled, "lines": lines })
}

/// A blind vote; null without one.
pub fn vote(state: &ShowState) -> Value {
    state.vote.as_ref().map_or(Value::Null, |v: &VoteState| {
        let this = v.this.map(|t| json!([t.correct, t.total]));
        json!({
            "run": format!("{:016x}", v.run), "round": v.round, "covered": v.covered,
            "seconds": v.seconds.clamp(0.0, 1e9) as u64, "votes": v.votes, "ruled": v.ruled,
            "this": this, "tally": [v.tally.correct, v.tally.total], "words": v.words(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use show::{PictureDistance, TrainingState};
    use world::votes::{Tally, VoteSide};

    #[test]
    fn prices_are_in_words_and_a_side_that_tells_nothing_has_no_lines() {
        let trained = SideState {
            name: "ink (diffusion)".into(),
            ruled: Some(false),
            milliseconds: 12.34,
            cpu_milliseconds: 20.0,
            joules: 0.24,
            bytes: 1_500_000,
            training: Some(TrainingState { cpu_seconds: 3600.0, images: 128_000, joules: 43_200.0 }),
            break_even: "never".into(),
            ..SideState::default()
        };
        let hidden = SideState { name: "left".into(), ..SideState::default() };
        let distance = Some(PictureDistance { rms: 0.123, correlation: None });
        let state = ShowState { sides: vec![hidden, trained], distance, watts: 12.0, ..ShowState::default() };
        let shown = versus(&state);
        assert_eq!(shown["sides"][0], json!({ "name": "left", "ruled": null, "lines": [] }));
        let lines = [
            "1.50 MB · a frame: 12.3 ms, CPU 20.0 ms, 240 mJ (est.)",
            "trained: 60 min CPU, 43.2 kJ (est.), 128,000 pictures",
            "paid for: never",
        ];
        assert_eq!(shown["sides"][1]["lines"], json!(lines));
        assert_eq!(shown["distance"], json!("apart: 0.123 RMS, correlation –"));
        assert_eq!(shown["note"], json!("energy: an estimate, 12.0 W a busy core"));
        assert_eq!((versus(&ShowState::default()), vote(&ShowState::default())), (Value::Null, Value::Null));
    }

    #[test]
    fn a_vote_is_told_with_its_tally() {
        let tally = Tally { correct: 7, total: 10 };
        let vote_state = VoteState {
            run: 255,
            covered: true,
            round: 3,
            votes: 2,
            seconds: 4.7,
            ruled: Some(VoteSide::Right),
            tally,
            needed: 194,
            ..VoteState::default()
        };
        let told = vote(&ShowState { vote: Some(vote_state), ..ShowState::default() });
        assert_eq!(
            (&told["round"], &told["seconds"], &told["ruled"]),
            (&json!(3), &json!(4), &json!("right"))
        );
        assert_eq!((&told["run"], &told["covered"]), (&json!("00000000000000ff"), &json!(true)));
        assert_eq!((&told["tally"], &told["this"]), (&json!([7, 10]), &Value::Null));
        assert!(told["words"][0].as_str().unwrap().starts_with("7 of 10 right"));
        assert!(told["words"][1].as_str().unwrap().contains("194 votes"));
    }
}
