import { create } from "@bufbuild/protobuf";
import { Role, type SlotUse, SlotUseSchema, SuggestMappingsResponseSchema } from "@tillpost/client/financial";
import { describe, expect, test } from "vitest";
import { buildMatrix, type MatrixRow, offersOf } from "./matrix-rows.js";
import { type Filters, hasFilters, mendSearch, noFilters, readFilters, readOpened, roleWords } from "./words.js";

type PlaceInit = [role: Role, key: string, locationId: string];

let version = 0n;
const slotOf = ([role, key, locationId]: PlaceInit) => ({ role, key, locationId });

/** A place with the mapping that answers for it, or without. */
function use(place: PlaceInit, answer?: SlotUse, more: { waiting?: bigint; optional?: boolean } = {}): SlotUse {
  const { waiting = 0n, optional = false } = more;
  const mapping = answer?.mapping;
  return create(SlotUseSchema, {
    slot: slotOf(place),
    waitingEventCount: waiting,
    optional,
    ...(mapping && { mapping }),
  });
}

/** A place with an account of its own. */
function mapped(place: PlaceInit, accountName: string, warnings: string[] = []): SlotUse {
  version += 1n;
  const mapping = { slot: slotOf(place), accountId: String(version), accountName, version, warnings };
  return create(SlotUseSchema, { slot: slotOf(place), mapping });
}

const { PAYMENT, CASH_DRAWER, DISCOUNT } = Role;
const nothing = offersOf(undefined);

function rows(uses: SlotUse[], search: Record<string, string> = {}, offers = nothing): MatrixRow[] {
  return buildMatrix(uses, offers, readFilters(search)).flatMap((group) => group.rows);
}

/** A row in short: where, which account, and where it comes from. */
const short = ({ place, below, mapping, source, waiting }: MatrixRow) =>
  `${below ? ">" : ""}${place.key || "*"}${place.locationId && `@${place.locationId}`} ${mapping?.accountName ?? "-"} ${source} ${waiting}`;

describe("the matrix", () => {
  const fallback = mapped([PAYMENT, "", ""], "Undeposited");
  const visa = mapped([PAYMENT, "Visa", ""], "Visa");
  const harbor = mapped([PAYMENT, "Visa", "harbor"], "Harbor");
  const pier = mapped([PAYMENT, "", "pier"], "Pier");
  const filled = [
    ...[fallback, visa, harbor, pier],
    use([PAYMENT, "Visa", "pine"], visa),
    use([PAYMENT, "Check", "pine"], fallback),
    use([PAYMENT, "Check", "pier"], pier),
  ];

  test("has a row for each key, and one below it for each location that differs", () => {
    expect(rows(filled).map(short)).toEqual([
      "Check Undeposited fallback 0",
      ">Check@pier Pier location-fallback 0",
      "Visa Visa own 0",
      ">Visa@harbor Harbor own 0",
      "* Undeposited own 0",
      ">*@pier Pier own 0",
    ]);
  });

  test("of one location has what that location gets", () => {
    expect(rows(filled, { location: "pier" }).map(short)).toEqual([
      "Check@pier Pier location-fallback 0",
      "Visa@pier Visa key 0",
      "*@pier Pier own 0",
    ]);
  });

  test("finds by key, account, location and role", () => {
    const found = (find: string) => rows(filled, { find }).map(short);
    expect(found("check")).toEqual(["Check Undeposited fallback 0", ">Check@pier Pier location-fallback 0"]);
    expect(found("HARBOR")).toEqual(["Visa Visa own 0", ">Visa@harbor Harbor own 0"]);
    expect(found("payment")).toHaveLength(6);
    expect(found("revenue")).toEqual([]);
  });

  test("is red where events wait, accounts are missing, or an account has a fault", () => {
    const uses = [
      use([PAYMENT, "Coupon", "pine"], undefined, { waiting: 2n }),
      use([PAYMENT, "Coupon", "pier"], undefined, { waiting: 1n }),
      use([PAYMENT, "Klarna", "pine"]),
      mapped([PAYMENT, "Visa", ""], "Visa", ["The account is inactive."]),
      mapped([PAYMENT, "Cash", ""], "Cash"),
      use([DISCOUNT, "Shirts", "pine"], undefined, { optional: true }),
    ];
    expect(rows(uses, { show: "attention" }).map(short)).toEqual([
      "Coupon - missing 3",
      "Klarna - missing 0",
      "Visa Visa own 0",
    ]);
    expect(rows(uses, { show: "own" }).map(short)).toEqual(["Cash Cash own 0", "Visa Visa own 0"]);
  });

  test("looks the cash drawer up as payments in cash", () => {
    const cash = mapped([PAYMENT, "Cash", ""], "Drawer");
    const uses = [cash, use([CASH_DRAWER, "", "pine"], cash)];
    expect(rows(uses, { role: "cash-drawer" }).map(short)).toEqual(["* Drawer cash 0"]);
  });

  test("shows a role that nothing uses when it is asked for", () => {
    expect(rows([], {})).toEqual([]);
    expect(rows([], { role: "tips" }).map(short)).toEqual(["* - missing 0"]);
    expect(rows([], { role: "tips" })[0]?.attention).toBe(false);
  });

  test("carries what is proposed for empty places", () => {
    const found = create(SuggestMappingsResponseSchema, {
      suggestions: [{ slot: { role: PAYMENT, key: "Visa" }, accountId: "1", confidence: 0.9 }],
      missingAccounts: [{ fullyQualifiedName: "Clearing:Coupon", slots: [{ role: PAYMENT, key: "Coupon" }] }],
    });
    const uses = [use([PAYMENT, "Visa", "pine"]), use([PAYMENT, "Coupon", "pine"]), use([PAYMENT, "Gift", "pine"])];
    const [coupon, visa, ...others] = rows(uses, { show: "suggested" }, offersOf(found));
    expect(coupon?.creatable?.fullyQualifiedName).toBe("Clearing:Coupon");
    expect(visa?.suggestion?.accountId).toBe("1");
    expect(others).toEqual([]);
  });
});

describe("the address", () => {
  test("every role is read back", () => {
    for (const role of roleWords) {
      expect(hasFilters(readFilters({ role })), role).toBe(true);
    }
    expect(hasFilters(readFilters(noFilters))).toBe(false);
  });

  test("what makes no sense is left out", () => {
    const filters: Filters = readFilters({ role: "constructor", show: "1", location: "a b" });
    expect(hasFilters(filters)).toBe(false);
    expect(readOpened({ edit: "toString" })).toBeUndefined();
    expect(readOpened({ edit: "payment", key: " Visa ", at: "a b" })).toEqual({
      place: { role: PAYMENT, key: "Visa", locationId: "" },
      adding: false,
    });
  });

  test("leads to the one place that holds events up, or to all of them", () => {
    const coupon = (locationId: string) =>
      create(SlotUseSchema, { slot: slotOf([PAYMENT, "Coupon", locationId]) }).slot;
    const slots = [coupon("pine"), coupon("pier")].flatMap((slot) => slot ?? []);
    expect(mendSearch(slots)).toEqual({ show: "attention", edit: "payment", key: "Coupon", at: "", add: "" });
    const other = create(SlotUseSchema, { slot: slotOf([PAYMENT, "Gift", "pier"]) }).slot;
    expect(mendSearch([...slots, ...(other ? [other] : [])])).toEqual({ show: "attention" });
  });
});
