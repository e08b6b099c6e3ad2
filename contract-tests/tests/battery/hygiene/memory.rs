//! Item 71: secrets are wiped when they are dropped, and copied only on purpose.

use std::marker::PhantomData;

use cx_client::{
    Secret,
    auth::{AuthorizationCode, Credentials},
};
use zeroize::ZeroizeOnDrop;

use crate::verdict::{Verdict, ensure};

/// Answers whether a type lacks a trait, at compile time: where it has it, `of` is ambiguous and the test does not build.
trait Lacks<Answer> {
    fn of(_: PhantomData<Self>) {}
}
impl<T: ?Sized> Lacks<()> for T {}
struct IsCopy;
impl<T: Copy> Lacks<IsCopy> for T {}
struct IsClone;
impl<T: Clone> Lacks<(IsClone, T)> for Uncloned<T> {}
/// Asks about `Clone` alone: a `Secret` may be cloned, which is a copy that is asked for.
struct Uncloned<T>(PhantomData<T>);

/// Takes what wipes itself.
fn wiped<T: ZeroizeOnDrop>(_: &T) {}

/// 64 letters that no other text has, without ever standing in memory in full but in the text itself: what is stored is
/// the complement of each byte.
const HIDDEN: [u8; 64] = {
    let letters = b"a-secret-that-must-not-outlive-its-owner/0123456789/abcdefghijkl";
    let mut hidden = [0; 64];
    let mut at = 0;
    while at < 64 {
        hidden[at] = !letters[at];
        at += 1;
    }
    hidden
};

fn text() -> String {
    let mut text = String::with_capacity(HIDDEN.len());
    text.extend(HIDDEN.iter().map(|byte| char::from(!byte)));
    text
}

pub async fn item_71_wipes_secrets_and_copies_none_unasked() -> Verdict {
    <Secret as Lacks<_>>::of(PhantomData);
    <Credentials as Lacks<_>>::of(PhantomData);
    <AuthorizationCode as Lacks<_>>::of(PhantomData);
    <Uncloned<Credentials> as Lacks<_>>::of(PhantomData);
    <Uncloned<AuthorizationCode> as Lacks<_>>::of(PhantomData);

    let secret = Secret::from(text());
    wiped(&secret);
    ensure(format!("{secret:?}") == "Secret(***)", "a secret is masked")?;
    drop(secret);
    // Elsewhere there is no file to read the memory from, and the bounds of the types are all that is looked at.
    #[cfg(target_os = "linux")]
    nothing_is_left()?;
    Ok(())
}

#[cfg(target_os = "linux")]
fn nothing_is_left() -> Verdict {
    let secret = Secret::from(text());
    ensure(process::holds(&HIDDEN), "the memory of a process can be looked through")?;
    let copy = secret.clone();
    ensure(copy == secret, "a copy is the same")?;
    drop((secret, copy));
    ensure(!process::holds(&HIDDEN), "nothing of a secret is left when it and its copy are dropped")?;

    let credentials = [
        Credentials::password("a@example.com", text()).with_password_kept(),
        Credentials::client_credentials("an-id", text()),
        Credentials::refresh_token(text()).with_client("an-id", text()),
        Credentials::authorization_code("an-id", text(), text()).with_code_verifier(text()),
        Credentials::fixed(text()),
    ];
    drop(credentials);
    ensure(!process::holds(&HIDDEN), "nothing of credentials is left when they are dropped")
}

/// A look at all that this process has written to memory.
#[cfg(target_os = "linux")]
mod process {
    use std::{
        fs::{self, File},
        os::unix::fs::FileExt,
    };

    /// How much is read at a time, in bytes.
    const PIECE: usize = 1 << 20;

    /// Whether a text stands anywhere, given by the complement of its bytes.
    pub fn holds(hidden: &[u8]) -> bool {
        let memory = File::open("/proc/self/mem").unwrap();
        let mut piece = vec![0; PIECE + hidden.len()];
        let maps = fs::read_to_string("/proc/self/maps").unwrap();
        let found = maps.lines().filter_map(writable).any(|(mut at, end)| {
            while at < end {
                let length = usize::try_from(end - at).unwrap_or(piece.len()).min(piece.len());
                // A mapping that is gone meanwhile holds nothing.
                let read = memory.read_at(&mut piece[..length], at).unwrap_or(0);
                if stands(&piece[..read], hidden) {
                    return true;
                }
                at += PIECE as u64;
            }
            false
        });
        piece.fill(0);
        found
    }

    /// The bounds of a mapping that the process may write to and no file lies behind.
    fn writable(line: &str) -> Option<(u64, u64)> {
        let mut words = line.split_ascii_whitespace();
        let (bounds, rights) = (words.next()?, words.next()?);
        let (start, end) = bounds.split_once('-')?;
        if !rights.starts_with("rw") {
            return None;
        }
        Some((u64::from_str_radix(start, 16).ok()?, u64::from_str_radix(end, 16).ok()?))
    }

    fn stands(bytes: &[u8], hidden: &[u8]) -> bool {
        // The first letters of a freed block are the allocator's: the last half is looked for.
        let tail = &hidden[hidden.len() / 2..];
        let Some(first) = tail.first() else { return false };
        let mut rest = bytes;
        while let Some(at) = rest.iter().position(|byte| *byte == !*first) {
            rest = &rest[at..];
            if rest.len() >= tail.len() && rest.iter().zip(tail).all(|(byte, hidden)| *byte == !*hidden) {
                return true;
            }
            rest = &rest[1..];
        }
        false
    }
}
