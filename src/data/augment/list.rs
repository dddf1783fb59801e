//! Lists of augmentations: `flip,crop:0.1,mixup:0.2`.

use std::fmt;
use std::str::FromStr;

use super::AUGMENTATIONS;
use super::declaration::{Augmentation, Effect};
use super::image::Image;
use world::rng::Rng;

/// Augmentations, each with its strength, in the order in which they act.
///
/// ```
/// use data::augment::{Augmentations, Image};
/// use world::rng::Rng;
///
/// let list: Augmentations = "crop:0.1,flip,mixup:0.2".parse()?;
/// assert_eq!(list.to_string(), "crop:0.1,flip:0.5,mixup:0.2");
/// // Three grey pictures of 4 × 4; a variation of the second.
/// let pictures = [0.2, 0.4, 0.9].map(|v| Image { side: 4, channels: 1, values: vec![v; 16] });
/// let made = list.vary(1, 3, Rng::new(7), &|i, _| pictures[i].clone());
/// let labels: f32 = made.shares.iter().map(|(_, share)| share).sum();
/// assert!(made.shares[0].0 == 1 && (labels - 1.0).abs() < 1e-6);
/// assert!("crop:2".parse::<Augmentations>().is_err());
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Augmentations {
    /// Whether they act on pictures that were varied as their kind is without a list.
    pub with_own: bool,
    steps: Vec<Step>,
}

/// An augmentation and its strength.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// Which.
    pub augmentation: &'static Augmentation,
    /// How strong, in its range.
    pub strength: f32,
}

impl PartialEq for Step {
    fn eq(&self, other: &Self) -> bool {
        (self.augmentation.name, self.strength) == (other.augmentation.name, other.strength)
    }
}

/// A varied picture and what it is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Mixture {
    /// The picture.
    pub image: Image,
    /// Index and share of each picture in it; the shares sum to 1. Soft labels are sums of shares.
    pub shares: Vec<(usize, f32)>,
}

/// What stands for the variation that pictures of a kind have without a list.
const OWN: &str = "own";
/// No augmentation.
const NONE: &str = "none";
/// Every augmentation at its default.
const ALL: &str = "all";

impl Augmentations {
    /// Every augmentation at its default strength.
    pub fn all() -> Self {
        let step = |augmentation: &'static Augmentation| Step {
            augmentation,
            strength: augmentation.strength.default,
        };
        Self { with_own: false, steps: AUGMENTATIONS.iter().map(step).collect() }
    }

    /// These, one after another.
    pub fn of(steps: Vec<Step>) -> Self {
        Self { with_own: false, steps }
    }

    /// One after another.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// A variation of one of `count` pictures: all augmentations of single pictures in their order, then all mixes in
    /// theirs, each with another picture that was varied in the same way. `begin` gives a picture by its index and address.
    pub fn vary(
        &self,
        picture: usize,
        count: usize,
        rng: Rng,
        begin: &(impl Fn(usize, Rng) -> Image + ?Sized),
    ) -> Mixture {
        let mut made = Mixture { image: self.alone(begin(picture, rng), rng), shares: vec![(picture, 1.0)] };
        for (i, step) in self.steps.iter().enumerate() {
            let Effect::Mix(mix) = step.augmentation.effect else { continue };
            if step.strength == 0.0 {
                continue;
            }
            let rng = step.address(rng, i);
            let partner = rng.named("partner");
            let other = partner.below(0, count as u64) as usize;
            let second = self.alone(begin(other, partner), partner);
            let (image, share) = mix(made.image, &second, step.strength, rng);
            made.image = image;
            made.shares.iter_mut().for_each(|s| s.1 *= share);
            made.shares.push((other, 1.0 - share));
        }
        made
    }

    /// A picture with all augmentations that need no other.
    fn alone(&self, mut image: Image, rng: Rng) -> Image {
        for (i, step) in self.steps.iter().enumerate() {
            if let (Effect::Alone(vary), true) = (step.augmentation.effect, step.strength != 0.0) {
                image = vary(image, step.strength, step.address(rng, i));
            }
        }
        image
    }
}

impl Step {
    fn address(&self, rng: Rng, place: usize) -> Rng {
        rng.named(self.augmentation.name).fork(place as u64)
    }
}

impl fmt::Display for Augmentations {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let steps = self.steps.iter().map(|s| format!("{}:{}", s.augmentation.name, s.strength));
        let all: Vec<String> = self.with_own.then(|| OWN.to_string()).into_iter().chain(steps).collect();
        f.write_str(if all.is_empty() { NONE.into() } else { all.join(",") }.as_str())
    }
}

impl FromStr for Augmentations {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            NONE => return Ok(Self::default()),
            ALL => return Ok(Self::all()),
            _ => {}
        }
        let mut list = Self::default();
        for (i, word) in text.split(',').map(str::trim).enumerate() {
            match word {
                OWN if i == 0 => list.with_own = true,
                OWN => return Err(format!("`{OWN}` comes first: found it as number {}", i + 1)),
                _ => list.steps.push(step(word)?),
            }
        }
        Ok(list)
    }
}

impl TryFrom<String> for Augmentations {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Augmentations> for String {
    fn from(list: Augmentations) -> Self {
        list.to_string()
    }
}

/// `NAME` or `NAME:STRENGTH`.
fn step(word: &str) -> Result<Step, String> {
    let (name, strength) = word.split_once(':').map_or((word, None), |(n, s)| (n, Some(s)));
    let augmentation = AUGMENTATIONS.iter().find(|a| a.name == name).ok_or_else(|| {
        let names: Vec<&str> = AUGMENTATIONS.iter().map(|a| a.name).collect();
        format!("expected {NONE}, {ALL}, {OWN} or some of {}, found `{name}`", names.join(", "))
    })?;
    let known = &augmentation.strength;
    let strength = match strength {
        None => known.default,
        Some(number) => number.parse().ok().filter(|v| known.range.contains(v)).ok_or_else(|| {
            let (least, most) = (known.range.start(), known.range.end());
            format!("{name}: expected {least} to {most} ({}), found `{number}`", known.meaning)
        })?,
    };
    Ok(Step { augmentation, strength })
}
