//! What scenes may name: the available systems, voices and effects, given by whoever reads scenes.

use crate::system::SystemKind;
use crate::voice::VoiceKind;

/// The names that a scene is checked against.
#[derive(Clone, Copy)]
pub struct Catalogue {
    /// Every system.
    pub systems: &'static [SystemKind],
    /// Every kind of voice; where there is no sound, the voices of a scene are skipped.
    pub voices: Option<&'static [VoiceKind]>,
    /// The stage's effects by name; without a stage any name will do.
    pub effects: Option<&'static [&'static str]>,
}

/// Systems alone, without sound or stage.
impl From<&'static [SystemKind]> for Catalogue {
    fn from(systems: &'static [SystemKind]) -> Self {
        Self { systems, voices: None, effects: None }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::scene::Scene;

    #[test]
    fn effects_are_checked_if_listed_and_any_will_do_otherwise() {
        let told = |effects| {
            let text = "shaders = [\"glow\", \"glwo\"]\n";
            let problems =
                Scene::parse(text, "a", Path::new("."), Catalogue { systems: &[], voices: None, effects });
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
