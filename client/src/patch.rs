//! A member of a request body that can be left out, set to `null` or given a value.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{secret::Secret, time::Time};

/// An optional, nullable member of a JSON request body.
///
/// "Leave it as it is" and "clear it" are different requests, which an `Option` cannot tell apart. The setter of such a
/// member takes a value, an `Option`, or one of the three states: `.plan("Pro")`, `.plan(Patch::Null)`. A field of this type
/// carries `#[serde(default, skip_serializing_if = "Patch::is_absent")]`: without the first a missing member is an error,
/// without the second an absent one is written as `null`.
///
/// ```
/// use cx_client::Patch;
///
/// let name: Patch<String> = "Pat".to_owned().into();
/// assert_eq!(name, Patch::Value("Pat".to_owned()));
/// assert_eq!(Patch::<String>::from(None::<String>), Patch::Null);
/// assert!(Patch::<String>::default().is_absent());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Patch<T> {
    /// Not written.
    #[default]
    Absent,
    /// Written as `null`.
    Null,
    /// Written as this value.
    Value(T),
}

impl<T> Patch<T> {
    /// Not written.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// Written as `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The value, if there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// The value itself, if there is one.
    pub fn into_value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// Converts the value, if there is one.
    pub fn map<U>(self, convert: impl FnOnce(T) -> U) -> Patch<U> {
        match self {
            Self::Absent => Patch::Absent,
            Self::Null => Patch::Null,
            Self::Value(value) => Patch::Value(convert(value)),
        }
    }
}

impl<T> From<T> for Patch<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

impl<T> From<Option<T>> for Patch<T> {
    /// `None` becomes [`Patch::Null`]: whoever sets a member to nothing wants it cleared.
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::Value)
    }
}

impl From<&str> for Patch<String> {
    fn from(value: &str) -> Self {
        Self::Value(value.to_owned())
    }
}

impl From<&str> for Patch<Secret> {
    fn from(value: &str) -> Self {
        Self::Value(value.into())
    }
}

impl From<&str> for Patch<Time> {
    fn from(value: &str) -> Self {
        Self::Value(value.into())
    }
}

impl<T: Into<U>, U, const N: usize> From<[T; N]> for Patch<Vec<U>> {
    fn from(values: [T; N]) -> Self {
        Self::Value(values.map(Into::into).into())
    }
}

impl<T: Serialize> Serialize for Patch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Absent | Self::Null => serializer.serialize_none(),
            Self::Value(value) => serializer.serialize_some(value),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
    struct Body {
        #[serde(default, skip_serializing_if = "Patch::is_absent")]
        name: Patch<String>,
    }

    #[test]
    fn the_three_states_survive_a_round_trip() {
        for (json, name) in [
            ("{}", Patch::Absent),
            (r#"{"name":null}"#, Patch::Null),
            (r#"{"name":"Pat"}"#, Patch::Value("Pat".to_owned())),
        ] {
            let body: Body = serde_json::from_str(json).unwrap();
            assert_eq!(body, Body { name });
            assert_eq!(serde_json::to_string(&body).unwrap(), json);
        }
    }

    #[test]
    fn a_setter_takes_a_value_an_option_and_a_patch() {
        fn set(value: impl TryInto<Patch<i64>>) -> Patch<i64> {
            value.try_into().ok().unwrap()
        }
        assert_eq!(set(3), Patch::Value(3));
        assert_eq!(set(Some(3)), Patch::Value(3));
        assert_eq!(set(None), Patch::Null);
        assert_eq!(set(Patch::Absent), Patch::Absent);
    }

    #[test]
    fn a_setter_takes_a_literal() {
        fn text(value: impl TryInto<Patch<String>>) -> Patch<String> {
            value.try_into().ok().unwrap()
        }
        fn list(value: impl TryInto<Patch<Vec<String>>>) -> Patch<Vec<String>> {
            value.try_into().ok().unwrap()
        }
        assert_eq!(text("Pro"), Patch::Value("Pro".to_owned()));
        assert_eq!(text(""), Patch::Value(String::new()));
        assert_eq!(text(None), Patch::Null);
        assert_eq!(list(["a"]), Patch::Value(vec!["a".to_owned()]));
        assert_eq!(list(vec![]), Patch::Value(Vec::new()));
        assert_eq!(list(None), Patch::Null);
        assert_eq!(Patch::<Secret>::from("s").into_value(), Some(Secret::from("s")));
        assert_eq!(Patch::<Time>::from("2020-01-02").into_value(), Some(Time::from("2020-01-02")));
    }

    #[test]
    fn only_a_value_is_mapped() {
        assert_eq!(Patch::Value(2).map(|n| n * 2).value(), Some(&4));
        assert!(Patch::<i64>::Null.map(|n| n * 2).is_null());
        assert_eq!(Patch::<i64>::Absent.map(|n| n * 2).into_value(), None);
    }

    #[test]
    fn the_three_states_are_told_apart() {
        for (patch, absent, null, value) in [
            (Patch::Absent, true, false, None),
            (Patch::Null, false, true, None),
            (Patch::Value(3), false, false, Some(3)),
        ] {
            assert_eq!((patch.is_absent(), patch.is_null(), patch.value()), (absent, null, value.as_ref()));
            assert_eq!(patch.into_value(), value);
        }
    }
}
