// One place: its account now, another one, from when on, what that does, and its past.
import { Button, Drawer, Group, NativeSelect, Radio, Stack, TextInput } from "@mantine/core";
import { useDebouncedValue, useDisclosure } from "@mantine/hooks";
import type { Account, SlotUse } from "@tillpost/client/financial";
import { useState } from "react";
import { useMayManage } from "../../../api/context.js";
import { businessDate } from "../../../format/dates.js";
import { AccountName, ErrorNotice, Notice } from "../../../parts/index.js";
import { useLocations } from "../../../shell/locations.js";
import { useRetailer } from "../../../shell/retailer.js";
import type { Search } from "../../../shell/search.js";
import { configurationTexts, placeName, roleTexts } from "../../../texts/configuration.js";
import { AccountPicker, Confidence } from "./account-picker.js";
import { useMap } from "./actions.js";
import classes from "./configuration.module.css";
import { CreateAccountsDialog } from "./create-accounts.js";
import { Effect, useEffectOf } from "./effect.js";
import { PlaceHistory } from "./history.js";
import { LookUp, type Offers, placeId } from "./matrix-rows.js";
import { RemoveDialog } from "./remove-dialog.js";
import { nothingOpened, type Opened, type Place } from "./words.js";

const texts = configurationTexts.editor;

interface EditorData {
  readonly places: readonly SlotUse[];
  readonly accounts: readonly Account[];
  readonly offers: Offers;
}

export function Editor(props: EditorData & { opened: Opened | undefined; change(search: Search): void }) {
  const { opened, change } = props;
  const close = () => change(nothingOpened);
  const role = opened?.place.role ?? 0;
  return (
    <Drawer
      opened={opened !== undefined}
      onClose={close}
      position="right"
      size="lg"
      title={opened && (opened.adding ? configurationTexts.matrix.addLabel(role) : placeName(opened.place))}
      closeButtonProps={{ "aria-label": texts.close }}
    >
      {opened && (
        <PlaceForm
          key={opened.adding ? `add ${role}` : placeId(opened.place)}
          {...props}
          opened={opened}
          close={close}
        />
      )}
    </Drawer>
  );
}

type FormProps = EditorData & { opened: Opened; change(search: Search): void; close(): void };

/** What is typed and chosen, and what there is already. */
function useDraft({ opened, places, offers }: FormProps) {
  const [typedKey, setTypedKey] = useState("");
  const place: Place = opened.adding ? { ...opened.place, key: typedKey.trim() } : opened.place;
  const lookUp = new LookUp(places);
  const own = lookUp.own(place);
  const anywhere = placeId({ ...place, locationId: "" });
  const forAnyKey = placeId({ ...place, key: "", locationId: "" });
  const found = offers.suggestions.get(anywhere) ?? offers.suggestions.get(forAnyKey);
  const suggestion = own === undefined ? found : undefined;
  const creatable = lookUp.find(place).mapping === undefined ? offers.creatable.get(anywhere) : undefined;
  const [picked, setPicked] = useState<string | undefined>(undefined);
  const [dated, setDated] = useState(false);
  const [date, setDate] = useState("");
  const accountId = picked ?? own?.accountId ?? suggestion?.accountId ?? "";
  const ready = (!opened.adding || place.key !== "") && accountId !== "" && (!dated || date !== "");
  const changes = accountId !== own?.accountId || dated;
  return {
    ...{ place, own, now: lookUp.find(place), suggestion, creatable, typedKey, setTypedKey, accountId, setPicked },
    ...{ dated, setDated, date, setDate, effectiveDate: dated ? date : "", complete: ready && changes },
  };
}

type Draft = ReturnType<typeof useDraft>;

function PlaceForm(props: FormProps) {
  const { opened, accounts, places, change, close } = props;
  const retailerId = useRetailer();
  const mayManage = useMayManage();
  const draft = useDraft(props);
  const { place, accountId, effectiveDate } = draft;
  const [asked] = useDebouncedValue({ place, accountId, effectiveDate }, 200);
  const settled = JSON.stringify(asked) === JSON.stringify({ place, accountId, effectiveDate });
  const effect = useEffectOf(asked, draft.complete && settled);
  const save = useMap(close);
  const [removing, removeDialog] = useDisclosure(false);
  const submit = () => save.mutate({ retailerId, slot: place, accountId, effectiveDate });
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (draft.complete && mayManage && !save.isPending) {
          submit();
        }
      }}
    >
      <Stack gap="md">
        {opened.adding ? <KeyInput draft={draft} places={places} /> : <Now draft={draft} places={places} />}
        <Where place={opened.place} change={change} />
        <AccountPicker
          role={place.role}
          accounts={accounts}
          value={draft.accountId}
          disabled={!mayManage}
          first={!opened.adding}
          change={draft.setPicked}
        />
        <Suggested draft={draft} mayManage={mayManage} />
        <Lacking draft={draft} mayManage={mayManage} onDone={close} />
        <From draft={draft} date={effect.data?.effectiveDate} />
        {draft.complete && <Effect query={effect} />}
        {save.error && <ErrorNotice error={save.error} onRetry={submit} onDismiss={save.reset} />}
        <Group gap="sm" className={classes.formActions}>
          <Button type="submit" disabled={!draft.complete || !mayManage} loading={save.isPending}>
            {texts.save}
          </Button>
          {draft.own !== undefined && (
            <Button variant="default" disabled={!mayManage} onClick={removeDialog.open}>
              {texts.remove}
            </Button>
          )}
        </Group>
        {!opened.adding && <PlaceHistory place={place} />}
      </Stack>
      {removing && <RemoveDialog place={place} onClose={removeDialog.close} onDone={close} />}
    </form>
  );
}

/** A key that no event has named yet. */
function KeyInput({ draft, places }: { draft: Draft; places: readonly SlotUse[] }) {
  const { role, key } = draft.place;
  const taken = key !== "" && places.some(({ slot }) => slot?.role === role && slot.key === key);
  const called = roleTexts[role].key;
  return (
    <TextInput
      label={called.charAt(0).toUpperCase() + called.slice(1)}
      description={taken ? texts.keyTaken : texts.keyHint}
      required
      data-autofocus
      maxLength={100}
      autoComplete="off"
      value={draft.typedKey}
      onChange={(event) => draft.setTypedKey(event.currentTarget.value)}
    />
  );
}

/** What the place has now, and how many events wait for it. */
function Now({ draft, places }: { draft: Draft; places: readonly SlotUse[] }) {
  const { place, now } = draft;
  const at = (location: string) => place.locationId === "" || location === place.locationId;
  const waiting = places
    .filter(({ slot }) => slot?.role === place.role && slot.key === place.key && at(slot.locationId))
    .reduce((sum, use) => sum + use.waitingEventCount, 0n);
  return (
    <div>
      <p className={classes.role}>{roleTexts[place.role].hint}.</p>
      <div className={classes.now}>
        <span className={classes.quiet}>{texts.now}: </span>
        {now.mapping === undefined ? (
          texts.none
        ) : (
          <>
            <AccountName id={now.mapping.accountId} name={now.mapping.accountName} />
            <span className={classes.quiet}> · {texts.answers[now.source]}</span>
          </>
        )}
      </div>
      {waiting > 0n && <Notice tone="bad">{configurationTexts.matrix.waiting(waiting)}.</Notice>}
    </div>
  );
}

function Where({ place, change }: { place: Place; change(search: Search): void }) {
  const locations = useLocations(place.locationId);
  return locations.length === 0 ? null : (
    <NativeSelect
      label={texts.where}
      description={texts.whereHint}
      value={place.locationId}
      data={[{ value: "", label: texts.everywhere }, ...locations]}
      onChange={(event) => change({ at: event.currentTarget.value })}
    />
  );
}

function Suggested({ draft, mayManage }: { draft: Draft; mayManage: boolean }) {
  const { suggestion, accountId, setPicked } = draft;
  if (suggestion === undefined) {
    return null;
  }
  const { suggestions } = configurationTexts;
  return (
    <div className={classes.suggested}>
      <div className={classes.line}>
        <span>
          {suggestions.suggested} <AccountName id={suggestion.accountId} name={suggestion.accountName} />
        </span>
        <Confidence share={suggestion.confidence} />
        {accountId !== suggestion.accountId && (
          <Button
            size="compact-xs"
            variant="default"
            disabled={!mayManage}
            onClick={() => setPicked(suggestion.accountId)}
          >
            {texts.use}
          </Button>
        )}
      </div>
      <div className={classes.quiet}>{suggestion.reason}</div>
    </div>
  );
}

/** What can be created where the chart has no account for the place. */
function Lacking({ draft, mayManage, onDone }: { draft: Draft; mayManage: boolean; onDone(): void }) {
  const [creating, dialog] = useDisclosure(false);
  const { create } = configurationTexts;
  const name = draft.creatable?.fullyQualifiedName;
  return name === undefined ? null : (
    <div className={classes.suggested}>
      <div className={classes.line}>
        <span>
          {create.lacking} <AccountName id="" name={name} />
        </span>
        <Button size="compact-xs" variant="default" disabled={!mayManage} onClick={dialog.open}>
          {create.one}
        </Button>
      </div>
      {creating && <CreateAccountsDialog only={name} onClose={dialog.close} onDone={onDone} />}
    </div>
  );
}

/** From which business date on. What is usual is the server's to say, once it knows the change. */
function From({ draft, date }: { draft: Draft; date: string | undefined }) {
  const usual = date !== undefined && !draft.dated && draft.complete;
  return (
    <div>
      <Radio.Group
        label={texts.from}
        value={draft.dated ? "dated" : "usual"}
        onChange={(value) => draft.setDated(value === "dated")}
      >
        <Stack gap="xs" mt={6}>
          <Radio
            value="usual"
            label={usual ? texts.usualFrom(businessDate(date)) : texts.usual}
            description={texts.usualHint}
          />
          <Radio value="dated" label={texts.dated} />
        </Stack>
      </Radio.Group>
      {draft.dated && (
        <TextInput
          type="date"
          mt="xs"
          label={texts.date}
          required
          value={draft.date}
          onChange={(event) => draft.setDate(event.currentTarget.value)}
        />
      )}
    </div>
  );
}
