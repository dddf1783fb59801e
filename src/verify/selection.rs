//! Which families and cases are to be run.

/// Which families and cases are to be run: all, unless something is named.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Families; all if none are named.
    pub families: Vec<String>,
    /// Cases: parts of their names, or patterns of whole names in which `*` stands for anything and `?` for one sign; all
    /// if none are named. A case's name begins with its family's: `hard_discs/g1`.
    pub cases: Vec<String>,
}

impl Selection {
    /// Whether a family is to be run.
    pub fn has_family(&self, name: &str) -> bool {
        self.families.is_empty() || self.families.iter().any(|f| f == name)
    }

    /// Whether a case is to be run.
    pub fn has_case(&self, family: &str, case: &str) -> bool {
        let name = format!("{family}/{case}");
        self.cases.is_empty() || self.cases.iter().any(|wanted| matches(wanted, &name, case))
    }
}

fn matches(wanted: &str, name: &str, case: &str) -> bool {
    match wanted.contains(['*', '?']) {
        true => fits(wanted, name) || fits(wanted, case),
        false => name.contains(wanted),
    }
}

/// Whether a name is one of those that a pattern stands for.
fn fits(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut p, mut n) = (0, 0);
    // Where the last star was, and where what it stands for ends.
    let mut star = None;
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(sign) if *sign == '?' || *sign == name[n] => (p, n) = (p + 1, n + 1),
            _ => match star {
                Some((at, end)) => {
                    star = Some((at, end + 1));
                    (p, n) = (at + 1, end + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|sign| *sign == '*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_part_or_a_pattern_of_a_name_selects_a_case() {
        let has = |wanted: &str| {
            let all = Selection { families: Vec::new(), cases: vec![wanted.into()] };
            all.has_case("hard_discs", "g1, 60 collisions")
        };
        for wanted in ["g1", "hard_discs/g1", "60 coll", "g1*", "*/g1*", "hard_?iscs/*", "g?,*s", "*"] {
            assert!(has(wanted), "{wanted}");
        }
        for wanted in ["g2", "g1?", "*g1", "hard_discs*g2*", "G1", "?"] {
            assert!(!has(wanted), "{wanted}");
        }
        assert!(Selection::default().has_case("a", "b") && Selection::default().has_family("a"));
        let only = Selection { families: vec!["golly".into()], ..Selection::default() };
        assert!(only.has_family("golly") && !only.has_family("gol"));
    }

    /// Whether a name fits, found by trying everything that the first star may stand for.
    fn plainly(pattern: &[char], name: &[char]) -> bool {
        match pattern {
            [] => name.is_empty(),
            ['*', rest @ ..] => (0..=name.len()).any(|k| plainly(rest, &name[k..])),
            [sign, rest @ ..] => {
                name.first().is_some_and(|n| *sign == '?' || sign == n) && plainly(rest, &name[1..])
            }
        }
    }

    proptest! {
        #[test]
        fn patterns_fit_what_they_stand_for(pattern in "[ab*?]{0,8}", name in "[ab]{0,8}") {
            let (p, n): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
            prop_assert_eq!(fits(&pattern, &name), plainly(&p, &n));
        }
    }
}
