//! Refines a partition until the members of each class agree in the classes of their parts.
//!
//! Knows numbers only. Must not know what they stand for.

use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The nodes of a class by the classes of their parts.
type Groups = BTreeMap<Vec<usize>, Vec<usize>>;

/// Sorts nodes into the coarsest classes that are no coarser than `initial`, and of which all members have
/// parts of the same classes, in order. Circles included: nodes are apart only where something tells them
/// apart.
///
/// The largest part of a class that falls apart stays what it is, and only the users of what moves are asked
/// again, so that the time grows with n log n (Hopcroft 1971).
pub(super) fn refine(initial: &[usize], parts: &[Vec<usize>]) -> Vec<usize> {
    let mut classes = Classes::new(initial);
    let mut users: Vec<Vec<usize>> = vec![Vec::new(); parts.len()];
    for (node, parts) in parts.iter().enumerate() {
        parts.iter().for_each(|part| users[*part].push(node));
    }
    let mut asked: BTreeSet<usize> = (0..parts.len()).collect();
    while !asked.is_empty() {
        let mut by_class: BTreeMap<usize, Groups> = BTreeMap::new();
        for node in asked {
            let key = parts[node].iter().map(|part| classes.of[*part]).collect();
            by_class.entry(classes.of[node]).or_default().entry(key).or_default().push(node);
        }
        // All are asked before any moves.
        let moved: Vec<usize> =
            by_class.into_iter().flat_map(|(class, groups)| classes.split(class, groups)).collect();
        asked = moved.into_iter().flat_map(|node| users[node].iter().copied()).collect();
    }
    classes.of
}

/// A partition.
struct Classes {
    /// The class of each node.
    of: Vec<usize>,
    members: Vec<BTreeSet<usize>>,
    /// The classes of the parts of members that are not asked, by class.
    keys: HashMap<usize, Vec<usize>>,
}

impl Classes {
    fn new(initial: &[usize]) -> Classes {
        let mut members = vec![BTreeSet::new(); initial.iter().max().map_or(0, |most| most + 1)];
        initial.iter().enumerate().for_each(|(node, class)| {
            members[*class].insert(node);
        });
        Classes { of: initial.to_vec(), members, keys: HashMap::new() }
    }

    /// Makes a class of each group of a class but the largest; `groups` has the members that were asked.
    /// Returns those that moved.
    fn split(&mut self, class: usize, mut groups: Groups) -> Vec<usize> {
        let others = self.members[class].len() - groups.values().map(Vec::len).sum::<usize>();
        if others > 0
            && let Some(key) = self.keys.get(&class)
        {
            let key = key.clone();
            let most = groups.values().map(Vec::len).max().unwrap_or_default();
            if others >= most {
                groups.remove(&key);
                return groups.into_iter().flat_map(|(key, nodes)| self.part(class, key, nodes)).collect();
            }
            let asked: BTreeSet<usize> = groups.values().flatten().copied().collect();
            let rest: Vec<usize> = self.members[class].difference(&asked).copied().collect();
            groups.entry(key).or_default().extend(rest);
        }
        let largest = groups.iter().max_by_key(|(_, nodes)| nodes.len()).map(|(key, _)| key.clone());
        if let Some((key, _)) = largest.and_then(|key| groups.remove_entry(&key)) {
            self.keys.insert(class, key);
        }
        groups.into_iter().flat_map(|(key, nodes)| self.part(class, key, nodes)).collect()
    }

    /// Makes a class of some members of another one, and returns them.
    fn part(&mut self, class: usize, key: Vec<usize>, nodes: Vec<usize>) -> Vec<usize> {
        let new = self.members.len();
        self.keys.insert(new, key);
        for node in &nodes {
            self.members[class].remove(node);
            self.of[*node] = new;
        }
        self.members.push(nodes.iter().copied().collect());
        nodes
    }
}

#[cfg(test)]
mod tests {
    use super::refine;

    /// Sorts nodes by asking all of them until nothing changes.
    fn plainly(initial: &[usize], parts: &[Vec<usize>]) -> Vec<usize> {
        let mut class = initial.to_vec();
        for _ in parts {
            let keys: Vec<(usize, Vec<usize>)> = (0..parts.len())
                .map(|node| (class[node], parts[node].iter().map(|part| class[*part]).collect()))
                .collect();
            class = keys.iter().map(|key| keys.iter().position(|other| other == key).unwrap()).collect();
        }
        class
    }

    /// Numbers classes by their first members.
    fn by_first(class: &[usize]) -> Vec<usize> {
        class.iter().map(|own| class.iter().position(|other| other == own).unwrap()).collect()
    }

    #[test]
    fn refining_is_what_asking_all_comes_to() {
        let mut state: u64 = 7;
        let mut random = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % below
        };
        for size in (1..60).chain([200]) {
            for kinds in [1, 2, 5] {
                let arity: Vec<usize> = (0..kinds).map(|_| random(3)).collect();
                let initial: Vec<usize> = (0..size).map(|_| random(kinds)).collect();
                // Most stand near what they are made of, so that many are alike.
                let parts: Vec<Vec<usize>> = (0..size)
                    .map(|node| (0..arity[initial[node]]).map(|_| (node + 1 + random(3)) % size).collect())
                    .collect();
                assert_eq!(by_first(&refine(&initial, &parts)), by_first(&plainly(&initial, &parts)));
            }
        }
    }

    #[test]
    fn a_long_chain_takes_no_square_of_time() {
        let size = 50_000;
        let parts: Vec<Vec<usize>> = (0..size).map(|node| vec![(node + 1).min(size - 1)]).collect();
        let mut initial = vec![0; size];
        initial[size - 1] = 1;
        let class = refine(&initial, &parts);
        assert!((1..size).all(|node| class[node] != class[node - 1]));
        assert!(refine(&vec![0; size], &parts).iter().all(|class| *class == 0));
    }
}
