//! The allocator of the unit tests: it can be disabled for a thread (`assert_no_alloc`), and counts a thread's
//! allocations.

use std::alloc::{GlobalAlloc, Layout};
use std::cell::Cell;

use assert_no_alloc::AllocDisabler;

/// Allocations of a thread.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct HeapUse {
    /// Number of allocations.
    pub taken: u64,
    /// Number of deallocations.
    pub freed: u64,
    /// Largest allocation, bytes.
    pub most: usize,
}

thread_local! {
    static COUNTS: Cell<HeapUse> = const { Cell::new(HeapUse { taken: 0, freed: 0, most: 0 }) };
}

/// Counts the allocations of this thread while `work` runs.
pub fn heap_use<R>(work: impl FnOnce() -> R) -> (R, HeapUse) {
    COUNTS.set(HeapUse::default());
    let result = work();
    (result, COUNTS.get())
}

struct Counting;

// SAFETY: every call is forwarded to the allocator of `assert_no_alloc`, which forwards it to the system's; the
// counters are in a thread-local cell that needs no allocation.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = COUNTS.try_with(|a| {
            let old = a.get();
            a.set(HeapUse { taken: old.taken + 1, most: old.most.max(layout.size()), ..old });
        });
        // SAFETY: the caller upholds the contract of `GlobalAlloc::alloc`.
        unsafe { AllocDisabler.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        let _ = COUNTS.try_with(|a| a.set(HeapUse { freed: a.get().freed + 1, ..a.get() }));
        // SAFETY: `memory` came from the same allocator, with the same layout.
        unsafe { AllocDisabler.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;
