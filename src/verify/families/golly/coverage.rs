//! Which rules and shapes of the grid Life can run.

use systems::automata::life::rule::Rule;

/// A rule on a grid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Law {
    /// The rule.
    pub rule: Rule,
    /// Cells across and down; none along an axis without end.
    pub size: [Option<usize>; 2],
    /// Whether edges are joined; otherwise all is dead beyond them.
    pub torus: bool,
}

impl Law {
    /// Whether empty space lives every other generation.
    pub fn blinks(&self) -> bool {
        self.rule.born & 1 == 1
    }
}

/// Algorithms of Golly's whose rules are of other kinds.
const OTHERS: &[&str] = &["Generations", "Larger than Life", "RuleLoader", "JvN", "Super"];

/// What a rule with the shape of its grid (`B3/S23:T200,100`) means for Life.
///
/// # Errors
/// Life does not run it, with the reason.
pub fn law(text: &str, algorithm: &str) -> Result<Law, String> {
    let (rule, bounds) = text.split_once(':').unwrap_or((text, ""));
    if let Some(other) = OTHERS.iter().find(|o| **o == algorithm) {
        return Err(format!("rules of Golly's {other}"));
    }
    if Rule::history(rule).is_some() {
        return Err("patterns with marked cells".into());
    }
    let rule = Rule::parse(rule).map_err(|e| kind(&e))?;
    let (size, torus) = shape(bounds)?;
    let blinks = rule.born & 1 == 1;
    if blinks && rule.survive >> 8 & 1 == 1 {
        return Err("rules that fill empty space for good".into());
    }
    if blinks && size != [None; 2] {
        return Err("rules that make empty space blink, on a grid with edges".into());
    }
    Ok(Law { rule, size, torus })
}

/// The kind of rule that a message speaks of, which begins with the rule itself.
fn kind(message: &str) -> String {
    let after = message.rsplit('`').next().unwrap_or("").trim();
    let what = after.split(';').next().unwrap_or("");
    match what.strip_prefix("is a ").or_else(|| what.strip_prefix("is one of ")) {
        _ if what.starts_with("distinguishes") => {
            "rules that distinguish neighbourhoods of the same count".into()
        }
        Some(kind) if !kind.starts_with("rule:") => format!("rules of another kind: {kind}"),
        _ => "rules of another kind".into(),
    }
}

/// Cells across and down, and whether edges are joined.
fn shape(bounds: &str) -> Result<([Option<usize>; 2], bool), String> {
    const ENDLESS: [Option<usize>; 2] = [None; 2];
    let Some(kind) = bounds.chars().next() else { return Ok((ENDLESS, true)) };
    let sides = &bounds[kind.len_utf8()..];
    match kind {
        'T' | 't' if sides.contains('+') || sides.contains('-') => return Err("a torus with a shift".into()),
        'T' | 't' | 'P' | 'p' => {}
        'K' | 'k' => return Err("a Klein bottle".into()),
        'S' | 's' => return Err("a sphere".into()),
        'C' | 'c' => return Err("a cross-surface".into()),
        _ => return Err("a grid of another shape".into()),
    }
    let side = |text: &str| match text.trim().parse::<usize>() {
        Ok(0) => Ok(None),
        Ok(n) if n <= 1 << 20 => Ok(Some(n)),
        _ => Err("a grid of another shape".to_string()),
    };
    let (across, down) = sides.split_once(',').unwrap_or((sides, sides));
    Ok(([side(across)?, side(down)?], matches!(kind, 'T' | 't')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_and_shapes_of_life_are_covered_and_others_are_told_apart() {
        let size = |text: &str| law(text, "auto").map(|l| (l.size, l.torus));
        assert_eq!(size("B3/S23"), Ok(([None; 2], true)));
        assert_eq!(size("23/3"), Ok(([None; 2], true)));
        assert_eq!(size("B36/S23:T128,96"), Ok(([Some(128), Some(96)], true)));
        assert_eq!(size("B3/S23:T0,68"), Ok(([None, Some(68)], true)));
        assert_eq!(size("B3/S23:P40"), Ok(([Some(40), Some(40)], false)));
        assert!(law("B017/S01", "auto").unwrap().blinks());
        for (text, algorithm, why) in [
            ("B3/S23:T100+5,100", "auto", "a torus with a shift"),
            ("B3/S23:K64*,64", "auto", "a Klein bottle"),
            ("B3/S23:S80", "auto", "a sphere"),
            ("B3/S23:C10,10", "auto", "a cross-surface"),
            ("B3/S23:Q10,10", "auto", "a grid of another shape"),
            ("B3/S23:T1e9,10", "auto", "a grid of another shape"),
            ("B3/S23:é", "auto", "a grid of another shape"),
            ("B2-a/S12", "auto", "rules that distinguish neighbourhoods of the same count"),
            ("MAPAAD//zA", "auto", "rules of another kind: rule given as a map of neighbourhoods"),
            ("345/2/4", "", "rules of another kind: Generations rule of 4 states"),
            ("345/2/4", "Generations", "rules of Golly's Generations"),
            ("LifeHistory", "auto", "patterns with marked cells"),
            ("Codd", "auto", "rules of another kind"),
            ("B0/S8", "auto", "rules that fill empty space for good"),
            ("B0/S1:T10,10", "auto", "rules that make empty space blink, on a grid with edges"),
        ] {
            assert_eq!(law(text, algorithm), Err(why.into()), "{text}");
        }
    }
}
