// The messages and enums of FinancialService, generated from the protos: import from "@tillpost/client/financial".
export * from "../../../gen/ts/tillpost/financial/v1/account_pb.js";
export * from "../../../gen/ts/tillpost/financial/v1/backfill_pb.js";
export * from "../../../gen/ts/tillpost/financial/v1/entry_pb.js";
export * from "../../../gen/ts/tillpost/financial/v1/event_pb.js";
export * from "../../../gen/ts/tillpost/financial/v1/financial_service_pb.js";
export * from "../../../gen/ts/tillpost/financial/v1/location_pb.js";
export * from "../../../gen/ts/tillpost/financial/v1/mapping_change_pb.js";
export * from "../../../gen/ts/tillpost/financial/v1/mapping_pb.js";
export * from "../../../gen/ts/tillpost/financial/v1/missing_account_pb.js";
export * from "../../../gen/ts/tillpost/financial/v1/overview_pb.js";
export * from "../../../gen/ts/tillpost/financial/v1/retry_pb.js";
export * from "../../../gen/ts/tillpost/financial/v1/status_pb.js";
