//! The language of the process. In the locale `C`, WebKitGTK gives pages the language `"C"`, at which JavaScript's number
//! and date formats throw. Never changes a locale that a person chose.

/// Gives the process a locale that names a language, where the user's names none. To be called before any thread starts.
pub(crate) fn prepare() {
    #[cfg(target_os = "linux")]
    if names_no_language(|name| std::env::var(name).ok()) {
        crate::environment::set("LC_ALL", "en_US.UTF-8");
    }
}

/// Whether the locale of messages, by POSIX's order of precedence, is `C`, `POSIX`, a variant of these, or missing.
#[cfg(any(target_os = "linux", test))]
fn names_no_language(variable: impl Fn(&str) -> Option<String>) -> bool {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(variable).find(|value| !value.is_empty());
    locale.is_none_or(|locale| matches!(locale.split(['.', '@']).next(), Some("C" | "POSIX" | "")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_locale_without_a_language_is_replaced() {
        for (variables, expected) in [
            (&[][..], true),
            (&[("LANG", "C.UTF-8")], true),
            (&[("LANG", "de_DE.UTF-8"), ("LC_ALL", "C")], true),
            (&[("LANG", "POSIX"), ("LC_ALL", "")], true),
            (&[("LANG", "C"), ("LC_MESSAGES", "fr_FR")], false),
            (&[("LANG", "en_GB.UTF-8")], false),
            (&[("LANG", "ca_ES@valencia")], false),
        ] {
            let variable =
                |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
            assert_eq!(names_no_language(variable), expected, "{variables:?}");
        }
    }
}
