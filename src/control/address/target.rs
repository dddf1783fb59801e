//! Resolved addresses.

use show::{Master, SceneDescription, ShowState};
use world::params::ParamSpec;
use world::scene::{Address, Parameter, Target};

use super::fixed::{FIXED, Fixed};
use super::kind::AddressKind;
use super::numbered::Numbered;

/// The target of an address, valid as long as the scene description.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum AddressTarget {
    /// A knob of the scene.
    Knob(Target, &'static ParamSpec),
    /// A switch of the scene.
    Switch(Target),
    /// A numbered address.
    Numbered(&'static Numbered, usize),
    /// One of [`FIXED`].
    Fixed(&'static Fixed),
}

impl AddressTarget {
    /// Resolves an address in a scene description, with or without the scene's name in front.
    pub fn find(description: &SceneDescription, address: &str) -> Option<Self> {
        ResolvedAddress::find(description, address).map(|resolved| resolved.place)
    }

    /// Whether it belongs to the scene: in another scene its address is a different control, or none.
    pub fn is_scenes(&self) -> bool {
        match self {
            Self::Knob(..) | Self::Switch(_) => true,
            Self::Numbered(kind, _) => kind.is_scenes,
            Self::Fixed(_) => false,
        }
    }

    /// Its kind.
    pub fn kind(&self) -> AddressKind {
        match self {
            Self::Knob(_, spec) => AddressKind::Knob(spec),
            Self::Switch(_) => AddressKind::Switch,
            Self::Numbered(kind, _) => kind.kind(),
            Self::Fixed(f) => f.kind(),
        }
    }

    /// The value as set, before links, in its unit (switches 0 or 1); `None` for triggers and while no state is known.
    pub fn value(&self, state: &ShowState, master: &Master) -> Option<f64> {
        match *self {
            Self::Knob(target, _) | Self::Switch(target) => state.set_at(target),
            Self::Numbered(kind, n) => kind.value(n, state),
            Self::Fixed(f) => f.value(state, master),
        }
    }

    /// The value in effect, after links.
    pub fn now(&self, state: &ShowState, master: &Master) -> Option<f64> {
        match *self {
            Self::Knob(target, _) => state.now_at(target),
            _ => self.value(state, master),
        }
    }

    /// The value as set, normalised to 0..1.
    pub fn travel(&self, state: &ShowState, master: &Master) -> Option<f64> {
        let value = self.value(state, master)?;
        Some(match self.kind() {
            AddressKind::Knob(spec) => spec.position_of(value),
            _ => value,
        })
    }
}

/// An address resolved in a scene description: its target, and its name in the show.
#[derive(Clone, Debug, PartialEq)]
pub struct ResolvedAddress {
    /// Its target.
    pub place: AddressTarget,
    /// Its name without the scene's, with its index in the scene's directory.
    pub address: Address,
}

impl ResolvedAddress {
    /// Resolves an address in a scene description, with or without the scene's name in front.
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

/// An address with the name of the scene in front, if it belongs to that scene.
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
