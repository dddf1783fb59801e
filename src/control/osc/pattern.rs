//! Address patterns (OSC 1.0, "Message Dispatching and Pattern Matching"; `//` of OSC 1.1): `?` one character, `*` any
//! characters of a part, `[a-c]` and `[!x]` a character in or not in a set, `{one,two}` one of these words, `//` any
//! parts.
//!
//! A pattern becomes a small NFA whose states are simulated in parallel, so a match costs at most characters of the
//! address times states of the pattern, whatever the pattern is; that cost is counted.

/// Most states of a pattern; longer ones are rejected.
const STATES: usize = 512;

/// One step of a pattern.
#[derive(Clone, Debug, PartialEq)]
enum Step {
    /// This character.
    Letter(char),
    /// Any character but `/`.
    Any,
    /// One of these ranges, or none of them; never `/`.
    Class(Vec<(char, char)>, bool),
    /// Loops over any characters but `/`.
    Star,
    /// Loops over any characters: between the slashes of `//`.
    Across,
    /// Continues in all of these states.
    Fork(Vec<usize>),
    /// The accepting state.
    End,
}

/// A pattern, ready to be matched.
#[derive(Clone, Debug, PartialEq)]
pub struct AddressPattern {
    steps: Vec<Step>,
    /// The prefix of every address that matches.
    head: String,
}

/// Whether a text is a pattern, not a plain address.
pub fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?', '[', '{']) || text.contains("//")
}

impl AddressPattern {
    /// Parses a pattern; `None` if it is malformed or too long.
    pub fn parse(text: &str) -> Option<Self> {
        let mut steps = Vec::new();
        let mut letters = text.chars().peekable();
        while let Some(c) = letters.next() {
            match c {
                '?' => steps.push(Step::Any),
                '*' if steps.last() == Some(&Step::Star) => {}
                '*' => steps.push(Step::Star),
                '[' => steps.push(class(&mut letters)?),
                '{' => words(&mut letters, &mut steps)?,
                '/' if letters.peek() == Some(&'/') => {
                    while letters.next_if_eq(&'/').is_some() {}
                    steps.extend([Step::Letter('/'), Step::Fork(vec![steps.len() + 2, steps.len() + 4])]);
                    steps.extend([Step::Across, Step::Letter('/')]);
                }
                ']' | '}' => return None,
                c => steps.push(Step::Letter(c)),
            }
            if steps.len() > STATES {
                return None;
            }
        }
        steps.push(Step::End);
        let plain = text.split(['*', '?', '[', '{']).next().unwrap_or("");
        let head = plain.split("//").next().unwrap_or("").into();
        Some(Self { steps, head })
    }

    /// Whether an address matches. The cost is deducted from `budget`; an address that exceeds it does not match.
    pub fn matches(&self, address: &str, budget: &mut u64) -> bool {
        if !address.starts_with(&self.head) {
            *budget = budget.saturating_sub(1);
            return false;
        }
        let mut now = vec![false; self.steps.len()];
        let mut next = now.clone();
        self.enter(0, &mut now);
        for c in address.chars() {
            let cost = self.steps.len() as u64;
            if *budget < cost {
                *budget = 0;
                return false;
            }
            *budget -= cost;
            next.fill(false);
            for (i, step) in self.steps.iter().enumerate().filter(|(i, _)| now[*i]) {
                match step {
                    Step::Star if c != '/' => self.enter(i, &mut next),
                    Step::Across => self.enter(i, &mut next),
                    Step::Letter(l) if *l == c => self.enter(i + 1, &mut next),
                    Step::Any if c != '/' => self.enter(i + 1, &mut next),
                    Step::Class(ranges, not) if c != '/' => {
                        let within = ranges.iter().any(|r| (r.0..=r.1).contains(&c));
                        if within != *not {
                            self.enter(i + 1, &mut next);
                        }
                    }
                    _ => {}
                }
            }
            std::mem::swap(&mut now, &mut next);
        }
        now[self.steps.len() - 1]
    }

    /// Enters a state, and those reached from it by empty transitions.
    fn enter(&self, at: usize, states: &mut [bool]) {
        if std::mem::replace(&mut states[at], true) {
            return;
        }
        match &self.steps[at] {
            Step::Star | Step::Across => self.enter(at + 1, states),
            Step::Fork(places) => places.iter().for_each(|p| self.enter(*p, states)),
            _ => {}
        }
    }
}

type Letters<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// A set in brackets: ranges such as `a-c`, single characters, negated by a leading `!`.
fn class(letters: &mut Letters) -> Option<Step> {
    let not = letters.next_if_eq(&'!').is_some();
    let mut ranges = Vec::new();
    loop {
        let low = letters.next()?;
        if low == ']' {
            break;
        }
        // A dash at the end is literal.
        let mut ahead = letters.clone();
        let high = match (ahead.next(), ahead.next()) {
            (Some('-'), Some(high)) if high != ']' => {
                letters.nth(1);
                high
            }
            _ => low,
        };
        ranges.push((low.min(high), low.max(high)));
    }
    (!ranges.is_empty()).then_some(Step::Class(ranges, not))
}

/// Words in braces, one of which must follow.
fn words(letters: &mut Letters, steps: &mut Vec<Step>) -> Option<()> {
    let mut words = vec![String::new()];
    loop {
        match letters.next()? {
            '}' => break,
            ',' => words.push(String::new()),
            '/' | '{' | '[' | '*' | '?' => return None,
            c => words.last_mut()?.push(c),
        }
    }
    // A fork to every word, and a jump past the last one after each of the others.
    let fork = steps.len();
    steps.push(Step::Fork(Vec::new()));
    let (mut starts, mut jumps) = (Vec::new(), Vec::new());
    for (i, word) in words.iter().enumerate() {
        starts.push(steps.len());
        steps.extend(word.chars().map(Step::Letter));
        if i + 1 < words.len() {
            jumps.push(steps.len());
            steps.push(Step::Fork(Vec::new()));
        }
    }
    let behind = steps.len();
    jumps.iter().for_each(|j| steps[*j] = Step::Fork(vec![behind]));
    steps[fork] = Step::Fork(starts);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn matches(pattern: &str, address: &str) -> bool {
        AddressPattern::parse(pattern).is_some_and(|p| p.matches(address, &mut u64::MAX.clone()))
    }

    #[test]
    fn patterns_match_as_the_specification_says() {
        for (pattern, yes, no) in [
            ("/layer/*/opacity", "/layer/one/opacity", "/layer/a/b/opacity"),
            ("/layer/{one,two}/opacity", "/layer/two/opacity", "/layer/three/opacity"),
            ("/layer/t?o/opacity", "/layer/two/opacity", "/layer/to/opacity"),
            ("/layer/[os]*/opacity", "/layer/smoke/opacity", "/layer/two/opacity"),
            ("/a/[a-c]", "/a/b", "/a/bb"),
            ("/a/[!a-c]", "/a/d", "/a/b"),
            ("/a/[!a-c]", "/a/d", "/a//"),
            ("/a/[abx-z-]", "/a/-", "/a/c"),
            ("/a/{x,,xy}z", "/a/z", "/a/yz"),
            ("/a/{x,xy}y", "/a/xyy", "/a/xyyy"),
            ("/*", "/go", "/show/go"),
            ("/a*b*c", "/aXbYbZc", "/abX"),
            ("//opacity", "/layer/one/opacity", "/layer/one/opacity/x"),
            ("//opacity", "/opacity", "/xopacity"),
            ("/layer//opacity", "/layer/a/b/opacity", "/layers/a/opacity"),
            ("/layer//opacity", "/layer/opacity", "/layer"),
            ("/a**", "/a", "/b"),
        ] {
            assert!(matches(pattern, yes), "{pattern} {yes}");
            assert!(!matches(pattern, no), "{pattern} {no}");
        }
        for wrong in ["/a[", "/a[]", "/a{b", "/a]", "/a}", "/a{b,{c,d}}", "/[!]"] {
            assert!(AddressPattern::parse(wrong).is_none(), "{wrong}");
        }
        assert!(AddressPattern::parse(&"?".repeat(STATES + 1)).is_none());
    }

    #[test]
    fn no_pattern_costs_more_than_letters_times_states() {
        let evil = format!("/{}b", "*a".repeat(100));
        let (pattern, address) = (AddressPattern::parse(&evil).unwrap(), format!("/{}", "a".repeat(200)));
        let mut budget = u64::MAX;
        assert!(!pattern.matches(&address, &mut budget));
        assert!(u64::MAX - budget <= (pattern.steps.len() * address.len()) as u64);
        let mut short = 1000;
        assert!(!pattern.matches(&address, &mut short) && short == 0, "the budget is spent");
    }

    /// A reference by backtracking, straight from the specification.
    fn by_trial(p: &[u8], a: &[u8]) -> bool {
        match p {
            [] => a.is_empty(),
            [b'?', p @ ..] => matches!(a, [c, rest @ ..] if *c != b'/' && by_trial(p, rest)),
            [b'*', rest @ ..] => {
                by_trial(rest, a) || matches!(a, [c, after @ ..] if *c != b'/' && by_trial(p, after))
            }
            [b'/', b'/', rest @ ..] => {
                a.first() == Some(&b'/')
                    && (by_trial(rest, &a[1..])
                        || (1..a.len()).any(|i| a[i] == b'/' && by_trial(rest, &a[i + 1..])))
            }
            [b'{', rest @ ..] => {
                let end = rest.iter().position(|c| *c == b'}').unwrap();
                rest[..end]
                    .split(|c| *c == b',')
                    .any(|w| a.starts_with(w) && by_trial(&rest[end + 1..], &a[w.len()..]))
            }
            [c, rest @ ..] => a.first() == Some(c) && by_trial(rest, &a[1..]),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]
        #[test]
        fn it_matches_what_backtracking_matches(
            p in "(/{1,2}|a|b|\\?|\\*|\\{a,ab\\}|\\{b,\\}){1,8}", a in "[ab/]{0,8}",
        ) {
            // Three slashes in a row mean no more than two.
            let p = (0..16).fold(p, |p, _| p.replace("///", "//"));
            prop_assert_eq!(matches(&p, &a), by_trial(p.as_bytes(), a.as_bytes()), "{} {}", p, a);
        }

        #[test]
        fn a_text_without_wildcards_matches_only_itself(p in ".{0,40}", a in ".{0,20}") {
            if !p.contains(['?', '*', '[', ']', '{', '}', ',']) && !p.contains("//") {
                prop_assert!(matches(&p, &p));
                prop_assert_eq!(matches(&p, &a), p == a);
            }
            prop_assert!(matches("*", &a.replace('/', "")));
        }
    }
}
