//! [`Vectors`]: the widest vector instructions of the processor that the program runs on, whatever it was built for.

use crate::row::lanes::{Lanes, WIDTH};

/// Loops that compilers turn into vector code.
pub(crate) trait Work {
    /// Does it. To be inlined always: the instructions are then those of the caller.
    fn run(self);
}

/// What was found when a decoder was made. Without any, compilers make of the same loops what the build allows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Vectors {
    #[cfg(all(feature = "std", target_arch = "x86_64"))]
    avx512: Option<pulp::x86::V4>,
}

impl Vectors {
    pub(crate) fn find() -> Self {
        Self {
            #[cfg(all(feature = "std", target_arch = "x86_64"))]
            avx512: pulp::x86::V4::try_new(),
        }
    }

    /// The values in a frame whose signals all lie in its first eight bytes.
    #[inline(always)]
    pub(crate) fn of_word(self, lanes: &[Lanes], word: u64, values: &mut [[f64; WIDTH]]) {
        #[cfg(all(feature = "std", target_arch = "x86_64"))]
        if let Some(avx512) = self.avx512 {
            avx512.vectorize(avx512::OfWord { avx512, lanes, word, values });
            return;
        }
        for (lanes, to) in lanes.iter().zip(values) {
            lanes.of_word(word, to);
            // The count says so too. But with it alone compilers vectorise across lanes, for rows longer than there are.
            if lanes.is_last() {
                break;
            }
        }
    }

    /// Does `work` with them.
    pub(crate) fn run(self, work: impl Work) {
        #[cfg(all(feature = "std", target_arch = "x86_64"))]
        if let Some(avx512) = self.avx512 {
            avx512.vectorize(avx512::Run(work));
            return;
        }
        work.run();
    }
}

/// What is compiled for AVX-512 in every build.
#[cfg(all(feature = "std", target_arch = "x86_64"))]
mod avx512 {
    use pulp::NullaryFnOnce;
    use pulp::x86::V4;

    use crate::row::lanes::{Lanes, WIDTH};
    use crate::row::vectors::Work;

    pub(super) struct OfWord<'a> {
        pub(super) avx512: V4,
        pub(super) lanes: &'a [Lanes],
        pub(super) word: u64,
        pub(super) values: &'a mut [[f64; WIDTH]],
    }

    impl NullaryFnOnce for OfWord<'_> {
        type Output = ();

        /// [`Lanes::of_word`], eight lanes at once: compilers prefer two halves.
        #[inline(always)]
        fn call(self) {
            let (f, dq, sse2) = (self.avx512.avx512f, self.avx512.avx512dq, self.avx512.sse2);
            let little = f._mm512_set1_epi64(self.word.cast_signed());
            let difference = f._mm512_set1_epi64((self.word ^ self.word.swap_bytes()).cast_signed());
            let eight = |bytes: [u8; WIDTH]| sse2._mm_set1_epi64x(i64::from_le_bytes(bytes));
            for (lanes, to) in self.lanes.iter().zip(self.values) {
                let motorola = f._mm512_cvtepi8_epi64(eight(lanes.motorola.map(i8::cast_unsigned)));
                let word = f._mm512_xor_si512(little, f._mm512_and_si512(difference, motorola));
                let turned = f._mm512_rolv_epi64(word, f._mm512_cvtepu8_epi64(eight(lanes.turn)));
                let top = dq._mm512_cvtepi64_pd(f._mm512_and_si512(turned, pulp::cast(lanes.mask)));
                let scaled = f._mm512_mul_pd(top, pulp::cast(lanes.factor));
                *to = pulp::cast(f._mm512_add_pd(scaled, pulp::cast(lanes.offset)));
            }
        }
    }

    /// [`Work`] with all that AVX-512 has.
    pub(super) struct Run<W>(pub(super) W);

    impl<W: Work> NullaryFnOnce for Run<W> {
        type Output = ();

        #[inline(always)]
        fn call(self) {
            self.0.run();
        }
    }
}

#[cfg(all(test, feature = "std", target_arch = "x86_64"))]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what it expects")]

    use dimo_types::Scale;

    use super::*;
    use crate::ByteOrder;
    use crate::field::Field;
    use crate::row::Plain;

    /// Says nothing of a processor without vector instructions that the build did not have.
    struct Fill<'a> {
        signal: Plain,
        words: &'a [u64],
        to: &'a mut [f64],
    }

    impl Work for Fill<'_> {
        #[inline(always)]
        fn run(self) {
            self.signal.fill(self.words, self.to);
        }
    }

    #[test]
    fn vectors_give_the_values_of_the_plain_loops_at_every_place() {
        let (found, none) = (Vectors::find(), Vectors { avx512: None });
        let words: [u64; 40] =
            core::array::from_fn(|at| (at as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(at as u32));
        for (start, size) in (0..64).flat_map(|start| (1..=64).map(move |size| (start, size))) {
            for (order, flags) in [(ByteOrder::Intel, Field::SIGNED), (ByteOrder::Motorola, 0)] {
                let Some(mut field) = Field::place(start, size, order) else { continue };
                field.flags |= flags;
                let Some(signal) = Plain::new(field, Scale { factor: -0.125, offset: 3.0 }) else { continue };
                let (mut one, mut other) = ([0.0; 40], [1.0; 40]);
                found.run(Fill { signal, words: &words, to: &mut one });
                none.run(Fill { signal, words: &words, to: &mut other });
                assert_eq!(one, other);
                let Plain::Integer(turned) = signal else { continue };
                let mut lanes = Lanes::EMPTY;
                (0..WIDTH).step_by(3).for_each(|lane| lanes.set(lane, turned));
                lanes.end();
                let (mut one, mut other) = ([[9.0; WIDTH]], [[8.0; WIDTH]]);
                found.of_word(&[lanes], *words.last().unwrap(), &mut one);
                none.of_word(&[lanes], *words.last().unwrap(), &mut other);
                assert_eq!(one, other);
            }
        }
    }
}
