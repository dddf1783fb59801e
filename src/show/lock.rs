//! Show mode: all hands are locked but for what a list allows, and no control is seen over the picture.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use arc_swap::ArcSwapOption;

use super::{Command, CueTarget, SceneDescription, SplitCommand};
use world::tape::Event;

/// What may be done in a locked show that says nothing else: visitors touch, signals and the beat come in, cues go on,
/// and whoever is responsible can darken, freeze and reset it.
pub const ALLOWED: &[&str] = &[
    "touch",
    "signal.*",
    "tempo.*",
    "cue.*",
    "show.go",
    "show.back",
    "show.reset",
    "master.blackout",
    "master.freeze",
    "master.fade",
    "master.volume",
    "master.mute",
];

/// The lock of a show.
#[derive(Debug, Default)]
pub struct Lock {
    rules: ArcSwapOption<Vec<String>>,
    rejected: AtomicU64,
}

impl Lock {
    /// Locks all but these addresses; one that ends in `*` stands for all that begin so.
    pub fn lock(&self, allow: &[String]) {
        self.rules.store(Some(Arc::new(allow.to_vec())));
    }
    /// Everything is allowed again.
    pub fn unlock(&self) {
        self.rules.store(None);
    }
    /// Whether it is locked.
    pub fn is_locked(&self) -> bool {
        self.rules.load().is_some()
    }
    /// Moves that were refused so far.
    pub fn rejected(&self) -> u64 {
        self.rejected.load(Relaxed)
    }

    /// Whether an address may be moved; a refusal is counted.
    pub fn allows(&self, address: &str) -> bool {
        self.allows_one(&[address.into()])
    }

    /// The same for a command in a show as `description` has it, by any of the names that hands may call it.
    pub fn lets(&self, command: &Command, description: &SceneDescription) -> bool {
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

/// An address, and the same with the scene in front, or by the name that a scene or a cue bears.
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

/// The address at which a command acts; none for what no hand asks for.
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
        assert!(lock.lets(&knob, &description) && !lock.is_locked());
        lock.lock(&ALLOWED.iter().map(|a| a.to_string()).collect::<Vec<_>>());
        for command in [&knob, &Command::Scene(1), &Command::Undo, &Command::Limiter(false)] {
            assert!(!lock.lets(command, &description), "{command:?}");
        }
        for command in
            [Command::Cue(CueTarget::Go), Command::Cue(CueTarget::To(3)), Command::Reset, Command::Tap]
        {
            assert!(lock.lets(&command, &description), "{command:?}");
        }
        assert!(lock.allows("master.blackout") && !lock.allows("master.limiter"));
        assert_eq!(lock.rejected(), 5);
        lock.lock(&["ink.*".into()]);
        assert!(lock.lets(&knob, &description) && !lock.lets(&Command::Reset, &description));
        lock.unlock();
        assert!(lock.lets(&Command::Reset, &description));
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
                let lets = lock.lets(&Command::Event(event.clone()), &description);
                assert_eq!(lets, name == allowed, "{name} where {allowed} is allowed");
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
        let lets = |rule: &str, command: Command| {
            lock.lock(&[rule.into()]);
            lock.lets(&command, &description)
        };
        let knob = || Command::Travel("a.b".into(), 0.5);
        assert!(lets("scene.dusk", Command::Scene(1)) && lets("scene.1", Command::Scene(1)));
        assert!(!lets("scene.dusk", Command::Scene(0)));
        assert!(
            lets("cue.storm", Command::Cue(CueTarget::To(0)))
                && !lets("cue.storm", Command::Cue(CueTarget::To(1)))
        );
        assert!(lets("dusk.a.*", knob()) && lets("a.b", knob()) && !lets("dawn.a.b", knob()));
        assert!(
            lets("master.record", Command::Record(true)) && !lets("master.record", Command::Limiter(false))
        );
    }

    #[test]
    fn what_no_hand_asks_for_passes_and_is_not_counted() {
        let (lock, description) = (Lock::default(), SceneDescription::default());
        lock.lock(&[]);
        for event in [Event::Mark, Event::Hurry(3)] {
            assert!(lock.lets(&Command::Event(event), &description));
        }
        assert!(lock.is_locked() && lock.rejected() == 0);
        assert!(!lock.allows("") && lock.rejected() == 1);
        lock.lock(&["*".into()]);
        assert!(lock.allows("") && lock.allows("a.b") && lock.rejected() == 1);
    }
}
