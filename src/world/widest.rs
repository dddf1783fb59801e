//! One function, compiled for each width of vectors there is; the widest that the processor has is taken as it runs.
//! Nothing is fused, so all versions give the same bits.

/// Wraps a function: `widest! { fn name(a: A, …) -> R { … } }`. What its body calls is compiled along with it only
/// where it is inlined, so mark that `#[inline(always)]`; closures of some size are better made functions.
macro_rules! widest {
    ($(#[$note:meta])* $vis:vis fn $name:ident $(<$t:ident: $bound:ident>)? ($($arg:ident: $kind:ty),* $(,)?) $(-> $out:ty)? $body:block) => {
        $(#[$note])*
        $vis fn $name $(<$t: $bound>)? ($($arg: $kind),*) $(-> $out)? {
            #[inline(always)]
            fn plain $(<$t: $bound>)? ($($arg: $kind),*) $(-> $out)? $body

            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,fma")]
                fn wide_512 $(<$t: $bound>)? ($($arg: $kind),*) $(-> $out)? {
                    plain $(::<$t>)? ($($arg),*)
                }
                #[target_feature(enable = "avx2,fma")]
                fn wide_256 $(<$t: $bound>)? ($($arg: $kind),*) $(-> $out)? {
                    plain $(::<$t>)? ($($arg),*)
                }
                let has_512 = is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512vl")
                    && is_x86_feature_detected!("fma");
                if has_512 {
                    // SAFETY: the features were just found.
                    return unsafe { wide_512 $(::<$t>)? ($($arg),*) };
                }
                if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                    // SAFETY: the feature was just found.
                    return unsafe { wide_256 $(::<$t>)? ($($arg),*) };
                }
            }
            plain $(::<$t>)? ($($arg),*)
        }
    };
}

pub(crate) use widest;
