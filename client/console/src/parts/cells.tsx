import { money } from "../format/money.js";
import { partTexts } from "../texts/parts.js";

/** An amount of minor units: figures of one width, so that columns line up. */
export function AmountCell(props: { amount: bigint; currency: string }) {
  return <span className="figure">{money(props.amount, props.currency)}</span>;
}

/** An account by its name; the parents of "Inventory Asset:Footwear" stand back. */
export function AccountName(props: { id: string; name: string }) {
  if (props.name === "") {
    return <>{partTexts.account.unknown(props.id)}</>;
  }
  const cut = props.name.lastIndexOf(":");
  return (
    <>
      {cut >= 0 && (
        <span style={{ color: "var(--mantine-color-dimmed)" }}>
          {props.name.slice(0, cut).replaceAll(":", " › ")} ›{" "}
        </span>
      )}
      {props.name.slice(cut + 1)}
    </>
  );
}
