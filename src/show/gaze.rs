//! What the window reads of where the judge looks.

/// Where the judge looks in the picture: the parts that its verdict rests on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GazeState {
    /// Columns and rows of the map, which covers the whole picture.
    pub size: (usize, usize),
    /// Row after row, 0..1; 1 at the peak, unless nothing speaks for the class.
    pub values: Vec<f32>,
    /// The class that it looks for: the one that the verdict names.
    pub class: String,
}
