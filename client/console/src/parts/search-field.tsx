import { TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useEffect, useState } from "react";
import { SearchIcon } from "./icons.js";

interface SearchFieldProps {
  readonly label: string;
  readonly hint: string;
  /** What is looked for now; the address keeps it. */
  readonly value: string;
  /** How many characters are taken: 100 unless said otherwise. */
  readonly most?: number;
  look(text: string): void;
}

/** A text to look for: it looks when typing pauses, so that the address does not change with every key. */
export function SearchField({ label, hint, value, most = 100, look }: SearchFieldProps) {
  const [typed, setTyped] = useState(value);
  const later = useDebouncedCallback((text: string) => look(text.trim()), 250);
  useEffect(() => setTyped((old) => (old.trim() === value ? old : value)), [value]);
  return (
    <TextInput
      type="search"
      label={label}
      placeholder={hint}
      leftSection={<SearchIcon size={16} />}
      value={typed}
      maxLength={most}
      autoComplete="off"
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        later(event.currentTarget.value);
      }}
    />
  );
}
