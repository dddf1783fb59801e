//! Clips as roll-outs.

use crate::generator::SampleSpec;
use crate::metrics::MetricError;
use crate::metrics::motion::{Layout, Rollout};

/// The luma (Rec. 709) of the first frames of every clip, 0 to 1: as many frames as a clip has by the specification, the
/// rest of a film is left out. Pictures have borders, so nothing wraps around.
///
/// # Errors
/// A clip with fewer frames, or frames of another size.
pub fn rollouts(clips: &[Vec<Vec<u8>>], spec: &SampleSpec) -> Result<Vec<Rollout>, MetricError> {
    let layout = Layout { periodic: [false; 2], ..Layout::torus(spec.side, spec.side, 1) };
    let one = |clip: &Vec<Vec<u8>>| {
        if clip.len() < spec.frames {
            let (metric, what) = ("a film", "frames".into());
            return Err(MetricError::TooFew { metric, what, least: spec.frames, found: clip.len() });
        }
        let frames = clip[..spec.frames].iter().map(|f| luma(f, spec.channels));
        Rollout::new(layout.clone(), frames.collect())
    };
    clips.iter().map(one).collect()
}

fn luma(frame: &[u8], channels: usize) -> Vec<f32> {
    let grey = |p: &[u8]| match p {
        [r, g, b] => 0.2126 * f32::from(*r) + 0.7152 * f32::from(*g) + 0.0722 * f32::from(*b),
        _ => p.first().map_or(0.0, |v| f32::from(*v)),
    };
    frame.chunks(channels.max(1)).map(|p| grey(p) / 255.0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(channels: usize) -> SampleSpec {
        SampleSpec { side: 2, channels, frames: 2, every: 1, warm_up: 0 }
    }

    #[test]
    fn pixels_become_luma_and_the_rest_of_a_film_is_left_out() {
        let colour = vec![255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255];
        let made = rollouts(&[vec![colour; 5]], &spec(3)).unwrap();
        assert_eq!((made.len(), made[0].frames(), made[0].layout().periodic), (1, 2, [false; 2]));
        for (found, expected) in made[0].frame(1).iter().zip([0.2126, 0.7152, 0.0722, 1.0f32]) {
            assert!((found - expected).abs() < 1e-6, "{found}, expected {expected}");
        }
        let grey = rollouts(&[vec![vec![0, 51, 102, 255]; 2]], &spec(1)).unwrap();
        let expected = [0.0, 0.2, 0.4, 1.0f32];
        assert!(grey[0].frame(0).iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6));
    }

    #[test]
    fn a_clip_that_is_short_or_of_another_size_is_rejected() {
        let short = rollouts(&[vec![vec![0; 4]; 2], vec![vec![0; 4]]], &spec(1)).unwrap_err().to_string();
        assert!(short.contains("at least 2 samples of frames, found 1"), "{short}");
        let large = rollouts(&[vec![vec![0; 9]; 2]], &spec(1)).unwrap_err().to_string();
        assert!(large.contains("found 9 values in frame 0"), "{large}");
    }
}
