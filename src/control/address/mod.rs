//! One address space for every hand: each thing that can be moved has a name, whatever moves it.
//!
//! `NODE.KNOB`, `NODE.SWITCH`, `layer.NAME.KNOB`, `voice.NAME.KNOB`, what is counted ([`NUMBERED`]: `link.N`, `scene.N`, …),
//! and the fixed ones of [`FIXED`]. OSC writes `/` for the dot.
//!
//! What belongs to a scene may be written with the scene's name in front, `SCENE.NODE.KNOB`: the same address while that
//! scene plays, and nowhere while another does. So one control can move another knob in every scene.

mod act;
pub mod fixed;
mod numbered;

pub use act::Act;
pub use fixed::{FIXED, Fixed};
pub use numbered::{NUMBERED, Numbered};

use show::{Face, Hub, Master, State};
use world::params::{KnobKind, Spec};
use world::scene::{Address as Name, Parameter, Target};

use act::act_on;

/// What kind of thing lies at an address.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// A knob with range and scale.
    Knob(&'static Spec),
    /// On or off.
    Switch,
    /// A number 0..1.
    Level,
    /// Something that happens when pressed; it has no value.
    Trigger,
}

/// One address of a show.
#[derive(Clone, Debug, PartialEq)]
pub struct Address {
    /// As everybody writes it.
    pub name: String,
    /// What lies there.
    pub kind: Kind,
    /// One sentence.
    pub about: String,
}

/// What is asked of an address.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Move {
    /// A place of its travel, 0..1.
    Travel(f64),
    /// A value in its unit.
    Value(f64),
    /// A button goes down: triggers fire, switches change over, a knob goes to its default.
    Press,
}

/// Why a move cannot be made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AddressError {
    /// Nothing lies there.
    #[error("nothing lies at `{0}`")]
    Unknown(String),
    /// It is longer than any address is.
    #[error("an address of {0} bytes was given, expected at most {LONGEST}")]
    Long(usize),
    /// Show mode does not allow it.
    #[error("`{0}` is locked in show mode")]
    Locked(String),
    /// It lies in a scene that does not play.
    #[error("`{address}` lies in the scene {scene}, which is not in front")]
    Elsewhere {
        /// What was asked for.
        address: String,
        /// The scene that it names.
        scene: String,
    },
    /// The number is none.
    #[error("`{0}` was sent no number, expected a finite one")]
    NoNumber(String),
}

/// What lies at an address, resolved: it holds as long as the face does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Place {
    /// A knob of the scene.
    Knob(Target, &'static Spec),
    /// A switch of the scene.
    Switch(Target),
    /// One of what is counted.
    Numbered(&'static Numbered, usize),
    /// One of [`FIXED`].
    Fixed(&'static Fixed),
}

/// Slots for kept knobs.
pub const SLOTS: usize = 10;
/// Longest address that is looked up, bytes.
pub const LONGEST: usize = 255;

/// First words of a scene's knobs that are no node's name.
const PARTS: &[&str] = &["layer", "voice"];

/// The scene that an address names, if it names one.
pub fn scene_of(address: &str) -> Option<&str> {
    let (scene, rest) = address.split_once('.')?;
    let mut heads = FIXED.iter().map(|f| f.head()).chain(NUMBERED.iter().map(|n| n.head));
    let is_head = PARTS.contains(&scene) || heads.any(|h| h == scene);
    (rest.contains('.') && !is_head).then_some(scene)
}

/// An address with the name of the scene in front, where it belongs to that scene.
pub fn in_scene(face: &Face, address: &str) -> String {
    match (face.scenes.get(face.scene), Spot::own(face, address)) {
        (Some(scene), Some(spot)) if spot.place.is_scenes() => format!("{scene}.{address}"),
        _ => address.into(),
    }
}

/// The address without the name of the scene in front.
pub fn plain<'a>(face: &Face, address: &'a str) -> &'a str {
    let scene = face.scenes.get(face.scene);
    let rest = scene.and_then(|s| address.strip_prefix(s.as_str())?.strip_prefix('.'));
    rest.filter(|r| Spot::own(face, r).is_some_and(|s| s.place.is_scenes())).unwrap_or(address)
}

/// An address that was found in a face: what lies there, and how the show calls it.
#[derive(Clone, Debug, PartialEq)]
pub struct Spot {
    /// What lies there.
    pub place: Place,
    /// Its name without the scene's, with its place in the scene's directory.
    pub address: Name,
}

impl Spot {
    /// Where an address leads in a face, with the scene's name in front or without.
    pub fn find(face: &Face, address: &str) -> Option<Self> {
        Self::own(face, address).or_else(|| Self::own(face, plain(face, address)))
    }

    fn own(face: &Face, address: &str) -> Option<Self> {
        let named = |place| Some(Self { place, address: address.into() });
        if let Some(fixed) = FIXED.iter().find(|f| f.name == address) {
            return named(Place::Fixed(fixed));
        }
        match Numbered::find(face, address) {
            Some((kind, n)) => named(Place::Numbered(kind, n)),
            None => face.directory.find(address).map(Self::of),
        }
    }

    fn of(parameter: &Parameter) -> Self {
        let place = match parameter.spec {
            Some(spec) => Place::Knob(parameter.target, spec),
            None => Place::Switch(parameter.target),
        };
        Self { place, address: parameter.address.clone() }
    }
}

impl Place {
    /// Where an address leads in a face, with the scene's name in front or without.
    pub fn find(face: &Face, address: &str) -> Option<Self> {
        Spot::find(face, address).map(|spot| spot.place)
    }

    /// Whether it is the scene's, and means something else or nothing in another.
    pub fn is_scenes(&self) -> bool {
        match self {
            Self::Knob(..) | Self::Switch(_) => true,
            Self::Numbered(kind, _) => kind.is_scenes,
            Self::Fixed(_) => false,
        }
    }

    /// What kind of thing it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Knob(_, spec) => Kind::Knob(spec),
            Self::Switch(_) => Kind::Switch,
            Self::Numbered(kind, _) => kind.kind(),
            Self::Fixed(f) => f.kind(),
        }
    }

    /// The value as set by hand, in its unit (switches 0 or 1); nothing for triggers and while no state is known.
    pub fn value(&self, state: &State, master: &Master) -> Option<f64> {
        match *self {
            Self::Knob(target, _) | Self::Switch(target) => state.set_at(target),
            Self::Numbered(kind, n) => kind.value(n, state),
            Self::Fixed(f) => f.value(state, master),
        }
    }

    /// The value in force, after links have moved it.
    pub fn now(&self, state: &State, master: &Master) -> Option<f64> {
        match *self {
            Self::Knob(target, _) => state.now_at(target),
            _ => self.value(state, master),
        }
    }

    /// The value as set, as a place of its travel, 0..1.
    pub fn travel(&self, state: &State, master: &Master) -> Option<f64> {
        let value = self.value(state, master)?;
        Some(match self.kind() {
            Kind::Knob(spec) => spec.position_of(value),
            _ => value,
        })
    }
}

/// Every address of a show, in the order of the panel: fixed ones, scenes, cues, slots, nodes, layers, voices, links.
pub fn list(face: &Face) -> Vec<Address> {
    let mut all: Vec<Address> = FIXED
        .iter()
        .map(|f| Address { name: f.name.into(), kind: f.kind(), about: f.about.into() })
        .collect();
    let counted = |is_scenes| {
        let kinds = NUMBERED.iter().filter(move |k| k.is_scenes == is_scenes);
        kinds.flat_map(|k| (0..(k.count)(face)).map(move |n| (k, n))).map(|(k, n)| Address {
            name: k.address(n),
            kind: k.kind(),
            about: (k.told)(face, n),
        })
    };
    all.extend(counted(false));
    for p in face.directory.iter() {
        let switch = || p.address.rsplit_once('.').map_or("it", |a| a.1).to_string();
        let about = p.spec.map_or_else(|| format!("Whether {} is on.", switch()), |s| s.doc().into());
        let kind = p.spec.map_or(Kind::Switch, Kind::Knob);
        all.push(Address { name: p.address.to_string(), kind, about });
    }
    all.extend(counted(true));
    all
}

/// Where an address leads; one that is longer than any is not looked for.
fn find(face: &Face, address: &str) -> Result<Spot, AddressError> {
    match address.len() <= LONGEST {
        true => Spot::find(face, address).ok_or_else(|| unknown(face, address)),
        false => Err(AddressError::Long(address.len())),
    }
}

/// What a move of an address means, for the show as it is; nothing where a trigger's button is let go.
pub fn act(hub: &Hub, address: &str, to: Move) -> Result<Option<Act>, AddressError> {
    let state = hub.state();
    let spot = find(&state.face, address)?;
    act_on(&spot, to, &state, hub.master())
}

/// Makes a move.
pub fn apply(hub: &Hub, address: &str, to: Move) -> Result<(), AddressError> {
    let state = hub.state();
    let spot = find(&state.face, address)?;
    apply_at(hub, &spot, to).map_err(|e| match e {
        // In the words of whoever asked.
        AddressError::Locked(_) => AddressError::Locked(address.into()),
        other => other,
    })
}

/// Makes a move of what was found before, in the face of the show as it is.
pub fn apply_at(hub: &Hub, spot: &Spot, to: Move) -> Result<(), AddressError> {
    if let Some(act) = act_on(spot, to, &hub.state(), hub.master())? {
        let allowed = match &act {
            Act::Send(command) => hub.lets(command),
            _ => hub.lock().allows(&spot.address),
        };
        if !allowed {
            return Err(AddressError::Locked(spot.address.to_string()));
        }
        act.apply(hub);
    }
    Ok(())
}

/// The error for an address that leads nowhere. It costs no more than the address is long: whoever wants to know what lies
/// near asks [`near`].
pub fn unknown(face: &Face, address: &str) -> AddressError {
    let other = |s: &&str| face.scenes.iter().enumerate().any(|(i, n)| n == s && i != face.scene);
    match scene_of(address).filter(other) {
        Some(scene) => AddressError::Elsewhere { address: address.into(), scene: scene.into() },
        None => AddressError::Unknown(address.into()),
    }
}

/// An error as a person is to read it: with the nearest address that there is. The work is bounded, and still far more
/// than a move may cost, so nothing but text for people asks for it.
pub fn told(error: &AddressError, face: &Face) -> String {
    match error {
        AddressError::Unknown(address) => match near(face, address) {
            Some(near) => format!("{error}; did you mean `{near}`?"),
            None => error.to_string(),
        },
        _ => error.to_string(),
    }
}

/// The address that is nearest to a mistyped one, if one is near.
pub fn near(face: &Face, address: &str) -> Option<String> {
    let names = list(face).into_iter().map(|a| a.name);
    let measured = alike(address, names).map(|n| (strsim::damerau_levenshtein(&n, address), n));
    measured.min().filter(|(distance, name)| *distance <= apart(name)).map(|(_, name)| name)
}

/// Letters by which a name and what is taken for it may differ.
fn apart(name: &str) -> usize {
    1 + name.len() / 3
}

/// The names whose length alone does not rule them out.
fn alike<'a>(
    address: &'a str,
    names: impl Iterator<Item = String> + 'a,
) -> impl Iterator<Item = String> + 'a {
    names.filter(|n| address.len() <= LONGEST && n.len().abs_diff(address.len()) <= 4 * apart(n))
}

/// What values an address takes, as a person would say it.
pub fn range_text(kind: Kind) -> String {
    match kind {
        Kind::Knob(s) if s.unit.is_empty() || matches!(s.kind, KnobKind::Choice(_) | KnobKind::Switch) => {
            s.range_text()
        }
        Kind::Knob(s) => format!("{} {}", s.range_text(), s.unit),
        Kind::Switch => "0 or 1".into(),
        Kind::Level => "a number in 0..=1".into(),
        Kind::Trigger => "pressed".into(),
    }
}

#[cfg(test)]
mod tests;
