/** The colours of the window: light or dark, and the pair for what rises and falls. */
import { Menu, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { MoonIcon, SunIcon } from "../components/icons";
import type { UpDown } from "../styles/palette";
import { useUpDown } from "../styles/scheme";
import styles from "./Frame.module.css";

const THEMES = [
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
  { value: "auto", label: "As the system" },
] as const;

const PAIRS: readonly { value: UpDown; label: string }[] = [
  { value: "usual", label: "Green and red" },
  { value: "colour_blind", label: "Blue and orange" },
];

export function LooksMenu() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [upDown, setUpDown] = useUpDown();
  const theme = useComputedColorScheme("light");
  return (
    <Menu position="bottom-end" shadow="sm" transitionProps={{ duration: 0 }}>
      <Menu.Target>
        <button
          type="button"
          className={styles.iconButton}
          aria-label="Theme and colours"
          title="Theme and colours"
          data-testid="looks"
        >
          {theme === "light" ? <SunIcon size={16} aria-hidden /> : <MoonIcon size={16} aria-hidden />}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Theme</Menu.Label>
        <Menu.RadioGroup
          value={colorScheme}
          onChange={(chosen) => setColorScheme(THEMES.find(({ value }) => value === chosen)?.value ?? "auto")}
        >
          {THEMES.map(({ value, label }) => (
            <Menu.RadioItem key={value} value={value} data-testid={`theme-${value}`}>
              {label}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Label>Up and down</Menu.Label>
        <Menu.RadioGroup
          value={upDown}
          onChange={(chosen) => setUpDown(PAIRS.find(({ value }) => value === chosen)?.value ?? "usual")}
        >
          {PAIRS.map(({ value, label }) => (
            <Menu.RadioItem key={value} value={value} data-testid={`colours-${value}`}>
              {label}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
}
