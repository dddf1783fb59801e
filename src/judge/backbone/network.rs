//! Backbones at inference.

use learn::net::padded::PaddedImages;

/// Name and dimensions of a weight array.
pub type WeightSpec = (String, Vec<usize>);

/// A backbone at inference.
///
/// ```
/// use judge::backbone::{FeatureNetwork, Workspace};
/// use learn::net::padded::PaddedImages;
///
/// /// Mean and maximum of a grey picture of this side.
/// struct Extremes(usize);
///
/// impl FeatureNetwork for Extremes {
///     fn workspace(&self) -> Workspace {
///         Workspace(vec![PaddedImages::new(1, self.0, self.0, 1)])
///     }
///     fn features(&self, workspace: &mut Workspace) -> Vec<f32> {
///         let (means, maxima) = workspace.0[0].mean_and_max(0);
///         [means, maxima].concat()
///     }
/// }
///
/// let network = Extremes(4);
/// let mut workspace = network.workspace();
/// workspace.0[0].row_mut(0, 2).fill(0.5);
/// assert_eq!(network.features(&mut workspace), [0.125, 0.5]);
/// ```
pub trait FeatureNetwork: Send + Sync {
    /// Scratch memory for one thread.
    fn workspace(&self) -> Workspace;

    /// The features of the pictures in the workspace, concatenated picture by picture.
    fn features(&self, workspace: &mut Workspace) -> Vec<f32>;
}

/// Scratch memory of one thread: activations between the layers. The first are the input, in the size and channels of
/// the architecture, the last those of the last layer.
#[derive(Clone, Debug)]
pub struct Workspace(pub Vec<PaddedImages>);
