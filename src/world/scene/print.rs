//! A scene written back with other knob values, its comments and order kept.

use toml_edit::{DocumentMut, Item, Value, value};

use super::Scene;
use crate::params::{KnobKind, ParamSpec};

impl Scene {
    /// The scene's text with node knobs as given (one list a node, in the order of the specs). A knob that has its
    /// default and was not written stays unwritten.
    pub fn print(&self, knobs: &[Vec<f64>]) -> String {
        let Ok(mut document) = self.source.parse::<DocumentMut>() else { return self.source.clone() };
        for (plan, values) in self.nodes.iter().zip(knobs) {
            let Some(table) = document["node"][&plan.name].as_table_like_mut() else { continue };
            for (spec, &v) in plan.kind.knobs.iter().zip(values) {
                let written = table.contains_key(spec.name);
                let known = plan.kind.knobs.iter().position(|k| k.name == spec.name).map(|i| plan.knobs[i]);
                if (written || v != spec.default) && known != Some(v) {
                    table.insert(spec.name, item(spec, v));
                }
            }
        }
        document.to_string()
    }
}

fn item(spec: &ParamSpec, v: f64) -> Item {
    match spec.kind {
        KnobKind::Real => value(v),
        KnobKind::Whole => value(v as i64),
        KnobKind::Switch => value(v >= 0.5),
        KnobKind::Choice(_) => Item::Value(Value::from(spec.text(v))),
    }
}
