//! Random numbers that depend on nothing but a seed and a stream (the tree): SplitMix64 of Steele, Lea and Flood (2014).

const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        Random(mix(mix(seed.wrapping_add(STEP)) ^ stream.wrapping_mul(STEP)))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mix(self.0)
    }

    /// From 0 to `end - 1`. The bias of at most `end / 2^64` is below notice.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.next()) * end as u128) >> 64) as usize
    }

    /// From 0 to 1, 1 excluded.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// `count` of the numbers 0 to `of - 1`, ascending, each set equally likely.
    pub(crate) fn choose(&mut self, count: usize, of: usize) -> Vec<u32> {
        let mut chosen = Vec::with_capacity(count);
        for number in 0..of {
            if self.below(of - number) < count - chosen.len() {
                chosen.push(number as u32);
            }
        }
        chosen
    }

    /// Moves `count` random items to the front, in random order.
    pub(crate) fn draw<T>(&mut self, items: &mut [T], count: usize) {
        for place in 0..count.min(items.len()) {
            let other = place + self.below(items.len() - place);
            items.swap(place, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The published reference of SplitMix64 gives these for a state of 1234567.
    #[test]
    fn numbers_are_those_of_the_reference() {
        let mut random = Random(1_234_567);
        let expected: [u64; 3] = [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];
        assert_eq!([random.next(), random.next(), random.next()], expected);
    }

    #[test]
    fn a_choice_is_ascending_without_repeats_and_even() {
        let mut counts = [0; 10];
        for stream in 0..2_000 {
            let chosen = Random::new(1, stream).choose(3, 10);
            assert!(chosen.len() == 3 && chosen.is_sorted_by(|a, b| a < b));
            chosen.iter().for_each(|number| counts[*number as usize] += 1);
        }
        // 600 expected, standard deviation 20.
        assert!(counts.iter().all(|count| (500..700).contains(count)), "{counts:?}");
    }
}
