// Chooses an account of the chart: those that fit are offered, the others say why they are not.
import { CloseButton, Combobox, TextInput, useCombobox } from "@mantine/core";
import type { Account, Role } from "@tillpost/client/financial";
import { useState } from "react";
import { AccountName, StateBadge } from "../../../parts/index.js";
import { accountTypeNames } from "../../../texts/account-types.js";
import { configurationTexts } from "../../../texts/configuration.js";
import classes from "./configuration.module.css";
import { fittingNames, fittingTypes, type Judgment, judge, warnedTypes } from "./fit.js";

const texts = configurationTexts.picker;
/** How many accounts of a kind are listed before typing has to narrow them. */
const listed = { fitting: 80, refused: 12 };

interface Judged {
  readonly account: Account;
  readonly judgment: Judgment;
}

interface AccountPickerProps {
  readonly role: Role;
  readonly accounts: readonly Account[];
  /** The chosen account's id; empty for none. */
  readonly value: string;
  readonly disabled?: boolean;
  /** Whether the form begins with it. */
  readonly first?: boolean;
  change(accountId: string): void;
}

export function AccountPicker({ role, accounts, value, disabled, first, change }: AccountPickerProps) {
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  const chosen = accounts.find((account) => account.accountId === value);
  const name = chosen === undefined ? "" : accountLine(chosen);
  const [typed, setTyped] = useState<string | undefined>(undefined);
  const { fitting, refused } = choices(accounts, role, typed ?? "");
  const submit = (accountId: string) => {
    change(accountId);
    setTyped(undefined);
    combobox.closeDropdown();
  };
  return (
    <Combobox store={combobox} onOptionSubmit={submit}>
      <Combobox.Target withExpandedAttribute>
        <TextInput
          role="combobox"
          data-autofocus={first || undefined}
          label={texts.label}
          description={texts.fits(fittingNames(role))}
          placeholder={name === "" ? texts.placeholder : name}
          autoComplete="off"
          disabled={disabled ?? false}
          value={typed ?? (combobox.dropdownOpened ? "" : name)}
          onChange={(event) => {
            const { value: text } = event.currentTarget;
            // What is typed behind the name of the chosen account begins a search.
            setTyped(typed === undefined && text.startsWith(name) ? text.slice(name.length) : text);
            combobox.openDropdown();
            combobox.updateSelectedOptionIndex();
          }}
          onClick={() => combobox.openDropdown()}
          onFocus={(event) => event.currentTarget.select()}
          onBlur={() => {
            combobox.closeDropdown();
            setTyped(undefined);
          }}
          rightSectionPointerEvents="all"
          rightSection={
            value !== "" && !disabled ? (
              <CloseButton
                size="sm"
                aria-label={texts.clear}
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => submit("")}
              />
            ) : (
              <Combobox.Chevron />
            )
          }
        />
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Options mah={320} className={classes.options} aria-label={texts.label}>
          <Fitting role={role} judged={fitting} value={value} />
          {fitting.length === 0 && <Combobox.Empty>{refused.length === 0 ? texts.none : texts.noFit}</Combobox.Empty>}
          <Refused judged={refused} />
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}

function Fitting({ role, judged, value }: { role: Role; judged: readonly Judged[]; value: string }) {
  const shown = judged.slice(0, listed.fitting);
  const types = [...fittingTypes(role), ...warnedTypes(role)];
  return (
    <>
      {types.map((type) => {
        const ofType = shown.filter(({ account }) => account.type === type);
        return ofType.length === 0 ? null : (
          <Combobox.Group key={type} label={accountTypeNames[type]}>
            {ofType.map(({ account, judgment }) => (
              <Combobox.Option
                key={account.accountId}
                value={account.accountId}
                active={account.accountId === value}
                aria-label={[accountLine(account), judgment.why].filter(Boolean).join(". ")}
              >
                <AccountLine account={account} />
                {judgment.fit === "warned" && <div className={classes.why}>{judgment.why}</div>}
              </Combobox.Option>
            ))}
          </Combobox.Group>
        );
      })}
      {judged.length > shown.length && <Combobox.Empty>{texts.more(judged.length - shown.length)}</Combobox.Empty>}
    </>
  );
}

function Refused({ judged }: { judged: readonly Judged[] }) {
  const shown = judged.slice(0, listed.refused);
  return shown.length === 0 ? null : (
    <Combobox.Group label={texts.refusedGroup}>
      {shown.map(({ account, judgment }) => (
        <Combobox.Option
          key={account.accountId}
          value={account.accountId}
          disabled
          className={classes.refused}
          aria-label={`${accountLine(account)}. ${judgment.why}`}
        >
          <AccountLine account={account} />
          <div className={classes.why}>{judgment.why}</div>
        </Combobox.Option>
      ))}
      {judged.length > shown.length && <Combobox.Empty>{texts.more(judged.length - shown.length)}</Combobox.Empty>}
    </Combobox.Group>
  );
}

function AccountLine({ account }: { account: Account }) {
  return (
    <span>
      {account.number !== "" && <span className={classes.number}>{account.number} </span>}
      <AccountName id={account.accountId} name={account.fullyQualifiedName} />
    </span>
  );
}

function accountLine(account: Account): string {
  const { number, fullyQualifiedName } = account;
  return number === "" ? fullyQualifiedName : `${number} ${fullyQualifiedName}`;
}

/**
 * The accounts that match what is typed. Every word must be somewhere in the number, the name or the type. Accounts that do
 * not fit are told about only when they are asked for.
 */
export function choices(accounts: readonly Account[], role: Role, typed: string) {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const matches = (account: Account) => {
    const text = `${accountLine(account)} ${accountTypeNames[account.type]}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const judged = accounts.filter(matches).map((account) => ({ account, judgment: judge(account, role) }));
  return {
    fitting: judged.filter(({ judgment }) => judgment.fit !== "refused"),
    refused: words.length === 0 ? [] : judged.filter(({ judgment }) => judgment.fit === "refused"),
  };
}

/** How sure a suggestion is. */
export function Confidence({ share }: { share: number }) {
  const tone = share >= 0.85 ? "good" : share >= 0.7 ? "busy" : "warn";
  return <StateBadge tone={tone} label={configurationTexts.suggestions.confidence(share)} />;
}
