//! How much memory a piece of work holds at its peak: the program's allocator keeps a count for each thread.

#[cfg(not(test))]
use std::alloc::System;
use std::alloc::{GlobalAlloc, Layout};
use std::cell::Cell;

thread_local! {
    static HELD: Cell<isize> = const { Cell::new(0) };
    static MOST: Cell<isize> = const { Cell::new(0) };
}

/// Unit tests can forbid a thread to allocate.
#[cfg(test)]
#[allow(non_upper_case_globals)]
const System: assert_no_alloc::AllocDisabler = assert_no_alloc::AllocDisabler;

/// The system's allocator, counted.
struct Counted;

#[global_allocator]
static ALLOCATOR: Counted = Counted;

fn count(bytes: isize) {
    // A thread that is ending has no count any more.
    let _ = HELD.try_with(|held| {
        let now = held.get() + bytes;
        held.set(now);
        let _ = MOST.try_with(|most| most.set(most.get().max(now)));
    });
}

// SAFETY: everything is handed on to the system's allocator as it came; counting allocates nothing, since both cells
// are made without code that runs.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        unsafe { System.alloc(layout) }
    }
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        unsafe { System.alloc_zeroed(layout) }
    }
    unsafe fn realloc(&self, old: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size as isize - layout.size() as isize);
        unsafe { System.realloc(old, layout, size) }
    }
    unsafe fn dealloc(&self, old: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        unsafe { System.dealloc(old, layout) }
    }
}

/// The most bytes that this thread held during `work` beyond what it held before. What other threads do is not counted,
/// so work that spreads over threads is to be given a pool of one.
pub fn peak<R>(work: impl FnOnce() -> R) -> (R, u64) {
    let before = HELD.get();
    MOST.set(before);
    let result = work();
    (result, (MOST.get() - before).max(0) as u64)
}

#[cfg(test)]
mod tests {
    use super::peak;

    #[test]
    fn the_peak_is_what_was_held_at_once() {
        let (kept, bytes) = peak(|| {
            (0..10).for_each(|i| drop(std::hint::black_box(vec![i as u8; 1 << 20])));
            let mut grown = std::hint::black_box(Vec::<u8>::with_capacity(1 << 10));
            grown.resize(3 << 20, 1);
            grown.shrink_to(1 << 16);
            grown.len()
        });
        assert_eq!(kept, 3 << 20);
        assert!((3 << 20..4 << 20).contains(&bytes), "{bytes}");
        assert!(peak(|| std::hint::black_box(5)).1 < 1 << 16);
    }
}
