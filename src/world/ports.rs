//! Inputs, outputs and readouts of a system, each declared once as an enum: [`inputs!`](crate::inputs!),
//! [`outputs!`](crate::outputs!), [`readouts!`](crate::readouts!). Scene files name the entries, code names the
//! variants, and `match` must cover them all.

/// An input or output field of a system.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Port {
    /// Name in scene files (`gas.speed`).
    pub name: &'static str,
    /// What it is, in one sentence with its unit.
    pub about: &'static str,
    /// 1 (scalar), 2 (vector) or 3 (linear RGB) planes.
    pub planes: usize,
    /// Value shown darkest by default.
    pub lo: f32,
    /// Value shown brightest by default.
    pub hi: f32,
}

impl Port {
    /// A scalar field whose values usually lie in `lo..=hi`.
    pub const fn scalar(name: &'static str, about: &'static str, lo: f32, hi: f32) -> Self {
        Self { name, about, planes: 1, lo, hi }
    }
    /// A vector field (x to the right, y down) whose length is usually at most `hi`.
    pub const fn vector(name: &'static str, about: &'static str, hi: f32) -> Self {
        Self { name, about, planes: 2, lo: 0.0, hi }
    }
    /// A colour field in linear RGB, 0..1.
    pub const fn colour(name: &'static str, about: &'static str) -> Self {
        Self { name, about, planes: 3, lo: 0.0, hi: 1.0 }
    }
}

/// A scalar that a system reports each tick; a signal named `node.readout`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Readout {
    /// Name in scene files.
    pub name: &'static str,
    /// What it is, in one sentence with its unit.
    pub about: &'static str,
    /// Usual least value (by default a link maps `lo..hi` to its span).
    pub lo: f32,
    /// Usual greatest value.
    pub hi: f32,
}

/// An enum of fields that may drive a system, made by [`inputs!`](crate::inputs!).
///
/// ```
/// use world::ports::{Inputs, Nothing};
///
/// world::inputs! {
///     /// What drives it.
///     pub enum Input {
///         /// Scales the feed rate.
///         Feed: "feed" scalar 0.0..=1.0;
///         /// Carries it along.
///         Wind: "wind" vector 0.5;
///     }
/// }
///
/// /// Planes of every input.
/// fn planes<I: Inputs>() -> Vec<usize> {
///     I::PORTS.iter().map(|port| port.planes).collect()
/// }
///
/// assert_eq!((planes::<Input>(), planes::<Nothing>()), (vec![1, 2], vec![]));
/// assert_eq!(Input::at(1).map(|input| input.index()), Some(1));
/// ```
pub trait Inputs: Copy + Send + Sync + 'static {
    /// One row a variant, in order.
    const PORTS: &'static [Port];
    /// Index in [`Self::PORTS`].
    fn index(self) -> usize;
    /// The variant at an index.
    fn at(index: usize) -> Option<Self>;
}

/// An enum of fields that a system shows, made by [`outputs!`](crate::outputs!).
///
/// ```
/// use world::ports::Outputs;
///
/// world::outputs! {
///     /// What it shows.
///     pub enum Output {
///         /// Concentration.
///         Value: "value" scalar 0.0..=1.0;
///         /// Velocity, in cells a step.
///         Flow: "flow" vector 0.5;
///     }
/// }
///
/// /// The output of that name.
/// fn named<O: Outputs>(name: &str) -> Option<O> {
///     O::at(O::PORTS.iter().position(|port| port.name == name)?)
/// }
///
/// assert_eq!(named("flow"), Some(Output::Flow));
/// assert_eq!(named::<Output>("smell"), None);
/// ```
pub trait Outputs: Copy + Send + Sync + 'static {
    /// One row a variant, in order.
    const PORTS: &'static [Port];
    /// Index in [`Self::PORTS`].
    fn index(self) -> usize;
    /// The variant at an index.
    fn at(index: usize) -> Option<Self>;
}

/// An enum of scalars that a system reports, made by [`readouts!`](crate::readouts!).
///
/// ```
/// use world::ports::Readouts;
///
/// world::readouts! {
///     /// What it reports.
///     pub enum Reading {
///         /// Living cells, as a fraction.
///         Alive: "alive" 0.0..=1.0;
///     }
/// }
///
/// /// A value as a fraction of a readout's usual range.
/// fn fraction<R: Readouts>(readout: R, value: f32) -> f32 {
///     let row = &R::ROWS[readout.index()];
///     (value - row.lo) / (row.hi - row.lo)
/// }
///
/// assert_eq!(fraction(Reading::Alive, 0.25), 0.25);
/// assert_eq!((Reading::ROWS[0].name, Reading::at(1)), ("alive", None));
/// ```
pub trait Readouts: Copy + Send + Sync + 'static {
    /// One row a variant, in order.
    const ROWS: &'static [Readout];
    /// Index in [`Self::ROWS`].
    fn index(self) -> usize;
    /// The variant at an index.
    fn at(index: usize) -> Option<Self>;
}

/// No ports: for a system without inputs, or without readouts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nothing {}

impl Inputs for Nothing {
    const PORTS: &'static [Port] = &[];
    fn index(self) -> usize {
        match self {}
    }
    fn at(_: usize) -> Option<Self> {
        None
    }
}

impl Readouts for Nothing {
    const ROWS: &'static [Readout] = &[];
    fn index(self) -> usize {
        match self {}
    }
    fn at(_: usize) -> Option<Self> {
        None
    }
}

/// A doc comment's text without its leading space.
pub const fn doc_text(doc: &'static str) -> &'static str {
    match doc.as_bytes() {
        [b' ', ..] => doc.split_at(1).1,
        _ => doc,
    }
}

/// Declares fields that may drive a system: variant, name in scene files, planes and usual values, with a comment that
/// says what it is and its unit.
///
/// ```
/// use world::ports::Inputs;
///
/// world::inputs! {
///     /// What drives it.
///     pub enum Input {
///         /// Scales the feed rate.
///         Feed: "feed" scalar 0.0..=1.0;
///         /// Carries it along, in cells a step; the number is the usual greatest length.
///         Wind: "wind" vector 0.5;
///         /// Colours it, in linear RGB.
///         Dye: "dye" colour;
///     }
/// }
///
/// assert_eq!(Input::PORTS[Input::Wind.index()].name, "wind");
/// assert_eq!(Input::PORTS[0].about, "Scales the feed rate.");
/// ```
#[macro_export]
macro_rules! inputs {
    ($($all:tt)*) => { $crate::ports_of!(Inputs $($all)*); };
}

/// Declares fields that a system shows, as [`inputs!`](crate::inputs!) does.
///
/// ```
/// use world::ports::Outputs;
///
/// world::outputs! {
///     /// What it shows.
///     pub enum Output {
///         /// Concentration.
///         Value: "value" scalar 0.0..=1.0;
///     }
/// }
///
/// assert!(matches!(Output::at(0), Some(Output::Value)) && Output::at(1).is_none());
/// ```
#[macro_export]
macro_rules! outputs {
    ($($all:tt)*) => { $crate::ports_of!(Outputs $($all)*); };
}

#[doc(hidden)]
#[macro_export]
macro_rules! ports_of {
    (@port $name:literal, $doc:expr, scalar, $lo:literal, $hi:literal) => {
        $crate::ports::Port::scalar($name, $crate::ports::doc_text($doc), $lo, $hi)
    };
    (@port $name:literal, $doc:expr, vector, $hi:literal) => {
        $crate::ports::Port::vector($name, $crate::ports::doc_text($doc), $hi)
    };
    (@port $name:literal, $doc:expr, colour) => {
        $crate::ports::Port::colour($name, $crate::ports::doc_text($doc))
    };
    ($kind:ident $(#[doc = $about:literal])+ $vis:vis enum $ports:ident {
        $( $(#[doc = $doc:literal])+ $variant:ident : $name:literal $shape:ident
           $($lo:literal)? $(..= $hi:literal)? ; )+
    }) => {
        $(#[doc = $about])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        $vis enum $ports { $( $(#[doc = $doc])+ $variant, )+ }
        impl $crate::ports::$kind for $ports {
            const PORTS: &'static [$crate::ports::Port] =
                &[ $( $crate::ports_of!(@port $name, concat!($($doc),+), $shape $(, $lo)? $(, $hi)?), )+ ];
            fn index(self) -> usize {
                self as usize
            }
            fn at(index: usize) -> Option<Self> {
                [$( Self::$variant, )+].get(index).copied()
            }
        }
    };
}

/// Declares scalars that a system reports each tick: variant, name in scene files, usual least and greatest value, with
/// a comment that says what it is and its unit.
///
/// ```
/// use world::ports::Readouts;
///
/// world::readouts! {
///     /// What it reports.
///     pub enum Report {
///         /// Cells alive.
///         Population: "population" 0.0..=1000.0;
///     }
/// }
///
/// assert_eq!((Report::ROWS[0].name, Report::ROWS[0].hi), ("population", 1000.0));
/// ```
#[macro_export]
macro_rules! readouts {
    ($(#[doc = $about:literal])+ $vis:vis enum $rows:ident {
        $( $(#[doc = $doc:literal])+ $variant:ident : $name:literal $lo:literal ..= $hi:literal ; )+
    }) => {
        $(#[doc = $about])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        $vis enum $rows { $( $(#[doc = $doc])+ $variant, )+ }
        impl $rows {
            /// How many there are.
            #[allow(dead_code, reason = "not every system keeps them in an array")]
            pub const COUNT: usize = <Self as $crate::ports::Readouts>::ROWS.len();
        }
        impl $crate::ports::Readouts for $rows {
            const ROWS: &'static [$crate::ports::Readout] = &[ $(
                $crate::ports::Readout {
                    name: $name,
                    about: $crate::ports::doc_text(concat!($($doc),+)),
                    lo: $lo,
                    hi: $hi,
                },
            )+ ];
            fn index(self) -> usize {
                self as usize
            }
            fn at(index: usize) -> Option<Self> {
                [$( Self::$variant, )+].get(index).copied()
            }
        }
    };
}
