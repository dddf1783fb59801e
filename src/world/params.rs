//! Each parameter is declared once; every reader (scene check, sliders, links, manual) reads its [`ParamSpec`].

/// How a knob's travel maps to its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Equal travel, equal difference.
    Linear,
    /// Equal travel, equal ratio; the range must be above zero.
    Log,
}

/// What values a knob takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum KnobKind {
    /// Any number in range.
    Real,
    /// Whole numbers in range.
    Whole,
    /// 0 or 1.
    Switch,
    /// An index into these names.
    Choice(&'static [&'static str]),
}

/// Specification of one knob.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ParamSpec {
    /// The knob's name in scene files.
    pub name: &'static str,
    doc: &'static str,
    /// Unit of the value, empty if it has none.
    pub unit: &'static str,
    /// Least value.
    pub lo: f64,
    /// Greatest value.
    pub hi: f64,
    /// Default value.
    pub default: f64,
    /// How travel maps to value.
    pub scale: Scale,
    /// What values it takes.
    pub kind: KnobKind,
    /// Whether a change takes effect only at birth, when the system is created or restarted.
    pub rebirth: bool,
}

impl ParamSpec {
    /// A linear knob without unit. The builder methods below refine it.
    pub const fn new(
        name: &'static str,
        doc: &'static str,
        kind: KnobKind,
        default: f64,
        lo: f64,
        hi: f64,
    ) -> Self {
        assert!(lo <= default && default <= hi, "a knob's default must lie in its range");
        Self { name, doc, unit: "", lo, hi, default, scale: Scale::Linear, kind, rebirth: false }
    }

    /// With logarithmic travel.
    pub const fn logarithmic(mut self) -> Self {
        assert!(self.lo > 0.0, "a logarithmic knob's range must be above zero");
        self.scale = Scale::Log;
        self
    }

    /// With a unit.
    pub const fn unit(mut self, unit: &'static str) -> Self {
        self.unit = unit;
        self
    }

    /// Marked as taking effect only at birth.
    pub const fn rebirth(mut self) -> Self {
        self.rebirth = true;
        self
    }

    /// The doc comment.
    pub fn doc(&self) -> &'static str {
        self.doc.trim()
    }

    /// The nearest value the knob can take; NaN gives the default.
    pub fn clamp(&self, value: f64) -> f64 {
        let v = if value.is_nan() { self.default } else { value.clamp(self.lo, self.hi) };
        match self.kind {
            KnobKind::Real => v,
            _ => v.round(),
        }
    }

    /// Value at knob travel 0..1.
    pub fn value_at(&self, position: f64) -> f64 {
        let t = position.clamp(0.0, 1.0);
        self.clamp(match self.scale {
            Scale::Linear => self.lo + (self.hi - self.lo) * t,
            Scale::Log => self.lo * libm::exp(libm::log(self.hi / self.lo) * t),
        })
    }

    /// Knob travel 0..1 of a value.
    pub fn position_of(&self, value: f64) -> f64 {
        if self.hi <= self.lo {
            return 0.0;
        }
        let v = value.clamp(self.lo, self.hi);
        match self.scale {
            Scale::Linear => (v - self.lo) / (self.hi - self.lo),
            Scale::Log => libm::log(v / self.lo) / libm::log(self.hi / self.lo),
        }
    }

    /// The value as scene files write it.
    pub fn text(&self, value: f64) -> String {
        match self.kind {
            KnobKind::Real => format!("{value}"),
            KnobKind::Whole => format!("{}", value as i64),
            KnobKind::Switch => (if value >= 0.5 { "true" } else { "false" }).into(),
            KnobKind::Choice(names) => names[(value as usize).min(names.len() - 1)].into(),
        }
    }

    /// Parses a value; `None` if the knob cannot take it.
    pub fn parse(&self, text: &str) -> Option<f64> {
        let value = match self.kind {
            KnobKind::Choice(names) => names.iter().position(|n| *n == text)? as f64,
            KnobKind::Switch => text.parse::<bool>().ok()? as u8 as f64,
            _ => text.parse::<f64>().ok()?,
        };
        (value >= self.lo && value <= self.hi && self.clamp(value) == value).then_some(value)
    }

    /// The range in words.
    pub fn range_text(&self) -> String {
        match self.kind {
            KnobKind::Switch => "true or false".into(),
            KnobKind::Choice(names) => format!("one of {}", names.join(", ")),
            KnobKind::Whole => format!("a whole number in {}..={}", self.lo, self.hi),
            KnobKind::Real => format!("a number in {}..={}", self.lo, self.hi),
        }
    }
}

/// A struct of knobs, made by [`params!`](crate::params).
///
/// ```
/// use world::params::Params;
///
/// world::params! {
///     /// Rates of a reaction.
///     pub struct Knobs {
///         /// Feed rate.
///         feed: f32 = 0.037 in 0.0..=0.1;
///         /// Steps a tick.
///         steps: u32 = 8 in 1..=64;
///     }
/// }
///
/// /// Knobs by name; others keep their defaults.
/// fn knobs<P: Params>(given: &[(&str, f64)]) -> P {
///     let mut knobs = P::default();
///     for (i, spec) in P::SPECS.iter().enumerate() {
///         given.iter().filter(|g| g.0 == spec.name).for_each(|g| knobs.set(i, g.1));
///     }
///     knobs
/// }
///
/// let set: Knobs = knobs(&[("steps", 1000.0)]);
/// assert_eq!((set.feed, set.steps), (0.037, 64), "clamped to its range");
/// ```
pub trait Params: Default + Clone + Send + Sync + 'static {
    /// One row a knob, in declaration order.
    const SPECS: &'static [ParamSpec];
    /// Value of knob `index`; 0 if there is none.
    fn get(&self, index: usize) -> f64;
    /// Sets knob `index`, clamped to its range.
    fn set(&mut self, index: usize, value: f64);
}

/// No knobs at all.
impl Params for () {
    const SPECS: &'static [ParamSpec] = &[];
    fn get(&self, _: usize) -> f64 {
        0.0
    }
    fn set(&mut self, _: usize, _: f64) {}
}

/// Position of `name` in `options`; a default that is not one of them does not compile.
pub const fn option_index(options: &[&str], name: &str) -> usize {
    let mut i = 0;
    while i < options.len() {
        if str_eq(options[i], name) {
            return i;
        }
        i += 1;
    }
    panic!("the default is not among the options")
}

const fn str_eq(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

/// Declares a struct of knobs: a field, its doc comment, type, default and range, once.
///
/// Types: `f32`, `f64`, `u32` (whole), `bool`, and `Choice of E`, where [`choices!`](crate::choices!) made the enum
/// `E`. After the range may follow `, Log`, `, unit "cells"`, `, rebirth`.
///
/// ```
/// use world::params::{Choice, Params};
///
/// world::choices! {
///     /// Boundary condition.
///     pub enum Border { Torus: "torus", Walls: "walls" }
/// }
/// world::params! {
///     /// Rates of a reaction.
///     pub struct Knobs {
///         /// Feed rate.
///         feed: f32 = 0.037 in 0.0..=0.1, unit "1/step";
///         /// Boundary condition.
///         border: Choice of Border = "torus";
///     }
/// }
///
/// let mut knobs = Knobs::default();
/// knobs.set(1, 1.0);
/// assert!(matches!(knobs.border, Border::Walls) && Knobs::SPECS[0].unit == "1/step");
/// ```
#[macro_export]
macro_rules! params {
    (@type Choice $choice:ty) => { $choice };
    (@type $ty:ident) => { $ty };
    (@default Choice $choice:ty, $default:literal) => {
        <$choice as $crate::params::Choice>::at(
            const { $crate::params::option_index(<$choice as $crate::params::Choice>::NAMES, $default) })
    };
    (@default $ty:ident, $default:literal) => { $default };
    (@spec Choice $choice:ty, $name:expr, $doc:expr, $default:literal) => {
        $crate::params::ParamSpec::new(
            $name, $doc, $crate::params::KnobKind::Choice(<$choice as $crate::params::Choice>::NAMES),
            $crate::params::option_index(<$choice as $crate::params::Choice>::NAMES, $default) as f64,
            0.0, (<$choice as $crate::params::Choice>::NAMES.len() - 1) as f64)
    };
    (@spec bool, $name:expr, $doc:expr, $default:literal) => {
        $crate::params::ParamSpec::new(
            $name, $doc, $crate::params::KnobKind::Switch, $default as u8 as f64, 0.0, 1.0)
    };
    (@spec u32, $name:expr, $doc:expr, $default:literal, $lo:literal, $hi:literal) => {
        $crate::params::ParamSpec::new(
            $name, $doc, $crate::params::KnobKind::Whole, $default as f64, $lo as f64, $hi as f64)
    };
    (@spec $float:ident, $name:expr, $doc:expr, $default:literal, $lo:literal, $hi:literal) => {
        $crate::params::ParamSpec::new(
            $name, $doc, $crate::params::KnobKind::Real, $default as f64, $lo as f64, $hi as f64)
    };
    (@attr $spec:ident Log) => { $spec.logarithmic() };
    (@attr $spec:ident unit $unit:literal) => { $spec.unit($unit) };
    (@attr $spec:ident rebirth) => { $spec.rebirth() };
    (@get bool, $value:expr) => { $value as u8 as f64 };
    (@get Choice $choice:ty, $value:expr) => { $crate::params::Choice::index($value) as f64 };
    (@get $ty:ident, $value:expr) => { $value as f64 };
    (@set bool, $value:expr) => { $value >= 0.5 };
    (@set Choice $choice:ty, $value:expr) => { <$choice as $crate::params::Choice>::at($value as usize) };
    (@set $ty:ident, $value:expr) => { $value as $ty };
    ($(#[doc = $about:literal])+ $vis:vis struct $name:ident {
        $( $(#[doc = $doc:literal])+
           $field:ident : $ty:ident $(of $choice:ident)? = $default:literal
           $(in $lo:literal ..= $hi:literal)?
           $(, $attr:ident $($attr_value:literal)?)* ; )*
    }) => {
        $(#[doc = $about])+
        #[derive(Clone, Debug, PartialEq)]
        $vis struct $name { $( $(#[doc = $doc])+ pub $field: $crate::params!(@type $ty $($choice)?), )* }
        impl Default for $name {
            fn default() -> Self {
                Self { $( $field: $crate::params!(@default $ty $($choice)?, $default), )* }
            }
        }
        impl $crate::params::Params for $name {
            const SPECS: &'static [$crate::params::ParamSpec] = &[ $( {
                let spec = $crate::params!(@spec $ty $($choice)?, stringify!($field), concat!($($doc),+), $default
                    $(, $lo, $hi)?);
                $( let spec = $crate::params!(@attr spec $attr $($attr_value)?); )*
                spec
            }, )* ];
            #[allow(unused_assignments, unused_variables, unused_mut, reason = "there may be no parameters")]
            fn get(&self, index: usize) -> f64 {
                let mut i = 0;
                $( if i == index { return $crate::params!(@get $ty $($choice)?, self.$field); } i += 1; )*
                0.0
            }
            #[allow(unused_assignments, unused_variables, unused_mut, reason = "there may be no parameters")]
            fn set(&mut self, index: usize, value: f64) {
                let Some(spec) = Self::SPECS.get(index) else { return };
                let value = spec.clamp(value);
                let mut i = 0;
                $( if i == index { self.$field = $crate::params!(@set $ty $($choice)?, value); return; } i += 1; )*
            }
        }
    };
}

/// Names to choose among, made by [`choices!`](crate::choices!).
///
/// ```
/// use world::params::Choice;
///
/// world::choices! {
///     /// Boundary condition.
///     pub enum Border { Torus: "torus", Walls: "walls" }
/// }
///
/// /// The choice of that name.
/// fn named<C: Choice>(name: &str) -> Option<C> {
///     C::NAMES.iter().position(|n| *n == name).map(C::at)
/// }
///
/// assert_eq!(named("walls"), Some(Border::Walls));
/// assert_eq!((Border::Walls.index(), Border::at(9)), (1, Border::Walls));
/// ```
pub trait Choice: Copy + Send + Sync + 'static {
    /// The names in scene files, in the order of the variants.
    const NAMES: &'static [&'static str];
    /// Index in [`Self::NAMES`].
    fn index(self) -> usize;
    /// The variant at an index; the last one if it is out of range.
    fn at(index: usize) -> Self;
}

/// Declares the names that a knob chooses among: an enum, each variant with its name in scene files.
#[macro_export]
macro_rules! choices {
    ($(#[$note:meta])* $vis:vis enum $name:ident { $( $(#[$about:meta])* $variant:ident : $word:literal ),+ $(,)? }) => {
        $(#[$note])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        $vis enum $name { $( $(#[$about])* $variant, )+ }
        impl $crate::params::Choice for $name {
            const NAMES: &'static [&'static str] = &[$($word),+];
            fn index(self) -> usize {
                self as usize
            }
            fn at(index: usize) -> Self {
                let all = [$( Self::$variant, )+];
                all[index.min(all.len() - 1)]
            }
        }
    };
}

#[cfg(test)]
mod tests;
