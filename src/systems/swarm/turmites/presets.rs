//! Turmites worth watching.

use super::table::Table;

world::choices! {
    /// A turmite by name.
    pub enum Preset {
        /// Langton's ant (1986), RL: order for a few hundred steps, chaos for ten thousand, then a highway for ever.
        Langton: "langton",
        /// RLR: chaos that never settles, as far as anyone knows.
        Chaos: "chaos",
        /// LLRR: a heart that grows, symmetric for ever (Propp 1994).
        Heart: "heart",
        /// LRRRRRLLR: fills the plane, square by square.
        Square: "square",
        /// LLRRRLRLRLLR: a convoluted highway.
        Convoluted: "convoluted",
        /// RRLLLRLLLRRR: a triangle that fills itself.
        Triangle: "triangle",
        /// Two states: a spiral of squares that grow as Fibonacci's numbers do.
        Fibonacci: "fibonacci",
        /// Three states: grows like a snowflake, in frames.
        Snowflake: "snowflake",
        /// Two states: a basket, woven outwards.
        Weave: "weave",
        /// Two states: a carpet, row by row around itself.
        Carpet: "carpet",
    }
}

impl Preset {
    /// Its table, as scenes write it.
    pub fn text(self) -> &'static str {
        match self {
            Self::Langton => "RL",
            Self::Chaos => "RLR",
            Self::Heart => "LLRR",
            Self::Square => "LRRRRRLLR",
            Self::Convoluted => "LLRRRLRLRLLR",
            Self::Triangle => "RRLLLRLLLRRR",
            Self::Fibonacci => "{{{1, 8, 1}, {1, 8, 1}}, {{1, 2, 1}, {0, 1, 0}}}",
            Self::Snowflake => "{{{1, 8, 1}, {1, 2, 0}}, {{1, 4, 1}, {1, 4, 2}}, {{0, 1, 0}, {0, 4, 0}}}",
            Self::Weave => "{{{1, 4, 1}, {1, 8, 1}}, {{1, 4, 0}, {0, 1, 0}}}",
            Self::Carpet => "{{{1, 8, 0}, {0, 2, 1}}, {{0, 2, 0}, {1, 8, 1}}}",
        }
    }

    /// Its table.
    pub fn table(self) -> Table {
        Table::parse(self.text()).unwrap_or_else(|_| unreachable!("a test reads them all"))
    }
}
