//! A sort of little code: that of the library takes more flash than the rest of the encoder.

/// Sorts by `key`, in place: a heap sort. Equal keys may change places.
pub(super) fn sort_by_key<T, K: Ord>(list: &mut [T], key: impl Fn(&T) -> K) {
    for root in (0..list.len() / 2).rev() {
        sift_down(list, root, &key);
    }
    for end in (1..list.len()).rev() {
        list.swap(0, end);
        sift_down(list.get_mut(..end).unwrap_or_default(), 0, &key);
    }
}

/// Moves the element at `parent` down until none below it is larger.
#[inline(never)]
fn sift_down<T, K: Ord>(heap: &mut [T], mut parent: usize, key: &impl Fn(&T) -> K) {
    let larger_child = |heap: &[T], parent: usize| {
        let left = 2 * parent + 1;
        let key_of_left = key(heap.get(left)?);
        let is_right = heap.get(left + 1).is_some_and(|right| key(right) > key_of_left);
        Some(left + usize::from(is_right))
    };
    while let Some(child) = larger_child(heap, parent) {
        if heap.get(parent).map(key) >= heap.get(child).map(key) {
            return;
        }
        heap.swap(parent, child);
        parent = child;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_order_of_few_becomes_the_sorted_one() {
        for seed in 0..5u32.pow(5) {
            let mut list: [u32; 5] = core::array::from_fn(|at| seed / 5u32.pow(at as u32) % 5);
            let mut expected = list;
            expected.sort_unstable();
            sort_by_key(&mut list, |number| *number);
            assert_eq!(list, expected);
        }
    }

    #[test]
    fn many_are_sorted_by_their_key() {
        let mut list: [u32; 1000] = core::array::from_fn(|at| (at as u32).wrapping_mul(2_654_435_761));
        sort_by_key(&mut list, |number| u32::MAX - number);
        assert!(list.is_sorted_by(|a, b| a >= b));
        sort_by_key(&mut list[..0], |number| *number);
    }
}
