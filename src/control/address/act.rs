//! What a move means: a command to the show, or the master's light at once. And the addresses that every show has.

use show::{Command, Cue, Hub, Master, State, Turn};
use world::params::{KnobKind, Spec};
use world::scene::Address;
use world::tape::Event;

use super::{AddressError, Kind, Move, Place, Spot};

/// Seconds that the light takes to follow a fader: longer than the gap between two steps of one, shorter than a wait.
const FADER: f32 = 0.15;

/// Something to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// Sent to the show.
    Send(Command),
    /// The picture goes black, or comes back; at once, past the show's thread.
    Black(bool),
    /// The picture stands, or goes on; at once.
    Freeze(bool),
    /// The light goes to this level (0..1) within so many seconds; at once.
    Fade(f32, f32),
    /// The volume of all sound (0..1), and whether it is muted; at once.
    Volume(f32, bool),
}

impl Act {
    /// Does it.
    pub fn apply(self, hub: &Hub) {
        match self {
            Self::Send(command) => hub.send(command),
            Self::Black(on) => hub.master().black_out(on),
            Self::Freeze(on) => hub.master().freeze(on),
            Self::Fade(level, seconds) => hub.master().fade(level, seconds),
            Self::Volume(volume, mute) => hub.set_volume(volume, mute),
        }
    }
}

/// What lies at the addresses that every show has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fixed {
    /// Blackout.
    Black,
    /// Freeze.
    Freeze,
    /// Level of the light.
    Fade,
    /// Volume of all sound.
    Volume,
    /// No sound.
    Mute,
    /// The flash limiter.
    Limiter,
    /// Recording.
    Record,
    /// The clock stands.
    Pause,
    /// One tick.
    Step,
    /// Next cue.
    Go,
    /// Cue before.
    Back,
    /// A move taken back.
    Undo,
    /// Done again.
    Redo,
    /// Scene, seed and knobs are kept.
    Favour,
    /// Kept ones come back in turn.
    Favourite,
    /// As the scene's file says.
    Reset,
    /// Another seed.
    Reseed,
    /// A beat now.
    Tap,
    /// Beats a minute.
    Tempo,
    /// Two sides change places.
    Swap,
    /// The next way to share the picture.
    Way,
    /// Less of the right side.
    Less,
    /// More of it.
    More,
}

/// Addresses of every show, with one sentence each.
pub const FIXED: &[(&str, Fixed, &str)] = &[
    ("master.blackout", Fixed::Black, "The picture is black; acts at once, also while the engine hangs."),
    ("master.freeze", Fixed::Freeze, "The picture stands still; acts at once."),
    ("master.fade", Fixed::Fade, "Light of the whole picture; acts at once."),
    ("master.volume", Fixed::Volume, "Volume of all sound; acts at once."),
    ("master.mute", Fixed::Mute, "No sound; acts at once."),
    ("master.limiter", Fixed::Limiter, "The flash limiter; switching it off is written to the log."),
    ("master.record", Fixed::Record, "Records the picture."),
    ("show.go", Fixed::Go, "The next cue."),
    ("show.back", Fixed::Back, "The cue before."),
    ("show.pause", Fixed::Pause, "The clock stands."),
    ("show.step", Fixed::Step, "One tick while the clock stands."),
    ("show.undo", Fixed::Undo, "Takes the last move of a knob back."),
    ("show.redo", Fixed::Redo, "Does again what was taken back last."),
    ("show.favour", Fixed::Favour, "Scene, seed and knobs as they are now become a favourite."),
    ("show.favourite", Fixed::Favourite, "The next favourite comes back."),
    ("show.reset", Fixed::Reset, "Everything as the scene's file says, with the light back."),
    ("show.reseed", Fixed::Reseed, "All worlds are born anew from the next seed, or from the one given."),
    ("tempo.tap", Fixed::Tap, "A beat is now."),
    ("tempo.bpm", Fixed::Tempo, "Tempo in beats a minute; 0 lets the next source take over."),
    ("sides.swap", Fixed::Swap, "Left becomes right."),
    ("sides.way", Fixed::Way, "The next way for two sides to share the picture."),
    ("sides.less", Fixed::Less, "Less of the right side."),
    ("sides.more", Fixed::More, "More of the right side."),
];

/// The tempo as a knob.
static TEMPO: Spec = Spec::new("bpm", "Tempo.", KnobKind::Real, 120.0, 0.0, 400.0).unit("beats a minute");

impl Fixed {
    /// What kind of thing it is.
    pub fn kind(self) -> Kind {
        match self {
            Self::Black | Self::Freeze | Self::Mute | Self::Limiter | Self::Record | Self::Pause => {
                Kind::Switch
            }
            Self::Fade | Self::Volume => Kind::Level,
            Self::Tempo => Kind::Knob(&TEMPO),
            _ => Kind::Trigger,
        }
    }

    /// Its value; nothing for triggers.
    pub fn value(self, state: &State, master: &Master) -> Option<f64> {
        let on = |b: bool| Some(b as u8 as f64);
        match self {
            Self::Black => on(master.is_black()),
            Self::Freeze => on(master.is_frozen()),
            Self::Mute => on(master.is_mute()),
            Self::Volume => Some(master.volume() as f64),
            Self::Limiter => on(state.limiter.on),
            Self::Record => on(state.record.is_some()),
            Self::Pause => on(state.paused),
            Self::Fade => Some(master.goal().0 as f64),
            Self::Tempo => Some(state.tempo.bpm),
            _ => None,
        }
    }

    fn switched(self, on: bool) -> Act {
        match self {
            Self::Black => Act::Black(on),
            Self::Freeze => Act::Freeze(on),
            Self::Limiter => Act::Send(Command::Limiter(on)),
            Self::Record => Act::Send(Command::Record(on)),
            _ => Act::Send(Command::Pause(on)),
        }
    }

    fn fired(self, given: Option<f64>, state: &State) -> Command {
        match self {
            Self::Go => Command::Cue(Cue::Go),
            Self::Back => Command::Cue(Cue::Back),
            Self::Step => Command::Step,
            Self::Undo => Command::Undo,
            Self::Redo => Command::Redo,
            Self::Favour => Command::Favour,
            Self::Favourite => Command::Favourite,
            Self::Tap => Command::Tap,
            Self::Swap => Command::Turn(Turn::Swap),
            Self::Way => Command::Turn(Turn::Way),
            Self::Less => Command::Turn(Turn::Back),
            Self::More => Command::Turn(Turn::On),
            Self::Reseed => {
                let next = state.seed.wrapping_add(1);
                Command::Event(Event::Reseed(given.filter(|&v| v > 1.0).map_or(next, |v| v as u64)))
            }
            _ => Command::Reset,
        }
    }
}

/// What a move of a place means. A trigger moved to less than one half is a
/// button let go, which asks nothing.
pub fn act_on(spot: &Spot, to: Move, state: &State, master: &Master) -> Result<Option<Act>, AddressError> {
    if let Move::Travel(v) | Move::Value(v) = to
        && !v.is_finite()
    {
        return Err(AddressError::NoNumber(spot.address.to_string()));
    }
    let (place, address) = (spot.place, &spot.address);
    Ok(Some(match place.kind() {
        Kind::Trigger if matches!(to, Move::Travel(v) | Move::Value(v) if v < 0.5) => return Ok(None),
        Kind::Trigger => Act::Send(fire(place, to, state)),
        Kind::Switch => {
            let on = match to {
                Move::Travel(v) | Move::Value(v) => v >= 0.5,
                Move::Press => place.value(state, master).unwrap_or(0.0) < 0.5,
            };
            match place {
                Place::Fixed(Fixed::Mute) => Act::Volume(master.volume(), on),
                _ => switch(place, address, on),
            }
        }
        Kind::Level if place == Place::Fixed(Fixed::Volume) => {
            Act::Volume(level(place, to, state, master), master.is_mute())
        }
        Kind::Level => Act::Fade(level(place, to, state, master), FADER),
        Kind::Knob(_) if place == Place::Fixed(Fixed::Tempo) => Act::Send(tempo(to)),
        Kind::Knob(spec) => Act::Send(match to {
            Move::Travel(t) => Command::Travel(address.clone(), t.clamp(0.0, 1.0)),
            Move::Value(v) => set(address, spec.clamp(v)),
            Move::Press if spec.kind == KnobKind::Switch => {
                set(address, (place.value(state, master).unwrap_or(0.0) < 0.5) as u8 as f64)
            }
            Move::Press => set(address, spec.default),
        }),
    }))
}

fn set(address: &Address, value: f64) -> Command {
    Command::Event(Event::Set(address.clone(), value))
}

fn switch(place: Place, address: &Address, on: bool) -> Act {
    match place {
        Place::Fixed(f) => f.switched(on),
        Place::Link(l) => Act::Send(Command::Event(Event::Link(l, on))),
        _ => Act::Send(set(address, on as u8 as f64)),
    }
}

/// A press of the light's fader switches between dark and full.
fn level(place: Place, to: Move, state: &State, master: &Master) -> f32 {
    match to {
        Move::Travel(v) | Move::Value(v) => v.clamp(0.0, 1.0) as f32,
        Move::Press => (place.value(state, master).unwrap_or(1.0) < 0.5) as u8 as f32,
    }
}

fn tempo(to: Move) -> Command {
    match to {
        Move::Travel(t) => Command::Tempo(TEMPO.value_at(t)),
        Move::Value(v) => Command::Tempo(TEMPO.clamp(v)),
        Move::Press => Command::Tap,
    }
}

fn fire(place: Place, to: Move, state: &State) -> Command {
    let given = match to {
        Move::Value(v) => Some(v),
        _ => None,
    };
    match place {
        Place::Scene(n) => Command::Scene(n),
        Place::Cue(n) => Command::Cue(Cue::To(n)),
        Place::Keep(n) => Command::Keep(n),
        Place::Recall(n) => Command::Recall(n),
        Place::Fixed(f) => f.fired(given, state),
        _ => Command::Reset,
    }
}
