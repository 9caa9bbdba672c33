// The messages and enums of IntegrationService, generated from the protos: import from "@tillpost/client/integration".
export * from "../../../gen/ts/tillpost/integration/v1/backfill_pb.js";
export * from "../../../gen/ts/tillpost/integration/v1/connection_pb.js";
export * from "../../../gen/ts/tillpost/integration/v1/integration_service_pb.js";
