//! Draws of a random world, by one stream in order.

use rust_decimal::Decimal;

use crate::random::Stream;

pub struct Draw {
    stream: Stream,
}

impl Draw {
    pub fn new(seed: u64) -> Self {
        Self { stream: Stream::new(seed, "agree", &[]) }
    }

    /// True once in `n` times.
    pub fn once_in(&mut self, n: i64) -> bool {
        self.between(1, n) == 1
    }

    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        self.stream.between(low, high)
    }

    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        self.stream.pick(items)
    }

    pub fn decimal(&mut self, texts: &[&str]) -> Decimal {
        dec(self.pick::<&str>(texts))
    }

    /// Something once in `n` times.
    pub fn maybe<T>(&mut self, n: i64, some: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.once_in(n).then(|| some(self))
    }

    /// Some of a list, in its order, at least one.
    pub fn some_of(&mut self, items: &[&str]) -> Vec<String> {
        let mut all: Vec<String> =
            items.iter().filter(|_| self.once_in(2)).map(|i| (*i).to_owned()).collect();
        if all.is_empty() {
            all.push((*self.pick(items)).to_owned());
        }
        all
    }
}

pub fn dec(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}
