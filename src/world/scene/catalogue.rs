//! What scenes may name. Whoever reads scenes is told which systems and effects there are.

use crate::system::SystemKind;

/// The names that a scene is checked against.
#[derive(Clone, Copy)]
pub struct Catalogue {
    /// Every system.
    pub systems: &'static [SystemKind],
    /// The stage's effects by name; where there is no stage any name will do.
    pub effects: Option<&'static [&'static str]>,
}

/// Systems alone, without a stage.
impl From<&'static [SystemKind]> for Catalogue {
    fn from(systems: &'static [SystemKind]) -> Self {
        Self { systems, effects: None }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::scene::Scene;

    #[test]
    fn effects_are_checked_where_some_are_told_and_any_will_do_where_none_are() {
        let told = |effects| {
            let text = "shaders = [\"glow\", \"glwo\"]\n";
            let problems = Scene::parse(text, "a", Path::new("."), Catalogue { systems: &[], effects });
            let problems = problems.unwrap_err();
            let shaders = problems.iter().filter(|p| p.message.contains("shader"));
            shaders.map(|p| (p.line, p.message.clone())).collect::<Vec<_>>()
        };
        let wrong = told(Some(&["glow", "blur"]));
        let [(1, said)] = &wrong[..] else { panic!("{wrong:?}") };
        assert!(said.starts_with("there is no shader `glwo`; did you mean `glow`?"), "{said}");
        assert_eq!(told(None), []);
    }
}
