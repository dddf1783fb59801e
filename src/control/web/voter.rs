//! Voters of the web remote: each page keeps a random id, and only its hash goes on.

use world::rng::Rng;
use world::votes::Voter;

/// Characters of an id: at least 8, so that no two pages take the same by chance, and at most 64.
const LENGTH: std::ops::RangeInclusive<usize> = 8..=64;

/// The voter behind an id of letters and digits; none if it is not one.
pub fn voter(id: &str) -> Option<Voter> {
    let fits = LENGTH.contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric());
    fits.then(|| Voter::Page(Rng::new(0).named("voter").named(id).bits(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_told_apart_and_strange_ones_are_none() {
        let ids: Vec<String> = (0..500).map(|i| format!("{i:032x}")).collect();
        let voters: std::collections::BTreeSet<Voter> = ids.iter().filter_map(|id| voter(id)).collect();
        assert_eq!(voters.len(), 500);
        assert_eq!(voter(&ids[7]), voter(&ids[7]));
        for strange in ["", "short", &"a".repeat(65), "has a space", "ümlaut-ümlaut", "semi;colon"] {
            assert_eq!(voter(strange), None, "{strange}");
        }
    }
}
