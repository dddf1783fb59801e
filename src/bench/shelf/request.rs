//! What a foreign generator is asked for, and its answer.

use serde::Serialize;

/// A request for pictures of a seed. As JSON, the keys are in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Request<'a> {
    /// The seed.
    pub seed: u64,
    /// The prompt; may be empty.
    pub prompt: &'a str,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// The first frame that is wanted, from 0.
    pub frame: usize,
    /// How many frames are wanted, one after another.
    pub frames: usize,
}

impl Request<'_> {
    /// As one line of JSON without its end.
    pub fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The file of one picture, and the time waited for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// PNG, JPEG, WebP or another format of pictures.
    pub bytes: Vec<u8>,
    /// Milliseconds since the request, or since the frame before.
    pub milliseconds: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_one_line_in_a_fixed_order() {
        let request = Request { seed: 7, prompt: "a \"b\"\nc", width: 64, height: 32, frame: 0, frames: 2 };
        let expected = r#"{"seed":7,"prompt":"a \"b\"\nc","width":64,"height":32,"frame":0,"frames":2}"#;
        assert_eq!(request.json(), expected);
    }
}
