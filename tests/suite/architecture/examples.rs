//! Public traits have an example in their documentation that runs; what only its own crate needs is not declared `pub`.

use syn::{Attribute, Expr, ExprLit, Item, Lit, Meta, Visibility};

/// Public traits of a file outside its tests, and whether each has an example.
fn traits(items: &[Item]) -> Vec<(String, bool)> {
    let mut found = Vec::new();
    for item in items {
        match item {
            Item::Trait(t) if matches!(t.vis, Visibility::Public(_)) => {
                found.push((t.ident.to_string(), has_example(&t.attrs)));
            }
            Item::Mod(m) if !is_for_tests(&m.attrs) => {
                found.extend(m.content.iter().flat_map(|(_, items)| traits(items)));
            }
            _ => {}
        }
    }
    found
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    let is_test = |a: &Attribute| a.parse_args::<syn::Ident>().is_ok_and(|i| i == "test");
    attributes.iter().any(|a| a.path().is_ident("cfg") && is_test(a))
}

/// Whether a comment has a block that rustdoc runs: its fence has no word such as `ignore` or `text`.
fn has_example(attributes: &[Attribute]) -> bool {
    let comment: Vec<String> = attributes.iter().filter_map(doc).collect();
    let lines = comment.iter().flat_map(|doc| doc.lines());
    // Every other fence opens a block.
    lines.filter_map(|line| line.trim().strip_prefix("```")).step_by(2).any(str::is_empty)
}

fn doc(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(meta) = &attribute.meta else { return None };
    match &meta.value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) if meta.path.is_ident("doc") => Some(text.value()),
        _ => None,
    }
}

#[test]
fn every_public_trait_has_an_example_that_runs() {
    let (mut seen, mut lacking) = (0, Vec::new());
    for path in super::files(&super::root().join("src")) {
        let file = syn::parse_file(&std::fs::read_to_string(&path).unwrap()).unwrap();
        for (name, has_example) in traits(&file.items) {
            seen += 1;
            if !has_example {
                lacking.push(format!("{name} in {}", path.display()));
            }
        }
    }
    assert!(lacking.is_empty(), "public traits without an example:\n{}", lacking.join("\n"));
    assert!(seen > 20, "every file is looked at");
}

#[test]
fn a_trait_without_an_example_is_found() {
    let found = |text: &str| traits(&syn::parse_file(text).unwrap().items);
    let of = |has_example: bool| vec![("A".to_string(), has_example)];
    let example = "/// It.\n///\n/// ```\n/// f();\n/// ```\n";
    assert_eq!(found(&format!("{example}pub trait A {{}}")), of(true));
    assert_eq!(found(&format!("mod inner {{ {example}#[must_use] pub trait A {{}} }}")), of(true));
    assert_eq!(found(&format!("/// ```text\n/// a\n/// ```\n{example}pub trait A {{}}")), of(true));
    assert_eq!(found("/// It.\npub trait A {}"), of(false));
    assert_eq!(found(&format!("pub unsafe trait A: Send {{ {example} fn f(); }}")), of(false));
    for word in ["ignore", "text", "no_run"] {
        let block = format!("/// ```{word}\n/// f();\n/// ```\n");
        assert_eq!(found(&(block + "pub trait A {}")), of(false), "{word}");
    }
    let none = "trait A {} pub(crate) trait B {} #[cfg(test)] mod tests { pub trait C {} }";
    assert_eq!(found(none), []);
}
