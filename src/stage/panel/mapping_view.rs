//! The panel's view of controller mapping.

use show::{MappingControl, MappingState};

/// Controller mapping as the panel shows it, and its requests.
#[derive(Default)]
pub struct MappingView {
    /// Whether clicks arm what is to be mapped.
    pub on: bool,
    /// The mappings; `None` without controller mapping.
    pub state: Option<MappingState>,
    pub(super) requests: Vec<MappingRequest>,
}

/// A request to the control map.
pub(super) enum MappingRequest {
    /// Maps the next control that is moved to an address; `None` disarms.
    Arm(Option<String>),
    /// Removes the mappings of an address.
    Forget(String),
}

impl MappingView {
    /// Switches learn mode and disarms; whether there is anything to map.
    pub fn toggle(&mut self, context: Option<&dyn MappingControl>) -> bool {
        self.on = context.is_some() && !self.on;
        self.requests.clear();
        context.into_iter().for_each(|mapping| mapping.arm(None));
        context.is_some()
    }

    /// Sends the requests of the clicks.
    pub fn send_requests(&mut self, context: Option<&dyn MappingControl>) {
        let requests = std::mem::take(&mut self.requests);
        let Some(context) = context else { return };
        for one in requests {
            match one {
                MappingRequest::Arm(address) => context.arm(address),
                MappingRequest::Forget(address) => context.forget(&address),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[derive(Default)]
    struct MockMapping(Mutex<Vec<String>>);
    impl MappingControl for MockMapping {
        fn arm(&self, address: Option<String>) {
            self.0.lock().unwrap().push(format!("arm {address:?}"));
        }
        fn forget(&self, address: &str) {
            self.0.lock().unwrap().push(format!("forget {address}"));
        }
        fn state(&self) -> MappingState {
            MappingState::default()
        }
    }

    #[test]
    fn learn_mode_needs_controllers_and_leaving_it_disarms() {
        let (mut learning, context) = (MappingView::default(), MockMapping::default());
        assert!(!learning.toggle(None) && !learning.on);
        assert!(learning.toggle(Some(&context)) && learning.on);
        learning.requests.push(MappingRequest::Arm(Some("a.b".into())));
        learning.requests.push(MappingRequest::Forget("a.c".into()));
        learning.send_requests(Some(&context));
        learning.send_requests(Some(&context));
        assert!(learning.toggle(Some(&context)) && !learning.on);
        assert_eq!(*context.0.lock().unwrap(), ["arm None", "arm Some(\"a.b\")", "forget a.c", "arm None"]);
    }
}
