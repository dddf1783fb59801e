//! What a source file says outside of its tests: its tokens, with their lines, and the paths in them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, Ident, Spacing, TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, File, ImplItem, Item, Stmt, TraitItem};

/// A module and what stands in it, those within it apart.
pub struct Module {
    /// Names from the root of the crate.
    pub path: Vec<String>,
    /// Its items without tests, as they were written.
    pub tokens: TokenStream,
}

/// A file without its tests.
pub struct Source {
    /// Its own module, then those that are written within it.
    pub modules: Vec<Module>,
    /// Modules in files of their own that are for tests only.
    pub tests: Vec<Vec<String>>,
}

impl Source {
    /// Reads a file; `path` is its module's.
    pub fn parse(text: &str, path: &[String]) -> Result<Self, syn::Error> {
        let mut file: File = syn::parse_file(text)?;
        let mut source = Self { modules: Vec::new(), tests: Vec::new() };
        if !is_for_tests(&file.attrs) {
            source.take(std::mem::take(&mut file.items), path);
        }
        Ok(source)
    }

    fn take(&mut self, items: Vec<Item>, path: &[String]) {
        let place = self.modules.len();
        self.modules.push(Module { path: path.to_vec(), tokens: TokenStream::new() });
        for mut item in items {
            let tests = is_for_tests(attributes(&item));
            match item {
                Item::Mod(module) => {
                    let inner = [path, &[module.ident.to_string()]].concat();
                    match module.content {
                        _ if tests && module.content.is_none() => self.tests.push(inner),
                        _ if tests => (),
                        Some((_, items)) => self.take(items, &inner),
                        None => (),
                    }
                }
                _ if tests => (),
                _ => {
                    Strip.visit_item_mut(&mut item);
                    self.modules[place].tokens.extend(item.into_token_stream());
                }
            }
        }
    }
}

/// Whether something is there in tests only: `#[test]`, `#[cfg(test)]`, `#[cfg(all(test, …))]`.
fn is_for_tests(attributes: &[Attribute]) -> bool {
    fn needs_test(tokens: TokenStream) -> bool {
        let trees: Vec<TokenTree> = tokens.into_iter().collect();
        match &trees[..] {
            [TokenTree::Ident(word)] => word == "test",
            [TokenTree::Ident(word), TokenTree::Group(of)] if word == "all" => {
                let all: Vec<TokenTree> = of.stream().into_iter().collect();
                let parts = all.split(|t| matches!(t, TokenTree::Punct(p) if p.as_char() == ','));
                parts.into_iter().any(|part| needs_test(part.iter().cloned().collect()))
            }
            _ => false,
        }
    }
    attributes.iter().any(|a| match &a.meta {
        syn::Meta::List(list) if list.path.is_ident("cfg") => needs_test(list.tokens.clone()),
        syn::Meta::Path(path) => path.is_ident("test"),
        _ => false,
    })
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(i) => &i.attrs,
        Item::Enum(i) => &i.attrs,
        Item::ExternCrate(i) => &i.attrs,
        Item::Fn(i) => &i.attrs,
        Item::ForeignMod(i) => &i.attrs,
        Item::Impl(i) => &i.attrs,
        Item::Macro(i) => &i.attrs,
        Item::Mod(i) => &i.attrs,
        Item::Static(i) => &i.attrs,
        Item::Struct(i) => &i.attrs,
        Item::Trait(i) => &i.attrs,
        Item::TraitAlias(i) => &i.attrs,
        Item::Type(i) => &i.attrs,
        Item::Union(i) => &i.attrs,
        Item::Use(i) => &i.attrs,
        _ => &[],
    }
}

/// Takes what is for tests out of the inside of an item, and documentation, which may name anything.
struct Strip;

impl VisitMut for Strip {
    fn visit_attributes_mut(&mut self, attributes: &mut Vec<Attribute>) {
        attributes.retain(|a| !a.path().is_ident("doc"));
    }

    fn visit_item_impl_mut(&mut self, item: &mut syn::ItemImpl) {
        item.items.retain(|i| match i {
            ImplItem::Fn(f) => !is_for_tests(&f.attrs),
            ImplItem::Const(c) => !is_for_tests(&c.attrs),
            _ => true,
        });
        visit_mut::visit_item_impl_mut(self, item);
    }

    fn visit_item_trait_mut(&mut self, item: &mut syn::ItemTrait) {
        item.items.retain(|i| !matches!(i, TraitItem::Fn(f) if is_for_tests(&f.attrs)));
        visit_mut::visit_item_trait_mut(self, item);
    }

    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        block.stmts.retain(|s| match s {
            Stmt::Item(i) => !is_for_tests(attributes(i)),
            Stmt::Local(l) => !is_for_tests(&l.attrs),
            _ => true,
        });
        visit_mut::visit_block_mut(self, block);
    }
}

/// A path as it is used: names from the root of the crate, or from outside it, and its line.
#[derive(Debug, PartialEq, Eq)]
pub struct Use {
    /// `["crate", "world", "rng"]`, `["std", "f32", "consts"]`.
    pub path: Vec<String>,
    /// Line of its first name.
    pub line: usize,
}

impl Module {
    /// Every path, in `use` and elsewhere, also within macros, with `self` and `super` made whole.
    pub fn uses(&self) -> Vec<Use> {
        let mut all = Vec::new();
        self.scan(self.tokens.clone(), &mut all);
        all
    }

    fn scan(&self, tokens: TokenStream, all: &mut Vec<Use>) {
        let trees: Vec<TokenTree> = tokens.into_iter().collect();
        let mut i = 0;
        while i < trees.len() {
            match &trees[i] {
                TokenTree::Group(group) if !is_visibility(&trees, i) => self.scan(group.stream(), all),
                TokenTree::Ident(first) if !is_joined(&trees, i) => {
                    i = self.follow(&trees, i, &mut Vec::new(), first, all);
                    continue;
                }
                _ => (),
            }
            i += 1;
        }
    }

    /// A path from the name at `i` on, and all that branch off it; gives where it ends.
    fn follow(
        &self,
        trees: &[TokenTree],
        mut i: usize,
        path: &mut Vec<String>,
        first: &Ident,
        all: &mut Vec<Use>,
    ) -> usize {
        let line = first.span().start().line;
        while let Some(TokenTree::Ident(name)) = trees.get(i) {
            self.step(path, &name.to_string());
            i += 1;
            if !is_colons(trees, i) {
                break;
            }
            i += 2;
            match trees.get(i) {
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                    let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                    for part in inner.split(|t| matches!(t, TokenTree::Punct(p) if p.as_char() == ',')) {
                        if let Some(TokenTree::Ident(first)) = part.first() {
                            self.follow(part, 0, &mut path.clone(), first, all);
                        }
                    }
                    return i + 1;
                }
                Some(TokenTree::Punct(star)) if star.as_char() == '*' => path.push("*".into()),
                _ => (),
            }
        }
        all.push(Use { path: path.clone(), line });
        i
    }

    fn step(&self, path: &mut Vec<String>, name: &str) {
        let here = || ["crate".to_string()].into_iter().chain(self.path.iter().cloned()).collect();
        match name {
            "self" if path.is_empty() => *path = here(),
            "self" => (),
            "super" => {
                if path.is_empty() {
                    *path = here();
                }
                path.pop();
            }
            _ => path.push(name.to_string()),
        }
    }

    /// Calls of methods: names after a dot, or after `<T>::`, with their lines.
    pub fn methods(&self) -> Vec<(String, usize)> {
        fn scan(tokens: TokenStream, all: &mut Vec<(String, usize)>) {
            let trees: Vec<TokenTree> = tokens.into_iter().collect();
            for (i, tree) in trees.iter().enumerate() {
                let name = match tree {
                    TokenTree::Group(group) => {
                        scan(group.stream(), all);
                        continue;
                    }
                    TokenTree::Ident(name) => name,
                    _ => continue,
                };
                let punct =
                    |at: usize, c: char| matches!(&trees[at], TokenTree::Punct(p) if p.as_char() == c);
                let range =
                    |at: usize| matches!(&trees[at], TokenTree::Punct(p) if p.spacing() == Spacing::Joint);
                let dot = i >= 1 && punct(i - 1, '.') && !(i >= 2 && punct(i - 2, '.') && range(i - 2));
                let called = matches!(trees.get(i + 1), Some(TokenTree::Group(g)) if g.delimiter() == Delimiter::Parenthesis);
                let of_type = i >= 3 && is_colons(&trees, i - 2) && punct(i - 3, '>');
                if of_type || dot && (called || is_colons(&trees, i + 1)) {
                    all.push((name.to_string(), name.span().start().line));
                }
            }
        }
        let mut all = Vec::new();
        scan(self.tokens.clone(), &mut all);
        all
    }
}

/// The brackets of `pub(crate)`.
fn is_visibility(trees: &[TokenTree], i: usize) -> bool {
    i >= 1 && matches!(&trees[i - 1], TokenTree::Ident(word) if word == "pub")
}

fn is_colons(trees: &[TokenTree], i: usize) -> bool {
    let colon = |i: usize| matches!(trees.get(i), Some(TokenTree::Punct(p)) if p.as_char() == ':');
    colon(i) && colon(i + 1)
}

/// Whether the name at `i` goes on from another: `a::b`, but not `<T>::b` nor `::b`.
fn is_joined(trees: &[TokenTree], i: usize) -> bool {
    i >= 3 && is_colons(trees, i - 2) && matches!(trees[i - 3], TokenTree::Ident(_))
}

/// Every file of a folder that is part of the crate, tests left out: its path, and what it says.
pub fn sources(root: &Path) -> Vec<(PathBuf, Source)> {
    let parsed: Vec<(PathBuf, Vec<String>, Source)> = files(root)
        .into_iter()
        .map(|file| {
            let module = module(file.strip_prefix(root).unwrap());
            let text = std::fs::read_to_string(&file).unwrap();
            let source = Source::parse(&text, &module).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
            (file, module, source)
        })
        .collect();
    let tests: BTreeSet<Vec<String>> = parsed.iter().flat_map(|p| p.2.tests.iter().cloned()).collect();
    let for_tests = |module: &[String]| (1..=module.len()).any(|n| tests.contains(&module[..n]));
    parsed.into_iter().filter(|(_, m, _)| !for_tests(m)).map(|(file, _, source)| (file, source)).collect()
}

/// Every source file below a folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    let (folders, files): (Vec<PathBuf>, Vec<PathBuf>) = entries.partition(|p| p.is_dir());
    let own = files.into_iter().filter(|p| p.extension().is_some_and(|e| e == "rs"));
    own.chain(folders.iter().flat_map(|f| self::files(f))).collect()
}

/// `a/b/mod.rs` and `a/b.rs` are the module a::b.
pub fn module(file: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        file.with_extension("").components().map(|c| c.as_os_str().to_string_lossy().into_owned()).collect();
    if names.last().is_some_and(|n| ["mod", "lib", "main"].contains(&n.as_str())) {
        names.pop();
    }
    names
}
