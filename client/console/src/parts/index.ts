// The parts that pages are made of.
export { AccountName, AmountCell } from "./cells.js";
export { ConfirmDialog } from "./confirm-dialog.js";
export { cutPage } from "./cut-page.js";
export { type Column, DataTable, type Selection } from "./data-table.js";
export * from "./icons.js";
export { ErrorNotice, Notice } from "./notice.js";
export { Card, EmptyState, PageHeader } from "./page.js";
export { firstPage, type Paging, useAddressedPaging, usePaging } from "./paging.js";
export { ProgressLine } from "./progress-line.js";
export { SearchField } from "./search-field.js";
export { StateBadge, type Tone } from "./state-badge.js";
