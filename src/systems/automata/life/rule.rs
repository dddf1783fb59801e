//! Rule strings of life-like automata: `B3/S23` (born / survives), or the older `23/3` (survives / born).

use std::fmt;

/// An outer-totalistic rule on two states and the eight neighbours of the square grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Bit n: a dead cell with n live neighbours is born.
    pub born: u16,
    /// Bit n: a live cell with n live neighbours survives.
    pub survive: u16,
}

impl Rule {
    /// Conway's Life, B3/S23 (Gardner, Scientific American 223, 1970).
    pub const CONWAY: Self = Self { born: 1 << 3, survive: 1 << 2 | 1 << 3 };

    /// Reads a rule string; the error is one sentence with the remedy.
    ///
    /// `B3/S23`, `b3s23`, `S23/B3`, `B3` (nothing survives) and `23/3` are understood, the names in [`NAMED`] in any
    /// spelling, and any of these followed by `History` or `Super`, which only affects the marks of a pattern. A
    /// Generations rule of two states (`23/3/2`) is the one before its states.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() {
            return Err("the rule is empty; write B3/S23 for Conway's Life".into());
        }
        let base = of_two_states(marked(text).map_or(text, |m| m.0));
        if let Some(named) = named(base) {
            return Self::parse(named);
        }
        let upper = base.to_ascii_uppercase();
        if let Some(why) = foreign(&upper) {
            return Err(format!(
                "`{text}` {why}; life takes rules of two states that count eight neighbours, as B3/S23"
            ));
        }
        // A second letter means a name: Brian's Brain, Star Wars.
        let is_name = upper.chars().nth(1).is_some_and(|c| c.is_alphabetic() && !"BS".contains(c));
        if upper.starts_with(['B', 'S']) && !is_name {
            return lettered(text, &upper);
        }
        let Some((survive, born)) = upper.split_once('/') else {
            return Err(format!(
                "`{text}` is not a rule: expected B…/S… such as B3/S23, S/B such as 23/3, or a name such as HighLife"
            ));
        };
        Ok(Self { born: counts(text, born)?, survive: counts(text, survive)? })
    }

    /// The highest state of a rule whose patterns have marked cells, as Golly's `LifeHistory` (6) and `LifeSuper` (26).
    pub fn history(text: &str) -> Option<u32> {
        let (base, most) = marked(text.split(':').next().unwrap_or(text).trim())?;
        Self::parse(base).is_ok().then_some(most)
    }

    /// Whether a cell in this state with this number of live neighbours (0..=8) lives in the next generation.
    pub fn lives(&self, alive: bool, neighbours: u32) -> bool {
        (if alive { self.survive } else { self.born }) >> neighbours & 1 == 1
    }
}

/// Rules by the names that people and Golly use, in lower-case letters and digits only.
pub const NAMED: &[(&str, &str)] = &[
    ("life", "B3/S23"),
    ("conway", "B3/S23"),
    ("conways", "B3/S23"),
    ("conwaylife", "B3/S23"),
    ("conwayslife", "B3/S23"),
    ("gameoflife", "B3/S23"),
    ("conwaysgameoflife", "B3/S23"),
    ("standardlife", "B3/S23"),
    ("highlife", "B36/S23"),
    ("daynight", "B3678/S34678"),
    ("dayandnight", "B3678/S34678"),
    ("2x2", "B36/S125"),
    ("34life", "B34/S34"),
    ("3b34life", "B34/S34"),
    ("amoeba", "B357/S1358"),
    ("anneal", "B4678/S35678"),
    ("vote45", "B4678/S35678"),
    ("antilife", "B0123478/S01234678"),
    ("assimilation", "B345/S4567"),
    ("bacteria", "B34/S456"),
    ("blinkers", "B345/S2"),
    ("coagulations", "B378/S235678"),
    ("coral", "B3/S45678"),
    ("corrosionofconformity", "B3/S124"),
    ("diamoeba", "B35678/S5678"),
    ("dotlife", "B3/S023"),
    ("drylife", "B37/S23"),
    ("eightlife", "B3/S238"),
    ("electrifiedmaze", "B45/S12345"),
    ("fredkin", "B1357/S02468"),
    ("geology", "B3578/S24678"),
    ("gnarl", "B1/S1"),
    ("holstein", "B35678/S4678"),
    ("honeylife", "B38/S238"),
    ("iceballs", "B25678/S5678"),
    ("inverselife", "B0123478/S34678"),
    ("landrush", "B36/S234578"),
    ("lifewithoutdeath", "B3/S012345678"),
    ("flakes", "B3/S012345678"),
    ("inkspot", "B3/S012345678"),
    ("livefreeordie", "B2/S0"),
    ("longlife", "B345/S5"),
    ("lowdeath", "B368/S238"),
    ("lowlife", "B3/S13"),
    ("maze", "B3/S12345"),
    ("mazectric", "B3/S1234"),
    ("morley", "B368/S245"),
    ("move", "B368/S245"),
    ("pedestrianlife", "B38/S23"),
    ("persianrug", "B234/S"),
    ("serviettes", "B234/S"),
    ("plowworld", "B378/S012345678"),
    ("pseudolife", "B357/S238"),
    ("replicator", "B1357/S1357"),
    ("replicator2", "B1357/S02468"),
    ("seeds", "B2/S"),
    ("stains", "B3678/S235678"),
    ("virus", "B36/S235"),
    ("vote", "B5678/S45678"),
    ("majority", "B5678/S45678"),
    ("walledcities", "B45678/S2345"),
];

/// The rule string of a name.
fn named(text: &str) -> Option<&'static str> {
    let plain: String = text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
    NAMED.iter().find(|n| n.0 == plain).map(|n| n.1)
}

/// A rule of Golly's whose patterns have marked cells: the rule that its cells follow, and its highest state.
fn marked(text: &str) -> Option<(&str, u32)> {
    let kinds = [("history", 6), ("super", 26)];
    kinds.into_iter().find_map(|(ending, most)| {
        let cut = text.len().checked_sub(ending.len())?;
        let base = text.get(..cut).filter(|b| !b.is_empty())?;
        text.get(cut..)?.eq_ignore_ascii_case(ending).then_some((base.trim_end(), most))
    })
}

/// A Generations rule without its states, where these are two: nothing is left to age.
fn of_two_states(text: &str) -> &str {
    match text.rsplit_once('/') {
        Some((rule, states))
            if rule.contains('/') && states.trim_start_matches(['C', 'c', 'G', 'g']) == "2" =>
        {
            rule
        }
        _ => text,
    }
}

/// What a rule of another family is.
fn foreign(upper: &str) -> Option<String> {
    let parts: Vec<&str> = upper.split('/').collect();
    let digits = |p: &str| !p.is_empty() && p.chars().all(|c| c.is_ascii_digit());
    let states = parts.last().map(|p| p.trim_start_matches(['C', 'G'])).filter(|p| digits(p));
    if let (3, Some(states)) = (parts.len(), states) {
        return Some(format!("is a Generations rule of {states} states"));
    }
    let hensel = |p: &str| {
        let p = p.trim_start_matches(['B', 'S']);
        p.starts_with(|c: char| c.is_ascii_digit())
            && p.contains(['-', 'C', 'E', 'A', 'I', 'J', 'K', 'N', 'Q', 'R', 'T', 'W', 'Y', 'Z'])
    };
    let what = match upper {
        r if r.starts_with('R') && r.contains(',') => "is a Larger than Life rule",
        r if r.starts_with('W') && digits(&r[1..]) => "is one of Wolfram's one-dimensional rules",
        r if r.starts_with("MAP") => "is a rule given as a map of neighbourhoods",
        "WIREWORLD" => "has four states",
        "BRIAN'S BRAIN" | "BRIANSBRAIN" | "BRAIN" => "is a Generations rule of 3 states",
        "STAR WARS" | "STARWARS" => "is a Generations rule of 4 states",
        r if r.len() > 2 && r.starts_with(['B', 'S']) && r.ends_with('H') => {
            "counts six neighbours of a hexagonal grid"
        }
        r if r.len() > 2 && r.starts_with(['B', 'S']) && r.ends_with('V') => {
            "counts the four neighbours of von Neumann"
        }
        r if r.starts_with(|c: char| "BS0123456789".contains(c)) && parts.iter().any(|p| hensel(p)) => {
            "distinguishes neighbourhoods of the same count (Hensel's letters)"
        }
        _ => return None,
    };
    Some(what.into())
}

fn lettered(text: &str, upper: &str) -> Result<Rule, String> {
    let (mut born, mut survive) = (None, None);
    for part in split_letters(upper) {
        let (side, digits) = part.split_at(1);
        let side = if side == "B" { &mut born } else { &mut survive };
        let digits = digits.trim_end_matches('/');
        if side.replace(counts(text, digits)?).is_some() {
            return Err(format!("rule `{text}` has {} twice", &part[..1]));
        }
    }
    match (born, survive) {
        (None, None) => Err(format!("`{text}` is not a rule: expected B…/S… such as B3/S23")),
        (b, s) => Ok(Rule { born: b.unwrap_or(0), survive: s.unwrap_or(0) }),
    }
}

/// `B3/S23` as `B3/` and `S23`.
fn split_letters(upper: &str) -> impl Iterator<Item = &str> {
    let starts: Vec<usize> = upper.match_indices(['B', 'S']).map(|(i, _)| i).collect();
    let ends: Vec<usize> = starts.iter().skip(1).copied().chain([upper.len()]).collect();
    starts.into_iter().zip(ends).map(|(a, b)| &upper[a..b])
}

fn counts(rule: &str, digits: &str) -> Result<u16, String> {
    digits.chars().try_fold(0u16, |bits, c| match c.to_digit(9) {
        Some(n) => Ok(bits | 1 << n),
        None => Err(format!(
            "rule `{rule}`: `{}` is not a number of neighbours; B and S take digits 0 to 8, as in B3/S23",
            c.to_ascii_lowercase()
        )),
    })
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let digits = |bits: u16| (0..9).filter(move |n| bits >> n & 1 == 1).map(|n| n.to_string());
        write!(f, "B{}/S{}", digits(self.born).collect::<String>(), digits(self.survive).collect::<String>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn all_spellings_of_life() {
        let two_states = ["23/3/2", "B3/S23/C2", "b3/s23/g2", "B3/S23/2", "S23/B3/C2"];
        for text in
            ["B3/S23", "b3/s23", "B3S23", "S23/B3", "s23b3", "23/3", " B3/S32 "].iter().chain(&two_states)
        {
            assert_eq!(Rule::parse(text), Ok(Rule::CONWAY), "{text}");
        }
        assert_eq!(Rule::parse("B234").unwrap(), Rule { born: 0b11100, survive: 0 });
        assert_eq!(Rule::parse("/2").unwrap(), Rule { born: 4, survive: 0 });
        assert_eq!(Rule::parse("B/S").unwrap(), Rule { born: 0, survive: 0 });
    }

    #[test]
    fn invalid_rules_are_rejected() {
        let fault = Rule::parse("B3/S2x").unwrap_err();
        assert_eq!(
            fault,
            "rule `B3/S2x`: `x` is not a number of neighbours; B and S take digits 0 to 8, as in B3/S23"
        );
        for text in ["", "lively", "B3/S23/B4", "B9/S23", "3", "B3/S2-a", "23/3/3", "B3/S23:T200,200", "é/3"]
        {
            assert!(Rule::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn rules_are_found_by_name_in_any_spelling() {
        let same = |names: &[&str], rule: &str| {
            names.iter().for_each(|n| assert_eq!(Rule::parse(n), Rule::parse(rule), "{n}"));
        };
        same(
            &[
                "Life",
                "conway",
                "CONWAY'S LIFE",
                "Conway's Game of Life",
                "Game of Life",
                "LifeHistory",
                "B3/S23History",
                "Life Super",
            ],
            "B3/S23",
        );
        same(&["HighLife", "high life", "highlifehistory", "B36/S23Super"], "B36/S23");
        same(&["Day & Night", "DayNight", "day and night", "Day&NightHistory"], "B3678/S34678");
        same(&["34 Life", "3-4 Life"], "34/34");
        same(&["Life without Death"], "012345678/3");
        for (name, rule) in NAMED {
            assert!(Rule::parse(rule).is_ok() && named(name) == Some(rule), "{name}");
        }
        let highest = |text: &str| Rule::history(text);
        assert_eq!(
            [highest("B3/S23History:T10,10"), highest("lifehistory"), highest("LifeSuper")],
            [Some(6), Some(6), Some(26)]
        );
        assert_eq!([highest("Life"), highest("History"), highest("WarHistory")], [None; 3]);
    }

    /// Black and white are swapped: a cell born with n dead neighbours has 8 − n live ones, and so on.
    fn reversed(rule: Rule) -> Rule {
        let other = |bits: u16| (0..9).filter(|n| bits >> n & 1 == 0).map(|n| 1 << (8 - n)).sum();
        Rule { born: other(rule.survive), survive: other(rule.born) }
    }

    #[test]
    fn negatives_of_rules_have_their_names() {
        assert_eq!(Rule::parse("AntiLife").unwrap(), reversed(Rule::CONWAY));
        assert_eq!(Rule::parse("InverseLife").unwrap(), reversed(Rule::parse("B3678/S23").unwrap()));
    }

    #[test]
    fn rules_of_other_families_are_named() {
        for (text, word) in [
            ("345/2/4", "Generations rule of 4 states"),
            ("345/2/22", "Generations rule of 22 states"),
            ("B2/S345/C4", "Generations rule of 4 states"),
            ("B2-a/S12", "Hensel"),
            ("B3/S2-i34q", "Hensel"),
            ("R5,C0,M1,S34..58,B34..45,NM", "Larger than Life"),
            ("W30", "one-dimensional"),
            ("B2/S34H", "hexagonal"),
            ("B2/S013V", "von Neumann"),
            ("WireWorld", "four states"),
            ("Brian's Brain", "Generations rule of 3 states"),
            ("StarWars", "Generations rule of 4 states"),
            ("Bombers of Mine", "is not a rule: expected B…/S… such as B3/S23"),
        ] {
            let fault = Rule::parse(text).unwrap_err();
            assert!(fault.contains(word) && fault.contains(text) && fault.contains("B3/S23"), "{fault}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(born in 0u16..512, survive in 0u16..512) {
            let rule = Rule { born, survive };
            prop_assert_eq!(Rule::parse(&rule.to_string()), Ok(rule));
            let digits = |b: u16| (0..9).filter(|n| b >> n & 1 == 1).map(|n| n.to_string()).collect::<String>();
            prop_assert_eq!(Rule::parse(&format!("{}/{}", digits(survive), digits(born))), Ok(rule));
        }

        #[test]
        fn any_text_is_a_rule_that_can_be_written_or_an_error(text in "[BbSs0-9/]{0,12}|.*") {
            match Rule::parse(&text) {
                Ok(rule) => prop_assert_eq!(Rule::parse(&rule.to_string()), Ok(rule)),
                Err(e) => prop_assert!(e.contains(text.trim()), "{e}"),
            }
        }
    }
}
