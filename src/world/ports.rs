//! What a system takes in, shows and reports, each declared once as an enum: [`inputs!`](crate::inputs!),
//! [`outputs!`](crate::outputs!), [`readouts!`](crate::readouts!). Scene files name the entries, code names the variants, and `match` must
//! cover them all.

use super::system::{Port, Readout};

/// An enum of fields that may drive a system, made by [`inputs!`](crate::inputs!).
pub trait Inputs: Copy + Send + Sync + 'static {
    /// One row a variant, in order.
    const PORTS: &'static [Port];
    /// Place in [`Self::PORTS`].
    fn index(self) -> usize;
    /// The variant at a place.
    fn at(index: usize) -> Option<Self>;
}

/// An enum of fields that a system shows, made by [`outputs!`](crate::outputs!).
pub trait Outputs: Copy + Send + Sync + 'static {
    /// One row a variant, in order.
    const PORTS: &'static [Port];
    /// Place in [`Self::PORTS`].
    fn index(self) -> usize;
    /// The variant at a place.
    fn at(index: usize) -> Option<Self>;
}

/// An enum of scalars that a system reports, made by [`readouts!`](crate::readouts!).
pub trait Readouts: Copy + Send + Sync + 'static {
    /// One row a variant, in order.
    const ROWS: &'static [Readout];
    /// Place in [`Self::ROWS`].
    fn index(self) -> usize;
    /// The variant at a place.
    fn at(index: usize) -> Option<Self>;
}

/// None at all: the inputs of a system that nothing drives, the readouts of one that reports nothing.
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

/// A comment's text without the space that begins it.
pub const fn told(doc: &'static str) -> &'static str {
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
        $crate::system::Port::scalar($name, $crate::ports::told($doc), $lo, $hi)
    };
    (@port $name:literal, $doc:expr, vector, $hi:literal) => {
        $crate::system::Port::vector($name, $crate::ports::told($doc), $hi)
    };
    (@port $name:literal, $doc:expr, colour) => {
        $crate::system::Port::colour($name, $crate::ports::told($doc))
    };
    ($kind:ident $(#[doc = $about:literal])+ $vis:vis enum $ports:ident {
        $( $(#[doc = $doc:literal])+ $variant:ident : $name:literal $shape:ident
           $($lo:literal)? $(..= $hi:literal)? ; )+
    }) => {
        $(#[doc = $about])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        $vis enum $ports { $( $(#[doc = $doc])+ $variant, )+ }
        impl $crate::ports::$kind for $ports {
            const PORTS: &'static [$crate::system::Port] =
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
            const ROWS: &'static [$crate::system::Readout] = &[ $(
                $crate::system::Readout {
                    name: $name,
                    about: $crate::ports::told(concat!($($doc),+)),
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
