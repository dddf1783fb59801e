//! A monitor.

use std::fmt;

/// A rectangle of the whole desktop, pixels: left, top, width, height.
pub type Rect = [i32; 4];

/// A monitor as the system reports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Monitor {
    /// Its name, such as `HDMI-1`.
    pub name: String,
    /// Its position and size.
    pub rect: Rect,
    /// Whether it is the primary one.
    pub primary: bool,
}

impl fmt::Display for Monitor {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let [x, y, w, h] = self.rect;
        write!(f, "{} ({w}×{h} at {x},{y}{})", self.name, if self.primary { ", primary" } else { "" })
    }
}
