//! Loops for processors that multiply and add in one step.
//!
//! A recurrence waits for each of its steps, and `a * b + c` rounded once takes half the steps of a product and a sum.
//! [`f64::mul_add`] rounds once on every machine, so results do not depend on the machine; but only where the loop is
//! compiled for the instruction is it one, and otherwise a call. TA-Lib 0.8.1 is built in the same two ways.

/// Whether this processor has what [`fused`] compiles for.
#[cfg(target_arch = "x86_64")]
#[inline]
pub(crate) fn has_fma() -> bool {
    std::arch::is_x86_feature_detected!("fma") && std::arch::is_x86_feature_detected!("avx2")
}

/// Declares a function whose body is compiled twice: for every processor of the target, and for those with fused
/// multiply-add, which is the one that runs there. What it calls takes part where it is `#[inline(always)]`.
macro_rules! fused {
    ($(#[$meta:meta])* $vis:vis fn $name:ident [$($generics:tt)*] ($($arg:ident: $kind:ty),* $(,)?) $(-> $out:ty)? $body:block) => {
        $(#[$meta])*
        $vis fn $name<$($generics)*>($($arg: $kind),*) $(-> $out)? {
            #[inline(always)]
            fn plain<$($generics)*>($($arg: $kind),*) $(-> $out)? $body

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma")]
            fn with_fma<$($generics)*>($($arg: $kind),*) $(-> $out)? {
                plain($($arg),*)
            }

            #[cfg(target_arch = "x86_64")]
            if $crate::fused::has_fma() {
                #[allow(unsafe_code, reason = "what a processor has is only known when the program runs")]
                // SAFETY: the processor has the features that the function is compiled for.
                return unsafe { with_fma($($arg),*) };
            }
            plain($($arg),*)
        }
    };
}
pub(crate) use fused;
