//! Messages as clients send them, and as none should.

use super::*;
use crate::sample;
use proptest::prelude::*;

#[test]
fn inputs_go_to_their_address_and_wrong_ones_are_explained() {
    let (hub, inbox) = sample::hub();
    let mut input = ClientInput::new(0);
    let mut say = |text: &str| input.take(text, &hub);
    assert_eq!(say(r#"{"move":"gas.inflow","travel":0.25}"#), Ok(ClientReply::None));
    assert_eq!(inbox.try_recv(), Ok(Command::Travel("gas.inflow".into(), 0.25)));
    assert_eq!(say(r#"{"move":"gas.inflow","value":3}"#), Ok(ClientReply::None));
    assert_eq!(inbox.try_recv(), Ok(Command::Event(Event::Set("gas.inflow".into(), 3.0))));
    assert_eq!(say(r#"{"move":"master.blackout","press":true}"#), Ok(ClientReply::None));
    assert!(hub.master().is_black());
    assert_eq!(say(r#"{"preview":true}"#), Ok(ClientReply::Preview));
    assert_eq!(say(r#"{"ping":7}"#), Ok(ClientReply::Pong(7.0)));
    let mut wrong = |text: &str| say(text).unwrap_err().to_string();
    assert!(wrong(r#"{"move":"gas.inflo","travel":0}"#).ends_with("did you mean `gas.inflow`?"));
    assert!(wrong(r#"{"move":"gas.inflow"}"#).contains("expected `travel`, `value` or `press`"));
    assert!(wrong(r#"{"move":"gas.inflow","travel":"x"}"#).contains("malformed"));
    assert!(wrong(r#"{"colour":1}"#).contains("unknown field"));
    assert!(wrong("{}").contains("empty message"));
    assert!(wrong(&format!(r#"{{"move":"{}","press":true}}"#, "a".repeat(500))).contains("500 bytes"));
    assert!(wrong(r#"{"touch":{"id":99,"x":0,"y":0,"phase":"down"}}"#).contains("`id` below 10"));
    assert!(inbox.try_recv().is_err(), "none of these sent anything");
}

#[test]
fn hints_for_unknown_addresses_are_rate_limited() {
    let (hub, _inbox) = sample::hub();
    let mut input = ClientInput::new(0);
    let say = |input: &mut ClientInput| {
        input.take(r#"{"move":"gas.inflo","travel":0}"#, &hub).unwrap_err().to_string()
    };
    let errors: Vec<String> = (0..50).map(|_| say(&mut input)).collect();
    let with = errors.iter().filter(|t| t.contains("did you mean")).count();
    assert!((4..10).contains(&with) && errors.iter().all(|t| t.contains("unknown address")), "{with}");
}

#[test]
fn a_vote_is_that_of_the_voter_a_client_named_first() {
    let (hub, inbox) = sample::hub();
    let [mut a, mut b] = [ClientInput::new(0), ClientInput::new(1)];
    let vote = |input: &mut ClientInput, side: &str, voter: &str| {
        input.take(&format!(r#"{{"vote":"{side}","voter":"{voter}"}}"#), &hub).map(drop)
    };
    vote(&mut a, "left", "0123456789abcdef").unwrap();
    vote(&mut a, "right", "0123456789abcdef").unwrap();
    vote(&mut b, "right", "fedcba9876543210").unwrap();
    let cast: Vec<(VoteSide, Voter)> = inbox
        .try_iter()
        .map(|c| match c {
            Command::Vote(VoteCommand::Cast(side, voter)) => (side, voter),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        cast.iter().map(|c| c.0).collect::<Vec<_>>(),
        [VoteSide::Left, VoteSide::Right, VoteSide::Right]
    );
    assert!(cast[0].1 == cast[1].1 && cast[0].1 != cast[2].1);
    for (side, voter) in [("left", "another0another0"), ("left", "x"), ("left", "")] {
        assert_eq!(vote(&mut a, side, voter), Err(ClientMessageError::Voter));
    }
    assert!(vote(&mut a, "top", "0123456789abcdef").unwrap_err().to_string().contains("unknown variant"));
    assert_eq!(a.take(r#"{"vote":"left"}"#, &hub), Err(ClientMessageError::Voter));
    for by in [r#""press":true"#, r#""value":17"#, r#""travel":1"#] {
        let text = format!(r#"{{"move":"vote.left",{by}}}"#);
        assert_eq!(a.take(&text, &hub), Err(ClientMessageError::Voter), "as the keyboard, or as anybody");
    }
    assert_eq!(inbox.try_iter().count(), 0);
    hub.lock().lock(&["vote.right".into()]);
    let locked = vote(&mut a, "left", "0123456789abcdef").unwrap_err();
    assert_eq!(locked.to_string(), "`vote.left` is locked in show mode");
    vote(&mut a, "right", "0123456789abcdef").unwrap();
    assert_eq!(inbox.try_iter().count(), 1);
}

/// A tap is a vote on the pair that the page shows, by the same voter as all its votes.
#[test]
fn a_tap_on_a_picture_names_its_pair_and_its_voter() {
    let (hub, inbox) = sample::hub();
    let mut input = ClientInput::new(0);
    let mut say = |text: &str| input.take(text, &hub).map(drop);
    say(r#"{"taste":"right","pair":"1152921504606846977","voter":"0123456789abcdef"}"#).unwrap();
    let sent = inbox.try_recv();
    let Ok(Command::Taste(TasteCommand::Prefer(VoteSide::Right, Voter::Page(_), Some(pair)))) = sent else {
        panic!("{sent:?}")
    };
    assert_eq!(pair, (1 << 60) + 1, "to the bit");
    for (text, error) in [
        (r#"{"taste":"left","voter":"0123456789abcdef"}"#, ClientMessageError::Pair),
        (r#"{"taste":"left","pair":"x","voter":"0123456789abcdef"}"#, ClientMessageError::Pair),
        (r#"{"taste":"left","pair":"1"}"#, ClientMessageError::Voter),
        (r#"{"taste":"left","pair":"1","voter":"another0another0"}"#, ClientMessageError::Voter),
        (r#"{"move":"taste.left","press":true}"#, ClientMessageError::Voter),
    ] {
        assert_eq!(say(text), Err(error), "{text}");
    }
    assert!(inbox.try_recv().is_err());
    say(r#"{"move":"taste.skip","press":true}"#).unwrap();
    assert_eq!(inbox.try_recv(), Ok(Command::Taste(TasteCommand::Skip(None))));
    hub.lock().lock(&["touch".into()]);
    let locked = say(r#"{"taste":"left","pair":"1","voter":"0123456789abcdef"}"#).unwrap_err();
    assert_eq!(locked.to_string(), "`taste.left` is locked in show mode");
}

#[test]
fn touches_of_two_clients_are_distinct_and_lifted_when_their_client_leaves() {
    let (hub, inbox) = sample::hub();
    let [mut a, mut b] = [ClientInput::new(0), ClientInput::new(1)];
    let touches = || -> Vec<(u32, Phase, f32)> {
        let touch = |c| match c {
            Command::Event(Event::Touch(t)) => Some((t.id, t.phase, t.dx)),
            _ => None,
        };
        inbox.try_iter().filter_map(touch).collect()
    };
    a.take(r#"{"touch":{"id":1,"x":0.5,"y":0.5,"phase":"move"}}"#, &hub).unwrap();
    assert!(touches().is_empty(), "a touch that is not down");
    a.take(r#"{"touch":{"id":1,"x":0.5,"y":0.5,"phase":"down"}}"#, &hub).unwrap();
    b.take(r#"{"touch":{"id":1,"x":0.5,"y":0.5,"phase":"down"}}"#, &hub).unwrap();
    a.take(r#"{"touch":{"id":1,"x":0.75,"y":9,"phase":"move"}}"#, &hub).unwrap();
    assert_eq!(
        touches(),
        [(REMOTE + 1, Phase::Down, 0.0), (REMOTE + 11, Phase::Down, 0.0), (REMOTE + 1, Phase::Move, 0.25)]
    );
    a.rest(&hub);
    a.leave(&hub);
    a.leave(&hub);
    b.take(r#"{"touch":{"id":1,"x":0.5,"y":0.5,"phase":"up"}}"#, &hub).unwrap();
    b.leave(&hub);
    assert_eq!(touches(), [(REMOTE + 1, Phase::Up, 0.0), (REMOTE + 11, Phase::Up, 0.0)]);
}

/// Messages that are nearly right, so that mutations reach deep.
const SEEDS: &[&str] = &[
    r#"{"move":"gas.inflow","travel":0.25}"#,
    r#"{"move":"layer.smoke.opacity","value":1e308}"#,
    r#"{"move":"voice.hum.edge","value":2}"#,
    r#"{"move":"master.fade","travel":0.5}"#,
    r#"{"move":"link.0","press":true}"#,
    r#"{"move":"show.reseed","value":-9}"#,
    r#"{"touch":{"id":3,"x":0.5,"y":0.5,"phase":"down","away":true}}"#,
    r#"{"touch":{"id":3,"x":-1e30,"y":7,"phase":"move"}}"#,
    r#"{"preview":true,"ping":1}"#,
    r#"{"vote":"left","voter":"0123456789abcdef"}"#,
    r#"{"move":"vote.right","value":17}"#,
    r#"{"taste":"left","pair":"7","voter":"0123456789abcdef"}"#,
];

fn is_sane(command: &Command) -> bool {
    match command {
        // Not that of the keyboard or of a number: a page votes for itself.
        Command::Vote(VoteCommand::Cast(_, voter)) => matches!(voter, Voter::Page(_)),
        Command::Taste(TasteCommand::Prefer(_, voter, pair)) => {
            matches!(voter, Voter::Page(_)) && pair.is_some()
        }
        Command::Event(Event::Set(_, v)) | Command::Tempo(v) => v.is_finite(),
        Command::Travel(_, t) => (0.0..=1.0).contains(t),
        Command::Event(Event::Touch(t)) => {
            let inside = |v: f32| (0.0..=1.0).contains(&v);
            inside(t.x) && inside(t.y) && t.dx.is_finite() && t.dy.is_finite() && t.id >= REMOTE
        }
        _ => true,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100_000))]
    #[test]
    fn no_message_breaks_it(
        seed in 0..SEEDS.len(), at in 0usize..70, byte in any::<u8>(), cut in 0usize..90,
        other in 0..SEEDS.len(), joined in 0usize..40, noise in ".{0,60}", pure in 0u8..8, number in any::<f64>(),
    ) {
        let (hub, inbox) = sample::hub();
        let mut input = ClientInput::new(5);
        let mut bytes = SEEDS[seed].as_bytes().to_vec();
        match pure {
            0 => bytes = noise.into_bytes(),
            1 => bytes = SEEDS[seed].replace("0.5", &number.to_string()).into_bytes(),
            2 => bytes.extend(&SEEDS[other].as_bytes()[joined.min(20)..]),
            _ => {
                if let Some(b) = bytes.get_mut(at) { *b = byte; }
                bytes.truncate(cut);
            }
        }
        let text = String::from_utf8_lossy(&bytes);
        let _ = input.take(SEEDS[6], &hub);
        if let Err(e) = input.take(&text, &hub) {
            prop_assert!(!e.to_string().is_empty());
        }
        input.leave(&hub);
        let (level, seconds) = hub.master().goal();
        prop_assert!((0.0..=1.0).contains(&level) && (0.0..=60.0).contains(&seconds));
        for command in inbox.try_iter() {
            prop_assert!(is_sane(&command), "{command:?} from {text}");
        }
    }
}
