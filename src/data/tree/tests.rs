//! Trees against sets of ancestors, and files with every mistake.

use std::collections::BTreeSet;

use super::*;
use world::rng::Rng;

const ANIMALS: &str = "\
# Lines in any order; names may have blanks.
dog is-a mammal
great white shark is-a fish
cat is-a mammal
mammal is-a animal
fish is-a animal
animal is-a thing
bus is-a vehicle
vehicle is-a thing
";

fn strings(names: &[&str]) -> Vec<String> {
    names.iter().map(|n| n.to_string()).collect()
}

fn tree(text: &str, classes: &[&str]) -> Result<LabelTree, String> {
    LabelTree::of(&Relations::parse(text)?, &strings(classes))
}

#[test]
fn distances_are_heights_of_common_ancestors() {
    let tree = tree(ANIMALS, &["dog", "cat", "great white shark", "bus"]).unwrap();
    let all: Vec<usize> = (0..16).map(|i| tree.distance(i / 4, i % 4)).collect();
    // dog–cat: mammal, of height 1; dog–shark: animal, 2; dog–bus: thing, 3.
    assert_eq!(all, [0, 1, 2, 3, 1, 0, 2, 3, 2, 2, 0, 3, 3, 3, 3, 0]);
    assert_eq!(tree.levels(), [(1, 2), (2, 3), (3, 4)]);
}

#[test]
fn accuracy_and_cost_follow_from_the_table_of_counts() {
    let tree = tree(ANIMALS, &["dog", "cat", "great white shark", "bus"]).unwrap();
    let confusion = [vec![6, 2, 1, 1], vec![0, 10, 0, 0], vec![0, 0, 9, 1], vec![0, 0, 0, 10]];
    let found = tree.accuracy(&confusion);
    let accuracies: Vec<f64> = found.levels.iter().map(|l| l.accuracy).collect();
    // Of 40: two taken for a bus; one dog for a shark as well; two dogs for cats as well.
    assert_eq!(accuracies, [38.0 / 40.0, 37.0 / 40.0, 35.0 / 40.0]);
    // Two mistakes of cost 1, one of 2, two of 3.
    assert_eq!((found.cost, found.mistake), (10.0 / 40.0, Some(2.0)));
    let random = (6.0 + 6.0 + 7.0 + 9.0) / 3.0 / 4.0;
    assert!((found.random_mistake - random).abs() < 1e-12 && found.height == 3);
    assert!(found.lines()[3].contains("a mistake costs 2.000") && found.lines()[0].contains("95.00 %"));
    let right = tree.accuracy(&[vec![1, 0, 0, 0], vec![0, 1, 0, 0], vec![0, 0, 1, 0], vec![0, 0, 0, 1]]);
    assert_eq!((right.cost, right.mistake), (0.0, None));
}

/// Ancestors by walking up a list of parents, common ones by intersection.
#[test]
fn random_trees_agree_with_sets_of_ancestors() {
    for seed in 0..30 {
        let rng = Rng::new(seed);
        let n = 40;
        let parent = |i: usize| rng.below(i as u64, i as u64) as usize;
        let text: String = (1..n).map(|i| format!("n{} n{i}\n", parent(i))).collect();
        // Classes may be inner nodes, too.
        let chosen: Vec<usize> = (1..n).filter(|i| rng.fork(1).below(*i as u64, 3) > 0).collect();
        let names: Vec<String> = chosen.iter().map(|i| format!("n{i}")).collect();
        let tree = LabelTree::of(&Relations::parse(&text).unwrap(), &names).unwrap();
        let ancestors = |mut i: usize| {
            let mut all = BTreeSet::from([i]);
            while i > 0 {
                i = parent(i);
                all.insert(i);
            }
            all
        };
        let used: BTreeSet<usize> = chosen.iter().flat_map(|i| ancestors(*i)).collect();
        let depth = |i: usize| ancestors(i).len() - 1;
        let height = |i: usize| {
            used.iter().filter(|j| ancestors(**j).contains(&i)).map(|j| depth(*j) - depth(i)).max().unwrap()
        };
        for (a, i) in chosen.iter().enumerate() {
            for (b, j) in chosen.iter().enumerate() {
                let both = &ancestors(*i) & &ancestors(*j);
                let lowest = both.into_iter().max_by_key(|k| depth(*k)).unwrap();
                assert_eq!(tree.distance(a, b), if i == j { 0 } else { height(lowest) }, "{i} {j}");
            }
        }
    }
}

#[test]
fn the_likeliest_way_goes_down_by_sums() {
    let tree = tree(ANIMALS, &["dog", "cat", "great white shark", "bus"]).unwrap();
    // The bus is the likeliest class, but an animal is likelier than a vehicle.
    let way = tree.likeliest(&[0.3, 0.2, 0.1, 0.4]);
    let rounded: Vec<(&str, i32)> = way.iter().map(|(n, p)| (*n, (100.0 * p).round() as i32)).collect();
    assert_eq!(rounded, [("animal", 60), ("mammal", 50), ("dog", 30)]);
}

#[test]
fn mistakes_in_a_file_are_told_with_their_lines() {
    let told = |text: &str, classes: &[&str]| tree(text, classes).unwrap_err();
    assert!(told("a is-a b\nb is-a\n", &["a"]).starts_with("line 2: expected `child is-a parent`"));
    assert!(told("a b c\n", &["a"]).starts_with("line 1: expected"));
    assert_eq!(
        told("x is-a y\na is-a b\nb is-a c\nc is-a a\n", &["x"]),
        "line 4: a cycle: a is-a b is-a c is-a a"
    );
    assert_eq!(told("# one\n\na a\n", &["a"]), "line 3: a cycle: a is-a a");
    let roots = told("dog is-a animal\nbus is-a vehicle\n", &["dog", "bus"]);
    assert_eq!(roots, "expected one root above all classes, found 2: `animal` (line 1), `vehicle` (line 2)");
    let unknown = told(ANIMALS, &["dog", "cow", "yak"]);
    assert_eq!(unknown, "expected every class in the tree, found no line with 2 of 3: `cow`, `yak`");
    // What is above no class of the set may have another root.
    assert!(tree("dog is-a animal\ncat is-a animal\nbus is-a vehicle\n", &["dog", "cat"]).is_ok());
}

#[test]
fn of_several_parents_the_first_counts_and_words_give_names() {
    let dir = tempfile::tempdir().unwrap();
    // As WordNet's list: parent and child; n3 has two parents.
    let file = dir.path().join("wordnet.is_a.txt");
    std::fs::write(&file, "n1 n2\nn1 n5\nn2 n3\nn5 n3\nn2 n4\n").unwrap();
    std::fs::write(dir.path().join("words.txt"), "n1\tentity\nn2\tdog, domestic dog\nn5\tx\n").unwrap();
    let tree = LabelTree::read(&file, &strings(&["n3 poodle", "n4", "n5"])).unwrap();
    assert_eq!((tree.distance(0, 1), tree.distance(0, 2)), (1, 2));
    let names: Vec<&str> = tree.nodes().iter().map(|n| n.name.as_str()).collect();
    assert_eq!(names, ["entity", "dog", "n3", "n4", "x"]);
    assert!(tree.notes[0].contains("1 of the tree's names") && tree.notes[0].contains("`n3` in line 4"));
    let missing = LabelTree::read(&dir.path().join("none.txt"), &strings(&["a"])).unwrap_err();
    assert!(missing.is_input() && missing.to_string().contains("none.txt"));
}
