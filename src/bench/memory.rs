//! Peak memory of a piece of work, in a program whose global allocator is [`Counted`]. The choice of allocator is the
//! program's, so the library only provides it: see `main.rs`.

use std::alloc::{GlobalAlloc, Layout};
use std::cell::Cell;

thread_local! {
    static HELD: Cell<isize> = const { Cell::new(0) };
    static MOST: Cell<isize> = const { Cell::new(0) };
}

/// An allocator that counts the memory held by each thread.
///
/// ```
/// use bench::memory::{Counted, peak};
///
/// #[global_allocator]
/// static ALLOCATOR: Counted<std::alloc::System> = Counted(std::alloc::System);
///
/// let (sum, bytes) = peak(|| vec![1u8; 1 << 20].iter().map(|v| *v as usize).sum::<usize>());
/// assert!(sum == 1 << 20 && bytes.is_some_and(|b| b >= 1 << 20));
/// ```
pub struct Counted<A>(pub A);

fn count(bytes: isize) {
    // A thread that is being torn down no longer has its counters.
    let _ = HELD.try_with(|held| {
        let now = held.get() + bytes;
        held.set(now);
        let _ = MOST.try_with(|most| most.set(most.get().max(now)));
    });
}

fn counted(block: *mut u8, bytes: isize) -> *mut u8 {
    if !block.is_null() {
        count(bytes);
    }
    block
}

// SAFETY: every call is forwarded unchanged to the inner allocator; counting does not allocate, since both cells are
// const-initialised.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Counted<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller upholds the contract, which is the same.
        counted(unsafe { self.0.alloc(layout) }, layout.size() as isize)
    }
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        counted(unsafe { self.0.alloc_zeroed(layout) }, layout.size() as isize)
    }
    unsafe fn realloc(&self, old: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as above.
        counted(unsafe { self.0.realloc(old, layout, size) }, size as isize - layout.size() as isize)
    }
    unsafe fn dealloc(&self, old: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: as above.
        unsafe { self.0.dealloc(old, layout) }
    }
}

/// Peak bytes held by this thread during `work`, beyond what it held before; none if the program's allocator is not
/// [`Counted`]. Other threads are not counted, so parallel work must be given a pool of one thread.
pub fn peak<R>(work: impl FnOnce() -> R) -> (R, Option<u64>) {
    let before = HELD.get();
    MOST.set(before);
    let result = work();
    let most = (MOST.get() - before).max(0) as u64;
    (result, is_counted().then_some(most))
}

/// Whether [`Counted`] is the global allocator: a test allocation shows.
fn is_counted() -> bool {
    let before = HELD.get();
    let block = std::hint::black_box(Box::new(0u64));
    let seen = HELD.get() != before;
    drop(block);
    seen
}

#[cfg(test)]
mod tests {
    use super::peak;

    #[test]
    fn the_peak_is_the_maximum_held_at_once() {
        let (kept, bytes) = peak(|| {
            (0..10).for_each(|i| drop(std::hint::black_box(vec![i as u8; 1 << 20])));
            let mut grown = std::hint::black_box(Vec::<u8>::with_capacity(1 << 10));
            grown.resize(3 << 20, 1);
            grown.shrink_to(1 << 16);
            grown.len()
        });
        assert_eq!(kept, 3 << 20);
        assert!((3 << 20..4 << 20).contains(&bytes.unwrap()), "{bytes:?}");
        assert!(peak(|| std::hint::black_box(5)).1.unwrap() < 1 << 16);
    }
}
