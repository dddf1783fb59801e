//! Show mode (kiosk): all control is locked except for a list of addresses, and no controls are shown over the picture.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use arc_swap::ArcSwapOption;

use super::{Command, CueTarget, SceneDescription, SplitCommand, TasteCommand, VoteCommand};
use world::tape::Event;
use world::votes::VoteSide;

/// What a locked show allows by default: visitors' touches and votes, incoming signals and beats, cues, and the
/// operator's master controls and reset.
pub const ALLOWED: &[&str] = &[
    "touch",
    "signal.*",
    "tempo.*",
    "cue.*",
    "vote.left",
    "vote.right",
    "taste.*",
    "show.go",
    "show.back",
    "show.reset",
    "master.blackout",
    "master.freeze",
    "master.fade",
    "master.volume",
    "master.mute",
];

/// The show-mode lock.
#[derive(Debug, Default)]
pub struct Lock {
    rules: ArcSwapOption<Vec<String>>,
    rejected: AtomicU64,
}

impl Lock {
    /// Locks all but these addresses; a trailing `*` is a wildcard.
    pub fn lock(&self, allow: &[String]) {
        self.rules.store(Some(Arc::new(allow.to_vec())));
    }
    /// Allows everything again.
    pub fn unlock(&self) {
        self.rules.store(None);
    }
    /// Whether it is locked.
    pub fn is_locked(&self) -> bool {
        self.rules.load().is_some()
    }
    /// Commands rejected so far.
    pub fn rejected(&self) -> u64 {
        self.rejected.load(Relaxed)
    }

    /// Whether an address may be changed; rejections are counted.
    pub fn allows(&self, address: &str) -> bool {
        self.allows_one(&[address.into()])
    }

    /// The same for a command in the scene of `description`, by any of its addresses.
    pub fn permits(&self, command: &Command, description: &SceneDescription) -> bool {
        !self.is_locked()
            || address_of(command).is_none_or(|a| self.allows_one(&names(command, a, description)))
    }

    fn allows_one(&self, names: &[String]) -> bool {
        let rules = self.rules.load();
        let passes = |rule: &String| names.iter().any(|n| passes(rule, n));
        let allowed = rules.as_ref().is_none_or(|rules| rules.iter().any(passes));
        self.rejected.fetch_add(!allowed as u64, Relaxed);
        allowed
    }
}

/// An address, and the same with the scene as a prefix, or by the name of a scene or cue.
fn names(command: &Command, address: String, description: &SceneDescription) -> Vec<String> {
    let other = match command {
        Command::Scene(n) => description.scenes.get(*n).map(|s| format!("scene.{s}")),
        Command::Cue(CueTarget::To(n)) => description.cues.get(*n).map(|c| format!("cue.{}", c.name)),
        _ => description.scenes.get(description.scene).map(|s| format!("{s}.{address}")),
    };
    std::iter::once(address).chain(other).collect()
}

fn passes(rule: &str, address: &str) -> bool {
    rule.strip_suffix('*').map_or(rule == address, |head| address.starts_with(head))
}

/// The address on which a command acts; `None` for internal events.
fn address_of(command: &Command) -> Option<String> {
    let fixed = match command {
        Command::Event(event) => return of_event(event),
        Command::Travel(address, _) => return Some(address.to_string()),
        Command::Scene(n) => return Some(format!("scene.{n}")),
        Command::Cue(CueTarget::To(n)) => return Some(format!("cue.{n}")),
        Command::Keep(n) => return Some(format!("keep.{n}")),
        Command::Recall(n) => return Some(format!("recall.{n}")),
        Command::Pause(_) => "show.pause",
        Command::Step => "show.step",
        Command::Cue(CueTarget::Go) => "show.go",
        Command::Cue(CueTarget::Back) => "show.back",
        Command::Turn(SplitCommand::Swap) => "sides.swap",
        Command::Turn(SplitCommand::Way) => "sides.way",
        Command::Turn(SplitCommand::Back) => "sides.less",
        Command::Turn(SplitCommand::On) => "sides.more",
        Command::Vote(VoteCommand::Cast(VoteSide::Left, _)) => "vote.left",
        Command::Vote(VoteCommand::Cast(VoteSide::Right, _)) => "vote.right",
        Command::Vote(VoteCommand::Reveal) => "vote.reveal",
        Command::Vote(VoteCommand::Next) => "vote.next",
        Command::Taste(TasteCommand::Prefer(VoteSide::Left, ..)) => "taste.left",
        Command::Taste(TasteCommand::Prefer(VoteSide::Right, ..)) => "taste.right",
        Command::Taste(TasteCommand::Skip(_)) => "taste.skip",
        Command::Look(_) => "show.gaze",
        Command::Undo => "show.undo",
        Command::Redo => "show.redo",
        Command::Favour => "show.favour",
        Command::Favourite => "show.favourite",
        Command::Reset => "show.reset",
        Command::Tap | Command::Beat => "tempo.tap",
        Command::Tempo(_) => "tempo.bpm",
        Command::Record(_) => "master.record",
        Command::Limiter(_) => "master.limiter",
    };
    Some(fixed.into())
}

fn of_event(event: &Event) -> Option<String> {
    match event {
        Event::Set(address, _) => Some(address.to_string()),
        Event::Link(n, _) => Some(format!("link.{n}")),
        Event::Signal(name, _) => Some(format!("signal.{name}")),
        Event::Room(_) => Some("signal.sound".into()),
        Event::Touch(_) => Some("touch".into()),
        Event::Reseed(_) => Some("show.reseed".into()),
        Event::Enter(_) | Event::Swap(_) | Event::Reborn(_) | Event::Hurry(_) | Event::Mark => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locked_show_takes_what_is_allowed_and_counts_the_rest() {
        let lock = Lock::default();
        let (knob, description) =
            (Command::Event(Event::Set("ink.speed".into(), 1.0)), SceneDescription::default());
        assert!(lock.permits(&knob, &description) && !lock.is_locked());
        lock.lock(&ALLOWED.iter().map(|a| a.to_string()).collect::<Vec<_>>());
        for command in [&knob, &Command::Scene(1), &Command::Undo, &Command::Limiter(false)] {
            assert!(!lock.permits(command, &description), "{command:?}");
        }
        for command in
            [Command::Cue(CueTarget::Go), Command::Cue(CueTarget::To(3)), Command::Reset, Command::Tap]
        {
            assert!(lock.permits(&command, &description), "{command:?}");
        }
        assert!(lock.allows("master.blackout") && !lock.allows("master.limiter"));
        assert_eq!(lock.rejected(), 5);
        lock.lock(&["ink.*".into()]);
        assert!(lock.permits(&knob, &description) && !lock.permits(&Command::Reset, &description));
        lock.unlock();
        assert!(lock.permits(&Command::Reset, &description));
    }

    #[test]
    fn each_kind_of_event_has_its_own_name() {
        use world::system::{Phase, Touch};
        let (x, y, dx, dy, radius, strength, phase) = (0.5, 0.5, 0.0, 0.0, 0.1, 1.0, Phase::Move);
        let events = [
            ("touch", Event::Touch(Touch { id: 0, x, y, dx, dy, radius, strength, phase })),
            ("signal.osc.x", Event::Signal("osc.x".into(), 1.0)),
            ("link.3", Event::Link(3, true)),
            ("show.reseed", Event::Reseed(4)),
            ("a.b", Event::Set("a.b".into(), 1.0)),
        ];
        let (lock, description) = (Lock::default(), SceneDescription::default());
        for (allowed, _) in &events {
            lock.lock(&[allowed.to_string()]);
            for (name, event) in &events {
                let permits = lock.permits(&Command::Event(event.clone()), &description);
                assert_eq!(permits, name == allowed, "{name} where {allowed} is allowed");
            }
        }
        lock.lock(&[]);
        assert!(!lock.allows("touch"), "nothing is allowed where the list is empty");
    }

    #[test]
    fn scenes_cues_and_knobs_go_by_their_names_too() {
        let cue = crate::CueDescription { name: "storm".into(), ..Default::default() };
        let description = SceneDescription {
            scenes: vec!["dawn".into(), "dusk".into()],
            scene: 1,
            cues: vec![cue],
            ..SceneDescription::default()
        };
        let lock = Lock::default();
        let permits = |rule: &str, command: Command| {
            lock.lock(&[rule.into()]);
            lock.permits(&command, &description)
        };
        let knob = || Command::Travel("a.b".into(), 0.5);
        assert!(permits("scene.dusk", Command::Scene(1)) && permits("scene.1", Command::Scene(1)));
        assert!(!permits("scene.dusk", Command::Scene(0)));
        assert!(
            permits("cue.storm", Command::Cue(CueTarget::To(0)))
                && !permits("cue.storm", Command::Cue(CueTarget::To(1)))
        );
        assert!(permits("dusk.a.*", knob()) && permits("a.b", knob()) && !permits("dawn.a.b", knob()));
        assert!(
            permits("master.record", Command::Record(true))
                && !permits("master.record", Command::Limiter(false))
        );
    }

    #[test]
    fn internal_events_pass_and_are_not_counted() {
        let (lock, description) = (Lock::default(), SceneDescription::default());
        lock.lock(&[]);
        for event in [Event::Mark, Event::Hurry(3)] {
            assert!(lock.permits(&Command::Event(event), &description));
        }
        assert!(lock.is_locked() && lock.rejected() == 0);
        assert!(!lock.allows("") && lock.rejected() == 1);
        lock.lock(&["*".into()]);
        assert!(lock.allows("") && lock.allows("a.b") && lock.rejected() == 1);
    }
}
