//! What runs on the server, each in one step.
//!
//! `KEYS` are the record, the lock (whose value is the number of the lease) and the fence (the number of the last lease,
//! or of the last write past one). `ARGV` begins with the number of the lease, but for [`LOAD`] and [`LOCK`].

use std::sync::LazyLock;

pub(super) type Script = redis::Script;

/// Milliseconds that a fence is kept: longer than any lease, so that a number is not given twice.
const FENCE_MS: u64 = 30 * 24 * 60 * 60 * 1000;

/// The record.
pub(super) static LOAD: LazyLock<Script> = LazyLock::new(|| Script::new("return redis.call('GET', KEYS[1])"));

/// `ARGV`: term. The number of the new lease, or 0 if the lock is taken.
pub(super) static LOCK: LazyLock<Script> = LazyLock::new(|| {
    let pass = pass();
    Script::new(&format!(
        "if redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
        {pass}
        redis.call('SET', KEYS[2], number, 'PX', ARGV[1])
        return number"
    ))
});

/// `ARGV`: number, term. One that has run out is renewed as long as nobody else has had the lock.
pub(super) static EXTEND: LazyLock<Script> =
    LazyLock::new(|| leased("redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])"));

/// `ARGV`: number. What has run out, and what another holds now, is left alone.
pub(super) static RELEASE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
        return redis.call('DEL', KEYS[2])",
    )
});

/// `ARGV`: number, record, lifetime.
pub(super) static SAVE: LazyLock<Script> = LazyLock::new(|| leased(SET));

/// `ARGV`: number.
pub(super) static CLEAR: LazyLock<Script> = LazyLock::new(|| leased(DELETE));

/// `ARGV`: nothing of meaning, record, lifetime.
pub(super) static SAVE_PAST: LazyLock<Script> = LazyLock::new(|| past(SET));

/// No `ARGV`.
pub(super) static CLEAR_PAST: LazyLock<Script> = LazyLock::new(|| past(DELETE));

const SET: &str = "redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])";
const DELETE: &str = "redis.call('DEL', KEYS[1])";

/// Takes the next number.
fn pass() -> String {
    format!("local number = redis.call('INCR', KEYS[3]); redis.call('PEXPIRE', KEYS[3], {FENCE_MS})")
}

/// What is done under a lease, unless somebody else has had the lock or has written since.
fn leased(act: &str) -> Script {
    Script::new(&format!("if redis.call('GET', KEYS[3]) ~= ARGV[1] then return 0 end {act} return 1"))
}

/// What is done past any lease, which is fenced out by it.
fn past(act: &str) -> Script {
    let pass = pass();
    Script::new(&format!("{pass} {act} return 1"))
}

#[cfg(test)]
mod tests {
    use super::{super::LONGEST_TERM, *};

    #[test]
    fn a_fence_outlasts_many_of_the_longest_leases() {
        assert!(u128::from(FENCE_MS) >= 30 * LONGEST_TERM.as_millis());
    }
}
