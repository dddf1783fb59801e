//! Arrays of tables.

use toml_edit::Item;

use super::problem::{Problems, Section};

/// The tables of an array of tables `[[name]]` (or a list of inline tables).
pub fn tables<'a>(s: &mut Section<'a>, name: &str, p: &mut Problems) -> Vec<Section<'a>> {
    match s.item(name) {
        None => Vec::new(),
        Some(Item::ArrayOfTables(list)) => {
            let numbered = list.iter().enumerate();
            numbered.map(|(i, t)| Section::new(t, format!("[[{name}]] {}", i + 1), t.span())).collect()
        }
        Some(item) => {
            let inline: Option<Vec<_>> = item.as_array().map(|a| {
                a.iter()
                    .filter_map(|v| Some((v.as_inline_table()? as &dyn toml_edit::TableLike, v.span())))
                    .collect()
            });
            match inline {
                Some(list) => {
                    let numbered = list.into_iter().enumerate();
                    numbered
                        .map(|(i, (t, span))| Section::new(t, format!("{name} {}", i + 1), span))
                        .collect()
                }
                None => {
                    p.add(item.span(), format!("`{name}` must be written as [[{name}]] tables"));
                    Vec::new()
                }
            }
        }
    }
}
