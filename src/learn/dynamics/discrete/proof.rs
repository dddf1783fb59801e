//! The proof of a learned rule: every neighbourhood that there is, its learned decision beside what the data showed.
//!
//! A rule of 3 × 3 cells is a table. Where the learned table is that of the data, a step is exact on every board whose
//! neighbourhoods were seen, and so any number of steps; if all were seen, on every board of any size.

use super::alphabet::Alphabet;
use super::evidence::{Evidence, Outcome};
use super::neighbourhood;
use super::table::Table;

/// Neighbourhoods that are told one by one.
const TOLD: usize = 20;
/// Neighbourhoods a line of the enumeration.
const LINE: usize = 64;
/// The most neighbourhoods that are listed; of more only the number that were seen is told.
const LISTED: usize = 4096;

/// A learned rule beside the data.
pub struct Proof<'a> {
    /// States of the cells.
    pub alphabet: &'a Alphabet,
    /// What the data showed.
    pub evidence: &'a Evidence,
    /// The learned rule, if it can be enumerated.
    pub table: Option<&'a Table>,
    /// Neighbourhoods that occurred and are decided otherwise than the data showed, with their decision.
    pub wrong: Vec<(Outcome, u8)>,
}

impl<'a> Proof<'a> {
    /// Compares the decisions `decide` for many neighbourhoods at once (those of `table`, if there is one) with the
    /// data.
    pub fn new(
        alphabet: &'a Alphabet,
        evidence: &'a Evidence,
        table: Option<&'a Table>,
        decide: &dyn Fn(&[u64]) -> Vec<u8>,
    ) -> Self {
        Self { alphabet, evidence, table, wrong: evidence.wrong(decide) }
    }

    /// Whether every neighbourhood was seen, and is decided as the data showed.
    pub fn is_complete(&self) -> bool {
        let seen = self.evidence.outcomes.len() as u64;
        self.table.is_some() && self.wrong.is_empty() && seen == neighbourhood::count(self.alphabet.count())
    }

    /// Everything as text: the verdict first, then the enumeration.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![self.states(), self.observations(), self.verdict()];
        lines.extend(self.wrong.iter().take(TOLD).map(|(o, decision)| {
            let text = neighbourhood::text(o.from, self.alphabet.count());
            format!("  wrong: {text} → {decision}, data {} (seen {} times)", o.to, o.count)
        }));
        lines.extend(rest(self.wrong.len()));
        let Some(table) = self.table else { return lines };
        let unseen = self.unseen();
        if !unseen.is_empty() {
            lines.push(format!("not seen: {} neighbourhoods; generalised to", unseen.len()));
            let told = unseen.iter().take(TOLD);
            lines.extend(told.map(|n| {
                format!("  {} → {}", neighbourhood::text(*n, table.states), table.next[*n as usize])
            }));
            lines.extend(rest(unseen.len()));
        }
        lines.extend(table.life_like().map(|rule| format!("the learned table is that of {rule}")));
        if table.next.len() <= LISTED {
            lines.extend(self.enumeration(table));
        }
        lines
    }

    fn states(&self) -> String {
        let value = |state: u8| {
            let values: Vec<String> = self.alphabet.values(state).iter().map(f32::to_string).collect();
            format!("{state} = {}", values.join(" "))
        };
        let all: Vec<String> = (0..self.alphabet.count() as u8).map(value).collect();
        format!("states of a cell: {}", all.join(", "))
    }

    fn observations(&self) -> String {
        let [against, all] = self.evidence.contradictions();
        let seen = self.evidence.outcomes.len();
        let clear = match against {
            0 => "each with one outcome".to_string(),
            n => format!("{n} of them against the most frequent outcome, which counts"),
        };
        format!("data: {seen} distinct neighbourhoods of 3×3 cells in {all} observations, {clear}")
    }

    fn verdict(&self) -> String {
        let (k, wrong, seen) = (self.alphabet.count(), self.wrong.len(), self.evidence.outcomes.len());
        let all = neighbourhood::count(k);
        match (self.table, wrong) {
            (Some(_), 0) if self.is_complete() => format!(
                "proved by enumeration: all {all} neighbourhoods are decided as the data showed; every step is exact, on \
                 boards of any size"
            ),
            (Some(_), 0) => format!(
                "proved by enumeration of all {all} neighbourhoods: the {seen} seen are decided as the data showed; every \
                 step is exact on boards of these"
            ),
            (Some(_), n) => format!(
                "not exact, by enumeration of all {all} neighbourhoods: {n} of the {seen} seen are decided otherwise than \
                 the data showed"
            ),
            (None, n) => format!(
                "not provable by enumeration ({k}⁹ = {all} neighbourhoods); {} of the {seen} seen are decided as the data \
                 showed",
                seen - n
            ),
        }
    }

    /// Neighbourhoods that did not occur.
    fn unseen(&self) -> Vec<u64> {
        let mut seen = self.evidence.outcomes.iter().map(|o| o.from).peekable();
        let all = 0..neighbourhood::count(self.alphabet.count());
        all.filter(|n| seen.next_if_eq(n).is_none()).collect()
    }

    /// The table, learned above data; what was not seen is a dot.
    fn enumeration(&self, table: &Table) -> Vec<String> {
        let digit = |state: u8| char::from_digit(u32::from(state), 16).unwrap_or('?');
        let mut data = vec!['.'; table.next.len()];
        self.evidence.outcomes.iter().for_each(|o| data[o.from as usize] = digit(o.to));
        let mut lines = vec![format!(
            "enumeration, a digit a neighbourhood (its cells row by row from the top left are its digits in base {})",
            table.states
        )];
        for (i, (learned, data)) in table.next.chunks(LINE).zip(data.chunks(LINE)).enumerate() {
            let learned: String = learned.iter().map(|s| digit(*s)).collect();
            lines.push(format!("{:>7} learned {learned}", i * LINE));
            lines.push(format!("        data    {}", data.iter().collect::<String>()));
        }
        lines
    }
}

fn rest(all: usize) -> Option<String> {
    (all > TOLD).then(|| format!("  … and {} more", all - TOLD))
}

#[cfg(test)]
mod tests {
    use super::super::lessons::Lessons;
    use super::super::neighbourhood::CELLS;
    use super::super::study::soups;
    use super::*;
    use crate::dynamics::Trajectories;
    use crate::dynamics::trajectories::Moment;
    use world::rng::Rng;

    fn text(rule: &Table, boards: [usize; 3], learned: &Table) -> (String, bool) {
        let data = soups(rule, 0.5, boards, Rng::new(1));
        let held = Trajectories { spec: data.spec.clone(), worlds: Vec::new() };
        let lessons = Lessons::of(&data, &held, 0.0).unwrap();
        let decide = |n: &[u64]| n.iter().map(|n| learned.next[*n as usize]).collect();
        let proof = Proof::new(&lessons.alphabet, &lessons.evidence, Some(learned), &decide);
        (proof.lines().join("\n"), proof.is_complete())
    }

    fn majority(c: &[u8; CELLS]) -> u8 {
        u8::from(c.iter().sum::<u8>() > 4)
    }

    #[test]
    fn a_table_is_proved_or_not() {
        let rule = Table::of(2, majority).unwrap();
        let (said, complete) = text(&rule, [64, 8, 1], &rule);
        assert!(
            complete && said.contains("proved by enumeration: all 512") && !said.contains("wrong"),
            "{said}"
        );
        assert!(!said.contains("not seen") && said.contains("data: 512 distinct"), "{said}");
        assert!(
            said.contains("states of a cell: 0 = 0, 1 = 1") && said.contains("that of B5678/S45678"),
            "{said}"
        );
        // Every entry is there, learned and seen: 512 in 8 lines of 64 each.
        let expected: String = rule.next.iter().map(u8::to_string).collect();
        for word in [" learned ", "data    "] {
            let lines = said.lines().filter(|l| l.starts_with("    ")).filter_map(|l| l.split_once(word));
            assert_eq!(lines.map(|l| l.1).collect::<String>(), expected);
        }
        let mut broken = rule.clone();
        broken.next[0b000_010_111] ^= 1;
        let (said, complete) = text(&rule, [64, 8, 1], &broken);
        assert!(!complete && said.contains("not exact") && said.contains("1 of the 512 seen"), "{said}");
        assert!(said.contains("wrong: 000/010/111 → 1, data 0"), "{said}");
    }

    #[test]
    fn what_was_not_seen_is_told() {
        let rule = Table::of(2, majority).unwrap();
        // 144 cells of a small board show few of 512 neighbourhoods.
        let (said, complete) = text(&rule, [12, 1, 1], &rule);
        let seen: usize = said.split("data: ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
        assert!(!complete && seen < 144 && said.contains(&format!("the {seen} seen are decided")), "{said}");
        assert!(said.contains(&format!("not seen: {} neighbourhoods", 512 - seen)), "{said}");
        assert!(said.contains(&format!("… and {} more", 512 - seen - 20)), "{said}");
        assert_eq!(said.matches('.').count(), 512 - seen, "a dot each");
    }

    #[test]
    fn too_many_states_are_not_proved() {
        let spec = soups(&Table::of(2, majority).unwrap(), 0.5, [8, 1, 1], Rng::new(1)).spec;
        let frame = Moment { state: (0..64).map(|i| (i % 7) as f32).collect(), ..Moment::default() };
        let data = Alphabet::of(&spec, &[&frame]).unwrap();
        let evidence = Evidence { outcomes: vec![Outcome { from: 3, to: 1, count: 4, against: 0 }] };
        let proof = Proof::new(&data, &evidence, None, &|n| vec![1; n.len()]);
        let said = proof.lines().join("\n");
        assert!(
            said.contains("not provable by enumeration (7⁹ = 40353607") && said.contains("1 of the 1 seen"),
            "{said}"
        );
        assert!(!proof.is_complete() && !said.contains("learned"));
    }
}
