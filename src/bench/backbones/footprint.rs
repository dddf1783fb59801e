//! The effective receptive field (Luo et al. 2016): how much each pixel moves the middle of the last layer of a trained
//! network. Within the computed field, most pixels near its border hardly count.

use rayon::prelude::*;

use judge::Judge;
use judge::augment::plain;
use judge::backbone::{self, FeatureNetwork, Workspace};
use judge::standardise::standardised;

/// Pictures over which it is averaged.
const PICTURES: usize = 4;
/// What is added to a pixel, in standard deviations of the picture.
const NUDGE: f32 = 0.5;

/// Mean absolute change of the middle unit's channels by a nudge of each pixel, `side` × `side`, the greatest 1.
///
/// # Errors
/// The judge's weights do not fit its backbone.
pub fn footprint(judge: &Judge, pictures: &[Vec<u8>]) -> Result<Vec<f32>, String> {
    let shape = &judge.header.architecture;
    let body = backbone::find(&shape.backbone)?.open(judge.weights(), shape, 1)?;
    let (side, channels) = (shape.side, shape.channels);
    let mut sums = vec![0f32; side * side];
    for picture in pictures.iter().take(PICTURES) {
        let picture = standardised(&plain(picture), channels);
        let mut workspace = body.workspace();
        let still = middle(&*body, &mut workspace, &picture, side);
        let moved = (0..side * side).into_par_iter().map_init(
            || body.workspace(),
            |workspace, pixel| {
                let mut nudged = picture.clone();
                nudged[pixel * channels..][..channels].iter_mut().for_each(|v| *v += NUDGE);
                let there = middle(&*body, workspace, &nudged, side);
                still.iter().zip(&there).map(|(a, b)| (a - b).abs()).sum::<f32>()
            },
        );
        let moved: Vec<f32> = moved.collect();
        sums.iter_mut().zip(moved).for_each(|(s, m)| *s += m);
    }
    let most = sums.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
    Ok(sums.iter().map(|s| s / most).collect())
}

/// The channels of the last layer's middle unit.
fn middle(body: &dyn FeatureNetwork, workspace: &mut Workspace, picture: &[f32], side: usize) -> Vec<f32> {
    let width = picture.len() / side;
    for (y, row) in picture.chunks_exact(width).enumerate() {
        workspace.0[0].row_mut(0, y).copy_from_slice(row);
    }
    body.features(workspace);
    let last = &workspace.0[workspace.0.len() - 1];
    let at = last.width / 2 * last.channels;
    last.row(0, last.height / 2)[at..at + last.channels].to_vec()
}

/// The number of pixels that hold half of all that moves it, the strongest first.
pub fn half_area(footprint: &[f32]) -> usize {
    let mut sorted = footprint.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let half = 0.5 * sorted.iter().map(|v| f64::from(*v)).sum::<f64>();
    let mut sum = 0.0;
    sorted
        .iter()
        .take_while(|v| {
            let is = sum < half;
            sum += f64::from(**v);
            is
        })
        .count()
}
