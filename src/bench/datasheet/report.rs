//! What a datasheet says in sentences, and as JSON.

use serde_json::{Value, json};

use super::Datasheet;
use super::page::percent;
use crate::report::shell;

/// Agreement below which the check of labels says little.
const TRUSTED: f64 = 0.8;

impl Datasheet {
    /// What was found, a sentence each.
    pub fn sentences(&self) -> Vec<String> {
        let all = self.pictures.pixels.len();
        let classes = self.balance.classes.len();
        let found = &self.duplicates;
        let [_, test] = self.balance.totals();
        let mut said = vec![format!(
            "{all} pictures of {classes} classes; the largest class has {} pictures for each of the smallest.",
            shell::number(self.balance.imbalance())
        )];
        said.push(match (found.repeated(), found.pairs) {
            (0, 0) => "No picture repeats.".into(),
            (equal, near) => {
                format!("{equal} pictures are equal to an earlier one, and {near} pairs are nearly the same.")
            }
        });
        if test > 0 {
            said.push(format!(
                "{} of {test} test pictures ({}) are equal or nearly the same as a training picture.",
                found.leaked.len(),
                percent(found.leaked.len(), test)
            ));
        }
        if !found.contradicting.is_empty() {
            said.push(format!(
                "{} pictures are equal or nearly the same as one of another class.",
                found.contradicting.len()
            ));
        }
        if let Some(check) = &self.labels {
            said.push(format!(
                "Of {} labels that were checked, similar pictures contradict {} ({}). By {}, most of a picture's neighbours have its \
                 label in {:.1} % of all cases{}.",
                check.checked,
                check.suspects.len(),
                percent(check.suspects.len(), check.checked),
                check.features,
                100.0 * check.agreement,
                match check.agreement < TRUSTED {
                    true => ", so these features hardly know the classes, and the list says little; name a judge trained on such pictures \
                             (--eye FILE)",
                    false => "",
                }
            ));
        }
        said
    }

    /// All figures and lists.
    pub fn json(&self) -> Value {
        let name = |i: &usize| self.names[*i].clone();
        let class = |c: usize| self.pictures.classes.get(c).cloned();
        let names = |all: &[usize]| all.iter().map(name).collect::<Vec<_>>();
        let counts = self.balance.classes.iter().zip(&self.balance.counts);
        let near = self.duplicates.near.iter();
        let labels = self.labels.as_ref().map(|check| {
            let suspects = check.suspects.iter().map(|s| {
                let votes = s.votes.map(f64::from);
                json!({ "picture": name(&s.index), "label": class(s.label), "likely": class(s.likely), "votes": votes })
            });
            json!({
                "features": check.features,
                "checked": check.checked,
                "agreement": check.agreement,
                "suspects": suspects.collect::<Vec<_>>(),
                "hardest": names(&check.hardest),
            })
        });
        json!({
            "name": self.name,
            "pictures": self.pictures.pixels.len(),
            "classes": counts.map(|(n, c)| json!({ "name": n, "training": c[0], "test": c[1] })).collect::<Vec<_>>(),
            "imbalance": self.balance.imbalance(),
            "effective_classes": self.balance.effective_classes(),
            "files": self.files.as_ref().map(|f| json!({
                "readable": f.files,
                "bytes": f.bytes,
                "unreadable": f.unreadable,
                "sizes": f.sizes.iter().map(|((w, h), n)| json!({ "width": w, "height": h, "files": n })).collect::<Vec<_>>(),
                "formats": f.formats.iter().map(|(f, n)| json!({ "format": f, "files": n })).collect::<Vec<_>>(),
            })),
            "equal": self.duplicates.exact.iter().map(|g| names(g)).collect::<Vec<_>>(),
            "near_pairs": self.duplicates.pairs,
            "near": near.map(|p| json!({ "pictures": names(&p.pair), "correlation": p.correlation })).collect::<Vec<_>>(),
            "test_pictures_in_training": names(&self.duplicates.leaked),
            "contradicting": names(&self.duplicates.contradicting),
            "labels": labels,
            "tree": self.hierarchy.as_ref().map(|h| json!({
                "nodes": h.tree.nodes().iter().zip(&h.counts).map(|(n, c)| json!({
                    "name": n.name, "parent": n.parent, "height": n.height, "training": c[0], "test": c[1],
                })).collect::<Vec<_>>(),
                "neighbours": h.neighbours,
            })),
            "label_source": self.label_source,
            "exif": self.files.as_ref().map(|f| f.credits.iter().map(|((credit, text), n)| json!({
                "what": credit.name(), "says": text, "files": n,
            })).collect::<Vec<_>>()),
            "documents": self.documents.iter().map(|d| d.name.clone()).collect::<Vec<_>>(),
            "notes": self.notes,
        })
    }
}
