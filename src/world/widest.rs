//! Function multiversioning: one function, compiled for each SIMD width and dispatched at run time to the one in use
//! ([`Vectors`](super::vectors::Vectors)). Nothing is fused, so all versions are bit-identical.

/// Wraps a function: `widest! { fn name(a: A, …) -> R { … } }`. What its body calls is compiled along with it only
/// where it is inlined, so mark it `#[inline(always)]`; turn larger closures into functions.
#[macro_export]
macro_rules! widest {
    // Generic over nothing, a type, a constant, or both.
    ($(#[$note:meta])* $vis:vis fn $name:ident $args:tt $(-> $out:ty)? $body:block) => {
        $crate::widest!(@ [$(#[$note])* $vis] $name [] [] $args [$($out)?] $body);
    };
    ($(#[$note:meta])* $vis:vis fn $name:ident <$t:ident: $bound:ident> $args:tt $(-> $out:ty)? $body:block) => {
        $crate::widest!(@ [$(#[$note])* $vis] $name [<$t: $bound>] [::<$t>] $args [$($out)?] $body);
    };
    ($(#[$note:meta])* $vis:vis fn $name:ident <const $n:ident: $nt:ty> $args:tt $(-> $out:ty)? $body:block) => {
        $crate::widest!(@ [$(#[$note])* $vis] $name [<const $n: $nt>] [::<$n>] $args [$($out)?] $body);
    };
    ($(#[$note:meta])* $vis:vis fn $name:ident <$t:ident: $bound:ident, const $n:ident: $nt:ty> $args:tt $(-> $out:ty)? $body:block) => {
        $crate::widest!(
            @ [$(#[$note])* $vis] $name [<$t: $bound, const $n: $nt>] [::<$t, $n>] $args [$($out)?] $body
        );
    };
    (@ [$($head:tt)*] $name:ident [$($of:tt)*] [$($with:tt)*] ($($arg:ident: $kind:ty),* $(,)?) [$($out:ty)?] $body:block) => {
        $($head)* fn $name $($of)* ($($arg: $kind),*) $(-> $out)? {
            #[inline(always)]
            fn plain $($of)* ($($arg: $kind),*) $(-> $out)? $body

            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,popcnt")]
                fn wide_512 $($of)* ($($arg: $kind),*) $(-> $out)? {
                    plain $($with)* ($($arg),*)
                }
                #[target_feature(enable = "avx2,fma,popcnt")]
                fn wide_256 $($of)* ($($arg: $kind),*) $(-> $out)? {
                    plain $($with)* ($($arg),*)
                }
                use $crate::vectors::Vectors;
                match Vectors::in_use() {
                    // SAFETY: the processor has what is in use, and these are its features.
                    Vectors::Avx512 => unsafe { wide_512 $($with)* ($($arg),*) },
                    // SAFETY: as above.
                    Vectors::Avx2 => unsafe { wide_256 $($with)* ($($arg),*) },
                    Vectors::Plain => plain $($with)* ($($arg),*),
                }
            }
            #[cfg(not(target_arch = "x86_64"))]
            plain $($with)* ($($arg),*)
        }
    };
}
