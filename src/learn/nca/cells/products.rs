//! Matrix products on the tiles of [`net`](crate::net): each output is one chain of fused multiply-adds.

use crate::net::convolution::tile::{Rows, Run, product};

/// Row i is what the runs read from base i, times `right` (`n` columns): `[bases][n]`.
pub fn windows(data: &[f32], bases: &[usize], runs: &[Run], right: &[f32], n: usize) -> Vec<f32> {
    let mut out = vec![0f32; bases.len() * n];
    if !bases.is_empty() {
        let places: Vec<usize> = (0..bases.len()).collect();
        product(Rows { data, bases, runs }, right, n, &places, &mut out);
    }
    out
}

/// `left` (`[rows][inner]`) times `right` (`[inner][n]`).
pub fn matrix(left: &[f32], inner: usize, right: &[f32], n: usize) -> Vec<f32> {
    let bases: Vec<usize> = (0..left.len() / inner).map(|i| i * inner).collect();
    windows(left, &bases, &[Run { from: 0, row: 0, len: inner }], right, n)
}

/// `[rows][columns]` as `[columns][rows]`.
pub fn transpose(x: &[f32], columns: usize) -> Vec<f32> {
    let rows = x.len() / columns;
    let mut out = vec![0f32; x.len()];
    for (i, row) in x.chunks_exact(columns).enumerate() {
        row.iter().enumerate().for_each(|(j, v)| out[j * rows + i] = *v);
    }
    out
}
