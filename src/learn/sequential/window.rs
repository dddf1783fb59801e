//! Windows that slide over the rows and columns of a picture.

/// Largest kernel, stride, padding or dilation.
pub const MOST: usize = 1024;

/// A window that slides over the rows and columns of a picture; every pair is of rows and columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Cells of the window, from 1.
    pub kernel: [usize; 2],
    /// Cells from one window to the next, from 1.
    pub stride: [usize; 2],
    /// Cells added on either side of the picture.
    pub padding: [usize; 2],
    /// Cells from one cell of the window to the next, from 1.
    pub dilation: [usize; 2],
    /// Whether a last window that reaches over the border counts.
    pub ceil: bool,
}

impl Window {
    /// Of that kernel, moved by that stride; no padding.
    pub fn new(kernel: [usize; 2], stride: [usize; 2]) -> Self {
        Self { kernel, stride, padding: [0; 2], dilation: [1; 2], ceil: false }
    }

    /// How many windows there are along rows and columns (Dumoulin and Visin 2016).
    ///
    /// # Errors
    /// The window is empty, too large or does not fit.
    pub fn count(&self, size: [usize; 2]) -> Result<[usize; 2], String> {
        self.check()?;
        let mut count = [0; 2];
        for axis in 0..2 {
            let (padded, reach) = (size[axis] + 2 * self.padding[axis], self.reach()[axis]);
            let room = padded.checked_sub(reach).ok_or_else(|| {
                format!(
                    "a window of {reach} does not fit into {} padded by {}",
                    size[axis], self.padding[axis]
                )
            })?;
            let stride = self.stride[axis];
            count[axis] = 1 + if self.ceil { room.div_ceil(stride) } else { room / stride };
            // The last window begins in the picture or in the padding before it.
            if self.ceil && (count[axis] - 1) * stride >= size[axis] + self.padding[axis] {
                count[axis] -= 1;
            }
        }
        Ok(count)
    }

    /// Cells that the window covers, those between its own included.
    pub fn reach(&self) -> [usize; 2] {
        [0, 1].map(|axis| self.dilation[axis] * (self.kernel[axis] - 1) + 1)
    }

    /// Checks every number.
    ///
    /// # Errors
    /// One is 0 or larger than [`MOST`].
    pub fn check(&self) -> Result<(), String> {
        let numbers =
            [("kernel", self.kernel, 1), ("stride", self.stride, 1), ("dilation", self.dilation, 1)];
        for (what, pair, least) in numbers.into_iter().chain([("padding", self.padding, 0)]) {
            if let Some(wrong) = pair.into_iter().find(|n| !(least..=MOST).contains(n)) {
                return Err(format!("expected a {what} from {least} to {MOST}, found {wrong}"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Windows, counted by moving one until it no longer fits.
    fn counted(w: &Window, size: usize) -> usize {
        let (padding, stride, reach) = (w.padding[0], w.stride[0], w.reach()[0]);
        let begins = (0..).step_by(stride);
        let fits = |at: usize| match w.ceil {
            // All but the first must overlap what a window before has left over, and begin before the padding behind.
            true => at == 0 || (at + reach < size + 2 * padding + stride && at < size + padding),
            false => at + reach <= size + 2 * padding,
        };
        begins.take_while(|at| fits(*at)).count()
    }

    #[test]
    fn windows_are_counted_as_if_one_by_one() {
        let mut seen = 0;
        for kernel in 1..5 {
            for (stride, padding, dilation, ceil) in
                (0..36).map(|i| (1 + i % 3, i / 3 % 3, 1 + i / 9 % 2, i / 18 == 1))
            {
                let w = Window {
                    padding: [padding; 2],
                    dilation: [dilation; 2],
                    ceil,
                    ..Window::new([kernel; 2], [stride; 2])
                };
                // Pooling, which alone has such last windows, has no more padding than that.
                if ceil && 2 * padding > kernel {
                    continue;
                }
                for size in 1..12 {
                    match w.count([size; 2]) {
                        Ok(count) => assert_eq!(count, [counted(&w, size); 2], "{w:?} {size}"),
                        Err(_) => assert!(w.reach()[0] > size + 2 * padding),
                    }
                    seen += 1;
                }
            }
        }
        assert!(seen > 1000, "{seen}");
    }

    #[test]
    fn what_makes_no_window_is_refused() {
        let good = Window::new([3; 2], [1; 2]);
        for bad in [
            Window { kernel: [0, 3], ..good },
            Window { stride: [1, 0], ..good },
            Window { dilation: [0; 2], ..good },
            Window { padding: [0, MOST + 1], ..good },
        ] {
            assert!(bad.check().is_err() && bad.count([9, 9]).is_err(), "{bad:?}");
        }
        assert_eq!(good.count([2, 9]).unwrap_err(), "a window of 3 does not fit into 2 padded by 0");
    }
}
