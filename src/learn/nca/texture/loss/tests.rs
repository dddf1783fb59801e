use super::*;
use crate::model::normals;

/// Slanted, wavy stripes in three colours, with a period of 16 cells; `k` moves them.
fn stripes(size: (usize, usize), k: usize) -> Vec<f32> {
    let value = |c: usize, y: usize, x: usize| {
        let turn = |n: usize| std::f32::consts::TAU * (n % 16) as f32 / 16.0;
        let (x, y) = (x + 5 * k, y + 3 * k);
        0.5 + 0.4 * libm::sinf(turn(3 * x + 2 * y) + libm::sinf(turn(y)) + c as f32)
    };
    let cells = size.0 * size.1;
    (0..3 * cells).map(|i| value(i / cells, i % cells / size.1, i % size.1)).collect()
}

fn loss(worlds: usize) -> TextureLoss {
    let picture = |i: usize| stripes((32, 32), i);
    let pictures = TexturePictures { count: 6, size: (32, 32), channels: 3, picture: &picture };
    TextureLoss::new(&pictures, (worlds, (16, 16)), 4, Rng::new(1)).unwrap()
}

#[test]
fn scales_are_those_that_fit_worlds_and_pictures() {
    let square = |w: usize, p: usize| scales(4, (w, w), (p, p));
    assert_eq!(
        [square(32, 64), square(28, 28), square(64, 64), square(64, 128), square(8, 8)],
        [3, 2, 3, 4, 1]
    );
    assert_eq!(scales(2, (64, 64), (128, 128)), 2);
    let picture = |_: usize| vec![0.0; 3 * 36];
    let small = TexturePictures { count: 1, size: (6, 6), channels: 3, picture: &picture };
    assert!(TextureLoss::new(&small, (1, (8, 8)), 1, Rng::new(1)).is_err_and(|e| e.contains("8×8")));
}

/// A window of the texture is near, the same pixels in another order and noise are far.
#[test]
fn it_tells_a_texture_from_its_own_pixels_in_disorder() {
    let loss = loss(2);
    assert_eq!(loss.scales(), 2);
    let worlds = [7, 8].map(|k| stripes((16, 16), k));
    let mut order: Vec<usize> = (0..256).collect();
    order.sort_by_key(|i| Rng::new(9).bits(*i as u64));
    let mixed = |w: &Vec<f32>| (0..w.len()).map(|i| w[i / 256 * 256 + order[i % 256]]).collect::<Vec<f32>>();
    let shuffled = worlds.each_ref().map(mixed);
    let noise = [7, 8].map(|k| normals(Rng::new(k), 768).iter().map(|v| 0.5 + 0.3 * v).collect::<Vec<f32>>());
    let [near, disorder, noise] = [&worlds, &shuffled, &noise].map(|w| loss.distance(w, Rng::new(2)).mean);
    assert!(near < 0.3 * disorder && near < 0.3 * noise, "{near}, {disorder}, {noise}");
}

/// On a torus a texture has no place: moved by whole cells of the coarsest scale it is as far away.
#[test]
fn a_moved_world_is_at_the_same_distance() {
    let loss = loss(1);
    let world = normals(Rng::new(3), 768);
    let moved: Vec<f32> =
        (0..768).map(|i| world[i / 256 * 256 + (i / 16 + 6) % 16 * 16 + (i % 16 + 4) % 16]).collect();
    let at = |w: &Vec<f32>| loss.distance(std::slice::from_ref(w), Rng::new(4));
    let (a, b) = (at(&world), at(&moved));
    assert!((a.mean - b.mean).abs() < 1e-5 * a.mean && (a.mean - a.each[0]).abs() < 1e-9 * a.mean);
    let gradient = |i: usize| a.gradient[0][i / 256 * 256 + (i / 16 + 6) % 16 * 16 + (i % 16 + 4) % 16];
    let size = a.gradient[0].iter().fold(0f32, |m, v| m.max(v.abs()));
    assert!((0..768).all(|i| (b.gradient[0][i] - gradient(i)).abs() < 1e-3 * size));
}

#[test]
fn the_gradient_is_the_difference_quotient() {
    let loss = loss(2);
    let worlds =
        [5, 6].map(|k| normals(Rng::new(k), 768).iter().map(|v| 0.5 + 0.2 * v).collect::<Vec<f32>>());
    let at = loss.distance(&worlds, Rng::new(7)).gradient;
    let squares: f64 = at.iter().flatten().map(|v| f64::from(*v) * f64::from(*v)).sum();
    // Downhill, about a thousandth of the pixels' range either way.
    let step = (1e-3 / (squares / 1536.0).sqrt()) as f32;
    let moved = |by: f32| -> Vec<Vec<f32>> {
        let along =
            |(w, g): (&Vec<f32>, &Vec<f32>)| w.iter().zip(g).map(|(w, g)| g.mul_add(by, *w)).collect();
        worlds.iter().zip(&at).map(along).collect()
    };
    let [up, down] = [step, -step].map(|by| loss.distance(&moved(by), Rng::new(7)).mean);
    let slope = (up - down) / (2.0 * f64::from(step));
    assert!((slope - squares).abs() < 0.05 * squares, "{slope}, {squares}");
}

#[test]
fn one_thread_and_three_give_the_same_bits() {
    let at = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| loss(2).distance(&[5, 6].map(|k| normals(Rng::new(k), 768)), Rng::new(7)))
    };
    let (one, three) = (at(1), at(3));
    assert!(one.mean.to_bits() == three.mean.to_bits() && one.gradient == three.gradient);
}
