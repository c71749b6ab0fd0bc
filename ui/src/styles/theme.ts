/** Mantine dressed in the tokens: every colour it draws is one of the palette's purposes. */
import { type CSSVariablesResolver, createTheme, type MantineTheme } from "@mantine/core";
import { coloursOf, type Scheme, schemeOf, themeOf, type UpDown } from "./palette";

const control = {
  wrapper: {
    "--input-height": "28px",
    "--input-fz": "var(--text-body)",
    "--input-padding": "8px",
  },
};

const CLOSE = { "aria-label": "Close" };

export const theme = createTheme({
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: "'JetBrains Mono Variable', ui-monospace, monospace",
  fontSizes: { xs: "11.5px", sm: "13px", md: "13px", lg: "15px", xl: "20px" },
  lineHeights: { xs: "1.45", sm: "1.45", md: "1.45", lg: "1.45", xl: "1.3" },
  spacing: { xs: "4px", sm: "8px", md: "12px", lg: "16px", xl: "24px" },
  radius: { xs: "4px", sm: "6px", md: "8px", lg: "8px", xl: "8px" },
  defaultRadius: "sm",
  respectReducedMotion: true,
  cursorType: "pointer",
  focusRing: "auto",
  components: {
    Checkbox: { defaultProps: { color: "var(--accent)", iconColor: "var(--on-accent)", radius: 4 } },
    Radio: { defaultProps: { color: "var(--accent)", iconColor: "var(--on-accent)" } },
    Tabs: { defaultProps: { color: "var(--accent)" } },
    Switch: { defaultProps: { color: "var(--accent)" } },
    Input: { vars: () => control },
    InputWrapper: {
      defaultProps: {
        inputWrapperOrder: ["label", "input", "description", "error"],
      },
    },
    Button: {
      defaultProps: { size: "xs" },
      vars: (_: MantineTheme, props: { variant?: string }) => ({
        root: {
          "--button-height": "28px",
          "--button-fz": "var(--text-body)",
          ...(props.variant === undefined || props.variant === "filled"
            ? {
                "--button-bg": "var(--accent)",
                "--button-hover": "color-mix(in srgb, var(--accent) 88%, var(--text))",
                "--button-color": "var(--on-accent)",
              }
            : {}),
        },
      }),
    },
    Tooltip: {
      defaultProps: {
        openDelay: 400,
        multiline: true,
        maw: 260,
        withArrow: false,
      },
    },
    Select: {
      defaultProps: { comboboxProps: { shadow: "sm" }, allowDeselect: false },
    },
    // What would hold the focus at first is no item of a menu.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
    Modal: {
      defaultProps: {
        centered: true,
        padding: 16,
        radius: "md",
        transitionProps: { duration: 120 },
        closeButtonProps: CLOSE,
      },
    },
    Notification: { defaultProps: { closeButtonProps: CLOSE } },
    Drawer: { defaultProps: { transitionProps: { duration: 120 }, closeButtonProps: CLOSE } },
  },
});

function variablesOf(scheme: Scheme): Record<string, string> {
  const colours = coloursOf(scheme);
  const tokens = Object.fromEntries(Object.entries(colours).map(([token, colour]) => [`--${token}`, colour]));
  return {
    ...tokens,
    "--on-accent": themeOf(scheme) === "light" ? colours.surface : colours.background,
    "--mantine-color-body": "var(--surface)",
    "--mantine-color-text": "var(--text)",
    "--mantine-color-dimmed": "var(--muted)",
    "--mantine-color-placeholder": "var(--muted)",
    "--mantine-color-anchor": "var(--accent)",
    "--mantine-color-error": "var(--negative)",
    "--mantine-color-disabled": "var(--sunken)",
    "--mantine-color-disabled-color": "var(--control)",
    "--mantine-color-disabled-border": "var(--line)",
    "--mantine-color-default": "var(--surface)",
    "--mantine-color-default-hover": "var(--sunken)",
    "--mantine-color-default-color": "var(--text)",
    "--mantine-color-default-border": "var(--line)",
    "--mantine-primary-color-filled": "var(--accent)",
    "--mantine-primary-color-filled-hover": "var(--accent)",
    "--mantine-primary-color-light": "var(--accent-soft)",
    "--mantine-primary-color-light-hover": "var(--accent-soft)",
    "--mantine-primary-color-light-color": "var(--accent)",
    "--mantine-primary-color-contrast": "var(--on-accent)",
  };
}

const variablesWith = (upDown: UpDown): CSSVariablesResolver => {
  const [light, dark] = [variablesOf(schemeOf("light", upDown)), variablesOf(schemeOf("dark", upDown))];
  return () => ({ variables: {}, light, dark });
};

export const CSS_VARIABLES: Record<UpDown, CSSVariablesResolver> = {
  usual: variablesWith("usual"),
  colour_blind: variablesWith("colour_blind"),
};
