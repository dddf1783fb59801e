//! No circle of imports: from the files that a file takes names of, no way leads back to it.
//!
//! An import is a path to a name that another file of the same crate defines, be it in a `use` or where the name is used. It
//! leads to the file that defines the name, whoever hands it on: a re-export (`pub use`) itself imports nothing, unless
//! the file uses the name, too. So a module may declare its children and hand on what they define, but where it uses
//! that, they can take nothing from it. Tests are not read.

use std::collections::{BTreeMap, BTreeSet};

use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Ident, Lifetime, Lit, Token, braced, bracketed, parenthesized, token};

/// A source in words, nested as its brackets are.
#[derive(Clone, PartialEq)]
enum Word {
    /// Of a thing or of the language.
    Name(String),
    /// `::`
    Colons,
    /// One sign of punctuation.
    Sign(char),
    /// A bracket and what it holds.
    Group(char, Vec<Word>),
}

use Word::{Colons, Group, Name, Sign};

fn words(input: ParseStream) -> syn::Result<Vec<Word>> {
    let mut all = Vec::new();
    while !input.is_empty() {
        let inside;
        if input.peek(token::Brace) {
            braced!(inside in input);
            all.push(Group('{', words(&inside)?));
        } else if input.peek(token::Bracket) {
            bracketed!(inside in input);
            all.push(Group('[', words(&inside)?));
        } else if input.peek(token::Paren) {
            parenthesized!(inside in input);
            all.push(Group('(', words(&inside)?));
        } else if input.peek(Token![::]) {
            input.parse::<Token![::]>()?;
            all.push(Colons);
        } else if input.peek(Ident::peek_any) {
            all.push(Name(input.call(Ident::parse_any)?.to_string()));
        } else if input.peek(Lifetime) {
            input.parse::<Lifetime>()?;
        } else if input.peek(Lit) {
            input.parse::<Lit>()?;
            all.push(Sign('"'));
        } else {
            let sign = input.step(|at| match at.punct() {
                Some((sign, rest)) => Ok((sign.as_char(), rest)),
                None => Err(at.error("expected a word")),
            });
            all.push(Sign(sign?));
        }
    }
    Ok(all)
}

/// Whether an attribute, by what its bracket holds, leaves an item to tests.
fn is_for_tests(attribute: &[Word]) -> bool {
    let test = Name("test".into());
    match attribute {
        [Name(cfg), Group('(', of)] if cfg == "cfg" => match &of[..] {
            [Name(all), Group('(', of)] if all == "all" => of.contains(&test),
            of => of.first() == Some(&test),
        },
        _ => false,
    }
}

/// The same without tests.
fn without_tests(words: Vec<Word>) -> Vec<Word> {
    let (mut all, mut words) = (Vec::new(), words.into_iter().peekable());
    while let Some(word) = words.next() {
        match (word, words.peek()) {
            (Sign('#'), Some(Group('[', attribute))) if is_for_tests(attribute) => {
                words.find(|w| matches!(w, Sign(';' | ',') | Group('{', _)));
            }
            (Group(bracket, inner), _) => all.push(Group(bracket, without_tests(inner))),
            (word, _) => all.push(word),
        }
    }
    all
}

/// Names from the outermost inwards; the first may be `crate`, `self` or `super`, and is empty for another crate's (`::a`).
type Names = Vec<String>;

/// What a `use` brings.
struct Use {
    /// How it is called here.
    name: String,
    path: Names,
    /// Whether others can take it from here.
    is_handed_on: bool,
}

/// A module: a file or a part of one.
#[derive(Default)]
struct Module {
    file: String,
    children: BTreeSet<String>,
    defines: BTreeSet<String>,
    uses: Vec<Use>,
    /// Of which modules all is brought.
    globs: Vec<Names>,
    /// Paths of two names or more.
    paths: BTreeSet<Names>,
    /// All names but those in a `use`.
    names: BTreeSet<String>,
}

/// What begins the definition of a name.
const DEFINES: &[&str] = &["fn", "struct", "enum", "union", "const", "static", "trait", "type"];

impl Module {
    /// Takes up what lies outside of all other modules.
    fn read(&mut self, words: &[Word]) {
        let mut i = 0;
        while let Some(word) = words.get(i) {
            let before = i.checked_sub(1).map(|b| &words[b]);
            match word {
                Group(_, inner) => self.read(inner),
                Name(name) if name == "use" && words.get(i + 1) != Some(&Sign('<')) => {
                    let end = words[i..].iter().position(|w| *w == Sign(';')).map_or(words.len(), |e| i + e);
                    // `pub`, or `pub(…)`.
                    let is_handed_on = words[..i].iter().rev().find(|w| !matches!(w, Group('(', _)));
                    let is_handed_on = is_handed_on == Some(&Name("pub".into()));
                    self.bring(&[], &words[i + 1..end], is_handed_on);
                    i = end;
                }
                Name(name) => {
                    self.names.insert(name.clone());
                    let mut path = vec![name.clone()];
                    while let (Some(Colons), Some(Name(next))) = (words.get(i + 1), words.get(i + 2)) {
                        path.push(next.clone());
                        i += 2;
                    }
                    if path.len() > 1 && !matches!(before, Some(Colons | Sign('.'))) {
                        self.paths.insert(path);
                    }
                }
                Colons | Sign(_) => {}
            }
            i += 1;
        }
    }

    /// Takes up what a `use` brings from below a path.
    fn bring(&mut self, from: &[String], words: &[Word], is_handed_on: bool) {
        let (mut path, end) = (from.to_vec(), Sign(','));
        let mut words = words.iter().chain([&end]);
        while let Some(word) = words.next() {
            let name = match word {
                Colons if path.is_empty() => {
                    path.push(String::new());
                    continue;
                }
                Name(word) if word != "as" => {
                    path.push(word.clone());
                    continue;
                }
                Colons => continue,
                Name(_) => words.next(),
                Group(_, inner) => {
                    self.bring(&path, inner, is_handed_on);
                    None
                }
                Sign('*') => {
                    self.globs.push(path.clone());
                    None
                }
                Sign(',') => None,
                Sign(_) => continue,
            };
            let is_whole = *word == end && path.len() > from.len() || name.is_some();
            if path.last().is_some_and(|l| l == "self") {
                path.pop();
            }
            let own = path.last().cloned().unwrap_or_default();
            let name = if let Some(Name(name)) = name { name.clone() } else { own };
            let path = std::mem::replace(&mut path, from.to_vec());
            if is_whole {
                self.uses.push(Use { name, path, is_handed_on });
            }
        }
    }

    fn knows(&self, name: &str) -> bool {
        self.children.contains(name)
            || self.defines.contains(name)
            || self.uses.iter().any(|u| u.name == name)
    }
}

/// Where a path leads.
enum Target {
    Module(Names),
    /// A name, and the file that defines it.
    Defined(String, String),
}

/// The modules of a crate, by their paths.
#[derive(Default)]
struct Crate {
    modules: BTreeMap<Names, Module>,
    /// Macros that lie at its root wherever they are defined, each with its file.
    macros: BTreeMap<String, String>,
}

/// The text of a file, if there is one.
type Sources<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Files on the way to a name, at most: `use` can go round.
const FAR: usize = 32;

impl Crate {
    /// From the file of its root on.
    fn read(root: &str, sources: Sources) -> Self {
        let mut all = Self::default();
        let folder = root.rsplit_once('/').map_or("", |r| r.0);
        all.file(Vec::new(), root, folder, sources);
        all
    }

    /// Takes up a module that is a file; those below it lie in `folder`.
    fn file(&mut self, name: Names, file: &str, folder: &str, sources: Sources) {
        let text = sources(file).unwrap_or_else(|| panic!("there is no {file}"));
        let words = words.parse_str(&text).unwrap_or_else(|e| panic!("{file}: {e}"));
        self.module(name, file, folder, without_tests(words), sources);
    }

    fn module(&mut self, name: Names, file: &str, folder: &str, words: Vec<Word>, sources: Sources) {
        let mut module = Module { file: file.into(), ..Module::default() };
        let mut own = Vec::new();
        let mut i = 0;
        while let Some(word) = words.get(i) {
            match (word, words.get(i + 1), words.get(i + 2)) {
                (Name(word), Some(Name(child)), Some(next)) if word == "mod" => {
                    module.children.insert(child.clone());
                    let (inner, below) =
                        ([&name[..], std::slice::from_ref(child)].concat(), format!("{folder}/{child}"));
                    match next {
                        Group(_, words) => self.module(inner, file, &below, words.clone(), sources),
                        _ => {
                            let alone = format!("{below}.rs");
                            let is_alone = sources(&alone).is_some();
                            let file = if is_alone { alone } else { format!("{below}/mod.rs") };
                            self.file(inner, &file, &below, sources);
                        }
                    }
                    i += 3;
                    continue;
                }
                (Name(word), Some(Sign('!')), Some(Name(made))) if word == "macro_rules" => {
                    let exported = Group('[', vec![Name("macro_export".into())]);
                    if i > 0 && words[i - 1] == exported {
                        self.macros.insert(made.clone(), file.into());
                    }
                    module.defines.insert(made.clone());
                }
                (Name(word), Some(Name(mutable)), Some(Name(made)))
                    if word == "static" && mutable == "mut" =>
                {
                    module.defines.insert(made.clone());
                }
                (Name(word), Some(Name(made)), _) if DEFINES.contains(&&word[..]) => {
                    module.defines.insert(made.clone());
                }
                _ => {}
            }
            own.push(word.clone());
            i += 1;
        }
        module.read(&own);
        self.modules.insert(name, module);
    }

    /// Where a path leads that is written in a module; nowhere if it leaves the crate.
    fn find(&self, from: &[String], path: &[String], left: usize) -> Option<Target> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => self.walk(&[], rest, left),
            "self" => self.walk(from, rest, left),
            "super" => {
                let ups = 1 + rest.iter().take_while(|r| *r == "super").count();
                self.walk(&from[..from.len().checked_sub(ups)?], &path[ups..], left)
            }
            name => self.modules[from].knows(name).then(|| self.walk(from, path, left))?,
        }
    }

    /// Where a path leads that is meant from a module on.
    fn walk(&self, from: &[String], path: &[String], left: usize) -> Option<Target> {
        let left = left.checked_sub(1)?;
        let Some((first, rest)) = path.split_first() else { return Some(Target::Module(from.to_vec())) };
        let module = &self.modules[from];
        if module.children.contains(first) {
            return self.walk(&[from, &path[..1]].concat(), rest, left);
        }
        let is_root = from.is_empty();
        if let Some(file) = self.macros.get(first).filter(|_| is_root) {
            return Some(Target::Defined(first.clone(), file.clone()));
        }
        // Whoever is called as what it is taken from is another crate.
        let brought = || module.uses.iter().filter(|u| u.name == *first && u.path.first() != Some(first));
        if !module.defines.contains(first) && brought().next().is_some() {
            return brought().find_map(|u| match self.find(from, &u.path, left)? {
                Target::Module(at) => self.walk(&at, rest, left),
                name => Some(name),
            });
        }
        let mut globs = module.globs.iter().filter_map(|g| match self.find(from, g, left)? {
            Target::Module(at) => Some(at),
            Target::Defined(..) => None,
        });
        let known = |at: &Names| !module.defines.contains(first) && self.modules[at].knows(first);
        match globs.find(known) {
            Some(at) => self.walk(&at, path, left),
            // Where nothing else defines it, a macro does.
            None => Some(Target::Defined(first.clone(), module.file.clone())),
        }
    }

    /// For each file the files that it imports from, and the names.
    fn imports(&self) -> BTreeMap<&str, BTreeMap<String, BTreeSet<String>>> {
        let mut all: BTreeMap<&str, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
        for (at, module) in &self.modules {
            let own = all.entry(&module.file).or_default();
            let used = module.uses.iter().filter(|u| !u.is_handed_on || module.names.contains(&u.name));
            let paths = used.map(|u| &u.path).chain(&module.paths);
            let mut found: Vec<Target> = paths.filter_map(|p| self.find(at, p, FAR)).collect();
            for glob in &module.globs {
                let Some(Target::Module(from)) = self.find(at, glob, FAR) else { continue };
                let known = module.names.iter().filter(|n| self.modules[&from].knows(n));
                found.extend(known.filter_map(|n| self.walk(&from, std::slice::from_ref(n), FAR)));
            }
            for target in found {
                if let Target::Defined(name, file) = target
                    && file != module.file
                {
                    own.entry(file).or_default().insert(name);
                }
            }
        }
        all
    }

    /// Every circle: its files, and what ties them.
    fn circles(&self) -> Vec<String> {
        let imports = self.imports();
        let reached = |from: &str| {
            let (mut seen, mut next) = (BTreeSet::new(), vec![from]);
            while let Some(file) = next.pop() {
                for to in imports.get(file).into_iter().flat_map(|i| i.keys()) {
                    if seen.insert(to.as_str()) {
                        next.push(to);
                    }
                }
            }
            seen
        };
        let reached: BTreeMap<&str, BTreeSet<&str>> = imports.keys().map(|f| (*f, reached(f))).collect();
        let mut circles = BTreeSet::new();
        for (file, ways) in &reached {
            let circle: BTreeSet<&str> = ways.iter().copied().filter(|o| reached[o].contains(file)).collect();
            if circle.len() > 1 {
                circles.insert(circle);
            }
        }
        let told = |circle: &BTreeSet<&str>| {
            let mut lines = vec![format!("a circle of {} files:", circle.len())];
            for from in circle {
                for (to, names) in imports[from].iter().filter(|(to, _)| circle.contains(to.as_str())) {
                    let names: Vec<&str> = names.iter().map(String::as_str).collect();
                    lines.push(format!("  {from} -> {to}: {}", names.join(", ")));
                }
            }
            lines.join("\n")
        };
        circles.iter().map(told).collect()
    }
}

#[test]
fn no_file_imports_from_one_that_leads_back_to_it() {
    let root = super::root();
    let folders = std::fs::read_dir(root.join("src")).unwrap().map(|e| e.unwrap().path());
    let rooms = folders.filter(|f| f.join("lib.rs").is_file()).map(|f| {
        let room = f.file_name().unwrap().to_string_lossy().into_owned();
        format!("src/{room}/lib.rs")
    });
    let sources = |file: &str| std::fs::read_to_string(root.join(file)).ok();
    let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
    for lib in rooms.chain(["src/lib.rs".into()]) {
        let read = Crate::read(&lib, &sources);
        found.extend(read.circles());
        seen.extend(read.modules.into_values().map(|m| m.file));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(seen.len() > 500, "every file is looked at");
}

/// The circles of made-up files below `src`, of which the first is the root.
fn made(files: &[(&str, &str)]) -> String {
    let text = |file: &str| {
        let found = files.iter().find(|f| file.strip_prefix("src/") == Some(f.0));
        found.map(|f| f.1.to_string())
    };
    Crate::read(&format!("src/{}", files[0].0), &text).circles().join("\n")
}

#[test]
fn every_way_round_is_seen_and_nothing_else() {
    const TWO: &str = "mod a; mod b;";
    let bad: &[&[(&str, &str)]] = &[
        &[
            ("lib.rs", TWO),
            ("a.rs", "use crate::b::B; pub struct A(B);"),
            ("b.rs", "use super::a::A; pub struct B(A);"),
        ],
        // Where they are used; in a macro; by a name for the module; all names of it.
        &[
            ("lib.rs", TWO),
            ("a.rs", "pub fn a() { crate::b::b() }"),
            ("b.rs", "pub fn b() { super::a::a() }"),
        ],
        &[
            ("lib.rs", TWO),
            ("a.rs", "pub const A: u8 = 1; fn a() { println!(\"{}\", super::b::B) }"),
            ("b.rs", "pub use super::a::A; pub const B: u8 = A;"),
        ],
        &[
            ("lib.rs", TWO),
            ("a.rs", "use super::b::{self as other}; pub fn a() { other::b() }"),
            ("b.rs", "pub fn b() { use crate::{a}; a::a() }"),
        ],
        &[
            ("lib.rs", TWO),
            ("a.rs", "use super::b::*; pub fn a() { b() }"),
            ("b.rs", "pub fn b() { super::a::a() }"),
        ],
        // Handed on by their parent.
        &[
            ("lib.rs", "mod a; mod b; pub use a::A; pub use self::b::B;"),
            ("a.rs", "use super::B; pub struct A(B);"),
            ("b.rs", "use crate::{A}; pub struct B(A);"),
        ],
        // The parent uses what its child defines, and the other way round.
        &[
            ("lib.rs", "mod a; pub struct Own(a::A);"),
            ("a.rs", "use super::Own; pub struct A; impl A { fn of(_: Own) {} }"),
        ],
        // In a part of a file; in a folder; round three.
        &[
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "mod inner { use super::super::b::B; } pub struct A;"),
            ("b.rs", "pub struct B(super::a::A);"),
        ],
        &[
            ("lib.rs", "mod a; mod b; mod c;"),
            ("a/mod.rs", "mod deep; pub use deep::A;"),
            ("a/deep.rs", "pub struct A(crate::b::B);"),
            ("b.rs", "use super::c::C; pub struct B(C);"),
            ("c.rs", "pub struct C(crate::a::A);"),
        ],
        // A macro that lies at the root.
        &[
            ("lib.rs", TWO),
            ("a.rs", "#[macro_export] macro_rules! made { () => {} } pub fn a() -> crate::b::B {}"),
            ("b.rs", "crate::made! { x } pub struct B;"),
        ],
    ];
    for files in bad {
        assert!(made(files).starts_with("a circle of "), "{:?}", files[1]);
    }
    let told = made(bad[0]);
    assert_eq!(told, "a circle of 2 files:\n  src/a.rs -> src/b.rs: B\n  src/b.rs -> src/a.rs: A");
    assert!(
        made(bad[8]).starts_with("a circle of 3 files:\n  src/a/deep.rs -> src/b.rs: B\n"),
        "{}",
        made(bad[8])
    );
    let good: &[&[(&str, &str)]] = &[
        &[("lib.rs", TWO), ("a.rs", "use crate::b::B; pub struct A(B);"), ("b.rs", "pub struct B;")],
        // A parent that only hands on.
        &[("lib.rs", "mod a; pub use a::A; pub struct Own;"), ("a.rs", "use super::Own; pub struct A(Own);")],
        // Tests; comments and texts.
        &[
            ("lib.rs", TWO),
            ("a.rs", "use super::b::B; pub struct A(B);"),
            (
                "b.rs",
                "//! crate::a::A\npub struct B; #[cfg(test)] mod tests { use crate::a::A; }\n\
                 #[allow(dead_code)] #[cfg(all(test, unix))] fn f(_: super::a::A) {} const TEXT: &str = \"super::a::A\";",
            ),
        ],
        // Another crate of the same name; a field and a method of that name.
        &[
            ("lib.rs", TWO),
            ("a.rs", "use ::b::B; pub struct A(B);"),
            ("b.rs", "use super::a::A; pub struct B { a: A } impl B { fn f(&self) { self.a.f() } }"),
        ],
    ];
    for files in good {
        assert_eq!(made(files), "", "{:?}", files[1]);
    }
}
