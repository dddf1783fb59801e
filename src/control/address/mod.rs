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

pub use act::ControlAction;
pub use fixed::{FIXED, Fixed};
pub use numbered::{NUMBERED, Numbered};

use show::{Hub, Master, SceneDescription, ShowState};
use world::params::{KnobKind, ParamSpec};
use world::scene::{Address, Parameter, Target};

use act::act_on;

/// What kind of thing lies at an address.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum AddressKind {
    /// A knob with range and scale.
    Knob(&'static ParamSpec),
    /// On or off.
    Switch,
    /// A number 0..1.
    Level,
    /// Something that happens when pressed; it has no value.
    Trigger,
}

/// One address of a show.
#[derive(Clone, Debug, PartialEq)]
pub struct AddressInfo {
    /// As everybody writes it.
    pub name: String,
    /// What lies there.
    pub kind: AddressKind,
    /// One sentence.
    pub about: String,
}

/// What is asked of an address.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ControlInput {
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
pub enum AddressTarget {
    /// A knob of the scene.
    Knob(Target, &'static ParamSpec),
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
pub fn in_scene(description: &SceneDescription, address: &str) -> String {
    match (description.scenes.get(description.scene), ResolvedAddress::own(description, address)) {
        (Some(scene), Some(resolved)) if resolved.place.is_scenes() => format!("{scene}.{address}"),
        _ => address.into(),
    }
}

/// The address without the name of the scene in front.
pub fn plain<'a>(description: &SceneDescription, address: &'a str) -> &'a str {
    let scene = description.scenes.get(description.scene);
    let rest = scene.and_then(|s| address.strip_prefix(s.as_str())?.strip_prefix('.'));
    rest.filter(|r| ResolvedAddress::own(description, r).is_some_and(|s| s.place.is_scenes()))
        .unwrap_or(address)
}

/// An address that was found in a face: what lies there, and how the show calls it.
#[derive(Clone, Debug, PartialEq)]
pub struct ResolvedAddress {
    /// What lies there.
    pub place: AddressTarget,
    /// Its name without the scene's, with its place in the scene's directory.
    pub address: Address,
}

impl ResolvedAddress {
    /// Where an address leads in a face, with the scene's name in front or without.
    pub fn find(description: &SceneDescription, address: &str) -> Option<Self> {
        Self::own(description, address).or_else(|| Self::own(description, plain(description, address)))
    }

    fn own(description: &SceneDescription, address: &str) -> Option<Self> {
        let named = |place| Some(Self { place, address: address.into() });
        if let Some(fixed) = FIXED.iter().find(|f| f.name == address) {
            return named(AddressTarget::Fixed(fixed));
        }
        match Numbered::find(description, address) {
            Some((kind, n)) => named(AddressTarget::Numbered(kind, n)),
            None => description.directory.find(address).map(Self::of),
        }
    }

    fn of(parameter: &Parameter) -> Self {
        let place = match parameter.spec {
            Some(spec) => AddressTarget::Knob(parameter.target, spec),
            None => AddressTarget::Switch(parameter.target),
        };
        Self { place, address: parameter.address.clone() }
    }
}

impl AddressTarget {
    /// Where an address leads in a face, with the scene's name in front or without.
    pub fn find(description: &SceneDescription, address: &str) -> Option<Self> {
        ResolvedAddress::find(description, address).map(|resolved| resolved.place)
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
    pub fn kind(&self) -> AddressKind {
        match self {
            Self::Knob(_, spec) => AddressKind::Knob(spec),
            Self::Switch(_) => AddressKind::Switch,
            Self::Numbered(kind, _) => kind.kind(),
            Self::Fixed(f) => f.kind(),
        }
    }

    /// The value as set by hand, in its unit (switches 0 or 1); nothing for triggers and while no state is known.
    pub fn value(&self, state: &ShowState, master: &Master) -> Option<f64> {
        match *self {
            Self::Knob(target, _) | Self::Switch(target) => state.set_at(target),
            Self::Numbered(kind, n) => kind.value(n, state),
            Self::Fixed(f) => f.value(state, master),
        }
    }

    /// The value in force, after links have moved it.
    pub fn now(&self, state: &ShowState, master: &Master) -> Option<f64> {
        match *self {
            Self::Knob(target, _) => state.now_at(target),
            _ => self.value(state, master),
        }
    }

    /// The value as set, as a place of its travel, 0..1.
    pub fn travel(&self, state: &ShowState, master: &Master) -> Option<f64> {
        let value = self.value(state, master)?;
        Some(match self.kind() {
            AddressKind::Knob(spec) => spec.position_of(value),
            _ => value,
        })
    }
}

/// Every address of a show, in the order of the panel: fixed ones, scenes, cues, slots, nodes, layers, voices, links.
pub fn list(description: &SceneDescription) -> Vec<AddressInfo> {
    let mut all: Vec<AddressInfo> = FIXED
        .iter()
        .map(|f| AddressInfo { name: f.name.into(), kind: f.kind(), about: f.about.into() })
        .collect();
    let counted = |is_scenes| {
        let kinds = NUMBERED.iter().filter(move |k| k.is_scenes == is_scenes);
        kinds.flat_map(|k| (0..(k.count)(description)).map(move |n| (k, n))).map(|(k, n)| AddressInfo {
            name: k.address(n),
            kind: k.kind(),
            about: (k.told)(description, n),
        })
    };
    all.extend(counted(false));
    for p in description.directory.iter() {
        let switch = || p.address.rsplit_once('.').map_or("it", |a| a.1).to_string();
        let about = p.spec.map_or_else(|| format!("Whether {} is on.", switch()), |s| s.doc().into());
        let kind = p.spec.map_or(AddressKind::Switch, AddressKind::Knob);
        all.push(AddressInfo { name: p.address.to_string(), kind, about });
    }
    all.extend(counted(true));
    all
}

/// Where an address leads; one that is longer than any is not looked for.
fn find(description: &SceneDescription, address: &str) -> Result<ResolvedAddress, AddressError> {
    match address.len() <= LONGEST {
        true => ResolvedAddress::find(description, address).ok_or_else(|| unknown(description, address)),
        false => Err(AddressError::Long(address.len())),
    }
}

/// What a move of an address means, for the show as it is; nothing where a trigger's button is let go.
pub fn act(hub: &Hub, address: &str, to: ControlInput) -> Result<Option<ControlAction>, AddressError> {
    let state = hub.state();
    let resolved = find(&state.description, address)?;
    act_on(&resolved, to, &state, hub.master())
}

/// Makes a move.
pub fn apply(hub: &Hub, address: &str, to: ControlInput) -> Result<(), AddressError> {
    let state = hub.state();
    let resolved = find(&state.description, address)?;
    apply_at(hub, &resolved, to).map_err(|e| match e {
        // In the words of whoever asked.
        AddressError::Locked(_) => AddressError::Locked(address.into()),
        other => other,
    })
}

/// Makes a move of what was found before, in the face of the show as it is.
pub fn apply_at(hub: &Hub, resolved: &ResolvedAddress, to: ControlInput) -> Result<(), AddressError> {
    if let Some(act) = act_on(resolved, to, &hub.state(), hub.master())? {
        let allowed = match &act {
            ControlAction::Send(command) => hub.lets(command),
            _ => hub.lock().allows(&resolved.address),
        };
        if !allowed {
            return Err(AddressError::Locked(resolved.address.to_string()));
        }
        act.apply(hub);
    }
    Ok(())
}

/// The error for an address that leads nowhere. It costs no more than the address is long: whoever wants to know what lies
/// near asks [`near`].
pub fn unknown(description: &SceneDescription, address: &str) -> AddressError {
    let other =
        |s: &&str| description.scenes.iter().enumerate().any(|(i, n)| n == s && i != description.scene);
    match scene_of(address).filter(other) {
        Some(scene) => AddressError::Elsewhere { address: address.into(), scene: scene.into() },
        None => AddressError::Unknown(address.into()),
    }
}

/// An error as a person is to read it: with the nearest address that there is. The work is bounded, and still far more
/// than a move may cost, so nothing but text for people asks for it.
pub fn told(error: &AddressError, description: &SceneDescription) -> String {
    match error {
        AddressError::Unknown(address) => match near(description, address) {
            Some(near) => format!("{error}; did you mean `{near}`?"),
            None => error.to_string(),
        },
        _ => error.to_string(),
    }
}

/// The address that is nearest to a mistyped one, if one is near.
pub fn near(description: &SceneDescription, address: &str) -> Option<String> {
    let names = list(description).into_iter().map(|a| a.name);
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
pub fn range_text(kind: AddressKind) -> String {
    match kind {
        AddressKind::Knob(s)
            if s.unit.is_empty() || matches!(s.kind, KnobKind::Choice(_) | KnobKind::Switch) =>
        {
            s.range_text()
        }
        AddressKind::Knob(s) => format!("{} {}", s.range_text(), s.unit),
        AddressKind::Switch => "0 or 1".into(),
        AddressKind::Level => "a number in 0..=1".into(),
        AddressKind::Trigger => "pressed".into(),
    }
}

#[cfg(test)]
mod tests;
