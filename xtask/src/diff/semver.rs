//! Which version a set of changes asks for.

use super::{Change, Level};

/// The part of the version that has to grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bump {
    None,
    Patch,
    Minor,
    Major,
}

impl Bump {
    /// What changes ask for after `version`: before 1.0 a breaking change is a minor one, and everything else a patch.
    pub fn of<'c>(changes: impl IntoIterator<Item = &'c Change>, version: &str) -> Self {
        let before_1 = version.starts_with("0.");
        match changes.into_iter().map(|change| change.level).min() {
            None => Self::None,
            Some(Level::Breaking) if before_1 => Self::Minor,
            Some(Level::Breaking) => Self::Major,
            Some(Level::Compatible) if before_1 => Self::Patch,
            Some(Level::Compatible) => Self::Minor,
        }
    }

    /// As output names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }

    /// The version after the bump; anything after the three numbers is dropped.
    pub fn after(self, version: &str) -> String {
        let core = version.split(['-', '+']).next().unwrap_or_default();
        let mut numbers = core.split('.').map(|part| part.parse::<u64>().unwrap_or(0));
        let mut next = || numbers.next().unwrap_or(0);
        let (major, minor, patch) = (next(), next(), next());
        match self {
            Self::None => version.to_owned(),
            Self::Patch => format!("{major}.{minor}.{}", patch + 1),
            Self::Minor => format!("{major}.{}.0", minor + 1),
            Self::Major => format!("{}.0.0", major + 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cx_spec::Place;

    fn bump(levels: &[Level], version: &str) -> (Bump, String) {
        let place = Place { file: String::new(), line: 1, column: 1, pointer: String::new() };
        let changes: Vec<_> = levels
            .iter()
            .map(|level| Change { level: *level, place: place.clone(), message: String::new() })
            .collect();
        let bump = Bump::of(&changes, version);
        (bump, bump.after(version))
    }

    #[test]
    fn asks_for_less_before_1_0() {
        let both = [Level::Compatible, Level::Breaking];
        assert_eq!(bump(&both, "0.3.1"), (Bump::Minor, "0.4.0".into()));
        assert_eq!(bump(&both, "1.3.1"), (Bump::Major, "2.0.0".into()));
        assert_eq!(bump(&[Level::Compatible], "0.3.1"), (Bump::Patch, "0.3.2".into()));
        assert_eq!(bump(&[Level::Compatible], "1.3.1"), (Bump::Minor, "1.4.0".into()));
        assert_eq!(bump(&[], "1.3.1-rc.1"), (Bump::None, "1.3.1-rc.1".into()));
    }
}
