import assert from "node:assert/strict";
import { test } from "node:test";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { Code, ConnectError } from "@connectrpc/connect";
import { hasReason, TillpostError } from "@tillpost/client";
import { AccountType, Role } from "@tillpost/client/financial";
import { failure, fakeTillpost, refusal } from "./fake.js";

async function failed(error: ConnectError): Promise<TillpostError> {
  const throwing = () => {
    throw error;
  };
  const tillpost = fakeTillpost({ financial: { mapEvent: throwing } }, { retries: 0 });
  const slot = { role: Role.PAYMENT, key: "House Account" };
  const caught = await failure(tillpost.financial.mapEvent({ retailerId: "shop", slot, accountId: "84" }));
  assert.ok(caught instanceof TillpostError);
  return caught;
}

test("an error tells its reason, facts and text", async () => {
  const said = { reason: "ACCOUNT_TYPE_REFUSED", metadata: { account_id: "84", type: String(AccountType.BANK) } };
  const error = await failed(refusal(Code.FailedPrecondition, said, "Accounts Receivable lines need a customer"));
  assert.equal(error.name, "TillpostError");
  assert.equal(error.code, Code.FailedPrecondition);
  assert.equal(error.reason, "ACCOUNT_TYPE_REFUSED");
  assert.equal(error.message, "Accounts Receivable lines need a customer");
  assert.deepEqual(error.metadata, { account_id: "84", type: "1" });
  assert.deepEqual(error.violations, []);
  assert.equal(error.method, "tillpost.financial.v1.FinancialService/MapEvent");
  assert.ok(error.cause instanceof ConnectError);

  assert.ok(hasReason(error, "ACCOUNT_DELETED", "ACCOUNT_TYPE_REFUSED"));
  error.reason satisfies "ACCOUNT_DELETED" | "ACCOUNT_TYPE_REFUSED";
  assert.ok(!hasReason(error, "ACCOUNT_DELETED"));
  assert.ok(!hasReason(new Error("ACCOUNT_DELETED"), "ACCOUNT_DELETED"));
});

test("an error names the malformed fields", async () => {
  const violations: [string, string][] = [
    ["slot.key", "must be at most 100 characters"],
    ["account_id", "must not be empty"],
  ];
  const error = await failed(refusal(Code.InvalidArgument, { reason: "INVALID_REQUEST", violations }));
  assert.deepEqual(error.violations, [
    { field: "slot.key", description: "must be at most 100 characters" },
    { field: "account_id", description: "must not be empty" },
  ]);
});

test("the reasons of others are not Tillpost's", async () => {
  const error = await failed(refusal(Code.Unavailable, { reason: "BACKEND_DOWN", domain: "proxy.example" }));
  assert.deepEqual([error.reason, error.metadata, error.retryable], ["", {}, true]);
});

test("details with unknown fields are read, and broken or unknown ones do no harm", async () => {
  const newer = new BinaryWriter().tag(1, WireType.LengthDelimited).string("NOT_CONNECTED");
  newer.tag(2, WireType.LengthDelimited).string("tillpost").tag(9, WireType.Varint).uint32(5);
  newer.tag(10, WireType.LengthDelimited).string("new");
  const error = new ConnectError("not connected", Code.FailedPrecondition);
  error.details.push(
    { type: "google.rpc.BadRequest", value: Uint8Array.of(0x0a, 0xff, 0x01) },
    { type: "google.rpc.RetryInfo", value: Uint8Array.of(0x0a, 0x7f) },
    { type: "google.rpc.Help", value: Uint8Array.of(1, 2, 3) },
    { type: "constructor", value: Uint8Array.of(1, 2, 3) },
    { type: "google.rpc.ErrorInfo", value: newer.finish() },
  );
  const caught = await failed(error);
  assert.equal(caught.reason, "NOT_CONNECTED");
  assert.deepEqual(caught.violations, []);
});
