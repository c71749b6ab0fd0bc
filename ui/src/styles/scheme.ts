/** The scheme of colours that a person chose; it is remembered on this computer. */
import { useComputedColorScheme } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { type Scheme, schemeOf, type UpDown } from "./palette";

export function useUpDown(): [UpDown, (upDown: UpDown) => void] {
  const [upDown, setUpDown] = useLocalStorage<UpDown>({
    key: "algomosaic.up-down",
    defaultValue: "usual",
    getInitialValueInEffect: false,
  });
  return [upDown, setUpDown];
}

export function useScheme(): Scheme {
  const theme = useComputedColorScheme("light");
  const [upDown] = useUpDown();
  return schemeOf(theme, upDown);
}
