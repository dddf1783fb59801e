//! Sizes of a U-Net.

/// Groups that channels are normalised in.
pub const GROUPS: usize = 8;

/// Sizes of a U-Net: planes in, planes out, and what lies between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UNetConfig {
    /// Planes in.
    pub inputs: usize,
    /// Planes out.
    pub outputs: usize,
    /// Rows of a plane.
    pub height: usize,
    /// Columns of a plane.
    pub width: usize,
    /// Whether rows (up and down) and columns (left and right) are periodic.
    pub periodic: [bool; 2],
    /// Pixels a side of the patches that become the channels of one cell.
    pub patch: usize,
    /// Channels at each size, the largest size first.
    pub widths: Vec<usize>,
    /// Residual blocks at each size, on the way down as on the way up.
    pub blocks: usize,
    /// Values of the conditioning vector that modulates every block.
    pub conditioning: usize,
    /// Whether the last activations are normalised. A network whose output must keep the scale of its input does
    /// without.
    pub normalise_last: bool,
}

impl UNetConfig {
    /// Checks that the patches tile the planes as often as they are halved, and that halves of a periodic side are
    /// whole.
    ///
    /// # Errors
    /// They do not.
    pub fn check(self) -> Result<Self, String> {
        let whole = self.patch << (self.widths.len() - 1);
        let tiled = |n: usize| n > 0 && n.is_multiple_of(whole);
        match tiled(self.height) && tiled(self.width) {
            true => Ok(self),
            false => Err(format!(
                "patch={}: expected sides of a multiple of {whole} pixels, found {} × {}",
                self.patch, self.width, self.height
            )),
        }
    }

    /// Channels of a cell before the first convolution: those of a patch.
    pub fn cell_inputs(&self) -> usize {
        self.inputs * self.patch * self.patch
    }

    /// Channels of a cell after the last convolution.
    pub fn cell_outputs(&self) -> usize {
        self.outputs * self.patch * self.patch
    }

    /// Rows and columns of cells at a level.
    pub fn size(&self, level: usize) -> (usize, usize) {
        ((self.height / self.patch) >> level, (self.width / self.patch) >> level)
    }

    /// Levels below the largest.
    pub fn depth(&self) -> usize {
        self.widths.len() - 1
    }

    /// Channels of each block above the smallest size.
    pub fn block_widths(&self) -> Vec<usize> {
        self.widths[..self.depth()].iter().flat_map(|w| std::iter::repeat_n(*w, self.blocks)).collect()
    }
}

/// Channels at so many levels: from `first` to `deepest` by equal factors, or halved from the smallest size on if
/// `first` is 0; rounded down to whole groups.
pub fn widths(first: usize, deepest: usize, levels: usize) -> Vec<usize> {
    let width = |level: usize| {
        let channels = match first {
            0 => deepest >> (levels - 1 - level),
            first => {
                let t = level as f64 / (levels - 1).max(1) as f64;
                libm::round(first as f64 * libm::pow(deepest as f64 / first as f64, t)) as usize
            }
        };
        (channels / GROUPS * GROUPS).max(GROUPS)
    };
    (0..levels).map(width).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_grow_by_equal_factors_or_double() {
        assert_eq!(widths(0, 96, 3), [24, 48, 96]);
        assert_eq!(widths(48, 96, 3), [48, 64, 96]);
        assert_eq!(widths(16, 128, 4), [16, 32, 64, 128]);
        assert_eq!(widths(0, 16, 4), [8, 8, 8, 16]);
    }
}
