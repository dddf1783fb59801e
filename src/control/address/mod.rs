//! One address space for all controllers: each control of the show has one name, whichever controller moves it.
//!
//! `NODE.KNOB`, `NODE.SWITCH`, `layer.NAME.KNOB`, `voice.NAME.KNOB`, numbered ones ([`NUMBERED`]: `link.N`, `scene.N`,
//! …), and the fixed ones of [`FIXED`]. OSC writes `/` for the dot.
//!
//! An address of a scene may have the scene's name in front, `SCENE.NODE.KNOB`: the same address while that scene is
//! active, and none while another is. So one control can move a different knob in every scene.

mod act;
mod action;
mod error;
pub mod fixed;
mod input;
mod kind;
mod numbered;
mod target;

pub use action::ControlAction;
pub use error::{AddressError, LONGEST};
pub use fixed::{FIXED, Fixed};
pub use input::ControlInput;
pub use kind::AddressKind;
pub use numbered::{NUMBERED, Numbered, SLOTS};
pub use target::{AddressTarget, ResolvedAddress, in_scene, plain};

use show::{Hub, SceneDescription};
use world::params::KnobKind;

use act::act_on;

/// One address of a show.
#[derive(Clone, Debug, PartialEq)]
pub struct AddressInfo {
    /// Its name, with dots.
    pub name: String,
    /// Its kind.
    pub kind: AddressKind,
    /// What it does, in one sentence.
    pub about: String,
}

/// First parts of a scene's addresses that are not the name of a node.
const PARTS: &[&str] = &["layer", "voice"];

/// The scene that an address names, if it names one.
pub fn scene_of(address: &str) -> Option<&str> {
    let (scene, rest) = address.split_once('.')?;
    let mut heads = FIXED.iter().map(|f| f.head()).chain(NUMBERED.iter().map(|n| n.head));
    let is_head = PARTS.contains(&scene) || heads.any(|h| h == scene);
    (rest.contains('.') && !is_head).then_some(scene)
}

/// Every address of a show, in the order of the panel: fixed ones, scenes, cues, slots, nodes, layers, voices, links.
pub fn list(description: &SceneDescription) -> Vec<AddressInfo> {
    let mut all: Vec<AddressInfo> = FIXED
        .iter()
        .map(|f| AddressInfo { name: f.name.into(), kind: f.kind(), about: f.about.into() })
        .collect();
    let numbered = |is_scenes| {
        let kinds = NUMBERED.iter().filter(move |k| k.is_scenes == is_scenes);
        kinds.flat_map(|k| (0..(k.count)(description)).map(move |n| (k, n))).map(|(k, n)| AddressInfo {
            name: k.address(n),
            kind: k.kind(),
            about: (k.describe)(description, n),
        })
    };
    all.extend(numbered(false));
    for p in description.directory.iter() {
        let switch = || p.address.rsplit_once('.').map_or("it", |a| a.1).to_string();
        let about = p.spec.map_or_else(|| format!("Switches {} on or off.", switch()), |s| s.doc().into());
        let kind = p.spec.map_or(AddressKind::Switch, AddressKind::Knob);
        all.push(AddressInfo { name: p.address.to_string(), kind, about });
    }
    all.extend(numbered(true));
    all
}

/// Resolves an address; one that is too long is not looked up.
fn find(description: &SceneDescription, address: &str) -> Result<ResolvedAddress, AddressError> {
    match address.len() <= LONGEST {
        true => ResolvedAddress::find(description, address).ok_or_else(|| unknown(description, address)),
        false => Err(AddressError::TooLong(address.len())),
    }
}

/// The action of a control input in the present state of the show; `None` when a trigger's button is released.
pub fn act(hub: &Hub, address: &str, to: ControlInput) -> Result<Option<ControlAction>, AddressError> {
    let state = hub.state();
    let resolved = find(&state.description, address)?;
    act_on(&resolved, to, &state, hub.master())
}

/// Applies a control input.
pub fn apply(hub: &Hub, address: &str, to: ControlInput) -> Result<(), AddressError> {
    let state = hub.state();
    let resolved = find(&state.description, address)?;
    apply_at(hub, &resolved, to).map_err(|e| match e {
        // With the address as it was given.
        AddressError::Locked(_) => AddressError::Locked(address.into()),
        other => other,
    })
}

/// Applies a control input at an address that was resolved in the present scene description.
pub fn apply_at(hub: &Hub, resolved: &ResolvedAddress, to: ControlInput) -> Result<(), AddressError> {
    if let Some(act) = act_on(resolved, to, &hub.state(), hub.master())? {
        let allowed = match &act {
            ControlAction::Send(command) => hub.permits(command),
            _ => hub.lock().allows(&resolved.address),
        };
        if !allowed {
            return Err(AddressError::Locked(resolved.address.to_string()));
        }
        act.apply(hub);
    }
    Ok(())
}

/// The error for an unknown address, in time linear in its length; the search for the closest valid one is left to
/// [`near`].
pub fn unknown(description: &SceneDescription, address: &str) -> AddressError {
    let other =
        |s: &&str| description.scenes.iter().enumerate().any(|(i, n)| n == s && i != description.scene);
    match scene_of(address).filter(other) {
        Some(scene) => AddressError::InactiveScene { address: address.into(), scene: scene.into() },
        None => AddressError::Unknown(address.into()),
    }
}

/// An error as text for users, with the closest valid address. The cost is bounded, yet far above that of a control
/// input, so it is for messages only.
pub fn with_hint(error: &AddressError, description: &SceneDescription) -> String {
    match error {
        AddressError::Unknown(address) => match near(description, address) {
            Some(near) => format!("{error}; did you mean `{near}`?"),
            None => error.to_string(),
        },
        _ => error.to_string(),
    }
}

/// The valid address closest to a mistyped one, if any is close.
pub fn near(description: &SceneDescription, address: &str) -> Option<String> {
    let names = list(description).into_iter().map(|a| a.name);
    let measured = candidates(address, names).map(|n| (strsim::damerau_levenshtein(&n, address), n));
    measured.min().filter(|(distance, name)| *distance <= tolerance(name)).map(|(_, name)| name)
}

/// Edit distance up to which a mistyped address counts as this name.
fn tolerance(name: &str) -> usize {
    1 + name.len() / 3
}

/// The names whose length alone does not rule out a match.
fn candidates<'a>(
    address: &'a str,
    names: impl Iterator<Item = String> + 'a,
) -> impl Iterator<Item = String> + 'a {
    names.filter(|n| address.len() <= LONGEST && n.len().abs_diff(address.len()) <= 4 * tolerance(n))
}

/// The values that an address accepts, as text.
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
