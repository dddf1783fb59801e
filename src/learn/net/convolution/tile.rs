//! The inner loops: small tiles of a product kept in registers, run at the widest vectors the machine has.
//!
//! Both loops are matrix products whose left matrix is never built: its rows are read in place from the picture
//! (implicit im2col). Every output is one chain of fused multiply-adds in a fixed order, so all widths and all tile
//! shapes give the same bits.

#[cfg(target_arch = "x86_64")]
use super::lanes::x86::{Eight, Sixteen};
use super::lanes::{Lane1, Lanes, Lanes4, Rounded};
#[cfg(target_arch = "x86_64")]
use world::vectors::Vectors;

/// Runs a tile over columns 0..n in panels, the widest first: `(register, registers a row, rows of a tile)`. Only where
/// the registers' features are there.
macro_rules! columns {
    ($n:expr, [$(($lanes:ty, $wide:literal, $high:literal)),*], $tile:ident, $arguments:expr) => {{
        let mut c = 0;
        $(while c + $wide * <$lanes as Lanes>::N <= $n {
            // SAFETY: the function around this has the features of its registers.
            unsafe { $tile::<$lanes, $high, $wide>($arguments, $n, c) };
            c += $wide * <$lanes as Lanes>::N;
        })*
    }};
}

/// A run of the left matrix's row that is contiguous in memory, and where its weights begin.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// Offset from the row's base.
    pub from: usize,
    /// First row of the right matrix.
    pub row: usize,
    /// Values.
    pub len: usize,
}

/// Rows of the left matrix, read in place.
#[derive(Clone, Copy)]
pub struct Rows<'a> {
    /// The padded picture.
    pub data: &'a [f32],
    /// Where each row begins.
    pub bases: &'a [usize],
    /// What of each row is multiplied; the same for all.
    pub runs: &'a [Run],
}

impl Rows<'_> {
    /// Whether every row lies within the data, and the right matrix has a row of `n` for each of its numbers.
    fn fit(&self, right: &[f32], n: usize) -> bool {
        let last = self.bases.iter().copied().max().unwrap_or(0);
        self.runs.iter().all(|r| {
            let reach = r.from.checked_add(r.len).and_then(|to| to.checked_add(last));
            let rows = r.row.checked_add(r.len).and_then(|rows| rows.checked_mul(n));
            reach.is_some_and(|to| to <= self.data.len()) && rows.is_some_and(|to| to <= right.len())
        })
    }
}

/// Where the rows of a product are written: row i to `data[places[i] * pitch + first..]`.
pub struct Target<'a> {
    /// All values.
    pub data: &'a mut [f32],
    /// Which line of the data each row goes to.
    pub places: &'a [usize],
    /// Values of a line.
    pub pitch: usize,
    /// The first value of a line that is written.
    pub first: usize,
}

/// A product at every width: its name, and its registers for the plain, the AVX2 and the AVX-512 version.
macro_rules! product {
    ($(#[$note:meta])* $name:ident, $plain:tt, $avx2:tt, $avx512:tt) => {
        $(#[$note])*
        pub fn $name(rows: Rows, right: &[f32], n: usize, mut into: Target) {
            assert_eq!(rows.bases.len(), into.places.len());
            let into = &mut into;
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx512f,avx2,fma")]
                fn wide_512(rows: Rows, right: &[f32], n: usize, into: &mut Target) {
                    columns!(n, $avx512, product_tile, (rows, right, &mut *into));
                }
                #[target_feature(enable = "avx2,fma")]
                fn wide_256(rows: Rows, right: &[f32], n: usize, into: &mut Target) {
                    columns!(n, $avx2, product_tile, (rows, right, &mut *into));
                }
                match Vectors::in_use() {
                    // SAFETY: the processor has what is in use, which includes these features.
                    Vectors::Avx512 => return unsafe { wide_512(rows, right, n, into) },
                    // SAFETY: as above.
                    Vectors::Avx2 => return unsafe { wide_256(rows, right, n, into) },
                    Vectors::Plain => (),
                }
            }
            columns!(n, $plain, product_tile, (rows, right, &mut *into));
        }
    };
}

/// `out[places[i]][..n] = row i · right`, where `right` has `n` columns.
pub fn product(rows: Rows, right: &[f32], n: usize, places: &[usize], out: &mut [f32]) {
    product_fused(rows, right, n, Target { data: out, places, pitch: n, first: 0 });
}

product! {
    /// Row i of the target = row i · right, where `right` has `n` columns; each product is fused with its sum.
    product_fused,
    [(Lanes4, 2, 4), (Lane1, 1, 4)],
    [(Eight, 2, 6), (Eight, 1, 8), (f32, 1, 8)],
    [(Sixteen, 3, 8), (Sixteen, 2, 12), (Sixteen, 1, 12), (Eight, 1, 12), (f32, 1, 8)]
}

product! {
    /// [`product_fused`] with every product and every sum rounded: fast on processors without a fused instruction too.
    product_rounded,
    [(Rounded<Lanes4>, 2, 4), (Rounded<f32>, 1, 4)],
    [(Rounded<Eight>, 2, 6), (Rounded<Eight>, 1, 8), (Rounded<f32>, 1, 8)],
    [
        (Rounded<Sixteen>, 3, 8), (Rounded<Sixteen>, 2, 12), (Rounded<Sixteen>, 1, 12), (Rounded<Eight>, 1, 12),
        (Rounded<f32>, 1, 8)
    ]
}

/// `into[j][c] += Σ_i data[bases[i] + j] · right[i][c]`: the transposed product, `into` being `height` × `n`.
pub fn transposed(data: &[f32], bases: &[usize], right: &[f32], n: usize, height: usize, into: &mut [f32]) {
    assert!(right.len() >= bases.len() * n && into.len() >= height * n);
    #[cfg(target_arch = "x86_64")]
    match Vectors::in_use() {
        // SAFETY: the processor has what is in use, which includes AVX-512 F and FMA.
        Vectors::Avx512 => return unsafe { transposed_avx512(data, bases, right, n, height, into) },
        // SAFETY: the processor has what is in use: AVX2 and FMA.
        Vectors::Avx2 => return unsafe { transposed_avx2(data, bases, right, n, height, into) },
        Vectors::Plain => (),
    }
    columns!(n, [(Lanes4, 2, 4), (Lane1, 1, 4)], transposed_panel, (data, bases, right, height, &mut *into));
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx2,fma")]
fn transposed_avx512(d: &[f32], bases: &[usize], right: &[f32], n: usize, height: usize, into: &mut [f32]) {
    columns!(
        n,
        [(Sixteen, 3, 8), (Sixteen, 2, 12), (Sixteen, 1, 12), (Eight, 1, 12), (f32, 1, 8)],
        transposed_panel,
        (d, bases, right, height, &mut *into)
    );
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn transposed_avx2(d: &[f32], bases: &[usize], right: &[f32], n: usize, height: usize, into: &mut [f32]) {
    columns!(
        n,
        [(Eight, 2, 6), (Eight, 1, 8), (f32, 1, 8)],
        transposed_panel,
        (d, bases, right, height, &mut *into)
    );
}

/// Columns `c..c + W · lanes` of every row, `M` rows at a time.
///
/// # Safety
/// The processor has the features of the register `L`.
#[inline(always)]
unsafe fn product_tile<L: Lanes, const M: usize, const W: usize>(
    (rows, right, into): (Rows, &[f32], &mut Target),
    n: usize,
    c: usize,
) {
    assert!(rows.fit(right, n) && c + W * L::N <= n);
    for (bases, places) in rows.bases.chunks(M).zip(into.places.chunks(M)) {
        // A short last tile repeats its last row; the repeats are not stored.
        let base: [usize; M] = std::array::from_fn(|i| bases[i.min(bases.len() - 1)]);
        // SAFETY: the caller has the features.
        let mut sums = [[unsafe { L::zero() }; W]; M];
        for run in rows.runs {
            for k in 0..run.len {
                let at = (run.row + k) * n + c;
                // SAFETY: `at` is in the row `run.row + k` of the right matrix, at a column that leaves room for W
                // registers; `run.from + k` is at most the data's length less the greatest base. Both were asserted.
                let (w, left) =
                    unsafe { (right.get_unchecked(at..at + W * L::N), rows.data.as_ptr().add(run.from + k)) };
                // SAFETY: the caller has the features.
                let w: [L; W] = std::array::from_fn(|j| unsafe { L::load(&w[j * L::N..]) });
                for i in 0..M {
                    // SAFETY: plus a base it is still within the data, as was asserted.
                    let v = unsafe { *left.add(base[i]) };
                    for j in 0..W {
                        sums[i][j] = sums[i][j].add_product(v, w[j]);
                    }
                }
            }
        }
        for (sum, &place) in sums.iter().zip(places) {
            let row = &mut into.data[place * into.pitch + into.first + c..][..W * L::N];
            (0..W).for_each(|j| sum[j].store(&mut row[j * L::N..]));
        }
    }
}

/// Columns `c..c + W · lanes` of the transposed product, `M` rows of it at a time.
///
/// # Safety
/// The processor has the features of the register `L`.
#[inline(always)]
unsafe fn transposed_panel<L: Lanes, const M: usize, const W: usize>(
    (data, bases, right, height, into): (&[f32], &[usize], &[f32], usize, &mut [f32]),
    n: usize,
    c: usize,
) {
    let last = bases.iter().copied().max().unwrap_or(0);
    let within = |a: Option<usize>, of: &[f32]| a.is_some_and(|a| a <= of.len());
    assert!(within(last.checked_add(height), data) && within(bases.len().checked_mul(n), right));
    assert!(c + W * L::N <= n);
    let mut first = 0;
    while first + M <= height {
        // SAFETY: the features are the caller's; the rest was just asserted.
        unsafe { transposed_tile::<L, M, W>((data, bases, right, first, &mut *into), n, c) };
        first += M;
    }
    while first < height {
        // SAFETY: as above.
        unsafe { transposed_tile::<L, 1, W>((data, bases, right, first, &mut *into), n, c) };
        first += 1;
    }
}

/// # Safety
/// The processor has the features of the register `L`; `first + M` numbers from every base lie within the data; `right`
/// has a row of `n` for every base; `c + W · lanes` is at most `n`.
#[inline(always)]
unsafe fn transposed_tile<L: Lanes, const M: usize, const W: usize>(
    (data, bases, right, first, into): (&[f32], &[usize], &[f32], usize, &mut [f32]),
    n: usize,
    c: usize,
) {
    // SAFETY: the caller has the features.
    let mut sums = [[unsafe { L::zero() }; W]; M];
    for (i, sum) in sums.iter_mut().enumerate() {
        let row = &into[(first + i) * n + c..];
        // SAFETY: as above.
        (0..W).for_each(|j| sum[j] = unsafe { L::load(&row[j * L::N..]) });
    }
    for (p, &base) in bases.iter().enumerate() {
        let at = p * n + c;
        // SAFETY: the caller guarantees that both are within.
        let (w, left) = unsafe {
            (right.get_unchecked(at..at + W * L::N), data.get_unchecked(base + first..base + first + M))
        };
        // SAFETY: the caller has the features.
        let w: [L; W] = std::array::from_fn(|j| unsafe { L::load(&w[j * L::N..]) });
        for i in 0..M {
            for j in 0..W {
                sums[i][j] = sums[i][j].add_product(left[i], w[j]);
            }
        }
    }
    for (i, sum) in sums.iter().enumerate() {
        let row = &mut into[(first + i) * n + c..];
        (0..W).for_each(|j| sum[j].store(&mut row[j * L::N..]));
    }
}
