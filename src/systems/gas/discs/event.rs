//! What may happen to a disc next.

use super::arena::Side;

/// The kind of a disc's next event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It meets its partner, if that has not been hit meanwhile.
    Disc,
    /// It leaves its cell.
    Cross(Side),
    /// It meets a wall.
    Wall(Side),
    /// It meets an obstacle.
    Solid,
}

/// The other disc of a pair, as it was when the pair was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partner {
    /// Its number.
    pub number: u32,
    /// Its stamp.
    pub stamp: u32,
}

/// Numbers of discs are below this.
pub const MOST: u32 = (1 << KIND) - 1;
/// Bits of a number; the kind is above them.
const KIND: u32 = 28;

/// A disc's next event, with its next partner, whom it meets if nothing else happens before: in eight bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    kind_and_number: u32,
    stamp: u32,
}

impl Event {
    /// An event and a partner, if there is one.
    #[inline(always)]
    pub fn new(kind: Kind, partner: Option<Partner>) -> Self {
        let kind = match kind {
            Kind::Disc => 0,
            Kind::Cross(side) => 1 + side as u32,
            Kind::Wall(side) => 5 + side as u32,
            Kind::Solid => 9,
        };
        let Partner { number, stamp } = partner.unwrap_or(Partner { number: MOST, stamp: 0 });
        Self { kind_and_number: kind << KIND | number, stamp }
    }

    /// Its kind.
    #[inline(always)]
    pub fn kind(self) -> Kind {
        match self.kind_and_number >> KIND {
            0 => Kind::Disc,
            code @ 1..5 => Kind::Cross(Side::ALL[code as usize - 1]),
            code @ 5..9 => Kind::Wall(Side::ALL[code as usize - 5]),
            _ => Kind::Solid,
        }
    }

    /// The partner.
    #[inline(always)]
    pub fn partner(self) -> Option<Partner> {
        let number = self.kind_and_number & MOST;
        (number != MOST).then_some(Partner { number, stamp: self.stamp })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_what_they_were_made_of() {
        let sides = Side::ALL.into_iter().flat_map(|s| [Kind::Cross(s), Kind::Wall(s)]);
        for kind in sides.chain([Kind::Disc, Kind::Solid]) {
            for partner in [
                None,
                Some(Partner { number: 49_999, stamp: u32::MAX }),
                Some(Partner { number: 0, stamp: 0 }),
            ] {
                let event = Event::new(kind, partner);
                assert_eq!((event.kind(), event.partner()), (kind, partner));
            }
        }
    }
}
