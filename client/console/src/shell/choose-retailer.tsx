// Where the console begins when no retailer stands in the address.
import { Button, Center, Group, NavLink, Paper, Stack, Text, TextInput, Title } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import { type FormEvent, useEffect, useState } from "react";
import { useSession } from "../api/context.js";
import { StoreIcon } from "../parts/icons.js";
import { shellTexts } from "../texts/shell.js";
import { isRetailerId, lastRetailer } from "./retailer.js";

export function ChooseRetailer() {
  const texts = shellTexts.retailer;
  const { retailers, anyRetailer } = useSession();
  const router = useRouter();
  const open = (retailer: string) => router.history.push(`/console/${retailer}`);
  const last = lastRetailer();
  const only = retailers.length === 1 && !anyRetailer ? retailers[0] : undefined;
  const begin = retailers.includes(last) && retailers.length === 1 ? last : only;
  useEffect(() => {
    document.title = shellTexts.title(shellTexts.retailer.choose);
  }, []);
  useEffect(() => {
    if (begin !== undefined) {
      router.history.replace(`/console/${begin}`);
    }
  }, [begin, router]);
  return (
    <Center mih="100vh" p="md" component="main">
      <Paper withBorder p="xl" radius="lg" w="100%" maw={440} bg="var(--surface)">
        <Stack gap="md">
          <div>
            <Title order={1}>{texts.choose}</Title>
            <Text c="dimmed" mt={4}>
              {retailers.length === 0 ? texts.none : texts.chooseHint}
            </Text>
          </div>
          <Stack gap={2}>
            {retailers.map((retailer) => (
              <NavLink
                key={retailer}
                href={`/console/${retailer}`}
                label={retailer}
                leftSection={<StoreIcon />}
                onClick={(event) => {
                  event.preventDefault();
                  open(retailer);
                }}
              />
            ))}
          </Stack>
          {anyRetailer && <OtherRetailer open={open} />}
        </Stack>
      </Paper>
    </Center>
  );
}

/** Opens a retailer by its id. */
export function OtherRetailer(props: { open(retailer: string): void }) {
  const texts = shellTexts.retailer;
  const [id, setId] = useState("");
  const [wrong, setWrong] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isRetailerId(id.trim())) {
      props.open(id.trim());
    } else {
      setWrong(true);
    }
  };
  return (
    <form onSubmit={submit} noValidate>
      <Group align="flex-start" gap="sm" wrap="nowrap">
        <TextInput
          flex={1}
          label={texts.input}
          description={texts.inputHint}
          error={wrong && texts.invalid}
          value={id}
          autoComplete="off"
          spellCheck={false}
          inputWrapperOrder={["label", "input", "description", "error"]}
          onChange={(event) => {
            setId(event.currentTarget.value);
            setWrong(false);
          }}
        />
        <Button type="submit" mt={23}>
          {texts.open}
        </Button>
      </Group>
    </form>
  );
}
