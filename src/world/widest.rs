//! One function, compiled for each width of vectors there is; the widest that the processor has is taken as it runs.
//! Nothing is fused, so all versions give the same bits.

/// Wraps a function: `widest! { fn name(a: A, …) -> R { … } }`. What its body calls is compiled along with it only
/// where it is inlined, so mark that `#[inline(always)]`; closures of some size are better made functions.
macro_rules! widest {
    ($(#[$note:meta])* $vis:vis fn $name:ident($($arg:ident: $kind:ty),* $(,)?) $(-> $out:ty)? $body:block) => {
        $(#[$note])*
        $vis fn $name($($arg: $kind),*) $(-> $out)? {
            #[inline(always)]
            fn plain($($arg: $kind),*) $(-> $out)? $body

            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
                fn wide_512($($arg: $kind),*) $(-> $out)? {
                    plain($($arg),*)
                }
                #[target_feature(enable = "avx2")]
                fn wide_256($($arg: $kind),*) $(-> $out)? {
                    plain($($arg),*)
                }
                let has_512 = is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512vl");
                if has_512 {
                    // SAFETY: the features were just found.
                    return unsafe { wide_512($($arg),*) };
                }
                if is_x86_feature_detected!("avx2") {
                    // SAFETY: the feature was just found.
                    return unsafe { wide_256($($arg),*) };
                }
            }
            plain($($arg),*)
        }
    };
}

pub(crate) use widest;
