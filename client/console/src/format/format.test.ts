import { create } from "@bufbuild/protobuf";
import { DurationSchema } from "@bufbuild/protobuf/wkt";
import { timestampFromDate } from "@tillpost/client";
import { describe, expect, test } from "vitest";
import { counted } from "./counts.js";
import { businessDate, businessDates, fromNow, lasting } from "./dates.js";
import { money } from "./money.js";

describe("money", () => {
  test.each([
    [123_450n, "USD", "$1,234.50"],
    [-5n, "USD", "-$0.05"],
    [0n, "USD", "$0.00"],
    [1_234n, "JPY", "¥1,234"],
    [1_234n, "KWD", "KWD 1.234"],
    [99_999_999_999_999_999n, "USD", "$999,999,999,999,999.99"],
    [150n, "", "1.50"],
  ])("%d %s is %s", (amount, currency, text) => {
    expect(money(amount, currency).replace("\u00a0", " ")).toBe(text);
  });
});

test("counts come with their word", () => {
  expect(counted(1n, "event")).toBe("1 event");
  expect(counted(4_012n, "event")).toBe("4,012 events");
  expect(counted(0, "entry", "entries")).toBe("0 entries");
});

describe("dates", () => {
  const now = new Date("2026-11-02T12:00:00Z");
  const at = (text: string) => timestampFromDate(new Date(text));

  test("a business date is the same day everywhere", () => {
    expect(businessDate("2026-11-02")).toBe("Nov 2, 2026");
    expect(businessDate("soon")).toBe("soon");
    expect(businessDates("2026-11-02", "2026-11-02")).toBe("Nov 2, 2026");
    expect(businessDates("2026-11-02", "2026-11-08")).toBe("Nov 2, 2026 – Nov 8, 2026");
  });

  test("moments are told from now", () => {
    expect(fromNow(at("2026-11-02T11:59:50Z"), now)).toBe("just now");
    expect(fromNow(at("2026-11-02T11:55:00Z"), now)).toBe("5 minutes ago");
    expect(fromNow(at("2026-11-05T12:00:00Z"), now)).toBe("in 3 days");
  });

  test.each([
    [1n, "1 minute"],
    [60n, "1 minute"],
    [61n, "2 minutes"],
    [7_200n, "120 minutes"],
    [7_201n, "3 hours"],
    [172_800n, "48 hours"],
    [172_801n, "3 days"],
  ])("%d seconds last %s", (seconds, text) => {
    expect(lasting(create(DurationSchema, { seconds }))).toBe(text);
  });
});
