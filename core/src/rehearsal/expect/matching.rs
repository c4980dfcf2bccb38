//! One message satisfies one expectation, and as many expectations as possible are satisfied: a greatest
//! matching in a bipartite graph, found with augmenting paths.

use std::collections::VecDeque;

/// For each wish (the indices of the messages that would do, of `messages` in all) the message that it gets.
/// Wishes keep what they have got once, perhaps exchanged, so earlier ones go first where not all can be met.
pub(super) fn greatest(wishes: &[Vec<usize>], messages: usize) -> Vec<Option<usize>> {
    let mut gets: Vec<Option<usize>> = vec![None; wishes.len()];
    let mut owner: Vec<Option<usize>> = vec![None; messages];
    for wish in 0..wishes.len() {
        augment(wish, wishes, &mut gets, &mut owner);
    }
    gets
}

/// Looks, breadth first, for a free message that `wish` can have if others exchange theirs, and exchanges.
fn augment(
    wish: usize,
    wishes: &[Vec<usize>],
    gets: &mut [Option<usize>],
    owner: &mut [Option<usize>],
) {
    // For each message seen: the wish that would take it.
    let mut taker: Vec<Option<usize>> = vec![None; owner.len()];
    let mut queue = VecDeque::from([wish]);
    while let Some(asking) = queue.pop_front() {
        for &message in wishes.get(asking).map(Vec::as_slice).unwrap_or_default() {
            if taker[message].is_some() {
                continue;
            }
            taker[message] = Some(asking);
            match owner[message] {
                Some(other) => queue.push_back(other),
                None => return exchange(message, &taker, gets, owner),
            }
        }
    }
}

/// Follows the path back from the free message: each taker hands its former message to the next.
fn exchange(
    free: usize,
    taker: &[Option<usize>],
    gets: &mut [Option<usize>],
    owner: &mut [Option<usize>],
) {
    let mut next = Some(free);
    while let Some(message) = next {
        let Some(wish) = taker[message] else { return };
        next = gets[wish].replace(message);
        owner[message] = Some(wish);
    }
}

#[cfg(test)]
mod tests {
    use super::greatest;
    use proptest::prelude::*;

    /// Tries everything: how many wishes can be met at most?
    fn most(wishes: &[Vec<usize>], taken: &mut Vec<usize>) -> usize {
        let Some((first, others)) = wishes.split_first() else {
            return 0;
        };
        let mut best = most(others, taken);
        for &message in first {
            if !taken.contains(&message) {
                taken.push(message);
                best = best.max(1 + most(others, taken));
                taken.pop();
            }
        }
        best
    }

    proptest! {
        #[test]
        fn meets_as_many_wishes_as_can_be_met(
            wishes in prop::collection::vec(prop::collection::vec(0..5_usize, 0..4), 0..6)
        ) {
            let gets = greatest(&wishes, 5);
            let mut used: Vec<usize> = gets.iter().copied().flatten().collect();
            prop_assert_eq!(used.len(), most(&wishes, &mut Vec::new()));
            for (wish, got) in wishes.iter().zip(&gets) {
                prop_assert!(got.is_none_or(|message| wish.contains(&message)));
            }
            used.sort_unstable();
            used.dedup();
            prop_assert_eq!(used.len(), gets.iter().flatten().count());
        }
    }
}
