import {
  ActionIcon,
  type MantineColorScheme,
  Menu,
  useComputedColorScheme,
  useMantineColorScheme,
} from "@mantine/core";
import { MoonIcon, SunIcon } from "../parts/icons.js";
import { shellTexts } from "../texts/shell.js";

/** Light, dark, or like the system. */
export function ColorSchemeSwitch() {
  const texts = shellTexts.colorScheme;
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme("light") === "dark";
  return (
    <Menu position="bottom-end" shadow="md" width={190}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" c="var(--mantine-color-dimmed)" size="lg" aria-label={texts.label}>
          {dark ? <MoonIcon /> : <SunIcon />}
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.RadioGroup value={colorScheme} onChange={(scheme) => setColorScheme(scheme as MantineColorScheme)}>
          {(["auto", "light", "dark"] as const).map((scheme) => (
            <Menu.RadioItem key={scheme} value={scheme}>
              {texts[scheme]}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
}
