//! The colours of the one palette file that the window and the exports share, by purpose.

use std::sync::LazyLock;

use plotters::style::RGBAColor;
use serde::{Deserialize, Serialize};

use crate::chart::Role;

/// On a light or on a dark ground.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, Default, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// Dark ink on white.
    #[default]
    Light,
    /// Light ink on near black.
    Dark,
    /// As light, with blue and orange for what rises and falls.
    LightColourBlind,
    /// As dark, with blue and orange for what rises and falls.
    DarkColourBlind,
}

/// The colours a picture needs.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Palette {
    pub(crate) surface: Colour,
    pub(crate) line: Colour,
    pub(crate) text: Colour,
    pub(crate) muted: Colour,
    pub(crate) accent: Colour,
    positive: Colour,
    negative: Colour,
    pub(crate) control: Colour,
    pub(crate) control_soft: Colour,
    pub(crate) warning: Colour,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Colour(u8, u8, u8);

impl TryFrom<String> for Colour {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let parse = || {
            let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
            let part = |i: usize| u8::from_str_radix(&digits[i..i + 2], 16).ok();
            Some(Colour(part(0)?, part(2)?, part(4)?))
        };
        parse().ok_or_else(|| format!("{text} is not a colour such as #2f5fd0"))
    }
}

impl Colour {
    pub(crate) fn opaque(self) -> RGBAColor {
        self.with_alpha(1.0)
    }

    /// A share of the way to another colour.
    pub(crate) fn towards(self, other: Colour, share: f64) -> Colour {
        let part = |from: u8, to: u8| (f64::from(from) + share * (f64::from(to) - f64::from(from))).round() as u8;
        Colour(part(self.0, other.0), part(self.1, other.1), part(self.2, other.2))
    }

    pub(crate) fn with_alpha(self, alpha: f64) -> RGBAColor {
        RGBAColor(self.0, self.1, self.2, alpha)
    }
}

#[derive(Deserialize)]
struct File {
    light: Palette,
    dark: Palette,
    colour_blind: Pairs,
}

#[derive(Deserialize)]
struct Pairs {
    light: Pair,
    dark: Pair,
}

/// The colours for what rises and what falls.
#[derive(Clone, Copy, Deserialize)]
struct Pair {
    positive: Colour,
    negative: Colour,
}

static FILE: LazyLock<Result<File, String>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../ui/src/styles/palette.json")).map_err(|e| format!("palette.json: {e}"))
});

impl Palette {
    pub(crate) fn of(theme: Theme) -> Result<Palette, crate::Error> {
        let file = FILE.as_ref().map_err(|reason| crate::Error::Draw(reason.clone()))?;
        Ok(match theme {
            Theme::Light => file.light,
            Theme::Dark => file.dark,
            Theme::LightColourBlind => file.light.with(file.colour_blind.light),
            Theme::DarkColourBlind => file.dark.with(file.colour_blind.dark),
        })
    }

    fn with(self, Pair { positive, negative }: Pair) -> Palette {
        Palette { positive, negative, ..self }
    }

    /// The colour of lines and dots.
    pub(crate) fn ink(&self, role: Role) -> Colour {
        match role {
            Role::Model | Role::Strategy | Role::Error => self.accent,
            Role::Outcome | Role::Market | Role::Control | Role::Guide => self.control,
            Role::Positive => self.positive,
            Role::Negative => self.negative,
        }
    }

    /// The colour of what is filled: the soft grey for what stands behind.
    pub(crate) fn fill(&self, role: Role) -> Colour {
        match role {
            Role::Outcome | Role::Market | Role::Control => self.control_soft,
            _ => self.ink(role),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Contrast of two colours (WCAG 2.2, contrast ratio).
    fn contrast(a: Colour, b: Colour) -> f64 {
        let luminance = |colour: Colour| {
            let part = |byte: u8| {
                let c = f64::from(byte) / 255.0;
                if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * part(colour.0) + 0.7152 * part(colour.1) + 0.0722 * part(colour.2)
        };
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn text_passes_wcag_aa_on_every_ground_of_the_palette_file() {
        let file: serde_json::Value =
            serde_json::from_str(include_str!("../../../ui/src/styles/palette.json")).unwrap();
        for theme in ["light", "dark"] {
            let colour = |value: &serde_json::Value| Colour::try_from(value.as_str().unwrap().to_owned()).unwrap();
            for ground in ["surface", "background"] {
                let ground = colour(&file[theme][ground]);
                for ink in ["text", "muted", "accent", "positive", "negative"] {
                    let ratio = contrast(colour(&file[theme][ink]), ground);
                    assert!(ratio >= 4.5, "{theme} {ink}: {ratio:.2}");
                }
                for ink in ["positive", "negative"] {
                    let ratio = contrast(colour(&file["colour_blind"][theme][ink]), ground);
                    assert!(ratio >= 4.5, "colour blind {theme} {ink}: {ratio:.2}");
                }
            }
            let warning = contrast(colour(&file[theme]["warning"]), colour(&file[theme]["warning-soft"]));
            assert!(warning >= 4.5, "{theme} warning: {warning:.2}");
        }
    }
}
