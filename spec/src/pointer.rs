//! Steps of a JSON pointer (RFC 6901).

/// A member name as a step.
pub fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// A step as a member name.
pub fn unescape(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

/// The pointer of a member or an item of what stands at a pointer. Documents have thousands, and hardly a name to escape.
pub(crate) fn below(pointer: &str, name: &str) -> String {
    let mut below = String::with_capacity(pointer.len() + 1 + name.len());
    below.push_str(pointer);
    below.push('/');
    if name.contains(['~', '/']) {
        below.push_str(&escape(name));
    } else {
        below.push_str(name);
    }
    below
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_comes_back_from_its_step() {
        for (name, step) in [("a", "a"), ("a/b", "a~1b"), ("~1", "~01"), ("~/~", "~0~1~0"), ("", "")] {
            assert_eq!(escape(name), step);
            assert_eq!(unescape(step), name);
            assert_eq!(below("/x", name), format!("/x/{step}"));
        }
    }
}
