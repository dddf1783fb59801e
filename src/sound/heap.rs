//! The heap of the unit tests: it can be forbidden to a thread (`assert_no_alloc`), and counts what a thread asks of it.

use std::alloc::{GlobalAlloc, Layout};
use std::cell::Cell;

use assert_no_alloc::AllocDisabler;

/// What a thread asked of the heap.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Asked {
    /// How often it took memory.
    pub taken: u64,
    /// How often it gave some back.
    pub freed: u64,
    /// The most that it asked for at once, bytes.
    pub most: usize,
}

thread_local! {
    static ASKED: Cell<Asked> = const { Cell::new(Asked { taken: 0, freed: 0, most: 0 }) };
}

/// What this thread asks of the heap while it does something.
pub fn asked<R>(work: impl FnOnce() -> R) -> (R, Asked) {
    ASKED.set(Asked::default());
    let result = work();
    (result, ASKED.get())
}

struct Counting;

// SAFETY: everything is handed on to the allocator of `assert_no_alloc`, which hands it on to the system's; what is counted
// lies in a cell of the thread that needs no memory of its own.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = ASKED.try_with(|a| {
            let old = a.get();
            a.set(Asked { taken: old.taken + 1, most: old.most.max(layout.size()), ..old });
        });
        // SAFETY: the caller keeps the promises of `GlobalAlloc::alloc`.
        unsafe { AllocDisabler.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        let _ = ASKED.try_with(|a| a.set(Asked { freed: a.get().freed + 1, ..a.get() }));
        // SAFETY: `memory` came from the same allocator, with the same layout.
        unsafe { AllocDisabler.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;
