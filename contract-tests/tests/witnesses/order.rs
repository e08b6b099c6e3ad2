//! Which order of pairs carries a meaning.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::Part;

/// Pairs in an order in which only what carries a meaning is left.
pub(crate) fn in_order(pairs: &[(String, String)]) -> Vec<(String, String)> {
    sorted(pairs, |(name, _)| name)
}

pub(crate) fn parts_in_order(parts: &[Part]) -> Vec<Part> {
    sorted(parts, |part| &part.name)
}

/// The order among equal names carries a meaning, and in a group the one among its elements, of which the next begins
/// where a member comes again (Rack). The members of one element are those of a map.
pub(crate) fn sorted<T: Clone>(all: &[T], name: impl Fn(&T) -> &str) -> Vec<T> {
    let mut open: BTreeMap<&str, (usize, BTreeSet<&str>)> = BTreeMap::new();
    let place = |item| {
        let name = name(item);
        let group = group(name);
        let (element, members) = open.entry(group).or_default();
        let member = &name[group.len()..];
        // What repeats within an element says so.
        if !member.is_empty() && !member.contains("[]") && !members.insert(member) {
            *element += 1;
            *members = BTreeSet::from([member]);
        }
        (group, *element, member)
    };
    let mut placed: Vec<_> = all.iter().map(place).zip(all).collect();
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, item)| item.clone()).collect()
}

/// `users[]` of `users[][id]`, and any other name as it is.
pub(crate) fn group(name: &str) -> &str {
    name.find("[][").map_or(name, |at| &name[..at + 2])
}

/// Shows that the order which matters is seen, and no other.
pub(crate) fn pairs_are_compared_by_what_their_order_means() {
    let pairs = |text: &str| {
        let pair =
            |pair: &str| pair.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())).unwrap();
        in_order(&text.split('&').map(pair).collect::<Vec<_>>())
    };
    assert_eq!(pairs("a=1&b=2"), pairs("b=2&a=1"));
    assert_ne!(pairs("a[]=1&a[]=2"), pairs("a[]=2&a[]=1"));
    assert_eq!(pairs("a[][b]=1&a[][c]=2&a[][b]=3"), pairs("a[][c]=2&a[][b]=1&a[][b]=3"));
    // The second `c` belongs to another element.
    assert_ne!(pairs("a[][b]=1&a[][c]=2&a[][b]=3"), pairs("a[][b]=1&a[][b]=3&a[][c]=2"));
    assert_ne!(pairs("a[][b]=1&a[][b]=2"), pairs("a[][b]=2&a[][b]=1"));
    assert_ne!(pairs("a[][b]=1&a[][c][]=2&a[][b]=3"), pairs("a[][b]=1&a[][b]=3&a[][c][]=2"));
}
